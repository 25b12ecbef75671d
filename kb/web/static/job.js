"use strict";
// Moves the progress bar between two looks at the job; when the job has ended the page itself shows what came of it.
(() => {
  const card = document.querySelector("[data-job]");
  if (!card) return;
  const part = (name) => card.querySelector(`[data-part="${name}"]`);
  const bar = card.querySelector("progress");
  const look = async () => {
    try {
      const answer = await fetch(card.dataset.job, { headers: { accept: "application/json" } });
      if (!answer.ok) return location.reload();
      const job = await answer.json();
      if (job.state !== "running") return location.reload();
      const percent = Math.round(job.progress * 100);
      bar.value = percent;
      part("percent").textContent = percent;
      part("elapsed").textContent = Math.round(job.elapsed_s);
      part("message").textContent = job.cancel_wanted ? card.dataset.wanted : job.message_text;
    } catch {
      // The service may be restarting: keep looking.
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
})();

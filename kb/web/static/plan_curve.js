"use strict";
// Draws the falling price of a plan that is being made better, while the page stands open.
(() => {
  const box = document.querySelector("[data-curve]");
  if (!box) return;
  const line = box.querySelector("polyline");
  const part = (name) => box.querySelector(`[data-part="${name}"]`);
  const look = async () => {
    try {
      const answer = await fetch(box.dataset.curve, { headers: { accept: "application/json" } });
      const job = answer.ok ? await answer.json() : {};
      const curve = job.result?.curve ?? [];
      if (curve.length > 1) {
        const costs = curve.map((one) => one[2]);
        const least = Math.min(...costs);
        const span = Math.max(Math.max(...costs) - least, 0.001);
        const longest = Math.max(curve[curve.length - 1][0], 0.1);
        line.setAttribute("points", curve.map(([s, , c]) => `${(400 * s / longest).toFixed(1)},${(150 - 140 * (c - least) / span).toFixed(1)}`).join(" "));
        part("first").textContent = Math.round(costs[0]);
        part("last").textContent = Math.round(costs[costs.length - 1]);
      }
      if (job.state && job.state !== "running") return;
    } catch {
      // The service may be restarting: keep looking.
    }
    setTimeout(look, 2000);
  };
  setTimeout(look, 1000);
})();

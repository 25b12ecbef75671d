"use strict";
// Writing a page: entries that are added, removed and moved; a preview; and what is typed is kept on the device.
(() => {
  const PREFIX = "sb-edit:";
  const KEPT_MS = 400;
  const PREVIEW_MS = 700;
  const stored = (key) => {
    try {
      return JSON.parse(localStorage.getItem(PREFIX + key) || "null");
    } catch {
      return null;
    }
  };
  const forget = (key) => {
    try {
      localStorage.removeItem(PREFIX + key);
    } catch {
      // A browser that keeps nothing has nothing to forget.
    }
  };

  const saved = document.querySelector("[data-saved]");
  if (saved) {
    forget(saved.dataset.saved);
    history.replaceState(null, "", location.pathname);
  }

  const guard = (form) => {
    // A second click sends nothing a second time; the service would know it for the same save as well.
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) return event.preventDefault();
      setTimeout(() => { sent = !event.defaultPrevented; });
      setTimeout(() => { sent = false; }, 3000);
    });
  };
  document.querySelectorAll("form[method=post]").forEach(guard);
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  const form = document.getElementById("edit-form");
  if (!form) return;
  const key = form.dataset.key;
  const state = document.getElementById("edit-state");
  const entriesOf = () =>
    [...new FormData(form)].filter(([name]) => name !== "csrf_token" && name !== "_do");
  const first = JSON.stringify(entriesOf());
  let dirty = form.dataset.fresh === "";
  let leaving = false;

  // What is typed is kept.
  let keeping = 0;
  const keep = () => {
    clearTimeout(keeping);
    keeping = 0;
    const entries = entriesOf();
    dirty = form.dataset.fresh === "" || JSON.stringify(entries) !== first;
    if (!dirty) return forget(key);
    try {
      localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), entries }));
    } catch {
      state.textContent = "";
    }
  };
  const changed = () => {
    dirty = true;
    clearTimeout(keeping);
    keeping = setTimeout(keep, KEPT_MS);
    schedule();
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  if (form.dataset.fresh === "") keep();
  addEventListener("pagehide", () => { if (keeping) keep(); });
  addEventListener("beforeunload", (event) => {
    if (keeping) keep();
    if (dirty && !leaving) event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    if (keeping) keep();
    if (!navigator.onLine) {
      event.preventDefault();
      state.textContent = form.dataset.offline;
      return;
    }
    leaving = true;
    setTimeout(() => { leaving = false; }, 5000);
  });
  addEventListener("offline", () => { state.textContent = form.dataset.offline; });
  addEventListener("online", () => { state.textContent = ""; });

  // What was kept is offered.
  const kept = document.getElementById("kept");
  const draft = stored(key);
  if (form.dataset.fresh && draft && JSON.stringify(draft.entries) !== first) {
    const base = new Map(draft.entries).get("_base");
    kept.hidden = false;
    kept.querySelector("[data-part=when]").textContent = new Date(draft.at).toLocaleString();
    kept.querySelector("[data-part=older]").hidden = base === form.elements._base.value;
    kept.querySelector("[data-do=resume]").addEventListener("click", () => {
      const sender = document.createElement("form");
      sender.method = "post";
      sender.action = form.action;
      const token = form.querySelector("[name=csrf_token]").value;
      for (const [name, value] of [["csrf_token", token], ...draft.entries, ["_do", "resume"]]) {
        const field = document.createElement("textarea");
        field.name = name;
        field.value = value;
        sender.append(field);
      }
      sender.hidden = true;
      document.body.append(sender);
      leaving = true;
      sender.submit();
    });
    kept.querySelector("[data-do=discard]").addEventListener("click", () => {
      forget(key);
      kept.hidden = true;
    });
  }

  // Entries of groups. A name's key only tells entries apart; their order is the order in the page.
  let count = 0;
  const grow = (group) => {
    const mark = group.dataset.mark;
    const template = group.querySelector(":scope > template");
    const fresh = document.createElement("template");
    fresh.innerHTML = template.innerHTML.replaceAll(mark, `n${Date.now().toString(36)}${count++}`);
    const entry = fresh.content.firstElementChild;
    group.querySelector(":scope > [data-entries]").append(entry);
    entry.querySelector("input, select, textarea")?.focus();
    entry.scrollIntoView({ block: "nearest" });
  };
  const remove = (entry) => {
    const note = document.createElement("p");
    note.className = "removed";
    const words = document.createElement("span");
    words.textContent = [...entry.querySelectorAll("input, textarea")].map((field) => field.value).filter(Boolean).join(" · ").slice(0, 60);
    const undo = document.createElement("button");
    undo.type = "button";
    undo.textContent = "↶";
    undo.addEventListener("click", () => {
      note.replaceWith(entry);
      changed();
    });
    note.append(words, undo);
    entry.replaceWith(note);
    undo.focus();
  };
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (!button) return;
    const entry = button.closest("[data-entry]");
    const what = button.dataset.do;
    if (what === "add") grow(button.closest("[data-group]"));
    else if (what === "remove") remove(entry);
    else if (what === "up") entry.previousElementSibling?.before(entry);
    else if (what === "down") entry.nextElementSibling?.after(entry);
    else if (what === "preview") return show();
    else return;
    if (what === "up" || what === "down") button.focus();
    changed();
  });

  // Pictures are sent as soon as they are chosen; the entry and the line of the text come with the answer.
  const chooser = form.querySelector("[data-pictures]");
  if (chooser) {
    const group = chooser.closest("[data-group]");
    const faults = group.querySelector("[data-part=picture-faults]");
    const input = chooser.querySelector("input");
    const body = form.querySelector("[name=_body]");
    const told = (lines) => faults.replaceChildren(...lines.map((text) => {
      const line = document.createElement("li");
      line.textContent = text;
      return line;
    }));
    const listed = (file) => [...group.querySelectorAll("input[name$='.file']")].some((field) => field.value === file);
    const put = (found) => {
      if (listed(found.file)) return;
      grow(group);
      const entry = group.querySelector(":scope > [data-entries]").lastElementChild;
      for (const name of ["file", "alt", "kind"]) {
        const field = entry.querySelector(`[name$='.${name}']`);
        if (field) field.value = found[name];
      }
      if (!body) return;
      // Where the writer stands in the text, on a line of its own; at the end where he has not been there.
      const at = body.dataset.been ? body.selectionStart : body.value.length;
      const [before, after] = [body.value.slice(0, at).trimEnd(), body.value.slice(at).trimStart()];
      body.value = [before, found.markdown, after].filter(Boolean).join("\n\n");
      body.selectionStart = body.selectionEnd = (before ? before.length + 2 : 0) + found.markdown.length;
    };
    body?.addEventListener("focus", () => { body.dataset.been = "1"; });
    chooser.hidden = false;
    input.addEventListener("change", async () => {
      const files = [...input.files];
      input.value = "";
      const wrong = [];
      told([]);
      for (const file of files) {
        state.textContent = chooser.dataset.working;
        const sent = new FormData();
        sent.append("picture", file);
        try {
          const answer = await fetch(chooser.dataset.pictures, {
            method: "POST",
            headers: { "X-CSRF-Token": form.querySelector("[name=csrf_token]").value },
            body: sent,
          });
          const found = await answer.json();
          if (answer.ok) put(found);
          else if (found.faults) wrong.push(...found.faults.map((one) => [one.where, one.what, one.repair && `→ ${one.repair}`].filter(Boolean).join(" ")));
          else wrong.push(`${file.name}: ${found.detail || answer.status}`);
        } catch {
          wrong.push(`${file.name}: ${form.dataset.offline}`);
        }
      }
      state.textContent = "";
      told(wrong);
      changed();
    });
  }

  // The preview: what the readers would see.
  const panel = document.getElementById("preview");
  const toggle = form.querySelector("[data-do=preview]");
  const part = (name) => panel.querySelector(`[data-part=${name}]`);
  toggle.hidden = false;
  let waiting = 0;
  let asked = 0;
  const look = async () => {
    const number = ++asked;
    part("state").textContent = "…";
    try {
      const answer = await fetch(form.dataset.preview, {
        method: "POST",
        headers: { "X-CSRF-Token": form.querySelector("[name=csrf_token]").value },
        body: new URLSearchParams(new FormData(form)),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      if (number !== asked) return;
      part("state").textContent = "";
      part("faults").replaceChildren(...found.faults.map((fault) => {
        const line = document.createElement("li");
        line.textContent = [fault.name, fault.what, fault.repair && `→ ${fault.repair}`].filter(Boolean).join(" ");
        return line;
      }));
      // The service has sanitised it, and the content policy runs no script that came with it.
      if (found.html) part("page").innerHTML = found.html;
    } catch {
      if (number === asked) part("state").textContent = form.dataset.offline;
    }
  };
  const schedule = () => {
    if (panel.hidden) return;
    clearTimeout(waiting);
    waiting = setTimeout(look, PREVIEW_MS);
  };
  const show = () => {
    panel.hidden = !panel.hidden;
    toggle.setAttribute("aria-pressed", String(!panel.hidden));
    if (!panel.hidden) look();
  };
  document.querySelector("#faults")?.scrollIntoView({ block: "start" });
})();

"use strict";
// The board by pointer, keyboard and tap: choose or drag a visit, then a place or another visit; the server says what
// it breaks and costs, and only its own form, sent by a person, changes anything.
(() => {
  const board = document.querySelector(".drop-board");
  if (!board) return;
  const bar = document.querySelector(".choice-bar");
  const dialog = document.querySelector(".consequences-dialog");
  const part = (root, name) => root.querySelector(`[data-part="${name}"]`);
  const FAR_PX = 8;
  let chosen = null;
  let drag = null;
  let target = null;

  const choose = (piece) => {
    chosen?.classList.remove("chosen");
    chosen?.setAttribute("aria-pressed", "false");
    chosen = piece;
    document.body.classList.toggle("choosing", Boolean(piece));
    bar.hidden = !piece;
    for (const place of board.querySelectorAll(".place")) {
      if (piece) place.tabIndex = 0;
      else place.removeAttribute("tabindex");
    }
    if (!piece) return;
    piece.classList.add("chosen");
    piece.setAttribute("aria-pressed", "true");
    part(bar, "said").textContent = board.dataset.choose.replace("{site}", piece.dataset.site);
    part(bar, "form").href = piece.href;
  };

  const show = async (query) => {
    const body = part(dialog, "body");
    body.textContent = "…";
    dialog.showModal();
    try {
      const answer = await fetch(`/plan/move?${new URLSearchParams({ ...query, fragment: "true" })}`, { headers: { accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      // Markup of our own server, in which every value is escaped; scripts in it would not run.
      body.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
      body.querySelector("button, input:not([type=hidden])")?.focus();
    } catch {
      location.assign(`/plan/move?${new URLSearchParams(query)}`);
    }
  };

  const drop = (piece, place) => {
    if (!piece || !place) return;
    choose(null);
    if (place.matches(".piece")) {
      if (place !== piece) show({ key: piece.dataset.key, other: place.dataset.key });
    } else if (place !== piece.closest(".place")) {
      show({ key: piece.dataset.key, day: place.dataset.day, technician: place.dataset.technician });
    }
  };

  const aim = (element) => {
    if (element === target) return;
    target?.classList.remove("target");
    target = element;
    target?.classList.add("target");
  };

  const under = (event) => {
    const found = document.elementFromPoint(event.clientX, event.clientY);
    return found?.closest(".piece[data-open]") ?? found?.closest(".place") ?? null;
  };

  for (const piece of board.querySelectorAll(".piece[data-open]")) {
    piece.setAttribute("role", "button");
    piece.setAttribute("aria-pressed", "false");
    piece.addEventListener("pointerdown", (event) => {
      // A finger scrolls and taps; only mouse and pen drag.
      if (event.button !== 0 || event.pointerType === "touch") return;
      drag = { piece, x: event.clientX, y: event.clientY, ghost: null };
    });
    piece.addEventListener("keydown", (event) => {
      if (event.key === " ") {
        event.preventDefault();
        piece.click();
      }
    });
    piece.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      if (drag?.moved) return;
      if (chosen && chosen !== piece) drop(chosen, piece);
      else choose(chosen === piece ? null : piece);
    });
  }

  addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR_PX) return;
    if (!drag.moved) {
      drag.moved = true;
      choose(null);
      drag.ghost = drag.piece.cloneNode(true);
      drag.ghost.classList.add("ghost");
      document.body.append(drag.ghost);
      drag.piece.classList.add("dragged");
    }
    event.preventDefault();
    // Set through the object model, which the page's policy allows; written in markup it would not be.
    drag.ghost.style.left = `${event.clientX + 6}px`;
    drag.ghost.style.top = `${event.clientY + 6}px`;
    const place = under(event);
    aim(place === drag.piece ? null : place);
  });

  const end = (event, give) => {
    if (!drag) return;
    const { piece, ghost, moved } = drag;
    ghost?.remove();
    piece.classList.remove("dragged");
    const place = moved && give ? under(event) : null;
    aim(null);
    if (place) drop(piece, place);
    // The click that follows this release belongs to the drag.
    setTimeout(() => { drag = null; }, 0);
  };
  addEventListener("pointerup", (event) => end(event, true));
  addEventListener("pointercancel", (event) => end(event, false));

  for (const place of board.querySelectorAll(".place")) {
    place.addEventListener("click", (event) => {
      if (chosen && !drag?.moved && !event.target.closest(".piece:not([data-open])")) drop(chosen, place);
    });
    place.addEventListener("keydown", (event) => {
      if (chosen && event.target === place && (event.key === "Enter" || event.key === " ")) {
        event.preventDefault();
        drop(chosen, place);
      }
    });
  }
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (drag) end(event, false);
    choose(null);
  });
  part(bar, "leave").addEventListener("click", () => choose(null));
  part(dialog, "close").addEventListener("click", () => dialog.close());
})();

"use strict";
// Moves and zooms the map by changing its view box; wheel, pinch, drag, keys and buttons.
(() => {
  const map = document.getElementById("map");
  if (!map) return;
  const whole = { x: 0, y: 0, w: Number(map.dataset.width), h: Number(map.dataset.height) };
  const MOST = 60;
  let view = { ...whole };
  const held = new Map();
  let pinch = 0;
  let moved = false;

  const show = () => {
    view.w = Math.min(Math.max(view.w, whole.w / MOST), whole.w);
    view.h = view.w * whole.h / whole.w;
    view.x = Math.min(Math.max(view.x, 0), whole.w - view.w);
    view.y = Math.min(Math.max(view.y, 0), whole.h - view.h);
    map.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
    map.classList.toggle("closer", view.w < whole.w * 0.999);
    // Marks keep their size on the screen while the land grows.
    const scale = view.w / whole.w;
    for (const one of map.querySelectorAll(".stop circle")) one.setAttribute("r", String(8 * Math.max(scale, 0.12)));
    for (const one of map.querySelectorAll(".sites circle")) one.setAttribute("r", String(3 * Math.max(scale, 0.12)));
    for (const one of map.querySelectorAll(".stop text")) one.style.fontSize = `${10 * Math.max(scale, 0.12)}px`;
    for (const one of map.querySelectorAll(".route")) one.style.strokeWidth = String(2.5 * Math.max(scale, 0.12));
  };
  const zoom = (factor, at) => {
    const box = map.getBoundingClientRect();
    const fx = at ? (at.clientX - box.left) / box.width : 0.5;
    const fy = at ? (at.clientY - box.top) / box.height : 0.5;
    const w = Math.min(Math.max(view.w * factor, whole.w / MOST), whole.w);
    const h = w * whole.h / whole.w;
    view = { x: view.x + (view.w - w) * fx, y: view.y + (view.h - h) * fy, w, h };
    show();
  };
  const pan = (dx, dy) => {
    const box = map.getBoundingClientRect();
    view.x -= dx * view.w / box.width;
    view.y -= dy * view.h / box.height;
    show();
  };
  map.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && view.w >= whole.w * 0.999 && event.deltaY > 0) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, event);
  }, { passive: false });
  map.addEventListener("pointerdown", (event) => {
    held.set(event.pointerId, event);
    moved = false;
    pinch = 0;
    map.classList.add("held");
  });
  map.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before) return;
    held.set(event.pointerId, event);
    if (held.size === 2) {
      const [a, b] = [...held.values()];
      const apart = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
      if (pinch) zoom(pinch / apart, { clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 });
      pinch = apart;
      moved = true;
      return;
    }
    const dx = event.clientX - before.clientX;
    const dy = event.clientY - before.clientY;
    if (Math.abs(dx) + Math.abs(dy) > 2) moved = true;
    pan(dx, dy);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
    map.addEventListener(name, (event) => {
      held.delete(event.pointerId);
      pinch = 0;
      if (!held.size) map.classList.remove("held");
    });
  }
  map.addEventListener("click", (event) => { if (moved) event.preventDefault(); }, true);
  map.addEventListener("keydown", (event) => {
    const step = 60;
    const keys = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (event.key in keys && view.w < whole.w * 0.999) { event.preventDefault(); pan(...keys[event.key]); }
    if (event.key === "+" || event.key === "=") zoom(0.8);
    if (event.key === "-") zoom(1.25);
  });
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      if (button.dataset.zoom === "all") { view = { ...whole }; show(); }
      else zoom(button.dataset.zoom === "in" ? 0.7 : 1.4);
    });
  }
})();

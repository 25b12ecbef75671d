// Machines while one types, and photos made small before they are sent. Without script both forms work as well.
"use strict";

const WAIT_MS = 180;
const LONGEST_PX = 1600;

for (const field of document.querySelectorAll("[data-machines]")) {
  const list = document.getElementById(field.dataset.machines);
  let timer = 0;
  let asked = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => suggest(field.value.trim()), WAIT_MS);
  });

  async function suggest(text) {
    const mine = ++asked;
    if (!text) {
      list.replaceChildren();
      return;
    }
    const answer = await fetch("/api/v1/faults/machines?q=" + encodeURIComponent(text)).catch(() => null);
    if (!answer || !answer.ok || mine !== asked) return;
    const items = (await answer.json()).items;
    list.replaceChildren(...items.map(entry));
    if (!items.length) {
      const none = document.createElement("li");
      none.className = "soft";
      none.textContent = list.dataset.empty;
      list.append(none);
    }
  }
}

function entry(one) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const tag = document.createElement("strong");
  const more = document.createElement("span");
  link.href = "/faults/new?tag=" + encodeURIComponent(one.tag);
  tag.textContent = one.tag;
  more.className = "soft";
  more.textContent = " " + [one.what, one.serial, one.customer, one.site].filter(Boolean).join(" · ");
  link.append(tag, more);
  item.append(link);
  return item;
}

for (const field of document.querySelectorAll("[data-shrink]")) {
  field.addEventListener("change", async () => {
    if (!window.createImageBitmap || !window.DataTransfer) return;
    const kept = new DataTransfer();
    for (const file of field.files) kept.items.add(await shrunk(file));
    field.files = kept.files;
  });
}

async function shrunk(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    return small && small.size < file.size ? new File([small], "photo.jpg", { type: "image/jpeg" }) : file;
  } catch {
    return file;
  }
}

for (const form of document.querySelectorAll("form[enctype]")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
}
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form[enctype] button")) button.disabled = false;
});

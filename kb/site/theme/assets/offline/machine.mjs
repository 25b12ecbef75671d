// The machine in hand, as the reader chose it on this device: its class and its control. Kept from visit to visit.

import { element } from "./view.mjs";

const KEY = "servicebook.machine";
const PARTS = [["machine", "machines", "Machine class"], ["controller", "controllers", "Control"]];

function stored() {
  try { return JSON.parse(localStorage.getItem(KEY)) || {}; }
  catch { return {}; } // storage may be forbidden or hold what another program wrote
}

export class Machine {
  /**
   * @param place The element `details` in which it is shown and chosen.
   * @param view Says texts.
   * @param changed Called when the reader has chosen another.
   */
  constructor(place, view, changed) {
    this.place = place;
    this.view = view;
    this.changed = changed;
    const kept = stored();
    // A code that the vocabularies no longer have is as good as none.
    this.scope = Object.fromEntries(PARTS.map(([name, list]) => [name, kept[name] in view.texts[list] ? kept[name] : ""]));
    place.addEventListener("toggle", () => { if (place.open) this.fill(); });
    this.show(view);
  }

  /** Returns the machine for the search, or null where none is chosen. */
  get chosen() { return PARTS.some(([name]) => this.scope[name]) ? this.scope : null; }

  show(view) {
    this.view = view;
    const names = PARTS.map(([name, list]) => view.texts[list][this.scope[name]]).filter(Boolean);
    this.place.querySelector("summary").replaceChildren(
      view.say("Machine in hand"), names.length ? element("strong", {}, `: ${names.join(" · ")}`) : "");
    this.place.classList.toggle("so-set", names.length > 0);
    if (this.place.open) this.fill();
  }

  fill() {
    const { view } = this;
    const selects = PARTS.map(([name, list, title]) => {
      const labels = Object.entries(view.texts[list]).sort((one, two) => one[1].localeCompare(two[1], view.english ? "en" : "zh-CN"));
      const select = element("select", { name }, [["", view.say("any")], ...labels].map(([code, label]) =>
        element("option", { value: code, selected: code === this.scope[name] }, label)));
      select.addEventListener("change", () => this.take({ ...this.scope, [name]: select.value }));
      return element("label", {}, element("span", {}, view.say(title)), select);
    });
    const leave = this.chosen && element("button", { type: "button", class: "so-leave", on: () => this.take({ machine: "", controller: "" }) },
      view.say("Leave it out"));
    this.place.replaceChildren(this.place.querySelector("summary"), element("div", { class: "so-machine-form" }, selects, leave,
      element("p", { class: "so-count" }, view.say("Pages are ordered and labelled by how they stand to it; none is hidden."))));
  }

  take(scope) {
    this.scope = scope;
    try { localStorage.setItem(KEY, JSON.stringify(scope)); }
    catch (error) { console.warn("the machine was not kept:", error.message); }
    this.show(this.view);
    this.changed();
  }
}

// A work order as it is shown on the phone: what the service told, and on top of it what waits here to be sent.

import { element, filled } from "/orders/outbox/view.mjs";

const SEVERITIES = ["S1", "S2", "S3", "S4"];
const ACTIVITIES = ["work", "travel", "waiting"];
const PART_CLASSES = ["common", "wearing", "maintenance"];
const TEXTS = ["found", "done", "advice", "acceptance"];

export class OrderView {
  /** @param texts By message id. @param act What a person can do, by name. */
  constructor(texts, act) {
    this.texts = texts;
    this.act = act;
  }

  say(message, values) { return filled(this.texts[message] || message, values); }

  /** Returns a labelled field whose half-typed text is kept under `name`. */
  field(label, name, { type = "text", options = null, value = "", step = null, list = null } = {}) {
    const kept = this.typed[name] ?? value;
    let input;
    if (options) {
      input = element("select", { "data-keep": name }, options.map(([code, shown]) => element("option", { value: code, selected: code === kept }, shown)));
    } else if (type === "area") {
      input = element("textarea", { "data-keep": name });
      input.value = kept;
    } else {
      input = element("input", { type, step, list, inputmode: type === "number" ? "decimal" : null, "data-keep": name, value: kept, autocomplete: "off" });
    }
    return element("label", {}, element("span", {}, this.say(label)), input);
  }

  choices(codes, empty = true) { return [...(empty ? [["", "—"]] : []), ...codes.map((code) => [code, this.say(code)])]; }
  button(label, on, more = {}) { return element("button", { type: "button", on, ...more }, this.say(label)); }

  /** Returns everything of an order. @param told What was told here, oldest first. @param typed What is half typed. */
  order(sheet, told, typed) {
    this.typed = typed;
    this.told = told.filter((one) => !sheet.entries.some((known) => known.id === one.id));
    const signed = sheet.signature && ["signed", "closed"].includes(sheet.state);
    return [
      this.head(sheet), this.hazards(sheet), this.held(sheet), this.steps(sheet), this.checks(sheet),
      this.findings(sheet), this.parts(sheet), this.parameters(sheet), this.times(sheet), this.meters(sheet),
      this.words(sheet), this.photos(sheet), this.rest(sheet), this.signature(sheet, signed),
    ].filter(Boolean);
  }

  card(title, id, ...children) { return element("section", { class: "card", id }, element("h2", {}, this.say(title)), ...children); }
  waits(kind) { return this.told.filter((one) => one.kind === kind && one.state !== "refused"); }
  mark(one) { return element("span", { class: "badge caution" }, this.say(one.state === "sent" ? "sent" : "waits")); }

  head(sheet) {
    const facts = [sheet.customer, sheet.site, sheet.tag, sheet.machine.brand, sheet.machine.model, sheet.machine.controller];
    return element("section", { class: "card order-head" }, element("h1", {}, sheet.title),
      element("p", {}, `${sheet.number} · `, element("span", { class: "badge" }, this.say(`state ${sheet.state}`)), sheet.paused ? ` ${this.say("paused")}` : ""),
      element("p", { class: "soft" }, facts.filter(Boolean).join(" · ")),
      element("p", { class: "soft" }, [sheet.site_facts.address, sheet.site_facts.contact, sheet.site_facts.phone].filter(Boolean).join(" · ")),
      sheet.alarm ? element("p", {}, `${this.say("Alarm")}: ${sheet.alarm}`) : "");
  }

  hazards(sheet) {
    if (!sheet.hazards.length) return null;
    return this.card("Hazards first", "hazards", sheet.hazards.map((one) => element("p", { class: `hazard ${one.type}` },
      element("strong", {}, `${this.say(`hazard ${one.type}`)}: ${one.hazard}`), ` ${one.consequence}。${one.avoid}`)));
  }

  held(sheet) {
    const held = [...sheet.entries.filter((one) => one.state === "held")];
    if (!held.length) return null;
    return this.card("Waits for a decision", "held", held.map((one) => element("div", { class: "notice-box warning" },
      element("p", {}, `${this.say(one.kind)} · ${one.who} · ${this.say(`held ${one.why}`)}`),
      element("p", {}, one.values.value ?? one.values.text ?? one.values.part_number ?? one.values.name ?? ""),
      one.why === "changed" ? element("p", { class: "soft" }, `${this.say("stands now")}: ${sheet.texts[one.values.name] || "—"}`) : "",
      one.why === "changed" ? this.button("Take mine", () => this.act.tell("text", { name: one.values.name, value: one.values.value || "", before: sheet.texts[one.values.name] || "" })) : "")));
  }

  steps(sheet) {
    const offered = sheet.next_events.filter((one) => !["signed", "closed", "cancelled"].includes(one));
    const waiting = this.waits("event").filter((one) => one.state !== "sent");
    return this.card("Steps", "steps", element("p", { class: "row" }, offered.map((one) => this.button(`event ${one}`, () => this.act.event(one), { "data-event": one }))),
      waiting.map((one) => element("p", {}, this.say(`event ${one.values.event}`), " ", this.mark(one))));
  }

  /** Returns the result of an item: what was told here last, else what the service has. */
  result(line) {
    const mine = this.waits("check").filter((one) => `${one.values.equipment_id}/${one.values.item_id}` === line.key).pop();
    if (!mine) return line.result && { ...line.result, pending: null };
    const { value = null, text = "" } = mine.values;
    return { verdict: this.act.verdict(line, mine.values), value, text, pending: mine };
  }

  checks(sheet) {
    if (!sheet.lines.length) return null;
    const answered = sheet.lines.filter((line) => this.result(line)).length;
    let tag = "";
    const parts = [];
    for (const line of sheet.lines) {
      if (line.tag !== tag) parts.push(element("h3", {}, line.tag));
      tag = line.tag;
      parts.push(this.item(line));
    }
    return this.card("Checklist", "checks", element("p", { class: "soft", id: "answered" }, `${answered} / ${sheet.lines.length}`), parts);
  }

  limits(line) {
    const span = (low, high) => [low !== null ? `≥ ${low}` : "", high !== null ? `≤ ${high}` : ""].filter(Boolean).join(" ");
    const limit = span(line.lower, line.upper);
    const warn = span(line.warn_lower, line.warn_upper);
    return [limit && `${this.say(line.typical ? "starting value" : "limit")} ${limit} ${line.unit || ""}`, warn && `${this.say("warns outside")} ${warn}`, line.criterion].filter(Boolean).join(" · ");
  }

  item(line) {
    const result = this.result(line);
    const name = (part) => `check:${line.key}.${part}`;
    const failing = this.typed[name("open")] === "fail";
    const last = line.last.map((one) => `${one.on} ${one.value}${one.unit ? ` ${one.unit}` : ""}`).join("，");
    const asks = [];
    if (line.kind === "measure") asks.push(this.field("value", name("value"), { type: "number", step: "any" }), element("span", { class: "unit" }, line.unit || ""));
    if (line.kind === "choice") asks.push(this.field("choice", name("text"), { options: [["", "—"], ...line.options.map((one) => [one, one])] }));
    if (line.kind === "text" || failing) asks.push(this.field(failing ? "what was seen" : "text", name("text"), { type: "area" }));
    if (failing) {
      asks.push(this.field("severity", name("severity"), { options: this.choices(SEVERITIES) }),
        this.field("recommendation", name("recommendation"), { type: "area" }),
        this.field("what becomes of it", name("follow"), { options: [["", this.say("decide later")], ["order", this.say("follow-up order")], ["proposal", this.say("line of a proposal")]] }));
    }
    const buttons = failing
      ? [this.button("Save the fault", () => this.act.check(line, "fail"), { class: "danger save-fault" }), this.button("Back", () => this.act.type(name("open"), ""))]
      : [this.button(["measure", "choice", "text"].includes(line.kind) ? "Save" : "pass", () => this.act.check(line, "pass"), { class: "primary pass" }),
        this.button("fail", () => this.act.type(name("open"), "fail"), { class: "fail" }),
        this.button("na", () => this.act.check(line, "na"), { class: "na" })];
    if (line.kind === "photo" || failing) buttons.push(this.camera(line.key));
    const shown = result && [this.say(result.verdict), result.value ?? "", result.value !== null && result.value !== undefined ? line.unit || "" : "", result.text].filter((one) => one !== "").join(" ");
    return element("article", { class: `check ${result ? `is-${result.verdict}` : ""}`, "data-key": line.key },
      element("p", {}, element("strong", {}, document.documentElement.lang === "en" ? line.text_en || line.text : line.text), " ", element("span", { class: "soft" }, line.item_id)),
      element("p", { class: "soft" }, this.limits(line)),
      last ? element("p", { class: "soft last" }, `${this.say("last values")}: ${last}`) : "",
      result ? element("p", { class: "result" }, shown, " ", result.pending ? this.mark(result.pending) : "") : "",
      asks.length ? element("div", { class: "stack" }, asks) : "", element("p", { class: "row" }, buttons));
  }

  camera(key) {
    const input = element("input", { type: "file", accept: "image/*", capture: "environment" });
    input.addEventListener("change", () => this.act.photo(input, key));
    return element("label", { class: "button" }, this.say("Photo"), input);
  }

  list(rows, waiting, shown) {
    return element("ul", { class: "told" }, rows.map((one) => element("li", { "data-id": one.id }, shown(one), " ",
      this.button("Take back", () => this.act.takeBack(one.id), { class: "link" }))),
    waiting.map((one) => element("li", { "data-id": one.id }, shown(one.values), " ", this.mark(one))));
  }

  gone(rows) {
    const voided = new Set(this.waits("void").map((one) => one.values.entry));
    return rows.filter((one) => !voided.has(one.id));
  }

  findings(sheet) {
    return this.card("Findings", "findings",
      element("ul", { class: "told" }, sheet.findings.map((one) => element("li", {}, `${one.severity} ${one.text} → ${one.recommendation} `, element("span", { class: "badge" }, this.say(`finding ${one.state}`)))),
        this.waits("finding").map((one) => element("li", {}, `${one.values.severity} ${one.values.text} → ${one.values.recommendation} `, this.mark(one)))),
      this.form("finding", "Add a finding", [
        this.field("severity", "finding.severity", { options: this.choices(SEVERITIES) }), this.field("what was seen", "finding.text", { type: "area" }),
        this.field("recommendation", "finding.recommendation", { type: "area" }),
        this.field("what becomes of it", "finding.follow", { options: [["", this.say("decide later")], ["order", this.say("follow-up order")], ["proposal", this.say("line of a proposal")]] })]));
  }

  form(kind, title, fields) {
    return element("details", { open: Object.keys(this.typed).some((name) => name.startsWith(`${kind}.`) && this.typed[name]) }, element("summary", {}, this.say(title)),
      element("div", { class: "stack", "data-form": kind }, fields, this.button("Save", () => this.act.save(kind), { class: "primary" })));
  }

  machine(kind) {
    return this.sheetMachines.length > 1 ? [this.field("machine", `${kind}.equipment_id`, { options: [["", "—"], ...this.sheetMachines.map((one) => [one.id, one.tag])] })] : [];
  }

  parts(sheet) {
    this.sheetMachines = sheet.machines;
    const shown = (one) => [one.part_number, one.name, `×${one.quantity}`, one.part_class ? this.say(`${one.part_class} part`) : "", one.old_serial || one.new_serial ? `${one.old_serial || "—"} → ${one.new_serial || "—"}` : ""].filter(Boolean).join(" ");
    const reach = sheet.reach || []; // a sheet that was kept before the service told what lies in van and store has none
    const places = [...new Set(reach.map((one) => one.place))];
    const from = places.length ? [this.field("taken from", "part.taken_from", { options: [["", this.say("own van, or the only place")], ...places.map((one) => [one, one])] })] : [];
    const known = element("datalist", { id: "parts-in-reach" }, reach.map((one) => element("option", { value: one.number }, `${one.name} · ${one.place} × ${one.quantity}`)));
    return this.card("Parts used", "parts", this.list(this.gone(sheet.parts), this.waits("part"), shown),
      this.form("part", "Add a part", [...this.machine("part"), this.field("part number", "part.part_number", { list: "parts-in-reach" }), known, this.field("name", "part.name"),
        this.field("class", "part.part_class", { options: [["", "—"], ...PART_CLASSES.map((one) => [one, this.say(`${one} part`)])] }), this.field("quantity", "part.quantity", { type: "number", step: "any" }), ...from,
        this.field("old serial number", "part.old_serial"), this.field("new serial number", "part.new_serial"), this.field("warranty until", "part.warranty_until", { type: "date" })]));
  }

  parameters(sheet) {
    const shown = (one) => `${one.number}${one.axis ? ` ${one.axis}` : ""}: ${one.before || "—"} → ${one.after || "—"}`;
    return this.card("Parameters", "parameters", this.list(this.gone(sheet.parameters), this.waits("parameter"), shown),
      this.form("parameter", "Add a parameter", [...this.machine("parameter"), this.field("number", "parameter.number"), this.field("axis", "parameter.axis"), this.field("before", "parameter.before"), this.field("after", "parameter.after")]));
  }

  times(sheet) {
    const shown = (one) => `${this.say(one.activity)} ${one.minutes} min${one.kilometres ? ` · ${one.kilometres} km` : ""}`;
    const running = this.typed["clock.started"];
    const clock = running
      ? [element("span", { id: "running" }, `${this.say(this.typed["clock.activity"])} · ${new Date(running).toTimeString().slice(0, 5)}`), this.button("Stop", () => this.act.stop(), { class: "primary" })]
      : ["work", "travel"].map((one) => this.button(`start ${one}`, () => this.act.start(one)));
    return this.card("Time", "times", this.list(this.gone(sheet.times), this.waits("time"), shown), element("p", { class: "row" }, clock),
      this.form("time", "Add time by hand", [this.field("activity", "time.activity", { options: this.choices(ACTIVITIES, false) }), this.field("minutes", "time.minutes", { type: "number" }), this.field("kilometres", "time.kilometres", { type: "number" })]));
  }

  meters(sheet) {
    if (!sheet.meters.length) return null;
    const waiting = this.waits("reading");
    return this.card("Counters", "meters", sheet.meters.map((one) => {
      const told = [...sheet.readings.filter((r) => r.meter_id === one.id), ...waiting.filter((r) => r.values.meter_id === one.id).map((r) => r.values)].pop();
      return element("div", { class: "row" }, element("span", {}, `${one.tag} ${one.name} (${one.unit}) · ${this.say("last reading")} ${one.last ?? "—"}${told ? ` · ${told.value}` : ""}`),
        this.field("value", `reading:${one.id}.value`, { type: "number", step: "any" }), this.button("Save", () => this.act.reading(one)));
    }));
  }

  words(sheet) {
    const last = (name) => this.waits("text").filter((one) => one.values.name === name).pop();
    return this.card("Texts of the report", "words", element("div", { class: "stack" }, TEXTS.map((name) => {
      const waiting = last(name);
      return element("div", {}, this.field(`text ${name}`, `text.${name}`, { type: "area", value: waiting ? waiting.values.value : sheet.texts[name] || "" }), waiting ? this.mark(waiting) : "");
    }), this.button("Save", () => this.act.words(), { class: "primary", id: "save-words" })));
  }

  photos(sheet) {
    const there = sheet.files.filter((one) => !one.signature);
    return this.card("Photos", "photos", element("div", { class: "pictures" },
      there.map((one) => element("img", { src: `/orders/${sheet.id}/files/${one.id}`, alt: one.note || this.say("Photo"), loading: "lazy" })),
      this.waits("photo").map((one) => element("img", { src: `data:image/jpeg;base64,${one.values.content}`, alt: this.say("waits") }))),
    element("p", {}, this.camera("")));
  }

  rest(sheet) {
    const left = sheet.lines.filter((line) => !this.result(line)).length;
    if (this.waits("rest").length || sheet.entries.some((one) => one.kind === "rest" && one.state === "applied")) return this.card("Partly done", "rest", element("p", {}, this.say("What is left goes on in the next order.")));
    return this.card("Partly done", "rest", element("p", { class: "soft" }, this.say("{count} items are left", { count: left })),
      this.form("rest", "Leave the rest to a next order", [this.field("reason", "rest.reason"), this.field("planned day", "rest.planned_day", { type: "date" })]));
  }

  signature(sheet, signed) {
    if (signed || this.waits("signature").length) {
      return this.card("Customer's signature", "signature", element("p", { class: "notice-box" }, this.say("Signed. What changes now is an amendment and says why."), " ",
        signed ? sheet.signature.name : this.waits("signature")[0].values.name),
      signed ? element("a", { class: "button", href: `/orders/${sheet.id}/report.pdf` }, "PDF") : "",
      this.field("reason of an amendment", "amends"));
    }
    const canvas = element("canvas", { width: 480, height: 160, id: "pad", "aria-label": this.say("Customer's signature") });
    this.act.pad(canvas);
    return this.card("Customer's signature", "signature", element("p", { class: "soft" }, this.say("The customer signs what stands above.")), canvas,
      element("div", { class: "stack" }, this.field("name of the customer", "signature.name"), this.field("remark", "signature.remark")),
      element("p", { class: "row" }, this.button("Sign", () => this.act.sign(canvas), { class: "primary", id: "sign" }), this.button("Clear the signature", () => this.act.pad(canvas))));
  }
}

// What is found becomes a page. Texts are set as text, never as HTML, so nothing in the library can run.

const MOST_CHIPS = 12;
const SHOWN_QUERY = 40;
const HAZARD_TEXTS = { danger: "Danger", warning: "Warning", caution: "Caution", notice: "Notice" };

/** Returns an element with properties and children; what is false, null or empty is left out. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "class") made.className = value;
    else if (name === "on") made.addEventListener("click", value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child || child === 0));
  return made;
}

/** Returns the sentence of a message with its places filled in. */
export function filled(message, values = {}) {
  return message.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

const shortened = (text) => (text.length > SHOWN_QUERY ? `${text.slice(0, SHOWN_QUERY)}…` : text);

/** Shows results in one language. */
export class View {
  /**
   * @param texts The pack's texts of the language: {ui, reasons, facets, facet_titles}.
   * @param english Whether titles are shown in English.
   * @param change Called with what the reader chose: {query} or {facet, value}.
   */
  constructor(texts, english, change) {
    this.texts = texts;
    this.english = english;
    this.change = change;
  }

  say(message, values) { return filled(this.texts.ui[message] || message, values); }
  label(facet, value) { return this.texts.facets[facet]?.[value] || value; }

  /** Returns {parts, count, add}: what is shown of a result, and how further hits are added to it. */
  results(result, engine, chosen) {
    const marker = engine.marker(result.understood);
    const parts = [this.count(result), this.notices(result), this.suggestion(result), this.families(result, chosen)];
    if (result.term) parts.push(this.term(result.term));
    parts.push(this.facets(result, chosen));
    const list = element("ol", { class: "so-hits" }, result.hits.map((hit) => this.hit(hit, marker)));
    const below = element("div");
    if (result.hits.length) {
      parts.push(list, below);
    } else {
      parts.push(element("section", { class: "so-card so-empty" }, element("h2", {}, this.say("Nothing found")),
        element("p", {}, this.say("Try the alarm number alone, fewer words, or another word for the part. What nobody has written down yet is worth a case.")),
        element("p", {}, element("a", { class: "so-primary", href: "draft.html" }, this.say("Write a draft")))));
    }
    const add = (hits, more) => {
      list.append(...hits.map((hit) => this.hit(hit, marker)));
      const left = list.children.length < result.total;
      const pressed = ({ target }) => {
        target.disabled = true; // a second press asks for nothing twice
        more().finally(() => { target.disabled = false; });
      };
      below.replaceChildren(...(left ? [element("button", { type: "button", class: "so-more", on: pressed }, this.say("Show more"))] : []));
    };
    return { parts: parts.filter(Boolean), count: () => list.children.length, add };
  }

  count({ total, understood }) {
    const text = understood.query
      ? this.say("{count} pages for {query}", { count: total, query: shortened(understood.query) })
      : this.say("{count} pages", { count: total });
    return element("p", { class: "so-count", role: "status", "aria-live": "polite" }, text);
  }

  notices({ unknownCodes, nearest, hits }) {
    if (unknownCodes.length) {
      const rest = nearest ? "The nearest numbers are:" : "What follows answers the other words.";
      return element("p", { class: "so-notice" },
        this.say("The library has no page about {codes}.", { codes: unknownCodes.join("、") }),
        hits.length ? " " + this.say(rest) : "");
    }
    return nearest && hits.length
      ? element("p", { class: "so-notice" }, this.say("No page holds all of this. The nearest are:"))
      : null;
  }

  suggestion({ suggestion }) {
    if (!suggestion) return null;
    const take = element("button", { type: "button", class: "so-link", on: () => this.change({ query: suggestion }) }, suggestion);
    return element("p", { class: "so-suggestion" }, this.say("Did you mean") + " ", take);
  }

  families({ understood }, chosen) {
    const several = understood.codes.filter((code) => code.families.length > 1);
    return several.length ? element("div", { class: "so-notice so-families" }, several.flatMap((code) => [
      element("p", {}, this.say("{code} stands in several families:", { code: code.shown })),
      element("p", { class: "so-chips" }, code.families.map((family) => this.chip("family", family, null, chosen))),
    ])) : null;
  }

  term({ title, titleEn, address, texts }) {
    return element("aside", { class: "so-card so-term" },
      element("strong", {}, title), ` ${titleEn} `, element("br"), `${texts[0] || ""} `,
      element("a", { href: address }, this.say("Term")));
  }

  chip(facet, value, count, chosen) {
    const on = chosen.get(facet)?.has(value) || false;
    const label = this.label(facet, value);
    return element("button", {
      type: "button", class: on ? "so-chip so-on" : "so-chip", "aria-pressed": String(on),
      "data-facet": facet, "data-value": value, on: () => this.change({ facet, value }),
    }, label, count === null ? "" : element("small", {}, ` ${count}`));
  }

  facets({ facets, total }, chosen) {
    const groups = [];
    for (const [facet, counts] of facets) {
      const mine = chosen.get(facet);
      const missing = [...(mine || [])].filter((value) => !counts.some(([known]) => known === value));
      const all = [...counts, ...missing.map((value) => [value, 0])];
      if (!mine?.size && all.every(([, count]) => count === total)) continue;
      groups.push([facet, all.slice(0, MOST_CHIPS)]);
    }
    if (!groups.length) return null;
    const kinds = groups.filter(([facet]) => facet === "type");
    const others = groups.filter(([facet]) => facet !== "type");
    return element("div", { class: "so-facets" }, kinds.map((group) => this.group(group, chosen)),
      others.length ? this.narrowing(others, chosen) : null);
  }

  group([facet, counts], chosen) {
    const title = facet === "type" ? "" : element("span", { class: "so-chips-title" }, this.texts.facet_titles[facet] || facet);
    return element("p", { class: "so-chips" }, title, counts.map(([value, count]) => this.chip(facet, value, count, chosen)));
  }

  /** Returns the further facets, made when they are opened: a hundred buttons that nobody sees cost a tenth of a second. */
  narrowing(groups, chosen) {
    const open = [...chosen].some(([facet, values]) => facet !== "type" && values.size > 0);
    const made = element("details", { open }, element("summary", {}, this.say("Narrow down")));
    const fill = () => made.append(...groups.map((group) => this.group(group, chosen)));
    if (open) fill();
    else made.addEventListener("toggle", fill, { once: true });
    return made;
  }

  hit(hit, marker) {
    const title = this.english ? hit.titleEn : hit.title;
    const badges = element("p", { class: "so-badges" },
      element("span", { class: `so-badge so-kind-${hit.type}` }, this.label("type", hit.type)),
      hit.hazard && element("span", { class: `so-badge so-${hit.hazard}` }, `⚠ ${this.say(HAZARD_TEXTS[hit.hazard])}`),
      element("span", { class: "so-badge" }, this.label("confidence", hit.confidence)),
      hit.fit && element("span", { class: `so-badge so-fit-${hit.fit}`, "data-fit": hit.fit }, this.texts.fits[hit.fit]));
    const why = hit.why.map(([reason, values]) => filled(this.texts.reasons[reason] || reason, values));
    return element("li", { class: hit.match === "nearest" ? "so-card so-hit so-near" : "so-card so-hit", "data-id": hit.id },
      badges,
      element("h2", {}, element("a", { href: hit.address }, this.marked(marker, title))),
      element("p", { class: "so-passage" }, this.marked(marker, marker.bestPassage(hit.texts, 120))),
      element("p", { class: "so-why" }, why.join(this.english ? "; " : "；")));
  }

  marked(marker, text) {
    return marker.pieces(text).map((piece) => (piece.marked ? element("mark", {}, piece.text) : piece.text));
  }
}

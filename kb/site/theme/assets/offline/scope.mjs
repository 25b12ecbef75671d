// How a page stands to the machine in hand: kb/search/scope.py over what the pack brings of the pages. A page is
// labelled and moved, never hidden.

import { numbersOf } from "./postings.mjs";

const NONE = new Set();

export class ScopeReader {
  /**
   * @param data The pack's part `scope`.
   * @param scope {machine, controller}: codes of the vocabularies; an empty text is not known.
   */
  constructor(data, scope) {
    this.data = data;
    this.scope = scope;
    this.familyOf = (code) => data.controllers[code]?.[0] || "";
    this.brandOf = (code) => data.controllers[code]?.[1] || "";
    const own = this.familyOf(scope.controller);
    this.families = data.no_family.includes(own) ? NONE : new Set(data.relatives[own] || [own]);
    this.brand = this.brandOf(scope.controller);
    this.of = numbersOf(data.of);
    this.fits = data.ways.map((way) => this.fitOf(way));
  }

  /** Returns how a document stands to the machine: proven, model, family, general or other. */
  fit(document) { return this.fits[this.of[document]]; }

  /** Returns the place of a document among those about one code. */
  step(document) { return this.data.steps[this.fit(document)]; }

  /** Returns how much the text of a document counts. */
  factor(document) { return this.data.factors[this.fit(document)]; }

  get scopeStep() { return this.data.scope_step; }

  fitOf([groups, families, proven]) {
    const { scope, data } = this;
    const suited = groups.filter(([machines]) => !machines.length || !scope.machine || machines.includes(scope.machine));
    if (suited.some((group) => this.names(group))) return proven ? "proven" : "model";
    if (families.some((family) => this.families.has(family))) return "family";
    if (suited.some(([, controllers]) => controllers.some((code) => this.related(code)))) return "family";
    const named = groups.some(([, controllers]) => controllers.length > 0);
    const known = families.some((family) => !data.no_family.includes(family));
    return named || known || (groups.length && !suited.length) ? "other" : "general";
  }

  names([machines, controllers]) {
    const { machine, controller } = this.scope;
    return controllers.includes(controller) || (!controller && !controllers.length && machines.includes(machine));
  }

  related(controller) {
    if (!this.scope.controller) return false;
    if (controller === this.scope.controller || this.families.has(this.familyOf(controller))) return true;
    // Makers without an alarm family of their own are told apart by brand.
    return Boolean(this.brand) && this.brandOf(controller) === this.brand;
  }
}

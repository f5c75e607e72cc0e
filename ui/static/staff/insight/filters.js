// The filter bar: range, product, language, outcome. The address holds what is chosen, so that a view can be shared.

import { el } from "../../dom.js";
import { labelled, said, say } from "../../language.js";
import { dayAfter } from "./numbers.js";

const NAMES = ["from", "to", "product", "language", "outcome"];
const RANGES = [7, 30, 90];

// The filters that an address names, whole: without dates it is the last 30 days.
export function chosen(query, known) {
  const found = Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""]).filter(([, value]) => value));
  const to = found.to ?? known.today;
  return { ...found, from: found.from ?? dayAfter(to, -29), to };
}

export const asQuery = (filters, shop) => new URLSearchParams({ ...filters, shop });

function select(label, options, value, change) {
  const box = el("select", { ...labelled(label), onchange: (event) => change(event.target.value) }, options.map(([key, words]) => el("option", { value: key }, words)));
  box.value = value;
  return box;
}

// `change(part)` is given what of the filters is to be set anew.
export function filterBar(filters, known, change) {
  const set = (name) => (value) => change({ [name]: value });
  const firstDay = known.first_day ?? known.today;
  const range = (label, from, to) =>
    el("button", { type: "button", class: "button small", "aria-pressed": String(filters.from === from && filters.to === to), onclick: () => change({ from, to }) }, label);
  const day = (name, label) =>
    el("input", { type: "date", value: filters[name], min: name === "to" ? filters.from : undefined, max: known.today, ...labelled(label), onchange: (event) => event.target.value && change(widened(filters, name, event.target.value)) });
  const any = (key) => ["", say(key)];
  return el("form", { class: "in-filters", onsubmit: (event) => event.preventDefault(), ...labelled("insight.filters") },
    el("div", { class: "in-range" },
      RANGES.map((days) => range(say("insight.days", { n: days }), dayAfter(known.today, 1 - days), known.today)),
      range(say("insight.all"), firstDay < known.today ? firstDay : known.today, known.today)),
    el("div", { class: "in-dates" }, day("from", "insight.from"), el("span", { class: "soft", "aria-hidden": "true" }, "–"), day("to", "insight.to")),
    select("insight.product", [any("insight.any_product"), ...known.products.map(({ id, title }) => [id, title])], filters.product ?? "", set("product")),
    select("insight.language", [any("insight.any_language"), ["en", say("insight.language.en")], ["zh", say("insight.language.zh")]], filters.language ?? "", set("language")),
    select("insight.outcome", [any("insight.any_outcome"), ...["answered", "refused", "handed_off"].map((name) => [name, say(`insight.outcome.${name}`)])], filters.outcome ?? "", set("outcome")),
    filters.product || filters.language || filters.outcome
      ? said("button", { type: "button", class: "button small", onclick: () => change({ product: "", language: "", outcome: "" }) }, "insight.clear") : null);
}

// A range that a new first or last day would turn round is moved along.
function widened(filters, name, value) {
  const next = { from: filters.from, to: filters.to, [name]: value };
  if (next.from > next.to) next[name === "from" ? "to" : "from"] = value;
  return next;
}

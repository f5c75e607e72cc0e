// Labelled form fields.

import { el } from "../dom.js";
import { said } from "../language.js";

let made = 0;

// A label over an input; `hint` is a key of the words for what stands below it.
export function field(label, properties, hint = null) {
  const id = `st-field-${++made}`;
  const about = hint ? { "aria-describedby": `${id}-hint` } : {};
  return el("div", { class: "field" },
    said("label", { for: id }, label),
    el("input", { id, ...about, ...properties }),
    hint ? said("small", { id: `${id}-hint`, class: "soft" }, hint) : null);
}

// A label over a choice of [value, words].
export function choice(label, properties, options, value) {
  const id = `st-field-${++made}`;
  const select = el("select", { id, ...properties }, options.map(([key, words]) => el("option", { value: key }, words)));
  select.value = value;
  return el("div", { class: "field" }, said("label", { for: id }, label), select);
}

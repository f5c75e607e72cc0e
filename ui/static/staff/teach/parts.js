// Small parts that the pages of the tab Teach share.

import { el } from "../../dom.js";
import { said, say } from "../../language.js";

const LOOKS = { draft: "", waiting: "warn", live: "good", retired: "", rejected: "danger" };

export const stateBadge = (lesson) =>
  said("span", { class: `badge ${LOOKS[lesson.state]}` }, `staff.teach.state.${lesson.state}`);

export const kindBadge = (kind) => said("span", { class: "badge info" }, `staff.teach.kind.${kind}`);

export const LANGUAGES = ["en", "zh"];

export const tongue = (language) => (language === "zh" ? "zh-CN" : "en");

// The row of links at the top of the tab; `here` is the one that is open.
export function places(here, context) {
  const link = (name, path) =>
    el("a", { class: "button small", href: `#${path}`, "aria-pressed": String(here === name) }, say(`staff.teach.place.${name}`));
  return el("div", { class: "row" },
    link("lessons", "/teach"), link("verdicts", "/teach/verdicts"),
    context.may("agent") ? el("a", { class: "button small primary", href: "#/teach/new" }, say("staff.teach.new")) : null);
}

export const heading = (title, ...beside) => el("header", { class: "spread te-head" }, el("h1", null, title), ...beside);

// The day as people of the page's language write it.
export const day = (text) => (text ? new Date(text).toLocaleDateString(document.querySelector("#st-root").lang, { year: "numeric", month: "short", day: "numeric" }) : "");

export const moment = (text) =>
  new Date(text).toLocaleString(document.querySelector("#st-root").lang, { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });

// When it holds, in words; nothing where it always does.
export function validity({ valid_from: from, valid_until: until }) {
  if (!from && !until) return null;
  const key = from && until ? "both" : from ? "from" : "until";
  return el("span", { class: "badge" }, say(`staff.teach.valid.${key}`, { from: day(from), until: day(until) }));
}

// A text with what was taken out and put in marked.
export const difference = (pieces) =>
  pieces.map(({ how, text }) => (how === "same" ? text : el(how === "removed" ? "del" : "ins", { class: `te-${how}` }, text)));

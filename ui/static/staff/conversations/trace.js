// How a reply came about: what was found, how it scored, which models and which knowledge, how long each step took.

import { el } from "../../dom.js";
import { said, say } from "../../language.js";
import { number } from "../times.js";

// `open(chunk_id)` shows a passage. The content is made when it is first opened.
export function traceOf(trace, open) {
  const body = el("div", { class: "cv-trace-body" });
  const box = el("details", { class: "cv-trace" }, said("summary", null, "staff.talk.trace"), body);
  box.addEventListener("toggle", () => {
    if (box.open && !body.childElementCount) body.append(...content(trace, open));
  });
  return box;
}

function content(trace, open) {
  const { total, ...steps } = trace.timings_ms;
  return [
    facts([
      ["gear", say(`staff.talk.gear.${trace.gear}`)],
      ["reason", trace.reason],
      ["intent", trace.intent],
      ["question", trace.question],
    ]),
    bars(steps, total),
    trace.passages.length ? passages(trace.passages, open) : null,
    table("scores", trace.scores, (value) => number(value, 3)),
    table("versions", trace.versions, String),
    trace.prompt ? prompt(trace.prompt) : null,
  ].filter(Boolean);
}

const facts = (pairs) =>
  el("dl", { class: "cv-facts" }, pairs.filter(([, value]) => value).map(([name, value]) => el("div", null, said("dt", null, `staff.talk.trace.${name}`), el("dd", null, value))));

function bars(steps, total) {
  const entries = Object.entries(steps);
  if (!entries.length && total === undefined) return null;
  const longest = Math.max(total ?? 0, ...entries.map(([, ms]) => ms), 1);
  const line = ([name, ms]) =>
    el("tr", null, el("th", { scope: "row" }, name), el("td", { class: "cv-bar" }, el("span", { style: `width:${Math.max(1, (100 * ms) / longest)}%` })), el("td", { class: "numeric" }, `${number(ms, ms < 10 ? 1 : 0)} ms`));
  return el("table", { class: "cv-times" }, said("caption", null, "staff.talk.trace.timings"),
    el("tbody", null, entries.map(line), total === undefined ? null : line([say("staff.talk.trace.total"), total])));
}

function passages(found, open) {
  return el("table", { class: "table cv-passages" }, said("caption", null, "staff.talk.trace.passages"),
    el("thead", null, el("tr", null, ["#", say("staff.talk.trace.source"), say("staff.talk.trace.score"), say("staff.talk.trace.found_by")].map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", null, found.map((passage) =>
      el("tr", null, el("td", null, String(passage.rank)),
        el("td", null, el("button", { type: "button", class: "cv-link", onclick: () => open(passage.chunk_id) }, passage.source)),
        el("td", { class: "numeric", title: Object.entries(passage.scores).map(([name, value]) => `${name} ${number(value, 3)}`).join("\n") }, number(passage.score, 3)),
        el("td", { class: "soft" }, passage.found_by.join(", "))))));
}

// Just what the model was given, as it was stored: with personal data masked.
const prompt = (text) =>
  el("details", { class: "cv-more-facts" }, said("summary", null, "staff.talk.trace.prompt"), el("pre", { class: "cv-prompt", tabindex: "0" }, text));

function table(name, values, show) {
  const entries = Object.entries(values);
  if (!entries.length) return null;
  return el("details", { class: "cv-more-facts" }, said("summary", null, `staff.talk.trace.${name}`),
    el("dl", { class: "cv-facts" }, entries.map(([key, value]) => el("div", null, el("dt", null, key), el("dd", null, show(value))))));
}

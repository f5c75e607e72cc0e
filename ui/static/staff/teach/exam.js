// The exam's table: which answers a change makes better or worse.

import { el } from "../../dom.js";
import { said, say } from "../../language.js";
import { tongue } from "./parts.js";

const LOOKS = { worse: "danger", better: "good", same: "" };

export function examTable(exam) {
  const sum = el("p", { class: "row" },
    ["worse", "better", "same"].map((change) => el("span", { class: `badge ${LOOKS[change]}` }, say(`staff.teach.exam.count.${change}`, { count: exam[change] }))),
    said("span", { class: "soft" }, "staff.teach.exam.asked", { asked: exam.asked, touched: exam.touched }));
  if (!exam.rows.length) return el("div", { class: "stack te-exam" }, sum);
  return el("div", { class: "stack te-exam" }, sum,
    el("div", { class: "te-scroll" }, el("table", { class: "table" },
      el("thead", null, el("tr", null, ["question", "expected", "before", "after"].map((name) => said("th", { scope: "col" }, `staff.teach.exam.${name}`)))),
      el("tbody", null, exam.rows.map(row)))));
}

const row = (one) =>
  el("tr", null,
    el("td", null, said("span", { class: `badge ${LOOKS[one.change]}` }, `staff.teach.exam.${one.change}`), el("p", { lang: tongue(one.language) }, one.question), el("small", { class: "soft" }, one.id)),
    el("td", { lang: tongue(one.language), "data-label": say("staff.teach.exam.expected") }, one.expected || "–"),
    el("td", { lang: tongue(one.language), "data-label": say("staff.teach.exam.before") }, answer(one.before)),
    el("td", { lang: tongue(one.language), "data-label": say("staff.teach.exam.after") }, answer(one.after)));

const answer = (sat) => [
  el("span", { class: `te-mark ${sat.right ? "good" : "danger"}`, "aria-label": say(sat.right ? "staff.teach.right" : "staff.teach.wrong") }, sat.right ? "✓ " : "✗ "),
  sat.text,
  sat.found ? el("small", { class: "soft" }, ` (${say("staff.teach.exam.place", { place: sat.found })})`) : null,
];

// What was done by whom, latest first, and whether the chain is whole.

import { el } from "../dom.js";
import { said, say } from "../language.js";
import { choice, field } from "./fields.js";
import { icon } from "./icons.js";
import { number, whole } from "./times.js";

const KINDS = ["signin.", "account.", "transcript.", "note.", "tags.", "handoff.", "lesson.", "draft.", "knowledge.", "report."];

export async function auditPane(root, context) {
  const rows = el("tbody");
  const more = said("button", { type: "button", class: "button", hidden: true, onclick: () => load(next) }, "staff.audit.more");
  const state = el("p", { class: "row tm-chain", role: "status" });
  let next = null;
  const wish = { actor: "", action: "", target: "" };

  async function load(before = null) {
    const query = new URLSearchParams(Object.entries(wish).filter(([, value]) => value));
    if (before) query.set("before", before);
    try {
      const page = await context.api(`/audit?${query}`);
      if (!before) rows.replaceChildren();
      rows.append(...page.entries.map(row));
      if (!rows.childElementCount) rows.append(el("tr", null, el("td", { colspan: "5" }, said("p", { class: "empty" }, "staff.audit.none"))));
      next = page.next;
      more.hidden = !next;
    } catch (problem) {
      context.showProblem(problem);
    }
  }

  async function check() {
    state.replaceChildren(said("span", { class: "soft" }, "staff.audit.checking"));
    try {
      const found = await context.api("/audit/check");
      state.replaceChildren(
        el("span", { class: `badge ${found.whole ? "good" : "danger"}` }, icon(found.whole ? "shield" : "close"), say(found.whole ? "staff.audit.whole" : "staff.audit.broken", { number: number(found.whole ? found.entries : found.broken) })),
        el("span", { class: "soft" }, found.whole ? `${found.entries}:${found.hash.slice(0, 16)}…` : found.reason));
      state.title = found.hash;
    } catch (problem) {
      context.showProblem(problem);
    }
  }

  const set = (name) => (event) => { wish[name] = event.target.value.trim(); load(); };
  root.replaceChildren(
    el("div", { class: "tm-filters" },
      field("staff.audit.actor", { type: "search", onchange: set("actor") }),
      choice("staff.audit.action", { onchange: set("action") }, [["", say("staff.talk.any")], ...KINDS.map((kind) => [kind, say(`staff.audit.kind.${kind.slice(0, -1)}`)])], ""),
      field("staff.audit.target", { type: "search", onchange: set("target") }),
      said("button", { type: "button", class: "button", onclick: check }, "staff.audit.check")),
    state,
    el("div", { class: "card tm-log" },
      el("table", { class: "table" },
        el("thead", null, el("tr", null, ["number", "at", "actor", "action", "target"].map((name) => said("th", { scope: "col" }, `staff.audit.${name}`)))), rows)),
    el("p", { class: "tm-more" }, more));
  await load();
}

const row = (entry) =>
  el("tr", null,
    el("td", { class: "soft numeric", title: entry.hash }, String(entry.number)),
    el("td", { class: "tm-when" }, whole(entry.at)),
    el("td", null, entry.actor),
    el("td", null, el("code", null, entry.action)),
    el("td", null, target(entry), details(entry.details)));

function target(entry) {
  if (/^[0-9a-f]{32}$/.test(entry.target)) return el("a", { href: `#/conversations/${entry.target}`, class: "mono" }, entry.target.slice(0, 8));
  return el("span", null, entry.target);
}

function details(values) {
  const words = Object.entries(values).filter(([, value]) => value !== "").map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(", ") : typeof value === "object" ? JSON.stringify(value) : value}`);
  return words.length ? el("small", { class: "soft tm-details" }, words.join(" · ")) : null;
}

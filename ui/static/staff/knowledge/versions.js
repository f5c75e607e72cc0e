// Versions: which one answers, what changed between two, and going back.

import { el } from "../../dom.js";
import { said, say } from "../../language.js";
import { moment } from "../teach/parts.js";
import { shopQuery } from "./parts.js";

export async function showVersions(root, path, context) {
  const found = await context.api(`/knowledge?${shopQuery(context)}`);
  const changes = el("section", { class: "stack" });
  const numbers = found.versions.map((one) => one.number);
  root.replaceChildren(...[
    el("div", { class: "te-scroll card" }, el("table", { class: "table" },
      el("thead", null, el("tr", null, ["version", "made", "documents", "passages"].map((name, place) => said("th", { scope: "col", class: place > 1 ? "numeric" : "" }, `staff.knowledge.figure.${name}`)), el("th"))),
      el("tbody", null, found.versions.map((one) => line(one, root, path, context))))),
    numbers.length > 1 ? comparing(numbers, changes, context) : null,
    changes,
  ].filter(Boolean));
}

function line(one, root, path, context) {
  const back = async () => {
    const sure = await context.confirmed(say("staff.knowledge.rollback"), say("staff.knowledge.rollback.sure", { version: one.number }), say("staff.knowledge.rollback.act", { version: one.number }), { danger: true });
    if (!sure) return;
    try {
      await context.api("/knowledge/rollback", { method: "POST", body: { shop: context.shop, to: one.number } });
      context.toast(say("staff.knowledge.rollback.done", { version: one.number }), "good");
      await showVersions(root, path, context);
    } catch (problem) {
      context.showProblem(problem);
    }
  };
  return el("tr", null,
    el("td", null, el("strong", null, String(one.number)), " ", one.active ? said("span", { class: "badge good" }, "staff.knowledge.answers") : null),
    el("td", null, moment(one.created_at)), el("td", { class: "numeric" }, String(one.documents)), el("td", { class: "numeric" }, String(one.chunks)),
    el("td", { class: "numeric" }, !one.active && context.may("admin") ? said("button", { type: "button", class: "button small", onclick: back }, "staff.knowledge.rollback") : null));
}

function comparing(numbers, place, context) {
  const choice = (key, value) => {
    const select = el("select", { "aria-label": say(key) }, numbers.map((number) => el("option", { value: String(number) }, String(number))));
    select.value = String(value);
    return select;
  };
  const older = choice("staff.knowledge.older", numbers[1]);
  const newer = choice("staff.knowledge.newer", numbers[0]);
  const compare = async () => {
    try {
      const found = await context.api(`/knowledge/changes?${shopQuery(context, { older: older.value, newer: newer.value })}`);
      place.replaceChildren(...shown(found));
    } catch (problem) {
      context.showProblem(problem);
    }
  };
  return el("div", { class: "row kn-compare" }, said("span", null, "staff.knowledge.compare"), older, "→", newer,
    said("button", { type: "button", class: "button", onclick: compare }, "staff.knowledge.compare.act"));
}

function shown(found) {
  const groups = ["added", "changed", "removed"].filter((name) => found.counts[name]);
  if (!groups.length) return [said("p", { class: "empty" }, "staff.knowledge.alike")];
  return groups.map((name) =>
    el("details", { class: "card", open: found.counts[name] <= 30 },
      el("summary", null, say(`staff.knowledge.count.${name}`), " ", el("span", { class: "badge" }, String(found.counts[name]))),
      el("ul", { class: "kn-changes" }, found[name].map((one) => (one.after ? changed(one) : el("li", null, link(one)))))));
}

const link = (one) => [el("a", { href: `#/knowledge/documents/${one.id}` }, one.title), " ", el("small", { class: "soft" }, one.source)];

const changed = ({ before, after }) =>
  el("li", null, link(after), " ", el("a", { class: "soft", href: `#/knowledge/documents/${before.id}` }, say("staff.knowledge.as_before")));

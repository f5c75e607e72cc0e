// The list of lessons: what waits for approval first in view, filters and search.

import { el } from "../../dom.js";
import { said, say } from "../../language.js";
import { heading, kindBadge, moment, places, stateBadge, tongue, validity } from "./parts.js";

const STATES = ["waiting", "draft", "live", "rejected", "retired"];
let wished = { state: "", kind: "", q: "" };

export async function showLessons(root, context) {
  const list = el("div", { class: "te-list" });
  const counts = el("div", { class: "row", role: "group" });
  let asked = 0;

  async function load() {
    const turn = ++asked;
    const query = new URLSearchParams({ shop: context.shop, ...wished });
    const found = await context.api(`/teach/lessons?${query}`);
    if (turn !== asked) return;
    counts.replaceChildren(filter("", Object.values(found.counts).reduce((sum, one) => sum + one, 0)), ...STATES.map((state) => filter(state, found.counts[state] ?? 0)));
    context.badge("teach", found.counts.waiting ?? 0);
    list.replaceChildren(...(found.lessons.length ? found.lessons.map(line) : [said("p", { class: "empty" }, "staff.teach.none")]));
  }

  const filter = (state, count) =>
    el("button", { type: "button", class: "button small", "aria-pressed": String(wished.state === state), onclick: () => { wished = { ...wished, state }; load().catch(context.showProblem); } },
      say(state ? `staff.teach.state.${state}` : "staff.teach.all"), el("span", { class: "soft" }, String(count)));

  const search = el("input", { type: "search", value: wished.q, placeholder: say("staff.teach.search"), "aria-label": say("staff.teach.search"),
    oninput: () => { wished = { ...wished, q: search.value }; load().catch(context.showProblem); } });
  const kind = el("select", { "aria-label": say("staff.teach.kind"), onchange: () => { wished = { ...wished, kind: kind.value }; load().catch(context.showProblem); } },
    ["", "curated", "faq"].map((name) => el("option", { value: name }, say(name ? `staff.teach.kind.${name}` : "staff.teach.kind.any"))));
  kind.value = wished.kind;

  root.replaceChildren(
    heading(say("staff.tab.teach"), places("lessons", context)),
    el("div", { class: "te-tools" }, counts, el("div", { class: "te-search" }, search, kind)),
    list);
  await load();
}

function line(lesson) {
  const language = Object.keys(lesson.answers)[0];
  return el("a", { class: "card te-line", href: `#/teach/lesson/${lesson.id}` },
    el("span", { class: "te-line-head" }, el("strong", { lang: tongue(language) }, lesson.title),
      el("span", { class: "row" }, validity(lesson), kindBadge(lesson.kind), stateBadge(lesson),
        lesson.state === "live" && !lesson.in_force ? said("span", { class: "badge warn" }, "staff.teach.not_in_force") : null)),
    el("span", { class: "soft te-two-lines", lang: tongue(language) }, lesson.answers[language]),
    el("small", { class: "soft" }, say("staff.teach.by", { author: lesson.author, when: moment(lesson.updated_at) })));
}

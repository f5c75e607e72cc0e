// Try a search: each candidate with its place and score at every stage, and what the limits left out.

import { el } from "../../dom.js";
import { said, say } from "../../language.js";
import { tongue, validity } from "../teach/parts.js";

const STAGES = ["dense", "keyword", "fused", "rerank"];
let asked = "";

export async function showSearch(root, _path, context) {
  const found = el("div", { class: "stack" });
  const field = el("input", { type: "search", id: "kn-question", value: context.query.get("q") ?? asked, placeholder: say("staff.knowledge.try.hint"), "aria-label": say("staff.knowledge.try.hint") });
  const search = async (event) => {
    event?.preventDefault();
    asked = field.value.trim();
    if (!asked) return;
    try {
      found.replaceChildren(...shown(await context.api("/knowledge/search", { method: "POST", body: { question: asked, shop: context.shop } })));
    } catch (problem) {
      context.showProblem(problem);
    }
  };
  root.replaceChildren(
    el("form", { class: "row kn-try", onsubmit: search }, field, said("button", { class: "button primary" }, "staff.knowledge.try")),
    said("p", { class: "soft" }, "staff.knowledge.try.about"),
    found);
  if (field.value) await search();
  else field.focus();
}

function shown(result) {
  if (!result.passages.length && !result.left_out.length) return [said("p", { class: "empty" }, "staff.knowledge.try.none")];
  const limits = Object.entries(result.limits);
  return [
    el("p", { class: "row" }, el("span", { class: "soft" }, say("staff.knowledge.try.candidates", { count: result.candidates })),
      limits.map(([name, value]) => el("span", { class: "badge warn" }, `${name}: ${value}`))),
    el("div", { class: "te-scroll" }, el("table", { class: "table kn-stages" },
      el("thead", null, el("tr", null, said("th", { scope: "col" }, "staff.knowledge.try.shown"), said("th", { scope: "col" }, "staff.knowledge.try.passage"), STAGES.map((stage) => said("th", { scope: "col", class: "numeric" }, `staff.knowledge.stage.${stage}`)), said("th", { scope: "col", class: "numeric" }, "staff.knowledge.try.sure"))),
      el("tbody", null, result.passages.map(row)))),
    result.left_out.length ? el("section", { class: "stack" }, el("h2", null, say("staff.knowledge.try.left_out", { count: result.left_out_count })), el("ul", { class: "stack" }, result.left_out.map(left))) : null,
  ].filter(Boolean);
}

const row = (one) =>
  el("tr", { class: one.shown ? "" : "kn-not-shown" },
    el("td", { class: "numeric" }, one.shown ? el("strong", null, String(one.shown)) : "–"),
    el("td", null, passage(one)),
    STAGES.map((stage) => el("td", { class: "numeric", "data-label": say(`staff.knowledge.stage.${stage}`) }, one.places[stage] ? [el("strong", null, `#${one.places[stage]}`), " ", el("small", { class: "soft" }, score(one.scores[stage]))] : el("span", { class: "soft" }, "–"))),
    el("td", { class: "numeric", "data-label": say("staff.knowledge.try.sure") }, score(one.score)));

const left = (one) => el("li", { class: "card" }, passage(one), el("span", { class: "row" }, validity(one), el("small", { class: "soft" }, `${say("staff.knowledge.stage.dense")} ${score(one.scores.dense)}`)));

const passage = (one) =>
  el("details", null,
    el("summary", null, el("span", { lang: tongue(one.language) }, one.title, one.heading ? el("span", { class: "soft" }, ` › ${one.heading}`) : null), " ", el("small", { class: "soft" }, one.source)),
    el("p", { class: "te-text", lang: tongue(one.language) }, one.text));

const score = (value) => (value === undefined ? "" : Number(value).toFixed(3));

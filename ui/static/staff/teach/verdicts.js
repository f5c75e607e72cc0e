// What staff said of the bot's replies; each goes into the exam of later changes.

import { el } from "../../dom.js";
import { said, say } from "../../language.js";
import { heading, moment, places, tongue } from "./parts.js";

export async function showVerdicts(root, context) {
  const found = await context.api(`/teach/verdicts?shop=${encodeURIComponent(context.shop)}`);
  const list = el("div", { class: "te-list" },
    found.length ? found.map((verdict) => card(verdict, context)) : said("p", { class: "empty" }, "staff.teach.verdicts.none"));
  root.replaceChildren(
    heading(say("staff.tab.teach"), places("verdicts", context)),
    said("p", { class: "soft te-about" }, "staff.teach.verdicts.about"),
    list);
}

function card(verdict, context) {
  const box = el("article", { class: "card stack" },
    el("div", { class: "te-line-head" }, el("strong", { lang: tongue(verdict.language) }, verdict.asked),
      el("span", { class: "row" },
        said("span", { class: `badge ${verdict.right ? "good" : "danger"}` }, verdict.right ? "staff.teach.right" : "staff.teach.wrong"),
        verdict.example ? said("span", { class: "badge info" }, "staff.teach.example") : null)),
    el("p", { class: verdict.right ? "" : "te-struck", lang: tongue(verdict.language) }, verdict.said),
    verdict.right_answer ? el("p", { lang: tongue(verdict.language) }, verdict.right_answer) : null,
    el("div", { class: "spread te-foot" },
      el("small", { class: "soft" }, say("staff.teach.by", { author: verdict.judged_by, when: moment(verdict.judged_at) })),
      context.may("agent") ? el("span", { class: "row" },
        el("a", { class: "button small", href: `#/teach/new?message=${verdict.message_id}` }, say("staff.teach.from_this")),
        said("button", { type: "button", class: "button small", onclick: () => withdraw(verdict, box, context) }, "staff.teach.verdicts.withdraw")) : null));
  return box;
}

async function withdraw(verdict, box, context) {
  try {
    await context.api(`/teach/verdicts/${verdict.message_id}`, { method: "DELETE" });
    box.remove();
  } catch (problem) {
    context.showProblem(problem);
  }
}

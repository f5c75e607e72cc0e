// Documents of the version that answers: a list with search, and one document in full.

import { el, outside, safeLink } from "../../dom.js";
import { said, say } from "../../language.js";
import { tongue, validity } from "../teach/parts.js";
import { shopQuery } from "./parts.js";

export async function showDocuments(root, [id], context) {
  if (id) return showDocument(root, id, context);
  const wished = { file: context.query.get("file") ?? "", q: "", offset: 0 };
  const list = el("div", { class: "kn-list" });
  const pages = el("div", { class: "spread" });
  let asked = 0;

  async function load() {
    const turn = ++asked;
    const found = await context.api(`/knowledge/documents?${shopQuery(context, wished)}`);
    if (turn !== asked) return;
    list.replaceChildren(...(found.documents.length ? found.documents.map(line) : [said("p", { class: "empty" }, "staff.knowledge.no_documents")]));
    const last = Math.min(wished.offset + found.page, found.total);
    const turnTo = (offset) => () => { wished.offset = offset; load().catch(context.showProblem); };
    pages.replaceChildren(
      said("button", { type: "button", class: "button small", disabled: !wished.offset, onclick: turnTo(Math.max(0, wished.offset - found.page)) }, "staff.knowledge.before"),
      el("span", { class: "soft" }, say("staff.knowledge.shown", { first: found.total ? wished.offset + 1 : 0, last, total: found.total })),
      said("button", { type: "button", class: "button small", disabled: last >= found.total, onclick: turnTo(wished.offset + found.page) }, "staff.knowledge.after"));
  }

  const search = el("input", { type: "search", placeholder: say("staff.knowledge.find"), "aria-label": say("staff.knowledge.find"),
    oninput: () => { wished.q = search.value; wished.offset = 0; load().catch(context.showProblem); } });
  root.replaceChildren(
    el("div", { class: "te-tools" },
      wished.file ? el("a", { class: "button small", href: "#/knowledge/documents", "aria-pressed": "true" }, `${wished.file} ✕`) : el("span"),
      el("div", { class: "te-search" }, search)),
    list, pages);
  await load();
}

const line = (one) =>
  el("a", { class: "kn-line", href: `#/knowledge/documents/${one.id}` },
    el("strong", { class: "cut", lang: tongue(one.language) }, one.title),
    el("span", { class: "row kn-marks" }, validity(one), said("span", { class: "badge" }, `staff.knowledge.kind.${one.kind}`), el("span", { class: "badge" }, one.language)),
    el("small", { class: "soft cut" }, one.source));

async function showDocument(root, id, context) {
  const found = await context.api(`/knowledge/documents/${encodeURIComponent(id)}?${shopQuery(context)}`);
  const facts = Object.entries(found.attributes);
  root.replaceChildren(
    el("article", { class: "card stack" },
      el("div", { class: "spread kn-head" }, el("h2", { lang: tongue(found.language) }, found.title),
        el("span", { class: "row" }, validity(found), said("span", { class: "badge" }, `staff.knowledge.kind.${found.kind}`), el("span", { class: "badge" }, found.language))),
      el("p", { class: "soft" }, el("code", null, found.source), ` · ${say("staff.knowledge.pieces", { count: found.chunks })}`),
      safeLink(found.url) ? outside(safeLink(found.url), null, found.url) : null,
      el("p", { class: "te-text", lang: tongue(found.language) }, found.text),
      facts.length ? el("dl", { class: "kn-facts" }, facts.map(([name, value]) => el("div", null, el("dt", null, name), el("dd", null, String(value))))) : null,
      el("div", { class: "row" },
        el("a", { class: "button", href: "#/knowledge/documents" }, say("staff.knowledge.all_documents")),
        found.kind === "faq" && context.may("agent") ? el("a", { class: "button primary", href: `#/teach/new?entry=${encodeURIComponent(found.source.split("@")[0])}` }, say("staff.teach.step.change")) : null)));
}

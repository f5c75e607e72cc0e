// At a glance: what answers, what could not be read, what ends soon, what says the same, and reading again.

import { el } from "../../dom.js";
import { said, say } from "../../language.js";
import { progressBar } from "../job.js";
import { day } from "../teach/parts.js";
import { counts, duplicates, failures, shopQuery, whenDone } from "./parts.js";

export async function showOverview(root, _path, context) {
  const found = await context.api(`/knowledge?${shopQuery(context)}`);
  if (found.active === null) {
    root.replaceChildren(el("div", { class: "empty" }, said("p", null, "staff.knowledge.nothing"),
      context.may("admin") ? el("a", { class: "button primary", href: "#/knowledge/upload" }, say("staff.knowledge.place.upload")) : null));
    return;
  }
  const active = found.versions.find((one) => one.active);
  const ending = section("staff.knowledge.ending", said("p", { class: "soft" }, "staff.knowledge.loading"));
  const same = section("staff.knowledge.duplicates", said("p", { class: "soft" }, "staff.knowledge.loading"));
  root.replaceChildren(...[
    figures(active, found),
    section("staff.knowledge.failed", found.failures.length ? failures(found.failures) : said("p", { class: "soft" }, "staff.knowledge.none_failed")),
    ending, same,
    found.runs.length ? section("staff.knowledge.last_run", lastRun(found.runs[0])) : null,
    section("staff.knowledge.files", files(found.files), rereading(context, () => showOverview(root, _path, context))),
  ].filter(Boolean));
  const [ends, twice] = await Promise.all([context.api(`/knowledge/ending?${shopQuery(context)}`), context.api(`/knowledge/duplicates?${shopQuery(context)}`)]);
  ending.lastChild.replaceWith(ends.length ? endings(ends, context) : said("p", { class: "soft" }, "staff.knowledge.none_ending"));
  same.lastChild.replaceWith(duplicates(twice));
}

const section = (key, body, beside = null) =>
  el("section", { class: "card stack" }, el("div", { class: "spread kn-head" }, said("h2", null, key), beside), body);

const figures = (active, found) =>
  el("dl", { class: "kn-figures" },
    [["version", active?.number ?? found.active], ["documents", active?.documents], ["passages", active?.chunks], ["failures", found.failures.length]].map(([name, value]) =>
      el("div", { class: `card ${name === "failures" && value ? "kn-bad" : ""}` }, el("dd", null, String(value ?? "–")), said("dt", null, `staff.knowledge.figure.${name}`))));

const files = (list) =>
  el("div", { class: "te-scroll" }, el("table", { class: "table" },
    el("thead", null, el("tr", null, said("th", { scope: "col" }, "staff.knowledge.file"), said("th", { scope: "col", class: "numeric" }, "staff.knowledge.documents"), said("th", { scope: "col", class: "numeric" }, "staff.knowledge.bad_rows"))),
    el("tbody", null, list.map((file) =>
      el("tr", null,
        el("td", null, el("a", { href: `#/knowledge/documents?file=${encodeURIComponent(file.source)}`, class: "mono" }, file.source), file.on_disk ? null : said("span", { class: "badge info kn-beside" }, "staff.knowledge.from_desk")),
        el("td", { class: "numeric" }, String(file.documents)),
        el("td", { class: "numeric" }, file.failures.length ? el("span", { class: "badge danger" }, String(file.failures.length)) : ""))))));

function rereading(context, again) {
  if (!context.may("admin")) return null;
  const bar = progressBar(context);
  const button = said("button", { type: "button", class: "button small", onclick: async () => {
    button.disabled = true;
    try {
      const report = await bar.watch(context.api("/knowledge/reread", { method: "POST", body: { shop: context.shop } }));
      context.toast(say(report.published ? "staff.knowledge.reread.changed" : "staff.knowledge.reread.same", { version: report.version }), "good");
      await again();
    } catch (problem) {
      context.showProblem(problem);
    } finally {
      button.disabled = false;
    }
  } }, "staff.knowledge.reread");
  return el("span", { class: "row" }, bar.root, button);
}

const endings = (list, context) =>
  el("ul", { class: "kn-endings" }, list.map((one) =>
    el("li", { class: "spread" },
      el("span", { class: "cut" }, el("a", { href: `#/knowledge/documents/${one.id}` }, one.title), " ", el("small", { class: "soft" }, one.source)),
      el("span", { class: "row" },
        el("span", { class: `badge ${one.over ? "danger" : "warn"}` }, say(one.over ? "staff.knowledge.over" : "staff.knowledge.ends", { day: day(one.valid_until) })),
        one.kind === "faq" && context.may("agent") ? el("a", { class: "button small", href: `#/teach/new?entry=${encodeURIComponent(one.source.split("@")[0])}` }, say("staff.teach.step.change")) : null))));

const lastRun = (run) => el("div", { class: "stack" }, el("p", { class: "soft" }, whenDone(run)), counts(run));

// Small parts that the pages of the tab Knowledge share.

import { el } from "../../dom.js";
import { said, say } from "../../language.js";
import { moment } from "../teach/parts.js";

export const shopQuery = (context, more = {}) => new URLSearchParams({ shop: context.shop, ...more });

// What could not be read: file, line, column, reason.
export const failures = (failed) =>
  el("div", { class: "te-scroll" }, el("table", { class: "table kn-failed" },
    el("thead", null, el("tr", null, ["file", "line", "column", "reason"].map((name) => said("th", { scope: "col" }, `staff.knowledge.${name}`)))),
    el("tbody", null, failed.map((one) =>
      el("tr", null, el("td", { class: "mono" }, one.path), el("td", { class: "numeric" }, String(one.line ?? "")), el("td", { class: "mono" }, one.column ?? ""), el("td", null, one.reason))))));

// The four counts of a report.
export const counts = (report) =>
  el("dl", { class: "kn-counts" }, Object.entries(report.counts).map(([name, count]) =>
    el("div", { class: count && name !== "unchanged" ? "kn-some" : "" }, el("dd", null, String(count)), said("dt", null, `staff.knowledge.count.${name}`))));

export const live = (report) =>
  report.orders || report.customers ? el("p", { class: "soft" }, say("staff.knowledge.live", { orders: report.orders, customers: report.customers })) : null;

export const duplicates = (found) =>
  found.length
    ? el("ul", { class: "stack" }, found.map((one) => el("li", { class: "row" },
        el("code", null, one.source), said("span", { class: "soft" }, one.similarity === 1 ? "staff.knowledge.same_as" : "staff.knowledge.nearly_same_as"), el("code", null, one.other),
        one.numbers_differ ? said("span", { class: "badge warn" }, "staff.knowledge.numbers_differ") : null)))
    : said("p", { class: "soft" }, "staff.knowledge.no_duplicates");

export const whenDone = (run) => `${moment(run.finished_at)} · ${say("staff.knowledge.seconds", { seconds: Math.round(run.seconds * 10) / 10 })}`;

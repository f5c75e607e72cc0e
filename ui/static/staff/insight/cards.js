// Figures that are no plot: the tiles on top, the scoreboard with its intervals, gears, questions, gaps, alerts.

import { el } from "../../dom.js";
import { said, say } from "../../language.js";
import { icon } from "../icons.js";
import { spark } from "./charts.js";
import { RESOLUTIONS } from "./course.js";
import { dayAfter, interval, moment, number, percent, share, spans, time } from "./numbers.js";
import { explained } from "./tip.js";

const CONFIRMED = RESOLUTIONS.filter((name) => name.startsWith("confirmed_"));

function tile(label, value, note, tone, open) {
  return el("button", { type: "button", class: `card in-kpi ${tone}`, onclick: open, disabled: !open },
    el("span", { class: "in-kpi-label" }, label), el("strong", null, value), el("small", { class: "soft" }, note));
}

export function kpis(insight, board, waiting) {
  const shares = board.shares;
  const of = (name) => say("insight.interval", { range: interval(shares[name]) });
  const open = (name) => () => insight.open(say(`insight.is.${name}`), { resolution: name });
  const negative = board.mood.negative_share;
  const first = waiting?.first_token.overall;
  return [
    tile(say("insight.conversations"), number(board.counted), say("insight.beside", { under_way: number(board.under_way), chat: number(board.chat) }), "", () => insight.open(say("insight.conversations"), {})),
    tile(say("insight.is.confirmed"), share(shares.confirmed), of("confirmed"), "good", open("confirmed")),
    tile(say("insight.is.refused"), share(shares.refused), of("refused"), "", open("refused")),
    tile(say("insight.is.handed_off"), share(shares.handed_off), of("handed_off"), "", open("handed_off")),
    tile(say("insight.satisfied"), share(board.satisfied), say("insight.thumbs", { up: number(board.thumbs.up), down: number(board.thumbs.down) }), "", () => insight.open(say("insight.thumbs_down"), { thumb: -1 })),
    tile(say("insight.negative_messages"), share(negative), board.predicted === null ? say("insight.interval", { range: interval(negative) }) : say("insight.predicted", { value: number(Math.round(100 * board.predicted) / 100) }), "", () => insight.open(say("insight.negative"), { mood: "negative" }, { label: "negative" })),
    tile(say("insight.first_words"), first ? time(first.p50_ms) : "–", first ? say("insight.p95", { time: time(first.p95_ms) }) : "", "", null),
  ];
}

function whisker(one, kind) {
  const place = (value) => `${(100 * value).toFixed(2)}%`;
  return el("span", { class: "in-whisker", "aria-hidden": "true" },
    one.value === null ? null : [
      el("i", { class: `in-c-${kind}`, style: `width:${place(one.value)}` }),
      el("b", { style: `left:${place(one.low)};width:${place(one.high - one.low)}` })]);
}

function scoreRow(insight, name, one, kind, part, inner = false) {
  const lines = () => [say(`insight.is.${name}`), [say("insight.share"), share(one)], [say("insight.of_95"), interval(one)], [say("insight.conversations"), `${number(one.count)} / ${number(one.total)}`]];
  return el("details", { class: `in-score ${inner ? "inner" : ""}` },
    el("summary", explained(lines),
      el("span", { class: "in-score-name" }, el("i", { class: `in-key in-c-${kind}` }), el("span", { class: "cut" }, say(`insight.is.${name}`))),
      whisker(one, kind),
      el("span", { class: "numeric" }, share(one)),
      el("button", { type: "button", class: "in-count", title: say("insight.open"), onclick: (event) => { event.preventDefault(); insight.open(say(`insight.is.${name}`), part); } }, number(one.count))),
    el("p", { class: "soft" }, say(`insight.means.${name}`), " ", say("insight.of_95"), ": ", interval(one)));
}

export function scoreTable(insight, board) {
  const row = (name, kind = name, part = { resolution: name }, inner = false) => scoreRow(insight, name, board.shares[name], kind, part, inner);
  return el("div", { class: "in-scores" },
    row("confirmed", "confirmed_said"), CONFIRMED.map((name) => row(name, name, { resolution: name }, true)),
    RESOLUTIONS.filter((name) => !CONFIRMED.includes(name)).map((name) => row(name)),
    row("came_back", "primary", { came_back: true }));
}

function bars(entries, total, open) {
  return el("ul", { class: "in-bars" }, entries.map(([name, label, count]) => el("li", null,
    el("button", { type: "button", onclick: () => open(name, label) },
      el("span", { class: "cut" }, label),
      el("span", { class: "in-track", "aria-hidden": "true" }, el("i", { style: `width:${((100 * count) / total).toFixed(1)}%` })),
      el("span", { class: "numeric" }, `${percent(count / total, 0)}`), el("span", { class: "numeric soft" }, number(count))))));
}

export function gearBars(insight, replies) {
  const total = Object.values(replies.gears).reduce((sum, count) => sum + count, 0);
  if (!total) return null;
  const sorted = (counts, key) => Object.entries(counts).sort(([, one], [, other]) => other - one).map(([name, count]) => [name, say(`${key}.${name || "unknown"}`), count]);
  const languages = insight.board?.languages ?? {};
  const spoken = Object.values(languages).reduce((sum, count) => sum + count, 0);
  return [
    bars(sorted(replies.gears, "insight.gear"), total, (gear, label) => insight.open(label, { gear })),
    said("h3", null, "insight.outcome"),
    bars(sorted(replies.outcomes, "insight.outcome"), total, (outcome, label) => insight.open(label, { outcome })),
    spoken ? [said("h3", null, "insight.languages"), bars(sorted(languages, "insight.language"), spoken, (language, label) => insight.open(label, { language }))] : [],
  ].flat();
}

export function questionTable(insight, top) {
  if (!top.length) return null;
  return el("table", { class: "table in-questions" },
    el("thead", null, el("tr", null, said("th", { scope: "col" }, "insight.question"), said("th", { scope: "col", class: "numeric" }, "insight.asked"), said("th", { scope: "col", class: "numeric" }, "insight.open_share"))),
    el("tbody", null, top.map((asked) => el("tr", null,
      el("td", null, el("button", { type: "button", class: "in-link", onclick: () => insight.open(asked.text, { question: asked.key }) }, asked.text)),
      el("td", { class: "numeric" }, number(asked.count)),
      el("td", { class: "numeric" }, asked.unanswered ? el("span", { class: "badge warn" }, percent(asked.unanswered / asked.count, 0)) : "0 %")))));
}

const BACK = 12; // points of a gap's trend

function trend(insight, gap) {
  const values = spans(insight.filters.from, insight.filters.to, BACK).map(([first, last]) => {
    let sum = 0;
    for (let day = first; day <= last; day = dayAfter(day, 1)) sum += gap.days[day] ?? 0;
    return sum;
  });
  return spark(say("insight.trend", { values: values.join(", ") }), values);
}

export function gapList(insight, found) {
  if (!found.gaps.length) return found.single ? el("p", { class: "empty" }, say("insight.single", { n: number(found.single) })) : null;
  return [
    el("ol", { class: "in-gaps" }, found.gaps.map((gap) => el("li", { class: "in-gap" },
      el("button", { type: "button", class: "in-gap-count", title: say("insight.open"), onclick: () => insight.open(gap.question || gap.keywords.join(" · "), { gap: gap.id }) }, number(gap.count)),
      el("div", { class: "in-gap-words" },
        el("h3", null, gap.question || gap.keywords.join(" · ")),
        el("p", { class: "row" }, gap.keywords.map((word) => el("span", { class: "badge" }, word)),
          gap.rated_bad ? el("span", { class: "badge danger" }, say("insight.n_bad", { n: number(gap.rated_bad) })) : null),
        insight.context.may("agent") ? el("p", null, el("a", { href: `#/teach/new?gap=${gap.id}` }, say("staff.teach.from_gap"))) : null,
        gap.pages.length ? el("p", { class: "soft in-near" }, icon("knowledge"), say("insight.nearest"), " ", gap.pages.map((page) => `${page.title || page.source} (${percent(page.score, 0)})`).join(" · ")) : null),
      trend(insight, gap)))),
    found.single ? el("p", { class: "soft" }, say("insight.single", { n: number(found.single) })) : null,
  ].filter(Boolean);
}

const OPENS = {
  mood: { mood: "negative" }, product_mood: { mood: "negative" }, handoff: { resolution: "handed_off" }, refusal: { outcome: "refused" },
};

export const alertList = (insight, alerts) => alerts.filter((alert) => !alert.ended_at).map((alert) =>
  el("div", { class: "in-alert", role: "status" }, icon("insight"),
    el("p", null, el("strong", null, say(`insight.alert.${alert.kind}`)), " ", alert.sentence, " ",
      el("small", { class: "soft" }, say("insight.since", { at: moment(alert.raised_at) }))),
    el("button", {
      type: "button", class: "button small", onclick: () => insight.open(say(`insight.alert.${alert.kind}`), {
        ...OPENS[alert.kind], from: dayAfter(insight.known.today, -alert.recent_days), to: insight.known.today,
        ...(alert.product_id ? { product: alert.product_id } : {}),
      }, alert.kind.endsWith("mood") ? { label: "negative" } : null),
    }, say("insight.open"))));

// Figures over time: mood, what became of conversations, waiting.

import { say } from "../../language.js";
import { columns, legend, lines } from "./charts.js";
import { number, percent, spanName, spans, time } from "./numbers.js";

const ROOM = 45; // columns that are still wide enough to be pointed at
export const RESOLUTIONS = ["confirmed_thumb", "confirmed_said", "confirmed_silence", "assumed", "refused", "handed_off", "abandoned"];
const MOODS = ["negative", "neutral", "positive"];

// The range from the first day with a figure on, in spans, each with the sums of its days.
function summed(insight, days, names, of) {
  const { from, to } = insight.filters;
  const first = days.length && days[0].day > from ? days[0].day : from;
  const byDay = new Map(days.map((day) => [day.day, day]));
  return spans(first, to, ROOM).map((span) => {
    const inside = [...byDay.values()].filter(({ day }) => day >= span[0] && day <= span[1]);
    return { span, sums: Object.fromEntries(names.map((name) => [name, inside.reduce((sum, day) => sum + of(day)[name], 0)])) };
  });
}

const within = (span) => ({ from: span[0], to: span[1] });

export function moodOverTime(insight, board) {
  const bars = summed(insight, board.days, MOODS, (day) => day.mood).map(({ span, sums }) => {
    const total = MOODS.reduce((sum, name) => sum + sums[name], 0);
    return {
      span,
      parts: MOODS.map((name) => [name, sums[name]]),
      lines: () => [spanName(span), ...MOODS.map((name) => [say(`insight.${name}`), `${number(sums[name])} (${percent(total ? sums[name] / total : 0, 0)})`, name])],
      open: () => insight.open(`${say("insight.negative")} · ${spanName(span)}`, { ...within(span), mood: "negative" }, { label: "negative" }),
    };
  });
  return [columns(say("insight.card.mood"), bars, { format: number }), legend(MOODS.map((name) => [name, say(`insight.${name}`)]))];
}

export function outcomesOverTime(insight, board) {
  const bars = summed(insight, board.days, RESOLUTIONS, (day) => day.resolutions).map(({ span, sums }) => ({
    span,
    parts: RESOLUTIONS.map((name) => [name, sums[name]]),
    lines: () => [spanName(span), ...RESOLUTIONS.map((name) => [say(`insight.is.${name}`), number(sums[name]), name])],
    open: () => insight.open(spanName(span), within(span)),
  }));
  return [columns(say("insight.card.outcomes"), bars, { format: number }), legend(RESOLUTIONS.map((name) => [name, say(`insight.is.${name}`)]))];
}

const LINES = ["first_p50", "first_p95", "whole_p50", "whole_p95"];

export function waitingOverTime(insight, waiting) {
  if (!waiting.whole.overall) return null;
  const first = new Map(waiting.first_token.days.map((day) => [day.day, day]));
  const points = waiting.whole.days.map((whole) => {
    const words = first.get(whole.day);
    const values = { first_p50: words?.p50_ms ?? null, first_p95: words?.p95_ms ?? null, whole_p50: whole.p50_ms, whole_p95: whole.p95_ms };
    const span = [whole.day, whole.day];
    return {
      span,
      values: Object.fromEntries(LINES.map((name) => [name, values[name] === null ? null : values[name] / 1000])),
      lines: () => [spanName(span), ...LINES.map((name) => [say(`insight.${name}`), time(values[name]), name]), [say("insight.replies"), number(whole.replies)]],
      open: () => insight.open(say("insight.slowest", { day: spanName(span) }), { ...within(span), slower_than_ms: Math.max(0, whole.p95_ms - 1) }),
    };
  });
  return [
    lines(say("insight.card.waiting"), points, LINES, { format: (value) => `${number(value)} s` }),
    legend(LINES.map((name) => [name, say(`insight.${name}`)])),
  ];
}

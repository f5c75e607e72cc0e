// Numbers, shares, times and days as the reader's language writes them.

import { languageTag, say } from "../../language.js";

export const number = (value) => new Intl.NumberFormat(languageTag()).format(value);

export const percent = (value, digits = value < 0.1 ? 1 : 0) =>
  new Intl.NumberFormat(languageTag(), { style: "percent", maximumFractionDigits: digits }).format(value);

export const share = (one) => (one.value === null ? "–" : percent(one.value));

// A difference of shares, in points of a hundred, with its sign.
export const points = (value) =>
  say("insight.points", { n: new Intl.NumberFormat(languageTag(), { signDisplay: "exceptZero", maximumFractionDigits: 0 }).format(100 * value) });

// The 95 % interval of a share.
export const interval = (one) => (one.value === null ? "" : `${percent(one.low)} – ${percent(one.high)}`);

export function time(ms) {
  if (ms === null || ms === undefined) return "–";
  if (ms < 1000) return say("insight.ms", { n: number(ms) });
  return say("insight.s", { n: new Intl.NumberFormat(languageTag(), { maximumFractionDigits: 1 }).format(ms / 1000) });
}

// A day as written in the address, e.g. "2026-11-22", without the reader's time zone moving it.
const asDate = (day) => new Date(`${day}T00:00:00Z`);

export const shortDay = (day) =>
  new Intl.DateTimeFormat(languageTag(), { day: "numeric", month: "short", timeZone: "UTC" }).format(asDate(day));

export const longDay = (day) =>
  new Intl.DateTimeFormat(languageTag(), { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(asDate(day));

export const moment = (at) =>
  new Intl.DateTimeFormat(languageTag(), { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(new Date(at));

export const dayAfter = (day, days) => {
  const next = asDate(day);
  next.setUTCDate(next.getUTCDate() + days);
  return next.toISOString().slice(0, 10);
};

// Every day from the first to the last, both counted in.
export function daysBetween(first, last) {
  const days = [];
  for (let day = first; day <= last; day = dayAfter(day, 1)) days.push(day);
  return days;
}

// Groups of days that a chart has room for: single days, weeks or longer, as [first, last].
export function spans(first, last, room) {
  const days = daysBetween(first, last);
  const each = [1, 7, 14, 28, 91].find((size) => days.length / size <= room) ?? Math.ceil(days.length / room);
  const found = [];
  for (let end = days.length; end > 0; end -= each) found.unshift([days[Math.max(0, end - each)], days[end - 1]]);
  return found;
}

export const spanName = ([first, last]) => (first === last ? longDay(first) : `${shortDay(first)} – ${shortDay(last)}`);

const MONDAY = Date.UTC(2024, 0, 1);

export const weekday = (place, style = "short") =>
  new Intl.DateTimeFormat(languageTag(), { weekday: style, timeZone: "UTC" }).format(new Date(MONDAY + place * 86400000));

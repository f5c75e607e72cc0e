// Times and numbers as the reader's language and clock show them.

import { language } from "../language.js";

const tag = () => (language() === "zh" ? "zh-CN" : "en-GB");
const made = new Map();

function formatter(name, options) {
  const key = `${tag()} ${name}`;
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(tag(), options));
  return made.get(key);
}

export const clock = (iso) => formatter("clock", { hour: "2-digit", minute: "2-digit" }).format(new Date(iso));

export const whole = (iso) => formatter("whole", { dateStyle: "medium", timeStyle: "medium" }).format(new Date(iso));

export const dayName = (iso) => formatter("day", { weekday: "short", day: "numeric", month: "long", year: "numeric" }).format(new Date(iso));

// Short enough for a list: the time today, else the day, with the year if it is another.
export function brief(iso) {
  const then = new Date(iso);
  const now = new Date();
  if (then.toDateString() === now.toDateString()) return clock(iso);
  const sameYear = then.getFullYear() === now.getFullYear();
  return formatter(sameYear ? "dayOfYear" : "date", { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) }).format(then);
}

export const number = (value, digits = 0) => new Intl.NumberFormat(tag(), { maximumFractionDigits: digits }).format(value);

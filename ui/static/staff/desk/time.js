// Times as the desk shows them: how long ago, and when.

import { language, say } from "../../language.js";

const locale = () => (language() === "zh" ? "zh-CN" : "en-GB");

// "45 s", "3 min", "2 h 10 min", "3 d".
export function lasted(since, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - new Date(since).getTime()) / 1000));
  if (seconds < 60) return say("inbox.seconds", { count: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return say("inbox.minutes", { count: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return say("inbox.hours", { hours, minutes: minutes % 60 });
  return say("inbox.days", { count: Math.floor(hours / 24) });
}

export function clock(at) {
  const moment = new Date(at);
  const today = new Date().toDateString() === moment.toDateString();
  const parts = today ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(locale(), parts).format(moment);
}

// A table of browsers that are signed in.

import { el } from "../dom.js";
import { said, say } from "../language.js";
import { brief, whole } from "./times.js";

export function sessionTable(sessions, end) {
  if (!sessions.length) return said("p", { class: "soft" }, "staff.account.sessions_none");
  return el("ul", { class: "ac-sessions" }, sessions.map((session) =>
    el("li", { class: "spread" },
      el("div", null,
        el("p", null, nameOf(session.browser), session.own ? el("span", { class: "badge good" }, say("staff.account.session_own")) : null),
        el("p", { class: "soft" }, say("staff.account.session_seen", { when: brief(session.seen_at), address: session.address }), el("span", { class: "sr-only" }, whole(session.created_at)))),
      session.own ? null : said("button", { type: "button", class: "button small danger", onclick: () => end(session) }, "staff.account.session_end"))));
}

// Enough of how a browser names itself for its owner to know it.
function nameOf(agent) {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)[/ ][\d.]+/.exec(agent)?.[1] ?? "";
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1] ?? "";
  const known = { Edg: "Edge", OPR: "Opera", "Mac OS X": "macOS" };
  return [known[browser] ?? browser, known[system] ?? system].filter(Boolean).join(", ") || agent.slice(0, 40) || "?";
}

// The small signs of a conversation and its messages: mood, outcome, gear, state.

import { el } from "../../dom.js";
import { say } from "../../language.js";
import { icon } from "../icons.js";

const MOODS = { negative: ["danger", "☹"], neutral: ["", "•"], positive: ["good", "☺"] };
const OUTCOMES = { answered: "good", refused: "warn", handed_off: "info" };
const STATES = { waiting: "warn", human: "info", closed: "" };

export const moodBadge = (mood) =>
  mood && mood !== "neutral"
    ? el("span", { class: `badge ${MOODS[mood][0]}`, title: say(`staff.talk.mood.${mood}`) }, el("span", { "aria-hidden": "true" }, MOODS[mood][1]), say(`staff.talk.mood.${mood}`))
    : null;

export const outcomeBadge = (outcome) =>
  outcome ? el("span", { class: `badge ${OUTCOMES[outcome] ?? ""}` }, say(`staff.talk.outcome.${outcome}`)) : null;

export const gearBadge = (gear) => (gear && gear !== "none" ? el("span", { class: "badge" }, say(`staff.talk.gear.${gear}`)) : null);

export const stateBadge = (state, name = "") =>
  state in STATES ? el("span", { class: `badge ${STATES[state]}` }, say(`staff.talk.state.${state}`), name ? ` · ${name}` : null) : null;

export const thumbs = (ratings) =>
  ratings.map((rating) => el("span", { class: `cv-thumb ${rating}`, role: "img", "aria-label": say(`staff.talk.rating.${rating}`), title: say(`staff.talk.rating.${rating}`) }, icon(`thumb_${rating}`)));

export const tagBadge = (name) => el("span", { class: "badge primary" }, `#${name}`);

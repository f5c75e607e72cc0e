// What the list can be narrowed by, kept in the address, so that a narrowed list can be sent to a colleague.

import { el } from "../../dom.js";
import { labelled, said, say } from "../../language.js";
import { choice, field } from "../fields.js";
import { icon } from "../icons.js";
import { shortDay } from "../insight/numbers.js";

const CHOICES = {
  state: ["bot", "waiting", "human", "closed"],
  outcome: ["answered", "refused", "handed_off"],
  mood: ["negative", "neutral", "positive"],
  gear: ["curated", "facts", "generated", "extracted", "none"],
  rating: ["up", "down"],
  language: ["en", "zh"],
};
export const ORDERS = ["latest", "oldest", "longest", "unhappiest"];
const DAYS = { today: 0, week: 6, month: 29, quarter: 89 };
const PLAIN = [...Object.keys(CHOICES), "tag", "product", "figure"];

const DATES = ["from", "to"];

export const KEPT = ["q", "order", "when", ...DATES, "mine", "unread", ...PLAIN];

export class Filters {
  #tags = null;

  // `changed(values)` is called with all values after each change; `context` is the tab's.
  constructor(context, changed) {
    this.context = context;
    this.changed = changed;
    this.values = {};
    this.panel = el("div", { class: "cv-filters", hidden: true });
    this.chips = el("div", { class: "cv-chips" });
  }

  get open() {
    return !this.panel.hidden;
  }

  // Takes the values of an address.
  take(query) {
    this.values = Object.fromEntries(KEPT.filter((name) => query.get(name)).map((name) => [name, query.get(name)]));
    this.#paintChips();
    if (this.open) this.#paintPanel();
  }

  set(name, value) {
    this.values = { ...this.values, [name]: value };
    if (!value) delete this.values[name];
    this.changed(this.values);
  }

  clear() {
    const { q, order } = this.values;
    this.values = { ...(q ? { q } : {}), ...(order ? { order } : {}) };
    this.changed(this.values);
  }

  async toggle() {
    this.panel.hidden = !this.panel.hidden;
    if (!this.open) return;
    this.#tags ??= await this.context.api(`/transcripts/tags?${new URLSearchParams({ shop: this.context.shop })}`).catch(() => []);
    this.#paintPanel();
    this.panel.querySelector("select")?.focus();
  }

  // As the server wants them.
  asQuery() {
    const query = new URLSearchParams({ shop: this.context.shop });
    for (const [name, value] of Object.entries(this.values)) {
      if (name === "when") query.set("since", begin(value));
      else if (name === "from") query.set("since", midnight(value));
      else if (name === "to") query.set("before", midnight(value, 1));
      else query.set(name, value);
    }
    return query;
  }

  #paintPanel() {
    const any = ["", say("staff.talk.any")];
    const select = (name, options) =>
      choice(`staff.talk.filter.${name}`, { onchange: (event) => this.#choose(name, event.target.value) }, [any, ...options], this.values[name] ?? "");
    this.panel.replaceChildren(
      select("when", Object.keys(DAYS).map((name) => [name, say(`staff.talk.when.${name}`)])),
      ...DATES.map((name) => this.#date(name)),
      ...Object.entries(CHOICES).map(([name, values]) => select(name, values.map((value) => [value, say(`staff.talk.${name}.${value}`)]))),
      select("tag", (this.#tags ?? []).map((tag) => [tag, `#${tag}`])),
      this.#product());
  }

  #choose(name, value) {
    if (name === "when") for (const date of DATES) delete this.values[date];
    this.set(name, value);
  }

  #date(name) {
    return field(`staff.talk.filter.${name}`, { type: "date", value: this.values[name] ?? "", onchange: (event) => this.#setDate(name, event.target.value) });
  }

  // Days of one's own take the place of the ready-made range, and the other way round.
  #setDate(name, value) {
    delete this.values.when;
    this.set(name, value);
  }

  #product() {
    const made = field("staff.talk.filter.product", { value: this.values.product ?? "", maxlength: "200", onchange: (event) => this.set("product", event.target.value.trim()) });
    return made;
  }

  #paintChips() {
    const chips = ["mine", "unread"].map((name) =>
      el("button", { type: "button", class: "button small", "aria-pressed": String(this.values[name] === "true"), onclick: () => this.set(name, this.values[name] === "true" ? "" : "true") }, say(`staff.talk.filter.${name}`)));
    chips.unshift(el("button", { type: "button", class: "button small", "aria-pressed": String(this.values.state === "waiting"), onclick: () => this.set("state", this.values.state === "waiting" ? "" : "waiting") }, say("staff.talk.state.waiting")));
    for (const name of ["when", ...DATES, ...PLAIN]) {
      const value = this.values[name];
      if (!value || (name === "state" && value === "waiting")) continue;
      const words = wordsOf(name, value);
      chips.push(el("button", { type: "button", class: "button small cv-chip", title: say("staff.talk.filter.remove"), "aria-label": `${say("staff.talk.filter.remove")}: ${words}`, onclick: () => this.set(name, "") }, words, icon("close")));
    }
    if (chips.length > 3) chips.push(said("button", { type: "button", class: "button small", onclick: () => this.clear() }, "staff.talk.filter.clear"));
    this.chips.replaceChildren(...chips);
  }
}

function wordsOf(name, value) {
  if (name === "tag") return `#${value}`;
  if (name === "product") return value;
  if (DATES.includes(name)) return `${say(`staff.talk.filter.${name}`)} ${shortDay(value)}`;
  if (name === "figure") return new URLSearchParams(value).get("name") || say("staff.tab.insight");
  return say(`staff.talk.${name}.${value}`);
}

// Midnight of a day on the reader's clock, or so many days after it.
function midnight(day, after = 0) {
  const at = new Date(`${day}T00:00`);
  at.setDate(at.getDate() + after);
  return at.toISOString();
}

// Midnight on the reader's clock, so many days ago.
function begin(when) {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - (DAYS[when] ?? 0));
  return day.toISOString();
}

export const orderChoice = (value, changed) => {
  const select = el("select", { class: "cv-order", ...labelled("staff.talk.order"), onchange: (event) => changed(event.target.value) },
    ORDERS.map((order) => el("option", { value: order }, say(`staff.talk.order.${order}`))));
  select.value = value || "latest";
  return select;
};

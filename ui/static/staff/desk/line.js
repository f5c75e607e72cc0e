// The line: what waits, longest first, then one's own, then what colleagues attend to.

import { el, icon } from "../../dom.js";
import { labelled, said, say } from "../../language.js";
import { lasted } from "./time.js";

const SOON_MS = 120;
const AT_MOST_EVERY_MS = 1000;
const TICK_MS = 5000;

export class Line {
  #conversations = new Map();
  #rows = new Map();
  #open = null;
  #loading = null;
  #soon = 0;
  #loaded = 0;

  constructor(context, choose) {
    this.context = context;
    this.choose = choose;
    this.agents = [];
    this.groups = el("div", { class: "ib-groups" });
    this.root = el("section", { class: "ib-line", ...labelled("inbox.line") },
      el("header", { class: "ib-line-top" }, said("h1", null, "staff.tab.inbox"), (this.count = el("span", { class: "soft" }))), this.groups);
    this.tick = setInterval(() => this.#retime(), TICK_MS);
    this.ready = this.load();
  }

  leave() {
    clearInterval(this.tick);
    clearTimeout(this.#soon);
  }

  get(id) {
    return this.#conversations.get(id) ?? null;
  }

  load() {
    clearTimeout(this.#soon);
    this.#soon = 0;
    this.#loading ??= this.#read().finally(() => { this.#loading = null; });
    return this.#loading;
  }

  // Marks the conversation that is open.
  mark(id) {
    this.#open = id;
    for (const [key, row] of this.#rows) row.root.setAttribute("aria-current", String(key === id));
    this.#rows.get(id)?.root.scrollIntoView({ block: "nearest" });
  }

  move(step) {
    const ids = this.#ordered().flatMap(([, those]) => those.map((one) => one.id));
    if (!ids.length) return;
    const place = ids.indexOf(this.#open);
    this.choose(ids[Math.min(ids.length - 1, Math.max(0, place + step))]);
  }

  first() {
    const waiting = this.#ordered()[0][1];
    if (waiting.length) this.choose(waiting[0].id);
  }

  hear(kind, data) {
    const known = this.#conversations.get(data.conversation_id);
    if (kind === "state" || kind === "contact") this.#loadSoon();
    else if (kind === "message" && known) this.#heard(known, data.message);
    else if (kind === "read" && known && data.by === "agent") {
      known.unread = 0;
      this.#paintRow(known);
    }
  }

  #heard(known, message) {
    Object.assign(known, { last_text: message.text, last_role: message.role, last_at: message.created_at });
    if (message.role === "user") known.unread += 1;
    else if (message.role === "human_agent") known.unread = 0;
    this.#paintRow(known);
  }

  #loadSoon() {
    if (this.#soon) return;
    const wait = Math.max(SOON_MS, this.#loaded + AT_MOST_EVERY_MS - Date.now());
    this.#soon = setTimeout(() => this.load(), wait);
  }

  async #read() {
    try {
      const { conversations, agents } = await this.context.api(`/desk/queue?shop=${encodeURIComponent(this.context.shop)}`);
      this.#conversations = new Map(conversations.map((one) => [one.id, one]));
      this.agents = agents;
      this.#loaded = Date.now();
      this.#paint();
    } catch (problem) {
      this.context.showProblem(problem);
    }
  }

  #ordered() {
    const all = [...this.#conversations.values()];
    const me = this.context.account.id;
    return [
      ["waiting", all.filter((one) => one.state === "waiting")],
      ["mine", all.filter((one) => one.agent_id === me)],
      ["colleagues", all.filter((one) => one.agent_id && one.agent_id !== me)],
    ];
  }

  #paint() {
    const groups = this.#ordered();
    this.#count(groups);
    this.count.textContent = say("inbox.here", { count: this.agents.length });
    const rows = new Map();
    this.groups.replaceChildren(...groups.map(([name, those]) => this.#group(name, those, rows)));
    this.#rows = rows;
    this.mark(this.#open);
  }

  // What wants somebody: who waits, and new words in one's own conversations.
  #count([[, waiting], [, mine]]) {
    this.context.badge("inbox", waiting.length + mine.filter((one) => one.unread).length);
  }

  #group(name, those, rows) {
    const list = el("ul", null, those.map((one) => {
      const row = this.#rows.get(one.id) ?? this.#row(one.id);
      rows.set(one.id, row);
      this.#fill(row, one);
      return el("li", null, row.root);
    }));
    const none = name === "waiting" && !those.length ? said("p", { class: "ib-none soft" }, "inbox.nobody_waits") : null;
    return el("section", { class: `ib-group ${name}`, hidden: !those.length && name !== "waiting" },
      el("h2", null, said("span", null, `inbox.group.${name}`), el("span", { class: "badge" }, String(those.length))), none, list);
  }

  #row(id) {
    const row = { time: el("span", { class: "ib-time numeric" }), who: el("span", { class: "ib-who cut" }), text: el("p", { class: "ib-last cut" }), marks: el("span", { class: "ib-marks" }) };
    row.root = el("button", { type: "button", class: "ib-row", "data-conversation": id, onclick: () => this.choose(id) },
      el("span", { class: "ib-row-top" }, row.who, row.marks, row.time), row.text);
    return row;
  }

  #paintRow(one) {
    this.#count(this.#ordered());
    const row = this.#rows.get(one.id);
    if (row) this.#fill(row, one);
  }

  #fill(row, one) {
    row.since = one.state === "waiting" ? one.waiting_since : one.last_at;
    row.root.classList.toggle("unread", one.unread > 0);
    row.who.replaceChildren(one.state === "waiting" ? say("inbox.place", { position: one.position }) : (one.agent_id === this.context.account.id ? say("inbox.you") : one.agent ?? ""));
    row.text.textContent = one.last_text.replace(/\*\*|\s*\[\d{1,2}\]/g, "");
    row.marks.replaceChildren(...[
      one.mood === "negative" || one.reason === "angry" ? said("span", { class: "badge danger" }, "inbox.angry") : null,
      one.has_contact ? el("span", { class: "badge info", title: say("inbox.has_contact") }, icon("check"), said("span", null, "inbox.contact")) : null,
      one.language ? el("span", { class: "badge" }, one.language === "zh" ? "中" : "EN") : null,
      one.unread ? el("span", { class: "badge primary", title: say("inbox.unread") }, String(one.unread)) : null,
    ].filter(Boolean));
    this.#retimeRow(row);
  }

  #retime() {
    for (const row of this.#rows.values()) this.#retimeRow(row);
  }

  #retimeRow(row) {
    row.time.textContent = row.since ? lasted(row.since) : "";
  }
}

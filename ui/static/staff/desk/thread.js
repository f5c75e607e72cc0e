// One conversation: what is said, as it is said, who is in charge, and what can be done.

import { el, icon } from "../../dom.js";
import { labelled, said, say } from "../../language.js";
import { icon as staffIcon } from "../icons.js";
import { Composer } from "./composer.js";
import { happeningView, messageView } from "./said.js";
import { briefingView } from "./side.js";
import { clock } from "./time.js";

const TYPING_SHOWN_MS = 6000;
const BRIEFED_MS = 1500;

export class Thread {
  #conversation = null;
  #shown = new Map(); // message id → element
  #typingTimer = 0;
  #readUpTo = 0;
  #turn = 0;
  #composer = null;
  #briefing = 0;

  constructor(id, context, line) {
    Object.assign(this, { id, context, line });
    this.bar = el("header", { class: "ib-bar" });
    this.log = el("div", { class: "ib-log", role: "log", "aria-live": "polite", tabindex: "0", ...labelled("inbox.thread") });
    this.typing = el("p", { class: "ib-typing soft", hidden: true }, said("span", null, "inbox.shopper_types"));
    this.foot = el("div", { class: "ib-foot" });
    this.side = el("aside", { class: "ib-side", ...labelled("inbox.side") });
    this.root = el("div", { class: "ib-thread" }, el("div", { class: "ib-talk" }, this.bar, this.log, this.typing, this.foot), this.side);
    this.seen = () => this.#markRead();
    document.addEventListener("visibilitychange", this.seen);
  }

  leave() {
    document.removeEventListener("visibilitychange", this.seen);
    clearTimeout(this.#typingTimer);
    clearTimeout(this.#briefing);
    this.#turn += 1;
  }

  async load() {
    const turn = ++this.#turn;
    try {
      const conversation = await this.context.api(`/desk/conversations/${this.id}`);
      if (turn !== this.#turn) return;
      const atEnd = this.#atEnd();
      this.#conversation = conversation;
      this.#paintLog();
      this.#paintFrame();
      if (atEnd) this.#toEnd();
      this.#markRead();
    } catch (problem) {
      if (turn !== this.#turn) return;
      if (problem.status === 404) this.root.replaceChildren(said("p", { class: "empty" }, "inbox.gone"));
      else this.context.showProblem(problem);
    }
  }

  // --- what happens ------------------------------------------------------------------------------------------------

  hear(kind, data) {
    if (!this.#conversation) return;
    if (kind === "message") this.#hearMessage(data.message);
    else if (kind === "typing" && data.by === "shopper") this.#showTyping();
    else if (kind === "read") {
      this.#conversation[`read_by_${data.by}`] = data.sequence;
      this.#paintSeen();
    } else if (kind !== "typing") this.load(); // who is in charge, a contact, a wish of a colleague
  }

  #hearMessage(message) {
    if (this.#shown.has(message.id)) return;
    const atEnd = this.#atEnd();
    this.#conversation.messages.push(message);
    this.#add(message);
    if (message.role === "user") this.#hideTyping();
    if (atEnd) this.#toEnd();
    this.#paintSeen();
    this.#markRead();
    clearTimeout(this.#briefing);
    this.#briefing = setTimeout(() => this.#brief(), BRIEFED_MS);
  }

  async #brief() {
    const turn = this.#turn;
    const briefing = await this.context.api(`/desk/conversations/${this.id}/briefing`).catch(() => null);
    if (!briefing || turn !== this.#turn) return;
    this.#conversation.briefing = briefing;
    this.#paintSide();
  }

  // A colleague asks for a conversation of ours, this one or another.
  asked({ by, conversation_id: id }) {
    this.context.toast(say("inbox.asked", { agent: by }));
    if (id !== this.id) this.context.navigate(`/inbox/${id}`);
  }

  #showTyping() {
    this.typing.hidden = false;
    clearTimeout(this.#typingTimer);
    this.#typingTimer = setTimeout(() => this.#hideTyping(), TYPING_SHOWN_MS);
  }

  #hideTyping() {
    clearTimeout(this.#typingTimer);
    this.typing.hidden = true;
  }

  // --- what can be done ----------------------------------------------------------------------------------------------

  get #mine() {
    return this.#conversation?.state === "human" && this.#conversation.agent_id === this.context.account.id;
  }

  focus() {
    this.#composer?.focus();
  }

  suggest(messageId = "") {
    if (this.#mine) this.#composer.suggest(messageId);
  }

  async take() {
    if (!this.#conversation || this.#mine) return;
    if (this.#conversation.state === "human") this.#force();
    else if (await this.#act("take")) {
      await this.load();
      this.focus();
      if (this.#conversation.briefing.open_message_id) this.suggest();
    }
  }

  async giveBack() {
    if (this.#mine && await this.#act("give-back")) this.context.toast(say("inbox.gave_back"), "good");
  }

  async close() {
    if (!this.#mine || !(await this.context.confirmed(say("inbox.close"), say("inbox.close_sure"), say("inbox.close")))) return;
    if (await this.#act("close")) this.context.toast(say("inbox.closed_now"), "good");
  }

  async #release() {
    if (await this.#act("release")) this.context.toast(say("inbox.released_now"), "good");
  }

  async #act(what, body) {
    try {
      await this.context.api(`/desk/conversations/${this.id}/${what}`, { method: "POST", body });
      return true;
    } catch (problem) {
      this.context.showProblem(problem);
      if (problem.status === 409) this.load();
      return false;
    }
  }

  #force() {
    const { agent, agent_id: ownerId } = this.#conversation;
    const reason = el("input", { type: "text", maxlength: "500", "aria-label": say("inbox.force_why"), placeholder: say("inbox.force_why") });
    const ask = el("button", { type: "button", class: "button", onclick: async () => { box.close(); if (await this.#act("ask")) this.context.toast(say("inbox.asked_now", { agent })); } }, say("inbox.ask", { agent }));
    const take = el("button", { type: "button", class: "button danger", onclick: async () => {
      if (!reason.value.trim()) { reason.focus(); return; }
      box.close();
      if (await this.#act("take-from", { owner_id: ownerId, reason: reason.value.trim() })) this.load();
    } }, say("inbox.force"));
    const box = this.context.openDialog(say("inbox.in_charge", { agent }), [said("p", null, "inbox.force_explain"), reason], [ask, take]);
  }

  #transfer() {
    const others = this.line.agents.filter((one) => one.id !== this.context.account.id);
    const body = others.length
      ? el("ul", { class: "ib-agents" }, others.map((one) => el("li", null, el("button", { type: "button", class: "button wide", onclick: async () => { box.close(); await this.#act("transfer", { agent_id: one.id }); } }, one.name))))
      : said("p", { class: "soft" }, "inbox.no_colleague");
    const box = this.context.openDialog(say("inbox.transfer"), body);
  }

  async #reveal() {
    try {
      return (await this.context.api(`/desk/conversations/${this.id}/contact`, { method: "POST" })).contact;
    } catch (problem) {
      this.context.showProblem(problem);
      return null;
    }
  }

  // --- painting ------------------------------------------------------------------------------------------------------

  #paintLog() {
    this.#shown.clear();
    const { messages, happenings } = this.#conversation;
    const parts = [];
    const rest = [...happenings];
    for (const message of messages) {
      while (rest.length && rest[0].at <= message.created_at) parts.push(happeningView(rest.shift()));
      const view = messageView(message, this.context.account.id);
      this.#shown.set(message.id, view);
      parts.push(view);
    }
    parts.push(...rest.map(happeningView));
    this.log.replaceChildren(...parts.filter(Boolean));
    this.#paintSeen();
  }

  #add(message) {
    const view = messageView(message, this.context.account.id);
    this.#shown.set(message.id, view);
    this.log.append(view);
  }

  #paintSeen() {
    this.log.querySelector(".ib-seen")?.remove();
    const own = this.#conversation.messages.filter((one) => one.role === "human_agent").at(-1);
    if (own && own === this.#conversation.messages.at(-1) && own.sequence <= this.#conversation.read_by_shopper)
      this.#shown.get(own.id)?.append(said("p", { class: "ib-seen soft" }, "desk.seen"));
  }

  #paintFrame() {
    const { state, agent } = this.#conversation;
    const agentMay = this.context.may("agent");
    this.bar.replaceChildren(...this.#barParts());
    this.#paintSide();
    if (this.#mine) {
      this.#composer ??= new Composer(this.id, this.context, (message) => this.#hearMessage(message));
      if (this.#composer.root.parentNode !== this.foot) this.foot.replaceChildren(this.#composer.root);
      return;
    }
    this.#composer = null;
    this.foot.replaceChildren(el("div", { class: "ib-take" },
      said("p", null, `inbox.now.${state}`, { agent }),
      agentMay && state !== "closed" ? el("button", { type: "button", class: state === "human" ? "button" : "button primary", title: "t", onclick: () => this.take() }, staffIcon("inbox"), said("span", null, state === "human" ? "inbox.take_from" : "inbox.take")) : ""));
  }

  #paintSide() {
    const acts = {
      suggest: this.#mine ? (id) => this.suggest(id) : null,
      offer: this.#mine ? (kind, thing) => this.#composer.put(kind, thing) : null,
      reveal: this.context.may("agent") ? () => this.#reveal() : null,
    };
    this.side.replaceChildren(...briefingView(this.#conversation, acts));
  }

  #barParts() {
    const { state, language, waiting_since: since } = this.#conversation;
    const button = (key, act, shortcut = "") => el("button", { type: "button", class: "button small", title: shortcut, onclick: act }, said("span", null, key));
    return [
      el("button", { type: "button", class: "icon-button ib-back", ...labelled("inbox.back"), onclick: () => this.context.navigate("/inbox") }, staffIcon("back")),
      el("div", { class: "ib-title" },
        el("h2", null, said("span", null, "inbox.shopper"), el("span", { class: "soft mono" }, this.id.slice(0, 6))),
        el("p", { class: "row" }, said("span", { class: `badge ${{ waiting: "warn", human: "primary", bot: "info", closed: "" }[state]}` }, `inbox.state.${state}`),
          language ? el("span", { class: "badge" }, language === "zh" ? "中文" : "English") : null,
          since && state === "waiting" ? el("small", { class: "soft" }, say("inbox.side.since", { when: clock(since) })) : null)),
      el("div", { class: "row ib-acts" }, ...(this.#mine ? [
        button("inbox.give_back", () => this.giveBack(), "b"),
        button("inbox.transfer", () => this.#transfer()),
        button("inbox.release", () => this.#release()),
        button("inbox.close", () => this.close(), "x"),
      ] : []),
      el("button", { type: "button", class: "icon-button ib-side-button", "aria-expanded": "false", ...labelled("inbox.side"), onclick: (event) => {
        const open = this.root.classList.toggle("side");
        event.currentTarget.setAttribute("aria-expanded", String(open));
      } }, icon("page"))),
    ];
  }

  #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    return scrollHeight - scrollTop - clientHeight < 80;
  }

  #toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  #markRead() {
    if (!this.#mine || document.visibilityState !== "visible") return;
    const last = this.#conversation.messages.at(-1)?.sequence ?? 0;
    if (last <= Math.max(this.#readUpTo, this.#conversation.read_by_agent)) return;
    this.#readUpTo = last;
    this.context.api(`/desk/conversations/${this.id}/read`, { method: "POST", body: { sequence: last } }).catch(() => { this.#readUpTo = 0; });
  }
}

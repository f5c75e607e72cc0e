// One conversation in full: what was said, how it came about, what colleagues note about it.

import { el, outside, safeLink } from "../../dom.js";
import { labelled, said, say } from "../../language.js";
import { words } from "../../words.js";
import { addressOf } from "../api.js";
import { confirmed, openDialog } from "../dialog.js";
import { icon } from "../icons.js";
import { judgings } from "../teach/judging.js";
import { clock, dayName, whole } from "../times.js";
import { Aside } from "./aside.js";
import { leave, place } from "./list.js";
import { gearBadge, moodBadge, outcomeBadge, stateBadge } from "./marks.js";
import { traceOf } from "./trace.js";

export class OpenedPane {
  #talk = null;
  #turn = 0;
  #traces = false; // whether all traces are open

  constructor(context, acts) {
    this.context = context;
    this.acts = acts;
    this.root = el("section", { class: "cv-opened", ...labelled("staff.talk.one") });
    this.clear();
  }

  get id() {
    return this.#talk?.id ?? "";
  }

  clear() {
    this.#turn += 1;
    this.#talk = null;
    this.aside = null;
    this.root.replaceChildren(said("p", { class: "empty" }, "staff.talk.choose"));
  }

  async show(id) {
    if (id !== this.id) await this.#load(id);
  }

  // Loads it again where it stands, because something was added.
  renew() {
    return this.#load(this.id, { keep: true });
  }

  async #load(id, { keep = false } = {}) {
    const turn = ++this.#turn;
    try {
      const talk = await this.context.api(`/transcripts/${encodeURIComponent(id)}`);
      if (turn !== this.#turn) return;
      const top = this.scroller?.scrollTop ?? 0;
      this.#talk = talk;
      this.#paint();
      this.scroller.scrollTop = keep ? top : 0;
      this.acts.read(id, false);
    } catch (problem) {
      if (turn !== this.#turn) return;
      this.#talk = null;
      this.root.replaceChildren(el("p", { class: "empty" }, problem.status === 404 ? say("staff.talk.gone") : problem.message));
      if (problem.status !== 404) this.context.showProblem(problem);
    }
  }

  async markUnread() {
    try {
      await this.context.api(`/transcripts/${this.id}/unread`, { method: "POST" });
      this.acts.read(this.id, true);
      this.context.toast(say("staff.talk.unread_done"));
    } catch (problem) {
      this.context.showProblem(problem);
    }
  }

  focusNote() {
    this.aside?.focusNote();
  }

  focusTag() {
    this.aside?.focusTag();
  }

  toggleTraces() {
    this.#traces = !this.#traces;
    for (const one of this.root.querySelectorAll("details.cv-trace")) one.open = this.#traces;
  }

  #paint() {
    const talk = this.#talk;
    this.aside = new Aside(this.context, talk, this.acts.changed);
    const days = [];
    let day = "";
    this.judgings = judgings(talk.messages, this.context);
    for (const message of talk.messages) {
      const of = dayName(message.created_at);
      if (of !== day) days.push(el("p", { class: "cv-day soft" }, day = of));
      days.push(this.#message(message));
    }
    this.scroller = el("div", { class: "cv-scroll cv-thread", tabindex: "0", ...labelled("thread.label") }, days);
    this.root.replaceChildren(this.#head(talk), el("div", { class: "cv-body" }, this.scroller, this.aside.root));
  }

  #head(talk) {
    const acts = this.context.may("agent") ? [this.#menu()] : [];
    return el("header", { class: "cv-head cv-title" },
      el("button", { type: "button", class: "icon-button cv-back", ...labelled("staff.talk.keys.back"), onclick: () => this.acts.close() }, icon("back")),
      el("div", { class: "cv-about" },
        el("h2", { class: "cut" }, talk.messages.find((message) => message.role === "user")?.text ?? say("staff.talk.one")),
        el("p", { class: "soft cut" }, el("span", { class: "mono", title: talk.id }, talk.id.slice(0, 8)), ` · ${whole(talk.created_at)}`, talk.language ? ` · ${say(`staff.talk.language.${talk.language}`)}` : "")),
      stateBadge(talk.state, talk.agent_name ?? ""),
      talk.state === "waiting" || talk.state === "human" ? el("a", { class: "button small", href: `#/inbox/${talk.id}` }, icon("inbox"), el("span", { class: "wide" }, say("staff.talk.to_inbox"))) : null,
      el("button", { type: "button", class: "icon-button", ...labelled("staff.talk.link"), onclick: () => this.#copyLink() }, icon("link")),
      ...acts);
  }

  #menu() {
    const menu = el("div", { class: "st-menu cv-menu", id: "cv-acts", popover: "auto" },
      ["csv", "jsonl", "html"].map((form) =>
        el("button", { type: "button", onclick: () => { menu.hidePopover(); leave(addressOf(`/transcripts/${this.id}/export?form=${form}`), form); } }, icon(form === "html" ? "print" : "save"), say(`staff.talk.export.${form}`))),
      el("button", { type: "button", onclick: () => { menu.hidePopover(); this.markUnread(); } }, icon("eye"), say("staff.talk.unread")));
    const button = el("button", { type: "button", class: "icon-button", popovertarget: "cv-acts", ...labelled("staff.talk.export") }, icon("more"));
    menu.addEventListener("toggle", () => place(menu, button));
    return el("span", null, button, menu);
  }

  async #copyLink() {
    const address = `${location.origin}/staff#/conversations/${this.id}`;
    try {
      await navigator.clipboard.writeText(address);
      this.context.toast(say("staff.talk.link_done"), "good");
    } catch {
      openDialog(say("staff.talk.link"), el("input", { value: address, readonly: true, onfocus: (event) => event.target.select() }));
    }
  }

  #message(message) {
    const who = message.author || say(`staff.talk.role.${message.role}`);
    const text = el("div", { class: "cv-words" }, message.role === "user" ? el("p", null, message.text) : words(message.text, (number) => this.#mark(message, number)));
    return el("article", { class: `cv-message ${message.role}`, id: `m-${message.id}` },
      el("header", null,
        el("strong", null, who),
        el("time", { class: "soft", datetime: message.created_at, title: whole(message.created_at) }, clock(message.created_at)),
        message.mood ? moodBadge(message.mood.label) : null,
        message.outcome === "answered" ? null : outcomeBadge(message.outcome),
        gearBadge(message.gear),
        message.rating ? el("span", { class: `badge ${message.rating > 0 ? "good" : "danger"}` }, icon(message.rating > 0 ? "thumb_up" : "thumb_down"), say(`staff.talk.rating.${message.rating > 0 ? "up" : "down"}`)) : null,
        message.revealable ? el("button", { type: "button", class: "button small", onclick: () => this.#reveal(message, text) }, icon("eye"), say("staff.talk.reveal")) : null),
      text,
      message.comment ? el("blockquote", { class: "cv-comment" }, message.comment) : null,
      this.#aspects(message),
      message.products.length ? el("p", { class: "cv-products soft" }, message.products.map((product) => el("span", { class: "badge", title: product.product_id }, product.title))) : null,
      this.#sources(message),
      message.trace ? traceOf(message.trace, (chunk) => this.#passage(chunk)) : null,
      this.judgings.get(message.id) ?? null);
  }

  #aspects(message) {
    const aspects = Object.entries(message.mood?.aspects ?? {});
    return aspects.length
      ? el("p", { class: "row cv-aspects" }, aspects.map(([aspect, mood]) => el("span", { class: `badge ${{ negative: "danger", positive: "good" }[mood] ?? ""}` }, say(`staff.talk.aspect.${aspect}`))))
      : null;
  }

  #sources(message) {
    if (!message.citations.length) return null;
    return el("ol", { class: "cv-sources" }, message.citations.map((citation) => {
      const address = safeLink(citation.url);
      return el("li", { value: citation.index, id: `s-${message.id}-${citation.index}` },
        el("details", null,
          el("summary", null, citation.title, " ", el("span", { class: "soft" }, citation.source)),
          el("blockquote", null, citation.quote || citation.passage),
          address ? outside(address, { class: "button small" }, say("source.open"), icon("link")) : null));
    }));
  }

  #mark(message, number) {
    if (!message.citations.some((citation) => citation.index === Number(number))) return null;
    return el("button", { type: "button", class: "cv-mark", "aria-label": say("source.kicker", { number }), onclick: () => {
      const line = document.getElementById(`s-${message.id}-${number}`);
      line.querySelector("details").open = true;
      line.scrollIntoView({ block: "nearest" });
    } }, number);
  }

  async #reveal(message, text) {
    if (!(await confirmed(say("staff.talk.reveal"), say("staff.talk.reveal_explain"), say("staff.talk.reveal_act")))) return;
    try {
      const { text: typed } = await this.context.api(`/messages/${message.id}/reveal`, { method: "POST", body: {} });
      text.replaceChildren(el("p", { class: "cv-typed" }, typed), said("small", { class: "soft" }, "staff.talk.reveal_done"));
    } catch (problem) {
      this.context.showProblem(problem);
    }
  }

  async #passage(chunk) {
    try {
      const passage = await this.context.api(`/transcripts/${this.id}/passages/${encodeURIComponent(chunk)}`);
      openDialog(passage.title, el("div", { class: "cv-words" }, passage.heading ? el("h3", null, passage.heading) : null, words(passage.text, () => null)));
    } catch (problem) {
      this.context.showProblem(problem);
    }
  }
}

// The list of conversations: search, filters, lines; more of them as one scrolls.

import { el } from "../../dom.js";
import { labelled, language, said, say } from "../../language.js";
import { addressOf } from "../api.js";
import { icon } from "../icons.js";
import { brief, number, whole } from "../times.js";
import { Filters, KEPT, orderChoice } from "./filters.js";
import { moodBadge, outcomeBadge, stateBadge, tagBadge, thumbs } from "./marks.js";

const TYPING_PAUSE_MS = 220;
const LIVE_PAUSE_MS = 600;

export class ListPane {
  #next = null;
  #asked = 0; // counts requests, so that a slow answer does not replace a later one
  #shown = null; // what the shown lines were asked with
  #timer = 0;
  #live = 0;
  #abort = null;

  constructor(context, acts) {
    this.context = context;
    this.acts = acts;
    this.marked = "";
    this.filters = new Filters(context, () => this.#change());
    this.search = el("input", { type: "search", id: "cv-search", autocomplete: "off", spellcheck: "false", maxlength: "200", placeholder: say("staff.talk.search"), ...labelled("staff.talk.search"), oninput: () => this.#typed(), onkeydown: (event) => this.#searchKey(event) });
    this.order = el("span");
    this.count = el("span", { class: "soft", "aria-live": "polite" });
    this.lines = el("ul", { class: "cv-lines", ...labelled("staff.tab.conversations") });
    this.more = el("div", { class: "cv-more" });
    this.scroller = el("div", { class: "cv-scroll", tabindex: "-1" }, this.lines, this.more);
    this.news = said("button", { type: "button", class: "button small cv-news", hidden: true, onclick: () => { this.scroller.scrollTop = 0; this.renew(); } }, "staff.talk.news");
    this.watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.#loadMore(), { root: this.scroller, rootMargin: "400px" });
    this.watch.observe(this.more);
    this.root = el("section", { class: "cv-list", ...labelled("staff.tab.conversations") },
      el("header", { class: "cv-head" },
        el("div", { class: "cv-search" }, icon("search"), this.search,
          el("button", { type: "button", class: "icon-button", ...labelled("staff.talk.keys.filter"), "aria-expanded": "false", onclick: (event) => this.toggleFilters(event.currentTarget) }, icon("filter"))),
        this.filters.chips, this.filters.panel,
        el("div", { class: "cv-count" }, this.count, this.order, this.#exports())),
      this.news, this.scroller);
  }

  // Shows what the address asks for; `opened` is the id of the conversation beside the list.
  async show(query, opened) {
    this.filters.take(query);
    if (document.activeElement !== this.search) this.search.value = this.filters.values.q ?? "";
    this.order.replaceChildren(orderChoice(this.filters.values.order, (order) => this.filters.set("order", order === "latest" ? "" : order)));
    if (opened) this.marked = opened;
    if (this.#shown === this.filters.asQuery().toString()) this.#paintMark();
    else await this.renew();
  }

  // The filters as they stand in the address.
  address() {
    return new URLSearchParams(Object.fromEntries(KEPT.filter((name) => this.filters.values[name]).map((name) => [name, this.filters.values[name]]))).toString();
  }

  async renew() {
    const turn = ++this.#asked;
    this.#abort?.abort();
    this.#abort = new AbortController();
    this.news.hidden = true;
    const query = this.filters.asQuery();
    try {
      const page = await this.context.api(`/transcripts?${query}`, { signal: this.#abort.signal });
      if (turn !== this.#asked) return;
      this.#shown = query.toString();
      this.#next = page.next;
      this.lines.replaceChildren(...page.lines.map((line) => this.#line(line)));
      if (!page.lines.length) this.lines.append(el("li", null, said("p", { class: "empty" }, this.#narrowed() ? "staff.talk.none_found" : "staff.talk.none_yet")));
      this.#paintMark();
      this.#paintCount(query);
    } catch (problem) {
      this.context.showProblem(problem);
    }
  }

  close() {
    this.watch.disconnect();
    this.#abort?.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#live);
  }

  // Something was said or changed somewhere: the list follows, unless one is reading further down.
  somethingNew() {
    clearTimeout(this.#live);
    this.#live = setTimeout(() => {
      if (this.scroller.scrollTop < 60) this.renew();
      else this.news.hidden = false;
    }, LIVE_PAUSE_MS);
  }

  focusSearch() {
    this.search.focus();
    this.search.select();
  }

  toggleFilters(button = this.root.querySelector(".cv-search .icon-button")) {
    this.filters.toggle();
    button.setAttribute("aria-expanded", String(this.filters.open));
  }

  // Moves the mark by so many lines; gives the id of the line.
  move(by) {
    const lines = [...this.lines.querySelectorAll("a[data-id]")];
    if (!lines.length) return "";
    const at = lines.findIndex((line) => line.dataset.id === this.marked);
    const next = lines[Math.max(0, Math.min(lines.length - 1, at < 0 ? 0 : at + by))];
    this.marked = next.dataset.id;
    this.#paintMark();
    next.scrollIntoView({ block: "nearest" });
    return this.marked;
  }

  mark(id, unread) {
    this.lines.querySelector(`a[data-id="${CSS.escape(id)}"]`)?.classList.toggle("unread", unread);
  }

  #narrowed() {
    return Object.keys(this.filters.values).some((name) => name !== "order");
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.filters.set("q", this.search.value.trim()), TYPING_PAUSE_MS);
  }

  #searchKey(event) {
    if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      clearTimeout(this.#timer);
      this.filters.set("q", this.search.value.trim());
      this.search.blur();
      this.marked = "";
      this.move(1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.search.value = "";
      this.filters.set("q", "");
      this.search.blur();
    }
  }

  #change() {
    const query = this.address();
    const path = location.hash.replace(/^#/, "").split("?")[0] || "/conversations";
    const next = `#${path}${query ? `?${query}` : ""}`;
    if (next === location.hash) this.renew();
    else location.replace(next);
  }

  async #loadMore() {
    if (!this.#next) return;
    const turn = this.#asked;
    const query = this.filters.asQuery();
    query.set("after", this.#next);
    this.#next = null;
    try {
      const page = await this.context.api(`/transcripts?${query}`);
      if (turn !== this.#asked) return;
      this.#next = page.next;
      this.lines.append(...page.lines.map((line) => this.#line(line)));
      this.#paintMark();
      // The end may still be in sight: then no new crossing of it is told.
      this.watch.unobserve(this.more);
      this.watch.observe(this.more);
    } catch (problem) {
      this.context.showProblem(problem);
    }
  }

  async #paintCount(query) {
    const turn = this.#asked;
    const { count, more } = await this.context.api(`/transcripts/count?${query}`).catch(() => ({}));
    if (turn === this.#asked && count !== undefined) this.count.textContent = say(more ? "staff.talk.count_more" : "staff.talk.count", { count: number(count) });
  }

  #paintMark() {
    for (const line of this.lines.querySelectorAll("a[data-id]")) {
      if (line.dataset.id === this.marked) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
  }

  #line(line) {
    const query = this.address();
    return el("li", null,
      el("a", { href: `#/conversations/${line.conversation_id}${query ? `?${query}` : ""}`, "data-id": line.conversation_id, class: line.unread ? "unread" : "" },
        el("span", { class: "cv-top" },
          el("span", { class: "cv-dot", role: "img", "aria-label": say("staff.talk.filter.unread") }),
          el("span", { class: "cv-text" }, marked(line.snippet, line.marks)),
          el("time", { class: "soft", datetime: line.last_at, title: whole(line.last_at) }, brief(line.last_at))),
        el("span", { class: "cv-signs" },
          stateBadge(line.state, line.agent_name ?? ""),
          moodBadge(line.mood),
          line.outcomes.includes("refused") ? outcomeBadge("refused") : null,
          ...thumbs(line.ratings),
          ...line.tags.slice(0, 3).map(tagBadge),
          el("span", { class: "soft cv-size" }, say(line.messages === 1 ? "staff.talk.message" : "staff.talk.messages", { count: line.messages })),
          line.language && line.language !== language() ? el("span", { class: "soft" }, say(`staff.talk.language.${line.language}`)) : null)));
  }

  #exports() {
    if (!this.context.may("agent")) return null;
    const menu = el("div", { class: "st-menu cv-menu", id: "cv-export", popover: "auto" },
      ["csv", "jsonl", "html"].map((form) =>
        el("button", { type: "button", onclick: () => { menu.hidePopover(); this.#export(form); } }, icon(form === "html" ? "print" : "save"), say(`staff.talk.export.${form}`))),
      el("button", { type: "button", onclick: () => { menu.hidePopover(); this.#readAll(); } }, icon("check"), say("staff.talk.read_all")));
    const button = el("button", { type: "button", class: "icon-button", popovertarget: "cv-export", ...labelled("staff.talk.export") }, icon("more"));
    menu.addEventListener("toggle", () => place(menu, button));
    return el("span", null, button, menu);
  }

  #export(form) {
    const query = this.filters.asQuery();
    query.set("form", form);
    leave(addressOf(`/transcripts/export?${query}`), form);
  }

  async #readAll() {
    await this.context.api("/transcripts/read-all", { method: "POST" }).catch(this.context.showProblem);
    this.renew();
  }
}

// Opens an export: a file is saved, a page opens beside.
export function leave(address, form) {
  if (form === "html") window.open(address, "_blank", "noopener");
  else el("a", { href: address, download: "" }).click();
}

// Puts a menu under its button, inside the window.
export function place(menu, button) {
  const at = button.getBoundingClientRect();
  menu.style.inset = `${Math.min(at.bottom + 4, innerHeight - menu.offsetHeight - 8)}px auto auto ${Math.max(8, Math.min(at.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8))}px`;
}

function marked(text, marks) {
  const parts = [];
  let from = 0;
  for (const [begin, end] of marks) {
    parts.push(text.slice(from, begin), el("mark", null, text.slice(begin, end)));
    from = end;
  }
  return [...parts, text.slice(from)];
}

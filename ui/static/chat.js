// The shopper's chat: one conversation with the shop, in the page that Gradio hosts.

import { openHandoff, openSource } from "./dialogs.js";
import { el, icon, safeLink } from "./dom.js";
import { facts, labelled, language, languageTag, ours, said, say, switchLanguage } from "./language.js";
import { ask, get, post } from "./server.js";
import { recallOutbox, recallVisit, remember, rememberOutbox, rememberVisit } from "./storage.js";
import { ReplyView, handoffNote, note, userBubble } from "./thread.js";

const API = "/api/v1";
const nameOf = () => ours(facts.name);

class Chat {
  #visit = recallVisit(facts.shop);
  #outbox = recallOutbox(facts.shop);
  #running = null; // {abort, view} while an answer is made
  #handedOff = null; // the note, once a person was asked for

  constructor() {
    this.live = el("div", { class: "sr-only", role: "status", "aria-live": "polite", "aria-atomic": "true" });
    this.messages = el("div", { class: "sc-messages" });
    this.column = el("div", { class: "sc-column" }, this.messages);
    this.thread = el("div", { class: "sc-thread", id: "sc-thread", role: "region", tabindex: "0", "data-say-label": "thread.label", "aria-label": say("thread.label") }, this.column);
    this.latest = el("button", { type: "button", class: "sc-latest", hidden: true, ...labelled("thread.latest"), onclick: () => this.#toLatest("smooth") }, icon("latest"));
    this.waiting = el("ul", { class: "sc-waiting", ...labelled("ask.waiting_list") });
    this.root = el("div", { class: "sc", id: "sc-root", lang: languageTag() },
      said("a", { class: "sc-skip", href: "#sc-question", onclick: (event) => { event.preventDefault(); this.field.focus(); } }, "skip"),
      this.#top(), this.thread, el("div", { class: "sc-foot" }, this.latest, el("div", { class: "sc-column" }, this.waiting, this.#composer(), this.#finePrint())), this.live);
    this.thread.addEventListener("scroll", () => this.#showLatestButton(), { passive: true });
    new ResizeObserver(() => this.root.style.setProperty("--thread-height", `${this.thread.clientHeight}px`)).observe(this.thread);
  }

  async open() {
    this.#paintWaiting();
    if (!facts.known) {
      this.messages.replaceChildren(note("problem", said("span", null, "problem.no_shop")));
      this.field.disabled = true;
      return;
    }
    if (this.#visit) await this.#loadHistory();
    if (!this.messages.childElementCount) this.#welcome();
    this.#next();
  }

  // --- the frame -------------------------------------------------------------------------------------------------

  #top() {
    const light = el("button", { type: "button", class: "sc-icon-button", ...labelled("top.light_or_dark"), onclick: () => switchLightOrDark() }, icon("contrast"));
    const other = el("button", { type: "button", class: "sc-icon-button sc-language", ...labelled("top.language"), onclick: () => this.#switchLanguage() }, said("span", null, "top.other_language"));
    return el("header", { class: "sc-top" },
      el("div", { class: "sc-brand" }, logo(), el("div", null, el("p", { class: "sc-name", "data-ours": "name" }, nameOf()), said("p", { class: "sc-tagline" }, "top.tagline"))),
      el("nav", { class: "sc-actions", ...labelled("top.actions") },
        el("button", { type: "button", class: "sc-button quiet", id: "sc-person", ...labelled("top.person"), onclick: () => this.#askForPerson() }, icon("person"), said("span", { class: "wide" }, "top.person")),
        el("button", { type: "button", class: "sc-button quiet", id: "sc-new", ...labelled("top.new"), onclick: () => this.#newChat() }, icon("plus"), said("span", { class: "wide" }, "top.new")),
        other, light));
  }

  #composer() {
    this.field = el("textarea", {
      id: "sc-question", rows: "1", enterkeyhint: "send", autocomplete: "off", "aria-describedby": "sc-count",
      ...{ "data-say-hint": "ask.hint", placeholder: say("ask.hint") },
      "data-say-label": "ask.label", "aria-label": say("ask.label"),
      oninput: () => this.#typed(),
      onkeydown: (event) => {
        // Enter that ends the choice of Chinese characters must not send.
        if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
        event.preventDefault();
        this.#submit();
      },
    });
    this.count = el("span", { class: "sc-count", id: "sc-count", "aria-live": "polite" });
    this.send = el("button", { type: "submit", class: "sc-send", disabled: true, ...labelled("ask.send") }, icon("send"));
    this.stop = el("button", { type: "button", class: "sc-send stop", hidden: true, ...labelled("ask.stop"), onclick: () => this.#stopAnswer() }, icon("stop"));
    return el("form", { class: "sc-composer", onsubmit: (event) => { event.preventDefault(); this.#submit(); } }, this.field, this.count, this.stop, this.send);
  }

  #finePrint() {
    return said("p", { class: "sc-fine" }, "ask.fine_print");
  }

  #welcome() {
    const chips = ours(facts.suggested_questions) || [];
    this.messages.replaceChildren(el("section", { class: "sc-welcome" },
      el("div", { class: "sc-welcome-logo" }, logo()),
      el("h1", null, nameOf()),
      el("p", { class: "sc-greeting" }, ours(facts.greeting) || say("welcome.greeting", { shop: nameOf() })),
      chips.length ? el("div", { class: "sc-starters" }, chips.map((text) =>
        el("button", { type: "button", class: "sc-starter", onclick: () => this.#say(text) }, el("span", null, text), icon("send")))) : null));
  }

  #switchLanguage() {
    switchLanguage(language() === "zh" ? "en" : "zh");
    document.title = nameOf();
    this.root.lang = languageTag();
    for (const element of this.root.querySelectorAll("[data-ours=name]")) element.textContent = nameOf();
    if (this.messages.querySelector(".sc-welcome")) this.#welcome();
    this.#typed();
  }

  // --- asking ----------------------------------------------------------------------------------------------------

  #typed() {
    const { field, count } = this;
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 168)}px`;
    const length = field.value.trim().length;
    const most = facts.message_characters;
    count.textContent = length > most * 0.8 ? say("ask.count", { length, most }) : "";
    count.classList.toggle("over", length > most);
    this.send.disabled = length === 0 || length > most;
    this.send.hidden = Boolean(this.#running) && length === 0;
  }

  #submit() {
    const text = this.field.value.trim();
    if (!text || text.length > facts.message_characters || this.field.disabled) return;
    this.field.value = "";
    this.#typed();
    this.#say(text);
  }

  // Says it now, or right after the answer under way.
  #say(text) {
    this.#outbox.push(text);
    rememberOutbox(facts.shop, this.#outbox);
    this.#paintWaiting();
    this.#next();
  }

  #next() {
    if (this.#running || !this.#outbox.length) return;
    const text = this.#outbox[0];
    this.#paintWaiting(1);
    this.#run(this.#exchange(text, false));
  }

  #run(exchange) {
    exchange.finally(() => {
      this.#running = null;
      this.stop.hidden = true;
      this.#typed();
      this.#next();
    });
  }

  #taken() {
    this.#outbox.shift();
    rememberOutbox(facts.shop, this.#outbox);
  }

  // What was typed while an answer is made, to be sent after it.
  #paintWaiting(skipped = 0) {
    const rest = this.#outbox.slice(skipped || (this.#running && !this.#running.taken ? 1 : 0));
    this.waiting.replaceChildren(...rest.map((text, place) => el("li", null, icon("clock"), el("span", null, text),
      el("button", { type: "button", class: "sc-icon-button small", ...labelled("ask.take_back"), onclick: () => this.#takeBack(this.#outbox.length - rest.length + place) }, icon("close")))));
  }

  #takeBack(place) {
    const [text] = this.#outbox.splice(place, 1);
    rememberOutbox(facts.shop, this.#outbox);
    this.#paintWaiting();
    if (!this.field.value) {
      this.field.value = text;
      this.#typed();
    }
    this.field.focus();
  }

  async #exchange(text, resumed) {
    const view = this.#replyView(text);
    this.#addExchange(text, view);
    const abort = new AbortController();
    this.#running = { abort, view, taken: resumed };
    this.stop.hidden = false;
    this.#typed();
    this.#announce(say("status.reading"));
    try {
      await this.#answer(text, view, resumed, abort.signal);
    } catch (problem) {
      if (resumed && problem.status === 404) {
        view.element.closest(".sc-exchange").remove(); // nothing waits any more: ask anew
        this.#outbox.unshift(text);
      } else this.#failed(view, problem, abort.signal);
    } finally {
      if (!this.#running.taken) this.#taken();
    }
  }

  async #answer(text, view, resumed, signal) {
    const visit = await this.#ensureVisit();
    const path = `${API}/conversations/${visit.id}/${resumed ? "resume" : "messages"}`;
    let whole = false;
    for await (const { name, data } of ask(path, this.#with({ body: resumed ? undefined : { text }, signal }))) {
      view.stored = true;
      // The first step means that the server has the message.
      if (!this.#running.taken) {
        this.#running.taken = true;
        this.#taken();
      }
      if (name === "status") view.showStatus(data.status, data.position);
      else if (name === "token") view.append(data.text);
      else if (name === "citation") view.addCitation(data);
      else if (name === "product") view.addProduct(data);
      else if (name === "done") {
        whole = true;
        view.finish(data);
        this.#announce(data.text.replace(/\[\d+\]/g, ""));
        if (data.outcome === "handed_off") this.#showHandedOff();
      }
    }
    if (!whole) throw new TypeError("The stream ended early.");
  }

  #failed(view, problem, signal) {
    if (signal.aborted) view.fail(say("ask.stopped"));
    else if (problem.code === "not_allowed" || problem.code === "not_found") {
      this.#keepVisit(null);
      view.fail(say("problem.conversation_gone"));
    } else view.fail(problem.status ? problem.message : say("problem.lost"));
    this.#announce(view.after.textContent);
  }

  #stopAnswer() {
    this.#running?.abort.abort();
    this.field.focus();
  }

  #with(options) {
    return { token: this.#visit?.token, language: language(), ...options };
  }

  async #ensureVisit() {
    if (!this.#visit)
      this.#keepVisit(await post(`${API}/conversations`, this.#with({ body: { shop: facts.shop, language: language() } })));
    return this.#visit;
  }

  #keepVisit(visit) {
    this.#visit = visit;
    rememberVisit(facts.shop, visit);
  }

  // --- what was said ---------------------------------------------------------------------------------------------

  #replyView(question) {
    const view = new ReplyView({
      cite: (citation) => this.#openSource(citation),
      rate: (messageId, rating, comment) => this.#rate(messageId, rating, comment),
      ask: (text) => this.#say(text),
      person: this.#handedOff ? null : () => this.#askForPerson(),
      retry: () => this.#retry(question, view),
    });
    return view;
  }

  // Asks again in the same place. What the server has but did not answer is resumed, so that it is stored once.
  #retry(question, view) {
    if (this.#running) return;
    const exchange = view.element.closest(".sc-exchange");
    const others = this.messages.querySelectorAll(".sc-exchange .sc-note.problem").length > 1;
    const last = exchange === [...this.messages.querySelectorAll(".sc-exchange")].at(-1);
    exchange.remove();
    if (last && !others && this.#visit && view.stored) this.#run(this.#exchange(question, true));
    else this.#say(question);
  }

  // A question with its answer. The newest one is at least as high as the window, so that the answer grows into free
  // space and nothing already shown moves.
  #addExchange(text, view) {
    this.messages.querySelector(".sc-welcome")?.remove();
    for (const old of this.messages.querySelectorAll(".sc-suggestions")) old.remove();
    const exchange = el("section", { class: "sc-exchange" }, userBubble(text), view.element);
    this.messages.append(exchange);
    this.#toLatest("smooth");
  }

  async #loadHistory() {
    let history;
    try {
      history = await get(`${API}/conversations/${this.#visit.id}/messages`, this.#with({}));
    } catch (problem) {
      if (problem.status === 401 || problem.status === 404) this.#keepVisit(null);
      else this.messages.append(note("problem", el("span", null, problem.status ? problem.message : say("problem.lost")),
        said("button", { type: "button", class: "sc-button quiet small", onclick: () => location.reload() }, "ask.again")));
      return;
    }
    const { messages } = history;
    for (const [place, message] of messages.entries()) {
      const next = messages[place + 1];
      if (message.role === "user") {
        this.#addPast(message.text, next?.role === "user" ? undefined : next);
      } else if (messages[place - 1]?.role !== "user") this.#addPast(null, message);
    }
    if (history.state === "handed_off") this.#showHandedOff();
    for (const old of [...this.messages.querySelectorAll(".sc-suggestions")].slice(0, -1)) old.remove();
    this.#toLatest("instant");
  }

  #addPast(question, reply) {
    const view = this.#replyView(question ?? "");
    if (reply) view.finish(reply);
    else {
      view.stored = true;
      view.fail(say("ask.unanswered"));
    }
    this.messages.append(el("section", { class: "sc-exchange" }, question === null ? null : userBubble(question), view.element));
  }

  #toLatest(behavior) {
    const last = this.messages.lastElementChild;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (last) this.thread.scrollTo({ top: last.offsetTop, behavior: calm ? "instant" : behavior });
  }

  #showLatestButton() {
    const { scrollHeight, scrollTop, clientHeight } = this.thread;
    this.latest.hidden = scrollHeight - scrollTop - clientHeight < 120;
  }

  async #openSource(citation) {
    let passage = null;
    if (!citation.passage && citation.chunk_id)
      passage = await get(`${API}/conversations/${this.#visit.id}/passages/${citation.chunk_id}`, this.#with({})).catch(() => null);
    openSource(this.root, citation, passage);
  }

  async #rate(messageId, rating, comment) {
    try {
      await post(`${API}/messages/${messageId}/feedback`, this.#with({ body: { rating, comment } }));
      return true;
    } catch (problem) {
      this.#announce(problem.message || say("problem.lost"));
      return false;
    }
  }

  // --- a person, a new chat --------------------------------------------------------------------------------------

  #askForPerson() {
    openHandoff(this.root, async (comment) => {
      const visit = await this.#ensureVisit();
      await post(`${API}/conversations/${visit.id}/handoff`, this.#with({ body: { comment } }));
      this.messages.querySelector(".sc-welcome")?.remove();
      this.#showHandedOff();
      this.#announce(say("handoff.done"));
    });
  }

  #showHandedOff() {
    this.#handedOff?.remove();
    this.#handedOff = handoffNote();
    const last = this.messages.lastElementChild;
    (last?.classList.contains("sc-exchange") ? last : this.messages).append(this.#handedOff);
    this.#handedOff.scrollIntoView({ block: "nearest" });
  }

  #newChat() {
    if (this.#running) {
      this.#running.taken = true; // its message leaves with the old chat
      this.#running.abort.abort();
    }
    this.#outbox = [];
    rememberOutbox(facts.shop, []);
    this.#keepVisit(null);
    this.#handedOff = null;
    this.#paintWaiting();
    this.#welcome();
    this.#announce(say("top.new_done"));
    this.field.focus();
  }

  #announce(text) {
    this.live.textContent = text;
  }
}

function logo() {
  const address = facts.logo?.startsWith("data:image/") ? facts.logo : safeLink(facts.logo);
  return address
    ? el("img", { class: "sc-logo", src: address, alt: "" })
    : el("span", { class: "sc-logo", "aria-hidden": "true" }, [...nameOf()][0] ?? "");
}

const isDark = () =>
  (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function switchLightOrDark() {
  const next = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  remember("theme", next);
}

// The chat shows at once and moves into Gradio's column when that is there; it lies over the window all the time.
function moveInto(root) {
  const home = document.getElementById("shopclerk");
  if (!home) return false;
  if (home.moveBefore) home.moveBefore(root, null); // keeps focus and typing
  else {
    const focused = document.activeElement;
    home.append(root);
    focused?.focus();
  }
  return true;
}

const chat = new Chat();
document.body.append(chat.root);
const watch = new MutationObserver(() => moveInto(chat.root) && watch.disconnect());
watch.observe(document.body, { childList: true, subtree: true });
if (matchMedia("(hover: hover)").matches) chat.field.focus();
chat.open();

// The shopper's chat: one conversation with the shop, in the page that Gradio hosts.

import { Desk, changeLine, personMessage } from "./desk.js";
import { openHandoff, openSource } from "./dialogs.js";
import { el, icon, safeLink } from "./dom.js";
import { facts, labelled, language, languageTag, ours, said, say, switchLanguage } from "./language.js";
import { host } from "./host.js";
import { hostIn } from "./hosted.js";
import { joinHost } from "./in_widget.js";
import { Live } from "./live.js";
import { ask, get, post } from "./server.js";
import { newId, recallOutbox, recallVisit, remember, rememberOutbox, rememberVisit } from "./storage.js";
import { ReplyView, note, userBubble } from "./thread.js";
import { begin, renewed } from "./visit.js";

const API = "/api/v1";

// What lies around the chat: nothing, or a widget (in_widget.js).
const ALONE = { asked() {}, heard() {}, waits() {}, identify: async () => true, shown: true };
const nameOf = () => ours(facts.name);
const LEAVING_MS = 400;

class Chat {
  around = ALONE;
  #visit = recallVisit(facts.shop);
  #outbox = recallOutbox(facts.shop);
  #running = null; // {abort, view, id} while an answer is made
  #known = new Set(); // ids of messages that are shown
  #own = []; // [sequence, id] of the shopper's messages while a person is there

  constructor() {
    this.live = el("div", { class: "sr-only", role: "status", "aria-live": "polite", "aria-atomic": "true" });
    this.messages = el("div", { class: "sc-messages" });
    this.column = el("div", { class: "sc-column" }, this.messages);
    this.thread = el("div", { class: "sc-thread", id: "sc-thread", role: "region", tabindex: "0", "data-say-label": "thread.label", "aria-label": say("thread.label") }, this.column);
    this.latest = el("button", { type: "button", class: "sc-latest", hidden: true, ...labelled("thread.latest"), onclick: () => this.#toLatest("smooth") }, icon("latest"));
    this.desk = new Desk({
      visit: () => this.#visit,
      options: () => this.#with({}),
      changed: () => this.#deskChanged(),
      announce: (text) => this.#announce(text),
    });
    this.listening = new Live((name, data) => this.#hear(name, data), (there) => this.desk.lost(!there));
    this.waiting = el("ul", { class: "sc-waiting", ...labelled("ask.waiting_list") });
    this.root = el("div", { class: "sc", id: "sc-root", lang: languageTag() },
      said("a", { class: "sc-skip", href: "#sc-question", onclick: (event) => { event.preventDefault(); this.field.focus(); } }, "skip"),
      this.#top(), this.thread, el("div", { class: "sc-foot" }, this.latest, el("div", { class: "sc-column" }, this.desk.typing, this.desk.panel, this.waiting, this.#composer(), this.#finePrint())), this.live);
    this.thread.addEventListener("scroll", () => this.#showLatestButton(), { passive: true });
    document.addEventListener("visibilitychange", () => this.#tellRead());
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
        other, light,
        host ? el("button", { type: "button", class: "sc-icon-button", id: "sc-close", ...labelled("top.close"), onclick: () => host.tell({ close: true }) }, icon("close")) : null));
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
      el("p", { class: "sc-greeting" }, host?.greeting || ours(facts.greeting) || say("welcome.greeting", { shop: nameOf() })),
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
    if (field.value) this.desk.typed();
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

  say(text) {
    this.#say(text);
  }

  // The panel of the widget was opened.
  shown() {
    this.#toLatest("instant");
    this.#tellRead();
  }

  // The shop says who the shopper is: a talk of their own goes on, another's does not.
  async identified() {
    if (!(await this.around.identify(this.#visit, this.#with({})))) this.#newChat();
  }

  // Says it now, or right after the answer under way.
  #say(text) {
    this.around.asked();
    this.#outbox.push({ id: newId(), text });
    rememberOutbox(facts.shop, this.#outbox);
    this.#paintWaiting();
    this.#next();
  }

  #next() {
    if (this.#running || !this.#outbox.length) return;
    this.#paintWaiting(1);
    this.#run(this.#exchange(this.#outbox[0], false));
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
    this.waiting.replaceChildren(...rest.map(({ text }, place) => el("li", null, icon("clock"), el("span", null, text),
      el("button", { type: "button", class: "sc-icon-button small", ...labelled("ask.take_back"), onclick: () => this.#takeBack(this.#outbox.length - rest.length + place) }, icon("close")))));
  }

  #takeBack(place) {
    const [{ text }] = this.#outbox.splice(place, 1);
    rememberOutbox(facts.shop, this.#outbox);
    this.#paintWaiting();
    if (!this.field.value) {
      this.field.value = text;
      this.#typed();
    }
    this.field.focus();
  }

  async #exchange(letter, resumed) {
    const { id, text } = letter;
    const view = this.#replyView(letter);
    // What goes to a person is not answered by the bot: no sign of an answer, unless one comes after all.
    view.element.hidden = this.desk.withPerson;
    this.#known.add(id);
    this.#addExchange(letter, view);
    const abort = new AbortController();
    this.#running = { abort, view, id, taken: resumed };
    this.stop.hidden = this.desk.withPerson;
    this.#typed();
    if (!this.desk.withPerson) this.#announce(say("status.reading"));
    try {
      await this.#answer(letter, view, resumed, abort.signal);
    } catch (problem) {
      // A page that is left loses its connections first, with its scripts still running. It is gone before the moment is
      // over, and what nobody knows to have arrived is still in the outbox of the next page.
      if (!problem.status && !abort.signal.aborted) await new Promise((later) => setTimeout(later, LEAVING_MS));
      if (resumed && problem.status === 404) {
        this.#clear(view.element.closest(".sc-exchange")); // nothing waits any more: ask anew
        this.#outbox.unshift({ id: newId(), text });
      } else this.#failed(view, problem, abort.signal);
    } finally {
      if (!this.#running.taken) this.#taken();
    }
  }

  async #answer({ id, text }, view, resumed, signal) {
    const visit = await this.#ensureVisit();
    const path = `${API}/conversations/${visit.id}/${resumed ? "resume" : "messages"}`;
    let whole = false;
    for await (const { name, data } of ask(path, this.#with({ body: resumed ? undefined : { text, id, page: host?.page }, signal }))) {
      view.stored = true;
      // The first step means that the server has the message.
      if (!this.#running.taken) {
        this.#running.taken = true;
        this.#taken();
      }
      if (name === "token") view.element.hidden = false;
      if (name === "status") view.showStatus(data.status, data.position);
      else if (name === "token") view.append(data.text);
      else if (name === "citation") view.addCitation(data);
      else if (name === "product") view.addProduct(data);
      else if (name === "done") {
        whole = true;
        this.#finish(view, data);
      }
    }
    if (!whole) throw new TypeError("The stream ended early.");
  }

  // The whole reply; without words when a person is to answer.
  #finish(view, reply) {
    if (reply.text) {
      this.#known.add(reply.message_id);
      view.element.hidden = false;
      view.finish(reply);
      this.#announce(reply.text.replace(/\[\d+\]/g, ""));
      this.around.heard("bot", reply.products);
    } else view.element.remove();
    if (reply.outcome === "handed_off" && !this.desk.asked) this.desk.refresh().catch(() => {});
  }

  #failed(view, problem, signal) {
    view.element.hidden = false;
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
    return { token: () => this.#token(), language: language(), ...options };
  }

  #renewal = null;

  // The token that opens the conversation, renewed when it is about to be too old.
  async #token() {
    this.#renewal ??= renewed(this.#visit, facts.shop).finally(() => (this.#renewal = null));
    const visit = await this.#renewal;
    if (visit !== this.#visit && visit?.id === this.#visit?.id) this.#keepVisit(visit);
    return this.#visit?.token;
  }

  async #ensureVisit() {
    if (!this.#visit) {
      this.#keepVisit(await begin(facts.shop, language()));
      await this.around.identify(this.#visit, this.#with({}));
      this.#listen(null);
    }
    return this.#visit;
  }

  #keepVisit(visit) {
    this.#visit = visit;
    rememberVisit(facts.shop, visit);
  }

  // --- what was said ---------------------------------------------------------------------------------------------

  #replyView(letter) {
    const view = new ReplyView({
      cite: (citation) => this.#openSource(citation),
      rate: (messageId, rating, comment) => this.#rate(messageId, rating, comment),
      ask: (text) => this.#say(text),
      person: this.desk.asked ? null : () => this.#askForPerson(),
      retry: () => this.#retry(letter, view),
    });
    return view;
  }

  // Asks again in the same place. What the server has but did not answer is resumed, so that it is stored once.
  #retry(letter, view) {
    if (this.#running) return;
    const exchange = view.element.closest(".sc-exchange");
    const others = this.messages.querySelectorAll(".sc-exchange .sc-note.problem").length > 1;
    const last = exchange === [...this.messages.querySelectorAll(".sc-exchange")].at(-1);
    this.#clear(exchange);
    if (last && !others && this.#visit && view.stored) this.#run(this.#exchange(letter, true));
    else if (view.stored) this.#say(letter.text);
    else {
      this.#outbox.push(letter); // under its id: should the server have it after all, it stays one message
      rememberOutbox(facts.shop, this.#outbox);
      this.#next();
    }
  }

  // Takes a question and what became of it off the page; what people said meanwhile stays.
  #clear(exchange) {
    exchange.replaceWith(...exchange.querySelectorAll(":scope > :not(.sc-user, .sc-reply)"));
  }

  // A question with its answer. The newest one is at least as high as the window, so that the answer grows into free
  // space and nothing already shown moves.
  #addExchange({ id, text }, view) {
    this.messages.querySelector(".sc-welcome")?.remove();
    for (const old of this.messages.querySelectorAll(".sc-suggestions")) old.remove();
    const exchange = el("section", { class: this.desk.withPerson ? "sc-exchange talk" : "sc-exchange" }, userBubble(text, id), view.element);
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
    this.#paintHistory(history);
    this.#listen(history.handoff.event_id);
    this.#toLatest("instant");
    this.#tellRead();
  }

  #paintHistory({ messages, handoff }) {
    this.messages.replaceChildren();
    this.#known = new Set(messages.map((message) => message.id));
    this.#own = messages.filter((message) => message.role === "user").map(({ sequence, id }) => [sequence, id]);
    this.#lastHeard = Math.max(0, ...messages.filter((message) => message.role === "human_agent").map((message) => message.sequence));
    this.desk.show(handoff);
    const changes = handoff.changes.map((change) => [change.at, changeLine(change)]).filter(([, line]) => line);
    const replies = new Map(messages.filter((message) => message.reply_to).map((message) => [message.reply_to, message]));
    for (const [place, message] of messages.entries()) {
      while (changes.length && changes[0][0] <= message.created_at) this.#addTalk(changes.shift()[1]);
      if (message.role === "user") this.#addPast(message, replies.get(message.id), messages.slice(place + 1), handoff);
      else if (message.role === "human_agent") this.#addTalk(personMessage(message, (citation) => this.#openSource(citation)));
      else if (!message.reply_to || !this.#known.has(message.reply_to)) this.#addPast(null, message, [], handoff);
    }
    for (const [, line] of changes) this.#addTalk(line);
    for (const old of [...this.messages.querySelectorAll(".sc-suggestions")].slice(0, -1)) old.remove();
    this.#paintSeen();
  }

  // What a person says, or who comes and goes: parts of a talk, which need no room to grow.
  #addTalk(...parts) {
    this.messages.querySelector(".sc-welcome")?.remove();
    let last = this.messages.lastElementChild;
    if (!last?.classList.contains("talk")) this.messages.append((last = el("section", { class: "sc-exchange talk" })));
    last.append(...parts);
  }

  #addPast(question, reply, later, handoff) {
    const view = this.#replyView({ id: question?.id ?? newId(), text: question?.text ?? "" });
    const withPerson = handoff.state === "human" || handoff.state === "waiting" || later.some((one) => one.role === "human_agent");
    if (reply) view.finish(reply);
    else if (withPerson) view.element.remove();
    else {
      view.stored = true;
      view.fail(say("ask.unanswered"));
    }
    const silent = !reply && withPerson;
    this.messages.append(el("section", { class: silent ? "sc-exchange talk" : "sc-exchange" },
      question === null ? null : userBubble(question.text, question.id), silent ? null : view.element));
  }

  // --- live --------------------------------------------------------------------------------------------------------

  #listen(eventId) {
    const { id } = this.#visit;
    this.listening.start(id, eventId, () => this.#with({}));
  }

  #hear(name, data) {
    if (name === "hello") this.desk.show(data);
    else if (name === "reset") this.#loadHistory();
    else if (name === "message") this.#hearMessage(data);
    else if (name === "state") this.#hearState(data);
    else if (name === "position") this.desk.position(data.position);
    else if (name === "reply_withdrawn") this.#withdrawReply(data.reply_to);
    else this.desk.hear(name, data);
  }

  #hearState(change) {
    const line = changeLine(change);
    if (change.state === "human" && this.#running) this.#withdrawReply(this.#running.id);
    if (line) {
      this.#addTalk(line);
      this.#announce(line.textContent);
      this.#toLatest("smooth");
    }
    this.desk.show({ ...change, read_by_agent: this.desk.readByAgent });
    this.desk.refresh().catch(() => {}); // place, hours
  }

  #hearMessage(message) {
    if (message.role === "user") this.#own.push([message.sequence, message.id]);
    if (this.#known.has(message.id) || (message.role === "assistant" && this.#running?.id === message.reply_to)) {
      this.#paintSeen();
      return;
    }
    this.#known.add(message.id);
    if (message.role === "human_agent") this.#hearPerson(message);
    else if (message.role === "user") this.#addTalk(userBubble(message.text, message.id)); // typed in another window
    else this.#hearReply(message);
    this.#toLatest("smooth");
    this.#paintSeen();
  }

  #hearPerson(message) {
    this.desk.heardMessage();
    this.#addTalk(personMessage(message, (citation) => this.#openSource(citation)));
    this.#announce(say("desk.says", { agent: message.author, text: message.text }));
    this.#lastHeard = message.sequence;
    this.around.heard("person", message.products);
    this.#tellRead();
  }

  #lastHeard = 0;

  // A reply that this window did not ask for: after a person gave back, or asked for in another window.
  #hearReply(message) {
    const view = this.#replyView({ id: message.reply_to, text: "" });
    view.finish(message);
    const question = this.messages.querySelector(`[data-message="${CSS.escape(message.reply_to ?? "")}"]`);
    const exchange = question?.closest(".sc-exchange");
    if (exchange && exchange === this.messages.lastElementChild) {
      exchange.querySelector(".sc-note.problem")?.closest(".sc-reply")?.remove();
      exchange.append(view.element);
    } else this.#addTalk(view.element);
    this.#announce(message.text.replace(/\[\d+\]/g, ""));
    this.around.heard("bot", message.products);
  }

  // A person took over while the bot answered: its words are void.
  #withdrawReply(questionId) {
    if (this.#running?.id === questionId) {
      this.#running.view.element.hidden = true;
      this.#running.view.append = () => {};
    }
  }

  #tellRead() {
    if (this.#lastHeard && this.around.shown) this.desk.read(this.#lastHeard);
  }

  #deskChanged() {
    this.root?.classList.toggle("with-person", this.desk.withPerson);
    this.root?.querySelector("#sc-person")?.toggleAttribute("hidden", this.desk.asked);
    if (this.field) {
      this.field.dataset.sayHint = this.desk.withPerson ? "desk.write" : "ask.hint";
      this.field.placeholder = say(this.field.dataset.sayHint);
    }
    this.around.waits(this.desk.asked);
    if (this.desk.asked) for (const chip of this.messages.querySelectorAll(".sc-chip.person")) chip.remove();
    this.#paintSeen();
  }

  // Under the latest message that the person has read.
  #paintSeen() {
    const { seen } = this.desk;
    seen.hidden = true;
    if (!this.desk.withPerson) return;
    const read = this.#own.filter(([sequence]) => sequence <= this.desk.readByAgent).at(-1);
    const bubble = read && read === this.#own.at(-1) && this.messages.querySelector(`[data-message="${CSS.escape(read[1])}"]`);
    if (!bubble?.closest(".talk")) return;
    seen.replaceChildren(said("span", null, "desk.seen"));
    seen.hidden = false;
    bubble.after(seen);
  }

  #toLatest(behavior) {
    const last = this.messages.lastElementChild;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!last) return;
    const top = last.classList.contains("talk") ? this.thread.scrollHeight : last.offsetTop;
    this.thread.scrollTo({ top, behavior: calm ? "instant" : behavior });
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
      const { handoff } = await post(`${API}/conversations/${visit.id}/handoff`, this.#with({ body: { comment } }));
      this.messages.querySelector(".sc-welcome")?.remove();
      this.desk.show(handoff);
      this.#announce(say("handoff.done"));
    });
  }

  #newChat() {
    if (this.#running) {
      this.#running.taken = true; // its message leaves with the old chat
      this.#running.abort.abort();
    }
    this.#outbox = [];
    rememberOutbox(facts.shop, []);
    this.#keepVisit(null);
    this.listening.end();
    this.desk.reset();
    this.#known.clear();
    this.#own = [];
    this.#lastHeard = 0;
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

const chat = new Chat();
hostIn("shopclerk", chat.root);
if (host) joinHost(chat, host);
else {
  if (matchMedia("(hover: hover)").matches) chat.field.focus();
  chat.open();
}

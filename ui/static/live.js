// One conversation's events as they happen, connected again after a break without a gap.

import { listen } from "./server.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const SILENCE_MS = 45_000; // the server says something every 20 seconds

export class Live {
  #stop = null; // AbortController of the connection
  #lastId = null;
  #wait = FIRST_WAIT_MS;
  #timer = 0;
  #open = false;
  #on;

  // `on(name, data)` takes each event; `connected(bool)` hears whether there is a connection.
  constructor(on, connected) {
    this.#on = on;
    this.connected = connected;
    addEventListener("online", () => this.#again(0));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#open && !this.#stop && this.#again(0));
  }

  // Listens to a conversation from after an event on; `options()` gives token and language.
  start(conversationId, eventId, options) {
    this.end();
    this.#open = true;
    this.#lastId = eventId;
    this.path = `/api/v1/conversations/${conversationId}/events`;
    this.options = options;
    this.#connect();
  }

  end() {
    this.#open = false;
    clearTimeout(this.#timer);
    this.#stop?.abort();
    this.#stop = null;
  }

  #again(ms) {
    if (!this.#open) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), ms);
  }

  async #connect() {
    if (!this.#open || this.#stop) return;
    const stop = (this.#stop = new AbortController());
    let silence = 0;
    const alive = () => {
      clearTimeout(silence);
      silence = setTimeout(() => stop.abort(), SILENCE_MS);
    };
    let refused = false;
    try {
      alive();
      for await (const { name, data, id } of listen(this.path, { ...this.options(), signal: stop.signal, lastEventId: this.#lastId })) {
        alive();
        this.#wait = FIRST_WAIT_MS;
        if (id) this.#lastId = id;
        this.connected(true);
        this.#on(name, data);
      }
    } catch (problem) {
      refused = problem.status === 401 || problem.status === 404;
    }
    clearTimeout(silence);
    if (this.#stop !== stop) return; // another connection has taken its place
    this.#stop = null;
    if (!this.#open || refused) return;
    this.connected(false);
    this.#again(this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }
}


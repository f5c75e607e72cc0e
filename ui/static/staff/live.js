// One stream of live events for the whole page; the browser connects again by itself.

import { addressOf } from "./api.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

class Events {
  #source = null;
  #wait = FIRST_WAIT_MS;
  #listeners = new Map(); // type → Set of functions

  // Calls fn(data, event) for each event of a type; gives a function that stops it.
  on(type, fn) {
    if (!this.#listeners.has(type)) {
      this.#listeners.set(type, new Set());
      this.#source?.addEventListener(type, (event) => this.#tell(type, event));
    }
    this.#listeners.get(type).add(fn);
    this.#open();
    return () => this.#listeners.get(type).delete(fn);
  }

  close() {
    this.#source?.close();
    this.#source = null;
  }

  #open() {
    if (this.#source) return;
    const source = (this.#source = new EventSource(addressOf("/events")));
    source.addEventListener("hello", () => { this.#wait = FIRST_WAIT_MS; });
    // A browser gives up when a proxy answers in the server's place: then we try again, ever more slowly.
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED || this.#source !== source) return;
      this.#source = null;
      setTimeout(() => this.#open(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    });
    for (const type of this.#listeners.keys()) this.#source.addEventListener(type, (event) => this.#tell(type, event));
  }

  #tell(type, event) {
    let data = event.data;
    try { data = JSON.parse(event.data); } catch { /* an event without JSON is passed on as it is */ }
    for (const fn of [...this.#listeners.get(type)]) fn(data, event);
  }
}

export const events = new Events();

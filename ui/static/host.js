// The widget that shows this page in a frame on the shop's own pages: a private line to it, and what it keeps for us.
// `host` is null where the page is by itself.

const PATIENCE_MS = 10_000;

// Only the page that frames us may speak, and only from our own origin or one on the shop's list.
function mayBe(origin) {
  const { origins } = JSON.parse(document.getElementById("shopclerk-facts").textContent);
  return origin === location.origin || origins.includes(origin);
}

class Host {
  #port;
  #kept;
  #hear = {};

  constructor(port, origin, { kept, page, greeting, theme, customer, shown }) {
    this.#port = port;
    this.#kept = new Map(Object.entries(kept));
    Object.assign(this, { origin, looksAt: page, greeting, customer, shown });
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    port.onmessage = ({ data }) => {
      for (const [name, value] of Object.entries(data)) if (Object.hasOwn(this.#hear, name)) this.#hear[name](value);
    };
  }

  tell(message) {
    this.#port.postMessage(message);
  }

  // From names of messages to what is done with their values; what another window of the shop kept is taken over.
  listen(hear) {
    this.#hear = { ...hear, kept: ([name, value]) => this.#keep(name, value) };
  }

  // Of the page that the shopper looks at; its product counts until the talk has shown others.
  get page() {
    return this.talked ? { ...this.looksAt, product: null } : this.looksAt;
  }

  // The shop's page has one name for each thing, as it is about one shop.
  recall(name) {
    return this.#kept.get(name.split(".")[0]) ?? null;
  }

  remember(name, value) {
    const short = name.split(".")[0];
    this.#keep(short, value);
    this.tell({ keep: [short, value] });
    return true;
  }

  #keep(name, value) {
    if (value === null) this.#kept.delete(name);
    else this.#kept.set(name, value);
  }
}

function connected() {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), PATIENCE_MS);
    addEventListener("message", function hear({ source, origin, data, ports }) {
      if (source !== parent || !mayBe(origin) || data?.shopclerk !== "hello" || !ports[0]) return;
      removeEventListener("message", hear);
      resolve(new Host(ports[0], origin, data));
    });
    parent.postMessage({ shopclerk: "ready" }, "*"); // tells nothing but that there is a chat
  });
}

const framed = parent !== window && new URLSearchParams(location.search).has("widget");

export const host = framed ? await connected() : null;

// The shop bot on a shop's own page: a button, and a panel that loads the chat when it is first opened.
//
//   <script src="https://bot.example/widget.js" data-shop="demo" async></script>
//
// All of it lives in a shadow root and lies over the page, so it takes no styles from the page, gives it none and
// moves nothing. The chat is a frame of the bot's own origin; the two talk over a private MessagePort, and what must
// outlive the page is kept here, because storage of frames is refused where third-party cookies are.
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || window.Shopclerk) return;
  const BOT = new URL(script.src).origin;
  const set = script.dataset;
  const shop = set.shop ?? "";
  const PREFIX = `shopclerk.${shop}.`;
  const PATIENCE_MS = 15_000;

  const WORDS = {
    en: { open: "Chat with us", close: "Close the chat", unread: "Chat with us, new messages: {n}", title: "Chat with {shop}", dismiss: "Dismiss", lost: "The chat cannot be reached.", again: "Try again" },
    zh: { open: "联系客服", close: "关闭对话", unread: "联系客服，{n} 条新消息", title: "与{shop}对话", dismiss: "关闭提示", lost: "暂时无法连接客服。", again: "重试" },
  };
  const wanted = set.language || document.documentElement.lang || navigator.language || "en";
  const language = /^zh/i.test(wanted) ? "zh" : "en";
  const say = (key, values = {}) => Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), WORDS[language][key]);
  const ours = (texts) => (typeof texts === "string" ? texts : (texts?.[language] ?? Object.values(texts ?? {})[0] ?? ""));

  const phone = matchMedia("(max-width: 480px)");
  const osDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (set.theme === "dark" || set.theme === "light" ? set.theme === "dark" : osDark.matches);

  // --- what outlives the page ------------------------------------------------------------------------------------

  const memory = new Map(); // where storage is refused altogether

  function read(store, name) {
    try {
      return window[store].getItem(PREFIX + name);
    } catch {
      return memory.get(name) ?? null;
    }
  }

  function write(store, name, value) {
    memory.set(name, value);
    try {
      if (value === null) window[store].removeItem(PREFIX + name);
      else window[store].setItem(PREFIX + name, value);
    } catch {}
  }

  const KEPT = ["visit", "outbox", "known", "live", "language", "theme"]; // of the chat
  const kept = () => Object.fromEntries(KEPT.map((name) => [name, read("localStorage", name)]).filter(([, value]) => value !== null));
  const keep = (name, value) => KEPT.includes(name) && (value === null || typeof value === "string") && write("localStorage", name, value);

  // --- events ----------------------------------------------------------------------------------------------------

  const listeners = new Map();

  function emit(name, detail = {}) {
    for (const listener of [...(listeners.get(name) ?? [])])
      try {
        listener(detail);
      } catch (error) {
        setTimeout(() => { throw error; }); // the page's own mistake, for its own console
      }
  }

  // --- the page that the shopper looks at ------------------------------------------------------------------------

  let told = {};
  const list = (value) => (Array.isArray(value) ? value.map(String) : String(value ?? "").split(",").map((one) => one.trim()).filter(Boolean));
  const page = () => ({
    product: String(told.product ?? set.product ?? "") || null,
    title: String(told.title ?? set.title ?? document.title).slice(0, 500),
    cart: list(told.cart ?? set.cart).slice(0, 100),
  });

  function pageChanged() {
    port?.postMessage({ page: page() });
    waitToSpeak();
  }

  // --- the looks -------------------------------------------------------------------------------------------------

  const CSS = `
:host{all:initial!important}
*,::before,::after{box-sizing:border-box}
[hidden]{display:none!important}
.root{--edge:max(20px,env(safe-area-inset-bottom));position:fixed;z-index:var(--z);bottom:0;right:0;font:400 15px/1.45 "Source Sans Pro",system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:var(--ink);--ink:#1d2125;--paper:#fff;--line:#e2dfd8}
.root.dark{--ink:#eceae6;--paper:#1d2125;--line:#343a40}
button{font:inherit;color:inherit;border:0;padding:0;margin:0;background:none;cursor:pointer}
button:focus-visible{outline:3px solid var(--main);outline-offset:3px}
svg{display:block;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.launcher{position:fixed;bottom:var(--edge);right:20px;display:flex;align-items:center;gap:10px;height:58px;min-width:58px;padding:0 16px;border-radius:29px;background:var(--main);color:var(--on);box-shadow:0 2px 6px rgb(0 0 0/16%),0 10px 28px rgb(0 0 0/22%);transition:transform .18s,filter .18s;font-weight:600}
.launcher:hover{filter:brightness(1.08);transform:translateY(-1px)}
.launcher:focus-visible{outline-color:var(--ink)}
.launcher svg{width:26px;height:26px}
.badge{position:absolute;top:-3px;right:-3px;min-width:22px;height:22px;padding:0 6px;border-radius:11px;background:#c8372f;color:#fff;font:700 12px/22px system-ui,sans-serif;text-align:center;box-shadow:0 0 0 2px var(--paper)}
.panel{position:fixed;right:20px;bottom:calc(var(--edge) + 72px);width:min(408px,calc(100vw - 40px));height:min(700px,calc(100dvh - var(--edge) - 92px));border-radius:20px;overflow:hidden;background:var(--paper);box-shadow:0 0 0 1px var(--line),0 18px 60px rgb(0 0 0/28%);transform-origin:100% 100%;animation:in .2s ease-out}
.left .launcher,.left .panel{right:auto;left:20px;transform-origin:0 100%}
iframe{display:block;width:100%;height:100%;border:0;background:var(--paper);color-scheme:normal}
.cover{position:absolute;inset:0;display:grid;place-content:center;justify-items:center;gap:14px;background:var(--paper)}
.dots{display:flex;gap:6px}
.dots i{width:8px;height:8px;border-radius:50%;background:var(--main);animation:dot 1.2s infinite ease-in-out}
.dots i:nth-child(2){animation-delay:.15s}.dots i:nth-child(3){animation-delay:.3s}
.again{padding:9px 18px;border-radius:12px;background:var(--main);color:var(--on);font-weight:600}
.x{position:absolute;top:10px;right:10px;display:grid;place-items:center;width:40px;height:40px;border-radius:12px}
.x svg{width:20px;height:20px}
.opener{position:fixed;right:20px;bottom:calc(var(--edge) + 72px);display:flex;align-items:flex-start;max-width:min(300px,calc(100vw - 40px));padding:12px 8px 12px 16px;border-radius:18px 18px 6px 18px;background:var(--paper);box-shadow:0 0 0 1px var(--line),0 10px 34px rgb(0 0 0/20%);animation:in .24s ease-out}
.left .opener{right:auto;left:20px;border-radius:18px 18px 18px 6px}
.opener .say{text-align:start;padding:3px 4px 3px 0}
.opener .x{position:static;flex:none;width:30px;height:30px;border-radius:10px;opacity:.7}
.opener .x svg{width:15px;height:15px}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@keyframes in{from{opacity:0;transform:translateY(14px) scale(.97)}}
@keyframes dot{0%,70%,100%{opacity:.25}35%{opacity:1}}
@media(max-width:480px){.panel,.left .panel{inset:0;width:100%;height:100dvh;border-radius:0;animation-name:up}.opened .launcher{display:none}}
@keyframes up{from{transform:translateY(40px);opacity:0}}
@media(prefers-reduced-motion:reduce){*,.panel,.opener{animation-duration:.01ms!important;animation-iteration-count:1!important;transition:none!important}}
@media print{.root{display:none}}`;

  const SVG = "http://www.w3.org/2000/svg";
  const ICONS = { chat: "M4 11.5C4 7.4 7.6 4.5 12 4.5s8 2.9 8 7-3.6 7-8 7c-.9 0-1.8-.1-2.6-.4L5 20l1-3.6c-1.3-1.3-2-3-2-4.9zM8.5 11.5h.01M12 11.5h.01M15.5 11.5h.01", close: "M6 6l12 12M18 6 6 18" };

  function icon(name) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }

  function el(tag, properties, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties))
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true || value === false) element.toggleAttribute(name, value);
      else element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  const button = (cls, label, onclick, ...children) => el("button", { type: "button", class: cls, "aria-label": label, onclick }, ...children);

  const badge = el("span", { class: "badge", "aria-hidden": "true", hidden: true });
  const face = el("span", {}, icon("chat"));
  const launcher = button("launcher", say("open"), () => (opened ? close() : open()), face, badge);
  launcher.setAttribute("aria-expanded", "false");
  if (set.label) launcher.insertBefore(el("span", {}, set.label), badge);
  // Round the frame: who leaves it at one end comes back at the other, who comes from elsewhere begins at the near end.
  const guard = (near, far) => el("span", { tabindex: "0", onfocus: ({ relatedTarget }) => (usable ? focusFrame(relatedTarget && relatedTarget !== frame ? near : far) : x.focus()) });
  const x = button("x", say("close"), () => close(), icon("close"));
  const cover = el("div", { class: "cover" }, x);
  const panel = el("section", { class: "panel", id: "panel", role: "dialog", hidden: true }, guard("first", "last"), cover, guard("last", "first"));
  launcher.setAttribute("aria-controls", "panel");
  const opener = el("div", { class: "opener", hidden: true });
  const live = el("div", { class: "sr", role: "status", "aria-live": "polite" });
  const root = el("div", { class: "root" }, opener, panel, launcher, live);
  const host = document.createElement("shopclerk-widget");

  function draw(looks) {
    const shadow = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet(); // allowed by a policy that forbids inline styles
    sheet.replaceSync(CSS);
    shadow.adoptedStyleSheets = [sheet];
    root.classList.toggle("left", (set.position || looks.position) === "left");
    root.style.setProperty("--z", String(Number(set.zIndex) || 2147483000));
    const paint = () => {
      const [main, on] = set.colour ? [set.colour, readableOn(set.colour)] : (looks.colours?.[isDark() ? "dark" : "light"] ?? ["#2f5d8a", "#fff"]);
      root.style.setProperty("--main", main);
      root.style.setProperty("--on", on);
      root.classList.toggle("dark", isDark());
    };
    paint();
    osDark.addEventListener("change", paint);
    const name = ours(looks.name) || "";
    panel.setAttribute("aria-label", say("title", { shop: name }));
    panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
    launcher.addEventListener("keydown", (event) => event.key === "Escape" && opened && close());
    launcher.addEventListener("pointerenter", nearer, { once: true });
    launcher.addEventListener("focus", nearer, { once: true });
    shadow.append(root);
    document.body.append(host);
    showUnread(Number(read("localStorage", "unread")) || 0);
  }

  // Black or white, whichever can be read on it (WCAG 2.2, relative luminance).
  function readableOn(colour) {
    const [r, g, b] = [1, 3, 5].map((at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.36 ? "#10151a" : "#fff";
  }

  // The pointer is on its way: greet the bot's server, load nothing.
  const nearer = () => frame ?? document.head.append(el("link", { rel: "preconnect", href: BOT }));

  let unread = 0; // messages that came while the panel was closed

  function keepUnread(count) {
    write("localStorage", "unread", count ? String(count) : null);
    showUnread(count);
  }

  function showUnread(count) {
    unread = count;
    badge.hidden = count === 0;
    badge.textContent = count > 9 ? "9+" : String(count);
    launcher.setAttribute("aria-label", opened ? say("close") : count ? say("unread", { n: count }) : say("open"));
    if (count && !opened) live.textContent = say("unread", { n: count });
    emit("unread", { count });
  }

  // --- the frame -------------------------------------------------------------------------------------------------

  let frame = null;
  let port = null;
  let usable = false; // the chat has drawn itself
  let opened = false;
  let customer = set.customer ?? undefined; // undefined: nobody said; null: signed out
  let spoke = ""; // the opener that was clicked
  let shopsGreeting = "";
  const questions = []; // asked before the chat was there
  let patience = 0;

  function load() {
    if (frame) return;
    const query = new URLSearchParams({ widget: "1", shop, lang: read("localStorage", "language") ?? language });
    if (set.theme === "dark" || set.theme === "light") query.set("theme", set.theme);
    waiting();
    frame = el("iframe", { src: `${BOT}/?${query}`, title: panel.getAttribute("aria-label"), allow: "clipboard-write", referrerpolicy: "strict-origin" });
    panel.insertBefore(frame, cover);
  }

  function waiting() {
    const dots = el("div", { class: "dots" }, el("i", {}), el("i", {}), el("i", {}));
    cover.replaceChildren(dots, x);
    clearTimeout(patience);
    patience = setTimeout(() => {
      cover.replaceChildren(el("p", { role: "alert" }, say("lost")), el("button", { type: "button", class: "again", onclick: reload }, say("again")), x);
      emit("problem", { reason: "unreachable" });
    }, PATIENCE_MS);
  }

  function reload() {
    frame.remove();
    frame = null;
    usable = false;
    load();
  }

  // The frame says that it is there; it gets a port, and all else goes through that.
  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== BOT || event.data?.shopclerk !== "ready") return;
    const channel = new MessageChannel();
    port?.close();
    port = channel.port1;
    port.onmessage = ({ data }) => hear(data);
    const greeting = spoke || set.greeting || shopsGreeting;
    frame.contentWindow.postMessage({ shopclerk: "hello", kept: kept(), page: page(), greeting, theme: set.theme ?? "", customer, shown: opened }, BOT, [channel.port2]);
  });

  const HEARS = {
    keep: ([name, value]) => keep(name, value),
    close: () => close(),
    event([name, detail]) {
      if (name === "message" && !opened) keepUnread(unread + 1); // only here it is known at once that it was closed
      emit(String(name), detail);
    },
    usable() {
      usable = true;
      clearTimeout(patience);
      cover.hidden = true;
      for (const text of questions.splice(0)) port.postMessage({ ask: text });
      if (opened) focusFrame("field");
      emit("ready");
    },
  };

  function hear(data) {
    for (const [name, value] of Object.entries(data ?? {})) if (Object.hasOwn(HEARS, name)) HEARS[name](value);
  }

  function focusFrame(where) {
    frame.focus();
    port.postMessage({ focus: where });
  }

  function open({ focus = true } = {}) {
    silence();
    if (opened) return;
    opened = true;
    write("sessionStorage", "open", "1");
    load();
    panel.hidden = false;
    root.classList.add("opened");
    face.replaceChildren(icon("close"));
    launcher.setAttribute("aria-expanded", "true");
    panel.setAttribute("aria-modal", String(phone.matches));
    keepUnread(0);
    port?.postMessage({ shown: true, page: page() });
    if (focus) usable ? focusFrame("field") : x.focus();
    emit("open");
  }

  function close() {
    if (!opened) return;
    opened = false;
    write("sessionStorage", "open", null);
    panel.hidden = true;
    root.classList.remove("opened");
    face.replaceChildren(icon("chat"));
    launcher.setAttribute("aria-expanded", "false");
    showUnread(0);
    port?.postMessage({ shown: false });
    launcher.focus();
    emit("close");
  }

  function ask(text) {
    const question = String(text).trim();
    open();
    if (!question) return;
    if (usable) port.postMessage({ ask: question });
    else questions.push(question);
  }

  // A token signed by the shop's server, or null for signed out: then the chat of who was known is over.
  function identify(token) {
    customer = token || null;
    const leaves = !customer && read("localStorage", "known");
    if (leaves) keepUnread(0);
    if (port) port.postMessage({ identify: customer });
    else if (leaves) for (const name of ["visit", "outbox", "known"]) keep(name, null);
  }

  // --- speaking first --------------------------------------------------------------------------------------------

  let rules = [];
  let timers = [];
  const fits = (path) => new RegExp(`^${path.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(location.pathname);

  function waitToSpeak() {
    timers.forEach(clearTimeout);
    timers = [];
    if (read("sessionStorage", "spoke") || opened) return;
    const now = page();
    for (const rule of rules)
      if (fits(rule.path || "*") && (!rule.cart || now.cart.length)) timers.push(setTimeout(() => speak(ours(rule.text)), 1000 * rule.after));
  }

  function speak(text) {
    if (opened || !opener.hidden || !text) return;
    write("sessionStorage", "spoke", "1");
    opener.replaceChildren(
      el("button", { type: "button", class: "say", onclick: () => { spoke = text; open(); } }, text),
      button("x", say("dismiss"), () => { silence(); launcher.focus(); }, icon("close")));
    opener.hidden = false;
    live.textContent = text;
    emit("opener", { text });
  }

  function silence() {
    timers.forEach(clearTimeout);
    write("sessionStorage", "spoke", "1");
    opener.hidden = true;
  }

  // --- beginning -------------------------------------------------------------------------------------------------

  window.Shopclerk = Object.freeze({
    open: () => open(),
    close,
    ask,
    identify,
    page(about) {
      told = { ...about };
      pageChanged();
    },
    on: (name, listener) => void (listeners.get(name) ?? listeners.set(name, new Set()).get(name)).add(listener),
    off: (name, listener) => void listeners.get(name)?.delete(listener),
  });

  async function begin() {
    let looks = {};
    try {
      const answer = await fetch(`${BOT}/api/v1/widget?${new URLSearchParams(shop ? { shop } : {})}`, { credentials: "omit", referrerPolicy: "no-referrer" });
      looks = await answer.json();
      if (looks.allowed === false || !answer.ok) {
        console.warn(`Shopclerk: ${looks.detail ?? `pages of ${location.origin} are not on the list of the shop "${shop}"`}`);
        return;
      }
    } catch {} // the page's policy forbids the question, or the server is away: the attributes say enough
    draw(looks);
    shopsGreeting = ours(looks.greeting);
    rules = looks.openers ?? [];
    if (set.opener) rules = [{ text: set.opener, path: set.openerPath, after: Number(set.openerAfter ?? 20), cart: "openerCart" in set }];
    addEventListener("storage", ({ storageArea, key, newValue }) => {
      if (!key?.startsWith(PREFIX) || storageArea !== window.localStorage) return;
      const name = key.slice(PREFIX.length);
      if (KEPT.includes(name)) port?.postMessage({ kept: [name, newValue] });
      else if (name === "unread" && !newValue) showUnread(0); // seen in another window
    });
    window.navigation?.addEventListener("navigatesuccess", pageChanged);
    if (read("sessionStorage", "open") && !phone.matches) open({ focus: false });
    else if (read("localStorage", "live")) load(); // somebody may be answering
    waitToSpeak();
  }

  const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 1));
  const start = () => idle(() => {
    begin();
    document.dispatchEvent(new CustomEvent("shopclerk:ready"));
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start, { once: true });
  else start();
})();

// The inbox: the line on the left, one conversation in the middle, what is known of it on the right.
//
// #/inbox is the line, #/inbox/ID a conversation. All changes come by live events; what was missed is read anew.

import { el } from "../dom.js";
import { said } from "../language.js";
import { Line } from "./desk/line.js";
import { Thread } from "./desk/thread.js";

let inbox = null;

class Inbox {
  constructor(root, context) {
    this.context = context;
    this.line = new Line(context, (id) => context.navigate(`/inbox/${id}`));
    this.thread = null;
    this.place = el("div", { class: "ib-place" });
    this.root = el("div", { class: "ib" }, this.line.root, this.place);
    root.replaceChildren(this.root);
    this.offs = [
      context.events.on("hello", () => this.#again()),
      context.events.on("reset", () => this.#again()),
      context.events.on("ping", () => this.#alive()),
      ...["state", "message", "read", "typing", "contact", "asked", "reply_withdrawn"].map((kind) => context.events.on(kind, (data) => this.#hear(kind, data))),
      context.shortcuts([
        { keys: "j", label: "inbox.keys.next", run: () => this.line.move(1) },
        { keys: "k", label: "inbox.keys.previous", run: () => this.line.move(-1) },
        { keys: "n", label: "inbox.keys.longest", run: () => this.line.first() },
        { keys: "t", label: "inbox.keys.take", run: () => this.thread?.take() },
        { keys: "r", label: "inbox.keys.reply", run: () => this.thread?.focus() },
        { keys: "s", label: "inbox.keys.suggest", run: () => this.thread?.suggest() },
        { keys: "b", label: "inbox.keys.give_back", run: () => this.thread?.giveBack() },
        { keys: "x", label: "inbox.keys.close", run: () => this.thread?.close() },
        { keys: "Escape", label: "", run: () => document.activeElement?.blur() },
      ]),
    ];
    this.#alive();
  }

  async show(id) {
    await this.line.ready;
    this.line.mark(id);
    this.root.classList.toggle("open", Boolean(id));
    if (!id) {
      this.thread?.leave();
      this.thread = null;
      this.place.replaceChildren(said("p", { class: "empty" }, "inbox.choose"));
      return;
    }
    if (this.thread?.id === id) return;
    this.thread?.leave();
    this.thread = new Thread(id, this.context, this.line);
    this.place.replaceChildren(this.thread.root);
    await this.thread.load();
  }

  leave() {
    for (const off of this.offs) off();
    this.line.leave();
    this.thread?.leave();
  }

  #hear(kind, data) {
    this.line.hear(kind, data);
    if (data.conversation_id === this.thread?.id) this.thread.hear(kind, data);
    if (kind === "asked" && data.owner_id === this.context.account.id) this.thread?.asked(data);
  }

  #again() {
    this.line.load();
    this.thread?.load();
    this.#alive();
  }

  // The answer to the server's ping: this browser lives, and keeps its conversations.
  #alive() {
    if (this.context.may("agent")) this.context.api("/desk/heartbeat", { method: "POST" }).catch(() => {});
  }
}

export async function show(root, path, context) {
  inbox ??= new Inbox(root, context);
  await inbox.show(path[0] ?? null);
}

export function hide() {
  inbox?.leave();
  inbox = null;
}

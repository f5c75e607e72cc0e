// The tab Conversations: the list beside one conversation; on a phone one of the two.

import { el } from "../dom.js";
import { ListPane } from "./conversations/list.js";
import { OpenedPane } from "./conversations/opened.js";

let list = null;
let opened = null;
let frame = null;
let offs = [];
let last = null; // context of the latest show

export async function show(root, path, context) {
  last = context;
  if (!frame) begin(root, context);
  const id = path[0] ?? "";
  frame.classList.toggle("has-opened", Boolean(id));
  const listed = list.show(context.query, id);
  if (id) await opened.show(id);
  else opened.clear();
  await listed;
}

export function hide() {
  for (const off of offs) off();
  list?.close();
  opened?.clear();
  list = opened = frame = null;
  offs = [];
}

function begin(root, context) {
  list = new ListPane(context, { open: go });
  opened = new OpenedPane(context, {
    close: () => go(""),
    changed: () => list.renew(),
    read: (id, unread) => list.mark(id, unread),
  });
  frame = el("div", { class: "cv" }, list.root, opened.root);
  root.replaceChildren(frame);
  offs.push(context.shortcuts([
    { keys: "j", label: "staff.talk.keys.next", run: () => step(1) },
    { keys: "k", label: "staff.talk.keys.previous", run: () => step(-1) },
    { keys: "ArrowDown", run: () => step(1) },
    { keys: "ArrowUp", run: () => step(-1) },
    { keys: "Enter", label: "staff.talk.keys.open", run: () => list.marked && go(list.marked) },
    { keys: "/", label: "staff.talk.keys.search", run: () => list.focusSearch() },
    { keys: "f", label: "staff.talk.keys.filter", run: () => list.toggleFilters() },
    { keys: "Escape", label: "staff.talk.keys.back", run: () => back() },
    { keys: "u", label: "staff.talk.unread", run: () => opened.id && opened.markUnread() },
    { keys: "n", label: "staff.talk.note_add", run: () => opened.focusNote() },
    { keys: "t", label: "staff.talk.tag_add", run: () => opened.focusTag() },
    { keys: "d", label: "staff.talk.trace", run: () => opened.toggleTraces() },
  ]));
  for (const kind of ["message", "state", "changed"])
    offs.push(context.events.on(kind, (data) => {
      list.somethingNew();
      if (data.conversation_id && data.conversation_id === opened.id) opened.renew();
    }));
}

// With a conversation open, the next one opens; else the mark moves.
function step(by) {
  const next = list.move(by);
  if (next && opened.id) go(next);
}

function back() {
  if (document.activeElement && document.activeElement !== document.body && document.activeElement.matches("input, textarea, select")) document.activeElement.blur();
  else if (opened.id) go("");
}

function go(id) {
  const query = list.address();
  last.navigate(`/conversations${id ? `/${id}` : ""}${query ? `?${query}` : ""}`);
}


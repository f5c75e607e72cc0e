// The tab Knowledge: what is published, where it comes from, and what a search makes of it.

import { el } from "../dom.js";
import { say } from "../language.js";
import { showDocuments } from "./knowledge/documents.js";
import { showOverview } from "./knowledge/overview.js";
import { showSearch } from "./knowledge/search.js";
import { showUpload } from "./knowledge/upload.js";
import { showVersions } from "./knowledge/versions.js";

const PLACES = { overview: showOverview, documents: showDocuments, versions: showVersions, search: showSearch, upload: showUpload };
let leave = null;

export async function show(root, path, context) {
  leave?.();
  leave = null;
  const here = PLACES[path[0]] && (path[0] !== "upload" || context.may("admin")) ? path[0] : "overview";
  const body = el("div", { class: "kn-body stack" });
  root.replaceChildren(
    el("header", { class: "spread kn-head" }, el("h1", null, say("staff.tab.knowledge")), places(here, context)),
    body);
  leave = (await PLACES[here](body, path.slice(1), context)) ?? null;
}

export function hide() {
  leave?.();
  leave = null;
}

const places = (here, context) =>
  el("nav", { class: "row", "aria-label": say("staff.tab.knowledge") },
    Object.keys(PLACES).filter((name) => name !== "upload" || context.may("admin")).map((name) =>
      el("a", { class: `button small ${name === "upload" ? "primary" : ""}`, href: `#/knowledge/${name}`, "aria-pressed": String(here === name) }, say(`staff.knowledge.place.${name}`))));

// Upload: files by drag and drop or by choice, a dry run, then publishing.

import { el } from "../../dom.js";
import { said, say } from "../../language.js";
import { icon } from "../icons.js";
import { progressBar } from "../job.js";
import { counts, duplicates, failures, live } from "./parts.js";

export async function showUpload(root, _path, context) {
  const upload = new Upload(root, context);
  upload.paint();
  return () => upload.leave();
}

class Upload {
  constructor(root, context) {
    Object.assign(this, { root, context, id: null, files: new Map(), published: false });
  }

  // Files that were brought and not published are of no use to anybody.
  leave() {
    if (this.id && !this.published) this.context.api(`/knowledge/uploads/${this.id}`, { method: "DELETE" }).catch(() => {});
  }

  paint() {
    const picker = el("input", { type: "file", multiple: true, hidden: true, onchange: () => this.#bring([...picker.files].map((file) => [file.name, file])) });
    this.zone = el("div", { class: "kn-zone", tabindex: "0", role: "button", "aria-label": say("staff.knowledge.drop") },
      icon("save"), said("strong", null, "staff.knowledge.drop"), said("span", { class: "soft" }, "staff.knowledge.drop.kinds"), picker);
    this.zone.addEventListener("click", () => picker.click());
    this.zone.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); picker.click(); } });
    for (const kind of ["dragenter", "dragover"]) this.zone.addEventListener(kind, (event) => { event.preventDefault(); this.zone.classList.add("over"); });
    for (const kind of ["dragleave", "drop"]) this.zone.addEventListener(kind, () => this.zone.classList.remove("over"));
    this.zone.addEventListener("drop", async (event) => { event.preventDefault(); this.#bring(await dropped(event.dataTransfer)); });
    this.list = el("ul", { class: "kn-files" });
    this.bar = progressBar(this.context);
    this.report = el("div", { class: "stack" });
    this.root.replaceChildren(this.zone, this.list, this.bar.root, this.report);
  }

  async #bring(files) {
    try {
      this.id ??= (await this.context.api("/knowledge/uploads", { method: "POST" })).id;
    } catch (problem) {
      return this.context.showProblem(problem);
    }
    this.report.replaceChildren();
    for (const [name, file] of files) await this.#send(name, file);
    if ([...this.files.values()].some((one) => one.ok)) await this.#check();
  }

  async #send(name, file) {
    const line = el("li", { class: "spread" });
    this.files.get(name)?.line.remove();
    this.files.set(name, { line, ok: false });
    this.list.append(line);
    line.replaceChildren(el("span", { class: "mono cut" }, name), said("span", { class: "soft" }, "staff.knowledge.sending"));
    try {
      const kept = await this.context.api(this.#address(name), { method: "PUT", body: file });
      this.files.get(name).ok = true;
      line.replaceChildren(el("span", { class: "mono cut" }, kept.name), el("span", { class: "row" }, el("small", { class: "soft" }, size(kept.size)),
        said("button", { type: "button", class: "button small", onclick: () => this.#remove(name) }, "staff.knowledge.remove")));
    } catch (problem) {
      line.replaceChildren(el("span", { class: "mono cut" }, name), el("span", { class: "kn-refused" }, problem.message));
    }
  }

  async #remove(name) {
    try {
      await this.context.api(this.#address(name), { method: "DELETE" });
    } catch (problem) {
      return this.context.showProblem(problem);
    }
    this.files.get(name).line.remove();
    this.files.delete(name);
    if ([...this.files.values()].some((one) => one.ok)) await this.#check();
    else this.report.replaceChildren();
  }

  #address(name) {
    return `/knowledge/uploads/${this.id}/files/${name.split("/").map(encodeURIComponent).join("/")}`;
  }

  async #check() {
    try {
      const report = await this.bar.watch(this.context.api(`/knowledge/uploads/${this.id}/check`, { method: "POST", body: { shop: this.context.shop } }));
      this.#show(report, "staff.knowledge.dry_run", this.#publishing(report));
    } catch (problem) {
      this.context.showProblem(problem);
    }
  }

  #publishing(report) {
    const { added, changed, removed } = report.counts;
    const something = added + changed + removed + report.orders + report.customers > 0;
    if (!something) return said("p", { class: "soft" }, "staff.knowledge.nothing_new");
    const button = said("button", { type: "button", class: "button primary", onclick: async () => {
      button.disabled = true;
      try {
        const done = await this.bar.watch(this.context.api(`/knowledge/uploads/${this.id}/publish`, { method: "POST", body: { shop: this.context.shop } }));
        this.published = true;
        this.list.replaceChildren();
        this.files.clear();
        this.id = null;
        this.#show(done, "staff.knowledge.published", el("a", { class: "button", href: "#/knowledge/versions" }, say("staff.knowledge.place.versions")));
      } catch (problem) {
        button.disabled = false;
        this.context.showProblem(problem);
      }
    } }, "staff.knowledge.publish");
    return button;
  }

  #show(report, title, act) {
    this.report.replaceChildren(...[
      el("section", { class: "card stack" }, el("h2", null, say(title, { version: report.version ?? "" })), counts(report), live(report),
        report.failed.length ? el("div", { class: "stack" }, el("p", { class: "st-problem" }, say("staff.knowledge.bad", { count: report.failed.length })), failures(report.failed)) : null,
        report.duplicates.length ? el("details", null, el("summary", null, say("staff.knowledge.duplicates")), duplicates(report.duplicates)) : null,
        el("div", { class: "row" }, act)),
    ]);
  }
}

const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

// The files of a drop with their names; of a dropped folder, relative to it.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => [file.name, file]);
  return (await Promise.all(entries.map((entry) => (entry.isFile ? opened(entry, "") : inside(entry, ""))))).flat();
}

async function opened(entry, folder) {
  if (entry.name.startsWith(".")) return [];
  if (entry.isDirectory) return inside(entry, `${folder}${entry.name}/`);
  return [[folder + entry.name, await new Promise((resolve, reject) => entry.file(resolve, reject))]];
}

async function inside(directory, folder) {
  const reader = directory.createReader();
  const entries = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    entries.push(...some);
  }
  return (await Promise.all(entries.map((entry) => opened(entry, folder)))).flat();
}

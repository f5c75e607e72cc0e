// Watches long work that the server does, in a bar that shows how far it is.

import { el } from "../dom.js";
import { say } from "../language.js";

const PAUSE_MS = 400;

// A bar to put into the page, and `watch(job)`, which resolves to the job's result or throws its problem.
export function progressBar(context) {
  const words = el("span", { class: "soft" });
  const bar = el("progress", { class: "st-progress", max: "1" });
  const root = el("div", { class: "st-job", role: "status", hidden: true }, words, bar);

  function show(job) {
    words.textContent = say(`staff.job.${job.stage || "waiting"}`) + (job.total > 1 ? ` ${job.done} / ${job.total}` : "");
    if (job.total > 1) bar.value = job.done / job.total;
    else bar.removeAttribute("value");
  }

  async function watch(started) {
    let job = await started;
    root.hidden = false;
    try {
      while (job.state === "running") {
        show(job);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        job = await context.api(`/jobs/${job.id}`);
      }
    } finally {
      root.hidden = true;
    }
    if (job.state === "failed") throw Object.assign(new Error(job.problem), { status: 0 });
    return job.result;
  }

  return { root, watch };
}

// The tab Teach: what staff teach the bot, from draft to publication, and what they said of its replies.

import { Editor } from "./teach/editor.js";
import { showLesson } from "./teach/lesson.js";
import { showLessons } from "./teach/list.js";
import { showVerdicts } from "./teach/verdicts.js";

let editor = null;

export async function show(root, path, context) {
  editor?.leave();
  editor = null;
  const [place, id] = path;
  if (place === "new" || place === "edit") {
    editor = new Editor(context);
    await editor.open(root, place === "edit" ? id : null);
  } else if (place === "lesson" && id) await showLesson(root, id, context);
  else if (place === "verdicts") await showVerdicts(root, context);
  else await showLessons(root, context);
}

export function hide() {
  editor?.leave();
  editor = null;
}

// A page of ours shows at once and moves into Gradio's column when that is there; it lies over the window all the time.

export function hostIn(id, root) {
  document.body.append(root);
  const watch = new MutationObserver(() => moved(id, root) && watch.disconnect());
  watch.observe(document.body, { childList: true, subtree: true });
}

function moved(id, root) {
  const home = document.getElementById(id);
  if (!home) return false;
  if (home.moveBefore) home.moveBefore(root, null); // keeps focus and typing
  else {
    const focused = document.activeElement;
    home.append(root);
    focused?.focus();
  }
  return true;
}

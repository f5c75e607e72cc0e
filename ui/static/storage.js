// Remembers things in this browser; where storage is refused (a strict frame), it remembers until the page closes and
// keeps the visit in the address fragment, which no server sees. In the widget the shop's page keeps everything.

import { host } from "./host.js";

const PREFIX = "shopclerk.";
const fallback = new Map();

export function recall(name) {
  if (host) return host.recall(name);
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return fallback.get(name) ?? null;
  }
}

export function remember(name, value) {
  if (host) return host.remember(name, value);
  fallback.set(name, value);
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
    return true;
  } catch {
    return false;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// The conversation this browser is in: {id, token, refresh, until}, or null.
export function recallVisit(shop) {
  const fragment = new URLSearchParams(location.hash.slice(1));
  if (!host && fragment.has("conversation") && fragment.has("token"))
    return { id: fragment.get("conversation"), token: fragment.get("token"), refresh: fragment.get("refresh"), until: Number(fragment.get("until")) };
  return parse(recall(`visit.${shop}`));
}

// The token of the visit before this one, which tells the shop's server that somebody came back.
export const recallBefore = (shop) => recall(`before.${shop}`);

export function rememberVisit(shop, visit) {
  if (visit) remember(`before.${shop}`, visit.token);
  const kept = remember(`visit.${shop}`, visit && JSON.stringify(visit));
  const inAddress = new URLSearchParams(location.hash.slice(1)).has("token");
  if (kept && !inAddress) return;
  const fragment = visit ? `#${new URLSearchParams({ conversation: visit.id, token: visit.token, refresh: visit.refresh, until: visit.until })}` : "";
  history.replaceState(null, "", location.pathname + location.search + fragment);
}

// What was typed and not taken yet: {id, text}. Before it had ids it held texts.
export const recallOutbox = (shop) => (parse(recall(`outbox.${shop}`)) ?? []).map((one) => (typeof one === "string" ? { id: newId(), text: one } : one));

export const rememberOutbox = (shop, letters) => remember(`outbox.${shop}`, letters.length ? JSON.stringify(letters) : null);

// An id for a message: sent again under the same id, it is stored once.
export const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// Calls under /api/staff, with the session's cookie and, for changes, its CSRF token.

import { language, say } from "../language.js";
import { Problem } from "../server.js";

const PREFIX = "/api/staff";
let csrf = null;
let signedOut = () => {};

export const setCsrf = (token) => { csrf = token; };
// What to do when the session has ended.
export const onSignedOut = (act) => { signedOut = act; };

export const addressOf = (path) => PREFIX + path;

async function problemFrom(response) {
  const problem = await response.json().catch(() => ({}));
  return new Problem(response.status, String(problem.type ?? "").split(":").at(-1), problem.detail || problem.title || "");
}

function request(path, { method = "GET", body, headers = {}, signal } = {}) {
  const raw = body instanceof FormData || body instanceof Blob;
  const sent = { "Accept-Language": language(), Accept: "application/json", ...headers };
  if (body !== undefined && !raw) sent["Content-Type"] = "application/json";
  if (method !== "GET" && csrf) sent["X-Csrf-Token"] = csrf;
  return fetch(addressOf(path), { method, signal, headers: sent, credentials: "same-origin", body: body === undefined || raw ? body : JSON.stringify(body) });
}

// The parsed JSON, or null when there is none; throws a Problem {status, code, message}.
export async function api(path, options = {}) {
  const response = await request(path, options).catch((error) => {
    // The browser's own words for a lost connection are for nobody's eyes.
    throw error.name === "AbortError" ? error : new Problem(0, "lost", say("problem.lost"));
  });
  if (!response.ok) {
    const problem = await problemFrom(response);
    if (response.status === 401 && !options.quiet) signedOut();
    throw problem;
  }
  const kind = response.headers.get("content-type") ?? "";
  if (response.status === 204) return null;
  return kind.includes("json") ? response.json() : response;
}

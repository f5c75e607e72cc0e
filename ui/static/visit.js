// A visit: the conversation that a browser is in, {id, token, refresh, until}. Its token is good for an hour; the other
// one renews it, and is good once.

import { language } from "./language.js";
import { post } from "./server.js";
import { recallBefore, recallVisit } from "./storage.js";

const CONVERSATIONS = "/api/v1/conversations";
const SOON_MS = 60_000;

const visitOf = ({ id, token, refresh, expires_in }) => ({ id, token, refresh, until: Date.now() + 1000 * expires_in });

const isFresh = (visit) => visit.until - Date.now() > SOON_MS;

export const begin = async (shop, spoken) => visitOf(await post(CONVERSATIONS, { language: spoken, body: { shop, language: spoken, before: recallBefore(shop) } }));

// The visit with a token that is good for a while; as it is where it cannot be renewed, for the server to refuse.
export async function renewed(visit, shop) {
  if (!visit?.refresh || isFresh(visit)) return visit;
  const newest = recallVisit(shop); // another window may have renewed it
  const latest = newest?.id === visit.id ? newest : visit;
  if (isFresh(latest)) return latest;
  try {
    return visitOf(await post(`${CONVERSATIONS}/${visit.id}/token`, { language: language(), body: { refresh: latest.refresh } }));
  } catch {
    return visit;
  }
}

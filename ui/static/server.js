// Talks to the shop's server: plain calls, and answers that stream.

export class Problem extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

const codeOf = (problem) => String(problem.type ?? "").split(":").at(-1);

async function problemFrom(response) {
  const problem = await response.json().catch(() => ({}));
  return new Problem(response.status, codeOf(problem), problem.detail ?? "");
}

function headers(token, language, accept, lastEventId) {
  const made = { "Content-Type": "application/json", "Accept-Language": language, Accept: accept };
  if (token) made.Authorization = `Bearer ${token}`;
  if (lastEventId) made["Last-Event-ID"] = String(lastEventId);
  return made;
}

async function call(method, path, { token, language, body, signal, lastEventId, accept = "application/json" }) {
  const response = await fetch(path, {
    method,
    signal,
    credentials: "omit",
    headers: headers(typeof token === "function" ? await token() : token, language, accept, lastEventId),
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok) throw await problemFrom(response);
  return response;
}

export const post = async (path, options) => {
  const response = await call("POST", path, options);
  return response.status === 204 ? null : response.json();
};

export const get = async (path, options) => (await call("GET", path, options)).json();

export const remove = async (path, options) => (await call("DELETE", path, options)).json();

// Yields {name, data} for each event of the answer.
export const ask = (path, options) => stream("POST", path, options);

// Yields {name, data, id} for each event as it happens; `lastEventId` of the options is the last one heard.
export const listen = (path, options) => stream("GET", path, options);

async function* stream(method, path, options) {
  const response = await call(method, path, { ...options, accept: "text/event-stream" });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += value;
      const blocks = rest.split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const event = readEvent(block);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function readEvent(block) {
  let name = "";
  let data = "";
  let id = null;
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) name = line.slice(7);
    if (line.startsWith("data: ")) data += line.slice(6);
    if (line.startsWith("id: ")) id = line.slice(4);
  }
  if (!name) return null;
  const read = JSON.parse(data);
  if (name === "error") throw new Problem(read.status, codeOf(read), read.detail);
  return { name, data: read, id };
}

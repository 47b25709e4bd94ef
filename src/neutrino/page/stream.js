// The stream of events: server-sent events over fetch, which can send a token in a header. It comes back by itself.

import { Session } from "./session.js";

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8000;
const LONGEST_SILENCE_MS = 40000; // the API says something every 15 s

/** @typedef {{id: string, event: string, data: string}} Message */

/**
 * Follow the stream until *signal* is aborted.
 * @param {Session} session
 * @param {(event: string, content: any) => void} heard
 * @param {(state: "live" | "away") => void} became
 * @param {AbortSignal} signal
 */
export async function follow(session, heard, became, signal) {
  let last = "";
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    const silence = new AbortController();
    const stop = () => silence.abort();
    signal.addEventListener("abort", stop);
    let timer = setTimeout(stop, LONGEST_SILENCE_MS);
    try {
      const headers = session.headers();
      if (last) headers["Last-Event-ID"] = last;
      const answer = await fetch("/events", { headers, signal: silence.signal, cache: "no-store" });
      if (answer.status === 401) return session.lost();
      if (!answer.ok || !answer.body) throw new Error(`the API answered ${answer.status}`);
      became("live");
      for await (const message of messages(answer.body)) {
        clearTimeout(timer);
        timer = setTimeout(stop, LONGEST_SILENCE_MS);
        wait = FIRST_WAIT_MS;
        if (message.event === "unauthenticated") return session.lost();
        if (!message.data) continue;
        heard(message.event, JSON.parse(message.data));
        last = message.id || last;
      }
    } catch {
      // What ended it does not matter: the API, the machine between, or silence. It is tried again.
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
    if (signal.aborted) return;
    became("away");
    await new Promise((done) => setTimeout(done, wait));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

/**
 * Yield the messages of a stream; one without data is a sign of life.
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<Message>}
 */
async function* messages(body) {
  const reader = body.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) yield message(block);
  }
}

/**
 * @param {string} block
 * @returns {Message}
 */
function message(block) {
  const out = { id: "", event: "", data: "" };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") out.data += value;
    else if (name === "id" || name === "event") out[name] = value;
  }
  return out;
}

// Who is here, and requests to the API in their name. The token lives as long as the tab, in no URL and no cookie.

const KEY = "neutrino.session";

/** @typedef {{token: string, expires_at: string, user: string, project: {id: string, name: string}, roles: string[]}} Who */

/** The API refused; the message is the API's own. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class Session {
  constructor() {
    /** @type {Who | null} */
    this.who = null;
    /** Whether there is somebody who follows packets. */
    this.traces = false;
    /** @type {() => void} */
    this.onlost = () => {};
  }

  /** Find out whether the API wants a log-in, and whether there was one already. Return whether one is needed now. */
  async begin() {
    const { auth, traces } = await (await fetch("/page/login")).json();
    this.traces = traces;
    if (auth === "noauth") return false;
    const kept = sessionStorage.getItem(KEY);
    if (kept) this.who = JSON.parse(kept);
    if (this.who && Date.parse(this.who.expires_at) < Date.now()) this.leave();
    return this.who === null;
  }

  /**
   * Log in at Keystone, through the API.
   * @param {Record<string, string>} typed
   */
  async enter(typed) {
    const answer = await fetch("/page/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(typed),
    });
    if (answer.status === 401) throw new Refused(401, "Keystone knows no such user, password and project.");
    if (!answer.ok) throw await refusal(answer);
    this.who = /** @type {Who} */ (await answer.json());
    sessionStorage.setItem(KEY, JSON.stringify(this.who));
  }

  leave() {
    this.who = null;
    sessionStorage.removeItem(KEY);
  }

  /** The token ended: whoever is here must log in again. */
  lost() {
    if (!this.who) return;
    this.leave();
    this.onlost();
  }

  /** Whether whoever is here is an administrator; without log-in everybody is. */
  isAdmin() {
    return this.who === null || this.who.roles.includes("admin");
  }

  /** @returns {Record<string, string>} */
  headers() {
    return this.who ? { "X-Auth-Token": this.who.token } : {};
  }

  /**
   * Send a request and return what is in the answer; null for none.
   * @param {string} method
   * @param {string} path below /v2.0/, or from the root
   * @param {unknown} [body]
   * @returns {Promise<any>}
   */
  async send(method, path, body) {
    const headers = this.headers();
    headers.Accept = "application/json";
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const url = path.startsWith("/") ? path : `/v2.0/${path}`;
    const answer = await fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    if (answer.status === 401) this.lost();
    if (!answer.ok) throw await refusal(answer);
    return answer.status === 204 ? null : answer.json();
  }
}

/** @param {Response} answer */
async function refusal(answer) {
  try {
    const [fault] = Object.values(await answer.json());
    return new Refused(answer.status, fault.message);
  } catch {
    return new Refused(answer.status, `The API answered ${answer.status}.`);
  }
}

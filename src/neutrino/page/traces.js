// A packet's way: asked for in a form, told as a list of hops, and drawn in the picture by wires.js.

import { addressOf, byWords, Cloud, isOwn, label } from "./cloud.js";
import { ask } from "./dialog.js";
import { byId, fill, h } from "./dom.js";
import { Session } from "./session.js";

/** @typedef {import("./cloud.js").Resource} Resource */
/** @typedef {{table: number, match: string, priority: number, flow: string}} Rule */
/**
 * @typedef {{kind: string, table: number, stage: string, priority: number, flow: string, match: string, then: string,
 *   rule: string, is_decisive: boolean, is_end: boolean, openflow: Rule[]}} Flow
 * @typedef {{kind: "port" | "network" | "router" | "switch" | "outside" | "packet", id: string, name: string, says: string,
 *   flows: Flow[], is_end: boolean, meant_for: string, tunnel_to: string}} Hop
 * @typedef {{verdict: {outcome: string, where: string, sentence: string, rule: string}, hops: Hop[]}} Answer
 * @typedef {{source: string, target: string, packet: string}} Question
 * @typedef {{number: number, id: string, isEnd: boolean, kind: Hop["kind"]}} Drawn
 * @typedef {{hops: Drawn[], hosts: string[], arrives: boolean}} Way
 */

const COLLECTIONS = /** @type {const} */ ({ port: "ports", network: "networks", router: "routers" });
const OUTCOMES = /** @type {Record<string, string>} */ ({ arrives: "up", leaves: "up", dropped: "fault", lost: "fault" });
const KINDS = /** @type {Record<string, string>} */ ({ switch: "switch of", packet: "real packet" });
const OUTSIDE = "outside";

export class Traces {
  /**
   * @param {Cloud} cloud
   * @param {Session} session
   * @param {(collection: import("./cloud.js").Collection, id: string) => void} chosen
   * @param {() => void} changed
   */
  constructor(cloud, session, chosen, changed) {
    this._cloud = cloud;
    this._session = session;
    this._chosen = chosen;
    this._changed = changed;
    this._panel = byId("trace");
    /** @type {{source: string, target: string, address: string, protocol: string, port: string}} what was asked last */
    this._typed = { source: "", target: "", address: "", protocol: "icmp", port: "80" };
    /** @type {Question | null} */
    this._question = null;
    /** @type {Way | null} what is to be drawn in the picture */
    this.way = null;
  }

  /** Whether a packet of *port* can be followed. @param {Resource} port */
  isFor(port) {
    return this._session.traces && this._session.isAdmin() && !isOwn(port) && Boolean(port["binding:host_id"] && addressOf(port));
  }

  /** Ports from which a packet can be followed, by name. */
  sources() {
    return [...this._cloud.all.ports.values()].filter((port) => this.isFor(port)).sort((a, b) => byWords(label(a), label(b)));
  }

  /** Ask for a packet, beginning at *source*. @param {string} source the id of a port, or nothing */
  async ask(source) {
    const from = this.sources().map((port) => ({ value: port.id, label: `${label(port)} ${addressOf(port)}` }));
    const last = this._typed;
    const first = [source, last.source].find((id) => from.some(({ value }) => value === id)) ?? from[0]?.value ?? "";
    const targets = this._targets();
    const isKnown = targets.some(({ value }) => value === last.target && value !== first);
    await ask({
      title: "Trace a packet",
      fields: [
        { name: "source", label: "From", type: "select", options: from, value: first },
        { name: "target", label: "To", type: "select", options: targets, value: isKnown ? last.target : targets.find(({ value }) => value !== first)?.value },
        { name: "address", label: "or to an address", value: last.address, hint: "10.0.0.50" },
        { name: "protocol", label: "Packet", type: "select", options: ["icmp", "tcp", "udp"].map((one) => ({ value: one, label: one === "icmp" ? "icmp (ping)" : one })), value: last.protocol },
        { name: "port", label: "to the port (tcp, udp)", value: last.port },
      ],
      button: "Trace",
      work: async ({ source = "", target = "", address = "", protocol = "", port = "" }) => {
        this._typed = { source, target, address, protocol, port };
        await this._trace({ source, target: address || target, packet: protocol === "icmp" ? protocol : `${protocol}/${port}` });
      },
    });
    if (this.way) this._panel.focus();
  }

  /** Show the trace again, where there is one. */
  show() {
    this._panel.hidden = this.way === null;
  }

  hide() {
    this._panel.hidden = true;
  }

  close() {
    this.way = null;
    this.hide();
    this._changed();
  }

  /** @param {Question} question */
  async _trace(question) {
    const answer = /** @type {Answer} */ (await this._session.send("POST", "/trace", question));
    this._question = question;
    this.way = this._way(question, answer);
    this._fill(question, answer);
    byId("details").hidden = true;
    this.show();
    this._changed();
  }

  async _again() {
    if (!this._question) return;
    try {
      await this._trace(this._question);
    } catch (refusal) {
      fill(byId("trace-verdict"), [refusal instanceof Error ? refusal.message : String(refusal)]);
    }
  }

  /** Where a packet may go: instances, what has an outside address, and outside. */
  _targets() {
    const out = [];
    for (const port of this._cloud.all.ports.values()) {
      if (!isOwn(port) && addressOf(port)) out.push({ value: port.id, label: `${label(port)} ${addressOf(port)}` });
    }
    for (const one of this._cloud.all.floatingips.values()) {
      const port = this._cloud.all.ports.get(one.port_id);
      if (port) out.push({ value: one.floating_ip_address, label: `${label(port)} by ${one.floating_ip_address}` });
    }
    out.sort((a, b) => byWords(a.label, b.label));
    if (this._cloud.outer().length) out.push({ value: OUTSIDE, label: "outside" });
    return out;
  }

  /** @param {Question} question @param {Answer} answer @returns {Way} */
  _way(question, { verdict, hops }) {
    /** @type {Drawn[]} */
    const drawn = [];
    for (const [index, hop] of hops.entries()) {
      const one = { number: index + 1, id: hop.id, isEnd: hop.is_end, kind: hop.kind };
      const before = drawn[drawn.length - 1];
      // Outside is no resource: what happens there is drawn at the network that leads there.
      if (hop.kind === "outside" && before) drawn.push({ ...before, number: one.number, isEnd: hop.is_end });
      else if (hop.meant_for) drawn.push({ ...one, isEnd: false }, { ...one, id: hop.meant_for, kind: "port" });
      else if (hop.kind in COLLECTIONS) drawn.push(one);
    }
    const switches = hops.filter((hop) => hop.kind === "switch");
    const hosts = switches.flatMap((hop) => [hop.id, hop.tunnel_to]).filter(Boolean);
    if (!drawn.length) drawn.push({ number: 1, id: question.source, isEnd: true, kind: "port" });
    return { hops: drawn, hosts, arrives: OUTCOMES[verdict.outcome] === "up" };
  }

  /** @param {Question} question @param {Answer} answer */
  _fill(question, { verdict, hops }) {
    const state = OUTCOMES[verdict.outcome] ?? "down";
    const now = new Date().toLocaleTimeString();
    fill(this._panel, [
      h("div", { class: "top" },
        h("h2", {}, `Trace of ${question.packet}`),
        h("button", { type: "button", "aria-label": "Close", onclick: () => this.close() }, "✕")),
      h("p", { class: `sort ${state}` }, h("i", { class: "lamp" }), `${verdict.outcome}, asked at ${now}`),
      h("p", { id: "trace-verdict", class: `verdict ${state}`, role: "status" }, `${verdict.sentence}.`),
      h("ol", { class: "hops" }, ...hops.map((hop, index) => this._hop(hop, state === "up" && index === hops.length - 1))),
      h("div", { class: "actions" },
        h("button", { type: "button", onclick: () => void this._again() }, "Again"),
        h("button", { type: "button", onclick: () => void this.ask(question.source) }, "Another packet")),
    ]);
    this._panel.scrollTop = 0;
  }

  /** @param {Hop} hop @param {boolean} isArrival */
  _hop(hop, isArrival) {
    const decisive = hop.flows.filter((flow) => flow.is_decisive || flow.is_end);
    const rest = hop.flows.length - decisive.length;
    const all = rest > 0 && h("details", {},
      h("summary", {}, `All ${hop.flows.length} logical flows`), h("ul", { class: "flows" }, ...hop.flows.map(flowItem)));
    return h("li", { class: hop.is_end ? "end" : isArrival ? "arrival" : "" },
      h("p", { class: "place" }, h("span", { class: "kind" }, KINDS[hop.kind] ?? hop.kind), " ", this._place(hop)),
      h("p", { class: "says" }, hop.says),
      decisive.length ? h("ul", { class: "flows" }, ...decisive.map(flowItem)) : null,
      all);
  }

  /** @param {Hop} hop */
  _place(hop) {
    if (hop.kind === "outside" || hop.kind === "packet") return h("b", {}, hop.name);
    const host = hop.kind === "switch" ? this._cloud.hosts().find((one) => one.name === hop.id)?.agent : null;
    if (hop.kind === "switch") return host ? this._link("agents", host.id, hop.name) : h("b", {}, hop.name);
    const collection = COLLECTIONS[hop.kind];
    return this._cloud.all[collection].has(hop.id) ? this._link(collection, hop.id, hop.name) : h("b", {}, hop.name);
  }

  /** @param {import("./cloud.js").Collection} collection @param {string} id @param {string} name */
  _link(collection, id, name) {
    return h("button", { type: "button", class: "link", onclick: () => this._chosen(collection, id) }, name);
  }
}

/** @param {Flow} flow */
function flowItem(flow) {
  const rule = flow.rule && (flow.rule.includes("-") ? `security group rule ${flow.rule.slice(0, 8)}` : "no rule lets it through");
  const openflow = flow.openflow.map((one) => `table ${one.table}, priority ${one.priority}\n  ${one.match}`).join("\n");
  const tables = [...new Set(flow.openflow.map((one) => one.table))].join(", ");
  return h("li", { class: flow.is_end ? "end" : "" },
    h("p", { class: "stage" }, `${flow.stage} `, h("span", { class: "id" }, flow.flow), rule ? h("span", { class: "rule" }, rule) : null),
    h("code", {}, flow.match === "1" ? "any packet" : flow.match),
    h("p", { class: "then" }, `→ ${flow.then}`),
    openflow ? h("details", {}, h("summary", {}, `OpenFlow table ${tables}`), h("pre", { tabindex: 0 }, openflow)) : null);
}

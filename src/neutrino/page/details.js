// The details of one resource: what the API says of it, what belongs to it, and what can be done.

import { addressOf, Cloud, gatewayOf, isOwn, isRouterInterface, label, SINGULAR, stateOf } from "./cloud.js";
import { byId, fill, h } from "./dom.js";
import { Forms } from "./forms.js";
import { Session } from "./session.js";
import { Traces } from "./traces.js";

/** @typedef {import("./cloud.js").Resource} Resource */
/** @typedef {import("./cloud.js").Collection} Collection */

const WORDS = { networks: "network", subnets: "subnet", routers: "router", ports: "port", floatingips: "floating IP", agents: "host" };
/** @type {Record<string, string>} by attribute: to which collection its ids belong */
const REFERS = { network_id: "networks", floating_network_id: "networks", port_id: "ports", router_id: "routers", subnet_id: "subnets" };
/** @type {Record<Collection, string[]>} what is worth a look, in this order; the rest is in "As the API says it" */
const FACTS = {
  networks: ["mtu", "shared", "router:external", "provider:network_type", "provider:physical_network", "provider:segmentation_id"],
  subnets: ["cidr", "gateway_ip", "enable_dhcp"],
  routers: ["distributed", "ha", "enable_snat", "routes", "availability_zones"],
  ports: [
    ...["network_id", "fixed_ips", "mac_address", "binding:host_id", "device_owner", "device_id", "security_groups"],
    ...["allowed_address_pairs", "qos_policy_id"],
  ],
  floatingips: ["floating_ip_address", "fixed_ip_address", "port_id", "router_id", "floating_network_id"],
  agents: ["agent_type", "availability_zone", "heartbeat_timestamp", "configurations"],
};
const ALWAYS = ["description", "tags", "id", "project_id", "updated_at"];

export class Details {
  /**
   * @param {Cloud} cloud
   * @param {Session} session
   * @param {Forms} forms
   * @param {Traces} traces
   * @param {(collection: Collection, id: string) => void} chosen
   * @param {() => void} closed
   */
  constructor(cloud, session, forms, traces, chosen, closed) {
    this._cloud = cloud;
    this._session = session;
    this._forms = forms;
    this._traces = traces;
    this._chosen = chosen;
    this._closed = closed;
    this._panel = byId("details");
    /** @type {Collection | ""} */
    this.collection = "";
    this.id = "";
    this._sign = "";
    /** @type {Set<string>} */
    this._open = new Set();
  }

  /** @param {Collection} collection @param {string} id */
  open(collection, id) {
    [this.collection, this.id, this._sign] = [collection, id, ""];
    this.draw();
  }

  close() {
    if (!this.id) return;
    [this.collection, this.id] = ["", ""];
    this._panel.hidden = true;
    this._closed();
  }

  /** Delete what is shown, if the person is sure. */
  remove() {
    const one = this._one();
    if (one && this.collection && this.collection !== "agents") void this._forms.remove(this.collection, one);
  }

  /** Draw again what is shown, if the stream has told of it. */
  draw() {
    const one = this._one();
    if (!this.collection || !one) return this.close();
    const sign = JSON.stringify([this.id, one, this._around(this.collection, one).map(({ items }) => items.map(({ one }) => one))]);
    if (sign === this._sign) return;
    this._sign = sign;
    void this._fetch(this.collection, one, sign);
  }

  _one() {
    return this.collection ? this._cloud.all[this.collection].get(this.id) : undefined;
  }

  /** @param {Collection} collection @param {Resource} one @param {string} sign */
  async _fetch(collection, one, sign) {
    let whole = one;
    let trouble = "";
    try {
      whole = (await this._session.send("GET", `${collection}/${one.id}`))[SINGULAR[collection]];
    } catch (refusal) {
      trouble = refusal instanceof Error ? refusal.message : String(refusal);
    }
    if (sign === this._sign && this.id === one.id) this._show(collection, whole, trouble);
  }

  /** @param {Collection} collection @param {Resource} one @param {string} trouble */
  _show(collection, one, trouble) {
    const state = collection === "agents" ? (one.alive ? "up" : "fault") : stateOf(one);
    const status = collection === "agents" ? (one.alive ? "alive" : "no sign of life") : (one.status ?? "");
    const close = h("button", { type: "button", "aria-label": "Close", onclick: () => this.close() }, "✕");
    fill(this._panel, [
      h("div", { class: "top" }, h("h2", { id: "detail-title" }, label(one)), close),
      h("p", { class: `sort ${state}` }, h("i", { class: "lamp" }), `${WORDS[collection]} ${status}${one.admin_state_up === false ? ", switched off" : ""}`),
      trouble ? h("p", { class: "error" }, trouble) : null,
      this._facts(collection, one),
      ...this._around(collection, one).map((group) => this._related(group)),
      this._actions(collection, one),
      this._more("As the API says it", "json", async () => h("pre", { tabindex: 0 }, JSON.stringify(one, null, 2))),
      ...(collection === "agents" || !this._session.isAdmin() ? [] : [
        this._more("As OVN's Northbound has it", "rows", () => this._rows(collection, one.id)),
        this._more("Logical flows made from it", "flows", () => this._flows(collection, one.id)),
      ]),
    ]);
    this._panel.hidden = false;
  }

  /** @param {Collection} collection @param {Resource} one */
  _facts(collection, one) {
    const rows = [];
    for (const name of [...FACTS[collection], ...ALWAYS]) {
      const value = one[name];
      if (value === null || value === "" || value === undefined || (typeof value === "object" && !Object.keys(value).length)) continue;
      const text = name.replace(/^.*:/, "").replace(/_(id|at|timestamp)$/, "").replaceAll("_", " ");
      rows.push(h("dt", {}, text), h("dd", {}, this._value(name, value)));
    }
    return h("dl", { class: "facts" }, ...rows);
  }

  /** @param {string} name @param {any} value @returns {Node | string} */
  _value(name, value) {
    const collection = /** @type {Collection | undefined} */ (REFERS[name]);
    const found = collection && this._cloud.all[collection].get(value);
    if (collection && found) return collection === "subnets" ? label(found) : this._link(collection, found);
    if (name === "fixed_ips") return h("span", { class: "mono" }, value.map((/** @type {any} */ one) => one.ip_address).join("  "));
    const host = name === "binding:host_id" && this._cloud.hosts().find((known) => known.name === value)?.agent;
    if (host) return this._link("agents", host);
    if (typeof value === "boolean") return value ? "yes" : "no";
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return h("span", { class: "mono" }, value.join(" "));
    if (typeof value === "object") return h("span", { class: "mono" }, words(value));
    return h("span", { class: /id$|address|cidr|ip$/.test(name) ? "mono" : "" }, value);
  }

  /** What belongs to *one*: groups of resources, each with what can be done to it. @param {Collection} collection @param {Resource} one */
  _around(collection, one) {
    const cloud = this._cloud;
    /** @type {{title: string, items: {of: Collection, one: Resource, text: string, act?: [string, () => void]}[]}[]} */
    const out = [];
    /** @param {string} title @param {Collection} of @param {Resource[]} items @param {(one: Resource) => string} text @param {(one: Resource) => [string, () => void]} [act] */
    const group = (title, of, items, text, act) =>
      items.length && out.push({ title, items: items.map((item) => ({ of, one: item, text: text(item), act: act?.(item) })) });
    const named = (/** @type {Resource} */ port) => `${label(port)}  ${addressOf(port)}`;
    /** @param {Resource} item @returns {[string, () => void]} */
    const removing = (item) => ["Delete", () => void this._forms.remove("subnets", item)];
    if (collection === "networks") {
      group("Subnets", "subnets", cloud.subnetsOf(one.id), (subnet) => `${subnet.cidr}  ${subnet.name}`, removing);
      group("Routers", "routers", routersOn(cloud, one.id), label);
      group("Ports", "ports", cloud.portsOf(one.id).filter((port) => !isOwn(port)), named);
    } else if (collection === "routers") {
      const inside = cloud.portsOfDevice(one.id).filter(isRouterInterface);
      group("Connected", "networks", inside, (port) => `${label(cloud.all.networks.get(port.network_id) ?? port)}  ${addressOf(port)}`, (port) => [
        "Disconnect",
        () => void this._forms.disconnect(one, port),
      ]);
      for (const item of out[out.length - 1]?.items ?? []) item.one = cloud.all.networks.get(item.one.network_id) ?? item.one;
      const way = cloud.all.networks.get(gatewayOf(one));
      group("Way out", "networks", way ? [way] : [], label);
    } else if (collection === "ports") {
      group("Outside addresses", "floatingips", cloud.floatingOf(one.id), label, (item) => ["Change", () => void this._forms.associate(item)]);
    } else if (collection === "agents") {
      group("Ports", "ports", cloud.portsOn(one.host).filter((port) => !isOwn(port)), named);
    }
    return out;
  }

  /** @param {ReturnType<Details["_around"]>[number]} group */
  _related({ title, items }) {
    const rows = items.slice(0, 200).map(({ of, one, text, act }) => {
      const name = of === "subnets" ? h("span", { class: "mono" }, text) : this._link(of, one, text);
      const button = act && h("button", { type: "button", class: "small", onclick: act[1] }, act[0]);
      return h("li", { class: of === "ports" ? stateOf(one) : "" }, of === "ports" ? h("i", { class: "lamp" }) : null, name, button);
    });
    const rest = items.length > 200 ? h("li", {}, `and ${items.length - 200} more`) : null;
    return h("section", {}, h("h3", {}, items.length > 8 ? `${title} (${items.length})` : title), h("ul", { class: "related" }, ...rows, rest));
  }

  /** @param {Collection} collection @param {Resource} one @param {string} [text] */
  _link(collection, one, text = label(one)) {
    return h("button", { type: "button", class: "link", onclick: () => this._chosen(collection, one.id) }, text);
  }

  /** @param {Collection} collection @param {Resource} one */
  _actions(collection, one) {
    const forms = this._forms;
    /** @type {[string, () => void][]} */
    const all = [];
    if (collection === "networks") all.push(["Add a port", () => void forms.port(one.id)], ["Add a subnet", () => void forms.subnet(one.id)]);
    if (collection === "routers") all.push(["Connect a subnet", () => void forms.connect(one)], ["Way out", () => void forms.gateway(one)]);
    if (collection === "ports" && !isOwn(one)) all.push(["Floating IP", () => void forms.floatingIp(one.id)]);
    if (collection === "ports" && this._traces.isFor(one)) all.push(["Trace a packet", () => void this._traces.ask(one.id)]);
    if (collection === "floatingips") all.push(["Associate", () => void forms.associate(one)]);
    if ("admin_state_up" in one && collection !== "agents") {
      all.push([one.admin_state_up ? "Switch off" : "Switch on", () => this._try(() => forms.switch(collection, one))]);
    }
    const buttons = all.map(([text, act]) => h("button", { type: "button", onclick: act }, text));
    const remove = collection === "agents" ? null : h("button", { type: "button", class: "danger", onclick: () => this.remove() }, "Delete");
    return h("div", { class: "actions" }, ...buttons, remove);
  }

  /** @param {() => Promise<unknown>} work */
  async _try(work) {
    try {
      await work();
    } catch (refusal) {
      say(refusal instanceof Error ? refusal.message : String(refusal));
    }
  }

  /** The rows of the Northbound that stand for a resource. @param {Collection} collection @param {string} id */
  async _rows(collection, id) {
    /** @type {Record<string, any>[]} */
    const rows = (await this._session.send("GET", `/realised/${collection}/${id}`)).rows;
    if (!rows.length) return h("p", {}, "There is no row for it.");
    const texts = rows.map(({ _table, _uuid, _version, ...columns }) => `${_table} ${_uuid}\n${lines(columns)}`);
    return h("pre", { tabindex: 0 }, texts.join("\n\n"));
  }

  /** The logical flows that were made from those rows. @param {Collection} collection @param {string} id */
  async _flows(collection, id) {
    /** @type {{id: string, stage: string, priority: number, match: string, actions: string}[]} */
    const flows = (await this._session.send("GET", `/realised/${collection}/${id}/flows`)).flows;
    if (!flows.length) return h("p", {}, "There is no flow that is made from it alone.");
    const texts = flows.map((one) => `${one.stage}  priority ${one.priority}  ${one.id.slice(0, 8)}\n  ${one.match}\n  → ${one.actions}`);
    return h("pre", { tabindex: 0 }, texts.join("\n\n"));
  }

  /** A part that opens, and is open again for the next resource. @param {string} title @param {string} key @param {() => Promise<Node>} content */
  _more(title, key, content) {
    const inside = h("div", {});
    const more = h("details", { open: this._open.has(key), class: key }, h("summary", {}, title), inside);
    const load = async () => {
      try {
        fill(inside, [await content()]);
      } catch (refusal) {
        fill(inside, [h("p", { class: "error" }, refusal instanceof Error ? refusal.message : String(refusal))]);
      }
    };
    if (more.open) void load();
    more.addEventListener("toggle", () => {
      if (more.open === this._open.has(key)) return;
      if (more.open) this._open.add(key), void load();
      else this._open.delete(key);
    });
    return more;
  }
}

/** Columns of a row, one a line; keys of a map, one a line too. @param {Record<string, any>} columns */
function lines(columns) {
  return Object.entries(columns)
    .flatMap(([name, value]) => {
      if (typeof value !== "object") return [`  ${name}: ${value}`];
      if (Array.isArray(value)) return [`  ${name}: ${value.join(", ")}`];
      return [`  ${name}:`, ...Object.entries(value).map(([key, inside]) => `    ${key} = ${inside}`)];
    })
    .join("\n");
}

/** @param {Cloud} cloud @param {string} network */
function routersOn(cloud, network) {
  const ids = new Set(cloud.portsOf(network).map((port) => port.device_id));
  return cloud.routers().filter((router) => ids.has(router.id) || gatewayOf(router) === network);
}

/** @param {any} value */
function words(value) {
  return Object.entries(value)
    .map(([name, inside]) => (Array.isArray(value) ? JSON.stringify(inside) : `${name}=${typeof inside === "object" ? JSON.stringify(inside) : inside}`))
    .join(" ");
}

let timer = 0;

/** Say something for a while. @param {string} text */
export function say(text) {
  byId("said").textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => (byId("said").textContent = ""), 6000);
}

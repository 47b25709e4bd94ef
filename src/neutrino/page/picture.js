// The picture: the outside, routers, networks with their ports, hosts. Elements are kept and touched only where
// something differs, so that an event costs what it changes.

import { addressOf, Cloud, gatewayOf, isOwn, isRouterInterface, label, stateOf } from "./cloud.js";
import { byId, fill, h, keep } from "./dom.js";

/** @typedef {import("./cloud.js").Resource} Resource */
/** @typedef {import("./cloud.js").Host} Host */
/** @typedef {{ports: Resource[], own: Resource[], subnets: Resource[]}} Inside */

export const MOST_NAMED = 24; // ports of a network that are shown with their names; more are dots

export class Picture {
  /**
   * @param {Cloud} cloud
   * @param {(collection: import("./cloud.js").Collection, id: string) => void} chosen
   */
  constructor(cloud, chosen) {
    this._cloud = cloud;
    this._chosen = chosen;
    this._bands = { outside: byId("outside"), routers: byId("routers"), networks: byId("networks"), hosts: byId("hosts") };
    /** @type {Map<string, Map<string, HTMLElement>>} */
    this._kept = new Map();
    /** @type {WeakMap<Element, string>} */
    this._drawn = new WeakMap();
    this._isFirst = true;
  }

  draw() {
    const cloud = this._cloud;
    this._band("outside", cloud.outer(), (one) => this._room(one), (one, at) => this._fillRoom(one, at));
    this._band("routers", cloud.routers(), (one) => this._router(one), (one, at) => this._fillRouter(one, at));
    this._band("networks", cloud.inner(), (one) => this._room(one), (one, at) => this._fillRoom(one, at));
    const hosts = cloud.hosts().map((host) => ({ ...host, id: host.agent?.id ?? host.name }));
    this._band("hosts", hosts, (one) => this._host(one), (one, at) => this._fillHost(one, at));
    byId("empty").hidden = cloud.all.networks.size + cloud.all.routers.size > 0 || cloud.version < 2;
    this._isFirst = false;
  }

  /** Return the element of a resource, if the picture has it. @param {string} id */
  element(id) {
    return this._bands.outside.parentElement?.querySelector(`[data-id="${CSS.escape(id)}"]`) ?? null;
  }

  /**
   * @template {{id: string}} T
   * @param {keyof Picture["_bands"]} name
   * @param {T[]} items
   * @param {(one: T) => HTMLElement} make
   * @param {(one: T, element: HTMLElement) => void} update
   */
  _band(name, items, make, update) {
    const known = this._of(name);
    const byKey = new Map(items.map((one) => [one.id, one]));
    keep(this._bands[name], [...byKey.keys()], known, (key) => make(/** @type {T} */ (byKey.get(key))));
    for (const one of items) update(one, /** @type {HTMLElement} */ (known.get(one.id)));
    this._bands[name].hidden = items.length === 0;
  }

  /** @param {string} key */
  _of(key) {
    let found = this._kept.get(key);
    if (!found) this._kept.set(key, (found = new Map()));
    return found;
  }

  /** Whether *element* was drawn as *sign* already; remembers it. @param {Element} element @param {string} sign */
  _is(element, sign) {
    if (this._drawn.get(element) === sign) return true;
    this._drawn.set(element, sign);
    return false;
  }

  /** @param {import("./cloud.js").Collection} collection @param {string} id @param {string} kind */
  _button(collection, id, kind) {
    const choose = () => this._chosen(collection, id);
    return h("button", { type: "button", class: kind, "data-id": id, "data-of": collection, onclick: choose });
  }

  /** @param {Resource} network */
  _room(network) {
    const head = this._button("networks", network.id, "head");
    return h("article", { class: "room", "data-room": network.id }, head, h("div", { class: "doors" }), h("div", { class: "ports" }));
  }

  /** @param {Resource} network @param {HTMLElement} room */
  _fillRoom(network, room) {
    const [head, doors, inside] = /** @type {HTMLElement[]} */ ([...room.children]);
    const all = this._cloud.portsOf(network.id);
    const ports = all.filter((port) => !isOwn(port));
    const subnets = this._cloud.subnetsOf(network.id);
    const cidrs = subnets.map((subnet) => subnet.cidr).sort().join("  ");
    const down = ports.filter((port) => stateOf(port) === "down").length;
    const isDense = ports.length > MOST_NAMED;
    const kind = [network["provider:network_type"], network["provider:segmentation_id"]].filter(Boolean).join(" ");
    const words = [network.name, cidrs, kind, ports.length, down, stateOf(network), network.shared, isDense].join("|");
    if (!this._is(head, words)) {
      room.classList.toggle("dense", isDense);
      room.classList.toggle("wide", ports.length > 100);
      const count = `${ports.length} ${ports.length === 1 ? "port" : "ports"}`;
      const tally = down ? `${count}, ${down} down` : count;
      fill(head, [
        h("span", { class: `name ${stateOf(network)}` }, label(network)),
        network["router:external"] ? h("span", { class: "tag" }, "outside") : null,
        network.shared ? h("span", { class: "tag" }, "shared") : null,
        h("span", { class: "cidr" }, cidrs || "no subnet"),
        h("span", { class: down ? "tally warn" : "tally" }, ports.length ? tally : ""),
        h("span", { class: "kind" }, kind),
      ]);
      head?.setAttribute("aria-label", `network ${label(network)}, ${cidrs}, ${tally}`);
    }
    this._ports(doors, `doors ${network.id}`, all.filter((port) => isOwn(port) && !isRouterInterface(port)), true);
    this._ports(inside, `ports ${network.id}`, ports, isDense);
  }

  /** @param {HTMLElement | undefined} parent @param {string} key @param {Resource[]} ports @param {boolean} areDots */
  _ports(parent, key, ports, areDots) {
    if (!parent) return;
    const known = this._of(key);
    keep(parent, ports.map((port) => port.id), known, (id) => this._button("ports", id, "port"));
    for (const port of ports) this._fillPort(port, /** @type {HTMLElement} */ (known.get(port.id)), areDots);
  }

  /** @param {Resource} port @param {HTMLElement} button @param {boolean} isDot */
  _fillPort(port, button, isDot) {
    const state = stateOf(port);
    const address = addressOf(port);
    const outside = this._cloud.floatingOf(port.id).map((one) => one.floating_ip_address).join(" ");
    const host = port["binding:host_id"] ?? "";
    const sign = [state, port.name, address, outside, host, isDot].join("|");
    const before = this._drawn.get(button);
    if (this._is(button, sign)) return;
    button.className = `port ${state} ${isDot ? "dot" : "chip"}`;
    if (before !== undefined && before.split("|")[0] !== state) pulse(button);
    else if (before === undefined && !isDot && !this._isFirst) pulse(button);
    const said = `${label(port)} ${address} ${port.status}${host ? ` on ${host}` : ""}${outside ? `, outside ${outside}` : ""}`;
    button.setAttribute("aria-label", `port ${said}`);
    button.title = said;
    if (isDot) return fill(button, []);
    fill(button, [
      h("i", { class: "lamp" }),
      h("span", { class: "name" }, label(port)),
      h("span", { class: "address" }, address),
      outside ? h("span", { class: "outside" }, `⇄ ${outside}`) : null,
    ]);
  }

  /** @param {Resource} router */
  _router(router) {
    return this._button("routers", router.id, "router");
  }

  /** @param {Resource} router @param {HTMLElement} button */
  _fillRouter(router, button) {
    const out = router.external_gateway_info?.external_fixed_ips?.[0]?.ip_address ?? "";
    if (this._is(button, [router.name, stateOf(router), out].join("|"))) return;
    button.className = `router ${stateOf(router)}`;
    fill(button, [
      h("i", { class: "lamp" }),
      h("span", { class: "name" }, label(router)),
      h("span", { class: "address" }, out ? `as ${out}` : gatewayOf(router) ? "" : "no way out"),
    ]);
    button.setAttribute("aria-label", `router ${label(router)}, ${router.status}${out ? `, outside as ${out}` : ""}`);
  }

  /** @param {Host & {id: string}} host */
  _host(host) {
    const button = this._button("agents", host.id, "host");
    button.dataset.host = host.name;
    return button;
  }

  /** @param {Host} host @param {HTMLElement} button */
  _fillHost(host, button) {
    const ports = this._cloud.portsOn(host.name).filter((port) => !isOwn(port));
    const up = ports.filter((port) => stateOf(port) === "up").length;
    if (this._is(button, [host.alive, host.gateway, host.zone, up, ports.length].join("|"))) return;
    button.className = `host ${host.alive ? "up" : "fault"}`;
    const bar = h("span", { class: "bar" }, h("i", {}));
    bar.style.setProperty("--share", ports.length ? String(up / ports.length) : "0");
    bar.hidden = ports.length === 0;
    fill(button, [
      h("i", { class: "lamp" }),
      h("span", { class: "name" }, host.name),
      host.gateway ? h("span", { class: "tag" }, "gateway") : null,
      host.zone ? h("span", { class: "tag" }, host.zone) : null,
      h("span", { class: "address" }, host.alive ? `${up} of ${ports.length} up` : "no sign of life"),
      bar,
    ]);
    button.setAttribute("aria-label", `host ${host.name}, ${host.alive ? "alive" : "no sign of life"}, ${up} of ${ports.length} ports up`);
  }
}

/** @param {HTMLElement} element */
function pulse(element) {
  element.classList.add("news");
  element.addEventListener("animationend", () => element.classList.remove("news"), { once: true });
}

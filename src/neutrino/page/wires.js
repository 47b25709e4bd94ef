// The lines between what the picture shows: outside to routers to networks, the tunnels between hosts, and the way of
// what is chosen.

import { Cloud, gatewayOf, isRouterInterface, stateOf } from "./cloud.js";
import { byId, fill, svg } from "./dom.js";

/** @typedef {{left: number, right: number, top: number, bottom: number, x: number, width: number}} Box */

export class Wires {
  /** @param {Cloud} cloud */
  constructor(cloud) {
    this._cloud = cloud;
    this._picture = byId("picture");
    this._svg = /** @type {SVGElement} */ (/** @type {unknown} */ (byId("wires")));
    /** @type {string} */
    this.chosen = "";
  }

  draw() {
    const frame = this._picture.getBoundingClientRect();
    const scroll = { x: this._picture.scrollLeft - frame.left, y: this._picture.scrollTop - frame.top };
    /** @param {string} selector @returns {Box | null} */
    const box = (selector) => {
      const found = this._picture.querySelector(selector);
      if (!found) return null;
      const { left, right, top, bottom, width } = found.getBoundingClientRect();
      const at = { left: left + scroll.x, right: right + scroll.x, top: top + scroll.y, bottom: bottom + scroll.y };
      return { ...at, width, x: (at.left + at.right) / 2 };
    };
    this._svg.setAttribute("width", String(this._picture.scrollWidth));
    this._svg.setAttribute("height", String(byId("hosts").offsetTop + byId("hosts").offsetHeight + 40));
    fill(this._svg, [...this._routers(box), ...this._tunnels(box), ...this._way(box)]);
  }

  /** @param {(selector: string) => Box | null} box */
  *_routers(box) {
    const cloud = this._cloud;
    /** @type {Map<string, number>} */
    const doors = new Map();
    const first = byId("networks").firstElementChild?.getBoundingClientRect().top ?? 0;
    const row = first - this._picture.getBoundingClientRect().top + this._picture.scrollTop;
    for (const router of cloud.routers()) {
      const from = box(`[data-id="${router.id}"]`);
      if (!from) continue;
      const out = box(`[data-room="${gatewayOf(router) || "none"}"]`);
      if (out) yield line(within(out, from.x), out.bottom, from.x, from.top, `wire gate ${stateOf(router)}`);
      for (const port of cloud.portsOfDevice(router.id).filter(isRouterInterface)) {
        const to = box(`[data-room="${port.network_id}"]`);
        if (!to) continue;
        const nth = doors.get(port.network_id) ?? 0;
        doors.set(port.network_id, nth + 1);
        const x = Math.min(to.left + 28 + nth * 14, to.right - 14);
        const kind = `wire ${stateOf(port)}`;
        yield to.top < row + 8 ? line(from.x, from.bottom, x, to.top, kind) : beside(from, to, x, row, kind);
        yield svg("rect", { x: x - 4, y: to.top - 4, width: 8, height: 8, rx: 2, class: `door ${stateOf(port)}` });
      }
    }
  }

  /** Each host has a tunnel to each other: one line for all of them. @param {(selector: string) => Box | null} box */
  *_tunnels(box) {
    const hosts = this._cloud.hosts();
    const boxes = hosts.map((host) => ({ host, at: box(`[data-host="${CSS.escape(host.name)}"]`) }));
    const lows = boxes.flatMap(({ at }) => (at ? [at.bottom] : []));
    if (lows.length < 2) return;
    const y = Math.max(...lows) + 22;
    const alive = boxes.filter(({ host, at }) => host.alive && at).map(({ at }) => /** @type {Box} */ (at));
    for (const { host, at } of boxes) {
      if (at) yield svg("path", { d: `M${at.x} ${at.bottom}V${y}`, class: `tunnel ${host.alive ? "up" : "fault"}` });
    }
    if (alive.length > 1) {
      const xs = alive.map((at) => at.x);
      yield svg("path", { d: `M${Math.min(...xs)} ${y}H${Math.max(...xs)}`, class: "tunnel up" });
      yield svg("text", { x: (Math.min(...xs) + Math.max(...xs)) / 2, y: y + 14, class: "tunnels" }, "tunnels, each host to each");
    }
  }

  /** The way of the chosen port to its host. @param {(selector: string) => Box | null} box */
  *_way(box) {
    const port = this._cloud.all.ports.get(this.chosen);
    const host = port?.["binding:host_id"];
    if (!port || !host) return;
    const from = box(`[data-id="${port.id}"]`);
    const to = box(`[data-host="${CSS.escape(host)}"]`);
    if (from && to) yield line(from.x, from.bottom, to.x, to.top, `wire way ${stateOf(port)}`);
  }
}

/** @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 @param {string} kind */
function line(x1, y1, x2, y2, kind) {
  const middle = (y1 + y2) / 2;
  return svg("path", { d: `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`, class: kind });
}

/**
 * Return the line to a room below others: down beside them, then in by its door.
 * @param {Box} from @param {Box} to @param {number} x @param {number} row the top of the first row @param {string} kind
 */
function beside(from, to, x, row, kind) {
  const side = to.left - 9;
  const middle = (from.bottom + row) / 2;
  const high = to.top - 9;
  const down = `M${from.x} ${from.bottom}C${from.x} ${middle} ${side} ${middle} ${side} ${row}V${high - 7}`;
  return svg("path", { d: `${down}Q${side} ${high} ${side + 7} ${high}H${x - 6}Q${x} ${high} ${x} ${to.top}`, class: kind });
}

/** @param {Box} box @param {number} x */
function within(box, x) {
  return Math.max(box.left + 16, Math.min(box.right - 16, x));
}

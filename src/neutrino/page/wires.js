// The lines between what the picture shows: outside to routers to networks, the tunnels between hosts, the way of
// what is chosen, and that of a packet that was traced.

import { Cloud, gatewayOf, isRouterInterface, stateOf } from "./cloud.js";
import { byId, fill, svg } from "./dom.js";

/** @typedef {{left: number, right: number, top: number, bottom: number, x: number, width: number}} Box */
/**
 * The line from a router to a network: *d* is SVG's path, (x, y) its end there; *door* the state of the interface.
 * @typedef {{router: string, network: string, x: number, y: number, d: string, kind: string, door?: string}} Wire
 */

const INSIDE = 5; // a packet's way runs this far inside a room, and this far above a port
const ABOVE = 5;

export class Wires {
  /** @param {Cloud} cloud */
  constructor(cloud) {
    this._cloud = cloud;
    this._picture = byId("picture");
    this._svg = /** @type {SVGElement} */ (/** @type {unknown} */ (byId("wires")));
    /** @type {string} */
    this.chosen = "";
    this._above = /** @type {SVGElement} */ (/** @type {unknown} */ (byId("way")));
    /** @type {import("./traces.js").Way | null} */
    this.way = null;
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
    for (const name of ["width", "height"]) this._above.setAttribute(name, this._svg.getAttribute(name) ?? "0");
    const wires = [...this._routers(box)];
    fill(this._svg, [...wires.flatMap(drawn), ...this._tunnels(box), ...this._way(box)]);
    fill(this._above, this.way ? [...new Packet(this.way, box, wires).draw()] : []);
  }

  /** @param {(selector: string) => Box | null} box @returns {Generator<Wire>} */
  *_routers(box) {
    const cloud = this._cloud;
    /** @type {Map<string, number>} */
    const doors = new Map();
    const row = byId("networks").offsetTop;
    for (const router of cloud.routers()) {
      const from = box(`[data-id="${router.id}"]`);
      if (!from) continue;
      const network = gatewayOf(router);
      const out = box(`[data-room="${network || "none"}"]`);
      if (out) {
        const x = within(out, from.x);
        yield { router: router.id, network, x, y: out.bottom, d: curve(from.x, from.top, x, out.bottom), kind: `gate ${stateOf(router)}` };
      }
      for (const port of cloud.portsOfDevice(router.id).filter(isRouterInterface)) {
        const to = box(`[data-room="${port.network_id}"]`);
        if (!to) continue;
        const nth = doors.get(port.network_id) ?? 0;
        doors.set(port.network_id, nth + 1);
        const x = Math.min(to.left + 28 + nth * 14, to.right - 14);
        const d = to.top < row + 8 ? curve(from.x, from.bottom, x, to.top) : beside(from, to, x, row);
        yield { router: router.id, network: port.network_id, x, y: to.top, d, kind: stateOf(port), door: stateOf(port) };
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
      const used = boxes.filter(({ host }) => this.way?.hosts.includes(host.name)).flatMap(({ at }) => (at ? [at] : []));
      const [one, other] = used;
      if (one && other) yield svg("path", { d: `M${one.x} ${one.bottom}V${y}H${other.x}V${other.bottom}`, class: "tunnel used" });
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
    if (from && to) yield svg("path", { d: curve(from.x, from.bottom, to.x, to.top), class: `wire way ${stateOf(port)}` });
  }
}

/** The way of a packet that was traced, along the lines that are there, with the numbers of its hops. */
class Packet {
  /** @param {import("./traces.js").Way} way @param {(selector: string) => Box | null} box @param {Wire[]} wires */
  constructor(way, box, wires) {
    this._way = way;
    this._box = box;
    this._wires = wires;
    /** @type {Map<string, number>} */
    this._marked = new Map(); // a place that the packet comes to twice has its numbers beside each other
  }

  *draw() {
    const { hops, arrives } = this._way;
    for (let i = 1; i < hops.length; i += 1) {
      const [from, to] = [hops[i - 1], hops[i]];
      if (from && to && from.id !== to.id) yield* this._step(from, to);
    }
    for (const [index, hop] of hops.entries()) yield* this._mark(hop, arrives && index === hops.length - 1);
  }

  /** @param {import("./traces.js").Drawn} from @param {import("./traces.js").Drawn} to */
  *_step(from, to) {
    if (from.kind === "router" || to.kind === "router") {
      const [router, network, isBack] = from.kind === "router" ? [from, to, false] : [to, from, true];
      const wire = this._wires.find((one) => one.router === router.id && one.network === network.id);
      if (!wire) return;
      yield svg("path", { d: wire.d, class: isBack ? "step back" : "step" });
      const room = this._box(`[data-room="${network.id}"]`);
      if (room && wire.door) yield edge([room.left + INSIDE, room.top], [wire.x, wire.y], !isBack);
      return;
    }
    const [port, network, isBack] = from.kind === "port" ? [from, to, false] : [to, from, true];
    const [at, room] = [this._box(`[data-id="${port.id}"]`), this._box(`[data-room="${network.id}"]`)];
    if (!at || !room) return;
    const [x, y] = [at.left + INSIDE, at.top - ABOVE];
    yield edge([x, at.top], [x, y], [room.left + INSIDE, y], [room.left + INSIDE, room.top], isBack);
  }

  /** @param {import("./traces.js").Drawn} hop @param {boolean} isArrival */
  *_mark(hop, isArrival) {
    const at = this._box(`[data-id="${CSS.escape(hop.id)}"]`);
    if (!at) return;
    const nth = this._marked.get(hop.id) ?? 0;
    this._marked.set(hop.id, nth + 1);
    const x = (hop.kind === "router" ? at.x : at.left + INSIDE) + nth * 20;
    const y = hop.kind === "router" ? at.bottom : at.top;
    yield svg("circle", { cx: x, cy: y, r: 9, class: `hop ${hop.isEnd ? "end" : isArrival ? "arrival" : ""}` });
    yield svg("text", { x, y: y + 4, class: "hop" }, hop.isEnd ? "✕" : hop.number);
  }
}

/** @param {Wire} wire */
function drawn({ d, kind, x, y, door }) {
  const line = svg("path", { d, class: `wire ${kind}` });
  return door ? [line, svg("rect", { x: x - 4, y: y - 4, width: 8, height: 8, rx: 2, class: `door ${door}` })] : [line];
}

/** A step of a packet with corners. @param {[...[number, number][], boolean]} points and whether it goes from the last to the first */
function edge(...points) {
  const isBack = points.pop();
  return svg("path", { d: `M${points.map((point) => /** @type {[number, number]} */ (point).join(" ")).join("L")}`, class: isBack ? "step back" : "step" });
}

/** @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
function curve(x1, y1, x2, y2) {
  const middle = (y1 + y2) / 2;
  return `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
}

/**
 * Return the line to a room below others: down beside them, then in by its door.
 * @param {Box} from @param {Box} to @param {number} x @param {number} row the top of the first row
 */
function beside(from, to, x, row) {
  const side = to.left - 9;
  const middle = (from.bottom + row) / 2;
  const high = to.top - 9;
  const down = `M${from.x} ${from.bottom}C${from.x} ${middle} ${side} ${middle} ${side} ${row}V${high - 7}`;
  return `${down}Q${side} ${high} ${side + 7} ${high}H${x - 6}Q${x} ${high} ${x} ${to.top}`;
}

/** @param {Box} box @param {number} x */
function within(box, x) {
  return Math.max(box.left + 16, Math.min(box.right - 16, x));
}

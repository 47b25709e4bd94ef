// What the stream has told of the cloud: resources by collection and id, and what follows from them.

/** @typedef {Record<string, any> & {id: string}} Resource */
/** @typedef {"networks" | "subnets" | "routers" | "ports" | "floatingips" | "agents"} Collection */
/** @typedef {{name: string, alive: boolean, gateway: boolean, zone: string, agent: Resource | null}} Host */

/** @type {Collection[]} */
export const COLLECTIONS = ["networks", "subnets", "routers", "ports", "floatingips", "agents"];
export const SINGULAR = /** @type {const} */ ({
  networks: "network",
  subnets: "subnet",
  routers: "router",
  ports: "port",
  floatingips: "floatingip",
  agents: "agent",
});

const PATIENCE = 2000; // milliseconds

export class Cloud {
  constructor() {
    /** @type {Record<Collection, Map<string, Resource>>} */
    this.all = { networks: new Map(), subnets: new Map(), routers: new Map(), ports: new Map(), floatingips: new Map(), agents: new Map() };
    this.version = 0;
    this._reckoned = -1;
    /** @type {Map<string, Resource[]>} */
    this._ports = new Map();
    /** @type {Map<string, Resource[]>} */
    this._subnets = new Map();
    /** @type {Map<string, Resource[]>} */
    this._floating = new Map();
    /** @type {Map<string, Resource[]>} */
    this._onHost = new Map();
    /** @type {Map<string, Resource[]>} */
    this._ofDevice = new Map();
    /** @type {Set<() => void>} */
    this._waiting = new Set();
  }

  /**
   * Take an event of the stream.
   * @param {string} event
   * @param {any} content
   */
  take(event, content) {
    if (event === "all") {
      for (const name of COLLECTIONS) this.all[name] = new Map(content[name].map((/** @type {Resource} */ one) => [one.id, one]));
    } else if (event === "some") {
      for (const name of COLLECTIONS) {
        for (const one of content.changed[name] ?? []) this.all[name].set(one.id, one);
        for (const id of content.gone[name] ?? []) this.all[name].delete(id);
      }
    }
    this.version += 1;
    for (const look of this._waiting) look();
  }

  /**
   * Wait until the stream has told of a resource, but not for long: the stream may be away, or the resource gone again.
   * @param {Collection} collection
   * @param {string} id
   * @returns {Promise<void>}
   */
  told(collection, id) {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(patience);
        this._waiting.delete(look);
        resolve();
      };
      const look = () => {
        if (this.all[collection].has(id)) end();
      };
      const patience = setTimeout(end, PATIENCE);
      this._waiting.add(look);
      look();
    });
  }

  clear() {
    for (const name of COLLECTIONS) this.all[name].clear();
    this.version += 1;
  }

  /** @param {string} id @returns {Resource[]} */
  portsOf(id) {
    this._reckon();
    return this._ports.get(id) ?? [];
  }

  /** @param {string} id @returns {Resource[]} */
  subnetsOf(id) {
    this._reckon();
    return this._subnets.get(id) ?? [];
  }

  /** @param {string} id @returns {Resource[]} */
  floatingOf(id) {
    this._reckon();
    return this._floating.get(id) ?? [];
  }

  /** @param {string} host @returns {Resource[]} */
  portsOn(host) {
    this._reckon();
    return this._onHost.get(host) ?? [];
  }

  /** The ports of a router, or of an instance. @param {string} device @returns {Resource[]} */
  portsOfDevice(device) {
    this._reckon();
    return this._ofDevice.get(device) ?? [];
  }

  /** Hosts by name, each once: a host has one agent of its backend. @returns {Host[]} */
  hosts() {
    /** @type {Map<string, Host>} */
    const found = new Map();
    for (const agent of this.all.agents.values()) {
      if (!agent.agent_type.includes("Controller") && found.has(agent.host)) continue;
      const gateway = agent.agent_type.includes("Gateway");
      found.set(agent.host, { name: agent.host, alive: agent.alive, gateway, zone: agent.availability_zone, agent });
    }
    return [...found.values()].sort((a, b) => byWords(a.name, b.name));
  }

  /** @returns {Resource[]} */
  routers() {
    return [...this.all.routers.values()].sort((a, b) => compareText(gatewayOf(a), gatewayOf(b)) || byName(a, b));
  }

  /** Networks inside, those of one router beside each other, those of none last. @returns {Resource[]} */
  inner() {
    const order = new Map(this.routers().map((router, index) => [router.id, index]));
    /** @param {Resource} network */
    const place = (network) => {
      const found = this.portsOf(network.id).filter(isRouterInterface).map((port) => order.get(port.device_id) ?? 1e6);
      return found.length ? found.reduce((sum, one) => sum + one, 0) / found.length : 1e6;
    };
    const placed = this._named((network) => !network["router:external"]).map((one) => ({ one, at: place(one) }));
    return placed.sort((a, b) => a.at - b.at).map(({ one }) => one);
  }

  /** @returns {Resource[]} */
  outer() {
    return this._named((network) => network["router:external"]);
  }

  /** @param {(network: Resource) => boolean} test */
  _named(test) {
    return [...this.all.networks.values()].filter(test).sort(byName);
  }

  _reckon() {
    if (this._reckoned === this.version) return;
    this._reckoned = this.version;
    const ports = [...this.all.ports.values()].sort(byName);
    this._ports = grouped(ports, (port) => port.network_id);
    this._onHost = grouped(ports, (port) => port["binding:host_id"] || "");
    this._ofDevice = grouped(ports, (port) => port.device_id);
    this._subnets = grouped(this.all.subnets.values(), (subnet) => subnet.network_id);
    this._floating = grouped(this.all.floatingips.values(), (one) => one.port_id ?? "");
  }
}

/**
 * @param {Iterable<Resource>} items
 * @param {(one: Resource) => string} key
 */
function grouped(items, key) {
  /** @type {Map<string, Resource[]>} */
  const out = new Map();
  for (const one of items) {
    const found = out.get(key(one));
    if (found) found.push(one);
    else out.set(key(one), [one]);
  }
  return out;
}

const WORDS = new Intl.Collator("en", { numeric: true });

/** Compare as people do: web-2 before web-10. @param {string} a @param {string} b */
export function byWords(a, b) {
  return WORDS.compare(a, b);
}

/** Compare by name; what has none comes last. @param {Resource} a @param {Resource} b */
function byName(a, b) {
  return Number(!a.name) - Number(!b.name) || byWords(a.name, b.name) || compareText(a.id, b.id);
}

/** @param {string} a @param {string} b */
function compareText(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @param {Resource} port */
export function isRouterInterface(port) {
  return port.device_owner.startsWith("network:") && port.device_owner.includes("interface");
}

/** Whether a port is of what the service itself attaches: routers, DHCP, metadata, floating IPs. @param {Resource} port */
export function isOwn(port) {
  return port.device_owner.startsWith("network:");
}

/** @param {Resource} router @returns {string} */
export function gatewayOf(router) {
  return router.external_gateway_info?.network_id ?? "";
}

/** @param {Resource} one @returns {string} */
export function label(one) {
  return one.name || one.floating_ip_address || one.host || one.cidr || one.id.slice(0, 8);
}

/** @param {Resource} port @returns {string} */
export function addressOf(port) {
  return port.fixed_ips?.[0]?.ip_address ?? "";
}

/** What colour a resource has: up, down, off (switched off), fault. @param {Resource} one */
export function stateOf(one) {
  if (one.admin_state_up === false) return "off";
  if (one.status === "ACTIVE") return "up";
  return one.status === "ERROR" ? "fault" : "down";
}

// What can be made and changed: each form, and the requests that it stands for.

import { addressOf, byWords, Cloud, gatewayOf, isOwn, isRouterInterface, label, SINGULAR } from "./cloud.js";
import { ask, choose } from "./dialog.js";
import { Session } from "./session.js";

/** @typedef {import("./cloud.js").Resource} Resource */
/** @typedef {import("./cloud.js").Collection} Collection */

export class Forms {
  /**
   * @param {Cloud} cloud
   * @param {Session} session
   * @param {(collection: Collection, id: string) => void} chosen
   */
  constructor(cloud, session, chosen) {
    this._cloud = cloud;
    this._session = session;
    this._chosen = chosen;
  }

  /** Offer what can be made. */
  offer() {
    choose("New", [
      { label: "Network", says: "with a subnet and DHCP", act: () => void this.network() },
      { label: "Router", says: "between networks, and out", act: () => void this.router() },
      { label: "Port", says: "an attachment point", act: () => void this.port() },
      { label: "Floating IP", says: "an outside address", act: () => void this.floatingIp() },
    ]);
  }

  network() {
    return ask({
      title: "New network",
      fields: [
        { name: "name", label: "Name", required: true },
        { name: "cidr", label: "Subnet", value: this._freeCidr(), hint: "10.0.0.0/24; none for a network without" },
        { name: "dhcp", label: "DHCP", type: "checkbox", value: "on" },
      ],
      button: "Create",
      work: async (typed) => {
        const made = await this._create("networks", { name: typed.name });
        const { cidr = "" } = typed;
        if (cidr) {
          const ip_version = cidr.includes(":") ? 6 : 4;
          const subnet = { name: typed.name, network_id: made.id, cidr, ip_version, enable_dhcp: typed.dhcp === "on" };
          try {
            await this._create("subnets", subnet);
          } catch (refusal) {
            await this._session.send("DELETE", `networks/${made.id}`); // all of the form, or nothing
            throw refusal;
          }
        }
        this._chosen("networks", made.id);
      },
    });
  }

  /** @param {string} [network] */
  subnet(network = "") {
    return ask({
      title: "New subnet",
      fields: [
        this._networks("network", network),
        { name: "cidr", label: "Range of addresses", value: this._freeCidr(), required: true },
        { name: "dhcp", label: "DHCP", type: "checkbox", value: "on" },
      ],
      button: "Create",
      work: async (typed) => {
        const cidr = typed.cidr ?? "";
        const ip_version = cidr.includes(":") ? 6 : 4;
        await this._create("subnets", { network_id: typed.network, cidr, ip_version, enable_dhcp: typed.dhcp === "on" });
      },
    });
  }

  router() {
    const outer = this._cloud.outer().map((one) => ({ value: one.id, label: label(one) }));
    return ask({
      title: "New router",
      fields: [
        { name: "name", label: "Name", required: true },
        { name: "outside", label: "Way out", type: "select", options: [{ value: "", label: "none" }, ...outer], value: outer[0]?.value },
        { name: "subnet", label: "First subnet", type: "select", options: [{ value: "", label: "none" }, ...this._freeSubnets()] },
      ],
      button: "Create",
      work: async (typed) => {
        const external_gateway_info = typed.outside ? { network_id: typed.outside } : undefined;
        const made = await this._create("routers", { name: typed.name, external_gateway_info });
        if (typed.subnet) {
          try {
            await this._session.send("PUT", `routers/${made.id}/add_router_interface`, { subnet_id: typed.subnet });
          } catch (refusal) {
            await this._session.send("DELETE", `routers/${made.id}`);
            throw refusal;
          }
        }
        this._chosen("routers", made.id);
      },
    });
  }

  /** @param {Resource} router */
  connect(router) {
    return ask({
      title: `Connect ${label(router)}`,
      fields: [{ name: "subnet", label: "Subnet", type: "select", options: this._freeSubnets(), required: true }],
      button: "Connect",
      work: (typed) => this._session.send("PUT", `routers/${router.id}/add_router_interface`, { subnet_id: typed.subnet }),
    });
  }

  /** @param {Resource} router @param {Resource} port */
  disconnect(router, port) {
    return this._sure(`Disconnect ${label(router)} from ${addressOf(port)}?`, "Disconnect", () =>
      this._session.send("PUT", `routers/${router.id}/remove_router_interface`, { port_id: port.id }),
    );
  }

  /** @param {Resource} router */
  gateway(router) {
    const outer = this._cloud.outer().map((one) => ({ value: one.id, label: label(one) }));
    return ask({
      title: `Way out of ${label(router)}`,
      fields: [{ name: "outside", label: "Network", type: "select", options: [{ value: "", label: "none" }, ...outer], value: gatewayOf(router) }],
      button: "Set",
      work: (typed) =>
        this._session.send("PUT", `routers/${router.id}`, {
          router: { external_gateway_info: typed.outside ? { network_id: typed.outside } : null },
        }),
    });
  }

  /** @param {string} [network] */
  port(network = "") {
    const hosts = this._cloud.hosts().map((host) => ({ value: host.name, label: host.name }));
    /** @type {import("./dialog.js").Field[]} */
    const where = hosts.length ? [{ name: "host", label: "Host", type: "select", options: [{ value: "", label: "none yet" }, ...hosts] }] : [];
    return ask({
      title: "New port",
      fields: [this._networks("network", network), { name: "name", label: "Name" }, { name: "address", label: "Address", hint: "any" }, ...where],
      button: "Create",
      work: async (typed) => {
        const fixed_ips = typed.address ? [{ ip_address: typed.address }] : undefined;
        const host = typed.host || undefined;
        const made = await this._create("ports", { network_id: typed.network, name: typed.name, fixed_ips, "binding:host_id": host });
        this._chosen("ports", made.id);
      },
    });
  }

  /** @param {string} [port] */
  floatingIp(port = "") {
    const outer = this._cloud.outer().map((one) => ({ value: one.id, label: label(one) }));
    return ask({
      title: "New floating IP",
      says: outer.length ? undefined : "There is no network outside yet: an administrator makes one.",
      fields: [
        { name: "network", label: "From", type: "select", options: outer, required: true },
        { name: "port", label: "For", type: "select", options: [{ value: "", label: "nobody yet" }, ...this._reachablePorts()], value: port },
      ],
      button: "Create",
      work: (typed) => this._create("floatingips", { floating_network_id: typed.network, port_id: typed.port || undefined }),
    });
  }

  /** @param {Resource} floating */
  associate(floating) {
    const nobody = { value: "", label: "nobody" };
    return ask({
      title: floating.floating_ip_address,
      fields: [{ name: "port", label: "For", type: "select", options: [nobody, ...this._reachablePorts()], value: floating.port_id ?? "" }],
      button: "Set",
      work: (typed) => this._session.send("PUT", `floatingips/${floating.id}`, { floatingip: { port_id: typed.port || null } }),
    });
  }

  /** Switch a network, router or port on or off. @param {Collection} collection @param {Resource} one */
  switch(collection, one) {
    const admin_state_up = one.admin_state_up === false;
    return this._session.send("PUT", `${collection}/${one.id}`, { [SINGULAR[collection]]: { admin_state_up } });
  }

  /** @param {Collection} collection @param {Resource} one */
  remove(collection, one) {
    return this._sure(`Delete ${SINGULAR[collection]} ${label(one)}?`, "Delete", () => this._session.send("DELETE", `${collection}/${one.id}`));
  }

  /** @param {string} title @param {string} button @param {() => Promise<unknown>} work */
  _sure(title, button, work) {
    return ask({ title, fields: [], button, work, danger: true });
  }

  /** Make a resource, and wait until the page knows it: the next form offers it. @param {Collection} collection @param {Record<string, unknown>} attributes */
  async _create(collection, attributes) {
    const singular = SINGULAR[collection];
    const made = (await this._session.send("POST", collection, { [singular]: attributes }))[singular];
    await this._cloud.told(collection, made.id);
    return made;
  }

  /** @param {string} name @param {string} value @returns {import("./dialog.js").Field} */
  _networks(name, value) {
    const all = [...this._cloud.inner(), ...this._cloud.outer()];
    return { name, label: "Network", type: "select", required: true, value, options: all.map((one) => ({ value: one.id, label: label(one) })) };
  }

  /** Subnets inside that no router has yet. */
  _freeSubnets() {
    const taken = new Set();
    for (const port of this._cloud.all.ports.values()) {
      if (isRouterInterface(port)) for (const fixed of port.fixed_ips) taken.add(fixed.subnet_id);
    }
    const inner = new Map(this._cloud.inner().map((one) => [one.id, one]));
    return [...this._cloud.all.subnets.values()]
      .filter((one) => inner.has(one.network_id) && !taken.has(one.id))
      .map((one) => ({ value: one.id, label: `${label(/** @type {Resource} */ (inner.get(one.network_id)))} ${one.cidr}` }))
      .sort((a, b) => byWords(a.label, b.label));
  }

  /** Ports of networks that a router connects. */
  _reachablePorts() {
    const routed = new Set();
    for (const port of this._cloud.all.ports.values()) if (isRouterInterface(port)) routed.add(port.network_id);
    return [...this._cloud.all.ports.values()]
      .filter((port) => !isOwn(port) && routed.has(port.network_id) && addressOf(port))
      .map((port) => ({ value: port.id, label: `${label(port)} ${addressOf(port)}` }))
      .sort((a, b) => byWords(a.label, b.label));
  }

  /** The first 10.N.0.0/24 that no subnet has. */
  _freeCidr() {
    const taken = new Set([...this._cloud.all.subnets.values()].map((one) => one.cidr));
    for (let n = 0; n < 256; n += 1) if (!taken.has(`10.${n}.0.0/24`)) return `10.${n}.0.0/24`;
    return "";
  }
}

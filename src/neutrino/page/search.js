// Search: what does not match steps back; Enter goes to the first that does, and then to the next.

import { Cloud, COLLECTIONS } from "./cloud.js";
import { byId } from "./dom.js";

export class Search {
  /**
   * @param {Cloud} cloud
   * @param {(collection: import("./cloud.js").Collection, id: string) => void} chosen
   */
  constructor(cloud, chosen) {
    this._cloud = cloud;
    this._input = /** @type {HTMLInputElement} */ (byId("search"));
    this._turn = 0;
    this._input.addEventListener("input", () => {
      this._turn = 0;
      this.mark();
    });
    this._input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.clear();
      if (event.key !== "Enter") return;
      const found = this._found();
      const one = found[this._turn % Math.max(found.length, 1)];
      this._turn += 1;
      if (one) chosen(one.collection, one.id);
    });
  }

  focus() {
    this._input.focus();
    this._input.select();
  }

  clear() {
    this._input.value = "";
    this._input.blur();
    this.mark();
  }

  /** Mark in the picture what matches. */
  mark() {
    const words = this._input.value.trim();
    const picture = byId("picture");
    picture.classList.toggle("searching", words !== "");
    const found = words ? this._found() : [];
    const ids = new Set(found.map((one) => one.id));
    for (const element of picture.querySelectorAll("[data-id]")) {
      element.classList.toggle("match", ids.has(/** @type {HTMLElement} */ (element).dataset.id ?? ""));
    }
    byId("found").textContent = words ? (found.length === 1 ? "1 match" : `${found.length} matches`) : "";
  }

  /** @returns {{collection: import("./cloud.js").Collection, id: string}[]} */
  _found() {
    const words = this._input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const out = [];
    for (const collection of COLLECTIONS) {
      if (collection === "subnets") continue;
      for (const one of this._cloud.all[collection].values()) {
        const text = this._text(collection, one);
        if (words.every((word) => text.includes(word))) {
          const shown = collection === "floatingips" ? one.port_id : one.id;
          if (shown) out.push({ collection: collection === "floatingips" ? /** @type {const} */ ("ports") : collection, id: shown });
        }
      }
    }
    return out;
  }

  /** @param {string} collection @param {import("./cloud.js").Resource} one */
  _text(collection, one) {
    const parts = [one.id, one.name, one.host, one.mac_address, one.status, one["binding:host_id"], one.floating_ip_address];
    for (const fixed of one.fixed_ips ?? []) parts.push(fixed.ip_address);
    if (collection === "networks") for (const subnet of this._cloud.subnetsOf(one.id)) parts.push(subnet.cidr, subnet.name);
    return parts.filter(Boolean).join(" ").toLowerCase();
  }
}

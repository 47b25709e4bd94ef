// The keyboard: arrows go to the nearest neighbour in the picture, letters do what the help says.

import { byId, h } from "./dom.js";

export const KEYS = [
  ["/", "search; Enter goes to the next match"],
  ["arrows", "to the neighbour in that direction"],
  ["Enter", "details of what has the focus"],
  ["n", "make something new"],
  ["t", "trace a packet, where the stack can"],
  ["Delete", "delete what is shown in the details"],
  ["Escape", "close, or clear the search"],
  ["?", "these keys"],
];
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {Record<string, () => void>} actions by key */
export function listen(actions) {
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, select, textarea")) return;
    if (document.querySelector("dialog[open]")) return; // it has its own keys
    const way = ARROWS[event.key];
    if (way) {
      if (step(way)) event.preventDefault();
      return;
    }
    const action = actions[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });
}

/** Move the focus to the nearest element in the direction *way*. @param {[number, number]} way */
function step(way) {
  const all = /** @type {HTMLElement[]} */ ([...byId("picture").querySelectorAll("[data-id]")]);
  const here = document.activeElement;
  if (!here || !byId("picture").contains(here) || here === byId("picture")) {
    all[0]?.focus();
    return all.length > 0;
  }
  const from = centre(here);
  let best = null;
  let least = Infinity;
  for (const one of all) {
    if (one === here) continue;
    const to = centre(one);
    const along = (to.x - from.x) * way[0] + (to.y - from.y) * way[1];
    const aside = Math.abs((to.x - from.x) * way[1]) + Math.abs((to.y - from.y) * way[0]);
    const cost = along + aside * 3;
    if (along > 1 && cost < least) [best, least] = [one, cost];
  }
  best?.focus();
  return best !== null;
}

/** @param {Element} element */
function centre(element) {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return { x: (left + right) / 2, y: (top + bottom) / 2 };
}

/** Return the help. */
export function help() {
  const rows = KEYS.flatMap(([key, says]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, says)]);
  const colours = [["up", "works"], ["down", "down"], ["off", "switched off"], ["fault", "at fault"]].map(([state, says]) =>
    h("span", { class: `legend ${state}` }, h("i", { class: "lamp" }), says),
  );
  return h("div", { class: "help" }, h("dl", {}, ...rows), h("p", { class: "legends" }, ...colours));
}

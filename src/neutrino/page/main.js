// The page: the stream tells the cloud, the cloud is drawn.

import { Cloud, isOwn, stateOf } from "./cloud.js";
import { Details, say } from "./details.js";
import { ask, show } from "./dialog.js";
import { byId, fill, h } from "./dom.js";
import { Forms } from "./forms.js";
import { help, listen } from "./keys.js";
import { Picture } from "./picture.js";
import { Search } from "./search.js";
import { Session } from "./session.js";
import { follow } from "./stream.js";
import { Traces } from "./traces.js";
import { Wires } from "./wires.js";

const NO_TRACE = "No packet can be traced here: it takes the development stack, an administrator, and a port with an address on a host.";

const session = new Session();
const cloud = new Cloud();
const forms = new Forms(cloud, session, choose);
const picture = new Picture(cloud, choose);
const wires = new Wires(cloud);
const search = new Search(cloud, choose);
const traces = new Traces(cloud, session, choose, later);
const details = new Details(cloud, session, forms, traces, choose, unchoose);
/** @type {AbortController | null} */
let following = null;
let isDrawn = true;
let wanted = ""; // what was made and not yet told of by the stream

/** @param {import("./cloud.js").Collection} collection @param {string} id */
function choose(collection, id) {
  wanted = `${collection}/${id}`;
  later();
}

function unchoose() {
  traces.show();
  later();
}

/** Open the details of what was chosen, as soon as it is known. */
function openWanted() {
  const [collection, id = ""] = /** @type {[import("./cloud.js").Collection, string]} */ (wanted.split("/"));
  if (!wanted || !cloud.all[collection].has(id)) return;
  wanted = "";
  traces.hide();
  details.open(collection, id);
  markChosen();
  seeChosen();
}

/** Bring what is chosen into sight: by search it may be anywhere, and the details take a part of the picture's place. */
function seeChosen() {
  document.querySelector("#picture .chosen")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Mark in the picture what the details are of: what was drawn anew has lost its mark. */
function markChosen() {
  const chosen = details.id ? picture.element(details.id) : null;
  for (const element of document.querySelectorAll(".chosen")) if (element !== chosen) element.classList.remove("chosen");
  chosen?.classList.add("chosen");
  wires.chosen = details.collection === "ports" ? details.id : "";
}

/** Draw at the next picture of the screen, once for all that has come until then. */
function later() {
  if (!isDrawn) return;
  isDrawn = false;
  requestAnimationFrame(() => {
    isDrawn = true;
    picture.draw();
    openWanted();
    details.draw();
    markChosen();
    wires.way = traces.way;
    wires.draw();
    search.mark();
    counts();
  });
}

function counts() {
  const ports = [...cloud.all.ports.values()].filter((port) => !isOwn(port));
  const down = ports.filter((port) => stateOf(port) === "down").length;
  const silent = cloud.hosts().filter((host) => !host.alive).length;
  const networks = cloud.all.networks.size;
  fill(byId("counts"), [
    `${networks} ${networks === 1 ? "network" : "networks"}, ${ports.length} ${ports.length === 1 ? "port" : "ports"}`,
    down ? h("b", {}, `, ${down} down`) : null,
    silent ? h("b", {}, `, ${silent} ${silent === 1 ? "host" : "hosts"} silent`) : null,
  ]);
}

/** @param {"live" | "away"} state */
function became(state) {
  byId("live").className = `live ${state === "live" ? "live-now" : "away"}`;
  byId("live").textContent = state === "live" ? "live" : "no connection, trying again";
}

function begin() {
  following?.abort();
  following = new AbortController();
  const leave = byId("leave");
  leave.hidden = session.who === null;
  leave.textContent = session.who ? `${session.who.user} · ${session.who.project.name} · log out` : "";
  /** @param {string} event @param {any} content */
  const heard = (event, content) => {
    cloud.take(event, content);
    document.body.dataset.told = String(cloud.version);
    later();
  };
  void follow(session, heard, became, following.signal);
}

async function enter() {
  await ask({
    title: "Log in",
    fields: [
      { name: "user", label: "User", required: true },
      { name: "password", label: "Password", type: "password", required: true },
      { name: "project", label: "Project", required: true },
    ],
    button: "Log in",
    work: (typed) => session.enter(typed),
    stays: true,
  });
  begin();
}

function left() {
  following?.abort();
  details.close();
  traces.close();
  cloud.clear();
  later();
  byId("live").className = "live";
  byId("live").textContent = "logged out";
  byId("leave").hidden = true;
  void enter();
}

function turn() {
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = document.documentElement.dataset.theme ?? (isDark ? "dark" : "light");
  document.documentElement.dataset.theme = now === "dark" ? "light" : "dark";
  localStorage.setItem("neutrino.theme", document.documentElement.dataset.theme);
}

const kept = localStorage.getItem("neutrino.theme");
if (kept) document.documentElement.dataset.theme = kept;
session.onlost = left;
byId("new").addEventListener("click", () => forms.offer());
byId("theme").addEventListener("click", turn);
byId("help").addEventListener("click", () => show("Keys", help()));
byId("leave").addEventListener("click", () => (session.leave(), left()));
listen({
  "/": () => search.focus(),
  n: () => forms.offer(),
  "?": () => void show("Keys", help()),
  t: () => (traces.sources().length ? void traces.ask(details.collection === "ports" ? details.id : "") : say(NO_TRACE)),
  Escape: () => (details.id ? details.close() : traces.close(), search.clear()),
  Delete: () => details.remove(),
});
new ResizeObserver(() => (wires.draw(), seeChosen())).observe(byId("picture"));

if (await session.begin()) await enter();
else begin();

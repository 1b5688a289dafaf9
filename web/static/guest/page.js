// SPDX-License-Identifier: EUPL-1.2
/** A guest's page: after one tap, one call's picture and how many see it. */

import { Problem, call } from "../lib/api.js";
import { EventSocket } from "../lib/events.js";
import { StillStream } from "../lib/stills.js";
import { Viewer } from "../lib/viewer.js";
import { Screen } from "../console/screen.js";

/** What the node refuses a link for, and what the page then says. @type {Record<string, string>} */
const REFUSED = {
  "guest-taken": "taken",
  "guest-unknown": "unknown",
  "call-unknown": "unknown",
  "call-ended": "ended",
  "too-many-requests": "slow",
};

/** States that are the end of it, until something is tapped. */
const OVER = new Set(["taken", "unknown", "ended", "left", "elsewhere", "slow"]);
/** Those in which the same tap may help. */
const AGAIN = new Set(["ready", "left", "elsewhere", "slow"]);

/** How often an unreachable node is asked again, in ms. */
const RETRY = 2000;
/** Phases in which frames ought to come. */
const EXPECTING = new Set(["permitted", "live", "interrupted"]);

const root = document.documentElement;
const status = find("status");
const button = /** @type {HTMLButtonElement} */ (find("watch"));
const texts = /** @type {HTMLTemplateElement} */ (find("texts")).content;
const screen = new Screen(
  /** @type {HTMLVideoElement} */ (find("video")),
  /** @type {HTMLCanvasElement} */ (find("held")),
);
/** @type {EventSocket | null} */
let socket = null;
/** @type {Viewer | null} */
let viewer = null;
let revision = -1;
/** The video, and what is shown in its place while it can not be had. @type {MediaStream | null} */
let video = null;
/** @type {StillStream | null} */
let stills = null;

screen.onframe = () => viewer?.frame();
button.addEventListener("click", () => void open());
find("leave").addEventListener("click", () => finish("left"));
document.addEventListener("visibilitychange", () => {
  if (viewer) viewer.unseen = document.hidden;
  if (!document.hidden) socket?.nudge();
});
window.addEventListener("online", () => socket?.nudge());
window.addEventListener("pagehide", () => viewer?.close());
button.disabled = false;

/** @param {string} id */
function find(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** Asks to be let in, again and again where nobody answers. */
async function open() {
  enter("opening");
  const url = `/api/v1/guests/${encodeURIComponent(root.dataset["code"] ?? "")}/open`;
  try {
    const answer = await call("POST", url, { type: "application/json", body: "{}" });
    begin(await answer.json());
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const refused = REFUSED[error.name];
    if (refused) {
      finish(refused);
    } else {
      enter("unreachable");
      setTimeout(() => void open(), RETRY);
    }
  }
}

/** @param {{call: string, token: string, central_name: string, exercise: boolean}} opened */
function begin({ call: id, token, central_name: central, exercise }) {
  find("exercise").hidden = !exercise;
  find("central").textContent = central;
  const events = new EventSocket(new URL("/api/v1/events", location.href).href, () => ({ type: "auth", token }));
  socket = events;
  revision = -1;
  const watching = new Viewer(id, {
    send: (message) => events.send(message),
    show: (stream) => {
      video = stream;
      if (!stills) screen.show(stream);
    },
    changed: (picture) => pictureChanged(picture),
  });
  viewer = watching;
  events.onmessage = (message) => {
    if (message.type === "welcome") {
      revision = -1; // another node may have numbered anew
      told(message["state"]);
      watching.watch();
    } else if (message.type === "state") {
      told(/** @type {any} */ (message));
    } else if (message.type === "offer") {
      watching.take(/** @type {any} */ (message));
    } else if (message.type === "still") {
      void showStill(watching, message["jpeg"]);
    }
  };
  events.onstate = (state) => {
    if (state === "refused") finish(events.code === 4409 ? "elsewhere" : "unknown");
  };
  enter("waiting");
  events.connect();
}

/**
 * @param {Viewer} watching
 * @param {string} jpeg
 */
async function showStill(watching, jpeg) {
  const begins = !stills;
  stills ??= new StillStream();
  watching.stills = true;
  if (begins) screen.show(stills.stream);
  if ((await stills.take(jpeg)) && watching.unseen) watching.frame();
}

/** @param {{phase: string, viewers: number, revision: number, stills: boolean}} state */
function told(state) {
  if (state.revision < revision || !viewer) return;
  revision = state.revision;
  if (state.phase === "ended") {
    finish("ended");
    return;
  }
  if (stills && !state.stills && state.phase === "live" && video) {
    stills = null;
    viewer.stills = false;
    screen.show(video);
  }
  viewer.heard = state.phase === "live";
  viewer.expect(EXPECTING.has(state.phase));
  const words = texts.getElementById("text-count")?.textContent ?? "";
  find("count").textContent = state.viewers > 0 ? words.replace("{n}", String(state.viewers)) : "";
}

/** @param {import("../lib/viewer.js").Picture} picture */
function pictureChanged(picture) {
  if (picture === "flowing") enter("live");
  else if (picture === "still" || picture === "reconnecting") enter("still");
}

/**
 * Stops watching, and says why.
 *
 * @param {string} state
 */
function finish(state) {
  viewer?.close();
  viewer = null;
  const was = socket;
  socket = null;
  if (was) {
    was.onstate = was.onmessage = () => {};
    // What was said last goes out first.
    setTimeout(() => was.close());
  }
  video = stills = null;
  screen.clear();
  enter(state);
}

/**
 * Shows a state and its words.
 *
 * @param {string} state
 */
function enter(state) {
  if (status.dataset["state"] === state) return;
  const words = /** @type {HTMLElement | null} */ (texts.querySelector(`[data-for="${state}"]`));
  const copy = /** @type {HTMLElement} */ (words?.cloneNode(true));
  const again = copy.querySelector("b");
  again?.remove();
  const over = OVER.has(state);
  status.dataset["state"] = state;
  root.toggleAttribute("data-watching", !over && state !== "opening");
  status.replaceChildren(...copy.childNodes);
  if (again) button.textContent = again.textContent;
  button.hidden = !AGAIN.has(state);
  find("leave").hidden = over || state === "opening";
  find("screen").hidden = over || state === "opening";
  const badge = find("badge");
  badge.dataset["state"] = state === "live" || state === "still" ? state : "none";
  badge.textContent = texts.getElementById(`text-${state}`)?.textContent ?? "";
}

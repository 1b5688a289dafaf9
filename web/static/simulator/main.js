// SPDX-License-Identifier: EUPL-1.2
/** The simulated caller's window: the drawn camera and its buttons. */

import { element, setText } from "../console/paint.js";
import { t } from "../console/text.js";
import { RATE, keepDrawing } from "./beat.js";
import { SimulatedCaller } from "./caller.js";
import { Stage } from "./stage.js";

/** @typedef {import("./caller.js").Look} Look */

const BEFORE = new Set(["requested", "invited"]);
const STARTED = new Set(["permitted", "live", "interrupted"]);
const OVER = new Set(["ended", "unknown", "claimed", "error"]);

const canvas = element("scene", HTMLCanvasElement);
const pen = canvas.getContext("2d");
if (!pen) throw new Error("this browser can not draw");
const [track] = canvas.captureStream(RATE).getVideoTracks();
if (!track) throw new Error("this browser can not film a drawing");
let covered = false;

const stage = new Stage(pen, { draw: "room", dark: 0, shake: 0.1, looks: { breathing: true } });
keepDrawing(() => stage.draw(Date.now()));

const code = new URLSearchParams(location.search).get("code") ?? "";
const caller = new SimulatedCaller(code, track, render, t);
/** @type {[string, () => void | Promise<void>][]} */
const buttons = [
  ["show", () => caller.show()],
  ["refuse", () => caller.refuse()],
  ["cover", toggleCover],
  ["network", () => caller.toggleNetwork()],
  ["hide", () => caller.toggleHidden()],
  ["stop", () => caller.stop()],
];
for (const [id, act] of buttons) element(id, HTMLButtonElement).addEventListener("click", () => void act());

if (code) {
  render(caller.look);
  void caller.open();
} else {
  element("code-form", HTMLFormElement).hidden = false;
  element("status", HTMLElement).textContent = t("no_code");
}

function toggleCover() {
  covered = !covered;
  stage.look({ covered });
  press("cover", covered);
}

/** @param {Look} look */
function render(look) {
  const status = element("status", HTMLElement);
  status.dataset["state"] = look.phase;
  status.textContent = words(look);
  const begun = STARTED.has(look.phase);
  const over = OVER.has(look.phase) || look.phase === "opening";
  enable("show", !over && !begun);
  enable("refuse", !over && !begun);
  for (const id of ["network", "hide", "stop"]) enable(id, !over);
  press("network", look.offline);
  press("hide", look.hidden);
  renderReplies(look);
}

/** Shows what the operator has shown and asked, and what was answered. @param {Look} look */
function renderReplies({ sentence, answered, place }) {
  const words = element("words", HTMLElement);
  words.hidden = !sentence && !place;
  const number = String(sentence?.number ?? "");
  if (words.dataset["number"] !== number) {
    words.dataset["number"] = number;
    const said = element("said", HTMLElement);
    said.lang = sentence?.lang ?? "";
    const steps = (sentence?.steps ?? []).map((step) => Object.assign(document.createElement("li"), { textContent: step }));
    element("said-text", HTMLElement).textContent = sentence?.text ?? "";
    element("said-steps", HTMLOListElement).replaceChildren(...steps);
  }
  const asked = place === "told" ? t("sent", { text: t("place_told") }) : place ? t("place_asked") : "";
  setText("asked", asked);
  setText("answered", answered ? t("sent", { text: t(answered) }) : "");
}

/** @param {Look} look */
function words({ phase, viewers, detail, offline, hidden, refused }) {
  if (OVER.has(phase)) return t(phase, { detail });
  if (offline) return t("offline");
  if (hidden) return t("hidden");
  if (refused) return t("refused");
  if (BEFORE.has(phase)) return t("opened");
  return viewers > 1 && phase === "live" ? t("viewers", { n: viewers }) : t(phase);
}

/**
 * @param {string} id
 * @param {boolean} on
 */
function enable(id, on) {
  element(id, HTMLButtonElement).disabled = !on;
}

/**
 * @param {string} id
 * @param {boolean} on
 */
function press(id, on) {
  element(id, HTMLButtonElement).setAttribute("aria-pressed", String(on));
}

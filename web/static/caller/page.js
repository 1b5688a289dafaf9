// SPDX-License-Identifier: EUPL-1.2
/** The caller's page: shows the call's state in words the server has rendered, and passes on what is tapped. */

import { CallerCall } from "./call.js";
import { browserOf, questionPlace } from "./camera.js";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const root = document.documentElement;
const status = byId("status");
const start = /** @type {HTMLButtonElement} */ (byId("start"));
const preview = /** @type {HTMLVideoElement} */ (byId("preview"));
const texts = /** @type {HTMLTemplateElement} */ (byId("texts")).content;
const browser = browserOf();
const caller = new CallerCall(root.dataset["code"] ?? "", location.origin);

/** What the big button does now; a text may ask for another act by its `data-act`. @type {Record<string, () => void>} */
const acts = {
  start: () => void caller.start(),
  reload: () => location.reload(),
  code: () => location.assign("/v"),
  copy: () => void copyAddress(),
};
let shown = "";
/** @type {Promise<WakeLockSentinel | null | undefined> | null} */
let awake = null;

/** Names the texts that would fit, the best first. */
function wanted() {
  const { state, detail, seen, viewers } = caller;
  if (state === "live") return [viewers > 1 && seen ? "seen-more" : seen ? "seen" : "live"];
  if (state === "opened" || state === "connected") return [caller.resumed ? "resume" : "ready"];
  return [`${state}-${detail}-${browser}`, `${state}-${browser}`, `${state}-${detail}`, state, "ready"];
}

/** Finds the text to show now. */
function text() {
  for (const name of wanted()) {
    const found = texts.querySelector(`[data-for~="${name}"]`);
    if (found) return /** @type {HTMLElement} */ (found);
  }
  throw new Error(`no text for ${caller.state}`);
}

/** Brings the page in line with the call. What is read aloud is touched only when its words change. */
function render() {
  const { state, camera } = caller;
  root.dataset["state"] = state;
  status.dataset["state"] = state;
  status.dataset["seen"] = String(caller.seen);
  const chosen = text();
  const name = `${chosen.dataset["for"]} ${caller.viewers}`;
  if (name !== shown) say(chosen);
  shown = name;
  if (caller.centralName) byId("central").textContent = caller.centralName;
  if (preview.srcObject !== camera.stream) preview.srcObject = camera.stream;
  preview.hidden = !camera.stream;
  preview.classList.toggle("mirrored", camera.facesUser);
  byId("tools").hidden = !["permitted", "live", "interrupted"].includes(state);
  byId("turn").hidden = !camera.several;
  /** @type {HTMLButtonElement} */ (byId("turn")).disabled = camera.state === "turning";
  void keepAwake();
}

/** @param {HTMLElement} chosen the text to say, with its help and its button */
function say(chosen) {
  const copy = /** @type {HTMLElement} */ (chosen.cloneNode(true));
  const label = copy.querySelector("b");
  label?.remove();
  for (const node of copy.querySelectorAll("[data-viewers]")) {
    node.textContent = (node.textContent ?? "").replace("{n}", String(caller.viewers));
  }
  for (const node of copy.querySelectorAll("[data-address]")) node.textContent = location.origin + location.pathname;
  const [sentence, ...help] = [...copy.children];
  const former = `${status.textContent}`;
  const next = [sentence, ...help].map((part) => part?.textContent ?? "").join("");
  if (next !== former) status.replaceChildren(...copy.children);
  start.dataset["act"] = chosen.dataset["act"] ?? "start";
  start.hidden = !label;
  if (label) byId("start-label").textContent = label.textContent;
}

async function copyAddress() {
  const address = status.querySelector("[data-address]");
  await navigator.clipboard?.writeText(address?.textContent ?? "").catch(() => {});
  if (address) getSelection()?.selectAllChildren(address); // seen to be chosen, and at hand where copying is refused
}

/** Keeps the screen on while there is a picture to send. The browser lets go by itself when the page is hidden. */
async function keepAwake() {
  const needed = Boolean(caller.camera.stream) && document.visibilityState === "visible";
  if (needed) awake ??= navigator.wakeLock?.request("screen").catch(() => null) ?? null;
  else if (awake) {
    const lock = await awake;
    awake = null;
    await lock?.release();
  }
}

/** Notices a phone that goes from Wi-Fi to the mobile network, where the browser tells. */
function watchNetwork() {
  const { connection } = /** @type {{connection?: EventTarget & {type?: string}}} */ (navigator);
  let type = connection?.type;
  connection?.addEventListener("change", () => {
    if (connection.type !== type) caller.reconnect();
    type = connection.type;
  });
  addEventListener("online", () => caller.reconnect());
}

/** Resolves when someone has seen the page: a preview of the link must not count as opened. */
function seenByPerson() {
  return /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      const look = () => {
        if (document.visibilityState !== "visible") return;
        document.removeEventListener("visibilitychange", look);
        requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
      };
      document.addEventListener("visibilitychange", look);
      look();
    })
  );
}

caller.onchange = render;
start.addEventListener("click", () => acts[start.dataset["act"] ?? ""]?.());
byId("turn").addEventListener("click", () => void caller.turn());
byId("stop").addEventListener("click", () => caller.stop());
addEventListener("pageshow", (event) => event.persisted && location.reload());

watchNetwork();
root.dataset["question"] = questionPlace(browser);
root.dataset["script"] = "ready";
start.disabled = false;
await seenByPerson();
document.addEventListener("visibilitychange", () => {
  void caller.show(document.visibilityState === "visible");
  void keepAwake();
});
void caller.open();

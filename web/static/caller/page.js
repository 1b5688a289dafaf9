// SPDX-License-Identifier: EUPL-1.2
/** The caller's page: shows the call's state in words the server has rendered, and passes on what is tapped. */

import { CallerCall } from "./call.js";
import { browserOf, questionPlace } from "./camera.js";
import { Drawing } from "./drawing.js";
import { Words } from "./words.js";

const NOTE = 12_000; // how long a note stays, in milliseconds

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const root = document.documentElement;
const status = byId("status");
const start = /** @type {HTMLButtonElement} */ (byId("start"));
const preview = /** @type {HTMLVideoElement} */ (byId("preview"));
const texts = /** @type {HTMLTemplateElement} */ (byId("texts"));
const drawing = new Drawing(/** @type {HTMLCanvasElement} */ (byId("strokes")), preview);
const browser = browserOf();
const caller = new CallerCall(root.dataset["code"] ?? "", location.origin);
const words = new Words(caller);

/** What the big button does now; a text may ask for another act by its `data-act`. @type {Record<string, () => void>} */
const acts = {
  start: () => void caller.start(),
  reload: () => location.reload(),
  code: () => location.assign("/v"),
  copy: () => void copyAddress(),
  leave: () => void leaveApp(),
};
const notes = /** @type {HTMLTemplateElement} */ (byId("notes")).content;
const note = byId("note");
const title = document.title;
let shown = "";
let copied = false; // whether the address is where it can be pasted from
/** Things said once, however often they are so. @type {Set<string>} */
const noted = new Set();
let noteTimer = 0;
/** @type {Promise<WakeLockSentinel | null | undefined> | null} */
let awake = null;

/** Names the texts that would fit, the best first. */
function wanted() {
  const { state, detail, seen, viewers } = caller;
  if (state === "live" && caller.stills.on) return [seen ? "stills-seen" : "stills"];
  if (state === "live") return [viewers > 1 && seen ? "seen-more" : seen ? "seen" : "live"];
  if (state === "opened" || state === "connected") return [caller.resumed ? "resume" : "ready"];
  const names = [`${state}-${detail}-${browser}`, `${state}-${browser}`, `${state}-${detail}`, state, "ready"];
  return copied && state === "failed" ? [`copied-${browser}`, ...names] : names;
}

/** Finds the text to show now. */
function text() {
  for (const name of wanted()) {
    const found = texts.content.querySelector(`[data-for~="${name}"]`);
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
  if (name !== shown) show(chosen);
  shown = name;
  if (caller.invitation?.central_name) byId("central").textContent = caller.invitation.central_name;
  byId("exercise").hidden = !caller.invitation?.exercise;
  if (preview.srcObject !== camera.stream) preview.srcObject = camera.stream;
  preview.hidden = !camera.stream;
  preview.classList.toggle("mirrored", camera.facesUser);
  byId("tools").hidden = !["permitted", "live", "interrupted", "paused"].includes(state);
  byId("turn").hidden = !camera.several || !["on", "turning"].includes(camera.state); // another has nothing to turn
  /** @type {HTMLButtonElement} */ (byId("turn")).disabled = camera.state === "turning";
  const { state: locating } = caller.locating;
  byId("location").dataset["state"] = locating;
  byId("location").hidden = locating === "idle";
  root.toggleAttribute("data-asked", locating !== "idle");
  const { phone } = caller.filming;
  if (!["live", "permitted"].includes(state)) note.hidden = true;
  sayOnce("battery", phone.low);
  sayOnce("saving", phone.facts.saving);
  void keepAwake();
}

/** @param {HTMLElement} chosen the text to say, with its help and its button */
function show(chosen) {
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
  const writing = navigator.clipboard?.writeText(location.origin + location.pathname);
  copied = (await writing?.then(() => true, () => false)) ?? false;
  render();
  const address = status.querySelector("[data-address]");
  if (address) getSelection()?.selectAllChildren(address); // seen to be chosen, and at hand where copying is refused
}

/** Opens the page in the phone's own browser, from inside an app that will not have it; the address is copied in case. */
async function leaveApp() {
  caller.filming.fail("unsupported"); // lets go of the call too, so that the other browser gets it
  await copyAddress();
  const address = location.host + location.pathname;
  location.href = browser === "inside-ios" ? `x-safari-https://${address}` : `intent://${address}#Intent;scheme=https;package=com.android.chrome;end`;
}

/** @param {string} name */
const noteOf = (name) => notes.querySelector(`[data-for="${name}"]`)?.textContent ?? "";

/**
 * Says something for a while that is good to know and nothing to act on.
 *
 * @param {string} name
 */
function say(name) {
  note.textContent = noteOf(name);
  note.hidden = false;
  clearTimeout(noteTimer);
  noteTimer = setTimeout(() => {
    note.hidden = true;
    render(); // what has waited for its turn
  }, NOTE);
}

/**
 * Says it once, and not before there is a picture: until then there is one thing to do.
 *
 * @param {string} name
 * @param {boolean} so
 */
function sayOnce(name, so) {
  if (!so || noted.has(name) || !note.hidden || caller.state !== "live") return;
  noted.add(name);
  say(name);
}

/** Keeps the screen on while there is a picture to send, or may be again. The browser lets go by itself when the page is hidden. */
async function keepAwake() {
  const needed = Boolean(caller.camera.stream ?? caller.state === "paused") && document.visibilityState === "visible";
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
caller.filming.onsteered = say;
caller.onmessage = (/** @type {import("../lib/events.js").Message} */ message) => {
  drawing.hear(message);
  words.hear(message);
};
words.onlanguage = () => {
  shown = "";
  render();
};
caller.stills.source = preview;
caller.locating.onchange = render;
caller.locating.ondone = say;
byId("share").addEventListener("click", () => caller.locating.share());
byId("decline").addEventListener("click", () => caller.locating.decline());
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
  const visible = document.visibilityState === "visible";
  void caller.show(visible);
  // All that can be read of a page that is left is its name.
  document.title = visible || !caller.camera.stream ? title : noteOf("hidden");
  void keepAwake();
});
void caller.open();

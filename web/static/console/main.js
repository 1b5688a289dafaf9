// SPDX-License-Identifier: EUPL-1.2
/** The operator's console: ties the socket, the picture, the keys and the page to the one state. */

import { Problem, call as request } from "../lib/api.js";
import { EventSocket } from "../lib/events.js";
import { Viewer } from "../lib/viewer.js";
import { lettersOn, listen, setLetters } from "./keys.js";
import { element, paint } from "./paint.js";
import { Screen } from "./screen.js";
import { Store } from "./state.js";
import { t } from "./text.js";
import { view } from "./view.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./keys.js").Command} Command */

const RENEW = 20 * 60_000; // the session is renewed this often, in ms
const ARMED = 3000; // a second press of F9 counts within this, in ms
const REPAINT = 250; // how often what depends on the clock is shown anew

/** Phases in which frames ought to come. */
const EXPECTING = new Set(["permitted", "live", "interrupted"]);

const display = new Screen(element("video", HTMLVideoElement), element("frozen", HTMLCanvasElement));
const help = element("help", HTMLDialogElement);
const store = new Store(changed);
const viewerId = crypto.randomUUID();
const socket = new EventSocket(new URL("/api/v1/events", location.href).href, () => ({ type: "auth", viewer: viewerId }));
/** @type {Viewer | null} */
let viewer = null;

display.onframe = () => viewer?.frame();
display.onblack = (/** @type {boolean} */ black) => store.dispatch({ type: "black", black });
socket.onmessage = received;
socket.onstate = socketChanged;
listen(run);
bindPage();
setInterval(repaint, REPAINT);
setInterval(() => void renew(), RENEW);
repaint();
socket.connect();

/** @param {import("../lib/events.js").Message} message */
function received(message) {
  const at = Date.now();
  switch (message.type) {
    case "welcome": {
      const { now, calls, phone_call: inPhone } = /** @type {any} */ (message);
      store.dispatch({ type: "welcome", now, calls, phone: inPhone?.phone ?? "", at });
      viewer?.watch();
      break;
    }
    case "call":
      store.dispatch({ type: "call", call: message["call"], at });
      break;
    case "phone_call":
      store.dispatch({ type: "phone_call", phone: message["phone"] ?? "" });
      break;
    case "offer":
      if (message["call"] === viewer?.call) viewer?.take(/** @type {import("../lib/viewer.js").Offer} */ (message));
      break;
  }
}

/** @param {import("../lib/events.js").SocketState} state */
function socketChanged(state) {
  if (state === "waiting") store.dispatch({ type: "net", net: "lost" });
  if (state !== "refused") return;
  store.dispatch({ type: "net", net: socket.code === 4409 ? "replaced" : "signed_out" });
  if (socket.code === 4401 && !store.state.call) location.reload();
}

/**
 * @param {State} state
 * @param {State} before
 */
function changed(state, before) {
  if (state.call?.id !== before.call?.id) follow(state);
  const { call } = state;
  if (viewer && call) {
    // Frames still on their way from a phone that went to the background do not mean that it is back.
    const hidden = call.troubles.includes("hidden");
    viewer.heard = hidden || call.phase === "live";
    viewer.expect(!hidden && EXPECTING.has(call.phase));
  }
  if (before.frozenAt !== null && state.frozenAt === null) display.thaw();
  if (before.call && !state.call) afterCall();
  repaint();
}

/**
 * Watches the state's call, and no other.
 *
 * @param {State} state
 */
function follow({ call }) {
  viewer?.close();
  viewer = null;
  display.clear();
  if (!call) return;
  viewer = new Viewer(call.id, {
    send: (message) => socket.send(message),
    show: (stream) => display.show(stream),
    changed: (picture) => store.dispatch({ type: "picture", picture }),
  });
  viewer.unseen = document.hidden;
  // A welcome says it again; while the socket is down this goes nowhere.
  viewer.watch();
}

function afterCall() {
  if (document.fullscreenElement) void document.exitFullscreen();
  if (store.state.net === "signed_out") location.reload();
  // Once the page shows the field again.
  requestAnimationFrame(() => element("phone", HTMLInputElement).focus());
}

function repaint() {
  paint(view(store.state, Date.now(), viewer?.quiet ?? null));
  const clock = element("clock", HTMLTimeElement);
  const time = new Date().toTimeString().slice(0, 8);
  if (clock.textContent !== time) clock.textContent = time;
}

/** @param {Command} command */
function run(command) {
  if (command === "help") toggleHelp();
  else if (command === "start") void start();
  else if (!store.state.call) return;
  else if (command === "end") pressEnd();
  else if (command === "freeze") toggleFreeze();
  else toggleFull();
}

async function start() {
  const { call, starting, number } = store.state;
  if (call || starting) return;
  store.dispatch({ type: "starting" });
  const phone = number.trim();
  try {
    const response = await request("POST", "/api/v1/calls", {
      type: "application/json",
      body: JSON.stringify(phone ? { phone } : {}),
    });
    store.dispatch({ type: "call", call: await response.json(), at: Date.now() });
  } catch (error) {
    refused(error);
  }
}

/** Ends at the second press within three seconds, so that a slip of a finger ends nothing. */
function pressEnd() {
  const now = Date.now();
  if (store.state.armedUntil > now) void end();
  else store.dispatch({ type: "arm", until: now + ARMED });
}

async function end() {
  const { call } = store.state;
  if (!call) return;
  try {
    const response = await request("DELETE", `/api/v1/calls/${call.id}`);
    store.dispatch({ type: "call", call: await response.json(), at: Date.now() });
  } catch (error) {
    refused(error);
  }
}

function toggleFreeze() {
  const freeze = store.state.frozenAt === null && display.freeze();
  store.dispatch({ type: "freeze", at: freeze ? Date.now() : null });
}

function toggleFull() {
  if (document.fullscreenElement) void document.exitFullscreen();
  else if (store.state.seen) void document.documentElement.requestFullscreen();
}

function toggleHelp() {
  if (help.open) help.close();
  else help.showModal();
}

/**
 * Says why the node did not do what was asked; one who is signed out gets the form.
 *
 * @param {unknown} error
 */
function refused(error) {
  if (!(error instanceof Problem)) throw error;
  if (error.status === 401) location.reload();
  else store.dispatch({ type: "notice", text: noticeOf(error) });
}

/** @param {Problem} problem */
function noticeOf({ status, name, message }) {
  if (status === 0) return t("notice_unreachable");
  if (status === 409) return t("notice_seat_busy");
  if (status === 429) return t("notice_too_many");
  return name === "phone-invalid" ? t("notice_phone") : t("notice_failed", { detail: message });
}

async function renew() {
  try {
    await request("POST", "/api/v1/session/renew");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status !== 401) return;
    store.dispatch({ type: "net", net: "signed_out" });
    if (!store.state.call) location.reload();
  }
}

async function signOut() {
  await request("DELETE", "/api/v1/session").catch(() => {
    // Signed out already, or no answer: the page that follows tells which.
  });
  location.assign("/console");
}

function toggleTheme() {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  const next = (root.dataset["theme"] ?? system) === "light" ? "dark" : "light";
  root.dataset["theme"] = next;
  localStorage.setItem("klarsyn-theme", next);
}

async function copyLink() {
  const link = store.state.call?.link;
  if (!link || !navigator.clipboard) return;
  await navigator.clipboard.writeText(link);
  const button = element("copy", HTMLButtonElement);
  button.textContent = t("copied");
  setTimeout(() => (button.textContent = t("copy")), 2000);
}

function bindPage() {
  /** @type {[string, () => void][]} */
  const clicks = [
    ["freeze", () => run("freeze")],
    ["full", () => run("full")],
    ["help-open", toggleHelp],
    ["help-close", toggleHelp],
    ["theme", toggleTheme],
    ["sign-out", () => void signOut()],
    ["copy", () => void copyLink()],
  ];
  for (const [id, act] of clicks) element(id, HTMLButtonElement).addEventListener("click", act);
  // A click is aimed, and ends at once; Enter or Space on the button is a key, and asks for a second press.
  element("end", HTMLButtonElement).addEventListener("click", (event) => {
    const byKey = event.isTrusted && event.detail === 0;
    if (byKey) pressEnd();
    else void end();
  });
  element("start-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    void start();
  });
  const field = element("phone", HTMLInputElement);
  const typed = () => store.dispatch({ type: "typed", number: field.value });
  field.addEventListener("input", typed);
  if (field.value) typed(); // Typed while the script was still on its way: not one digit is lost.
  const qr = element("qr", HTMLImageElement);
  qr.addEventListener("load", () => (qr.hidden = false));
  const letters = element("letters", HTMLInputElement);
  letters.checked = lettersOn();
  letters.addEventListener("change", () => setLetters(letters.checked));
  document.addEventListener("visibilitychange", () => {
    if (viewer) viewer.unseen = document.hidden;
    if (!document.hidden) socket.nudge();
  });
  window.addEventListener("online", () => socket.nudge());
  // So that the number of those who watch is right at once, not when the node has missed this tab.
  window.addEventListener("pagehide", () => viewer?.close());
}

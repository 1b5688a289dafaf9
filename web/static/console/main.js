// SPDX-License-Identifier: EUPL-1.2
/** The operator's console: ties the socket, the picture, the keys and the page to the one state. */

import { Problem, call as request, persist } from "../lib/api.js";
import { EventSocket } from "../lib/events.js";
import { ActionCards } from "./action_cards.js";
import { Calls } from "./calls.js";
import { Door } from "./door.js";
import { Help } from "./help.js";
import { lettersOn, listen, setLetters } from "./keys.js";
import { Evaluation } from "./evaluation.js";
import { languageChoice } from "./language.js";
import { Lens } from "./lens.js";
import { Location } from "./location.js";
import { Look } from "./look.js";
import { element, paint } from "./paint.js";
import { bind } from "./parts.js";
import { Phone } from "./phone.js";
import { Pen } from "./pen.js";
import { Pictures } from "./pictures.js";
import { noticeOf } from "./refusals.js";
import { Screen } from "./screen.js";
import { Sharing } from "./sharing.js";
import { ServiceMessages } from "./service_messages.js";
import { Sms } from "./sms.js";
import { Snapshots } from "./snapshots.js";
import { INITIAL, Store, leads, led } from "./state.js";
import { Support } from "./support.js";
import { TestCall } from "./test_call.js";
import { t } from "./text.js";
import { Veil, startsVeiled } from "./veil.js";
import { view } from "./view.js";
import { Words, takeLanguage } from "./words.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./parts.js").Part} Part */

const RENEW = 20 * 60_000; // the session is renewed this often, in ms
const ARMED = 3000; // a second press of F9 counts within this, in ms
const AGAIN = 1000; // before what the node could not do is asked for again, in ms
const REPAINT = 250; // how often what depends on the clock is shown anew

/** Problems after which watching again is of use. */
const MENDS = new Set(["gateway-unavailable", "owner-unreachable", "state-unavailable", "offer-stale"]);

const display = new Screen(element("video", HTMLVideoElement), element("frozen", HTMLCanvasElement));
const lens = new Lens(element("screen", HTMLElement), element("lens", HTMLElement));
const help = new Help();
const language = languageChoice();
const store = new Store(changed, { ...INITIAL, lostAt: Date.now(), startsVeiled: startsVeiled() });
const viewerId = crypto.randomUUID();
const socket = new EventSocket(new URL("/api/v1/events", location.href).href, () => ({ type: "auth", viewer: viewerId }));
const pictures = new Pictures(display, (message) => socket.send(message), (call, picture) =>
  store.dispatch({ type: "picture", call, picture }),
);

/** @type {import("./parts.js").Desk} */
const desk = { store, display, lens, refused, say, ask, connection: () => pictures.connection };
const support = new Support(desk);
/** @type {Part[]} */
const parts = [
  ...[new Calls(desk), new Look(desk), new Veil(desk), new Snapshots(desk), new Pen(desk), new Phone(desk)],
  ...[new Words(desk), new Sms(desk), new Sharing(desk), new Evaluation(), new Location(desk), new TestCall(desk)],
  ...[new ActionCards(), new Door(), new ServiceMessages(), support],
];
/** What keys do at any time. @type {Record<string, () => void>} */
const keys = Object.assign({ F2: () => void start(element("start", HTMLButtonElement).hidden), "?": () => help.toggle() }, ...parts.map((part) => part.anytime ?? {}));

display.onblack = (/** @type {boolean} */ black) => store.dispatch({ type: "black", black });
socket.onmessage = received;
socket.onstate = socketChanged;
listen((key) => keys[key] ?? (store.state.call ? callKey(key) : undefined));
bindPage();
setInterval(repaint, REPAINT);
setInterval(() => void renew(), RENEW);
repaint();
socket.connect();

/**
 * Returns what a key does while there is a call.
 *
 * @param {string} key
 */
function callKey(key) {
  if (key === "F9") return pressEnd;
  return parts.map((part) => part.keys?.[key]).find((act) => act !== undefined);
}

/** @param {import("../lib/events.js").Message} message */
function received(message) {
  const at = Date.now();
  switch (message.type) {
    case "welcome": {
      const { seat, now, calls, phone_call: inPhone } = /** @type {any} */ (message);
      store.dispatch({ type: "welcome", seat, now, calls, phone: inPhone?.phone ?? "", at });
      pictures.watch();
      break;
    }
    case "call":
      store.dispatch({ type: "call", call: message["call"], at });
      break;
    case "withdrawn":
      store.dispatch({ type: "withdrawn", call: message["call"] });
      break;
    case "phone_call":
      store.dispatch({ type: "phone_call", phone: message["phone"] ?? "" });
      break;
    case "offer":
      pictures.take(message);
      break;
    case "still":
      void pictures.still(message);
      break;
    case "problem":
      // Something that was said got nowhere, such as with a node that had just died. Watching is the sum of it all.
      if (MENDS.has(message["problem"])) setTimeout(() => pictures.watch(), AGAIN);
      break;
  }
  for (const part of parts) part.hear?.(message);
}

/**
 * @param {string} type
 * @param {Record<string, unknown>} [fields]
 */
function say(type, fields = {}) {
  const { call } = store.state;
  if (call) socket.send({ type, call: call.id, ...fields });
}

/**
 * @param {string} type
 * @param {Record<string, unknown>} [fields]
 */
async function ask(type, fields = {}) {
  const { call } = store.state;
  try {
    return await (call && socket.request({ type, call: call.id, ...fields }));
  } catch (error) {
    if (error instanceof Problem) support.note(error.name);
    throw error;
  }
}

/** @param {import("../lib/events.js").SocketState} state */
function socketChanged(state) {
  if (state === "waiting") store.dispatch({ type: "net", net: "lost", at: Date.now() });
  if (state !== "refused") return;
  store.dispatch({ type: "net", net: socket.code === 4409 ? "replaced" : "signed_out", at: Date.now() });
  if (socket.code === 4401 && !store.state.call) location.reload();
}

/**
 * @param {State} state
 * @param {State} before
 */
function changed(state, before) {
  pictures.follow(state);
  for (const part of parts) part.changed?.(state, before);
  if (before.call && !state.call) afterCall();
  // The field is out of sight: what is pressed from now on is meant for the call.
  if (state.call && !before.call) element("phone", HTMLInputElement).blur();
  repaint();
}

function afterCall() {
  if (store.state.net === "signed_out") location.reload();
  // Once the page shows the field again.
  requestAnimationFrame(() => element("phone", HTMLInputElement).focus());
}

function repaint() {
  const now = Date.now();
  paint(view(store.state, now, pictures.quiet, pictures.pace));
  language.disabled = store.state.calls.length > 0; // to come again would cost a moment of the picture, and the snapshots
  for (const part of parts) part.paint?.(store.state, now);
  const clock = element("clock", HTMLTimeElement);
  const time = new Date().toTimeString().slice(0, 8);
  if (clock.textContent !== time) clock.textContent = time;
}

/** @param {boolean} [exercise] */
async function start(exercise = false) {
  const { asked, number } = store.state;
  if (led(store.state).length > 0 || asked?.what === "start") return;
  store.dispatch({ type: "asked", what: "start", at: Date.now() });
  const phone = number.trim();
  const language = takeLanguage();
  try {
    const response = await persist("POST", "/api/v1/calls", {
      type: "application/json",
      body: JSON.stringify({ ...(phone && { phone }), ...(language && { language }), ...(exercise && { exercise }) }),
    });
    store.dispatch({ type: "call", call: await response.json(), at: Date.now() });
  } catch (error) {
    // An answer that was lost with its node may have been yes: the socket has told of the call then.
    if (led(store.state).length === 0) refused(error);
  }
}

/** Ends at the second press within three seconds, so that a slip of a finger ends nothing. */
function pressEnd() {
  const now = Date.now();
  if (store.state.call && !leads(store.state, store.state.call)) return;
  if (store.state.armedUntil > now) void end();
  else store.dispatch({ type: "arm", until: now + ARMED });
}

async function end() {
  const { call } = store.state;
  if (!call || !leads(store.state, call)) return;
  // Who presses again while it is asked is told so all the same: it has been asked since the first press.
  if (store.state.asked?.what !== "end") store.dispatch({ type: "asked", what: "end", at: Date.now() });
  try {
    const response = await persist("DELETE", `/api/v1/calls/${call.id}`);
    store.dispatch({ type: "call", call: await response.json(), at: Date.now() });
  } catch (error) {
    // Where the shared state is away the call ends all the same, and the socket has told of it.
    if (store.state.calls.some(({ id }) => id === call.id)) refused(error);
  }
}

/**
 * Says why the node did not do what was asked; one who is signed out gets the form.
 *
 * @param {unknown} error
 */
function refused(error) {
  if (!(error instanceof Problem)) throw error;
  support.note(error.name);
  if (error.name === "centre-not-open") element("start-exercise", HTMLButtonElement).hidden = false;
  if (error.status === 401) location.reload();
  else store.dispatch({ type: "notice", text: noticeOf(error) });
}

async function renew() {
  try {
    await request("POST", "/api/v1/session/renew");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status !== 401) return;
    store.dispatch({ type: "net", net: "signed_out", at: Date.now() });
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
    ["theme", toggleTheme],
    ["sign-out", () => void signOut()],
    ["copy", () => void copyLink()],
    ["start-exercise", () => void start(true)],
  ];
  for (const [id, act] of clicks) bind(element(id, HTMLButtonElement), act);
  // A click is aimed, and ends at once; Enter or Space on the button is a key, and asks for a second press.
  element("end", HTMLButtonElement).addEventListener("click", (event) => {
    const byKey = event.isTrusted && event.detail === 0;
    if (byKey) pressEnd();
    else void end();
  });
  element("start-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    void start(element("start", HTMLButtonElement).hidden);
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
    pictures.look();
    if (!document.hidden) socket.nudge();
  });
  window.addEventListener("online", () => socket.nudge());
  // So that the number of those who watch is right at once, not when the node has missed this tab.
  window.addEventListener("pagehide", () => pictures.close());
}

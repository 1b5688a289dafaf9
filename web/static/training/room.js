// SPDX-License-Identifier: EUPL-1.2
/** The simulation room: the true console and a scripted caller's true page side by side, and what the caller says in the phone. */

import { Problem, call as request } from "../lib/api.js";
import { EventSocket } from "../lib/events.js";
import { element, setText } from "../console/paint.js";
import { t } from "../console/text.js";
import { newsOf } from "./acts.js";
import { Director } from "./director.js";
import { Handset } from "./handset.js";
import { otherwise } from "./otherwise.js";
import { showReport } from "./report.js";

/** @typedef {import("./acts.js").Call} Call */
/** @typedef {import("./acts.js").News} News */
/** @typedef {import("./director.js").Beat} Beat */

const ARMED = 3000; // ms in which a second press ends

/** The scenario, and what its acts are called: the server's words. @type {{id: string, language: string, script: Beat[], reactions: Beat[], voice: {id: string, says: string}[], demonstration: {act: string, after: number, caption: string}[]}} */
const scenario = JSON.parse(element("scenario", HTMLScriptElement).text);
/** @type {Record<string, string>} */
const named = JSON.parse(element("named", HTMLScriptElement).text);
const asked = new URLSearchParams(location.search);
const played = asked.has("instructor") ? "instructor" : "script";
const showing = asked.has("demonstration");
const handset = new Handset(scenario.id, scenario.language);
const director = new Director(scenario, perform, unscripted);
const viewer = crypto.randomUUID();
const socket = new EventSocket(new URL("/api/v1/events", location.href).href, () => ({ type: "auth", viewer }));
/** @type {{at: number, act: string}[]} */
const acts = [];
/** @type {Call | null} */
let call = null;
let ahead = 0; // the node's clock, in ms before ours
let beginning = false;
let over = false;
let armedUntil = 0;

document.body.dataset["played"] = played;
if (played === "instructor") element("once-more", HTMLAnchorElement).href = "?instructor";
element("begin", HTMLButtonElement).addEventListener("click", () => void begin());
element("stop", HTMLButtonElement).addEventListener("click", () => void pressStop());
for (const { id, says } of scenario.voice) voiceButton(id, says);
socket.onmessage = received;
socket.onstate = (/** @type {import("../lib/events.js").SocketState} */ state) => {
  if (state === "refused") location.reload();
};
if (showing) addEventListener("pagehide", leave);
socket.connect();
handset.hang();
element("begin", HTMLButtonElement).disabled = false;

/** @param {import("../lib/events.js").Message} message */
function received(message) {
  if (message.type === "welcome") {
    ahead = message["now"] - Date.now();
    const states = /** @type {Call[]} */ (message["calls"]);
    const own = states.find(({ id, exercise }) => (call ? id === call.id : exercise && (showing || asked.get("call") === id)));
    if (own) take(own);
    warn(message["phone_call"]?.phone);
  } else if (message.type === "phone_call") warn(message["phone"]);
  else if (message.type === "call" && message["call"].id === call?.id) take(message["call"]);
}

/**
 * Says that a true call has come to the seat: nothing is more urgent.
 *
 * @param {string | null | undefined} phone
 */
function warn(phone) {
  const caption = element("caption", HTMLElement);
  if (!phone && caption.dataset["state"] !== "true") return;
  caption.dataset["state"] = phone ? "true" : "none";
  caption.textContent = phone ? t("true_call") : "";
  caption.hidden = !phone;
}

/** Starts the exercise: a call at the trainee's own seat that counts nowhere. */
async function begin() {
  if (beginning || call) return;
  beginning = true;
  setText("problem", "");
  try {
    const body = JSON.stringify({ exercise: true });
    const response = await request("POST", "/api/v1/calls", { type: "application/json", body });
    take(/** @type {Call} */ (await response.json()));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    setText("problem", t(error.name === "seat-busy" ? "seat_busy" : "not_begun"));
  }
  beginning = false;
}

/**
 * Takes in a state of the exercise's call.
 *
 * @param {Call} state
 */
function take(state) {
  if (over || (call && state.revision < call.revision)) return;
  const before = call;
  call = state;
  ahead = state.now - Date.now();
  if (!before) {
    enter(state);
    return;
  }
  for (const news of newsOf(before, state)) hear(news);
  if (state.phase === "ended") void finish();
}

/** @param {Call} state */
function enter({ id, link, code }) {
  document.body.dataset["stage"] = "play";
  const address = new URL(location.href); // the same exercise after a reload
  address.searchParams.set("call", id);
  history.replaceState(null, "", address);
  const frame = element("console", HTMLIFrameElement);
  frame.src = `/training/${scenario.id}/console`;
  frame.addEventListener("load", () => frame.contentWindow?.focus());
  if (played === "instructor") {
    const anchor = element("link", HTMLAnchorElement);
    setText("link", link);
    anchor.href = link;
    setText("code", code.replace(/^(...)/, "$1 "));
    element("qr", HTMLImageElement).src = `/api/v1/calls/${id}/qr.svg`;
    return;
  }
  handset.code = code;
  hear({ event: "ring" });
  if (showing) void demonstrate();
}

/** @param {News} news */
function hear(news) {
  if (over) return;
  if (news.act) acts.push({ at: Date.now() + ahead, act: news.act });
  if (played === "script") director.hear(news);
}

/**
 * Has the caller do something.
 *
 * @param {Beat} beat
 */
function perform({ says, does, writes, looks }) {
  if (says) handset.say(says);
  handset.cue({ does, writes, looks });
}

/**
 * What the caller does about an act that the scenario says nothing of.
 *
 * @param {string} act
 */
function unscripted(act) {
  return otherwise(act, named[act] ?? act, t("do_not_know"), scenario.language);
}

/**
 * @param {string} id
 * @param {string} says
 */
function voiceButton(id, says) {
  const button = Object.assign(document.createElement("button"), { textContent: says });
  button.dataset["testid"] = `voice-${id}`;
  button.addEventListener("click", () => {
    if (!call || over) return;
    handset.ask(says);
    hear({ act: `voice:${id}` });
    element("console", HTMLIFrameElement).contentWindow?.focus(); // its keys are at hand again
  });
  element("voices", HTMLElement).append(button);
}

/** Plays the operator too, for someone who looks on. */
async function demonstrate() {
  const caption = element("caption", HTMLElement);
  caption.hidden = false;
  caption.textContent = t("showing");
  while (!call?.steps["first_frame"] && !over) await new Promise((resolve) => setTimeout(resolve, 250));
  for (const { act, after, caption: text } of scenario.demonstration) {
    await new Promise((resolve) => setTimeout(resolve, after * 1000));
    if (over || !call) return;
    caption.textContent = text;
    operate(act, call.id);
  }
}

/**
 * Does what an operator would, by the same messages.
 *
 * @param {string} act
 * @param {string} id
 */
function operate(act, id) {
  const [kind = "", what = ""] = act.split(/:(.*)/);
  const on = what === "on";
  if (kind === "phrase" || kind === "card" || kind === "text") socket.send({ type: "show", call: id, [kind]: what });
  else if (kind === "voice") document.querySelector(`[data-testid=voice-${what}]`)?.dispatchEvent(new Event("click"));
  else if (kind === "torch") socket.send({ type: "wish", call: id, torch: on });
  else if (kind === "facing") socket.send({ type: "wish", call: id, facing: what });
  else if (kind === "zoom") socket.send({ type: "wish", call: id, zoom: what === "in" ? 2 : 1 });
  else if (kind === "language") socket.send({ type: "language", call: id, language: what });
  else if (kind === "locate" || kind === "end") socket.send({ type: kind, call: id });
}

/** Ends the exercise at the second press, as the console does. */
async function pressStop() {
  if (!call || over) {
    location.assign("/training");
    return;
  }
  const button = element("stop", HTMLButtonElement);
  if (Date.now() > armedUntil) {
    armedUntil = Date.now() + ARMED;
    button.textContent = t("stop_again");
    setTimeout(() => (button.textContent = t("stop")), ARMED);
    return;
  }
  await request("DELETE", `/api/v1/calls/${call.id}`).catch(() => {}); // the socket tells when it has ended
}

/** Leaves the seat to the next visitor: who goes away has seen enough. */
function leave() {
  if (call && !over) void fetch(`/api/v1/calls/${call.id}`, { method: "DELETE", keepalive: true });
}

async function finish() {
  if (over || !call) return;
  over = true;
  director.stop();
  document.body.dataset["stage"] = "after";
  handset.hang();
  socket.close();
  try {
    const body = JSON.stringify({ scenario: scenario.id, acts, watched: showing });
    const response = await request("POST", `/api/v1/calls/${call.id}/feedback`, { type: "application/json", body });
    /** @type {import("./report.js").Feedback} */
    const feedback = await response.json();
    showReport(feedback, words);
    setText("kept", t(showing ? "nothing_kept" : feedback.to_picture === null ? "counts_not" : "kept"));
    element("report", HTMLElement).hidden = false;
    element("report-title", HTMLElement).focus();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    setText("problem-after", t("no_feedback"));
  }
  element("console", HTMLIFrameElement).src = "about:blank";
}

/**
 * Puts an act into words.
 *
 * @param {string} act
 */
function words(act) {
  const [kind, what = ""] = act.split(/:(.*)/);
  if (kind === "voice") return t("said", { text: scenario.voice.find(({ id }) => id === what)?.says ?? what });
  if (kind === "text") return t("wrote", { text: what });
  if (kind === "language") return t("language", { text: named[act] ?? what });
  if (kind === "phrase" || kind === "card") return t("showed", { text: named[act] ?? what });
  return named[act] ?? act;
}

// SPDX-License-Identifier: EUPL-1.2
/**
 * The caller's phone: its camera's tools, what it is, and how its line is. What is shown as so is what the phone says is so; until
 * it has answered, that it is being asked.
 */

import { Meter } from "../lib/quality.js";
import { Line, judge } from "./line.js";
import { element, setOptional, setText } from "./paint.js";
import { bind } from "./parts.js";
import { t } from "./text.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Call} Call */
/** @typedef {import("./state.js").Wish} Wish */
/** @typedef {import("../lib/quality.js").Quality} Quality */

const ONE_DECIMAL = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const LOOK = 2000; // how often the line is judged, in ms
const STALE = 7000; // after which what the phone has told of its line is no longer so, in ms
const DIM = 40; // mean brightness, 0–255, of a picture with little light
const LOW = 0.15; // of a battery
const ZOOM = 1.3; // times for each press

/** @implements {Required<Pick<import("./parts.js").Part, "keys" | "hear" | "changed" | "paint">>} */
export class Phone {
  #desk;
  #meter = new Meter();
  #line = new Line();
  #verdict = this.#line.take({ level: "unknown", cause: "" });
  /** @type {Quality | null} */
  #sent = null;
  #sentAt = 0;
  /** @type {Quality | null} */
  #received = null;
  /** What was asked of the phone last, until it has answered. @type {Partial<Wish> | null} */
  #asked = null;

  /** @param {import("./parts.js").Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    this.keys = {
      c: () => this.#turn(),
      l: () => this.#light(),
      z: () => this.#zoom(1 / ZOOM),
      x: () => this.#zoom(ZOOM),
      q: () => this.#sharpen(),
      w: () => this.#pause(),
    };
    const { c, l, z, x, q, w } = this.keys;
    const buttons = { turn: c, torch: l, "zoom-out": z, "zoom-in": x, sharp: q, pause: w };
    for (const [name, act] of Object.entries(buttons)) bind(element(`phone-${name}`, HTMLButtonElement), act);
    setInterval(() => void this.#look(), LOOK);
  }

  /** @param {import("../lib/events.js").Message} message */
  hear(message) {
    if (message.type !== "quality" || message["call"] !== this.#desk.store.state.call?.id) return;
    this.#sent = message["quality"];
    this.#sentAt = Date.now();
  }

  /**
   * @param {State} state
   * @param {State} before
   */
  changed({ call }, before) {
    if (call?.id !== before.call?.id) this.#forget();
    if (!call || isAsking(call)) return;
    const { torch, facing } = this.#asked ?? {};
    const camera = call.device?.camera;
    this.#asked = null;
    if (!camera) return;
    const refused = (torch !== undefined && torch !== camera.torch) || (facing && facing !== camera.facing);
    if (refused) queueMicrotask(() => this.#desk.store.dispatch({ type: "notice", text: t("phone_could_not") }));
  }

  /** @param {State} state */
  paint({ call, seen, black, picture }) {
    const device = call?.device ?? null;
    element("phone-panel", HTMLElement).hidden = !call || !(device || seen);
    if (!call) return;
    const paused = Boolean(call.wish?.paused);
    element("screen", HTMLElement).dataset["paused"] = String(paused);
    const moves = picture === "flowing" || this.#verdict.level !== "good"; // a picture that stands is no good line
    this.#paintLine(call, seen && moves && call.phase !== "interrupted" && !paused && !call.stills, black);
    setText("phone-names", namesOf(call));
    setOptional("phone-warning", warningOf(call));
    setText("phone-asking", device && isAsking(call) ? t("phone_asking") : "");
    paintTools(call);
  }

  /**
   * @param {Call} call
   * @param {boolean} shows  Whether there is a picture whose line could be judged.
   * @param {boolean} black  Which is said elsewhere.
   */
  #paintLine(call, shows, black) {
    const { level, cause } = this.#verdict;
    const line = setText("line", shows ? t(`line_${level}`) : "");
    line.dataset["level"] = level;
    line.hidden = !shows;
    const of = cause === "console" || cause === "link" ? this.#received : this.#sent;
    const smaller = cause === "phone" && (this.#sent?.width ?? 0) * (this.#sent?.height ?? 0) < 640 * 360;
    const told = of && shows && cause && !black && call.phase === "live";
    const why = told ? t(`why_${cause}_${level}`, wordsOf(of)) + (smaller ? ` ${t("why_smaller")}` : "") : "";
    setOptional("line-why", why);
  }

  async #look() {
    const { store, display, connection } = this.#desk;
    const { call, seen } = store.state;
    const pc = connection();
    this.#received = pc ? await this.#meter.look(pc, "inbound-rtp").catch(() => null) : null;
    if (!call || !seen || call.phase !== "live" || call.wish?.paused) return;
    if (Date.now() - this.#sentAt > STALE) this.#sent = null;
    const dim = display.brightness !== null && display.brightness < DIM;
    this.#verdict = this.#line.take(judge({ sent: this.#sent, received: this.#received, dim }));
  }

  #forget() {
    this.#sent = this.#received = this.#asked = null;
    this.#line = new Line();
    this.#verdict = this.#line.take({ level: "unknown", cause: "" });
  }

  /** @param {Partial<Wish>} wish */
  #ask(wish) {
    this.#asked = { ...this.#asked, ...wish };
    this.#desk.say("wish", wish);
  }

  get #device() {
    return this.#desk.store.state.call?.device ?? null;
  }

  #turn() {
    const { camera, can } = this.#device ?? {};
    if (camera && can?.turn) this.#ask({ facing: camera.facing === "user" ? "environment" : "user" });
  }

  #light() {
    const { camera, can } = this.#device ?? {};
    if (camera && can?.torch) this.#ask({ torch: !camera.torch });
  }

  /** @param {number} times */
  #zoom(times) {
    const { camera, can } = this.#device ?? {};
    if (!camera || !can?.zoom) return;
    const { min, max } = can.zoom;
    const from = this.#asked?.zoom ?? camera.zoom ?? min; // presses in a row add up
    this.#ask({ zoom: Math.round(Math.min(max, Math.max(min, from * times)) * 100) / 100 });
  }

  #sharpen() {
    if (this.#device?.camera) this.#ask({ prefer: this.#desk.store.state.call?.wish?.prefer === "sharp" ? "smooth" : "sharp" });
  }

  #pause() {
    const { call } = this.#desk.store.state;
    if (call?.wish?.paused || this.#device?.camera) this.#ask({ paused: !call?.wish?.paused });
  }
}

/**
 * Tells whether the phone has not yet done what it could about the last wish.
 *
 * @param {Call} call
 */
function isAsking({ wish, device }) {
  return (wish?.number ?? 0) > (device?.answers ?? 0);
}

/** @param {Call} call */
function paintTools({ wish, device }) {
  const { camera = null, can } = device ?? {};
  const paused = Boolean(wish?.paused);
  const zoom = (camera && can?.zoom) || null;
  element("phone-turn", HTMLElement).hidden = !camera || !can?.turn;
  element("phone-torch", HTMLElement).hidden = !camera || !can?.torch;
  element("phone-torch", HTMLElement).setAttribute("aria-pressed", String(Boolean(camera?.torch)));
  for (const id of ["phone-zoom-out", "phone-zoom-now", "phone-zoom-in"]) element(id, HTMLElement).hidden = !zoom;
  setText("phone-zoom-now", zoom ? `${ONE_DECIMAL.format(camera?.zoom ?? zoom.min)}×` : "");
  element("phone-sharp", HTMLElement).hidden = !camera;
  element("phone-sharp", HTMLElement).setAttribute("aria-pressed", String(wish?.prefer === "sharp"));
  element("phone-pause", HTMLElement).hidden = !camera && !paused;
  element("phone-pause", HTMLElement).setAttribute("aria-pressed", String(paused && !camera));
  const name = element("phone-pause", HTMLElement).querySelector("span");
  const word = t(paused ? "phone_go_on" : "phone_pause");
  if (name && name.textContent !== word) name.textContent = word;
  const group = /** @type {HTMLElement | null} */ (element("phone-tools", HTMLElement).closest(".group"));
  if (group) group.hidden = !camera && !paused;
}

/**
 * Names the phone in one line: what is not known is left out.
 *
 * @param {Call} call
 */
function namesOf({ device }) {
  if (!device) return "";
  const { browser, os, battery, network, camera } = device;
  return [
    browser,
    os,
    network,
    battery && t(battery.charging ? "phone_charging" : "phone_battery", { level: percent(battery.level) }),
    camera && t(camera.facing === "user" ? "phone_front" : "phone_back"),
  ]
    .filter(Boolean)
    .join(" · ");
}

/**
 * Says what may become a trouble, the gravest first.
 *
 * @param {Call} call
 */
function warningOf({ device, steps }) {
  if (!device) return "";
  const { battery, inside, browser, saving } = device;
  if (inside && !("first_frame" in steps)) return t("phone_inside", { app: browser });
  if (battery && battery.level <= LOW && !battery.charging) return t("phone_low", { level: percent(battery.level) });
  return saving ? t("phone_saving") : "";
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(share * 100)}\u00a0%`;
}

/** @param {Quality} quality */
function wordsOf({ kbps, fps, loss, rtt }) {
  return { kbps, fps, loss: percent(loss ?? 0), rtt: rtt ?? 0 };
}

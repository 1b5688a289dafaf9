// SPDX-License-Identifier: EUPL-1.2
/** All that the console knows, in one place, changed by events alone. */

/** @typedef {import("../lib/viewer.js").Picture} Picture */

/**
 * The call state of docs/protocol.md.
 *
 * @typedef {object} Call
 * @property {string} id
 * @property {string} incident
 * @property {string} seat
 * @property {string} place  Central and name of its own seat.
 * @property {string} lead  The seat that may end it and invite to it.
 * @property {string} code
 * @property {string} spoken_code
 * @property {string} link
 * @property {string | null} phone
 * @property {boolean} exercise
 * @property {string} phase
 * @property {Record<string, number>} steps
 * @property {string[]} troubles
 * @property {string | null} ended_by
 * @property {{sent: number, at: number, outcome: "accepted" | "delivered" | "failed" | null} | null} sms
 * @property {number} viewers
 * @property {Watcher[]} watchers
 * @property {{seat: string, place: string}[]} shared_with
 * @property {{id: string, label: string, until: number, opened: boolean, texted?: boolean, sms?: "accepted" | "delivered" | "failed" | null}[]} guests
 * @property {string} language  Of the caller's page.
 * @property {(Said & {number: number, acknowledged: boolean}) | null} shown  What the caller is shown to read.
 * @property {(Said & {by: "operator" | "caller", at: number})[]} chat
 * @property {number} revision
 * @property {number} now
 * @property {Wish} [wish]
 * @property {Device | null} [device]
 * @property {boolean} [stills]
 * @property {{status: string, place: Place | null}} [location]
 */

/**
 * Where the phone was, within `accuracy` metres, in each form that dispatch uses.
 *
 * @typedef {{accuracy: number, at: number, decimal: string, utm: string, mgrs: string}} Place
 */

/**
 * What is wished of the phone's camera.
 *
 * @typedef {{number: number, facing: string | null, torch: boolean | null, zoom: number | null, prefer: string, paused: boolean}} Wish
 */

/**
 * What the phone says it is, and how its camera is set.
 *
 * @typedef {object} Device
 * @property {string} browser
 * @property {string} os
 * @property {boolean} inside  Another app.
 * @property {string | null} network
 * @property {boolean} saving
 * @property {{level: number, charging: boolean} | null} battery
 * @property {{turn: boolean, torch: boolean, zoom: {min: number, max: number, step: number} | null}} can
 * @property {{facing: string, torch: boolean, zoom: number | null, width: number, height: number} | null} camera
 * @property {number} answers  The number of the last wish it has done what it could about.
 */

/** Something said: one of these is there. @typedef {{phrase?: string, card?: string, text?: string, answer?: string}} Said */

/** `hidden`: has the picture hidden. @typedef {{name: string, place: string, kind: "operator" | "guest", since: number, hidden?: boolean}} Watcher */

/** @typedef {"connecting" | "ok" | "lost" | "signed_out" | "replaced"} Net */

/**
 * `call`, `picture` and `seen` are those of the call that is shown; `calls` and `pictures` have those of all.
 *
 * @typedef {object} State
 * @property {Net} net
 * @property {number | null} lostAt  Since when the node has been away, or been waited for at first, by our clock; null while it is there.
 * @property {number} skew  The node's clock minus ours, in ms.
 * @property {string} seat  This seat, once the node has told it; until then nobody knows here whether there is a call.
 * @property {string} phoneCall  The number ICCS says the seat is talking to, or "".
 * @property {string} number  What the number field holds.
 * @property {boolean} typed  Whether the operator typed it: then ICCS does not change it.
 * @property {{what: "start" | "end", at: number} | null} asked  What the node is asked to do and has not answered, since when by our clock.
 * @property {string} notice  What went wrong, already in words; "" when nothing did.
 * @property {Call[]} calls  All that the seat has part in and that have not ended: those it leads, then others; each in its order.
 * @property {Record<string, {picture: Picture, seen: boolean}>} pictures  By call.
 * @property {string[]} past  Ids of calls that are over for this tab.
 * @property {Call | null} call
 * @property {Call | null} last  The call that ended last in this tab.
 * @property {Picture} picture
 * @property {boolean} seen  Whether this tab has shown a frame of the call.
 * @property {boolean} black
 * @property {boolean} veiled  Whether the picture is hidden from those at this console.
 * @property {boolean} startsVeiled  Whether it is so when a call begins.
 * @property {number | null} frozenAt  Our clock, or null.
 * @property {number} armedUntil  Until then (our clock) a second press of F9 ends the call.
 */

/**
 * @typedef {{type: "net", net: Net, at: number}
 *   | {type: "welcome", seat: string, now: number, phone: string, calls: Call[], at: number}
 *   | {type: "phone_call", phone: string}
 *   | {type: "typed", number: string}
 *   | {type: "asked", what: "start" | "end", at: number}
 *   | {type: "notice", text: string}
 *   | {type: "call", call: Call, at: number}
 *   | {type: "withdrawn", call: string}
 *   | {type: "show", call: string | null}
 *   | {type: "picture", call: string, picture: Picture}
 *   | {type: "black", black: boolean}
 *   | {type: "veil", veiled: boolean}
 *   | {type: "start_veiled", veiled: boolean}
 *   | {type: "freeze", at: number | null}
 *   | {type: "arm", until: number}} Event
 */

/** @type {State} */
export const INITIAL = {
  net: "connecting",
  lostAt: null,
  skew: 0,
  seat: "",
  phoneCall: "",
  number: "",
  typed: false,
  asked: null,
  notice: "",
  calls: [],
  pictures: {},
  past: [],
  call: null,
  last: null,
  picture: "waiting",
  seen: false,
  black: false,
  veiled: false,
  startsVeiled: false,
  frozenAt: null,
  armedUntil: 0,
};

/** What is of the shown picture alone, and forgotten when another is shown. */
const NO_LOOK = Object.freeze({ black: false, frozenAt: null, armedUntil: 0 });

/** So many calls that are over are remembered, so that a late word of one is not taken for a new call. */
const REMEMBERED = 50;

/**
 * Returns the state after `event`.
 *
 * @param {State} state
 * @param {Event} event
 * @returns {State}
 */
export function reduce(state, event) {
  switch (event.type) {
    case "net":
      return { ...state, net: event.net, lostAt: state.lostAt ?? event.at };
    case "welcome":
      return welcomed({ ...state, net: "ok", lostAt: null, seat: event.seat, skew: event.now - event.at }, event);
    case "phone_call":
      return withNumber(state, event.phone);
    case "typed":
      return { ...state, number: event.number, typed: event.number !== "", notice: "" };
    case "asked":
      return { ...state, asked: { what: event.what, at: event.at }, notice: "" };
    case "notice":
      return { ...state, asked: null, notice: event.text };
    case "call":
      return withCall(state, event.call, event.at);
    case "withdrawn":
      return without(state, event.call);
    case "show":
      return showing(state, event.call);
    case "picture":
      return withPicture(state, event.call, event.picture);
    case "black":
      return { ...state, black: event.black };
    case "veil":
      return { ...state, veiled: event.veiled };
    case "start_veiled":
      return { ...state, startsVeiled: event.veiled };
    case "freeze":
      return { ...state, frozenAt: state.seen ? event.at : null };
    case "arm":
      return { ...state, armedUntil: event.until };
  }
}

/**
 * Tells whether this seat leads a call, and may so end it.
 *
 * @param {State} state
 * @param {Call} call
 */
export function leads(state, call) {
  return call.lead === state.seat;
}

/**
 * Lists the calls that this seat leads.
 *
 * @param {State} state
 */
export function led(state) {
  return state.calls.filter((call) => leads(state, call));
}

/**
 * @param {State} state
 * @param {{phone: string, calls: Call[], at: number, now: number}} welcome
 */
function welcomed(state, { phone, calls, at, now }) {
  const there = new Set(calls.map((call) => call.id));
  const told = calls.reduce((before, call) => withCall(before, call, at), withNumber(state, phone));
  // What is not there ended while the socket was down: nobody is left to say how. Or it is another seat's alone now.
  const left = told.calls
    .filter((call) => !there.has(call.id))
    .reduce((before, call) => {
      const over = { ...call, phase: "ended", steps: { ...call.steps, ended: now } };
      return leads(state, call) ? ended(before, over) : without(before, call.id);
    }, told);
  // A change of a call may come before the welcome, when it is not known yet whose the call is.
  return left.call ? left : showing(left, led(left)[0]?.id ?? null);
}

/**
 * @param {State} state
 * @param {string} phone
 */
function withNumber(state, phone) {
  return { ...state, phoneCall: phone, number: state.typed ? state.number : phone };
}

/**
 * Takes in a call's state. A call of this seat's own is shown where none is; one that is shared waits to be asked for.
 *
 * @param {State} state
 * @param {Call} call
 * @param {number} at
 * @returns {State}
 */
function withCall(state, call, at) {
  const known = state.calls.find((one) => one.id === call.id);
  if (state.past.includes(call.id) || (known && call.revision < known.revision)) return state;
  const timed = { ...state, skew: call.now - at };
  if (call.phase === "ended") return known ? ended(timed, call) : state;
  const calls = known ? state.calls.map((one) => (one.id === call.id ? call : one)) : [...state.calls, call];
  const next = { ...timed, calls: ordered(state, calls) };
  if (state.call?.id === call.id) return { ...next, call };
  if (known || !leads(state, call)) return next;
  const begun = { ...next, asked: null, notice: "" };
  return state.call && leads(state, state.call) ? begun : showing(begun, call.id);
}

/**
 * @param {State} state
 * @param {Call[]} calls
 */
function ordered(state, calls) {
  return [...calls.filter((call) => leads(state, call)), ...calls.filter((call) => !leads(state, call))];
}

/**
 * @param {State} state
 * @param {Call} call
 * @returns {State}
 */
function ended(state, call) {
  const after = { ...without(state, call.id), past: [...state.past, call.id].slice(-REMEMBERED) };
  if (!leads(state, call)) return after;
  if (after.call) return { ...after, last: call };
  return { ...after, last: call, typed: false, number: state.phoneCall, notice: "" };
}

/**
 * Lets a call go; where it was shown, the first that is left of this seat's own is.
 *
 * @param {State} state
 * @param {string} id
 * @returns {State}
 */
function without(state, id) {
  const pictures = { ...state.pictures };
  delete pictures[id];
  const calls = state.calls.filter((call) => call.id !== id);
  const asked = state.asked?.what === "end" ? null : state.asked;
  const next = { ...state, calls, pictures, asked };
  return state.call?.id === id ? showing(next, led(next)[0]?.id ?? null) : next;
}

/**
 * @param {State} state
 * @param {string | null} id
 * @returns {State}
 */
function showing(state, id) {
  const call = state.calls.find((one) => one.id === id) ?? null;
  const { picture, seen } = (call && state.pictures[call.id]) ?? { picture: INITIAL.picture, seen: false };
  return { ...state, ...NO_LOOK, veiled: state.startsVeiled, call, picture, seen };
}

/**
 * @param {State} state
 * @param {string} id
 * @param {Picture} picture
 * @returns {State}
 */
function withPicture(state, id, picture) {
  if (!state.calls.some((call) => call.id === id)) return state;
  const seen = picture === "flowing" || (state.pictures[id]?.seen ?? false);
  const next = { ...state, pictures: { ...state.pictures, [id]: { picture, seen } } };
  return state.call?.id === id ? { ...next, picture, seen } : next;
}

/** The one holder of the state: events go in, listeners hear of it. */
export class Store {
  #state;
  #listener;

  /**
   * @param {(state: State, before: State) => void} listener
   * @param {State} state  To begin with.
   */
  constructor(listener, state) {
    this.#listener = listener;
    this.#state = state;
  }

  get state() {
    return this.#state;
  }

  /** @param {Event} event */
  dispatch(event) {
    const before = this.#state;
    this.#state = reduce(before, event);
    this.#listener(this.#state, before);
  }
}

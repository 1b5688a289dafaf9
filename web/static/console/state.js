// SPDX-License-Identifier: EUPL-1.2
/** All that the console knows, in one place, changed by events alone. */

/** @typedef {import("../lib/viewer.js").Picture} Picture */

/**
 * The call state of docs/protocol.md.
 *
 * @typedef {object} Call
 * @property {string} id
 * @property {string} code
 * @property {string} spoken_code
 * @property {string} link
 * @property {string | null} phone
 * @property {boolean} exercise
 * @property {string} phase
 * @property {Record<string, number>} steps
 * @property {string[]} troubles
 * @property {string | null} ended_by
 * @property {number} viewers
 * @property {number} revision
 * @property {number} now
 */

/** @typedef {"connecting" | "ok" | "lost" | "signed_out" | "replaced"} Net */

/**
 * @typedef {object} State
 * @property {Net} net
 * @property {number} skew  The node's clock minus ours, in ms.
 * @property {string} phoneCall  The number ICCS says the seat is talking to, or "".
 * @property {string} number  What the number field holds.
 * @property {boolean} typed  Whether the operator typed it: then ICCS does not change it.
 * @property {boolean} starting
 * @property {string} notice  What went wrong, already in words; "" when nothing did.
 * @property {Call | null} call
 * @property {Call | null} last  The call that ended last in this tab.
 * @property {Picture} picture
 * @property {boolean} seen  Whether this tab has shown a frame of the call.
 * @property {boolean} black
 * @property {number | null} frozenAt  Our clock, or null.
 * @property {number} armedUntil  Until then (our clock) a second press of F9 ends the call.
 */

/**
 * @typedef {{type: "net", net: Net}
 *   | {type: "welcome", now: number, phone: string, calls: Call[], at: number}
 *   | {type: "phone_call", phone: string}
 *   | {type: "typed", number: string}
 *   | {type: "starting"}
 *   | {type: "notice", text: string}
 *   | {type: "call", call: Call, at: number}
 *   | {type: "picture", picture: Picture}
 *   | {type: "black", black: boolean}
 *   | {type: "freeze", at: number | null}
 *   | {type: "arm", until: number}} Event
 */

/** @type {State} */
export const INITIAL = {
  net: "connecting",
  skew: 0,
  phoneCall: "",
  number: "",
  typed: false,
  starting: false,
  notice: "",
  call: null,
  last: null,
  picture: "waiting",
  seen: false,
  black: false,
  frozenAt: null,
  armedUntil: 0,
};

/** What is forgotten when a call begins or ends. */
const NO_PICTURE = Object.freeze({
  picture: /** @type {Picture} */ ("waiting"),
  seen: false,
  black: false,
  frozenAt: null,
  armedUntil: 0,
});

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
      return { ...state, net: event.net };
    case "welcome":
      return welcomed({ ...state, net: "ok", skew: event.now - event.at }, event);
    case "phone_call":
      return withNumber(state, event.phone);
    case "typed":
      return { ...state, number: event.number, typed: event.number !== "", notice: "" };
    case "starting":
      return { ...state, starting: true, notice: "" };
    case "notice":
      return { ...state, starting: false, notice: event.text };
    case "call":
      return withCall(state, event.call, event.at);
    case "picture":
      return state.call ? { ...state, picture: event.picture, seen: state.seen || event.picture === "flowing" } : state;
    case "black":
      return { ...state, black: event.black };
    case "freeze":
      return { ...state, frozenAt: state.seen ? event.at : null };
    case "arm":
      return { ...state, armedUntil: event.until };
  }
}

/**
 * @param {State} state
 * @param {{phone: string, calls: Call[], at: number, now: number}} welcome
 */
function welcomed(state, { phone, calls, at, now }) {
  const open = calls[0];
  const told = withNumber(state, phone);
  if (open) return withCall(told, open, at);
  // It ended while the socket was down: nobody is left to say how.
  return told.call ? ended(told, { ...told.call, phase: "ended", steps: { ...told.call.steps, ended: now } }) : told;
}

/**
 * @param {State} state
 * @param {string} phone
 */
function withNumber(state, phone) {
  return { ...state, phoneCall: phone, number: state.typed ? state.number : phone };
}

/**
 * @param {State} state
 * @param {Call} call
 * @param {number} at
 * @returns {State}
 */
function withCall(state, call, at) {
  const known = state.call ?? state.last;
  if (known?.id === call.id && (call.revision < known.revision || known.phase === "ended")) return state;
  const timed = { ...state, skew: call.now - at };
  if (call.phase === "ended") return state.call?.id === call.id ? ended(timed, call) : state;
  if (state.call?.id === call.id) return { ...timed, call };
  return { ...timed, ...NO_PICTURE, call, starting: false, notice: "" };
}

/**
 * @param {State} state
 * @param {Call} call
 * @returns {State}
 */
function ended(state, call) {
  return { ...state, ...NO_PICTURE, call: null, last: call, typed: false, number: state.phoneCall };
}

/** The one holder of the state: events go in, listeners hear of it. */
export class Store {
  #state = INITIAL;
  #listener;

  /** @param {(state: State, before: State) => void} listener */
  constructor(listener) {
    this.#listener = listener;
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

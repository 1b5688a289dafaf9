// SPDX-License-Identifier: EUPL-1.2
/** The event socket of docs/protocol.md: signs in, stays connected, pairs requests with answers. Knows no page. */

import { Problem, backoff } from "./api.js";

/** @typedef {{type: string, [field: string]: any}} Message */

/**
 * `closed` before connect() and after close() · `connecting` until the node's welcome · `open` · `waiting` for
 * the next try · `refused` when trying again would not help: see `code`.
 *
 * @typedef {"closed" | "connecting" | "open" | "waiting" | "refused"} SocketState
 */

/** @typedef {{resolve: (answer: Message) => void, reject: (problem: Problem) => void, timer: number}} Pending */

const BEAT = 5_000; // between pings; a phone's link dies without a word
const SILENCE = 12_000; // after which the socket is taken for dead
const PATIENCE = 10_000; // for a welcome or an answer
const HANG = 3_500; // for a connection: one that takes longer was begun while there was no link
const HURRY = 1_500; // for a sign of life, once there is reason to doubt the link

const GOING_AWAY = 1001;
const MALFORMED = 4400;
const NOT_SIGNED_IN = 4401;
const REPLACED = 4409;
const TOO_MUCH = 4429;

/** Close codes after which the same socket would only be closed again. */
const FINAL = new Set([MALFORMED, NOT_SIGNED_IN, REPLACED]);

export class EventSocket {
  #url;
  #auth;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {SocketState} */
  #state = "closed";
  #attempt = 0;
  #code = 0;
  #dialled = 0;
  #heard = 0;
  #nextId = 1;
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  #timer = 0; // the one wait of the present state
  #beat = 0;

  /** Called with every message that is not an answer, `welcome` included. @type {(message: Message) => void} */
  onmessage = () => {};

  /** Called after every change of `state`. @type {(state: SocketState) => void} */
  onstate = () => {};

  /**
   * @param {string} url of `/api/v1/events`, as http(s): or ws(s):
   * @param {() => Message} auth makes the first message; asked anew for every connection
   */
  constructor(url, auth) {
    this.#url = url.replace(/^http/, "ws");
    this.#auth = auth;
  }

  get state() {
    return this.#state;
  }

  /** The last close code; what `refused` means: 4401 sign in again, 4409 another tab has it, 4400 our mistake. */
  get code() {
    return this.#code;
  }

  /** Connects, and stays connected until close() or a refusal. Does nothing where it is already trying. */
  connect() {
    if (this.#state !== "closed" && this.#state !== "refused") return;
    this.#attempt = 0;
    this.#dial();
  }

  /** Closes for good; connect() may be called again. */
  close() {
    this.#drop();
    this.#enter("closed");
  }

  /**
   * Says that the link may have changed (network back, page visible): tries now instead of later, and doubts an
   * open socket until it has answered. A connection that is long in the making may be lost with the old link.
   */
  nudge() {
    if (this.#state === "waiting" || (this.#state === "connecting" && Date.now() - this.#dialled > HURRY)) {
      this.#attempt = 0;
      this.#dial();
    } else if (this.#state === "open") {
      this.#post({ type: "ping" });
      const asked = Date.now();
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#heard < asked && this.#lost(0), HURRY);
    }
  }

  /**
   * Sends a message that needs no answer. Returns false where the socket is not open: what must be known after a
   * reconnection is said again on `welcome`.
   *
   * @param {Message} message
   */
  send(message) {
    if (this.#state !== "open") return false;
    this.#post(message);
    return true;
  }

  /**
   * Sends bytes as a binary message, unless what was sent before has not left yet. Returns whether it did.
   *
   * @param {ArrayBuffer} bytes
   */
  sendBytes(bytes) {
    if (this.#state !== "open" || !this.#socket || this.#socket.bufferedAmount > 0) return false;
    this.#socket.send(bytes);
    return true;
  }

  /**
   * Sends a request and returns its `ok`, or throws a Problem: the node's own, or `unreachable`.
   *
   * @param {Message} message
   * @param {number} [timeout] in milliseconds
   * @returns {Promise<Message>}
   */
  request(message, timeout = PATIENCE) {
    if (this.#state !== "open") return Promise.reject(new Problem("unreachable"));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(id)?.reject(new Problem("unreachable")), timeout);
      this.#pending.set(id, { resolve, reject, timer });
      this.#post({ ...message, id });
    });
  }

  #dial() {
    this.#drop();
    this.#dialled = Date.now();
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#enter("connecting");
    this.#timer = setTimeout(() => this.#dial(), HANG);
    socket.onopen = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#lost(0), PATIENCE);
      this.#post(this.#auth());
    };
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#lost(event.code);
  }

  /** @param {string} text */
  #receive(text) {
    this.#heard = Date.now();
    /** @type {Message} */
    const message = JSON.parse(text);
    const { type, id } = message;
    if (type === "pong") return;
    if (type === "welcome") this.#welcomed();
    if (type === "ok") this.#settle(id)?.resolve(message);
    else if (type === "problem" && id !== undefined) this.#settle(id)?.reject(new Problem(message["problem"], message["detail"]));
    else this.onmessage(message);
  }

  #welcomed() {
    clearTimeout(this.#timer);
    clearInterval(this.#beat); // an open socket is welcomed again when the node may have missed something
    this.#attempt = 0;
    this.#beat = setInterval(() => {
      if (Date.now() - this.#heard > SILENCE) this.#lost(0);
      else this.#post({ type: "ping" });
    }, BEAT);
    this.#enter("open");
  }

  /**
   * The one way down: the socket closed, or is taken for dead (code 0).
   *
   * @param {number} code
   */
  #lost(code) {
    this.#drop();
    this.#code = code;
    if (FINAL.has(code)) {
      this.#enter("refused");
      return;
    }
    if (code === TOO_MUCH) this.#attempt = Infinity;
    const delay = code === GOING_AWAY && this.#attempt === 0 ? 0 : backoff(this.#attempt);
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#dial(), delay);
    this.#enter("waiting");
  }

  /** Lets go of the socket and of everything that waits on it. */
  #drop() {
    clearTimeout(this.#timer);
    clearInterval(this.#beat);
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(new Problem("unreachable"));
  }

  /**
   * Takes a request off the list of those waiting.
   *
   * @param {number} id
   */
  #settle(id) {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    clearTimeout(pending?.timer);
    return pending;
  }

  /** @param {Message} message */
  #post(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** @param {SocketState} state */
  #enter(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.onstate(state);
  }
}

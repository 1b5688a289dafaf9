// SPDX-License-Identifier: EUPL-1.2
/**
 * The pictures of the calls: each that the seat leads is watched, so that another is there at once when it is switched to, and one that is
 * shared while it is shown. One of them is on the screen.
 */

import { StillStream } from "../lib/stills.js";
import { Viewer } from "../lib/viewer.js";
import { leads } from "./state.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Call} Call */
/** @typedef {import("../lib/events.js").Message} Message */
/**
 * `stills` are those shown in place of the video, if they are; `told` whether the node has said since that it is so.
 *
 * @typedef {{viewer: Viewer, stream: MediaStream | null, stills: StillStream | null, told: boolean}} Watched
 */

/** Phases in which frames ought to come. */
const EXPECTING = new Set(["permitted", "live", "interrupted"]);

export class Pictures {
  #display;
  #send;
  #changed;
  /** @type {Map<string, Watched>} */
  #watched = new Map();
  #shown = "";

  /**
   * @param {import("./screen.js").Screen} display
   * @param {(message: Message) => void} send
   * @param {(call: string, picture: import("../lib/viewer.js").Picture) => void} changed
   */
  constructor(display, send, changed) {
    this.#display = display;
    this.#send = send;
    this.#changed = changed;
    display.onframe = () => this.#watched.get(this.#shown)?.viewer.frame();
  }

  /** What the shown call's picture comes by, to be measured. */
  get connection() {
    return this.#watched.get(this.#shown)?.viewer.connection ?? null;
  }

  /** Milliseconds since the last frame of the shown call, or null where there was none. */
  get quiet() {
    return this.#watched.get(this.#shown)?.viewer.quiet ?? null;
  }

  /** Milliseconds between the stills of the shown call, Infinity before the second, or null where it is video. */
  get pace() {
    const stills = this.#watched.get(this.#shown)?.stills;
    return stills ? (stills.pace ?? Infinity) : null;
  }

  /**
   * Watches what the state says is to be watched, and shows what it says is shown.
   *
   * @param {State} state
   */
  follow(state) {
    const shown = state.call?.id ?? "";
    const wanted = state.calls.filter((call) => leads(state, call) || call.id === shown);
    for (const [id, { viewer }] of this.#watched) {
      if (wanted.some((call) => call.id === id)) continue;
      this.#watched.delete(id);
      viewer.close();
    }
    for (const call of wanted) {
      // A picture that is not on the screen is no more seen than one that is hidden.
      const veiled = state.veiled || call.id !== shown;
      const watched = this.#watched.get(call.id) ?? this.#watch(call, veiled);
      watched.viewer.veil(veiled);
      this.#tell(watched, call);
    }
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#display.clear();
    const watched = this.#watched.get(shown);
    const stream = watched?.stills?.stream ?? watched?.stream;
    if (stream) this.#display.show(stream);
    this.look();
  }

  /** Asks for every picture, as after a welcome. */
  watch() {
    for (const { viewer } of this.#watched.values()) viewer.watch();
  }

  /** @param {Message} offer */
  take(offer) {
    this.#watched.get(offer["call"])?.viewer.take(/** @type {import("../lib/viewer.js").Offer} */ (offer));
  }

  /**
   * Shows a still in place of the call's video.
   *
   * @param {Message} still
   */
  async still({ call, jpeg }) {
    const watched = this.#watched.get(call);
    if (!watched) return;
    const begins = !watched.stills;
    watched.stills ??= new StillStream();
    watched.viewer.stills = true;
    if (begins && call === this.#shown) this.#display.show(watched.stills.stream);
    const shown = await watched.stills.take(jpeg);
    if (shown && watched.viewer.unseen) watched.viewer.frame();
  }

  /** Counts frames anew by what is displayed, or by what is decoded where that is nothing. */
  look() {
    for (const [id, { viewer }] of this.#watched) viewer.unseen = document.hidden || id !== this.#shown;
  }

  /** Lets every picture go. */
  close() {
    for (const { viewer } of this.#watched.values()) viewer.close();
  }

  /**
   * @param {Call} call
   * @param {boolean} veiled
   */
  #watch({ id }, veiled) {
    const viewer = new Viewer(id, {
      send: this.#send,
      show: (stream) => this.#show(id, stream),
      changed: (picture) => this.#changed(id, picture),
    });
    viewer.unseen = true; // until it is shown
    viewer.veil(veiled);
    const watched = { viewer, stream: null, stills: null, told: false };
    this.#watched.set(id, watched);
    // A welcome says it again; while the socket is down this goes nowhere.
    viewer.watch();
    return watched;
  }

  /**
   * @param {string} id
   * @param {MediaStream} stream
   */
  #show(id, stream) {
    const watched = this.#watched.get(id);
    if (watched) watched.stream = stream;
    if (id === this.#shown && !watched?.stills) this.#display.show(stream);
  }

  /**
   * @param {Watched} watched
   * @param {Call} call
   */
  #tell(watched, { id, phase, troubles, wish, stills }) {
    const { viewer, stream } = watched;
    watched.told ||= Boolean(stills && watched.stills);
    // The last still stays until there is something newer.
    if (watched.told && !stills && phase === "live" && stream) {
      Object.assign(watched, { stills: null, told: false });
      viewer.stills = false;
      if (id === this.#shown) this.#display.show(stream);
    }
    const hidden = troubles.includes("hidden");
    viewer.heard = phase === "live";
    viewer.hide(hidden);
    viewer.expect(!hidden && !wish?.paused && EXPECTING.has(phase));
  }
}

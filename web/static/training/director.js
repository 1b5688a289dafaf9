// SPDX-License-Identifier: EUPL-1.2
/** Directs a scripted caller: what happens and what the operator does sets off what the caller says and does. Knows no page. */

import { counts } from "./acts.js";

/** What a caller does (orchestrator/training/scenario.py). @typedef {{on: string[], after: number, needs: string[], again: boolean, says: string, writes: string, does: string[], looks: Record<string, boolean | number | string>}} Beat */
/** @typedef {{script: Beat[], reactions: Beat[]}} Script */

export class Director {
  #beats;
  #play;
  #otherwise;
  /** Those that come once and have come. @type {Set<Beat>} */
  #played = new Set();
  /** @type {string[]} */
  #acts = [];
  /** @type {Set<number>} */
  #waiting = new Set();

  /**
   * @param {Script} script
   * @param {(beat: Beat) => void} play  Has the caller do it.
   * @param {(act: string) => Beat | null} otherwise  What the caller does about an act that the script does not know.
   */
  constructor({ script, reactions }, play, otherwise) {
    this.#beats = [...script, ...reactions];
    this.#play = play;
    this.#otherwise = otherwise;
  }

  /**
   * Takes in something that has happened in the call, or that the operator has done.
   *
   * @param {import("./acts.js").News} news
   */
  hear({ event, act }) {
    if (act) this.#acts.push(act);
    const known = this.#beats.some(({ on }) => on.some((one) => act && counts(one, act)));
    const other = act && !known ? this.#otherwise(act) : null;
    if (other) this.#later(other);
    const isIt = (/** @type {string} */ on) => (act ? counts(on, act) : on === event);
    for (const beat of this.#beats) {
      if (this.#played.has(beat) || !beat.on.some(isIt) || !this.#may(beat)) continue;
      if (!beat.again) this.#played.add(beat);
      this.#later(beat);
    }
  }

  /** Lets nothing more happen. */
  stop() {
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
    this.#beats = [];
    this.#otherwise = () => null;
  }

  /** @param {Beat} beat */
  #later(beat) {
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      this.#play(beat);
    }, beat.after * 1000);
    this.#waiting.add(timer);
  }

  /** @param {Beat} beat */
  #may({ needs }) {
    return needs.length === 0 || needs.some((need) => this.#acts.some((act) => counts(need, act)));
  }
}

// SPDX-License-Identifier: EUPL-1.2
/** A stop that can be thought better of: a hand that slips must not cost the call its picture. Knows no page. */

const SECOND_THOUGHTS = 10_000; // ms in which the picture may be shown again, and after which the call ends
const TREMBLE = 1_000; // ms after a stop in which a tap is taken for one more of the same

export class Stopping {
  #over;
  #timer = 0;
  #at = 0;

  /** Whether the call has been ended so. */
  final = false;

  /** @param {() => void} over  Ends the call. */
  constructor(over) {
    this.#over = over;
  }

  /** Whether the picture has been stopped and may yet be shown again. */
  get pending() {
    return this.#timer > 0;
  }

  /** Begins to wait for a second thought. */
  begin() {
    this.cancel();
    this.#at = performance.now();
    this.#timer = setTimeout(() => this.finish(), SECOND_THOUGHTS);
  }

  /** Takes the stop back. Returns whether nothing is stopped any more: not by a tap that fell together with the stop. */
  undo() {
    if (this.pending && performance.now() - this.#at < TREMBLE) return false;
    this.cancel();
    return true;
  }

  /** Waits no longer, where something is waited for. */
  finish() {
    if (!this.pending) return;
    this.cancel();
    this.final = true;
    this.#over();
  }

  /** Forgets the stop: something else has become of the call. */
  cancel() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }
}

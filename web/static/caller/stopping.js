// SPDX-License-Identifier: EUPL-1.2
/** A stop that can be thought better of: a hand that slips must not cost the call its picture. Knows no page. */

const SECOND_THOUGHTS = 30_000; // ms in which the picture may be shown again, and after which the call ends
const TREMBLE = 1_000; // ms in which a tap is taken for one more of those that started or stopped the picture

export class Stopping {
  #over;
  #timer = 0;
  #at = 0;
  #startedAt = -Infinity;

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

  /** Takes note that the picture has started: there is a button to stop it now, where the one to start it was. */
  started() {
    this.#startedAt = performance.now();
  }

  /** Begins to wait for a second thought. Returns whether it does: not by a tap that was meant to start the picture. */
  begin() {
    if (performance.now() - this.#startedAt < TREMBLE) return false;
    this.cancel();
    this.#at = performance.now();
    this.#timer = setTimeout(() => this.finish(), SECOND_THOUGHTS);
    return true;
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

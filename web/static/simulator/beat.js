// SPDX-License-Identifier: EUPL-1.2
/** The beat that drawings move by. */

/** Pictures in a second. */
export const RATE = 30;

/**
 * Does something so many times a second, also in a window that is behind others.
 *
 * @param {() => void} act
 */
export function keepDrawing(act) {
  // By its whole address: the script that asks is joined from modules, and is not beside it.
  const metronome = new Worker("/static/simulator/metronome.js");
  metronome.onmessage = act;
  metronome.postMessage(RATE);
}

// SPDX-License-Identifier: EUPL-1.2
/**
 * Firefox's camera, shown to nobody, to learn whether frames come: its tracks do not tell, and to the other end it repeats the
 * last one. Elsewhere, and while the page is hidden, nothing is learnt.
 */

export class Unseen {
  #video = document.createElement("video");
  #frames = 0; // at most one for each look
  #expecting = false;

  constructor() {
    this.#video.muted = true;
  }

  /** @param {MediaStream} stream */
  open(stream) {
    if (!/Firefox\//.test(navigator.userAgent) || !("requestVideoFrameCallback" in this.#video)) return;
    this.#video.srcObject = stream;
    this.#video.play().catch(() => {}); // let go of before its first frame
  }

  close() {
    this.#video.srcObject = null;
    this.#frames = 0;
  }

  /** Returns how many looks have found a frame since the one before; null where that is not known. */
  look() {
    if (!this.#video.srcObject || this.#video.paused || document.hidden) return null;
    if (!this.#expecting) this.#video.requestVideoFrameCallback(() => this.#came());
    this.#expecting = true;
    return this.#frames;
  }

  #came() {
    this.#expecting = false;
    this.#frames += 1;
  }
}

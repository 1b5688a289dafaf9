// SPDX-License-Identifier: EUPL-1.2
/**
 * Firefox's camera, shown to nobody, to learn whether frames come: its tracks do not tell, and to the other end it repeats the
 * last one. Elsewhere, and while the page is hidden, nothing is learnt.
 */

export class Unseen {
  #video = document.createElement("video");
  #frames = 0; // the first, and at most one for each look
  #expecting = false;

  constructor() {
    this.#video.muted = true;
  }

  /** @param {MediaStream} stream */
  open(stream) {
    if (!/Firefox\//.test(navigator.userAgent) || !("requestVideoFrameCallback" in this.#video)) return;
    this.#video.srcObject = stream;
    this.#video.play().catch(() => {}); // let go of before its first frame
    this.#expect();
  }

  close() {
    this.#video.srcObject = null;
    this.#frames = 0;
  }

  /** Returns how often a frame has come, counting one between two looks; null where that is not known. */
  look() {
    if (!this.#video.srcObject || this.#video.paused || document.hidden) return null;
    this.#expect();
    // One that is there and was not told of: this Firefox tells of none, which is no reason to be alarmed.
    const untold = this.#frames === 0 && this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    return untold ? null : this.#frames;
  }

  #expect() {
    if (this.#expecting) return;
    this.#expecting = true;
    this.#video.requestVideoFrameCallback(() => {
      this.#expecting = false;
      this.#frames += 1;
    });
  }
}

// SPDX-License-Identifier: EUPL-1.2
/** What those who watch draw on the picture, over the caller's own, where they mean it. */

import { Strokes } from "../lib/strokes.js";

export class Drawing {
  #preview;
  #strokes;

  /**
   * @param {HTMLCanvasElement} canvas that lies over the preview
   * @param {HTMLVideoElement} preview which covers its box, and may be mirrored; what is sent never is
   */
  constructor(canvas, preview) {
    this.#preview = preview;
    this.#strokes = new Strokes(canvas, (place) => this.#place(place));
  }

  /** @param {import("../lib/events.js").Message} message */
  hear(message) {
    if (message.type === "draw" && !this.#preview.hidden) this.#strokes.add(message["stroke"], message["points"]);
  }

  /**
   * @param {[number, number]} place in the picture as it is sent
   * @returns {[number, number]}
   */
  #place([u, v]) {
    const { clientWidth, clientHeight, videoWidth, videoHeight, classList } = this.#preview;
    const scale = Math.max(clientWidth / videoWidth, clientHeight / videoHeight);
    const x = (u - 0.5) * videoWidth * scale;
    return [clientWidth / 2 + (classList.contains("mirrored") ? -x : x), clientHeight / 2 + (v - 0.5) * videoHeight * scale];
  }
}

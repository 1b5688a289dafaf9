// SPDX-License-Identifier: EUPL-1.2
/** What those who watch draw on the picture, over the caller's own, where they mean it. */

import { Strokes } from "../lib/strokes.js";

export class Drawing {
  #preview;
  #strokes;

  /**
   * @param {HTMLCanvasElement} canvas that lies over the preview
   * @param {HTMLVideoElement} preview which covers its box, but not while something is drawn on what that cuts
   *   off, and may be mirrored; what is sent never is
   */
  constructor(canvas, preview) {
    this.#preview = preview;
    this.#strokes = new Strokes(canvas, (place) => this.#place(place));
    this.#strokes.onpaint = () => {
      if (!this.#strokes.any) preview.classList.remove("whole");
    };
  }

  /** @param {import("../lib/events.js").Message} message */
  hear(message) {
    if (message.type !== "draw" || this.#preview.hidden) return;
    const { clientWidth, clientHeight, classList } = this.#preview;
    /** @type {[number, number][]} */
    const places = message["points"].map((/** @type {[number, number]} */ point) => this.#place(point));
    if (places.some(([x, y]) => x < 0 || y < 0 || x > clientWidth || y > clientHeight)) classList.add("whole");
    this.#strokes.add(message["stroke"], message["points"]);
  }

  /**
   * @param {[number, number]} place in the picture as it is sent
   * @returns {[number, number]}
   */
  #place([u, v]) {
    const { clientWidth, clientHeight, videoWidth, videoHeight, classList } = this.#preview;
    const fit = classList.contains("whole") ? Math.min : Math.max;
    const scale = fit(clientWidth / videoWidth, clientHeight / videoHeight);
    const x = (u - 0.5) * videoWidth * scale;
    return [clientWidth / 2 + (classList.contains("mirrored") ? -x : x), clientHeight / 2 + (v - 0.5) * videoHeight * scale];
  }
}

// SPDX-License-Identifier: EUPL-1.2
/** Still pictures as a stream: what shows video shows them, and all that is done to video can be done to them. Knows no page. */

const REMEMBERED = 0.5; // how much of the former pace is kept at each still

export class StillStream {
  #canvas = document.createElement("canvas");
  #stream = this.#canvas.captureStream();
  #pen = this.#canvas.getContext("2d");
  #number = 0; // of the newest still
  #last = 0;
  /** @type {number | null} */
  #pace = null;

  get stream() {
    return this.#stream;
  }

  /** Milliseconds from one still to the next, about; null before the second. */
  get pace() {
    return this.#pace;
  }

  /**
   * Shows a still. Resolves to whether it is shown: not one that is no picture, or is older than one that came after.
   *
   * @param {string} jpeg in base64
   */
  async take(jpeg) {
    const number = ++this.#number;
    const bytes = Uint8Array.from(atob(jpeg), (sign) => sign.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" })).catch(() => null);
    if (!picture || number !== this.#number) return false;
    const { width, height } = picture;
    if (width !== this.#canvas.width || height !== this.#canvas.height) Object.assign(this.#canvas, { width, height });
    this.#pen?.drawImage(picture, 0, 0);
    picture.close();
    const now = performance.now();
    if (this.#last) {
      const between = now - this.#last;
      this.#pace = this.#pace === null ? between : REMEMBERED * this.#pace + (1 - REMEMBERED) * between;
    }
    this.#last = now;
    return true;
  }
}

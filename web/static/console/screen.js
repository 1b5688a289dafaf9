// SPDX-License-Identifier: EUPL-1.2
/** The picture itself: shows a stream, counts its frames, freezes it, and sees when it is black. */

/** How often frames are counted where the browser can not call for each, in ms. */
const POLL = 50;
/** Side of the small copy whose brightness is measured, in pixels. */
const SAMPLE = 16;
/** Mean brightness, 0–255, under which a picture is black. */
const BLACK = 14;
/** Darkest and brightest, 0–255, must be so far apart in a picture with something in it. */
const SPREAD = 24;
/** How often brightness is measured, and for how many measures in a row it must be black. */
const LOOK = 500;
const LOOKS = 5;

export class Screen {
  #video;
  #canvas;
  #sample = Object.assign(document.createElement("canvas"), { width: SAMPLE, height: SAMPLE }).getContext("2d", {
    willReadFrequently: true,
  });
  #generation = 0;
  #darkLooks = 0;
  /** @type {number | null} */
  #brightness = null;
  #shows = false;

  /** Called for every displayed frame. @type {() => void} */
  onframe = () => {};
  /** Called when the picture turns black, and when it is no longer. @type {(black: boolean) => void} */
  onblack = () => {};

  /**
   * @param {HTMLVideoElement} video
   * @param {HTMLCanvasElement} canvas  Holds the frozen picture, above the video.
   */
  constructor(video, canvas) {
    this.#video = video;
    this.#canvas = canvas;
    setInterval(() => this.#look(), LOOK);
  }

  /** @param {MediaStream} stream */
  show(stream) {
    this.#generation += 1;
    this.#video.srcObject = stream;
    void this.#video.play().catch(() => {
      // A newer stream came before this one played; its own play() is under way.
    });
    this.#count(this.#generation);
  }

  /** How bright the picture is, 0–255, or null while there is none. */
  get brightness() {
    return this.#brightness;
  }

  /** Whether there is something to be seen in the picture: it is neither black nor all of one colour. */
  get shows() {
    return this.#shows;
  }

  clear() {
    this.#brightness = null;
    this.#shows = false;
    this.#generation += 1;
    this.#video.srcObject = null;
    this.thaw();
    this.#setDark(0);
  }

  /**
   * Holds the present frame, or another picture in its place; returns false where there is none.
   *
   * @param {HTMLVideoElement | HTMLCanvasElement} source
   */
  freeze(source = this.#video) {
    const width = source instanceof HTMLVideoElement ? source.videoWidth : source.width;
    const height = source instanceof HTMLVideoElement ? source.videoHeight : source.height;
    if (width === 0) return false;
    Object.assign(this.#canvas, { width, height });
    this.#canvas.getContext("2d")?.drawImage(source, 0, 0);
    return true;
  }

  /** Lets the held frame go, out of memory too. */
  thaw() {
    Object.assign(this.#canvas, { width: 0, height: 0 });
  }

  /** @param {number} generation */
  #count(generation) {
    const video = this.#video;
    if ("requestVideoFrameCallback" in video) {
      const next = () => {
        if (generation !== this.#generation) return;
        this.onframe();
        video.requestVideoFrameCallback(next);
      };
      video.requestVideoFrameCallback(next);
      return;
    }
    let counted = 0;
    const timer = setInterval(() => {
      if (generation !== this.#generation) {
        clearInterval(timer);
        return;
      }
      const total = /** @type {HTMLVideoElement} */ (video).getVideoPlaybackQuality().totalVideoFrames;
      if (total > counted) this.onframe();
      counted = total;
    }, POLL);
  }

  #look() {
    if (!this.#sample || this.#video.srcObject === null || this.#video.videoWidth === 0) return;
    this.#sample.drawImage(this.#video, 0, 0, SAMPLE, SAMPLE);
    const { data } = this.#sample.getImageData(0, 0, SAMPLE, SAMPLE);
    let [sum, least, most] = [0, 255, 0];
    for (let i = 0; i < data.length; i += 4) {
      const light = ((data[i] ?? 0) + (data[i + 1] ?? 0) + (data[i + 2] ?? 0)) / 3;
      sum += light;
      least = Math.min(least, light);
      most = Math.max(most, light);
    }
    const mean = sum / (SAMPLE * SAMPLE);
    this.#brightness = mean;
    this.#shows = mean >= BLACK && most - least >= SPREAD;
    this.#setDark(mean < BLACK ? this.#darkLooks + 1 : 0);
  }

  /** @param {number} looks */
  #setDark(looks) {
    const before = this.#darkLooks >= LOOKS;
    this.#darkLooks = looks;
    if (looks >= LOOKS !== before) this.onblack(looks >= LOOKS);
  }
}

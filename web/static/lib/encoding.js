// SPDX-License-Identifier: EUPL-1.2
/** How a sender encodes its picture: small at first, as large as the line carries soon after, and sharp or smooth when it can not be both. */

import { LOSSY, SLOW, arriving } from "./quality.js";

/** @typedef {import("./quality.js").Quality} Quality */

const SMALL = 2_000; // ms, at the longest, of small pictures
const SMALLEST = 4; // times smaller in width and height: the smallest key frame is the quickest there

const FOR_HALF = 250; // kbit/s that a picture of half the size takes, about
const SETTLED = 3_000; // ms from a change of size to a measure that tells of it: losses are reported late
const AGAIN = [15_000, 60_000, 300_000]; // ms until a picture that was made smaller is tried larger: longer each time

const FEW_FRAMES = 10; // a second, of a picture that is to be sharp: the bits of the others go into its detail
const ALL_FRAMES = 30;

export class Encoding {
  /** @type {RTCRtpSender | null} */
  #sender = null;
  /** @type {MediaStreamTrack | null} */
  #track = null;
  #scale = SMALLEST; // how many times smaller than the camera's the picture is
  #growth = 0;
  #fits = 1; // of these scales, the one that the line carries
  #settledAt = 0; // when that can be judged
  #largerAt = 0; // when the next may be tried
  #tried = 0; // times, on this line
  /** @type {"sharp" | "smooth"} */
  #prefer = "smooth";
  /** The change that is under way: a sender takes one at a time. @type {Promise<unknown>} */
  #changing = Promise.resolve();

  /** With what a sender begins. */
  static get first() {
    return { scaleResolutionDownBy: SMALLEST };
  }

  /** @param {RTCRtpSender} sender which begins as `first` says */
  take(sender) {
    this.#sender = sender;
    this.#scale = SMALLEST;
    this.#begin();
    this.#changing = Promise.resolve();
  }

  /**
   * Sends `track`, or nothing. The first pictures are small.
   *
   * @param {MediaStreamTrack | null} track
   */
  async send(track) {
    this.#track = track;
    this.#hint();
    await this.#sender?.replaceTrack(track);
    this.growSoon();
  }

  /** Says what a sender must be told anew, once it is connected. */
  async settle() {
    if (this.#prefer === "sharp") await this.#balance();
    this.growSoon();
  }

  /** @param {"sharp" | "smooth"} prefer  Whether the picture is to keep its detail or its movement. */
  async prefer(prefer) {
    if (prefer === this.#prefer) return;
    this.#prefer = prefer;
    this.#hint();
    await this.#balance();
  }

  /** Goes to pictures as large as the line carries. */
  async enlarge() {
    clearTimeout(this.#growth);
    if (this.#track) await this.#resize(this.#fits);
  }

  /** Goes to larger pictures soon, whatever is heard until then. */
  growSoon() {
    clearTimeout(this.#growth);
    if (this.#scale > this.#fits && this.#track) this.#growth = setTimeout(() => void this.enlarge(), SMALL);
  }

  /** Sends a small key frame, unasked: a change of size makes one. */
  async refresh() {
    if (!this.#track) return;
    this.#begin();
    await this.#resize(this.#scale === SMALLEST ? SMALLEST - 1 : SMALLEST);
    this.growSoon();
  }

  /** Whether the picture is smaller than the camera's because the line carries no larger one. */
  get held() {
    return this.#fits > 1;
  }

  /**
   * Takes in how the picture goes, every few seconds; returns whether it was made smaller so lately that this tells nothing.
   * Firefox sends a large picture with no less than 600 kbit/s, whatever arrives of it. A browser that tells what limits it
   * needs no help.
   *
   * @param {Quality} quality
   */
  fit(quality) {
    const { loss, limited } = quality;
    if (limited || loss === null || this.#scale !== this.#fits || !this.#track) return false; // or it is small for another reason
    const now = performance.now();
    if (now < this.#settledAt) return true;
    if (loss <= LOSSY) {
      if (now >= this.#largerAt) this.#tryLarger(now);
      return false;
    }
    if (this.#fits === SMALLEST || arriving(quality) < SLOW) return false; // no size would do
    this.#fits = Math.min(SMALLEST, this.#fits * (arriving(quality) < FOR_HALF ? SMALLEST : 2));
    this.#settledAt = now + SETTLED;
    this.#largerAt = now + (AGAIN[Math.min(this.#tried, AGAIN.length - 1)] ?? 0);
    void this.enlarge();
    return true;
  }

  /** Takes the line for another: what the former did not carry is tried as soon as at first. */
  #begin() {
    this.#tried = 0;
    this.#largerAt = Math.min(this.#largerAt, performance.now() + (AGAIN[0] ?? 0));
  }

  /** @param {number} now */
  #tryLarger(now) {
    if (this.#fits === 1) {
      this.#tried = 0;
      return;
    }
    this.#fits /= 2;
    this.#tried += 1;
    this.#largerAt = now + (AGAIN[0] ?? 0);
    void this.enlarge();
  }

  stop() {
    clearTimeout(this.#growth);
  }

  #hint() {
    if (this.#track) this.#track.contentHint = this.#prefer === "sharp" ? "detail" : "motion";
  }

  #balance() {
    const sharp = this.#prefer === "sharp";
    return this.#change((parameters, encoding) => {
      Object.assign(parameters, { degradationPreference: sharp ? "maintain-resolution" : "maintain-framerate" });
      encoding.maxFramerate = sharp ? FEW_FRAMES : ALL_FRAMES;
    });
  }

  /** @param {number} scale */
  async #resize(scale) {
    if (scale === this.#scale) return;
    const former = this.#scale;
    this.#scale = scale;
    const done = await this.#change((_, encoding) => (encoding.scaleResolutionDownBy = scale));
    if (!done && this.#scale === scale) this.#scale = former;
  }

  /**
   * Changes the sender's parameters after what is being changed; resolves to whether it was done.
   *
   * @param {(parameters: RTCRtpSendParameters, encoding: RTCRtpEncodingParameters) => void} change
   */
  #change(change) {
    const changed = this.#changing.then(async () => {
      const sender = this.#sender;
      const parameters = sender?.getParameters();
      const [encoding] = parameters?.encodings ?? []; // Firefox has none until it is connected
      if (!sender || !parameters || !encoding) return false;
      change(parameters, encoding);
      return sender.setParameters(parameters).then(() => true, () => false);
    });
    this.#changing = changed;
    return changed;
  }
}

// SPDX-License-Identifier: EUPL-1.2
/** How a sender encodes its picture: small at first, whole soon after, and sharp or smooth when it can not be both. */

const SMALL = 2_000; // ms, at the longest, of small pictures
const SMALLEST = 4; // times smaller in width and height: the smallest key frame is the quickest there

const FEW_FRAMES = 10; // a second, of a picture that is to be sharp: the bits of the others go into its detail
const ALL_FRAMES = 30;

export class Encoding {
  /** @type {RTCRtpSender | null} */
  #sender = null;
  /** @type {MediaStreamTrack | null} */
  #track = null;
  #scale = SMALLEST; // how many times smaller than the camera's the picture is
  #growth = 0;
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

  /** Goes from small pictures to full ones. */
  async enlarge() {
    clearTimeout(this.#growth);
    if (this.#track) await this.#resize(1);
  }

  /** Goes to full pictures soon, whatever is heard until then. */
  growSoon() {
    clearTimeout(this.#growth);
    if (this.#scale > 1 && this.#track) this.#growth = setTimeout(() => void this.enlarge(), SMALL);
  }

  /** Sends a small key frame, unasked: a change of size makes one. */
  async refresh() {
    if (!this.#track) return;
    await this.#resize(this.#scale === SMALLEST ? SMALLEST - 1 : SMALLEST);
    this.growSoon();
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

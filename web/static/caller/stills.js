// SPDX-License-Identifier: EUPL-1.2
/**
 * Still pictures by the event socket, where video can not be had or does not get through: as many and as large as the line
 * carries, one at a time, until video is back. Knows no page.
 */

import { LOSSY, SLOW, arriving } from "../lib/quality.js";

/** @typedef {import("../lib/quality.js").Quality} Quality */

// All in milliseconds.
const LOOK = 250; // between looks at whether it is time for one
const PACE = 1_000; // between stills, where the line carries them
const PATIENCE = 3_000; // with video that does not get through
const WELL = 1_500; // of video that does, before stills cease
const TRIAL = 5_000; // of video on a line that was too slow for it
const ANSWER = 10_000; // after which a still that nobody has answered for is lost
const AGAIN = [4_000, 15_000, 60_000]; // between trials that have failed

const FEW = 5; // frames a second
const LOST = 0.5; // share of packets, above which what arrives is no picture
const BAD_LOOKS = 2; // measures in a row, each of two seconds
const GRACE = 2; // measures more, after video was interrupted: it begins small again
const GRACE_AGAIN = 30_000; // ms from one such grace to the next, for a line that is interrupted for being slow
const GROWTH = 1.1; // from the best measure of a trial to one that is better
const FAST = 250; // kbit/s that stills have been carried with, before video is tried again
const GOOD_STILLS = 3; // in a row

const MOST = 30_000; // bytes of a still
const LEAST = 3_000;
const SHARE = 0.7; // of the time between stills that one may take on the line

/** Width in pixels and JPEG quality, the best first. @type {[number, number][]} */
const SIZES = [
  [640, 0.6],
  [640, 0.4],
  [480, 0.4],
  [320, 0.4],
  [240, 0.35],
  [160, 0.3],
];

/**
 * What stills are made from and sent by.
 *
 * @typedef {object} Means
 * @property {() => boolean} may  Whether there is a picture that this phone may show, and a socket to send it by.
 * @property {() => boolean} hopes  Whether video may yet get through.
 * @property {() => boolean} flows  Whether video gets through.
 * @property {(still: ArrayBuffer) => boolean} send
 * @property {(on: boolean) => void} video  Lets video be sent, or leaves the line to the stills.
 * @property {() => void} over  Says that no more stills come.
 */

export class Stills {
  #means;
  #on = false;
  #slow = false; // the line, for video
  #bad = 0; // measures in a row
  #well = false; // at the last measure
  #best = 0; // kbit/s, of the trial
  #good = 0; // stills in a row
  #failed = 0; // trials in a row
  #trialAt = 0; // when video may be tried next
  #trialFrom = 0; // since when it is being tried, if it is
  #blockedFrom = 0;
  #graceAt = -GRACE_AGAIN;
  #flowsFrom = 0;
  #lost = false; // video, at the last look
  #size = 2; // of SIZES: not the best, since nothing is known of the line
  #sentAt = -PACE;
  #sent = 0; // bytes that are on their way
  #making = false;
  #canvas = document.createElement("canvas");

  /** Whether the node takes stills for what comes, though it be from this page before it was loaded again. */
  believed = false;
  /** What shows the camera's picture. @type {HTMLVideoElement | null} */
  source = null;
  /** Called when stills begin and when they cease. @type {() => void} */
  onchange = () => {};

  /** @param {Means} means */
  constructor(means) {
    this.#means = means;
    setInterval(() => this.#look(), LOOK);
  }

  /** Whether stills are sent in place of video. */
  get on() {
    return this.#on;
  }

  /** Whether video is held back, so that nothing is sent where stills can not be. */
  get alone() {
    return this.#slow && !this.#trialFrom;
  }

  /** Takes in that the last still has come to the node, or never will. */
  taken() {
    if (!this.#sent) return;
    const took = performance.now() - this.#sentAt;
    this.#fit(this.#sent, took);
    this.#sent = 0;
  }

  /** Takes in that there is a new socket: what was on its way by the old is lost. */
  reset() {
    this.#sent = 0;
  }

  /**
   * Takes in how video leaves the phone. A browser that has known a slow line asks for more of it little by little: a trial
   * goes on for as long as it gets more.
   *
   * @param {Quality} quality
   */
  measured(quality) {
    const { fps, loss, limited } = quality;
    const held = limited === "bandwidth" || fps < FEW || (loss ?? 0) > LOSSY;
    const arrives = arriving(quality);
    this.#well = !held || (arrives >= SLOW && (loss ?? 0) <= LOST);
    const grows = Boolean(this.#trialFrom) && arrives > this.#best * GROWTH;
    if (grows) this.#best = arrives;
    this.#bad = this.#well || grows ? 0 : this.#bad + 1;
    if (this.#bad < BAD_LOOKS || (this.#slow && !this.#trialFrom)) return;
    this.#bad = 0;
    this.#slow = true;
    this.#leave();
  }

  /** Leaves the line to the stills for a while. */
  #leave() {
    this.#trialFrom = this.#good = 0;
    this.#trialAt = performance.now() + (AGAIN[Math.min(this.#failed, AGAIN.length - 1)] ?? 0);
    this.#failed += 1;
    this.#means.video(false);
  }

  #look() {
    const now = performance.now();
    if (!this.#means.may()) {
      this.#blockedFrom = this.#flowsFrom = 0;
      if (this.#on) this.#turn(false);
      return;
    }
    const flows = this.#means.flows() && !(this.#slow && !this.#trialFrom);
    if (this.believed && flows && !this.#on) {
      this.believed = false;
      this.#means.over();
    }
    if (flows && this.#lost && !this.#slow && now - this.#graceAt >= GRACE_AGAIN) {
      this.#graceAt = now;
      this.#bad = -GRACE;
    }
    this.#lost = !flows;
    this.#blockedFrom = flows ? 0 : this.#blockedFrom || now;
    this.#flowsFrom = flows ? this.#flowsFrom || now : 0;
    if (this.#slow && !this.#trialFrom && this.#good >= GOOD_STILLS && now >= this.#trialAt) this.#try(now);
    if (!this.#on && (this.#slow || (!flows && now - this.#blockedFrom >= (this.#means.hopes() ? PATIENCE : 0)))) this.#turn(true);
    else if (this.#on && flows && this.#proven(now)) this.#turn(false);
    if (this.#sent && now - this.#sentAt > ANSWER) this.taken();
    if (this.#on && !this.#sent && !this.#making && now - this.#sentAt >= PACE) void this.#make();
  }

  /**
   * Tells whether the video that flows is to be trusted.
   *
   * @param {number} now
   */
  #proven(now) {
    return now - this.#flowsFrom >= (this.#slow ? TRIAL : WELL) && (!this.#slow || this.#well);
  }

  /** @param {number} now */
  #try(now) {
    this.#trialFrom = now;
    this.#well = false;
    this.#bad = this.#best = 0;
    this.#means.video(true);
  }

  /** @param {boolean} on */
  #turn(on) {
    this.#on = on;
    if (!on) {
      this.#means.over();
      if (this.#slow && this.#trialFrom) this.#failed = 0;
      if (this.#slow) this.#means.video(true);
      this.#slow = false;
      this.#trialFrom = this.#bad = this.#good = 0;
    }
    this.onchange();
  }

  async #make() {
    const { source } = this;
    if (!source?.videoWidth) return;
    this.#making = true;
    const still = await this.#picture(source);
    this.#making = false;
    if (!still || !this.#on || !this.#means.may()) return;
    this.#sentAt = performance.now();
    if (this.#means.send(await still.arrayBuffer())) this.#sent = still.size;
  }

  /**
   * Draws what the camera sees, as large as the line carries.
   *
   * @param {HTMLVideoElement} source
   */
  async #picture(source) {
    for (; ; this.#size++) {
      const [wanted, quality] = SIZES[this.#size] ?? [160, 0.2];
      const { videoWidth, videoHeight } = source;
      const scale = Math.min(1, wanted / Math.max(videoWidth, videoHeight));
      Object.assign(this.#canvas, { width: Math.round(videoWidth * scale), height: Math.round(videoHeight * scale) });
      this.#canvas.getContext("2d")?.drawImage(source, 0, 0, this.#canvas.width, this.#canvas.height);
      /** @type {Blob | null} */
      const still = await new Promise((resolve) => this.#canvas.toBlob(resolve, "image/jpeg", quality));
      if (!still || still.size <= MOST || this.#size >= SIZES.length - 1) return still;
    }
  }

  /**
   * Fits the next still to how long this one took.
   *
   * @param {number} bytes
   * @param {number} took in milliseconds
   */
  #fit(bytes, took) {
    const rate = (bytes * 8) / took; // kbit/s
    const room = Math.min(MOST, Math.max(LEAST, (rate * PACE * SHARE) / 8));
    if (bytes > room) this.#size = Math.min(this.#size + 1, SIZES.length - 1);
    else if (bytes < room / 2 && this.#size > 0) this.#size -= 1;
    this.#good = rate >= FAST ? this.#good + 1 : 0;
  }
}

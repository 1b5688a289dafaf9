// SPDX-License-Identifier: EUPL-1.2
/**
 * The camera as the operator wishes it and the phone lets it: opened and turned, brought in line with each wish, and told of as it
 * is. Asks the caller nothing but what the browser asks for itself.
 */

import { Meter } from "../lib/quality.js";
import { Camera, CameraError } from "./camera.js";
import { Phone } from "./phone.js";

/**
 * What the operator wishes: null is as the phone has it. `number` grows with every change.
 *
 * @typedef {{number: number, facing: import("./camera.js").Facing | null, torch: boolean | null, zoom: number | null, prefer: "sharp" | "smooth", paused: boolean}} Wish
 */

/** @typedef {import("../lib/events.js").Message} Message */

const MEASURE = 2_000; // how often the node is told how the picture leaves the phone, in ms

export class Filming {
  #tell;
  #camera = new Camera();
  #phone = new Phone();
  #meter = new Meter();
  /** @type {import("../lib/whip.js").WhipPublisher | null} */
  #media = null;
  /** @type {Wish} */
  #wish = { number: 0, facing: null, torch: null, zoom: null, prefer: "smooth", paused: false };
  #answers = 0; // the number of the wish that the camera is in line with
  #settling = 0; // how many changes of the camera are under way: until they are done nothing is told of it
  #described = ""; // what the node was last told of the phone
  #word = ""; // and of the camera
  #trouble = ""; // of camera or browser, by the protocol's name
  #over = false;

  /** Called after every change of camera or trouble. @type {() => void} */
  onchange = () => {};
  /** Called when the operator has done something to the camera that its holder should know. @type {(what: "turned" | "torch") => void} */
  onsteered = () => {};
  /** Called with every measure of how the picture leaves the phone. @type {(quality: import("../lib/quality.js").Quality) => void} */
  onquality = () => {};

  /** @param {(message: Message) => boolean} tell  Tells the node, and returns whether it could be told. */
  constructor(tell) {
    this.#tell = tell;
    this.#camera.onstate = () => this.#changed();
    this.#phone.onchange = () => this.#changed();
    setInterval(() => void this.#measure(), MEASURE);
  }

  get camera() {
    return this.#camera;
  }

  get phone() {
    return this.#phone;
  }

  get trouble() {
    return this.#trouble;
  }

  /**
   * Says what the picture is sent by.
   *
   * @param {import("../lib/whip.js").WhipPublisher} media
   */
  async sendBy(media) {
    this.#media = media;
    await media.send(this.#camera.stream?.getVideoTracks()[0] ?? null); // of a tap that came before the answer
  }

  /**
   * Takes in what the operator wishes now.
   *
   * @param {Wish} wish
   */
  take(wish) {
    this.#wish = wish;
    void this.#obey();
  }

  /** Opens the camera, or lets go of it where the operator has paused the picture. */
  async film() {
    this.#trouble = "";
    await this.#settle(async () => {
      if (this.#wish.paused) {
        this.#camera.pause();
        await this.#media?.send(null);
      } else {
        await this.#send(this.#camera.open(this.#wish.facing ?? "environment"));
      }
    });
  }

  /** Turns to the other camera, as its holder wants. */
  async turn() {
    if (this.#camera.state === "on") await this.#send(this.#camera.turn());
  }

  /**
   * Lets go of the camera, because this browser or this node will not have it.
   *
   * @param {string} trouble
   */
  fail(trouble) {
    this.#trouble = trouble;
    this.#camera.close();
    this.#changed();
  }

  /** Lets go of the camera because its holder wants to show no more, until film(). */
  stop() {
    this.#trouble = "";
    this.#camera.close();
    void this.#media?.send(null);
    if (this.#tell({ type: "camera_lost" })) this.#word = "camera_lost";
    this.onchange();
  }

  /** Says everything anew, to a node that may not have heard it. */
  repeat() {
    this.#word = this.#described = "";
    this.#changed();
  }

  /** Lets go of the camera for good. */
  end() {
    this.#over = true;
    this.#camera.close();
  }

  /** @param {Promise<MediaStreamTrack | null>} opening the camera that is being opened */
  async #send(opening) {
    try {
      const track = await opening;
      if (track) await this.#media?.send(track);
    } catch (error) {
      if (this.#over) return;
      this.#trouble = error instanceof CameraError ? error.trouble : "unsupported";
      if (this.#trouble === "refused") void this.#awaitPermission();
      this.#changed();
    }
  }

  /** Goes on by itself once the caller has undone the refusal. */
  async #awaitPermission() {
    const permission = await Camera.permission();
    if (!permission) return;
    permission.onchange = () => {
      if (permission.state === "granted" && this.#trouble === "refused" && !this.#over) void this.film();
    };
  }

  /**
   * Does something to the camera, and then sets it as is wished.
   *
   * @param {() => Promise<void>} change
   */
  async #settle(change) {
    const { number } = this.#wish;
    this.#settling += 1;
    await change();
    await this.#adjust();
    this.#settling -= 1;
    this.#answers = Math.max(this.#answers, number);
    this.#changed();
    void this.#obey();
  }

  /** Brings the camera in line with the newest wish, after what is under way. */
  async #obey() {
    const { number, facing, paused } = this.#wish;
    const { state } = this.#camera;
    if (number <= this.#answers || this.#settling > 0 || state === "turning" || this.#over) return;
    await this.#settle(async () => {
      if (state !== "off" && paused !== (state === "paused")) await this.film();
      if (this.#camera.state !== "on" || !facing || facing === this.#camera.facing) return;
      await this.turn();
      this.onsteered("turned");
    });
  }

  async #adjust() {
    const { torch, zoom, prefer } = this.#wish;
    const dark = !this.#camera.setting?.torch;
    await this.#media?.prefer(prefer);
    await this.#camera.set({ torch, zoom });
    if (dark && this.#camera.setting?.torch) this.onsteered("torch");
  }

  #changed() {
    if (this.#over) return;
    this.#report();
    this.#describe();
    this.onchange();
    void this.#obey(); // a wish that came while the camera was being turned
  }

  /** Tells the node how it is with the camera. */
  #report() {
    const { state } = this.#camera;
    const stopped = state === "muted" || state === "lost";
    const word = state === "asking" ? state : this.#trouble || (stopped ? `camera_${state}` : state === "off" ? "" : "permitted");
    if (word && word !== this.#word && this.#tell({ type: word })) this.#word = word;
  }

  /** Tells the node what this phone is and how its camera is set. */
  #describe() {
    if (this.#settling > 0) return;
    const { can, setting } = this.#camera;
    const device = { ...this.#phone.facts, can, camera: setting, answers: this.#answers };
    const description = JSON.stringify(device);
    if (description !== this.#described && this.#tell({ type: "device", device })) this.#described = description;
  }

  async #measure() {
    const media = this.#media;
    const pc = media?.connection;
    if (!pc || this.#camera.state !== "on" || this.#over) return;
    const quality = await this.#meter.look(pc, "outbound-rtp").catch(() => null);
    if (!quality) return;
    const settles = media.fit(quality); // what was made smaller may yet do
    this.#tell({ type: "quality", quality: media.held ? { ...quality, limited: "bandwidth" } : quality });
    if (!settles) this.onquality(quality);
  }
}

// SPDX-License-Identifier: EUPL-1.2
/** The phone's camera: opened once the caller has said yes, turned around, steered, and let go of. Never a microphone. */

import { Unseen } from "./unseen.js";

/** What can stand in the way, by the names of docs/protocol.md. @typedef {"refused" | "camera_busy" | "no_camera" | "unsupported"} CameraTrouble */

/**
 * `off` · `asking` while the browser's question is up · `on` · `turning` from one camera to the other · `muted` by
 * the phone, which may give it back · `lost` to the phone for good · `paused`: let go of, and to be opened again.
 *
 * @typedef {"off" | "asking" | "on" | "turning" | "muted" | "lost" | "paused"} CameraState
 */

/** Which way a camera looks. @typedef {"user" | "environment"} Facing */

/** @type {Record<string, CameraTrouble>} */
const TROUBLES = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotReadableError: "camera_busy",
  AbortError: "camera_busy",
  NotFoundError: "no_camera",
  OverconstrainedError: "no_camera",
};

const LOOK = 1_000; // ms between looks at whether frames come
const LOOKS = 2; // without one, after which the camera is taken for muted
const FIRST = 5; // of them, for the first frame: a camera may be slow to begin

export class CameraError extends Error {
  /** @param {unknown} cause what the browser threw */
  constructor(cause) {
    super(String(cause));
    this.trouble = TROUBLES[cause instanceof Error ? cause.name : ""] ?? "unsupported";
  }
}

export class Camera {
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {CameraState} */
  #state = "off";
  #turn = 0; // grows with every open and close, so that a late answer is known as late
  #several = false;
  /** As asked for, where the browser does not tell. @type {Facing} */
  #facing = "environment";
  #torch = false;
  #size;
  #zooms = false; // whether zoom is asked for
  /** Frames at the last look, where they are told of. @type {number | null} */
  #frames = null;
  #looks = 0; // since one came
  #unseen = new Unseen();

  /** Called after every change of `state` or `several`. @type {() => void} */
  onstate = () => {};

  /** @param {{width: number, height: number}} [size] of the picture to ask for */
  constructor(size = { width: 1280, height: 720 }) {
    this.#size = size;
    setInterval(() => this.#look(), LOOK);
    void this.#askForZoom();
  }

  /** Tells whether this browser, on this page, can have a camera at all. */
  static get supported() {
    return Boolean(navigator.mediaDevices?.getUserMedia);
  }

  /** Resolves to the camera's permission, or null where the browser does not tell. */
  static async permission(panTiltZoom = false) {
    const camera = /** @type {any} */ ({ name: "camera", panTiltZoom });
    return (await navigator.permissions?.query(camera).catch(() => null)) ?? null;
  }

  get state() {
    return this.#state;
  }

  get stream() {
    return this.#stream;
  }

  /** Tells whether there is another camera to turn to. */
  get several() {
    return this.#several;
  }

  /** Tells whether the camera looks at the one who holds the phone. */
  get facesUser() {
    return this.#settings?.facingMode === "user";
  }

  /** Which way the open camera looks. @returns {Facing} */
  get facing() {
    return this.#settings?.facingMode === "user" || this.#settings?.facingMode === "environment"
      ? this.#settings.facingMode
      : this.#facing;
  }

  /** What the open camera can be asked for. */
  get can() {
    const { torch, zoom } = /** @type {any} */ (this.#track?.getCapabilities?.() ?? {});
    const zooms = zoom?.min > 0 && zoom.max > zoom.min && { min: zoom.min, max: zoom.max, step: zoom.step || 0.1 };
    return { turn: this.#several, torch: [torch].flat().includes(true), zoom: zooms || null };
  }

  /** How the open camera is set, or null while there is none that films. */
  get setting() {
    const settings = /** @type {any} */ (this.#settings);
    if (!settings || this.#state !== "on") return null;
    const { torch = this.#torch, zoom, width = 0, height = 0 } = settings;
    return { facing: this.facing, torch, zoom: zoom || null, width, height };
  }

  /**
   * Opens a camera, in place of any that is open. Returns its track, or null where close() came first. Throws CameraError.
   *
   * @param {Facing} [facing]
   */
  open(facing = "environment") {
    this.#enter("asking");
    this.#facing = facing;
    return this.#take({ facingMode: facing });
  }

  /**
   * Sets light and zoom, as far as the camera can; null is as it is.
   *
   * @param {{torch: boolean | null, zoom: number | null}} wanted
   */
  async set({ torch, zoom }) {
    const { can } = this;
    const advanced = [];
    if (zoom !== null && can.zoom) advanced.push({ zoom: Math.min(can.zoom.max, Math.max(can.zoom.min, zoom)) });
    if (torch !== null && can.torch) advanced.push({ torch });
    const track = this.#track;
    if (!track || advanced.length === 0) return;
    const done = await track.applyConstraints(/** @type {any} */ ({ advanced })).then(() => true, () => false);
    if (done && torch !== null && track === this.#track) this.#torch = torch && can.torch;
  }

  /**
   * Turns to the other camera; back to the former where that can not be had. Returns the track as open() does.
   */
  async turn() {
    const former = this.#settings ?? {};
    const turn = this.#turn;
    const other = await this.#other(former);
    if (turn !== this.#turn) return null; // let go of meanwhile
    const facing = this.facing;
    this.#enter("turning");
    try {
      this.#facing = facing === "user" ? "environment" : "user";
      return await this.#take(other);
    } catch {
      this.#facing = facing;
      return await this.#take(former.deviceId ? { deviceId: { exact: former.deviceId } } : {});
    }
  }

  /** Lets go of the camera: its light goes out. */
  close() {
    this.#turn += 1;
    this.#release();
    this.#enter("off");
  }

  /** Lets go of the camera, light and all, until it is opened again. */
  pause() {
    this.#turn += 1;
    this.#release();
    this.#enter("paused");
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  get #settings() {
    return this.#track?.getSettings();
  }

  /** @param {MediaTrackConstraints} which */
  async #take(which) {
    const turn = ++this.#turn;
    this.#release(); // before the next is opened: some phones have power for one only
    try {
      const { width, height } = this.#size;
      const size = { width: { ideal: width }, height: { ideal: height } };
      const video = { ...which, ...size, ...(this.#zooms && { zoom: true }), frameRate: { ideal: 30 } };
      const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
      const [track] = stream.getVideoTracks();
      if (turn !== this.#turn || !track) {
        stream.getTracks().forEach((late) => late.stop());
        return null;
      }
      track.onmute = () => this.#enter("muted");
      track.onunmute = () => this.#enter("on");
      track.onended = () => this.#enter("lost");
      this.#stream = stream;
      this.#unseen.open(stream);
      this.#enter("on");
      void this.#count(turn); // not awaited: the picture does not wait for a button
      return track;
    } catch (error) {
      if (turn !== this.#turn) return null;
      this.#enter("off");
      throw new CameraError(error);
    }
  }

  /**
   * Returns what asks for a camera other than the one that has `settings`.
   *
   * @param {MediaTrackSettings} settings
   * @returns {Promise<MediaTrackConstraints>}
   */
  async #other({ facingMode, deviceId }) {
    if (facingMode) return { facingMode: facingMode === "user" ? "environment" : "user" };
    const ids = (await this.#cameras()).map((camera) => camera.deviceId);
    const next = ids[(ids.indexOf(deviceId ?? "") + 1) % ids.length];
    return next ? { deviceId: { exact: next } } : {};
  }

  /** @param {number} turn of the open camera: only then does the browser tell of the others */
  async #count(turn) {
    const several = (await this.#cameras()).length > 1;
    if (turn !== this.#turn || several === this.#several) return;
    this.#several = several;
    this.onstate();
  }

  async #cameras() {
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    return devices.filter((device) => device.kind === "videoinput");
  }

  /** Chromium, which alone knows `pan`, shows zoom where it was asked for. Android grants it with the camera; elsewhere it is a question more. */
  async #askForZoom() {
    const known = "pan" in (navigator.mediaDevices?.getSupportedConstraints?.() ?? {});
    this.#zooms = known && (await Camera.permission(true))?.state === "granted";
  }

  /** Takes a camera that gives no frames for muted, until it does: Chromium no longer says so, and Firefox never did. */
  #look() {
    const { muted, stats } = /** @type {any} */ (this.#track ?? {});
    const frames = stats?.deliveredFrames ?? this.#unseen.look();
    const former = this.#frames;
    this.#frames = frames;
    this.#looks = frames !== null && frames === former ? this.#looks + 1 : 0;
    if (this.#looks >= (frames ? LOOKS : FIRST) && this.#state === "on") this.#enter("muted");
    if (frames && former !== null && this.#looks === 0 && this.#state === "muted" && !muted) this.#enter("on");
  }

  #release() {
    for (const track of this.#stream?.getTracks() ?? []) {
      track.onmute = track.onunmute = track.onended = null;
      track.stop();
    }
    this.#stream = null;
    this.#unseen.close();
    this.#torch = false;
  }

  /** @param {CameraState} state */
  #enter(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.onstate();
  }
}

/**
 * @typedef {"chrome-android" | "samsung" | "firefox-android" | "safari-ios" | "other-ios" | "inside-ios" | "inside-android"
 *   | "other"} Browser
 */

/**
 * Returns the browser. `inside-…` is a browser within another app, as of messages and social media.
 *
 * @param {string} [agent] `navigator.userAgent`
 * @param {number} [touches] `navigator.maxTouchPoints`: an iPad says it is a Mac
 * @returns {Browser}
 */
export function browserOf(agent = navigator.userAgent, touches = navigator.maxTouchPoints) {
  const ios = /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touches > 1);
  const inside = /FBAN|FBAV|Instagram|Snapchat|Line\/|Twitter|LinkedInApp|GSA\/|; wv\)/.test(agent);
  if (ios) {
    if (inside || !/Safari\//.test(agent)) return "inside-ios";
    return /CriOS|FxiOS|EdgiOS|OPT\//.test(agent) ? "other-ios" : "safari-ios";
  }
  if (!/Android/.test(agent)) return "other";
  if (inside) return "inside-android";
  if (/SamsungBrowser/.test(agent)) return "samsung";
  if (/Firefox/.test(agent)) return "firefox-android";
  return /Chrome/.test(agent) ? "chrome-android" : "other";
}

/**
 * Returns where on the screen that browser puts its question about the camera.
 *
 * @param {Browser} browser
 * @returns {"top" | "middle" | "bottom"}
 */
export function questionPlace(browser) {
  if (browser === "other") return "top";
  return browser === "firefox-android" || browser === "samsung" ? "bottom" : "middle";
}

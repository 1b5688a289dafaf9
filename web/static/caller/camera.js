// SPDX-License-Identifier: EUPL-1.2
/** The phone's camera: opened once the caller has said yes, turned around, and let go of. Never a microphone. */

/** What can stand in the way, by the names of docs/protocol.md. @typedef {"refused" | "camera_busy" | "no_camera" | "unsupported"} CameraTrouble */

/**
 * `off` · `asking` while the browser's question is up · `on` · `turning` from one camera to the other · `muted` by
 * the phone, which may give it back · `lost` to the phone for good.
 *
 * @typedef {"off" | "asking" | "on" | "turning" | "muted" | "lost"} CameraState
 */

/** @type {Record<string, CameraTrouble>} */
const TROUBLES = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotReadableError: "camera_busy",
  AbortError: "camera_busy",
  NotFoundError: "no_camera",
  OverconstrainedError: "no_camera",
};

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
  #size;

  /** Called after every change of `state` or `several`. @type {() => void} */
  onstate = () => {};

  /** @param {{width: number, height: number}} [size] of the picture to ask for */
  constructor(size = { width: 1280, height: 720 }) {
    this.#size = size;
  }

  /** Tells whether this browser, on this page, can have a camera at all. */
  static get supported() {
    return Boolean(navigator.mediaDevices?.getUserMedia);
  }

  /** Resolves to the camera's permission, or null where the browser does not tell. */
  static async permission() {
    const name = /** @type {PermissionName} */ ("camera");
    return (await navigator.permissions?.query({ name }).catch(() => null)) ?? null;
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

  /**
   * Opens the back camera, in place of any that is open. Returns its track, or null where close() came first.
   * Throws CameraError.
   */
  open() {
    this.#enter("asking");
    return this.#take({ facingMode: "environment" });
  }

  /**
   * Turns to the other camera; back to the former where that can not be had. Returns the track as open() does.
   */
  async turn() {
    const former = this.#settings ?? {};
    const other = await this.#other(former);
    this.#enter("turning");
    try {
      return await this.#take(other);
    } catch {
      return await this.#take(former.deviceId ? { deviceId: { exact: former.deviceId } } : {});
    }
  }

  /** Lets go of the camera: its light goes out. */
  close() {
    this.#turn += 1;
    this.#release();
    this.#enter("off");
  }

  get #settings() {
    return this.#stream?.getVideoTracks()[0]?.getSettings();
  }

  /** @param {MediaTrackConstraints} which */
  async #take(which) {
    const turn = ++this.#turn;
    this.#release(); // before the next is opened: some phones have power for one only
    try {
      const { width, height } = this.#size;
      const video = { ...which, width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 30 } };
      const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
      const [track] = stream.getVideoTracks();
      if (turn !== this.#turn || !track) {
        stream.getTracks().forEach((late) => late.stop());
        return null;
      }
      track.contentHint = "motion";
      track.onmute = () => this.#enter("muted");
      track.onunmute = () => this.#enter("on");
      track.onended = () => this.#enter("lost");
      this.#stream = stream;
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

  #release() {
    for (const track of this.#stream?.getTracks() ?? []) {
      track.onmute = track.onunmute = track.onended = null;
      track.stop();
    }
    this.#stream = null;
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

// SPDX-License-Identifier: EUPL-1.2
/**
 * A phone in place of the one that the page runs on: its two cameras see a drawing, its light and zoom change that, it knows
 * where it is and whether its page is looked at. Install it before the page's own script runs.
 */

import { RATE } from "./beat.js";
import { PLACE } from "./place.js";

/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {"user" | "environment"} Facing */

const ALLOW = 900; // ms, for a caller to tap Allow
const MOST_ZOOM = 5;

export class Device {
  #stage;
  #canvas;
  #light;
  #first;
  #visible = true;
  #allowed = false;
  /** @type {MediaStreamTrack | null} */
  #track = null;

  /** Whether the caller says no to the camera. */
  refusing = false;

  /**
   * @param {Stage} stage
   * @param {HTMLCanvasElement} canvas  What the stage draws on.
   * @param {{torch: boolean, facing: Facing}} has  Whether there is a light, and the camera that comes first, whatever is asked for.
   */
  constructor(stage, canvas, { torch, facing }) {
    this.#stage = stage;
    this.#canvas = canvas;
    this.#light = torch;
    this.#first = facing;
  }

  /** Puts itself in the place of the browser's cameras, permissions, position and visibility. */
  install() {
    replace(navigator, "mediaDevices", {
      getUserMedia: (/** @type {any} */ { video }) => this.#open(video),
      enumerateDevices: () => Promise.resolve(["environment", "user"].map((deviceId) => ({ kind: "videoinput", deviceId }))),
    });
    replace(navigator, "permissions", {
      query: () => Promise.resolve({ state: this.#allowed ? "granted" : "prompt", onchange: null }),
    });
    replace(navigator, "geolocation", {
      watchPosition: (/** @type {(fix: unknown) => void} */ found) =>
        setTimeout(() => found({ coords: PLACE, timestamp: Date.now() }), ALLOW),
      clearWatch: () => {},
    });
    Object.defineProperty(document, "visibilityState", { get: () => (this.#visible ? "visible" : "hidden"), configurable: true });
  }

  /**
   * Puts the page in the background, or brings it back.
   *
   * @param {boolean} visible
   */
  show(visible) {
    this.#visible = visible;
    document.dispatchEvent(new Event("visibilitychange"));
  }

  /** Loses the camera, as to another app that takes it. */
  lose() {
    this.#track?.stop();
    this.#track?.dispatchEvent(new Event("ended"));
  }

  /** @param {{facingMode?: Facing, deviceId?: {exact: Facing}}} wanted */
  async #open({ facingMode, deviceId }) {
    if (!this.#allowed) await new Promise((resolve) => setTimeout(resolve, ALLOW));
    if (this.refusing) throw new DOMException("The caller says no.", "NotAllowedError");
    const facing = this.#allowed ? (facingMode ?? deviceId?.exact ?? "environment") : this.#first;
    this.#allowed = true;
    Object.assign(this.#stage, { facing, torch: false, zoom: 1 });
    const [track] = this.#canvas.captureStream(RATE).getVideoTracks();
    if (!track) throw new DOMException("There is nothing to film.", "NotReadableError");
    this.#track = Object.assign(track, this.#abilities(facing));
    return new MediaStream([track]);
  }

  /**
   * Returns what makes a drawn track one of a phone's camera.
   *
   * @param {Facing} facing
   */
  #abilities(facing) {
    const stage = this.#stage;
    const { width, height } = this.#canvas;
    const light = this.#light && facing === "environment";
    return {
      getSettings: () => ({ facingMode: facing, deviceId: facing, width, height, torch: stage.torch, zoom: stage.zoom }),
      getCapabilities: () => ({ torch: light, ...(facing === "environment" && { zoom: { min: 1, max: MOST_ZOOM, step: 0.1 } }) }),
      applyConstraints: ({ advanced = [] } = /** @type {any} */ ({})) => {
        const { torch = stage.torch, zoom = stage.zoom } = Object.assign({}, ...advanced);
        Object.assign(stage, { torch: torch && light, zoom });
        return Promise.resolve();
      },
    };
  }
}

/**
 * @param {object} owner
 * @param {string} name
 * @param {object} value
 */
function replace(owner, name, value) {
  Object.defineProperty(owner, name, { value, configurable: true });
}

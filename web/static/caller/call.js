// SPDX-License-Identifier: EUPL-1.2
/** The caller's side of one call: invitation, media, events and camera as one thing with one state. Knows no page. */

import { Problem, backoff, call } from "../lib/api.js";
import { EventSocket } from "../lib/events.js";
import { WhipPublisher } from "../lib/whip.js";
import { Camera, CameraError } from "./camera.js";

/**
 * The phases of docs/protocol.md as this phone sees them, and: `opening` · `asking` for the camera · `waiting`
 * because too many have tried · `unknown` code · `elsewhere`, on another phone.
 *
 * @typedef {"opening" | "waiting" | "opened" | "connected" | "asking" | "permitted" | "live" | "interrupted"
 *   | "refused" | "failed" | "ended" | "elsewhere" | "unknown"} CallerState
 */

/** @typedef {"ended" | "elsewhere" | "unknown"} Outcome */

/** @typedef {{call: string, token: string, ice_servers: RTCIceServer[], central_name: string, whip: string, claimed: boolean, video: {width: number, height: number, max_kbps: number}}} Invitation */

const NOT_SIGNED_IN = 4401;
const REPLACED = 4409;
const REGAIN = 1_500; // in milliseconds, for the phone to give a muted camera back
const RENEWAL = 1_000; // between tries to have a token renewed

/** @param {number} delay in milliseconds */
const pause = (delay) => new Promise((resolve) => setTimeout(resolve, delay));

export class CallerCall {
  #code;
  #origin;
  /** @type {Camera} */
  #camera = new Camera();
  /** @type {Invitation | null} */
  #invitation = null;
  /** @type {Promise<boolean> | null} */
  #opening = null;
  /** @type {WhipPublisher | null} */
  #media = null;
  /** @type {EventSocket | null} */
  #events = null;
  /** @type {Outcome | null} */
  #outcome = null;
  #trouble = ""; // of camera or browser, by the protocol's name
  #obstacle = ""; // to opening: `unreachable` or `too-many`
  #claiming = false;
  #stopping = false;
  #hidden = false;
  /** What the node last said. @type {{phase: string, seen: boolean, viewers: number, revision: number}} */
  #told = { phase: "opened", seen: false, viewers: 0, revision: -1 };

  /** Called after every change of anything below. @type {() => void} */
  onchange = () => {};

  /**
   * @param {string} code the invitation's
   * @param {string} origin of the installation: `https://…`
   */
  constructor(code, origin) {
    this.#code = code;
    this.#origin = origin;
    this.#camera.onstate = () => this.#changed();
  }

  /** The one state, computed from what is known. @returns {CallerState} */
  get state() {
    if (this.#outcome) return this.#outcome;
    const camera = this.#camera.state;
    if (camera === "asking") return "asking";
    if (this.#trouble) return this.#trouble === "refused" ? "refused" : "failed";
    if (camera === "off" && !this.#invitation) return this.#obstacle === "too-many" ? "waiting" : "opening";
    const media = this.#media?.state;
    if (camera === "off") return media === "connected" ? "connected" : "opened";
    if (camera === "muted" || camera === "lost" || media === "interrupted") return "interrupted";
    if (this.#told.phase === "live" || this.#told.phase === "interrupted") return this.#told.phase;
    return "permitted";
  }

  /** What makes the state: a trouble, what hinders opening, or who has the camera. */
  get detail() {
    if (this.state === "opening") return this.#obstacle;
    if (this.state === "interrupted") return /muted|lost/.test(this.#camera.state) ? "camera" : "";
    return this.#trouble;
  }

  get seen() {
    return this.#told.seen && this.state === "live";
  }

  get viewers() {
    return this.#told.viewers;
  }

  get camera() {
    return this.#camera;
  }

  get centralName() {
    return this.#invitation?.central_name ?? "";
  }

  /** Tells whether this phone has the call from before the page was loaded. */
  get resumed() {
    return Boolean(this.#invitation?.claimed);
  }

  /** Opens the invitation and connects, without a camera. Consumes nothing. */
  async open() {
    if (!Camera.supported || !("RTCPeerConnection" in globalThis)) {
      this.#trouble = "unsupported";
    }
    this.#changed();
    if (!(await this.#open()) || !this.#invitation) return;
    const { whip, ice_servers, video, claimed } = this.#invitation;
    const token = () => this.#invitation?.token ?? "";
    this.#events = new EventSocket(`${this.#origin}/api/v1/events`, () => ({ type: "auth", token: token() }));
    this.#events.onmessage = (message) => this.#hear(message);
    this.#events.onstate = () => this.#socketChanged();
    this.#events.connect();
    if (this.#trouble === "unsupported") return;
    this.#media = new WhipPublisher({ url: this.#origin + whip, token, iceServers: ice_servers, maxKbps: video.max_kbps });
    this.#media.onstate = () => this.#mediaChanged();
    this.#media.publish();
    await this.#media.send(this.#camera.stream?.getVideoTracks()[0] ?? null); // of a tap that came before the answer
    if (claimed && (await Camera.permission())?.state === "granted") void this.start();
  }

  /** Starts the picture: the caller has tapped. Claims the call and asks for the camera at the same time. */
  async start() {
    if (this.#outcome || this.#trouble === "unsupported" || !/off|muted|lost/.test(this.#camera.state)) return;
    void this.#claim();
    await this.#film();
  }

  /** Turns to the other camera. */
  async turn() {
    if (this.#camera.state === "on") await this.#send(this.#camera.turn());
  }

  /** Ends the call, here at once and at the node as soon as it can be told. */
  stop() {
    this.#stopping = true;
    this.#leave("ended");
  }

  /**
   * Takes in whether the page can be seen. A page that comes back looks after its link and its camera.
   *
   * @param {boolean} visible
   */
  async show(visible) {
    this.#hidden = !visible;
    this.#events?.send({ type: visible ? "visible" : "hidden" });
    if (!visible) return;
    this.#events?.nudge();
    if (this.#camera.state === "muted") await pause(REGAIN);
    if (/muted|lost/.test(this.#camera.state) && !this.#hidden && !this.#outcome) await this.#film();
  }

  /** Takes in that the phone may have gone from one network to another. */
  reconnect() {
    this.#events?.nudge();
    this.#media?.restart();
  }

  async #film() {
    this.#trouble = "";
    this.#events?.send({ type: "asking" });
    await this.#send(this.#camera.open());
  }

  /** @param {Promise<MediaStreamTrack | null>} opening the camera that is being opened */
  async #send(opening) {
    try {
      const track = await opening;
      if (!track) return;
      await this.#media?.send(track);
    } catch (error) {
      if (this.#outcome) return;
      this.#trouble = error instanceof CameraError ? error.trouble : "unsupported";
      if (this.#trouble === "refused") void this.#awaitPermission();
    }
    this.#report();
    this.#changed();
  }

  /** Goes on by itself once the caller has undone the refusal. */
  async #awaitPermission() {
    const permission = await Camera.permission();
    if (!permission) return;
    permission.onchange = () => {
      if (permission.state === "granted" && this.#trouble === "refused") void this.start();
    };
  }

  /** Opens the invitation, or renews its token; resolves to whether there is one. */
  #open() {
    this.#opening ??= this.#exchange("open").finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #claim() {
    if (this.#claiming) return;
    this.#claiming = true;
    if (this.#invitation || (await this.#open())) await this.#exchange("claim");
    this.#claiming = false;
    this.#report();
  }

  /**
   * Exchanges the code for a token, however long it takes; resolves to false where the node will not.
   *
   * @param {"open" | "claim"} how
   */
  async #exchange(how) {
    const url = `${this.#origin}/api/v1/invitations/${this.#code}/${how}`;
    for (let attempt = 0; !this.#outcome; attempt++) {
      try {
        const token = how === "claim" ? this.#invitation?.token : undefined;
        const response = await call("POST", url, { token, type: "application/json", body: "{}" });
        this.#invitation = await response.json();
        this.#obstacle = "";
        this.#changed();
        return true;
      } catch (error) {
        const problem = error instanceof Problem ? error : new Problem("unreachable");
        if (how === "claim" && problem.status === 401) await this.#open();
        else if (!problem.passing) return this.#refused(problem);
        if (problem.status === 429) this.#obstacle = "too-many";
        else if (attempt > 0) this.#obstacle = "unreachable"; // once is no reason to worry anyone
        this.#changed();
        await pause(Math.max(problem.retryAfter * 1000, backoff(attempt)));
      }
    }
    return false;
  }

  /**
   * The one way out when a node says no for good.
   *
   * @param {Problem} problem
   */
  #refused(problem) {
    if (problem.status === 410) this.#leave("ended");
    else if (problem.status === 409) this.#leave("elsewhere");
    else if (problem.status === 404) this.#leave(this.#invitation ? "ended" : "unknown");
    else {
      this.#trouble = "unsupported";
      this.#camera.close();
      this.#report();
      this.#changed();
    }
    return false;
  }

  /** @param {import("../lib/events.js").Message} message */
  #hear(message) {
    if (message.type === "republish") this.#media?.publish();
    const state = message.type === "welcome" ? message["state"] : message;
    if (message.type === "welcome") this.#greet();
    if ((message.type !== "welcome" && message.type !== "state") || state.revision < this.#told.revision) return;
    this.#told = state;
    if (state.phase === "ended") this.#leave("ended");
    else if (state.elsewhere) this.#leave("elsewhere");
    if (state.seen) void this.#media?.enlarge();
    this.#changed();
  }

  /** Says anew, on a new socket, what the node must know. */
  #greet() {
    if (this.#stopping) {
      this.#sayStop();
      return;
    }
    // Also when visible: the page that this one was a moment ago may have said that it was left.
    this.#events?.send({ type: this.#hidden ? "hidden" : "visible" });
    this.#report();
  }

  /** Tells the node how it is with the camera. */
  #report() {
    const { state } = this.#camera;
    if (state === "asking") this.#events?.send({ type: "asking" });
    else if (this.#trouble) this.#events?.send({ type: this.#trouble });
    else if (state !== "off") this.#events?.send({ type: "permitted" });
  }

  #sayStop() {
    // Where the answer does not come, the socket reconnects and says it again.
    this.#events?.request({ type: "stop" }).then(
      () => this.#events?.close(),
      () => {},
    );
  }

  #socketChanged() {
    const events = this.#events;
    if (events?.state !== "refused" || this.#outcome) return;
    if (events.code === REPLACED) this.#leave("elsewhere");
    else if (events.code === NOT_SIGNED_IN) void this.#renew(() => events.connect());
  }

  #mediaChanged() {
    const media = this.#media;
    const problem = media?.state === "refused" ? media.problem : null;
    if (media && problem?.status === 401) void this.#renew(() => media.publish());
    else if (problem) this.#refused(problem);
    this.#changed();
  }

  /** @param {() => void} goOn once there is a new token */
  async #renew(goOn) {
    await pause(RENEWAL);
    if (!this.#outcome && (await this.#open())) goOn();
  }

  /** @param {Outcome} outcome after which nothing more happens here */
  #leave(outcome) {
    if (this.#outcome) return;
    this.#outcome = outcome;
    this.#camera.close();
    this.#media?.close();
    if (!this.#stopping) this.#events?.close();
    else if (this.#events?.state === "open") this.#sayStop();
    this.#changed();
  }

  #changed() {
    this.onchange();
  }
}

// SPDX-License-Identifier: EUPL-1.2
/** The caller's side of one call: invitation, media, events and camera as one thing with one state. Knows no page. */

import { Problem, backoff, call } from "../lib/api.js";
import { EventSocket } from "../lib/events.js";
import { WhipPublisher } from "../lib/whip.js";
import { Camera } from "./camera.js";
import { Filming } from "./filming.js";
import { Locating } from "./location.js";
import { Stills } from "./stills.js";
import { Stopping } from "./stopping.js";

/**
 * The phases of docs/protocol.md as this phone sees them, and: `opening` · `asking` for the camera · `waiting`
 * because too many have tried · `unknown` code · `elsewhere`, on another phone · `paused` by the operator.
 *
 * @typedef {"opening" | "waiting" | "opened" | "connected" | "asking" | "permitted" | "live" | "interrupted" | "paused"
 *   | "refused" | "failed" | "ended" | "elsewhere" | "unknown"} CallerState
 */

/** @typedef {"ended" | "elsewhere" | "unknown"} Outcome */

/** @typedef {{call: string, token: string, ice_servers: RTCIceServer[], central_name: string, whip: string, claimed: boolean, exercise: boolean, video: {width: number, height: number, max_kbps: number}, wish: import("./filming.js").Wish}} Invitation */

const NOT_SIGNED_IN = 4401;
const REPLACED = 4409;
const GONE = new Set([404, 409, 410]); // what a node answers for a call that is not, or no longer, this phone's
const REGAIN = 1_500; // in milliseconds, for the phone to give a muted camera back
const RENEWAL = 1_000; // between tries to have a token renewed

/** @param {number} delay in milliseconds */
const wait = (delay) => new Promise((resolve) => setTimeout(resolve, delay));

export class CallerCall {
  #code;
  #origin;
  #filming = new Filming((message) => this.#events?.send(message) ?? false);
  #locating = new Locating((message) => this.#events?.send(message) ?? false);
  #stills = new Stills({
    may: () => this.camera.state === "on" && !this.#hidden && !this.#outcome && Boolean(this.#told.claimed) && this.#events?.state === "open",
    hopes: () => Boolean(this.#media) && this.#media?.state !== "refused",
    flows: () => this.#media?.state === "connected",
    send: (still) => this.#events?.sendBytes(still) ?? false,
    video: (on) => void this.#media?.send((on && this.camera.stream?.getVideoTracks()[0]) || null),
    over: () => this.say({ type: "moving" }),
  });
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
  #obstacle = ""; // to opening: `unreachable` or `too-many`
  #claiming = false;
  #stopping = new Stopping(() => this.#leave("ended"));
  #hidden = false;
  #away = false; // from when the page was hidden until the picture is back
  /** What the node last said. @type {{phase: string, seen: boolean, viewers: number, revision: number, claimed?: boolean, wish?: import("./filming.js").Wish, location_wanted?: boolean}} */
  #told = { phase: "opened", seen: false, viewers: 0, revision: -1 };

  /** Called after every change of anything below. @type {() => void} */
  onchange = () => {};
  /** Called with everything the node says, once it has been taken in. @type {(message: import("../lib/events.js").Message) => void} */
  onmessage = () => {};

  /**
   * @param {string} code the invitation's
   * @param {string} origin of the installation: `https://…`
   */
  constructor(code, origin) {
    this.#code = code;
    this.#origin = origin;
    this.#filming.onchange = () => this.#changed();
    this.#filming.onquality = (quality) => this.#stills.measured(quality);
    this.#stills.onchange = () => this.#changed();
  }

  /** The one state, computed from what is known. @returns {CallerState} */
  get state() {
    if (this.#outcome) return this.#outcome;
    if (this.#stopping.pending) return "ended";
    const { trouble } = this.#filming;
    const camera = this.camera.state;
    if (camera === "asking") return "asking";
    if (trouble) return trouble === "refused" ? "refused" : "failed";
    if (camera === "off" && !this.#invitation) return this.#obstacle === "too-many" ? "waiting" : "opening";
    const media = this.#media?.state;
    if (camera === "off") return media === "connected" ? "connected" : "opened";
    const cut = (media === "interrupted" && !this.#stills.on) || (this.#stills.alone && this.#events?.state !== "open");
    if (camera === "muted" || camera === "lost" || cut) return "interrupted";
    if (camera === "paused") return "paused";
    if (this.#told.phase === "live" || this.#told.phase === "interrupted") return this.#told.phase;
    return "permitted";
  }

  /** What makes the state: a trouble, what hinders opening, who has the camera, or a stop that may be taken back. */
  get detail() {
    if (this.#stopping.pending) return "stopped";
    if (this.state === "opening") return this.#obstacle;
    const { state } = this.camera;
    if (this.state === "interrupted") return /muted|lost/.test(state) ? state : this.#away ? "hidden" : "";
    return this.#filming.trouble;
  }

  get seen() {
    return this.#told.seen && this.state === "live";
  }

  get viewers() {
    return this.#told.viewers;
  }

  get camera() {
    return this.#filming.camera;
  }

  get filming() {
    return this.#filming;
  }

  get stills() {
    return this.#stills;
  }

  get locating() {
    return this.#locating;
  }

  /** What the node last said of the call: the state of docs/protocol.md. */
  get told() {
    return this.#told;
  }

  /** What the node has told of the call it is invited to; null until then. */
  get invitation() {
    return this.#invitation;
  }

  /** Tells whether this phone has the call from before the page was loaded. */
  get resumed() {
    return Boolean(this.#invitation?.claimed);
  }

  /** Opens the invitation and connects, without a camera. Consumes nothing. */
  async open() {
    if (!Camera.supported) this.#filming.fail("unsupported");
    this.#changed();
    if (!(await this.#open()) || !this.#invitation) return;
    const { whip, ice_servers, video, claimed, wish } = this.#invitation;
    this.#filming.take(wish);
    const token = () => this.#invitation?.token ?? "";
    this.#events = new EventSocket(`${this.#origin}/api/v1/events`, () => ({ type: "auth", token: token() }));
    this.#events.onmessage = (message) => this.#hear(message);
    this.#events.onstate = () => this.#socketChanged();
    this.#events.connect();
    if (this.#filming.trouble === "unsupported") return;
    if ("RTCPeerConnection" in globalThis) await this.#connect(whip, token, ice_servers, video.max_kbps);
    if (claimed && (wish.paused || (await Camera.permission())?.state === "granted")) void this.start();
  }

  /**
   * Connects the media, warm. Where a browser has no WebRTC there is none, and stills are sent.
   *
   * @param {string} whip
   * @param {() => string} token
   * @param {RTCIceServer[]} iceServers
   * @param {number} maxKbps
   */
  async #connect(whip, token, iceServers, maxKbps) {
    this.#media = new WhipPublisher({ url: this.#origin + whip, token, iceServers, maxKbps });
    this.#media.onstate = () => this.#mediaChanged();
    this.#media.onlink = () => this.#events?.nudge();
    this.#media.publish();
    await this.#filming.sendBy(this.#media);
  }

  /** Starts the picture: the caller has tapped. Claims the call and asks for the camera at the same time. */
  async start() {
    if (this.#outcome || this.#filming.trouble === "unsupported" || !/off|muted|lost/.test(this.camera.state) || !this.#stopping.undo()) return;
    this.#stopping.started();
    void this.#claim();
    await this.#filming.film();
    this.#stopping.started(); // again: the browser's question may have stood for long
  }

  /** Turns to the other camera. */
  async turn() {
    await this.#filming.turn();
  }

  /**
   * Tells the node something that is not kept: where there is no link now, it gets nowhere.
   *
   * @param {import("../lib/events.js").Message} message
   */
  say(message) {
    this.#events?.send(message);
  }

  /**
   * Asks something of the node, as soon as there is a socket to ask by; resolves to whether it did it. What has been
   * sent is not sent again.
   *
   * @param {import("../lib/events.js").Message} message
   */
  async ask(message) {
    for (let waited = 0; waited < 10_000 && this.#events?.state !== "open"; waited += 250) await wait(250);
    return Boolean(await this.#events?.request(message).then(() => true, () => false));
  }

  /** Stops the picture at once, and ends the call soon after, unless start() comes first; at once where the page is left. */
  stop() {
    if (!this.#stopping.begin()) return;
    this.#locating.decline();
    this.#filming.stop();
  }

  /**
   * Takes in whether the page can be seen. A page that comes back looks after its link and its camera.
   *
   * @param {boolean} visible
   */
  async show(visible) {
    this.#hidden = !visible;
    this.#away ||= !visible;
    this.#events?.send({ type: visible ? "visible" : "hidden" });
    if (!visible) return this.#stopping.finish();
    this.#events?.nudge();
    if (this.camera.state === "muted") await wait(REGAIN);
    if (/muted|lost/.test(this.camera.state) && !this.#hidden && !this.#outcome) await this.#filming.film();
  }

  /** Takes in that the phone may have gone from one network to another. */
  reconnect() {
    this.#events?.nudge();
    this.#media?.restart();
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
    this.#filming.repeat();
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
        await wait(Math.max(problem.retryAfter * 1000, backoff(attempt)));
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
    else this.#filming.fail("unsupported");
    return false;
  }

  /** @param {import("../lib/events.js").Message} message */
  #hear(message) {
    this.#takeIn(message);
    this.onmessage(message);
  }

  /** @param {import("../lib/events.js").Message} message */
  #takeIn(message) {
    if (message.type === "republish") this.#media?.publish();
    if (message.type === "still_taken" || message.type === "problem") this.#stills.taken();
    const state = message.type === "welcome" ? message["state"] : message;
    if (message.type === "welcome") this.#greet();
    if ((message.type !== "welcome" && message.type !== "state") || state.revision < this.#told.revision) return;
    this.#told = state;
    this.#stills.believed = Boolean(state.stills);
    if (state.phase === "live" && !this.#hidden) this.#away = false;
    this.#locating.take(Boolean(state.location_wanted) && !state.elsewhere);
    if (state.wish) this.#filming.take(state.wish);
    if (state.phase === "ended") this.#leave("ended");
    else if (state.elsewhere) this.#leave("elsewhere");
    if (state.seen) void this.#media?.enlarge();
    this.#changed();
  }

  /** Says anew, on a new socket, what the node must know. */
  #greet() {
    if (this.#stopping.final) {
      this.#sayStop();
      return;
    }
    // Also when visible: the page that this one was a moment ago may have said that it was left.
    this.#events?.send({ type: this.#hidden ? "hidden" : "visible" });
    this.#filming.repeat();
    this.#locating.repeat();
    this.#stills.reset();
  }

  #sayStop() {
    // Where the answer does not come, the socket reconnects and says it again.
    this.#events?.request({ type: "stop" }).then(() => this.#events?.close(), () => {});
  }

  #socketChanged() {
    const events = this.#events;
    if (events?.state === "open") this.#media?.reached();
    if (events?.state !== "refused" || this.#outcome) return;
    if (events.code === REPLACED) this.#leave("elsewhere");
    else if (events.code === NOT_SIGNED_IN) void this.#renew(() => events.connect());
  }

  #mediaChanged() {
    const media = this.#media;
    const problem = media?.state === "refused" ? media.problem : null;
    if (media && problem?.status === 401) void this.#renew(() => media.publish());
    // Whatever else is wrong with the media, stills are still to be had.
    else if (problem && GONE.has(problem.status)) this.#refused(problem);
    this.#changed();
  }

  /** @param {() => void} goOn once there is a new token */
  async #renew(goOn) {
    await wait(RENEWAL);
    if (!this.#outcome && (await this.#open())) goOn();
  }

  /** @param {Outcome} outcome after which nothing more happens here */
  #leave(outcome) {
    if (this.#outcome && !(this.#outcome === "elsewhere" && outcome === "ended")) return;
    this.#outcome = outcome;
    this.#stopping.cancel();
    this.#filming.end();
    this.#locating.end();
    this.#media?.close();
    if (this.#stopping.final && this.#events?.state === "open") this.#sayStop();
    // Where it is shown elsewhere, this page is still told when it ends.
    else if (!this.#stopping.final && outcome !== "elsewhere") this.#events?.close();
    this.#changed();
  }

  #changed = () => this.onchange();
}

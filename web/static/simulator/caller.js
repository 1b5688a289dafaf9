// SPDX-License-Identifier: EUPL-1.2
/** One simulated caller: what the true page does with a link, with a drawn picture for a camera. */

import { Problem, call } from "../lib/api.js";
import { EventSocket } from "../lib/events.js";
import { WhipPublisher } from "../lib/whip.js";
import { Replies } from "./replies.js";

/**
 * What is shown of a caller, beside its replies.
 *
 * @typedef {object} Way
 * @property {string} phase  As the node tells it, or `unknown`, `claimed`, `error`.
 * @property {number} viewers
 * @property {string} detail
 * @property {boolean} offline
 * @property {boolean} hidden
 * @property {boolean} refused
 */

/** @typedef {Way & import("./replies.js").Replied} Look */

/** @typedef {{call: string, token: string, ice_servers: RTCIceServer[], whip: string, claimed: boolean,
 *   ended: boolean, video: {max_kbps: number}}} Invitation */

export class SimulatedCaller {
  #code;
  #track;
  #token = "";
  /** @type {WhipPublisher | null} */
  #whip = null;
  /** @type {EventSocket | null} */
  #socket = null;
  #showing = false;
  #paused = false;
  #answered = "";
  #changed;
  #replies;

  /** @type {Look} */
  look = { phase: "opening", viewers: 0, detail: "", offline: false, hidden: false, refused: false, sentence: null, answered: "", place: "" };

  /**
   * @param {string} code
   * @param {MediaStreamTrack} track  The drawn camera.
   * @param {(look: Look) => void} changed
   * @param {(name: string) => string} text  What one of the page's texts says.
   */
  constructor(code, track, changed, text) {
    this.#code = code;
    this.#track = track;
    this.#changed = changed;
    this.#replies = new Replies((message) => this.#socket?.send(message) ?? false, text, (news) => this.#see(news));
  }

  /** Opens the link and connects warm, with no picture. */
  async open() {
    const invitation = await this.#invitation("open");
    if (!invitation) return;
    if (invitation.ended) {
      this.#see({ phase: "ended" });
      return;
    }
    this.#see({ phase: "opened" });
    this.#whip = new WhipPublisher({
      url: new URL(invitation.whip, location.href).href,
      token: () => this.#token,
      iceServers: invitation.ice_servers,
      maxKbps: invitation.video.max_kbps,
    });
    this.#whip.publish();
    // A reload in the middle of a call goes on showing.
    this.#showing = invitation.claimed;
    await this.#flow();
    this.#socket = new EventSocket(new URL("/api/v1/events", location.href).href, () => ({ type: "auth", token: this.#token }));
    this.#socket.onmessage = (message) => this.#received(message);
    this.#socket.connect();
  }

  /** Claims the invitation, allows the "camera" and shows the picture. */
  async show() {
    const claimed = await this.#invitation("claim");
    if (!claimed) return;
    this.#showing = true;
    this.#see({ refused: false });
    await this.#whip?.send(this.#track);
    this.#socket?.send({ type: "permitted" });
  }

  /** Says no to the camera, as one may. */
  async refuse() {
    if (!(await this.#invitation("claim"))) return;
    this.#socket?.send({ type: "refused" });
    this.#see({ refused: true });
  }

  /** Loses the network, or finds it again. */
  async toggleNetwork() {
    const offline = !this.look.offline;
    this.#see({ offline });
    if (offline) this.#socket?.close();
    else this.#socket?.connect();
    await this.#flow();
  }

  /** Puts the page in the background, where it has no camera, or brings it back. */
  async toggleHidden() {
    const hidden = !this.look.hidden;
    this.#see({ hidden });
    this.#sayVisibility();
    await this.#flow();
  }

  /** Ends the call as the caller. */
  stop() {
    this.#socket?.send({ type: "stop" });
    this.#showing = false;
    void this.#flow();
  }

  /** Said on every socket: the page that this one was a moment ago may have said that it was left. */
  #sayVisibility() {
    this.#socket?.send({ type: this.look.hidden ? "hidden" : "visible" });
  }

  async #flow() {
    const flows = this.#showing && !this.#paused && !this.look.offline && !this.look.hidden;
    await this.#whip?.send(flows ? this.#track : null);
  }

  /** @param {import("../lib/events.js").Message} message */
  #received(message) {
    if (message.type === "republish") this.#whip?.publish();
    if (message.type !== "welcome" && message.type !== "state") return;
    if (message.type === "welcome") this.#sayVisibility();
    const state = message["state"] ?? message;
    const { phase, viewers, seen, wish } = state;
    if (message.type === "welcome") this.#answered = "";
    if (wish) this.#obey(wish);
    if (seen) void this.#whip?.enlarge();
    this.#see({ phase, viewers });
    if (phase !== "ended") {
      this.#replies.take(state);
      return;
    }
    this.#replies.end();
    this.#whip?.close();
    this.#socket?.close();
  }

  /**
   * Pauses as the operator wishes, and answers as a phone that can do no more.
   *
   * @param {{number: number, paused: boolean}} wish
   */
  #obey({ number, paused }) {
    const changed = paused !== this.#paused;
    this.#paused = paused;
    if (changed) void this.#flow();
    const camera = this.#showing && !paused ? { facing: "environment" } : null;
    const device = { browser: "Klarsyn", camera, answers: number };
    const answer = JSON.stringify(device);
    if (answer !== this.#answered && this.#socket?.send({ type: "device", device })) this.#answered = answer;
  }

  /**
   * @param {"open" | "claim"} step
   * @returns {Promise<Invitation | null>}
   */
  async #invitation(step) {
    try {
      const url = `/api/v1/invitations/${encodeURIComponent(this.#code)}/${step}`;
      const response = await call("POST", url, { token: this.#token, type: "application/json", body: "{}" });
      const invitation = /** @type {Invitation} */ (await response.json());
      this.#token = invitation.token;
      return invitation;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      /** @type {Record<number, string>} */
      const phases = { 404: "unknown", 409: "claimed", 410: "ended" };
      this.#see({ phase: phases[error.status] ?? "error", detail: error.message });
      return null;
    }
  }

  /** @param {Partial<Look>} news */
  #see(news) {
    this.look = { ...this.look, ...news };
    this.#changed(this.look);
  }
}

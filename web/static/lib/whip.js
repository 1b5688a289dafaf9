// SPDX-License-Identifier: EUPL-1.2
/**
 * A WHIP publisher (RFC 9725) of one video, negotiated warm: connected with no track, so that the picture starts by
 * replacing the track and nothing is left to negotiate. Mends itself for as long as it is not closed. Knows no page.
 */

import { Problem, backoff, call } from "./api.js";

/**
 * `idle` before publish() · `connecting` the first time · `connected` · `interrupted` while it mends the link ·
 * `refused` by the node: see `problem` · `closed`.
 *
 * @typedef {"idle" | "connecting" | "connected" | "interrupted" | "refused" | "closed"} MediaState
 */

/** @typedef {{url: string, token: () => string, iceServers: RTCIceServer[], maxKbps: number}} WhipSettings */

const DOUBT = 1_000; // a link is given this long to come back by itself
const SETTLE = 8_000; // for ICE and DTLS, on a slow line
const ANSWER = 5_000; // for the node to answer a restart
const SMALL = 2_000; // at the longest, of small pictures

const SDP = "application/sdp";
const FRAGMENT = "application/trickle-ice-sdpfrag";

export class WhipPublisher {
  #settings;
  /** @type {RTCPeerConnection | null} */
  #pc = null;
  /** @type {RTCRtpSender | null} */
  #sender = null;
  /** @type {MediaStreamTrack | null} */
  #track = null;
  /** @type {MediaState} */
  #state = "idle";
  /** @type {Problem | null} */
  #problem = null;
  #location = "";
  #mending = false;
  #anew = false; // the session is lost: only a new one will do
  #small = true;
  #doubt = 0;
  #growth = 0;
  /** Ends the wait that is going on. @type {() => void} */
  #wake = () => {};

  /** Called after every change of `state`. @type {(state: MediaState) => void} */
  onstate = () => {};

  /** @param {WhipSettings} settings `token` is asked anew for every request */
  constructor(settings) {
    this.#settings = settings;
  }

  get state() {
    return this.#state;
  }

  /** Why the node refused, in state `refused`. */
  get problem() {
    return this.#problem;
  }

  /** Negotiates a new session, in place of the former if there is one. */
  publish() {
    this.#anew = true;
    void this.#mend();
  }

  /** Restarts ICE, because the network has changed or the link is in doubt. */
  restart() {
    if (this.#state === "connected" || this.#state === "interrupted") void this.#mend();
  }

  /**
   * Sends `track`, or nothing. The first pictures are a quarter as wide: the smallest key frame is the quickest there.
   *
   * @param {MediaStreamTrack | null} track
   */
  async send(track) {
    this.#track = track;
    await this.#sender?.replaceTrack(track);
    this.#growSoon();
  }

  /** Goes from small pictures to full ones: the other end has seen a picture. */
  async enlarge() {
    const sender = this.#sender;
    if (!sender || !this.#small || !this.#track) return;
    const parameters = sender.getParameters();
    const [encoding] = parameters.encodings ?? []; // Firefox has none until it is connected
    if (!encoding) return;
    clearTimeout(this.#growth);
    this.#small = false;
    encoding.scaleResolutionDownBy = 1;
    await sender.setParameters(parameters).catch(() => (this.#small = true));
  }

  /** Ends the session, here and at the node. */
  close() {
    if (this.#state === "closed") return;
    this.#enter("closed");
    clearTimeout(this.#doubt);
    clearTimeout(this.#growth);
    this.#pc?.close();
    this.#forget(this.#location);
    this.#wake();
  }

  /**
   * The one way up: tries until the media flows, or the node refuses. A living session is restarted; where that is
   * refused or does not help, a new one is made.
   */
  async #mend() {
    this.#wake();
    if (this.#mending || this.#state === "closed") return;
    this.#mending = true;
    this.#enter(this.#state === "idle" ? "connecting" : "interrupted");
    for (let attempt = 0; !(await this.#attempt()); attempt++) await this.#pause(backoff(attempt));
    this.#mending = false;
  }

  /** Tries once; returns true where there is nothing more to try. */
  async #attempt() {
    if (this.#over()) return true;
    const anew = this.#anew || !this.#location;
    this.#anew = false;
    try {
      await (anew ? this.#negotiate() : this.#restartIce());
      if (!(await this.#connects())) this.#anew = true;
    } catch (error) {
      if (this.#over()) return true;
      const problem = error instanceof Problem ? error : new Problem("unsupported", String(error));
      this.#anew ||= anew || !problem.passing;
      if (anew && !problem.passing) {
        this.#problem = problem;
        this.#enter("refused");
        return true;
      }
    }
    if (this.#over()) return true;
    if (this.#anew || this.#pc?.connectionState !== "connected") return false;
    this.#enter("connected");
    this.#growSoon();
    return true;
  }

  async #negotiate() {
    const { url, token, iceServers, maxKbps } = this.#settings;
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    try {
      const { sender } = pc.addTransceiver("video", {
        direction: "sendonly",
        sendEncodings: [{ scaleResolutionDownBy: 4, maxBitrate: maxKbps * 1000 }],
      });
      await pc.setLocalDescription(await pc.createOffer());
      // Sent at once: the gateway is ICE-lite and needs none of our candidates.
      const response = await call("POST", url, { token: token(), type: SDP, body: pc.localDescription?.sdp });
      const location = new URL(response.headers.get("Location") ?? "", response.url).href;
      const sdp = await response.text();
      if (this.#over()) {
        pc.close();
        this.#forget(location);
        return;
      }
      this.#pc?.close();
      this.#pc = pc;
      this.#sender = sender;
      this.#location = location;
      this.#small = true;
      pc.onconnectionstatechange = () => this.#changed(pc);
      await sender.replaceTrack(this.#track);
      await pc.setRemoteDescription({ type: "answer", sdp: withoutLite(sdp) });
      // A gateway that hangs up closes DTLS; the connection's own state does not show that in every browser.
      sender.transport?.addEventListener("statechange", () => this.#changed(pc));
    } catch (error) {
      pc.close();
      throw error;
    }
  }

  async #restartIce() {
    const pc = this.#pc;
    const former = pc?.remoteDescription?.sdp;
    if (!pc || !former) throw new Problem("unreachable", "", 410);
    await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }));
    const response = await call("PATCH", this.#location, {
      token: this.#settings.token(),
      type: FRAGMENT,
      body: fragmentOf(pc.localDescription?.sdp ?? ""),
      headers: { "If-Match": "*" },
      timeout: ANSWER,
    });
    if (response.status !== 200) throw new Problem("restart-unanswered", "", 409);
    const sdp = withIce(former, await response.text());
    if (!this.#over()) await pc.setRemoteDescription({ type: "answer", sdp });
  }

  /** Waits for ICE and DTLS; returns false where they did not come up. */
  async #connects() {
    const until = Date.now() + SETTLE;
    while (!this.#over() && !this.#anew && Date.now() < until) {
      const state = this.#pc?.connectionState;
      if (state === "connected" || state === "failed" || state === "closed") return state === "connected";
      await this.#pause(until - Date.now());
    }
    return false;
  }

  /** @param {RTCPeerConnection} pc whose state, or whose transport's, has changed */
  #changed(pc) {
    if (pc !== this.#pc || this.#state === "closed") return;
    clearTimeout(this.#doubt);
    if (this.#mending) this.#wake();
    else if (this.#sender?.transport?.state === "closed") this.publish();
    else if (pc.connectionState === "failed") void this.#mend();
    else if (pc.connectionState === "disconnected") this.#doubt = setTimeout(() => void this.#mend(), DOUBT);
  }

  #growSoon() {
    clearTimeout(this.#growth);
    if (this.#small && this.#track) this.#growth = setTimeout(() => void this.enlarge(), SMALL);
  }

  /** @param {string} location of a session that is no longer wanted */
  #forget(location) {
    // The node notices by itself where this does not reach it.
    if (location) call("DELETE", location, { token: this.#settings.token() }).catch(() => {});
  }

  /** Tells whether close() has come in between. */
  #over() {
    return this.#state === "closed";
  }

  /**
   * Waits, but not after something has happened.
   *
   * @param {number} delay in milliseconds
   */
  #pause(delay) {
    return /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        const timer = setTimeout(resolve, delay);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      })
    );
  }

  /** @param {MediaState} state */
  #enter(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.onstate(state);
  }
}

/**
 * Returns the ICE part of an offer as a fragment (RFC 8840).
 *
 * @param {string} sdp
 */
function fragmentOf(sdp) {
  const lines = sdp.split(/\r?\n/);
  const wanted = /^(a=ice-ufrag:|a=ice-pwd:|m=|a=mid:|a=candidate:)/;
  return [...lines.filter((line) => wanted.test(line)), ""].join("\r\n");
}

/**
 * Returns a former answer with the ICE part of `fragment` in place of its own.
 *
 * @param {string} answer
 * @param {string} fragment
 */
function withIce(answer, fragment) {
  const ice = /^a=(ice-ufrag:|ice-pwd:|candidate:|end-of-candidates)/;
  const kept = answer.split(/\r?\n/).filter((line) => line && !ice.test(line));
  const fresh = fragment.split(/\r?\n/).filter((line) => ice.test(line));
  return [...kept, ...fresh, ""].join("\r\n");
}

/**
 * Returns an answer that does not say the gateway is ICE-lite. To one that says so Chromium nominates a pair only
 * with the check after the first that was answered, which on a line of 300 ms is a second later; else with the first.
 *
 * @param {string} answer
 */
function withoutLite(answer) {
  return answer.replace(/^a=ice-lite\r?\n/m, "");
}

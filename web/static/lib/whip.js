// SPDX-License-Identifier: EUPL-1.2
/**
 * A WHIP publisher (RFC 9725) of one video, negotiated warm: connected with no track, so that the picture starts by
 * replacing the track and nothing is left to negotiate. Mends itself for as long as it is not closed. Knows no page.
 */

import { Problem, backoff, call, counted } from "./api.js";
import { Encoding } from "./encoding.js";

/**
 * `idle` before publish() · `connecting` the first time · `connected` · `interrupted` while it mends the link ·
 * `refused` by the node: see `problem` · `closed`.
 *
 * @typedef {"idle" | "connecting" | "connected" | "interrupted" | "refused" | "closed"} MediaState
 */

/** @typedef {{url: string, token: () => string, iceServers: RTCIceServer[], maxKbps: number}} WhipSettings */

// All in milliseconds.
const LISTEN = 250; // between looks at what has come
const HARK = 100; // the same, while the link is being mended
const SILENCE = 500; // with a picture going out and nothing coming in: the gateway reports ten times a second
const SLOW = 3_000; // the same, until something has come over a new or mended link
const IDLE = 1_500; // a camera that has sent nothing for this long is not sending
const WORRY = 1_500; // a link that is being mended for longer is said to be interrupted
const ASK_AGAIN = 600; // between questions to the node, while it does not answer
const HANG = 3_500; // for a question; with six at once the browser sends no more
const SETTLE = 8_000; // for ICE and DTLS, on a slow line
const ANSWER = 5_000; // for the node to answer a restart

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
  #insisting = false; // ICE is to be restarted even if the link is well
  #unsure = false; // whether the node can be reached
  #asking = new AbortController(); // ends the wait for a restart's answer
  #since = 0; // when the link came in doubt
  /** Bytes that have come and gone, when they last did, and since when what goes is not answered. */
  #ear = { got: 0, sent: 0, heard: 0, spoke: 0, quiet: 0 };
  #encoding = new Encoding();
  /** Ends the wait that is going on. @type {() => void} */
  #wake = () => {};

  /** Called after every change of `state`. @type {(state: MediaState) => void} */
  onstate = () => {};
  /** Called when the link comes in doubt, and when it is well again. @type {() => void} */
  onlink = () => {};

  /** @param {WhipSettings} settings `token` is asked anew for every request */
  constructor(settings) {
    this.#settings = settings;
    void this.#listen();
  }

  get state() {
    return this.#state;
  }

  /** The session's connection, to be measured and nothing else; null while there is none. */
  get connection() {
    return this.#pc;
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

  /** Takes in that the node can be reached. */
  reached() {
    this.#unsure = false;
    this.#wake();
  }

  /** Restarts ICE, because the network has changed: what still works may not be the best, nor for long. */
  restart() {
    if (this.#state !== "connected" && this.#state !== "interrupted") return;
    this.#asking.abort(); // by the network that was: no answer comes
    this.#insisting = true;
    this.#doubt();
  }

  /**
   * Sends `track`, or nothing. The first pictures are small.
   *
   * @param {MediaStreamTrack | null} track
   */
  async send(track) {
    this.#track = track;
    await this.#encoding.send(track);
  }

  /** Goes from small pictures to full ones: the other end has seen a picture. */
  async enlarge() {
    await this.#encoding.enlarge();
  }

  /** Whether the picture is smaller than the camera's because the line carries no larger one. */
  get held() {
    return this.#encoding.held;
  }

  /**
   * Fits the picture to the line; returns whether it was made smaller so lately that this tells nothing.
   *
   * @param {import("./quality.js").Quality} quality as measured on `connection`
   */
  fit(quality) {
    return this.#encoding.fit(quality);
  }

  /** @param {"sharp" | "smooth"} prefer  Whether the picture is to keep its detail or its movement when it can not have both. */
  async prefer(prefer) {
    await this.#encoding.prefer(prefer);
  }

  /** Ends the session, here and at the node. */
  close() {
    if (this.#state === "closed") return;
    this.#enter("closed");
    this.#encoding.stop();
    this.#pc?.close();
    this.#forget(this.#location);
    this.#wake();
  }

  /** Looks after a link that may be lost. */
  #doubt() {
    this.#unsure = true;
    if (!this.#mending) this.#since = Date.now();
    void this.#encoding.refresh(); // what goes may well arrive, where only the way back is lost
    this.onlink();
    void this.#mend();
  }

  /**
   * The one way up: tries until the media flows, or the node refuses. A living session is restarted; where that is
   * refused or does not help, a new one is made.
   */
  async #mend() {
    this.#wake();
    if (this.#mending || this.#state === "closed") return;
    this.#mending = true;
    if (this.#state === "idle") this.#enter("connecting");
    else if (this.#state === "refused") this.#enter("interrupted");
    const worry = setTimeout(() => this.#state === "connected" && this.#enter("interrupted"), WORRY);
    for (let attempt = 0; !(await this.#attempt()); attempt++) await this.#pause(backoff(attempt));
    clearTimeout(worry);
    this.#mending = false;
  }

  /** Tries once; returns true where there is nothing more to try. */
  async #attempt() {
    if (this.#unsure) await this.#reach();
    if (this.#over()) return true;
    const anew = this.#anew || !this.#location;
    this.#anew = false;
    try {
      if (anew || !this.#heals()) {
        await (anew ? this.#negotiate() : this.#restartIce());
        if (!(await this.#connects())) this.#anew = true;
      }
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem("unsupported", String(error));
      this.#unsure = problem.status === 0;
      // A restart without an answer may have been made: then the gateway goes by credentials that are lost.
      this.#anew ||= anew || this.#unsure || !problem.passing;
      if (anew && !problem.passing) {
        this.#problem = problem;
        this.#enter("refused");
        return true;
      }
      return false;
    }
    if (this.#anew) return false;
    this.#enter("connected");
    void (anew ? this.#encoding.settle() : this.#encoding.refresh()); // those before it may not have got through
    this.onlink();
    return true;
  }

  /**
   * Waits until the node answers, or media flows again by itself. Asks again and again, since a TCP connection
   * that has lost its link waits longer and longer before it tries: the newest question is the first to get through.
   * A browser keeps connections whose address is gone, and asks by them first. So what is asked after this goes the
   * way of these questions, which have taken the dead ones, and goes by the one that was answered.
   */
  async #reach() {
    const rest = new AbortController();
    while (this.#unsure && !this.#over() && !this.#heals()) {
      const asked = call("OPTIONS", this.#settings.url, { timeout: HANG, alone: true, end: rest.signal });
      void asked.then(() => this.reached(), ({ status }) => status && this.reached());
      await this.#pause(ASK_AGAIN);
    }
    rest.abort(); // or the browser would let what follows wait for them
    this.#unsure = false;
  }

  async #negotiate() {
    const { url, token, iceServers, maxKbps } = this.#settings;
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    try {
      const { sender } = pc.addTransceiver("video", {
        direction: "sendonly",
        sendEncodings: [{ ...Encoding.first, maxBitrate: maxKbps * 1000 }],
      });
      await pc.setLocalDescription(await pc.createOffer());
      // Sent at once: the gateway is ICE-lite and needs none of our candidates.
      const response = await call("POST", url, { token: token(), type: "application/sdp", body: pc.localDescription?.sdp, alone: Boolean(this.#pc) });
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
      this.#encoding.take(sender);
      this.#location = location;
      pc.onconnectionstatechange = () => this.#changed(pc);
      await sender.replaceTrack(this.#track);
      // To a gateway that says it is ICE-lite Chromium nominates a pair only with the check after the first that was
      // answered, which on a line of 300 ms is a second later; else with the first.
      await pc.setRemoteDescription({ type: "answer", sdp: sdp.replace(/^a=ice-lite\r?\n/m, "") });
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
    this.#insisting = false;
    void this.#encoding.refresh(); // the node has answered: the way there is open
    // Taken into use when the gateway knows of it, not before: until then the old link may still come back, and checks
    // by new credentials that reach the gateway too early make it deaf to those that follow.
    const offer = await pc.createOffer({ iceRestart: true });
    this.#asking = new AbortController();
    const response = await call("PATCH", this.#location, {
      token: this.#settings.token(),
      type: "application/trickle-ice-sdpfrag",
      body: fragmentOf(offer.sdp ?? ""),
      headers: { "If-Match": "*" },
      timeout: ANSWER,
      alone: true,
      end: this.#asking.signal,
    });
    if (response.status !== 200) throw new Problem("restart-unanswered", "", 409);
    const sdp = withIce(former, await response.text());
    await pc.setLocalDescription(offer);
    await pc.setRemoteDescription({ type: "answer", sdp });
  }

  /** Waits for ICE and DTLS, and for what is sent to be answered; returns false where that does not come. */
  async #connects() {
    this.#since = this.#ear.quiet = Date.now();
    const until = this.#since + SETTLE;
    while (!this.#over() && !this.#anew && !this.#flows() && Date.now() < until) await this.#pause(until - Date.now());
    return this.#flows();
  }

  /** Tells whether the link has been well since it came in doubt: what is sent is answered, or ICE says so. */
  #flows() {
    const sending = Date.now() - this.#ear.spoke < IDLE;
    return sending ? this.#ear.heard > this.#since : this.#pc?.connectionState === "connected";
  }

  /** Tells whether there is nothing more to mend. */
  #heals() {
    return this.#flows() && !this.#anew && !this.#insisting;
  }

  /** Goes on looking whether what is sent is answered. ICE itself needs six seconds to miss the other end. */
  async #listen() {
    while (!this.#over()) {
      const pc = this.#track && this.#pc;
      // What goes is counted before the socket: Firefox's counts nothing once its address is gone.
      const [got = 0, sent = 0] = pc ? await counted(pc, ["candidate-pair", "bytesReceived"], ["outbound-rtp", "bytesSent"]) : [];
      if (pc && pc === this.#pc) this.#account(got, sent, Date.now());
      await new Promise((resolve) => setTimeout(resolve, this.#mending ? HARK : LISTEN));
    }
  }

  /**
   * @param {number} got
   * @param {number} sent
   * @param {number} now
   */
  #account(got, sent, now) {
    const { heard, spoke, quiet } = this.#ear;
    const came = got > this.#ear.got;
    const went = sent > this.#ear.sent;
    const anew = went && now - spoke > IDLE;
    this.#ear = { got, sent, heard: came ? now : heard, spoke: went ? now : spoke, quiet: came || anew ? now : quiet };
    if (anew) this.#since = now;
    const lost = went && now - this.#ear.quiet > (heard > this.#since ? SILENCE : SLOW);
    if (this.#mending && this.#heals()) this.#wake();
    else if (!this.#mending && lost) this.#doubt();
  }

  /** @param {RTCPeerConnection} pc whose state, or whose transport's, has changed */
  #changed(pc) {
    if (pc !== this.#pc || this.#over()) return;
    if (this.#mending) this.#wake();
    else if (this.#sender?.transport?.state === "closed") this.publish();
    else if (/disconnected|failed/.test(pc.connectionState)) this.#doubt();
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
    if (state === this.#state || this.#over()) return;
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
  const wanted = /^(a=ice-ufrag:|a=ice-pwd:|m=|a=mid:|a=candidate:)/;
  return [...sdp.split(/\r?\n/).filter((line) => wanted.test(line)), ""].join("\r\n");
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
  return [...kept, ...fragment.split(/\r?\n/).filter((line) => ice.test(line)), ""].join("\r\n");
}

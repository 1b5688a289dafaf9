// SPDX-License-Identifier: EUPL-1.2
/**
 * Watches one call's picture: takes the node's offers, keeps the picture through reconnections, tells
 * when frames flow and when they do not. Knows no page: what shows the picture reports its frames here.
 */

import { counted } from "./api.js";

/** How often frames and connections are looked at, in ms. */
const TICK = 250;
/** No frame for this long is a stalled picture. */
const STALLED_AFTER = 1000;
/** The same while stills are shown, which come seldom on a slow line. */
const STILLS_AFTER = 10_000;
/** The node is asked for a key frame again this often while nothing comes. */
const STALLED_AGAIN = 2000;
/** Packets that come, and no frame for this long: what they build on was lost, and only a key frame helps. */
const BROKEN_AFTER = 300;
/** The node is asked for one again this often while packets come. */
const BROKEN_AGAIN = 500;
/** A connection may be `disconnected` this long before ICE is restarted; it often heals itself. */
const RESTART_AFTER = 1000;
/** A restart is given this long before the next. */
const RESTART_AGAIN = 3000;
/** `first_frame` is repeated this often until the call's state shows that it was heard. */
const TELL_AGAIN = 1000;
/** Frames may still be on their way this long from a phone that went to the background; later ones show that it is back. */
const UNDER_WAY = 3000;
/** How often a connection that is to take over is asked whether it has decoded a frame. */
const TAKEOVER_POLL = 40;
/** A failed negotiation is begun anew after this long. */
const WATCH_AGAIN = 1000;

/**
 * `waiting`: no offer yet. `connecting`: answered, not connected. `ready`: connected, no frame yet.
 * `flowing`: frames come. `still`: they came and have stopped. `reconnecting`: the link is down.
 * @typedef {"waiting" | "connecting" | "ready" | "flowing" | "still" | "reconnecting"} Picture
 */

/**
 * @typedef {object} ViewerHooks
 * @property {(message: {type: string, call: string} & Record<string, unknown>) => void} send  To the node; may be lost.
 * @property {(stream: MediaStream) => void} show  Shows this stream from now on, and reports its frames to `frame()`.
 * @property {(picture: Picture) => void} changed  Is told every change of `picture`.
 */

/** @typedef {{type: "offer", call: string, offer: number, sdp: string, restart: boolean, ice_servers?: RTCIceServer[]}} Offer */

/**
 * One peer connection and what came with it.
 * @typedef {object} Peer
 * @property {RTCPeerConnection} pc
 * @property {MediaStream | null} stream
 * @property {number | null} downSince
 * @property {number} packets  Received when this was last asked, while the picture stands.
 */

export class Viewer {
  /** @type {string} */ #call;
  /** @type {ViewerHooks} */ #hooks;
  /** @type {Peer | null} */ #shown = null;
  /** @type {Peer | null} */ #next = null;
  /** @type {Promise<void>} */ #negotiation = Promise.resolve();
  /** @type {Picture} */ #picture = "waiting";
  #closed = false;
  #flowing = false;
  #hadFrame = false;
  #lastFrame = 0;
  #quietFrom = 0;
  #saidStalled = false;
  #lastStalled = 0;
  #lastRestart = -RESTART_AGAIN;
  #lastTold = -TELL_AGAIN;
  /** @type {number | null} */ #hiddenSince = null;
  #decoded = 0;
  #expecting = false;
  #veiled = false;
  #asked = false;
  /** @type {number} */ #timer;

  /** Whether the call's state shows that the node knows frames flow; until then it is told again. */
  heard = false;
  /** Whether stills are shown in place of video. */
  stills = false;
  /** Whether the page is in the background, where displayed frames can not be counted. */
  unseen = false;

  /**
   * @param {string} call
   * @param {ViewerHooks} hooks
   */
  constructor(call, hooks) {
    this.#call = call;
    this.#hooks = hooks;
    this.#timer = setInterval(() => this.#tick(), TICK);
  }

  get call() {
    return this.#call;
  }

  /** The connection whose picture is shown, to be measured and nothing else. */
  get connection() {
    return this.#shown?.pc ?? null;
  }

  get picture() {
    return this.#picture;
  }

  /** Milliseconds since the last frame, or null before the first. */
  get quiet() {
    return this.#hadFrame ? performance.now() - this.#lastFrame : null;
  }

  /** Asks for the call's picture; call it whenever the event socket is (again) welcome. */
  watch() {
    const alive = this.#newest()?.pc.connectionState;
    const resume = alive === "connected" || alive === "disconnected";
    this.#send("watch", { ...(resume && { resume }), ...(this.#veiled && { hidden: true }) });
    this.#asked = true;
  }

  /**
   * Says whether the picture is hidden from those at the screen: then the caller is not told that it is seen.
   * @param {boolean} veiled
   */
  veil(veiled) {
    if (veiled === this.#veiled) return;
    this.#veiled = veiled;
    if (this.#asked) this.#send("look", { hidden: veiled });
  }

  /**
   * Says whether frames ought to come now: while the phone is only warm, silence is no fault.
   * @param {boolean} expecting
   */
  expect(expecting) {
    if (expecting && !this.#expecting) this.#quietFrom = performance.now();
    this.#expecting = expecting;
  }

  /**
   * Says whether the phone has told that its page is in the background.
   * @param {boolean} hidden
   */
  hide(hidden) {
    this.#hiddenSince = hidden ? (this.#hiddenSince ?? performance.now()) : null;
  }

  /**
   * Takes an offer of this call.
   * @param {Offer} offer
   */
  take(offer) {
    this.#negotiation = this.#negotiation.then(() => this.#answer(offer));
  }

  /** Reports one displayed frame of the stream last shown. */
  frame() {
    if (this.#closed) return;
    const now = performance.now();
    this.#lastFrame = now;
    this.#hadFrame = true;
    const resumed = !this.#flowing;
    this.#flowing = true;
    const underWay = this.#hiddenSince !== null && now - this.#hiddenSince < UNDER_WAY;
    if (resumed || this.#saidStalled || (!this.heard && !underWay && now - this.#lastTold >= TELL_AGAIN)) {
      this.#lastTold = now;
      this.#saidStalled = false;
      this.#send("first_frame");
    }
    if (resumed) this.#update();
  }

  /** Stops watching and lets every connection go. */
  close() {
    if (this.#closed) return;
    this.#send("unwatch");
    this.#closed = true;
    clearInterval(this.#timer);
    for (const peer of [this.#shown, this.#next]) peer?.pc.close();
    this.#shown = this.#next = null;
  }

  /** @returns {Peer | null} */
  #newest() {
    return this.#next ?? this.#shown;
  }

  /**
   * @param {string} type
   * @param {Record<string, unknown>} [fields]
   */
  #send(type, fields = {}) {
    if (!this.#closed) this.#hooks.send({ type, call: this.#call, ...fields });
  }

  /** @param {Offer} message */
  async #answer({ offer, sdp, restart, ice_servers: iceServers = [] }) {
    if (this.#closed) return;
    const peer = (restart && this.#newest()) || this.#newPeer(iceServers);
    try {
      await peer.pc.setRemoteDescription({ type: "offer", sdp });
      const answer = await peer.pc.createAnswer();
      await peer.pc.setLocalDescription(answer);
      // The gateway is ICE-lite: it needs no candidate of ours, so nothing is waited for.
      this.#send("answer", { offer, sdp: answer.sdp });
    } catch {
      if (this.#closed || peer.pc.signalingState === "closed") return;
      // Whatever was wrong with this offer, a fresh one is the only remedy there is.
      setTimeout(() => this.#send("watch"), WATCH_AGAIN);
    }
    this.#update();
  }

  /**
   * @param {RTCIceServer[]} iceServers
   * @returns {Peer}
   */
  #newPeer(iceServers) {
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    /** @type {Peer} */
    const peer = { pc, stream: null, downSince: null, packets: 0 };
    pc.addEventListener("track", ({ track }) => {
      peer.stream = new MediaStream([track]);
      if (peer === this.#shown) this.#hooks.show(peer.stream);
      else void this.#takeOver(peer);
    });
    pc.addEventListener("connectionstatechange", () => this.#connectionChanged(peer));
    this.#next?.pc.close();
    this.#next = null;
    if (this.#shown && this.#hadFrame) {
      this.#next = peer;
    } else {
      this.#shown?.pc.close();
      this.#shown = peer;
    }
    return peer;
  }

  /**
   * Shows `peer` in place of the old connection as soon as it has decoded a frame.
   * @param {Peer} peer
   */
  async #takeOver(peer) {
    while (peer === this.#next && (await decoded(peer.pc)) === 0) await pause(TAKEOVER_POLL);
    if (peer !== this.#next || peer.stream === null) return;
    const old = this.#shown;
    this.#shown = peer;
    this.#next = null;
    this.#decoded = 0;
    this.#hooks.show(peer.stream);
    this.#send("first_frame"); // of this picture: the node counts anew who sees it
    old?.pc.close();
    this.#update();
  }

  /** @param {Peer} peer */
  #connectionChanged(peer) {
    const state = peer.pc.connectionState;
    const now = performance.now();
    if (state === "connected") {
      peer.downSince = null;
      this.#quietFrom = now;
    } else if (state === "disconnected" || state === "failed") {
      peer.downSince ??= now;
    }
    this.#update();
  }

  #tick() {
    const now = performance.now();
    if (this.unseen) void this.#countUnseen();
    if (this.#flowing && now - this.#lastFrame > (this.stills ? STILLS_AFTER : STALLED_AFTER)) this.#flowing = false;
    const peer = this.#newest();
    if (peer?.pc.connectionState === "connected") void this.#askForKeyFrame(peer, now);
    else if (peer) this.#restartWhenDown(peer, now);
    this.#update();
  }

  /**
   * Asks for a key frame where packets come that no frame can be made of; seldom where none come, to tell the node.
   * @param {Peer} peer
   * @param {number} now
   */
  async #askForKeyFrame(peer, now) {
    const quiet = now - Math.max(this.#lastFrame, this.#quietFrom);
    const asked = now - this.#lastStalled;
    if (quiet < BROKEN_AFTER) peer.packets = 0;
    if (!this.#expecting || this.stills || quiet < BROKEN_AFTER || asked < BROKEN_AGAIN) return;
    const [packets = 0] = await counted(peer.pc, ["inbound-rtp", "packetsReceived"]);
    const broken = packets > peer.packets && peer.packets > 0;
    peer.packets = packets;
    if (this.#closed || !(broken || (quiet >= STALLED_AFTER && asked >= STALLED_AGAIN))) return;
    this.#lastStalled = now;
    this.#saidStalled = true; // the node takes the picture for unseen from now on, until it is told otherwise
    this.#send("stalled");
  }

  /**
   * @param {Peer} peer
   * @param {number} now
   */
  #restartWhenDown(peer, now) {
    if (peer.downSince === null || now - this.#lastRestart < RESTART_AGAIN) return;
    if (peer.pc.connectionState !== "failed" && now - peer.downSince < RESTART_AFTER) return;
    this.#lastRestart = now;
    this.#send("restart");
  }

  /** Counts frames by what was decoded, since a hidden page displays none. */
  async #countUnseen() {
    const pc = this.#shown?.pc;
    if (!pc) return;
    const frames = await decoded(pc);
    const grew = frames > this.#decoded;
    this.#decoded = frames;
    if (grew) this.frame();
  }

  #update() {
    const picture = this.#now();
    if (this.#closed || picture === this.#picture) return;
    this.#picture = picture;
    this.#hooks.changed(picture);
  }

  /** @returns {Picture} */
  #now() {
    if (this.#flowing) return "flowing"; // stills need no connection
    if (!this.#shown) return this.#hadFrame ? "still" : "waiting";
    const state = this.#newest()?.pc.connectionState;
    if (state === "disconnected" || state === "failed") return "reconnecting";
    if (this.#hadFrame) return "still";
    return state === "connected" ? "ready" : "connecting";
  }
}

/** @param {RTCPeerConnection} pc whose decoded frames are counted */
async function decoded(pc) {
  const [frames = 0] = await counted(pc, ["inbound-rtp", "framesDecoded"]);
  return frames;
}

/**
 * @param {number} ms
 * @returns {Promise<void>}
 */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

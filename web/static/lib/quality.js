// SPDX-License-Identifier: EUPL-1.2
/** How a picture goes, from what a connection has counted. Knows no page. */

/**
 * A share is from 0 to 1, `rtt` in milliseconds; null is what the browser does not tell, and so is no `limited`.
 *
 * @typedef {{kbps: number, fps: number, width: number, height: number, loss: number | null, rtt: number | null, limited?: string}} Quality
 */

/** @typedef {{at: number, bytes: number, frames: number, packets: number, lost: number | null}} Counts */

/** @typedef {Record<string, any>} Report of getStats() */

export const LOSSY = 0.1; // share of packets, above which a picture is broken more often than not
export const SLOW = 100; // kbit/s that arrive, below which video is no better than stills

/**
 * Returns the kbit/s of a picture that arrive.
 *
 * @param {Quality} quality
 */
export function arriving({ kbps, loss }) {
  return kbps * (1 - (loss ?? 0));
}

/** Measures between two looks at one connection; what another has counted is never compared with it. */
export class Meter {
  /** @type {RTCPeerConnection | null} */
  #pc = null;
  /** @type {Counts | null} */
  #former = null;

  /**
   * Returns how it went since the last look, or null at the first.
   *
   * @param {RTCPeerConnection} pc
   * @param {"outbound-rtp" | "inbound-rtp"} way which the picture goes
   * @returns {Promise<Quality | null>}
   */
  async look(pc, way) {
    const reports = /** @type {Report[]} */ ([...(await pc.getStats()).values()]);
    const former = pc === this.#pc ? this.#former : null;
    const now = countsOf(reports, way);
    this.#pc = pc;
    this.#former = now;
    return former && now && now.at > former.at ? between(former, now, reports, way) : null;
  }
}

/**
 * @param {Report[]} reports
 * @param {string} way
 * @returns {Counts | null}
 */
function countsOf(reports, way) {
  const media = reports.find((report) => report["type"] === way);
  if (!media) return null;
  // What is sent is counted here, and what of it was lost at the other end, where what is sent again does not count.
  const told = way === "inbound-rtp" ? media : reports.find((report) => report["type"] === "remote-inbound-rtp");
  return {
    at: media["timestamp"],
    bytes: (media["bytesSent"] ?? media["bytesReceived"] ?? 0) - (media["retransmittedBytesSent"] ?? 0),
    frames: media["framesEncoded"] ?? media["framesDecoded"] ?? 0,
    packets: (media["packetsSent"] ?? media["packetsReceived"] ?? 0) - (media["retransmittedPacketsSent"] ?? 0),
    lost: told?.["packetsLost"] ?? null,
  };
}

/**
 * @param {Counts} former
 * @param {Counts} now
 * @param {Report[]} reports
 * @param {string} way
 * @returns {Quality}
 */
function between(former, now, reports, way) {
  const media = reports.find((report) => report["type"] === way) ?? {};
  const seconds = (now.at - former.at) / 1000;
  const lost = now.lost === null ? null : Math.max(0, now.lost - (former.lost ?? 0));
  const came = now.packets - former.packets;
  const whole = way === "inbound-rtp" ? came + (lost ?? 0) : came;
  return {
    kbps: Math.round(Math.max(0, now.bytes - former.bytes) / 125 / seconds),
    fps: Math.round(Math.max(0, now.frames - former.frames) / seconds),
    width: media["frameWidth"] ?? 0,
    height: media["frameHeight"] ?? 0,
    loss: lost === null || whole <= 0 ? null : Math.min(1, lost / whole),
    rtt: roundTrip(reports),
    limited: media["qualityLimitationReason"],
  };
}

/** @param {Report[]} reports */
function roundTrip(reports) {
  const told = reports.find((report) => report["type"] === "remote-inbound-rtp")?.["roundTripTime"];
  const pair = reports.find((report) => report["type"] === "candidate-pair" && report["nominated"] && report["state"] === "succeeded");
  const seconds = told ?? pair?.["currentRoundTripTime"];
  return seconds === undefined ? null : Math.round(seconds * 1000);
}

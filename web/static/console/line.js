// SPDX-License-Identifier: EUPL-1.2
/** One honest word for how the picture comes through, and why where it does not: computed, no page is touched here. */

/** @typedef {import("../lib/quality.js").Quality} Quality */

/** @typedef {"unknown" | "good" | "fair" | "bad"} Level */

/** Whose fault it is: `link` is not known to be one side's. @typedef {"" | "phone" | "delay" | "cpu" | "console" | "link" | "dark"} Cause */

/** @typedef {{level: Level, cause: Cause}} Verdict */

/**
 * What there is to judge by; null is not known.
 *
 * @typedef {object} Signs
 * @property {Quality | null} sent  As the phone tells it.
 * @property {Quality | null} received  As this console measures it.
 * @property {boolean} dim  Whether little light is in the picture.
 */

/** From when on a thing is fair, and bad. */
const LOSS = [0.02, 0.05];
const DELAY = [400, 800]; // ms there and back
const FRAMES = [12, 7]; // a second; fewer is worse
const KBPS = [400, 200]; // where the line is what holds it back; fewer is worse
const FEW_PIXELS = 640 * 360;

/** Looks in a row, two seconds apart, before the sign says so: soon when it turns bad, later when it turns well. */
const TURNS_WORSE = 2;
const TURNS_BETTER = 4;

/** @type {Level[]} */
const LEVELS = ["good", "fair", "bad"];

/**
 * Returns how bad a number is: 0, 1 or 2.
 *
 * @param {number | null} value
 * @param {number[]} limits
 */
function gravity(value, [fair = 0, bad = 0]) {
  if (value === null) return 0;
  if (fair < bad) return value >= bad ? 2 : value >= fair ? 1 : 0;
  return value < bad ? 2 : value < fair ? 1 : 0;
}

/**
 * Judges one look. The worst thing decides, and of things equally bad the one nearest the caller.
 *
 * @param {Signs} signs
 * @returns {Verdict}
 */
export function judge({ sent, received, dim }) {
  if (!sent && !received) return { level: "unknown", cause: "" };
  const narrow = sent?.limited === "bandwidth";
  const frames = gravity(sent?.fps ?? null, FRAMES);
  // What was lost on the way to the gateway is missing here as well.
  const ours = sent && received ? Math.max(0, (received.loss ?? 0) - (sent.loss ?? 0)) : null;
  /** @type {[Cause, number][]} */
  const found = [
    ["phone", Math.max(gravity(sent?.loss ?? null, LOSS), narrow ? gravity(sent.kbps, KBPS) : 0)],
    ["phone", narrow && (frames > 0 || sent.width * sent.height < FEW_PIXELS) ? Math.max(1, frames) : 0],
    ["delay", gravity(sent?.rtt ?? null, DELAY)],
    ["cpu", sent?.limited === "cpu" ? Math.max(1, frames) : 0],
    ["dark", dim ? Math.min(1, frames) : 0],
    ["console", gravity(ours, LOSS)],
    ["link", sent ? 0 : gravity(received?.loss ?? null, LOSS)],
  ];
  const worst = Math.max(...found.map(([, grave]) => grave));
  const cause = worst === 0 ? "" : (found.find(([, grave]) => grave === worst)?.[0] ?? "");
  return { level: LEVELS[worst] ?? "good", cause };
}

/** The sign as it is shown: what has been judged so several times in a row. */
export class Line {
  /** @type {Verdict} */
  #shown = { level: "unknown", cause: "" };
  /** @type {Verdict} */
  #next = this.#shown;
  #looks = 0;

  /**
   * Takes in one look and returns what to show.
   *
   * @param {Verdict} verdict
   * @returns {Verdict}
   */
  take(verdict) {
    const same = verdict.level === this.#next.level && verdict.cause === this.#next.cause;
    this.#looks = same ? this.#looks + 1 : 1;
    this.#next = verdict;
    const first = this.#shown.level === "unknown" && verdict.level === "good";
    if (first || this.#looks >= (this.#isWorse(verdict) ? TURNS_WORSE : TURNS_BETTER)) this.#shown = verdict;
    return this.#shown;
  }

  /** @param {Verdict} verdict */
  #isWorse({ level }) {
    return LEVELS.indexOf(level) >= LEVELS.indexOf(this.#shown.level);
  }
}

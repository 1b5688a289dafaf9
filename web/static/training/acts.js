// SPDX-License-Identifier: EUPL-1.2
/** What an operator has done, read from what the node tells of the call; the names are those of orchestrator/training/acts.py. */

/** Something that has come about: an operator's act, or an event of the call. @typedef {{act?: string, event?: string}} News */

/** @typedef {{number: number, facing: string | null, torch: boolean | null, zoom: number | null, prefer: string, paused: boolean}} Wish */

/**
 * The part of a call's state that is looked at (docs/protocol.md).
 *
 * @typedef {object} Call
 * @property {string} id
 * @property {string} phase
 * @property {Record<string, number>} steps
 * @property {boolean} exercise
 * @property {string} link
 * @property {string} code
 * @property {string} language
 * @property {boolean} language_chosen
 * @property {{sent: number} | null} sms
 * @property {string | null} ended_by
 * @property {{number: number, phrase?: string, card?: string, text?: string} | null} shown
 * @property {Wish} wish
 * @property {{status: string}} location
 * @property {unknown[]} shared_with
 * @property {unknown[]} guests
 * @property {boolean} stills
 * @property {number} revision
 * @property {number} now
 */

/** The call's steps that a script goes by, and what it calls them. */
const EVENTS = { opened: "opened", connected: "connected", permitted: "permitted", first_frame: "picture" };

/**
 * Returns what has come about between two states of a call.
 *
 * @param {Call} before
 * @param {Call} call
 * @returns {News[]}
 */
export function newsOf(before, call) {
  return [...events(before, call), ...acts(before, call).map((act) => ({ act }))];
}

/**
 * Tells whether `act`, which was done, is what is `wanted`.
 *
 * @param {string} wanted
 * @param {string} act
 */
export function counts(wanted, act) {
  if (!/^text(:|$)/.test(wanted)) return wanted === act;
  return act.startsWith("text:") && act.slice(5).toLowerCase().includes(wanted.slice(5).toLowerCase());
}

/**
 * @param {Call} before
 * @param {Call} call
 * @returns {News[]}
 */
function events(before, call) {
  const reached = Object.entries(EVENTS).filter(([step]) => call.steps[step] && !before.steps[step]);
  const news = reached.map(([, event]) => ({ event }));
  if (call.stills && !before.stills) news.push({ event: "stills" });
  if (call.phase === "interrupted" && before.phase !== "interrupted") news.push({ event: "interrupted" });
  if (call.phase === "live" && before.phase === "interrupted") news.push({ event: "resumed" });
  return news;
}

/**
 * @param {Call} before
 * @param {Call} call
 */
function acts(before, call) {
  const done = [];
  const { shown } = call;
  if (shown && shown.number !== before.shown?.number) {
    done.push(shown.phrase ? `phrase:${shown.phrase}` : shown.card ? `card:${shown.card}` : `text:${shown.text}`);
  }
  if (call.wish.number !== before.wish.number) done.push(...wishes(before.wish, call.wish));
  if (call.language_chosen && call.language !== before.language) done.push(`language:${call.language}`);
  if (call.location.status === "asked" && before.location.status !== "asked") done.push("locate");
  if (call.sms && call.sms.sent > (before.sms?.sent ?? 0)) done.push("sms");
  if (call.shared_with.length > before.shared_with.length || call.guests.length > before.guests.length) done.push("share");
  if (call.ended_by === "operator" && !before.ended_by) done.push("end");
  return done;
}

/**
 * @param {Wish} before
 * @param {Wish} wish
 */
function wishes(before, wish) {
  const done = [];
  if (wish.facing && wish.facing !== before.facing) done.push(`facing:${wish.facing}`);
  if (wish.torch !== null && wish.torch !== Boolean(before.torch)) done.push(`torch:${wish.torch ? "on" : "off"}`);
  const zoom = (wish.zoom ?? 1) - (before.zoom ?? 1);
  if (zoom) done.push(`zoom:${zoom > 0 ? "in" : "out"}`);
  if (wish.prefer !== before.prefer) done.push(`prefer:${wish.prefer}`);
  if (wish.paused !== before.paused) done.push(`pause:${wish.paused ? "on" : "off"}`);
  return done;
}

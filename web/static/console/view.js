// SPDX-License-Identifier: EUPL-1.2
/** What the console shows, computed from the state and the time; no page is touched here. */

import { leads } from "./state.js";
import { badgeOfStills } from "./stills.js";
import { TROUBLES, address, advice, rows } from "./steps.js";
import { span, t } from "./text.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Call} Call */
/** @typedef {import("./steps.js").StepRow} StepRow */

/**
 * @typedef {object} StepView
 * @property {string} step
 * @property {string} name
 * @property {string} state
 * @property {string} word  The state in words, for those who do not see the sign.
 * @property {string} time
 * @property {boolean} current
 */

/**
 * @typedef {object} View
 * @property {"idle" | "way" | "picture"} stage
 * @property {string} net
 * @property {string} notice
 * @property {boolean} exercise
 * @property {boolean} starting
 * @property {string} number
 * @property {string} last
 * @property {string} callId
 * @property {string} phone
 * @property {string} code
 * @property {string} address
 * @property {string} link
 * @property {boolean} mine  Whether this seat leads the call.
 * @property {StepView[]} steps
 * @property {string} say
 * @property {string} slow
 * @property {"none" | "live" | "still" | "stills" | "frozen" | "paused"} badge
 * @property {string} badgeText
 * @property {string} trouble
 * @property {string} away  That the node is away, or has not been heard of yet, and what goes on all the same.
 * @property {string} watchers
 * @property {string} watcherNames
 * @property {boolean} frozen
 * @property {boolean} armed
 * @property {boolean} ending
 * @property {string} announcement
 */

/** A picture that has stood still this long is said to, in ms; sooner where the phone is known to be in trouble. */
const STILL_AFTER = 2000;
const STILL_IN_TROUBLE = 500;
/** A node that is replaced is back within this, in ms; what nobody has to do anything about is not said. */
const NODE_AWAY_AFTER = 1000;
/** What is asked of the node is done within this, in ms; where it is not, it is being asked again. */
const ASKED_AGAIN_AFTER = 2000;
/** A phone that has been away this long may not come back by itself, in ms. */
const AWAY_AFTER = 15_000;

/** What to say to the caller in place of the advice of the step. @type {Record<string, string>} */
const SAY_INSTEAD = {
  trouble_black: "say_finger",
  trouble_paused: "say_paused",
  trouble_away: "say_reopen",
  trouble_reconnecting: "say_wait",
  trouble_still: "say_wait",
};

/** Troubles of a phone that is away, which it may not get over by itself. */
const AWAY = new Set(["interrupted", "hidden"]);

/** While the socket may yet find the node. @type {Set<import("./state.js").Net>} */
const TRYING = new Set(["connecting", "lost"]);

/**
 * Computes the whole view.
 *
 * @param {State} state
 * @param {number} now  Our clock.
 * @param {number | null} quiet  Milliseconds since the last frame.
 * @param {number | null} [pace]  Milliseconds between stills, or null where it is video.
 * @returns {View}
 */
export function view(state, now, quiet, pace = null) {
  const { call } = state;
  const ending = state.asked?.what === "end";
  const common = {
    net: state.net,
    notice: state.notice || netNotice(state.net) || askedNotice(state, now),
    starting: state.asked?.what === "start",
    number: state.number,
    last: state.last ? lastCall(state.last) : "",
    frozen: state.frozenAt !== null,
    armed: state.armedUntil > now && !ending,
    ending,
  };
  if (!call) return { ...IDLE, ...common, away: awayOf(state, now, false), announcement: state.last ? t("announce_ended") : "" };
  const at = now + state.skew;
  const told = advice(call, at);
  const steps = rows(call).map(stepView);
  const wrong = troubleOf(state, call, pace === null ? quiet : null);
  const trouble = wrong && t(wrong, { code: call.spoken_code, seconds: Math.floor((quiet ?? 0) / 1000) });
  const say = SAY_INSTEAD[wrong] ?? (state.veiled && told.say === "say_seen" ? "say_hidden" : told.say);
  return {
    ...common,
    stage: state.seen ? "picture" : "way",
    exercise: call.exercise,
    callId: call.id,
    phone: call.phone ?? t(leads(state, call) ? "no_number" : "number_elsewhere"),
    code: call.spoken_code,
    address: address(call),
    link: call.link,
    mine: leads(state, call),
    steps,
    say: say && t(say, told.values),
    slow: state.seen ? "" : trouble || (told.slow && t(told.slow, told.values)),
    ...badgeOf(state, call, at, now, quiet, pace),
    trouble,
    away: awayOf(state, now, pace === null && !call.wish?.paused),
    watchers: state.seen && call.viewers > 0 ? looking(call) : "",
    watcherNames: state.seen ? call.watchers.map(watcher).join(", ") : "",
    // Said once, so without the seconds that run.
    announcement: wrong === "trouble_still" ? t("announce_still") : trouble || announcement(state, call, steps),
  };
}

/** @type {Omit<View, "net" | "notice" | "starting" | "number" | "last" | "frozen" | "armed" | "ending" | "away">} */
const IDLE = {
  stage: "idle",
  exercise: false,
  callId: "",
  phone: "",
  code: "",
  address: "",
  link: "",
  mine: false,
  steps: [],
  say: "",
  slow: "",
  badge: "none",
  badgeText: "",
  trouble: "",
  watchers: "",
  watcherNames: "",
  announcement: "",
};

/**
 * Names someone who watches.
 *
 * @param {import("./state.js").Watcher} watcher
 */
export function watcher({ name, place, kind, hidden }) {
  const who = t(`watcher_${kind}`, { name, place });
  return hidden ? t("watcher_hidden", { who }) : who;
}

/**
 * Counts those who watch and do not have the picture hidden.
 *
 * @param {Call} call
 */
function looking({ viewers, watchers }) {
  const n = viewers - watchers.filter((one) => one.hidden).length;
  return n > 0 ? t("viewers", { n }) : t("viewers_none");
}

/**
 * Says that the node is away, once it has been so for a while; a picture that comes does not come by it. A console that
 * has not heard of the node yet has nothing to show, which must not be read as that there is no call.
 *
 * @param {State} state
 * @param {number} now
 * @param {boolean} video  Whether video is what ought to be on the screen.
 */
function awayOf({ net, lostAt, seat, call, seen, picture }, now, video) {
  if (!TRYING.has(net) || lostAt === null || now - lostAt < NODE_AWAY_AFTER) return "";
  if (!call) return seat ? "" : t("away_unknown");
  if (!seen) return t("away_way");
  return t(video && picture === "flowing" ? "away_picture" : "away_still");
}

/**
 * @param {import("./state.js").Net} net
 */
function netNotice(net) {
  if (net === "signed_out") return t("notice_signed_out");
  return net === "replaced" ? t("notice_replaced") : "";
}

/**
 * Says that what was asked takes its time, before anyone wonders whether the key was pressed.
 *
 * @param {State} state
 * @param {number} now
 */
function askedNotice({ asked }, now) {
  if (!asked || now - asked.at < ASKED_AGAIN_AFTER) return "";
  return t(asked.what === "start" ? "notice_starting" : "notice_ending");
}

/**
 * @param {StepRow} row
 * @returns {StepView}
 */
function stepView({ step, state, skipped, current, at }) {
  return {
    step,
    name: t(`step_${step}`),
    state,
    word: t(skipped ? "state_skipped" : `state_${state}`),
    time: at === null ? (skipped ? "–" : "") : span(at),
    current,
  };
}

/**
 * Names the gravest thing wrong, or "".
 *
 * @param {State} state
 * @param {Call} call
 * @param {number | null} quiet
 */
function troubleOf(state, call, quiet) {
  const open = TROUBLES.find((name) => call.troubles.includes(name));
  if (open && AWAY.has(open) && quiet !== null && quiet > AWAY_AFTER) return "trouble_away";
  if (open === "sms_failed" && !("opened" in call.steps)) return "sms_accepted" in call.steps ? "trouble_sms_lost" : "trouble_sms_failed";
  if (open && open !== "sms_failed") return `trouble_${open}`;
  if (call.wish?.paused) return "trouble_paused";
  if (state.picture === "reconnecting") return "trouble_reconnecting";
  if (isStill(state, quiet)) return "trouble_still";
  return state.black ? "trouble_black" : "";
}

/**
 * @param {State} state
 * @param {number | null} quiet
 */
function isStill(state, quiet) {
  const patience = state.call?.phase === "interrupted" ? STILL_IN_TROUBLE : STILL_AFTER;
  return state.seen && quiet !== null && quiet > patience;
}

/**
 * @param {State} state
 * @param {Call} call
 * @param {number} at
 * @param {number} now
 * @param {number | null} quiet
 * @param {number | null} pace
 * @returns {{badge: View["badge"], badgeText: string}}
 */
function badgeOf(state, call, at, now, quiet, pace) {
  if (!state.seen) return { badge: "none", badgeText: "" };
  if (state.frozenAt !== null) return { badge: "frozen", badgeText: t("frozen", { time: span(now - state.frozenAt) }) };
  if (call.wish?.paused) return { badge: "paused", badgeText: t("paused") };
  if (pace !== null) return { badge: "stills", badgeText: badgeOfStills(Number.isFinite(pace) ? pace : null, quiet) };
  if (isStill(state, quiet)) return { badge: "still", badgeText: t("still", { time: span(quiet ?? 0) }) };
  return { badge: "live", badgeText: t("live", { time: span(at - (call.steps["first_frame"] ?? at)) }) };
}

/**
 * @param {State} state
 * @param {Call} call
 * @param {StepView[]} steps
 */
function announcement(state, call, steps) {
  if (state.seen) return t("announce_live");
  const done = steps.filter((row) => row.state === "done").at(-1);
  if (!done || done.step === "requested") return t("announce_started", { code: call.spoken_code });
  return t("phase_phone", { name: done.name, time: done.time });
}

/**
 * Tells in one line how the last call went.
 *
 * @param {Call} call
 */
function lastCall(call) {
  const { requested = 0, first_frame: picture, ended = requested } = call.steps;
  const by = t(`by_${call.ended_by ?? "system"}`);
  if (picture === undefined) return t("last_none", { length: span(ended - requested), by });
  return t("last_picture", { picture: span(picture - requested), length: span(ended - picture), by });
}

// SPDX-License-Identifier: EUPL-1.2
/** The caller's way to a picture: what is done, what to say now, and what to do when a step is slow. */

/** @typedef {import("./state.js").Call} Call */

/** @typedef {"waiting" | "done" | "failed"} StepState */

/**
 * @typedef {object} StepRow
 * @property {string} step
 * @property {StepState} state
 * @property {boolean} skipped  A later step is done and this one was never reported.
 * @property {boolean} current
 * @property {number | null} at  Milliseconds since the request.
 */

/**
 * Names of texts, to be filled with `values`.
 *
 * @typedef {object} Advice
 * @property {string} say
 * @property {string} slow  "" when the step is not slow.
 * @property {Record<string, string | number>} values
 */

/** @type {string[]} */
const WAY = ["requested", "sms_accepted", "sms_delivered", "opened", "connected", "permitted", "first_frame"];
const MESSAGE = new Set(["sms_accepted", "sms_delivered"]);

/** @type {Record<string, string[]>} */
const FAILED_BY = {
  connected: ["unsupported"],
  permitted: ["refused", "camera_busy", "no_camera"],
};

/** Seconds a step may take after the one before it, and what is then worth saying instead. */
const SLOW_AFTER = { sms_accepted: 5, sms_delivered: 15, opened: 30, connected: 5, permitted: 20, first_frame: 4 };

/** @type {Record<string, string>} */
const SAY = {
  sms_accepted: "say_message",
  sms_delivered: "say_message",
  opened: "say_delivered",
  connected: "say_button",
  permitted: "say_allow",
  first_frame: "say_hold",
};

/** @type {Record<string, string>} */
const SAY_IN_TROUBLE = {
  refused: "say_refused",
  camera_busy: "say_busy",
  no_camera: "say_other_phone",
  unsupported: "say_browser",
  camera_muted: "say_again",
  camera_lost: "say_again",
  hidden: "say_visible",
  interrupted: "say_wait",
  gateway_lost: "say_wait",
};

/** Troubles in the order in which they are to be dealt with. */
export const TROUBLES = [...Object.keys(SAY_IN_TROUBLE), "sms_failed"];

/**
 * Lists the steps of a call; a call without a number has no message to wait for.
 *
 * @param {Call} call
 * @returns {StepRow[]}
 */
export function rows(call) {
  const way = WAY.filter((step) => !MESSAGE.has(step) || call.phone !== null || step in call.steps);
  const reached = Math.max(...way.map((step, index) => (step in call.steps ? index : -1)));
  const current = currentStep(call);
  return way.map((step, index) => {
    const time = call.steps[step];
    const unsent = step === current && MESSAGE.has(step) && call.troubles.includes("sms_failed");
    const failed = unsent || (FAILED_BY[step]?.some((trouble) => call.troubles.includes(trouble)) ?? false);
    return {
      step,
      state: failed ? "failed" : time === undefined ? "waiting" : "done",
      skipped: !failed && time === undefined && index < reached,
      current: step === current,
      at: time === undefined ? null : time - (call.steps["requested"] ?? time),
    };
  });
}

/**
 * Returns the step that is waited for, or null once there is a picture.
 *
 * @param {Call} call
 */
export function currentStep(call) {
  const way = WAY.filter((step) => !MESSAGE.has(step) || call.phone !== null);
  const reached = Math.max(...way.map((step, index) => (step in call.steps ? index : -1)));
  return way[reached + 1] ?? null;
}

/**
 * Returns what to say now, and what to do if it has taken too long.
 *
 * @param {Call} call
 * @param {number} now  By the node's clock.
 * @returns {Advice}
 */
export function advice(call, now) {
  const values = { code: call.spoken_code, address: address(call), seconds: 0 };
  const trouble = TROUBLES.find((name) => call.troubles.includes(name));
  const leave = call.device?.inside && (trouble === "refused" || trouble === "unsupported");
  const best = trouble === "unsupported" && isBest(call.device);
  const remedy = leave ? "say_leave_app" : best ? "say_other_phone" : trouble && SAY_IN_TROUBLE[trouble];
  if (remedy) return { say: remedy, slow: "", values };
  const step = currentStep(call);
  if (step === null) return { say: "say_seen", slow: "", values };
  const unopened = MESSAGE.has(step) || step === "opened";
  if (unopened && (call.phone === null || call.troubles.includes("sms_failed"))) {
    return { say: "say_code", ...slowness(call, step, now, values, "slow_opened_code") };
  }
  const pace = slowness(call, step, now, values, `slow_${step}`);
  if (step === "opened" && pace.slow) return { ...pace, say: "say_came" };
  // A message that is late is no longer what the caller should wait for.
  return { say: pace.slow && MESSAGE.has(step) ? "say_code" : (SAY[step] ?? ""), ...pace };
}

/**
 * Tells whether no other browser of that phone can do more: its page then has no address to copy (caller/camera.js, browserOf).
 *
 * @param {Call["device"]} device
 */
function isBest(device) {
  if (!device) return false;
  const { browser, os } = device;
  return /^i/.test(os) ? browser === "Safari" : os === "Android" && !/Samsung|Firefox|Safari|^$/.test(browser);
}

/**
 * @param {Call} call
 * @param {string} step
 * @param {number} now
 * @param {Record<string, string | number>} values
 * @param {string} text
 */
function slowness(call, step, now, values, text) {
  const before = Math.max(...Object.values(call.steps));
  const seconds = Math.floor((now - before) / 1000);
  const limit = SLOW_AFTER[/** @type {keyof typeof SLOW_AFTER} */ (step)];
  return { slow: seconds >= limit ? text : "", values: { ...values, seconds } };
}

/**
 * Returns where a code is typed, as it is read aloud: the link without its scheme and code.
 *
 * @param {Call} call
 */
export function address(call) {
  if (!call.link) return ""; // not this seat's to know
  const { host, pathname } = new URL(call.link);
  return host + pathname.replace(/\/[^/]*$/, "");
}

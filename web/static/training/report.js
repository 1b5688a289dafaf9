// SPDX-License-Identifier: EUPL-1.2
/** The feedback after an exercise, as it is read. */

import { element, setText } from "../console/paint.js";
import { t } from "../console/text.js";

/** @typedef {{text: string, outcome: "done" | "late" | "missed", since: "ring" | "picture", seconds: number | null, within: number | null, advice: string}} Judged */
/** @typedef {{to_open: number | null, to_picture: number | null, picture_within: number, length: number | null, acts: {act: string, seconds: number}[], goals: Judged[]}} Feedback */

/**
 * Shows it.
 *
 * @param {Feedback} feedback
 * @param {(act: string) => string} say  Puts an act into words.
 */
export function showReport(feedback, say) {
  const { to_picture: toPicture, picture_within: within, goals, acts } = feedback;
  const box = setText("to-picture", toPicture === null ? t("no_picture") : t("seconds", { n: round(toPicture) }));
  box.dataset["outcome"] = toPicture === null ? "missed" : toPicture > within ? "late" : "done";
  setText("picture-within", t("picture_within", { n: round(within) }));
  setText("length", feedback.length === null ? "–" : t("seconds", { n: round(feedback.length) }));
  const done = goals.filter(({ outcome }) => outcome === "done").length;
  setText("score", t("score", { n: done, of: goals.length }));
  element("goals", HTMLOListElement).replaceChildren(...goals.map(goalItem));
  element("acts", HTMLOListElement).replaceChildren(...acts.map(({ act, seconds }) => row("li", time(seconds), say(act))));
  element("no-acts", HTMLElement).hidden = acts.length > 0;
}

/** @param {Judged} goal */
function goalItem(goal) {
  const item = row("li", t(goal.outcome), goal.text);
  item.dataset["outcome"] = goal.outcome;
  item.dataset["testid"] = "goal";
  const more = document.createElement("p");
  const when = goal.seconds === null ? "" : t(goal.since === "ring" ? "after_ring" : "after_picture", { n: round(goal.seconds) });
  const limit = goal.outcome === "late" && goal.within !== null ? t("should_within", { n: round(goal.within) }) : "";
  more.textContent = [when, limit, goal.advice].filter(Boolean).join(" ");
  item.append(more);
  return item;
}

/**
 * @param {string} kind
 * @param {string} name
 * @param {string} text
 */
function row(kind, name, text) {
  const node = document.createElement(kind);
  const head = Object.assign(document.createElement("b"), { textContent: name });
  node.append(head, Object.assign(document.createElement("span"), { textContent: text }));
  return node;
}

/** @param {number} seconds */
function time(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** @param {number} seconds */
const round = (seconds) => Math.round(seconds);

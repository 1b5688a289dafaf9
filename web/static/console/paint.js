// SPDX-License-Identifier: EUPL-1.2
/** Puts a view into the page, touching only what has changed. */

import { t } from "./text.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").StepView} StepView */

/**
 * Returns the element with this id, which the template promises.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function element(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

/**
 * @param {string} id
 * @param {string} text
 */
export function setText(id, text) {
  const node = element(id, HTMLElement);
  if (node.textContent !== text) node.textContent = text;
  return node;
}

/**
 * @param {string} id
 * @param {string} text
 */
export function setOptional(id, text) {
  setText(id, text).hidden = text === "";
}

/**
 * Shows a view.
 *
 * @param {View} view
 */
export function paint(view) {
  const stage = element("stage", HTMLElement);
  stage.dataset["view"] = view.stage;
  stage.dataset["call"] = view.callId ? "open" : "none";
  stage.dataset["mine"] = String(view.mine);
  element("exercise", HTMLElement).hidden = !view.exercise;
  setText("net", t(`net_${view.net}`)).dataset["state"] = view.net;
  setOptional("notice", view.notice);
  setText("announce", view.announcement);
  paintStart(view);
  paintInvitation(view);
  paintSteps(view.steps);
  paintAdvice("advice", view);
  paintAdvice("side-advice", view);
  paintPicture(view);
}

/** @param {View} view */
function paintStart(view) {
  const field = element("phone", HTMLInputElement);
  if (field.value !== view.number) field.value = view.number;
  for (const id of ["start", "start-exercise"]) {
    element(id, HTMLButtonElement).disabled = view.starting || view.callId !== "";
  }
  setText("last-text", view.last).dataset["state"] = view.last && !view.callId ? "done" : "waiting";
  element("last", HTMLElement).hidden = view.last === "";
}

/** @param {View} view */
function paintInvitation(view) {
  setText("call-phone", view.phone);
  setText("code", view.code);
  setText("code-address", view.address);
  const link = element("link", HTMLAnchorElement);
  setText("link", view.link);
  const qr = element("qr", HTMLImageElement);
  const simulator = document.getElementById("simulator");
  const drawn = view.mine ? view.callId : "";
  if (qr.dataset["call"] === drawn) return;
  qr.dataset["call"] = drawn;
  qr.hidden = true;
  if (drawn) {
    link.href = view.link;
    qr.src = `/api/v1/calls/${drawn}/qr.svg`;
    simulator?.setAttribute("href", `/simulator?code=${encodeURIComponent(view.code.replace(/\s/g, ""))}`);
  } else {
    for (const [node, name] of /** @type {const} */ ([[link, "href"], [qr, "src"], [simulator, "href"]])) {
      node?.removeAttribute(name);
    }
  }
}

/** @param {StepView[]} steps */
function paintSteps(steps) {
  const list = element("steps", HTMLOListElement);
  const key = JSON.stringify(steps);
  if (list.dataset["key"] === key) return;
  list.dataset["key"] = key;
  list.replaceChildren(...steps.map(stepItem));
}

/** @param {StepView} row */
function stepItem(row) {
  const item = document.createElement("li");
  item.dataset["testid"] = `step-${row.step}`;
  item.dataset["state"] = row.state;
  if (row.current) item.setAttribute("aria-current", "step");
  item.append(part("name", row.name), part("unseen", `: ${row.word} `), part("time", row.time));
  return item;
}

/**
 * @param {string} id
 * @param {View} view
 */
function paintAdvice(id, view) {
  const box = element(id, HTMLElement);
  const key = view.say + view.slow;
  box.hidden = key === "";
  if (box.dataset["key"] === key) return;
  box.dataset["key"] = key;
  const parts = [];
  if (view.slow) parts.push(part("slow", view.slow));
  if (view.say) parts.push(part("quiet", t("say_now")), part("say", view.say));
  box.replaceChildren(...parts);
}

/** @param {View} view */
function paintPicture(view) {
  setText("badge", view.badgeText).dataset["state"] = view.badge;
  setOptional("trouble", view.trouble);
  setText("away", view.away);
  setText("watchers", view.watchers);
  setText("watcher-names", view.watcherNames);
  const freeze = element("freeze", HTMLButtonElement);
  freeze.setAttribute("aria-pressed", String(view.frozen));
  element("frozen", HTMLCanvasElement).hidden = !view.frozen;
  element("end", HTMLButtonElement).dataset["armed"] = String(view.armed);
  setText("end-text", t(view.ending ? "ending" : view.armed ? "end_again" : "end"));
}

/**
 * @param {string} name
 * @param {string} text
 */
function part(name, text) {
  const node = document.createElement("span");
  node.className = name;
  node.textContent = text;
  return node;
}

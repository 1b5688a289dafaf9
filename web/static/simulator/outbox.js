// SPDX-License-Identifier: EUPL-1.2
/** The demonstration's text messages, as a phone would show them. */

import { Problem, call } from "../lib/api.js";
import { element } from "../console/paint.js";

const EVERY = 1000; // between looks, in ms
const LINK = /(https?:\/\/\S+)/;

/** @typedef {{to: string, text: string, at: number}} Sms */

const list = element("messages", HTMLOListElement);
const template = element("message", HTMLTemplateElement);
let shown = "[]";

void watch();

async function watch() {
  try {
    const response = await call("GET", "/api/v1/outbox");
    show(/** @type {{messages: Sms[]}} */ (await response.json()).messages);
  } catch (error) {
    // The list stays as it was until the node answers again.
    if (!(error instanceof Problem)) throw error;
  }
  setTimeout(() => void watch(), EVERY);
}

/** @param {Sms[]} messages */
function show(messages) {
  const key = JSON.stringify(messages);
  if (key === shown) return;
  shown = key;
  element("empty", HTMLElement).hidden = messages.length > 0;
  list.replaceChildren(...[...messages].sort((one, other) => other.at - one.at).map(item));
}

/** @param {Sms} sms */
function item({ to, text, at }) {
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  /** @type {[string, (string | Node)[]][]} */
  const parts = [["b", [to]], ["time", [new Date(at).toTimeString().slice(0, 8)]], [".bubble", text.split(LINK).map(linked)]];
  for (const [selector, content] of parts) copy.querySelector(selector)?.replaceChildren(...content);
  return copy;
}

/** @param {string} piece */
function linked(piece) {
  if (!LINK.test(piece)) return piece;
  return Object.assign(document.createElement("a"), { href: piece, textContent: piece, target: "_blank", rel: "noopener" });
}

// SPDX-License-Identifier: EUPL-1.2
/** What operations tells the centrals: one calm line above the stage, never over the picture, until it is put away or over. */

import { element, setText } from "./paint.js";
import { bind } from "./parts.js";
import { t } from "./text.js";

/** @typedef {{id: string, kind: "fault" | "maintenance" | "info", begins: number, until: number, texts: Record<string, string>}} ServiceMessage */
/** @typedef {import("./state.js").State} State */

const AWAY = "klarsyn-messages-away";
const REMEMBERED = 50;
const LANGUAGES = ["nb", "nn", "en"];

/** @implements {Required<Pick<import("./parts.js").Part, "hear" | "paint">>} */
export class ServiceMessages {
  #line = element("service-message", HTMLElement);
  /** In the order in which they are to be read. @type {ServiceMessage[]} */
  #messages = [];
  /** Ids of those that were put away in this browser. @type {string[]} */
  #away = putAway();

  constructor() {
    bind(element("service-message-away", HTMLButtonElement), () => this.#putAway());
  }

  /** @param {import("./parts.js").Message} message */
  hear(message) {
    if (message.type === "welcome") this.#messages = message["service_messages"] ?? [];
    if (message.type === "service_messages") this.#messages = message["messages"];
  }

  /**
   * @param {State} state
   * @param {number} now
   */
  paint(state, now) {
    const there = now + state.skew;
    const left = this.#messages.filter(({ id, until }) => until > there && !this.#away.includes(id));
    const [first] = left;
    this.#line.hidden = !first;
    this.#line.dataset["message"] = first?.id ?? "";
    this.#line.dataset["kind"] = first?.kind ?? "";
    if (!first) {
      setText("service-message-text", "");
      return;
    }
    setText("service-message-kind", kindOf(first, there));
    setText("service-message-text", textOf(first));
    setText("service-message-when", whenOf(first, state.skew, there));
    setText("service-message-more", left.length > 1 ? t("service_more", { n: left.length - 1 }) : "");
  }

  #putAway() {
    this.#away = [...this.#away, this.#line.dataset["message"] ?? ""].slice(-REMEMBERED);
    localStorage.setItem(AWAY, JSON.stringify(this.#away));
    this.#line.hidden = true; // the next one comes with the next painting
  }
}

/** @returns {string[]} */
function putAway() {
  const kept = JSON.parse(localStorage.getItem(AWAY) ?? "[]");
  return Array.isArray(kept) ? kept.map(String) : [];
}

/**
 * @param {ServiceMessage} message
 * @param {number} now
 */
function kindOf({ kind, begins }, now) {
  if (kind === "fault") return t("service_fault");
  if (kind === "info") return t("service_info");
  return begins > now ? t("service_planned") : t("service_maintenance");
}

/** @param {ServiceMessage} message */
function textOf({ texts }) {
  const language = [document.documentElement.lang, ...LANGUAGES].find((tag) => texts[tag]);
  return language ? (texts[language] ?? "") : "";
}

/**
 * Says when it holds, in this browser's time of day; of what holds already, until when.
 *
 * @param {ServiceMessage} message
 * @param {number} skew
 * @param {number} now
 */
function whenOf({ begins, until }, skew, now) {
  const [from, to] = [begins, until].map((at) => new Date(at - skew));
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  return begins > now ? format.formatRange(/** @type {Date} */ (from), /** @type {Date} */ (to)) : t("service_until", { time: format.format(to) });
}

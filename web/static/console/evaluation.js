// SPDX-License-Identifier: EUPL-1.2
/** What the video was good for: asked when a call with a picture is over, never in the way of the next. */

import { Problem, call as request } from "../lib/api.js";
import { element } from "./paint.js";
import { bind } from "./parts.js";
import { t } from "./text.js";

/** @typedef {import("./state.js").State} State */

/** How long after the call it can be called up again, in ms; the node takes it for 15 minutes. */
const LATE = 14 * 60_000;

/** What the second question's choices mean. @type {Record<string, {response: boolean, advice: boolean}>} */
const CHANGED = {
  response: { response: true, advice: false },
  advice: { response: false, advice: true },
  both: { response: true, advice: true },
  neither: { response: false, advice: false },
};

const QUESTIONS = ["urgency", "changed", "about"];

/** @implements {Required<Pick<import("./parts.js").Part, "anytime" | "changed">>} */
export class Evaluation {
  #panel = element("evaluation", HTMLElement);
  #done = element("evaluated", HTMLElement);
  /** @type {Map<string, string>} */
  #answers = new Map();
  #call = "";
  #until = 0;

  constructor() {
    this.anytime = { e: () => this.#ask() };
    bind(element("evaluation-skip", HTMLButtonElement), () => this.#skip());
    for (const button of this.#buttons()) bind(button, () => this.#answer(button));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.#panel.hidden && !document.querySelector("dialog[open]")) this.#skip();
    });
  }

  /**
   * @param {State} state
   * @param {State} before
   */
  changed(state, before) {
    if (state.call && !this.#panel.hidden) this.#leave();
    if (state.call) this.#say("");
    const { last } = state;
    if (state.call || !before.call || !last || last === before.last || !("first_frame" in last.steps)) return;
    this.#call = last.id;
    this.#until = Date.now() + LATE;
    this.#answers.clear();
    this.#open();
  }

  /** Brings the questions to the keyboard, again too where they were skipped. */
  #ask() {
    if (this.#panel.hidden && (Date.now() > this.#until || !element("stage", HTMLElement).matches('[data-call="none"]'))) return;
    this.#open();
    this.#focusNext();
  }

  #open() {
    this.#panel.hidden = false;
    this.#say("");
    this.#paint();
  }

  /** @param {HTMLButtonElement} button */
  #answer(button) {
    const { question = "", value = "" } = button.dataset;
    this.#answers.set(question, value);
    this.#paint();
    if (this.#answers.size < QUESTIONS.length) this.#focusNext();
    else this.#leave();
  }

  #focusNext() {
    const next = QUESTIONS.find((question) => !this.#answers.has(question));
    /** @type {HTMLElement | null} */ (this.#panel.querySelector(`[data-question="${next}"]`))?.focus();
  }

  /** Leaves the questions; what was answered is kept. */
  #leave() {
    this.#close();
    if (this.#answers.size > 0) void this.#send();
  }

  /** Leaves the questions, and forgets what was answered. */
  #skip() {
    this.#answers.clear();
    this.#close();
  }

  #close() {
    const had = this.#panel.contains(document.activeElement);
    this.#panel.hidden = true;
    if (had) element("phone", HTMLInputElement).focus();
  }

  async #send() {
    const { urgency, changed, about } = Object.fromEntries(this.#answers);
    const body = JSON.stringify({ urgency, ...(changed && CHANGED[changed]), about });
    this.#until = 0;
    try {
      await request("PUT", `/api/v1/calls/${this.#call}/evaluation`, { type: "application/json", body });
      this.#say("evaluation_thanks");
    } catch (error) {
      // Nobody is to be held up by this: it is said, and that is all.
      if (!(error instanceof Problem)) throw error;
      this.#say("evaluation_lost");
    }
  }

  /** @param {string} text */
  #say(text) {
    this.#done.textContent = text && t(text);
  }

  #paint() {
    for (const button of this.#buttons()) {
      const { question = "", value } = button.dataset;
      button.setAttribute("aria-pressed", String(this.#answers.get(question) === value));
    }
  }

  #buttons() {
    return /** @type {NodeListOf<HTMLButtonElement>} */ (this.#panel.querySelectorAll("[data-question]"));
  }
}

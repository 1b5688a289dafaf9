// SPDX-License-Identifier: EUPL-1.2
/** The scripted caller's phone: the true caller's page in a frame, and what is heard in the phone call. */

import { element } from "../console/paint.js";

/** @typedef {import("../simulator/actor.js").Cue} Cue */

const WIDTH = 360; // the phone's screen, in CSS pixels
const HEIGHT = 640;

export class Handset {
  #scenario;
  #language;
  #frame = element("phone", HTMLIFrameElement);
  #talk = element("talk", HTMLElement);
  #ready = false;
  /** What is to be done once the page is there. @type {Cue[]} */
  #waiting = [];

  /** Of the invitation, which the caller has got. */
  code = "";

  /**
   * @param {string} scenario
   * @param {string} language  The phone's own.
   */
  constructor(scenario, language) {
    this.#scenario = scenario;
    this.#language = language;
    addEventListener("message", ({ origin, source, data }) => {
      if (origin === location.origin && source === this.#frame.contentWindow && data?.type === "ready") this.#begin();
    });
    const holder = element("holder", HTMLElement);
    new ResizeObserver(() => this.#fit(holder)).observe(holder);
  }

  /**
   * Has the caller do things; the first is to open the link.
   *
   * @param {Cue} cue
   */
  cue({ does = [], writes, looks }) {
    if (does.includes("open")) this.#open();
    const rest = { does: does.filter((deed) => deed !== "open"), writes, looks };
    if (this.#ready) this.#post(rest);
    else this.#waiting.push(rest);
  }

  /**
   * Lets the caller be heard.
   *
   * @param {string} text
   */
  say(text) {
    this.#line("caller", text, this.#language);
  }

  /**
   * Notes what the operator says.
   *
   * @param {string} text
   */
  ask(text) {
    this.#line("operator", text, "nb");
  }

  /** Takes the page away. */
  hang() {
    this.#ready = false;
    this.#frame.hidden = true;
    this.#frame.src = "about:blank";
  }

  #open() {
    if (!this.#frame.hidden) return;
    this.#frame.hidden = false;
    this.#frame.src = `/training/${this.#scenario}/phone/${this.code}?lang=${this.#language}`;
  }

  #begin() {
    this.#ready = true;
    for (const cue of this.#waiting.splice(0)) this.#post(cue);
  }

  /** @param {Cue} cue */
  #post(cue) {
    this.#frame.contentWindow?.postMessage({ type: "cue", ...cue }, location.origin);
  }

  /**
   * @param {string} by
   * @param {string} text
   * @param {string} lang
   */
  #line(by, text, lang) {
    const item = Object.assign(document.createElement("p"), { className: by, textContent: text, lang });
    this.#talk.append(item);
    this.#talk.scrollTop = this.#talk.scrollHeight;
  }

  /** Shows the whole phone, however little room there is. @param {HTMLElement} holder */
  #fit(holder) {
    const size = Math.min(holder.clientWidth / WIDTH, holder.clientHeight / HEIGHT, 1);
    this.#frame.style.transform = `scale(${size})`;
  }
}

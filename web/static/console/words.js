// SPDX-License-Identifier: EUPL-1.2
/** The panel of words: phrases, cards and free text for the caller to read, what they answer, and in which language. */

import { clear, isTaken } from "./beside.js";
import { element } from "./paint.js";
import { bind } from "./parts.js";
import { leads } from "./state.js";
import { t } from "./text.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Said} Said */

const OPEN = "klarsyn-words-open";
const GROUPS = "groups";
const CARDS = "cards";
const WHOLE = 0.95; // of a line's height in sight: then it can be read

/** Takes the language that is chosen for the next call, or null where the phone's own will do. */
export function takeLanguage() {
  const choice = element("call-language", HTMLSelectElement);
  const { value } = choice;
  choice.value = "";
  return value || null;
}

/** @implements {Required<Pick<import("./parts.js").Part, "keys" | "changed" | "paint">>} */
export class Words {
  #desk;
  #panel = element("words", HTMLElement);
  #field = element("chat-text", HTMLInputElement);
  #language = element("caller-language", HTMLSelectElement);
  #open = localStorage.getItem(OPEN) !== null;
  #mode = GROUPS;
  #read = 0; // lines of the caller that were there when the panel was last open
  #painted = "";
  /** Hides the line that the edge of the chat would slice, unless that is all there is room for. */
  #edge = new IntersectionObserver(
    (lines) => {
      for (const { target, intersectionRatio, boundingClientRect: line, rootBounds: room } of lines) {
        target.classList.toggle("cut", intersectionRatio < WHOLE && line.height <= (room?.height ?? 0));
      }
    },
    { root: element("chat", HTMLDivElement), threshold: WHOLE },
  );

  /** @param {import("./parts.js").Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    const digits = Object.fromEntries([..."123456789"].map((digit) => [digit, () => this.#choose(Number(digit))]));
    this.keys = {
      p: () => (this.#shown && this.#mode === GROUPS ? this.#toggle(false) : this.#enter(GROUPS)),
      k: () => (this.#shown && this.#mode === CARDS ? this.#enter(GROUPS) : this.#enter(CARDS)),
      t: () => this.#type(),
      ...digits,
    };
    bind(element("words-open", HTMLButtonElement), () => (this.#shown ? this.#toggle(false) : this.#enter(GROUPS)));
    bind(element("words-up", HTMLButtonElement), () => this.#enter(GROUPS));
    bind(element("shown-hide", HTMLButtonElement), () => desk.say("hide_shown"));
    for (const button of this.#panel.querySelectorAll("button")) {
      if (button.closest(".choices")) bind(button, () => this.#press(button));
    }
    this.#language.addEventListener("change", () => desk.say("language", { language: this.#language.value }));
    element("chat-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#write();
    });
    this.#field.addEventListener("keydown", ({ key }) => key === "Escape" && element("words-open", HTMLButtonElement).focus());
  }

  /**
   * @param {State} state
   * @param {State} before
   */
  changed(state, before) {
    if (state.call?.id === before.call?.id) return;
    this.#read = 0;
    this.#field.value = "";
    this.#mode = GROUPS;
  }

  /** Whether the panel is in sight: another may stand in its place. */
  get #shown() {
    return this.#open && !isTaken();
  }

  /** @param {State} state */
  paint(state) {
    const { call } = state;
    this.#panel.hidden = !call || !leads(state, call);
    if (!call) return;
    const answers = call.chat.filter((line) => line.by === "caller").length;
    if (this.#shown) this.#read = answers;
    const painted = JSON.stringify([call.id, call.language, call.shown, call.chat, this.#shown, this.#mode, this.#read]);
    if (painted === this.#painted) return;
    this.#painted = painted;
    this.#paintPanel(answers - this.#read);
    this.#paintShown(call.shown);
    this.#paintChat(call.chat);
    if (document.activeElement !== this.#language) this.#language.value = call.language;
  }

  /** @param {number} unread */
  #paintPanel(unread) {
    element("words-panel", HTMLElement).hidden = !this.#shown;
    element("words-open", HTMLButtonElement).setAttribute("aria-expanded", String(this.#shown));
    const mark = element("words-unread", HTMLElement);
    mark.hidden = unread <= 0;
    mark.textContent = t("words_unread", { n: unread });
    for (const list of this.#lists()) list.hidden = list.dataset["list"] !== this.#mode;
    this.#panel.dataset["mode"] = this.#mode;
    const group = this.#panel.querySelector(`[data-group="${this.#mode}"] span`);
    element("words-name", HTMLElement).textContent = group?.textContent ?? "";
  }

  /** @param {(Said & {acknowledged: boolean}) | null} shown */
  #paintShown(shown) {
    const state = !shown ? "none" : shown.acknowledged ? "shown" : "sent";
    /** @type {HTMLElement} */ (this.#panel.querySelector(".words-shown")).dataset["state"] = state;
    element("shown-state", HTMLElement).textContent = t(`words_${state}`);
    element("shown-text", HTMLElement).textContent = shown ? this.#words(shown) : "";
    element("shown-hide", HTMLButtonElement).hidden = !shown;
    for (const button of this.#panel.querySelectorAll("[aria-pressed]")) {
      button.setAttribute("aria-pressed", String(isShown(/** @type {HTMLElement} */ (button), shown)));
    }
  }

  /** @param {(Said & {by: string})[]} chat */
  #paintChat(chat) {
    const list = element("chat", HTMLDivElement);
    list.replaceChildren(
      ...chat.map((line) => {
        const item = document.createElement("p");
        item.className = line.by;
        item.dir = "auto";
        item.textContent = t(`chat_${line.by}`, { text: this.#words(line) });
        return item;
      }),
    );
    list.hidden = chat.length === 0;
    this.#edge.disconnect();
    for (const line of list.children) this.#edge.observe(line);
    list.scrollTop = list.scrollHeight;
  }

  /**
   * Puts what was said into the operator's own language, where it is not a free text.
   *
   * @param {Said} said
   */
  #words({ phrase, card, text, answer }) {
    if (answer) return t(`answer_${answer}`);
    if (text) return text;
    return this.#panel.querySelector(`[data-phrase="${phrase}"] span, [data-card="${card}"] span`)?.textContent ?? "";
  }

  #lists() {
    return /** @type {NodeListOf<HTMLElement>} */ (this.#panel.querySelectorAll("[data-list]"));
  }

  /** @param {string} mode */
  #enter(mode) {
    this.#mode = mode;
    this.#toggle(true);
    const first = /** @type {HTMLElement | null} */ (this.#panel.querySelector(`[data-list="${mode}"] button`));
    first?.focus();
  }

  /** @param {boolean} open */
  #toggle(open) {
    const had = this.#panel.contains(document.activeElement);
    if (open) clear();
    this.#open = open;
    if (open) localStorage.setItem(OPEN, "1");
    else localStorage.removeItem(OPEN);
    this.paint(this.#desk.store.state);
    if (had && !open) element("words-open", HTMLButtonElement).focus();
  }

  #type() {
    this.#toggle(true);
    this.#field.focus();
  }

  /** @param {number} digit */
  #choose(digit) {
    const list = [...this.#lists()].find((one) => one.dataset["list"] === this.#mode);
    const button = list?.querySelectorAll("button")[digit - 1];
    if (this.#shown && button && button.querySelector("kbd")?.textContent === String(digit)) this.#press(button);
  }

  /** @param {HTMLButtonElement} button */
  #press(button) {
    const { group, phrase, card } = button.dataset;
    if (group) this.#enter(group);
    else if (button.getAttribute("aria-pressed") === "true") this.#desk.say("hide_shown");
    else this.#desk.say("show", phrase ? { phrase } : { card });
  }

  async #write() {
    const text = this.#field.value.trim();
    if (!text) return;
    try {
      await this.#desk.ask("show", { text });
      this.#field.value = "";
    } catch (error) {
      this.#desk.refused(error);
    }
  }
}

/**
 * @param {HTMLElement} button
 * @param {Said | null} shown
 */
function isShown({ dataset }, shown) {
  if (!shown) return false;
  return dataset["phrase"] ? dataset["phrase"] === shown.phrase : dataset["card"] === shown.card;
}

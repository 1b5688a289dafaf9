// SPDX-License-Identifier: EUPL-1.2
/** The library's action cards: A shows and hides them, beside the picture, before a call as in it. */

import { Problem, call } from "../lib/api.js";
import { stand } from "./beside.js";
import { element } from "./paint.js";
import { bind } from "./parts.js";

/** @implements {Required<Pick<import("./parts.js").Part, "anytime">>} */
export class ActionCards {
  #dialog = element("action-cards", HTMLDialogElement);
  #body = element("action-cards-body", HTMLElement);
  #all = element("action-cards-all", HTMLButtonElement);
  /** @type {HTMLElement | null} */
  #shown = null;
  /** What the node has served, and what it has served since and is not shown yet. */
  #served = this.#body.cloneNode(true);
  /** @type {HTMLElement | null} */
  #newer = null;

  constructor() {
    this.anytime = { a: () => this.#toggle() };
    bind(element("action-cards-close", HTMLButtonElement), () => this.#dialog.close());
    bind(this.#all, () => this.#show(null));
    this.#bind();
  }

  #bind() {
    for (const button of this.#body.querySelectorAll("button")) {
      bind(button, () => this.#show(element(`action-card-${button.dataset["card"]}`, HTMLElement)));
    }
  }

  #toggle() {
    if (this.#dialog.open) {
      this.#dialog.close();
    } else {
      stand(this.#dialog);
      void this.#renew();
    }
  }

  /** A console is open for days, and a card may have been adapted since. */
  async #renew() {
    try {
      const answer = await call("GET", "/console/action-cards");
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.#newer = parsed.getElementById("action-cards-body");
    } catch (error) {
      if (!(error instanceof Problem)) throw error; // The cards that are here go on being shown.
    }
    if (!this.#shown) this.#take();
  }

  /** Shows what was served last; a card is never changed under the eyes of who reads it. */
  #take() {
    const newer = this.#newer;
    this.#newer = null;
    if (!newer || newer.isEqualNode(this.#served)) return;
    this.#served = newer.cloneNode(true);
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["card"] : undefined;
    this.#body.replaceChildren(...newer.childNodes);
    this.#bind();
    if (focused) this.#button(focused)?.focus();
  }

  /** @param {string} card */
  #button(card) {
    return [...this.#body.querySelectorAll("button")].find((button) => button.dataset["card"] === card);
  }

  /** @param {HTMLElement | null} card */
  #show(card) {
    if (this.#shown) this.#shown.hidden = true;
    this.#shown = card;
    if (!card) this.#take();
    element("action-cards-list", HTMLElement).hidden = card !== null;
    this.#all.hidden = card === null;
    if (card) {
      card.hidden = false;
      card.focus({ preventScroll: true }); // The way back to the list stays in sight.
      this.#dialog.scrollTop = 0;
    } else {
      this.#body.querySelector("button")?.focus();
    }
  }
}

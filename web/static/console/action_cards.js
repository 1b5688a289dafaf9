// SPDX-License-Identifier: EUPL-1.2
/** The library's action cards: A shows and hides them, beside the picture, before a call as in it. */

import { stand } from "./beside.js";
import { element } from "./paint.js";
import { bind } from "./parts.js";

/** @implements {Required<Pick<import("./parts.js").Part, "anytime">>} */
export class ActionCards {
  #dialog = element("action-cards", HTMLDialogElement);
  #list = element("action-cards-list", HTMLUListElement);
  #all = element("action-cards-all", HTMLButtonElement);
  /** @type {HTMLElement | null} */
  #shown = null;

  constructor() {
    this.anytime = { a: () => this.#toggle() };
    bind(element("action-cards-close", HTMLButtonElement), () => this.#dialog.close());
    bind(this.#all, () => this.#show(null));
    for (const button of this.#list.querySelectorAll("button")) {
      bind(button, () => this.#show(element(`action-card-${button.dataset["card"]}`, HTMLElement)));
    }
  }

  #toggle() {
    if (this.#dialog.open) this.#dialog.close();
    else stand(this.#dialog);
  }

  /** @param {HTMLElement | null} card */
  #show(card) {
    const before = this.#shown;
    if (before) before.hidden = true;
    this.#list.hidden = card !== null;
    this.#all.hidden = card === null;
    this.#shown = card;
    if (card) {
      card.hidden = false;
      card.focus();
    } else {
      this.#list.querySelector("button")?.focus();
    }
  }
}

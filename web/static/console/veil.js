// SPDX-License-Identifier: EUPL-1.2
/** Hides the picture behind a blur until it is wanted. The call goes on, and the caller is not told that it is seen. */

import { element } from "./paint.js";
import { bind } from "./parts.js";

const STARTS = "klarsyn-starts-veiled";

/** Tells whether a call's picture is hidden at first: the central has decided so, or the operator. */
export function startsVeiled() {
  const { disabled, checked } = element("starts-veiled", HTMLInputElement); // the central's word can not be changed
  return disabled ? checked : localStorage.getItem(STARTS) !== null;
}

export class Veil {
  #button = element("veil", HTMLButtonElement);
  #screen = element("screen", HTMLElement);

  /** @param {import("./parts.js").Desk} desk */
  constructor({ store }) {
    this.keys = { h: () => store.dispatch({ type: "veil", veiled: !store.state.veiled }) };
    bind(this.#button, this.keys.h);
    const choice = element("starts-veiled", HTMLInputElement);
    choice.checked = startsVeiled();
    choice.addEventListener("change", () => {
      if (choice.checked) localStorage.setItem(STARTS, "1");
      else localStorage.removeItem(STARTS);
      store.dispatch({ type: "start_veiled", veiled: choice.checked });
    });
  }

  /** @param {import("./state.js").State} state */
  paint({ veiled }) {
    this.#button.setAttribute("aria-pressed", String(veiled));
    this.#screen.toggleAttribute("data-veiled", veiled);
  }
}

// SPDX-License-Identifier: EUPL-1.2
/** Whether real calls are open at this central, and which steps keep them shut: as the page says when it comes, and as it changes. */

import { element } from "./paint.js";

/** @implements {Required<Pick<import("./parts.js").Part, "hear">>} */
export class Door {
  #box = element("shut", HTMLElement);
  #exercise = element("start-exercise", HTMLButtonElement);

  /** @param {import("./parts.js").Message} message */
  hear(message) {
    if (message.type !== "welcome" && message.type !== "door") return;
    /** @type {string[]} */
    const steps = message["shut_by"] ?? [];
    for (const row of this.#box.querySelectorAll("li")) row.hidden = !steps.includes(row.dataset["step"] ?? "");
    this.#box.hidden = steps.length === 0;
    this.#exercise.hidden = steps.length === 0 && !("always" in this.#exercise.dataset);
  }
}

// SPDX-License-Identifier: EUPL-1.2
/** Whether real calls are open at this central, and which steps keep them shut: as the page says when it comes, and as it changes. */

import { element } from "./paint.js";

/** @implements {Required<Pick<import("./parts.js").Part, "hear">>} */
export class Door {
  #box = element("shut", HTMLElement);
  #untested = element("untested", HTMLElement);
  #exercise = element("start-exercise", HTMLButtonElement);

  /** @param {import("./parts.js").Message} message */
  hear(message) {
    if (message.type !== "welcome" && message.type !== "door") return;
    /** @type {string[]} */
    const steps = message["shut_by"] ?? [];
    for (const row of this.#box.querySelectorAll("li")) row.hidden = !steps.includes(row.dataset["step"] ?? "");
    /** @type {string[]} */
    const untested = (steps.includes("test_call") && message["untested"]) || [];
    this.#untested.hidden = untested.length === 0;
    this.#untested.textContent = `${this.#untested.dataset["seats"]} ${untested.join(", ")}`;
    this.#box.hidden = steps.length === 0;
    this.#exercise.hidden = steps.length === 0 && !("always" in this.#exercise.dataset);
  }
}

// SPDX-License-Identifier: EUPL-1.2
/** A scripted caller's hands: what is done is done on the true page, with its own buttons. */

/** @typedef {import("./device.js").Device} Device */
/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./network.js").Weather} Weather */

const PATIENCE = 8_000; // ms, for a button that is not there yet
const SOON = 1_500; // ms, for an answer's: where a card is shown, or nothing, there are none
const LOOK = 100; // ms between looks for it
const RING = "position:fixed;z-index:9;width:72px;height:72px;margin:-36px;border:6px solid #ffdc85;border-radius:50%;pointer-events:none";

export class Hands {
  #device;
  #network;

  /**
   * @param {Device} device
   * @param {Network} network
   */
  constructor(device, network) {
    this.#device = device;
    this.#network = network;
  }

  /**
   * Does one of the deeds that a scenario knows (orchestrator/training/acts.py).
   *
   * @param {string} deed
   */
  async act(deed) {
    const [kind = "", what = ""] = deed.split(":");
    if (kind === "tap" || kind === "refuse") {
      this.#device.refusing = kind === "refuse";
      await press("#start");
    } else if (kind === "answer") await press(`[data-answer=${what}]`, SOON);
    else if (kind === "network") this.#network.become(/** @type {Weather} */ (what));
    else if (kind === "hide" || kind === "return") this.#device.show(kind === "return");
    else if (kind === "camera") this.#device.lose();
    else if (/^(turn|stop|share|decline)$/.test(kind)) await press(`#${kind}`);
  }

  /**
   * Writes to the operator, in the field of the page.
   *
   * @param {string} text
   */
  async write(text) {
    await press("[data-testid=caller-write]");
    const field = document.getElementById("written");
    if (field instanceof HTMLInputElement) field.value = text;
    await press("[data-testid=caller-send]");
  }
}

/**
 * Presses a button as soon as it can be; where it does not come, nothing is done.
 *
 * @param {string} selector
 * @param {number} [patience] in milliseconds
 */
async function press(selector, patience = PATIENCE) {
  const until = Date.now() + patience;
  for (;;) {
    const button = document.querySelector(selector);
    if (button instanceof HTMLButtonElement && !button.disabled && button.offsetParent !== null) {
      ring(button.getBoundingClientRect());
      button.click();
      return;
    }
    if (Date.now() > until) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

/** Shows where it was pressed. @param {DOMRect} where */
function ring({ x, y, width, height }) {
  const mark = document.createElement("i");
  mark.style.cssText = `${RING};left:${x + width / 2}px;top:${y + height / 2}px`;
  document.body.append(mark);
  setTimeout(() => mark.remove(), 700);
}

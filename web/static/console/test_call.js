// SPDX-License-Identifier: EUPL-1.2
/** Tells the node, once in each exercise, that there is something to be seen in its picture: that is the seat's test call. */

import { Problem, persist } from "../lib/api.js";
import { leads } from "./state.js";

/** @implements {Required<Pick<import("./parts.js").Part, "paint">>} */
export class TestCall {
  #display;
  #told = ""; // the call

  /** @param {import("./parts.js").Desk} desk */
  constructor({ display }) {
    this.#display = display;
  }

  /** @param {import("./state.js").State} state */
  paint(state) {
    const { call, picture, veiled, net } = state;
    if (!call?.exercise || call.id === this.#told || !leads(state, call) || !("first_frame" in call.steps)) return;
    // In the training room the caller is drawn: neither a phone nor the way to it has been tried.
    if (picture !== "flowing" || veiled || net !== "ok" || window !== window.parent || !this.#display.shows) return;
    this.#told = call.id;
    void this.#tell(call.id);
  }

  /** @param {string} call */
  async #tell(call) {
    try {
      await persist("PUT", `/api/v1/calls/${call}/picture`, {});
    } catch (error) {
      // The call is over, or the node is away: the next exercise says it.
      if (!(error instanceof Problem)) throw error;
    }
  }
}

// SPDX-License-Identifier: EUPL-1.2
/** The message with the link: how it fares, sent once more by one press, and to a number that is put right. */

import { Problem, persist } from "../lib/api.js";
import { element } from "./paint.js";
import { leads } from "./state.js";
import { span, t } from "./text.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Call} Call */

/** @implements {Required<Pick<import("./parts.js").Part, "keys" | "changed" | "paint">>} */
export class Sms {
  #desk;
  #form = element("sms-form", HTMLFormElement);
  #field = element("sms-phone", HTMLInputElement);
  #sending = false;

  /** @param {import("./parts.js").Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    this.keys = { F4: () => void this.#send() };
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
  }

  /**
   * @param {State} state
   * @param {State} before
   */
  changed(state, before) {
    if (state.call?.id !== before.call?.id) this.#field.value = "";
  }

  /**
   * @param {State} state
   * @param {number} now
   */
  paint(state, now) {
    const { call } = state;
    this.#form.hidden = !isOfUse(state);
    if (!call || this.#form.hidden) return;
    say("sms-state", stateOf(call, now + state.skew));
    say("sms-send-text", t(call.phone === null || this.#field.value ? "sms_send" : "sms_again"));
  }

  async #send() {
    const { store, refused } = this.#desk;
    const { call } = store.state;
    const phone = this.#field.value.trim();
    if (!call || this.#sending || !isOfUse(store.state)) return;
    this.#sending = true;
    try {
      const response = await persist("POST", `/api/v1/calls/${call.id}/sms`, {
        type: "application/json",
        body: JSON.stringify(phone ? { phone } : {}),
      });
      store.dispatch({ type: "call", call: await response.json(), at: Date.now() });
      this.#field.value = "";
    } catch (error) {
      if (error instanceof Problem && error.status === 429) store.dispatch({ type: "notice", text: t("notice_enough") });
      else refused(error);
    } finally {
      this.#sending = false;
    }
  }
}

/**
 * Tells whether a message could still help: once the link is open, the caller has it.
 *
 * @param {State} state
 */
function isOfUse(state) {
  const { call } = state;
  return call !== null && leads(state, call) && !("opened" in call.steps);
}

/**
 * Says how the newest message fares.
 *
 * @param {Call} call
 * @param {number} now  By the node's clock.
 */
function stateOf({ sms, steps }, now) {
  if (!sms) return "";
  const outcome = sms.outcome === "failed" && "sms_accepted" in steps ? "lost" : sms.outcome;
  return t(`sms_${outcome ?? "sending"}`, { n: sms.sent, time: span(now - sms.at) });
}

/**
 * @param {string} id
 * @param {string} text
 */
function say(id, text) {
  const node = element(id, HTMLElement);
  if (node.textContent !== text) node.textContent = text;
}

// SPDX-License-Identifier: EUPL-1.2
/** The calls of the seat, in a row: which is shown, how the others fare, and an invitation to a further caller. */

import { persist } from "../lib/api.js";
import { element } from "./paint.js";
import { bind } from "./parts.js";
import { leads, led } from "./state.js";
import { TROUBLES } from "./steps.js";
import { t } from "./text.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Call} Call */
/** @typedef {{id: string, name: string, word: string, state: string, current: boolean}} Chip */

/** @implements {Required<Pick<import("./parts.js").Part, "keys" | "anytime" | "changed" | "paint">>} */
export class Calls {
  #desk;
  #form = element("invite-form", HTMLFormElement);
  #field = element("invite-phone", HTMLInputElement);
  #open = element("invite-open", HTMLButtonElement);
  #painted = "";

  /** @param {import("./parts.js").Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    this.keys = { i: () => this.#toggle(this.#form.hidden) };
    this.anytime = { n: () => this.#next() };
    bind(element("next-call", HTMLButtonElement), this.anytime.n);
    bind(this.#open, this.keys.i);
    bind(element("invite-close", HTMLButtonElement), () => this.#toggle(false));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#invite();
    });
    this.#form.addEventListener("keydown", ({ key }) => key === "Escape" && this.#toggle(false));
  }

  /**
   * @param {State} state
   * @param {State} before
   */
  changed(state, before) {
    if (state.call?.id !== before.call?.id) this.#toggle(false);
  }

  /** @param {State} state */
  paint(state) {
    const chips = row(state);
    const mine = state.call !== null && leads(state, state.call);
    const painted = JSON.stringify([chips, mine]);
    if (painted === this.#painted) return;
    this.#painted = painted;
    element("another", HTMLElement).hidden = !mine;
    element("calls", HTMLElement).hidden = chips.length === 0;
    const list = element("call-list", HTMLUListElement);
    const focused = list.contains(document.activeElement) && /** @type {HTMLElement} */ (document.activeElement).dataset["call"];
    list.replaceChildren(...chips.map((chip) => this.#item(chip)));
    if (focused) /** @type {HTMLElement | null} */ (list.querySelector(`[data-call="${focused}"]`))?.focus();
  }

  /** @param {Chip} chip */
  #item({ id, name, word, state, current }) {
    const button = document.createElement("button");
    button.className = "chip";
    Object.assign(button.dataset, { call: id, state, testid: "call-chip" });
    if (current) button.setAttribute("aria-current", "true");
    button.append(Object.assign(document.createElement("b"), { textContent: name }), ` ${word}`);
    button.addEventListener("click", () => this.#show(id));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  /** @param {string | null} call */
  #show(call) {
    this.#desk.store.dispatch({ type: "show", call });
  }

  /** Shows the next call; after the last also none, where no call of the seat's own would be hidden by that. */
  #next() {
    const { state } = this.#desk.store;
    const ids = state.calls.map((call) => call.id);
    const round = [...ids, ...(led(state).length > 0 || ids.length === 0 ? [] : [null])];
    if (round.length > 0) this.#show(round[(round.indexOf(state.call?.id ?? null) + 1) % round.length] ?? null);
  }

  /** @param {boolean} open */
  #toggle(open) {
    const { state } = this.#desk.store;
    const can = open && state.call !== null && leads(state, state.call);
    const had = this.#form.contains(document.activeElement);
    this.#form.hidden = !can;
    this.#open.setAttribute("aria-expanded", String(can));
    this.#field.value = "";
    if (can) this.#field.focus();
    else if (had) this.#open.focus();
  }

  async #invite() {
    const { store, refused } = this.#desk;
    const phone = this.#field.value.trim();
    const incident = store.state.call?.id;
    if (!incident) return;
    store.dispatch({ type: "asked", what: "start", at: Date.now() });
    try {
      const response = await persist("POST", "/api/v1/calls", {
        type: "application/json",
        body: JSON.stringify(phone ? { incident, phone } : { incident }),
      });
      store.dispatch({ type: "call", call: await response.json(), at: Date.now() });
      this.#toggle(false);
    } catch (error) {
      refused(error);
    }
  }
}

/**
 * Returns what the row says, or nothing where one call of the seat's own is all there is.
 *
 * @param {State} state
 * @returns {Chip[]}
 */
export function row(state) {
  const { calls, call: shown } = state;
  if (calls.length === 0 || (calls.length === 1 && shown && leads(state, shown))) return [];
  return calls.map((call) => ({
    id: call.id,
    name: call.seat === state.seat || leads(state, call) ? (call.phone ?? call.spoken_code) : t("shared_from", { place: call.place }),
    current: call.id === shown?.id,
    ...wordOf(state, call),
  }));
}

/**
 * Says in a word or two how a call fares.
 *
 * @param {State} state
 * @param {Call} call
 */
function wordOf(state, call) {
  const trouble = TROUBLES.find((name) => call.troubles.includes(name) && !(name === "sms_failed" && "opened" in call.steps));
  if (trouble) return { state: "trouble", word: t(`row_${trouble}`) };
  if (call.wish?.paused) return { state: "way", word: t("row_paused") };
  const picture = state.pictures[call.id]?.picture;
  if (picture === "still") return { state: "trouble", word: t("row_still") };
  if (call.phase === "live") return { state: "live", word: t("row_live") };
  const done = Object.entries(call.steps).sort(([, one], [, other]) => one - other).at(-1)?.[0] ?? "requested";
  return { state: "way", word: t(`step_${done}`) };
}

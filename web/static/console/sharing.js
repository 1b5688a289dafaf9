// SPDX-License-Identifier: EUPL-1.2
/** Who has part in the call that is shown: who watches, which seats it is shared with, and guests with a link. */

import { Problem, call as request } from "../lib/api.js";
import { stand } from "./beside.js";
import { element, setText } from "./paint.js";
import { bind } from "./parts.js";
import { leads } from "./state.js";
import { t } from "./text.js";
import { watcher } from "./view.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Call} Call */
/** @typedef {{id: string, name: string, central_name: string}} SeatChoice */
/** A line of a list, with what its button does if it has one. @typedef {{id: string, text: string, act?: () => void}} Line */

/** What is said of a refusal; of all others, that it could not be done. @type {Record<string, string>} */
const REFUSED = { unreachable: "notice_unreachable", "phone-invalid": "guest_phone_wrong", "too-many-requests": "guest_too_many" };

/** @implements {Required<Pick<import("./parts.js").Part, "keys" | "changed" | "paint">>} */
export class Sharing {
  #desk;
  #dialog = element("share", HTMLDialogElement);
  #seat = element("share-seat", HTMLSelectElement);
  #label = element("guest-label", HTMLInputElement);
  #phone = element("guest-phone", HTMLInputElement);
  /** @type {SeatChoice[]} */
  #seats = [];
  #painted = "";

  /** @param {import("./parts.js").Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    this.keys = { u: () => this.#toggle() };
    bind(element("share-open", HTMLButtonElement), this.keys.u);
    bind(element("share-close", HTMLButtonElement), () => this.#dialog.close());
    bind(element("take-over", HTMLButtonElement), () => void this.#say("take_over"));
    bind(element("share-away", HTMLButtonElement), () => void this.#say("withdraw", { seat: desk.store.state.seat }));
    bind(element("guest-copy", HTMLButtonElement), () => void this.#copy());
    onSubmit("seat-form", () => void this.#say("share", { seat: this.#seat.value }));
    onSubmit("guest-form", () => void this.#invite());
    this.#phone.addEventListener("input", () => this.#nameButton());
  }

  /**
   * @param {State} state
   * @param {State} before
   */
  changed(state, before) {
    if (state.call?.id !== before.call?.id) this.#leave();
    else if (this.#dialog.open && state.call?.lead !== before.call?.lead) void this.#loadSeats();
  }

  /** @param {State} state */
  paint(state) {
    if (!this.#dialog.open || !state.call) return;
    const { call, seat } = state;
    const painted = JSON.stringify([call.watchers, call.shared_with, call.guests, call.lead, this.#seats]);
    if (painted === this.#painted) return;
    this.#painted = painted;
    const mine = leads(state, call);
    const own = call.seat === seat;
    element("share-lead", HTMLElement).hidden = mine && own;
    element("take-over", HTMLButtonElement).hidden = mine;
    element("share-seats", HTMLElement).hidden = !mine;
    element("share-guests", HTMLElement).hidden = !mine;
    element("share-away", HTMLButtonElement).hidden = own;
    element("share-leader", HTMLElement).textContent = t("led_from", { place: placeOf(call, call.lead) });
    fill("share-watchers", call.watchers.map((one) => ({ id: String(one.since), text: watcher(one) })));
    fill("shared-with", call.shared_with.filter((one) => one.seat !== seat).map((one) => this.#seatLine(one)));
    fill("guests", call.guests.map((one) => this.#guestLine(one)));
    this.#offer(call);
  }

  /** @param {{seat: string, place: string}} share */
  #seatLine({ seat, place }) {
    return { id: seat, text: place, act: () => void this.#say("withdraw", { seat }) };
  }

  /** @param {Call["guests"][number]} guest */
  #guestLine({ id, label, opened, texted, sms }) {
    const waits = texted ? `guest_sms_${sms ?? "sending"}` : "guest_waits";
    const text = t(opened ? "guest_in" : waits, { name: label });
    return { id, text, act: () => void this.#withdrawGuest(id) };
  }

  /**
   * Offers the seats that the call is not shared with yet.
   *
   * @param {Call} call
   */
  #offer(call) {
    const taken = new Set([call.seat, ...call.shared_with.map(({ seat }) => seat)]);
    const free = this.#seats.filter(({ id }) => !taken.has(id));
    const chosen = this.#seat.value;
    this.#seat.replaceChildren(...free.map(({ id, name, central_name: central }) => new Option(`${central} · ${name}`, id)));
    if (free.some(({ id }) => id === chosen)) this.#seat.value = chosen;
    element("seat-form", HTMLFormElement).hidden = free.length === 0;
  }

  #toggle() {
    if (this.#dialog.open) {
      this.#dialog.close();
      return;
    }
    this.#painted = "";
    this.#seats = [];
    this.#complain("");
    this.#forgetLink();
    stand(this.#dialog);
    this.paint(this.#desk.store.state);
    void this.#loadSeats();
  }

  async #loadSeats() {
    const { state } = this.#desk.store;
    if (!state.call || !leads(state, state.call)) return;
    await this.#trying(async (call) => {
      const answer = await request("GET", `/api/v1/calls/${call.id}/seats`);
      this.#seats = (await answer.json()).seats;
      this.paint(this.#desk.store.state);
    });
  }

  /**
   * @param {string} type
   * @param {Record<string, unknown>} [fields]
   */
  async #say(type, fields) {
    await this.#trying(() => this.#desk.ask(type, fields));
  }

  async #invite() {
    const label = this.#label.value.trim();
    const phone = this.#phone.value.trim();
    if (!label) return;
    await this.#trying(async (call) => {
      const options = { type: "application/json", body: JSON.stringify(phone ? { label, phone } : { label }) };
      const guest = await (await request("POST", `/api/v1/calls/${call.id}/guests`, options)).json();
      this.#label.value = this.#phone.value = "";
      this.#nameButton();
      element("guest-qr", HTMLImageElement).src = guest.qr;
      element("guest-for", HTMLElement).textContent = guest.label;
      element("guest-address", HTMLElement).textContent = guest.link;
      element("guest-link", HTMLElement).dataset["guest"] = guest.id;
      element("guest-link", HTMLElement).hidden = false;
      element("guest-copy", HTMLButtonElement).focus();
    });
  }

  /** Closes, with nothing left in it of the call that was shown. */
  #leave() {
    this.#dialog.close();
    this.#label.value = this.#phone.value = "";
    this.#nameButton();
    this.#forgetLink();
  }

  /** Says on the button what a press does. */
  #nameButton() {
    setText("guest-invite-text", t(this.#phone.value.trim() ? "guest_send" : "guest_make"));
  }

  /** @param {string} id */
  async #withdrawGuest(id) {
    await this.#trying(async (call) => {
      await request("DELETE", `/api/v1/calls/${call.id}/guests/${id}`);
      if (element("guest-link", HTMLElement).dataset["guest"] === id) this.#forgetLink();
    });
  }

  async #copy() {
    const button = element("guest-copy", HTMLButtonElement);
    await navigator.clipboard?.writeText(element("guest-address", HTMLElement).textContent ?? "");
    button.textContent = t("copied");
    setTimeout(() => (button.textContent = t("copy")), 2000);
  }

  /** A link is shown until the dialog closes: the node does not tell it again. */
  #forgetLink() {
    element("guest-link", HTMLElement).hidden = true;
    element("guest-qr", HTMLImageElement).removeAttribute("src");
    element("guest-address", HTMLElement).textContent = "";
  }

  /**
   * Does something about the call that is shown; what goes wrong is said in the dialog.
   *
   * @param {(call: Call) => Promise<unknown>} work
   */
  async #trying(work) {
    const { call } = this.#desk.store.state;
    if (!call) return;
    this.#complain("");
    try {
      await work(call);
    } catch (error) {
      if (!(error instanceof Problem) || error.status === 401) this.#desk.refused(error);
      else this.#complain(t(REFUSED[error.name] ?? "share_failed"));
    }
  }

  /** @param {string} text */
  #complain(text) {
    element("share-problem", HTMLElement).textContent = text;
  }
}

/**
 * Names a seat that has part in a call.
 *
 * @param {Call} call
 * @param {string} seat
 */
function placeOf(call, seat) {
  return seat === call.seat ? call.place : (call.shared_with.find((one) => one.seat === seat)?.place ?? "");
}

/**
 * @param {string} id
 * @param {() => void} act
 */
function onSubmit(id, act) {
  element(id, HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
}

/**
 * @param {string} id
 * @param {Line[]} lines
 */
function fill(id, lines) {
  element(id, HTMLUListElement).replaceChildren(...lines.map(lineItem));
}

/** @param {Line} line */
function lineItem({ text, act }) {
  const item = document.createElement("li");
  item.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (!act) return item;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "small", textContent: t("withdraw") });
  button.setAttribute("aria-label", t("withdraw_from", { name: text }));
  bind(button, act);
  item.append(button);
  return item;
}

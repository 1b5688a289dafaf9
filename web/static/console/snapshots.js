// SPDX-License-Identifier: EUPL-1.2
/** Snapshots of the picture. They are in this page's memory until the call ends, and are sent nowhere. */

import { call as request } from "../lib/api.js";
import { element } from "./paint.js";
import { bind } from "./parts.js";
import { t } from "./text.js";

/** So many are kept; one more takes the place of the oldest. */
const MOST = 12;

/** @typedef {{call: string, at: number, picture: HTMLCanvasElement, item: HTMLLIElement, button: HTMLButtonElement}} Snapshot */

export class Snapshots {
  #desk;
  #button = element("snapshot", HTMLButtonElement);
  #save = element("snapshot-save", HTMLButtonElement);
  #list = element("snapshots", HTMLOListElement);
  /** @type {Snapshot[]} */
  #kept = [];

  /** @param {import("./parts.js").Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    this.keys = { s: () => this.#take() };
    bind(this.#button, this.keys.s);
    bind(this.#save, () => void this.#download());
  }

  /**
   * @param {import("./state.js").State} state
   * @param {import("./state.js").State} before
   */
  changed(state, before) {
    if (state.calls !== before.calls) this.#forget(new Set(state.calls.map(({ id }) => id)));
    if (state.call?.id !== before.call?.id) this.#list.replaceChildren(...this.#own.map(({ item }) => item));
    this.#list.hidden = this.#own.length === 0;
  }

  /** @param {import("./state.js").State} state */
  paint({ frozenAt, veiled }) {
    this.#button.disabled = veiled;
    for (const { at, button } of this.#kept) button.setAttribute("aria-pressed", String(at === frozenAt));
    this.#save.hidden = veiled || !this.#save.dataset["allowed"] || !this.#shown;
  }

  /** Those of the call that is shown. */
  get #own() {
    const { call } = this.#desk.store.state;
    return this.#kept.filter((snapshot) => snapshot.call === call?.id);
  }

  /** The snapshot that is shown large. */
  get #shown() {
    const { frozenAt } = this.#desk.store.state;
    return this.#own.find(({ at }) => at === frozenAt);
  }

  #take() {
    const { store, lens } = this.#desk;
    const { state } = store;
    const source = lens.picture;
    if (!source || !state.call || !state.seen || state.veiled) return;
    const at = state.frozenAt ?? Date.now();
    if (this.#own.some((snapshot) => snapshot.at === at)) return; // of this very picture
    const { width, height } = lens.sizes.picture;
    const picture = Object.assign(document.createElement("canvas"), { width, height });
    picture.getContext("2d")?.drawImage(source, 0, 0);
    this.#keep(state.call.id, at, picture);
  }

  /**
   * @param {string} call
   * @param {number} at
   * @param {HTMLCanvasElement} picture
   */
  #keep(call, at, picture) {
    const time = new Date(at).toTimeString().slice(0, 8);
    const [item, button, label] = [document.createElement("li"), document.createElement("button"), document.createElement("span")];
    button.setAttribute("aria-label", t("snapshot_of", { time }));
    label.textContent = time;
    button.append(picture, label);
    item.append(button);
    bind(button, () => this.#show(at, picture));
    this.#kept.push({ call, at, picture, item, button });
    const [oldest] = this.#own;
    if (oldest && this.#own.length > MOST) this.#drop(oldest);
    this.#list.append(item);
    this.#list.hidden = false;
    item.scrollIntoView({ block: "nearest" });
    element("announce-tool", HTMLElement).textContent = t("snapshot_taken", { time });
  }

  /**
   * Shows a snapshot in the picture's place, as a frozen picture of that time; again, and the picture goes on.
   *
   * @param {number} at
   * @param {HTMLCanvasElement} picture
   */
  #show(at, picture) {
    const { store, display } = this.#desk;
    if (store.state.frozenAt === at) store.dispatch({ type: "freeze", at: null });
    else if (display.freeze(picture)) store.dispatch({ type: "freeze", at });
  }

  async #download() {
    const { store, refused } = this.#desk;
    const snapshot = this.#shown;
    const { call } = store.state;
    if (!snapshot || !call) return;
    try {
      await request("POST", `/api/v1/calls/${call.id}/snapshot-downloads`); // logs that it is taken out
    } catch (error) {
      refused(error);
      return;
    }
    snapshot.picture.toBlob((blob) => blob && offer(blob, snapshot.at), "image/png");
  }

  /** @param {Set<string>} calls  Those that go on. */
  #forget(calls) {
    for (const snapshot of this.#kept.filter(({ call }) => !calls.has(call))) this.#drop(snapshot);
  }

  /** @param {Snapshot} snapshot */
  #drop(snapshot) {
    this.#kept = this.#kept.filter((one) => one !== snapshot);
    snapshot.item.remove();
    Object.assign(snapshot.picture, { width: 0, height: 0 }); // without size it has no memory, whoever may still hold it
  }
}

/**
 * @param {Blob} blob
 * @param {number} at
 */
function offer(blob, at) {
  const href = URL.createObjectURL(blob);
  const time = new Date(at).toTimeString().slice(0, 8).replaceAll(":", "");
  Object.assign(document.createElement("a"), { href, download: `klarsyn-${time}.png` }).click();
  URL.revokeObjectURL(href);
}

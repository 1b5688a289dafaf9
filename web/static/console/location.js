// SPDX-License-Identifier: EUPL-1.2
/** Where the caller is: asked for by one key, shown with its accuracy and age, and copied in the form that dispatch wants. */

import { element, setText } from "./paint.js";
import { bind } from "./parts.js";
import { leads } from "./state.js";
import { t } from "./text.js";

const FORMS = /** @type {const} */ (["decimal", "utm", "mgrs"]);
const COPIED = 2000; // how long it is said that something was copied, in ms
const ROUGH = 100; // metres, from which a place is not one to drive to
const FAR = 1000; // metres, from which they are told as kilometres

/** @implements {Required<Pick<import("./parts.js").Part, "keys" | "paint">>} */
export class Location {
  #desk;

  /** @param {import("./parts.js").Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    this.keys = { g: () => void this.#ask() };
    bind(element("locate", HTMLButtonElement), this.keys.g);
    for (const form of FORMS) bind(element(`copy-${form}`, HTMLButtonElement), () => void copy(form));
  }

  /**
   * @param {import("./state.js").State} state
   * @param {number} now
   */
  paint(state, now) {
    const { call } = state;
    const can = canAsk(state);
    element("location", HTMLElement).hidden = !can;
    if (!call || !can) return;
    const { status, place } = call.location ?? { status: "not_asked", place: null };
    setText("locate-text", t(place || status === "shared" ? "locate_again" : "locate"));
    setText("location-status", status === "not_asked" || status === "shared" ? "" : t(`location_${status}`));
    element("location-place", HTMLElement).hidden = !place;
    if (!place) return;
    for (const form of FORMS) {
      setText(`place-${form}`, place[form]);
      element(`row-${form}`, HTMLElement).hidden = !place[form];
    }
    setText("location-accuracy", accuracyOf(place.accuracy)).dataset["rough"] = String(place.accuracy >= ROUGH);
    setText("location-age", ageOf(now + state.skew - place.at));
  }

  async #ask() {
    const { store, ask, refused } = this.#desk;
    const { call } = store.state;
    if (!call || !canAsk(store.state)) return;
    try {
      await ask("locate");
    } catch (error) {
      refused(error);
    }
  }
}

/**
 * Tells whether there is a page to ask on, and whether it is ours to ask.
 *
 * @param {import("./state.js").State} state
 */
function canAsk(state) {
  return state.call !== null && leads(state, state.call) && "opened" in state.call.steps;
}

/** @param {number} metres */
function accuracyOf(metres) {
  const { lang } = document.documentElement;
  const distance =
    metres < FAR
      ? t("metres", { n: Math.max(1, Math.round(metres)) })
      : t("kilometres", { n: (metres / 1000).toLocaleString([lang, "nb"], { maximumFractionDigits: metres < 10_000 ? 1 : 0 }) });
  return t(metres < ROUGH ? "location_within" : "location_rough", { distance });
}

/** @param {number} age in ms */
function ageOf(age) {
  const seconds = Math.max(0, Math.round(age / 1000));
  return seconds < 60 ? t("location_seconds", { n: Math.floor(seconds / 5) * 5 }) : t("location_minutes", { n: Math.floor(seconds / 60) });
}

/** @param {string} form */
async function copy(form) {
  const place = element(`place-${form}`, HTMLElement);
  const text = place.textContent ?? "";
  const done = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  getSelection()?.selectAllChildren(place); // at hand where copying is refused
  if (!done) return;
  const button = element(`copy-${form}`, HTMLButtonElement);
  button.textContent = t("copied");
  setTimeout(() => (button.textContent = t("copy_place")), COPIED);
}

// SPDX-License-Identifier: EUPL-1.2
/** How the picture is looked at: frozen, filling the screen, magnified, turned, brightened. Nobody else's picture changes. */

import { element } from "./paint.js";
import { bind } from "./parts.js";
import { MOST_LIGHT, NEUTRAL, isNeutral, moved, turned, zoomed } from "./sight.js";
import { t } from "./text.js";

/** How much a press or a notch of the wheel magnifies. */
const STEP = 1.5;
const NOTCH = 1.15;
/** How far an arrow key moves the picture, in screens. */
const STRIDE = 0.12;

/** @typedef {import("./state.js").State} State */

export class Look {
  #desk;
  #screen = element("screen", HTMLElement);
  /** What keys do at any time. @type {Record<string, () => void>} */
  #keys;

  /** @param {import("./parts.js").Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    const { lens } = desk;
    const middle = () => /** @type {import("./sight.js").Place} */ ([this.#screen.clientWidth / 2, this.#screen.clientHeight / 2]);
    /** @type {[string, string, () => void][]} */
    const tools = [
      ["f", "freeze", () => this.#toggleFreeze()],
      ["m", "full-screen", () => this.#toggleFull()],
      ["+", "zoom-in", () => lens.look(zoomed(lens.sight, lens.sizes, STEP, middle()))],
      ["-", "zoom-out", () => lens.look(zoomed(lens.sight, lens.sizes, 1 / STEP, middle()))],
      ["r", "turn", () => lens.look(turned(lens.sight, lens.sizes))],
      ["v", "mirror", () => lens.look({ ...lens.sight, mirrored: !lens.sight.mirrored, x: -lens.sight.x })],
      ["b", "light", () => lens.look({ ...lens.sight, light: (lens.sight.light + 1) % (MOST_LIGHT + 1) })],
      ["0", "reset", () => lens.look(NEUTRAL)],
    ];
    for (const [, id, act] of tools) bind(element(id, HTMLButtonElement), act);
    this.#keys = Object.fromEntries(tools.map(([key, , act]) => [key, act]));
    this.#screen.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.#screen.addEventListener("pointerdown", (event) => this.#drag(event));
    document.addEventListener("fullscreenchange", () => {
      press("full-screen", document.fullscreenElement !== null);
    });
  }

  /** Arrows move the picture where there is more of it than the screen shows; else they are the page's. */
  get keys() {
    if (this.#desk.lens.sight.zoom === 1) return this.#keys;
    const { clientWidth: width, clientHeight: height } = this.#screen;
    return {
      ...this.#keys,
      ArrowLeft: () => this.#move(width * STRIDE, 0),
      ArrowRight: () => this.#move(-width * STRIDE, 0),
      ArrowUp: () => this.#move(0, height * STRIDE),
      ArrowDown: () => this.#move(0, -height * STRIDE),
    };
  }

  /**
   * @param {State} state
   * @param {State} before
   */
  changed(state, before) {
    if (before.frozenAt !== null && state.frozenAt === null) this.#desk.display.thaw();
    if (before.call?.id !== state.call?.id) this.#desk.lens.look(NEUTRAL);
    if (before.call && !state.call && document.fullscreenElement) void document.exitFullscreen();
  }

  paint() {
    const { sight } = this.#desk.lens;
    const { mirrored, light, turns } = sight;
    press("turn", turns > 0);
    press("mirror", mirrored);
    press("light", light > 0);
    const words = element("sight", HTMLElement);
    const text = isNeutral(sight) ? "" : describe(sight).join(" · ");
    if (words.textContent !== text) words.textContent = text;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #move(x, y) {
    const { lens } = this.#desk;
    lens.look(moved(lens.sight, lens.sizes, [x, y]));
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    const { lens } = this.#desk;
    if (event.ctrlKey || event.deltaY === 0) return; // Ctrl and the wheel are the browser's own zoom.
    event.preventDefault();
    lens.look(zoomed(lens.sight, lens.sizes, event.deltaY < 0 ? NOTCH : 1 / NOTCH, lens.placeOf(event)));
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const { lens } = this.#desk;
    if (event.button !== 0 || lens.sight.zoom === 1 || !(event.target instanceof Node) || !this.#isPicture(event.target)) return;
    let last = lens.placeOf(event);
    const move = (/** @type {PointerEvent} */ next) => {
      const place = lens.placeOf(next);
      this.#move(place[0] - last[0], place[1] - last[1]);
      last = place;
    };
    const stop = new AbortController();
    this.#screen.setPointerCapture(event.pointerId);
    this.#screen.addEventListener("pointermove", move, { signal: stop.signal });
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
      this.#screen.addEventListener(end, () => stop.abort(), { signal: stop.signal });
    }
  }

  /** @param {Node} target */
  #isPicture(target) {
    return target === this.#screen || element("lens", HTMLElement).contains(target);
  }

  #toggleFreeze() {
    const { store, display } = this.#desk;
    const freeze = store.state.frozenAt === null && display.freeze();
    store.dispatch({ type: "freeze", at: freeze ? Date.now() : null });
  }

  #toggleFull() {
    if (document.fullscreenElement) void document.exitFullscreen();
    else if (this.#desk.store.state.seen) void document.documentElement.requestFullscreen();
  }
}

/**
 * @param {string} id
 * @param {boolean} on
 */
function press(id, on) {
  element(id, HTMLButtonElement).setAttribute("aria-pressed", String(on));
}

/**
 * Says how the picture differs from what the phone sends.
 *
 * @param {import("./sight.js").Sight} sight
 */
function describe({ zoom, turns, mirrored, light }) {
  const words = [];
  if (mirrored) words.push(t("sight_mirrored"));
  if (turns) words.push(t("sight_turned", { degrees: (mirrored ? 4 - turns : turns) * 90 }));
  if (zoom > 1) words.push(t("sight_zoom", { times: zoom.toLocaleString([document.documentElement.lang, "nb"], { maximumFractionDigits: 1 }) }));
  if (light) words.push(t("sight_light", { n: light, of: MOST_LIGHT }));
  return words;
}

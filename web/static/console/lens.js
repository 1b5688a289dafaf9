// SPDX-License-Identifier: EUPL-1.2
/** What the picture is looked at through. It applies to whatever the page shows in `#lens`: video, frozen picture or still. */

import { NEUTRAL, inPicture, kept, onScreen } from "./sight.js";

/** @typedef {import("./sight.js").Sight} Sight */
/** @typedef {import("./sight.js").Sizes} Sizes */
/** @typedef {import("./sight.js").Place} Place */

export class Lens {
  #screen;
  #lens;
  /** @type {Sight} */
  #sight = NEUTRAL;

  /** Called when the picture lies otherwise on the screen than before. @type {() => void} */
  onchange = () => {};

  /**
   * @param {HTMLElement} screen  The box that the picture fills.
   * @param {HTMLElement} lens  In it, with what may be shown as its children; one that is not hidden covers those before it.
   */
  constructor(screen, lens) {
    this.#screen = screen;
    this.#lens = lens;
    // A screen of another size, or a phone that is held otherwise, may leave less to move about in.
    new ResizeObserver(() => this.look(this.#sight)).observe(screen);
    lens.addEventListener("resize", () => this.look(this.#sight), true);
  }

  get sight() {
    return this.#sight;
  }

  /** @returns {Sizes} */
  get sizes() {
    const { clientWidth, clientHeight } = this.#screen;
    return { screen: { width: clientWidth || 1, height: clientHeight || 1 }, picture: sizeOf(this.#shown) };
  }

  /** What is shown, as something that can be drawn; null where there is nothing. */
  get picture() {
    const shown = this.#shown;
    const there = shown instanceof HTMLVideoElement ? shown.videoWidth > 0 : shown && shown.width > 0;
    return there ? shown : null;
  }

  /** @param {Sight} sight */
  look(sight) {
    this.#sight = kept(sight, this.sizes);
    const { zoom, x, y, turns, mirrored, light } = this.#sight;
    const { width, height } = this.sizes.screen;
    const { style, dataset } = this.#lens;
    style.transform = `translate(${x * width}px, ${y * height}px) scale(${mirrored ? -zoom : zoom}, ${zoom}) rotate(${turns * 90}deg)`;
    dataset["sideways"] = String(turns % 2 === 1);
    dataset["light"] = String(light);
    this.onchange();
  }

  /**
   * Returns where on the screen a place in the picture is, in pixels.
   *
   * @param {Place} place
   */
  onScreen(place) {
    return onScreen(this.#sight, this.sizes, place);
  }

  /**
   * Returns which place in the picture is at a place on the screen.
   *
   * @param {Place} place
   */
  inPicture(place) {
    return inPicture(this.#sight, this.sizes, place);
  }

  /**
   * Returns where on the screen an event of the mouse is, in pixels.
   *
   * @param {MouseEvent} event
   * @returns {Place}
   */
  placeOf(event) {
    const { left, top } = this.#screen.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  get #shown() {
    const shown = [...this.#lens.children].filter((child) => child instanceof HTMLElement && !child.hidden).at(-1);
    return shown instanceof HTMLVideoElement || shown instanceof HTMLCanvasElement ? shown : null;
  }
}

/** @param {HTMLVideoElement | HTMLCanvasElement | null} shown */
function sizeOf(shown) {
  const width = shown instanceof HTMLVideoElement ? shown.videoWidth : shown?.width;
  const height = shown instanceof HTMLVideoElement ? shown.videoHeight : shown?.height;
  return { width: width || 16, height: height || 9 };
}

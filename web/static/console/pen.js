// SPDX-License-Identifier: EUPL-1.2
/** Points and draws on the picture, for the caller and all who watch, by mouse, finger or keys. */

import { Strokes } from "../lib/strokes.js";
import { element } from "./paint.js";
import { bind } from "./parts.js";

/** Strokes are sent this often while they grow, in ms, and this many points at a time. */
const SEND = 100;
const MOST = 64;
/** Places closer than this are one: a hand that trembles still points. In pixels. */
const TREMOR = 4;
/** How far a key moves the cross, in pixels; with Shift it goes slowly. */
const STRIDE = 24;
const SLOW = 4;

/** @typedef {import("./sight.js").Place} Place */

/** @type {Record<string, Place>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Pen {
  #desk;
  #button = element("pen", HTMLButtonElement);
  #canvas = element("strokes", HTMLCanvasElement);
  #strokes;
  #on = false;
  /** The cross that keys move, on the screen; null until one does. @type {Place | null} */
  #cross = null;

  /** @param {import("./parts.js").Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    this.#strokes = new Strokes(this.#canvas, (place) => desk.lens.onScreen(place));
    this.#strokes.onpaint = (context) => this.#paintCross(context);
    desk.lens.onchange = () => this.#strokes.paint();
    this.keys = { d: () => this.#take(!this.#on) };
    bind(this.#button, this.keys.d);
    this.#canvas.addEventListener("pointerdown", (event) => this.#draw(event));
    this.#canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {import("./parts.js").Message} message */
  hear(message) {
    if (message.type !== "draw" || message["call"] !== this.#desk.store.state.call?.id) return;
    this.#strokes.add(String(message["stroke"]), message["points"]);
  }

  /**
   * @param {import("./state.js").State} state
   * @param {import("./state.js").State} before
   */
  changed(state, before) {
    // Who draws on a picture that stands or is hidden does not see what the caller films meanwhile.
    if (this.#on && (state.call?.id !== before.call?.id || state.frozenAt !== null || state.veiled)) this.#take(false);
    if (state.call?.id !== before.call?.id || state.frozenAt !== before.frozenAt) this.#strokes.clear();
  }

  /** @param {import("./state.js").State} state */
  paint({ veiled }) {
    this.#button.disabled = veiled;
  }

  /** @param {boolean} on */
  #take(on) {
    const { store } = this.#desk;
    if (on && (!store.state.seen || store.state.veiled)) return;
    if (on) store.dispatch({ type: "freeze", at: null });
    this.#on = on;
    this.#cross = null;
    this.#button.setAttribute("aria-pressed", String(on));
    element("screen", HTMLElement).toggleAttribute("data-pen", on);
    this.#canvas.tabIndex = on ? 0 : -1;
    if (on) this.#canvas.focus();
    else if (document.activeElement === this.#canvas) this.#button.focus();
    this.#strokes.paint();
  }

  /** @param {PointerEvent} event */
  #draw(event) {
    if (!this.#on || event.button !== 0) return;
    const { lens } = this.#desk;
    this.#cross = null;
    let last = lens.placeOf(event);
    const line = new Line(this.#picture(last), (stroke, points) => this.#show(stroke, points));
    const stop = new AbortController();
    const move = (/** @type {PointerEvent} */ next) => {
      const place = lens.placeOf(next);
      if (Math.hypot(place[0] - last[0], place[1] - last[1]) < TREMOR) return;
      last = place;
      line.to(this.#picture(place));
    };
    this.#canvas.setPointerCapture(event.pointerId);
    this.#canvas.addEventListener("pointermove", move, { signal: stop.signal });
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
      const finish = () => {
        stop.abort();
        line.end();
      };
      this.#canvas.addEventListener(end, finish, { signal: stop.signal });
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const by = ARROWS[event.key];
    if (!this.#on || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") this.#take(false);
    else if (by) this.#moveCross(by, event.shiftKey ? SLOW : STRIDE);
    else if (event.key === "Enter" || event.key === " ") this.#point();
    else return;
    event.preventDefault();
    event.stopPropagation(); // The arrows would move the picture.
  }

  #point() {
    const place = this.#cross ?? this.#middle();
    this.#cross = place;
    new Line(this.#picture(place), (stroke, points) => this.#show(stroke, points)).end();
  }

  /**
   * @param {Place} by
   * @param {number} stride
   */
  #moveCross([x, y], stride) {
    const from = this.#cross ?? this.#middle();
    const { lens } = this.#desk;
    this.#cross = lens.onScreen(this.#picture([from[0] + x * stride, from[1] + y * stride]));
    this.#strokes.paint();
  }

  /**
   * Shows what this console draws, here and to the others.
   *
   * @param {string} stroke
   * @param {Place[]} points
   */
  #show(stroke, points) {
    this.#strokes.add(stroke, points);
    this.#desk.say("draw", { stroke, points });
  }

  /** @returns {Place} */
  #middle() {
    const { width, height } = this.#desk.lens.sizes.screen;
    return [width / 2, height / 2];
  }

  /**
   * Returns the place in the picture, or at its edge where it is beside it.
   *
   * @param {Place} place  On the screen.
   * @returns {Place}
   */
  #picture(place) {
    const [u, v] = this.#desk.lens.inPicture(place);
    const part = (/** @type {number} */ value) => Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000;
    return [part(u), part(v)];
  }

  /** @param {CanvasRenderingContext2D} context */
  #paintCross(context) {
    if (!this.#cross) return;
    const [x, y] = this.#cross;
    const arm = Math.max(16, this.#canvas.clientHeight / 45);
    const cross = new Path2D();
    for (const [right, down] of Object.values(ARROWS)) {
      cross.moveTo(x + right * arm * 0.4, y + down * arm * 0.4);
      cross.lineTo(x + right * arm * 1.4, y + down * arm * 1.4);
    }
    for (const [colour, width] of /** @type {const} */ ([["#000", 7], ["#fff", 3]])) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.stroke(cross);
    }
  }
}

/** One stroke while it is drawn: what has not been shown yet is shown now and then, and at the end. */
class Line {
  #name = crypto.randomUUID();
  #show;
  /** @type {Place[]} */
  #fresh;
  #shown = false;
  #timer;

  /**
   * @param {Place} start
   * @param {(stroke: string, points: Place[]) => void} show
   */
  constructor(start, show) {
    this.#fresh = [start];
    this.#show = show;
    this.#timer = setInterval(() => this.#flush(), SEND);
  }

  /** @param {Place} place */
  to(place) {
    this.#fresh.push(place);
  }

  end() {
    clearInterval(this.#timer);
    // A start that nothing followed is a point: it could not be told from a line's beginning before.
    this.#send();
  }

  #flush() {
    if (this.#shown || this.#fresh.length > 1) this.#send();
  }

  #send() {
    const points = thinned(this.#fresh);
    this.#fresh = [];
    if (points.length) this.#show(this.#name, points);
    this.#shown = true;
  }
}

/**
 * Leaves out points where there are too many to send, evenly.
 *
 * @param {Place[]} points
 */
function thinned(points) {
  const every = Math.ceil(points.length / MOST);
  return points.filter((_, index) => index % every === 0 || index === points.length - 1).slice(-MOST);
}

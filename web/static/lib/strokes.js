// SPDX-License-Identifier: EUPL-1.2
/** Strokes on a picture, drawn over it and fading. Where a place in the picture is on the screen, the page knows. */

/** For how long a stroke is seen after it was last drawn on, and the end of that in which it fades, in ms. */
const LIFE = 3000;
const FADE = 800;
/** Points of a stroke that are kept; a longer one loses its beginning. */
const LONGEST = 2000;

/** @typedef {[number, number]} Place */

export class Strokes {
  #canvas;
  #place;
  /** @type {Map<string, {points: Place[], at: number}>} */
  #strokes = new Map();
  #drawing = false;

  /** Paints more on the canvas each time it is painted: what is no stroke. @type {(context: CanvasRenderingContext2D) => void} */
  onpaint = () => {};

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(place: Place) => Place} place  Returns where on the canvas a place in the picture is, in CSS pixels.
   */
  constructor(canvas, place) {
    this.#canvas = canvas;
    this.#place = place;
  }

  /**
   * Goes on with a stroke, or begins it.
   *
   * @param {string} stroke
   * @param {Place[]} points
   */
  add(stroke, points) {
    const before = this.#strokes.get(stroke)?.points ?? [];
    this.#strokes.set(stroke, { points: [...before, ...points].slice(-LONGEST), at: performance.now() });
    this.paint();
  }

  /** Tells whether there is a stroke to be seen. */
  get any() {
    return this.#strokes.size > 0;
  }

  clear() {
    this.#strokes.clear();
    this.paint();
  }

  /** Paints with the next frame, and with each after it as long as there is a stroke. */
  paint() {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#drawing = false;
    const { clientWidth, clientHeight } = this.#canvas;
    const context = this.#canvas.getContext("2d");
    if (!context) return;
    Object.assign(this.#canvas, { width: clientWidth * devicePixelRatio, height: clientHeight * devicePixelRatio });
    context.scale(devicePixelRatio, devicePixelRatio);
    const thick = Math.max(6, Math.min(clientWidth, clientHeight) / 100);
    for (const [name, { points, at }] of this.#strokes) {
      const left = LIFE - (performance.now() - at);
      if (left > 0) line(context, points.map(this.#place), thick, Math.min(1, left / FADE));
      else this.#strokes.delete(name);
    }
    this.onpaint(context);
    if (this.#strokes.size) this.paint();
  }
}

/**
 * Draws a line, or a ring around a point that is alone: light within dark, to be seen on any ground.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Place[]} points
 * @param {number} thick
 * @param {number} strength
 */
function line(context, points, thick, strength) {
  const path = new Path2D();
  const [first] = points;
  if (first && points.length === 1) path.arc(...first, thick * 4.5, 0, 2 * Math.PI);
  else for (const point of points) path.lineTo(...point);
  context.globalAlpha = strength;
  context.lineCap = context.lineJoin = "round";
  for (const [colour, width] of /** @type {const} */ ([["#000", 2], ["#ffe14d", 1]])) {
    context.strokeStyle = colour;
    context.lineWidth = thick * width;
    context.stroke(path);
  }
  context.globalAlpha = 1;
}

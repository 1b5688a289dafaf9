// SPDX-License-Identifier: EUPL-1.2
/** What the drawn scenes are drawn with: a few shapes, each in one colour, on a picture of 1280 × 720. */

export const WIDTH = 1280;
export const HEIGHT = 720;

/** @typedef {CanvasRenderingContext2D} Pen */
/** What a drawing goes by, by name. @typedef {Record<string, number | boolean | string>} Looks */

/**
 * A drawing: `focus` is the middle of what the camera goes closer to, `glow` draws what shines in the dark.
 *
 * @typedef {object} Drawing
 * @property {[number, number]} focus
 * @property {(pen: Pen, seconds: number, looks: Looks) => void} draw
 * @property {(pen: Pen, seconds: number, looks: Looks) => void} [glow]
 */

/**
 * Fills a rectangle.
 *
 * @param {Pen} pen
 * @param {string} colour
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
export function rect(pen, colour, x, y, width, height) {
  pen.fillStyle = colour;
  pen.fillRect(x, y, width, height);
}

/**
 * Fills an ellipse around a point; `turned` is in radians.
 *
 * @param {Pen} pen
 * @param {string} colour
 * @param {number} x
 * @param {number} y
 * @param {number} across
 * @param {number} down
 * @param {number} [turned]
 */
export function ellipse(pen, colour, x, y, across, down, turned = 0) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.ellipse(x, y, Math.max(0, across), Math.max(0, down), turned, 0, 2 * Math.PI);
  pen.fill();
}

/**
 * Fills the area between corners.
 *
 * @param {Pen} pen
 * @param {string | CanvasGradient} colour
 * @param {...[number, number]} corners
 */
export function area(pen, colour, ...corners) {
  pen.fillStyle = colour;
  pen.beginPath();
  for (const [x, y] of corners) pen.lineTo(x, y);
  pen.fill();
}

/**
 * Draws a limb: a thick line with round ends through points.
 *
 * @param {Pen} pen
 * @param {string} colour
 * @param {number} width
 * @param {...[number, number]} points
 */
export function limb(pen, colour, width, ...points) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.lineCap = pen.lineJoin = "round";
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.stroke();
}

/**
 * Returns a wave between 0 and 1 that beats so many times a minute.
 *
 * @param {number} seconds
 * @param {number} rate
 */
export function wave(seconds, rate) {
  return (1 - Math.cos((seconds * rate * 2 * Math.PI) / 60)) / 2;
}

/**
 * Returns one of the looks as a number: true is 1, what is not there is `otherwise`.
 *
 * @param {Looks} looks
 * @param {string} name
 * @param {number} [otherwise]
 */
export function much(looks, name, otherwise = 0) {
  const value = looks[name];
  return value === undefined ? otherwise : Number(value);
}

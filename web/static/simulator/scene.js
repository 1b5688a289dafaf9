// SPDX-License-Identifier: EUPL-1.2
/** The drawn camera: a hand-held look into a room where someone lies and breathes, with a clock that runs. */

/** Pictures in a second. */
export const RATE = 30;
/** Breaths in a minute. */
const BREATHS = 14;
const WIDTH = 1280;
const HEIGHT = 720;

/**
 * Draws the scene as it is at `at` milliseconds since 1970.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {number} at
 * @param {boolean} covered  A finger is on the lens.
 */
export function draw(pen, at, covered) {
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  if (covered) return;
  const seconds = at / 1000;
  hold(pen, seconds);
  room(pen);
  person(pen, Math.sin((seconds * BREATHS * 2 * Math.PI) / 60));
  clock(pen, at);
}

/**
 * Moves the picture as a shaking hand does.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {number} seconds
 */
function hold(pen, seconds) {
  pen.translate(WIDTH / 2, HEIGHT / 2);
  pen.rotate(0.012 * Math.sin(seconds * 1.7) + 0.006 * Math.sin(seconds * 4.3));
  pen.scale(1.08, 1.08);
  pen.translate(-WIDTH / 2 + 16 * Math.sin(seconds * 1.1), -HEIGHT / 2 + 12 * Math.sin(seconds * 1.9));
}

/** @param {CanvasRenderingContext2D} pen */
function room(pen) {
  rect(pen, "#c9bfae", -80, -80, 1440, 480);
  rect(pen, "#8a6a4c", -80, 380, 1440, 460);
  for (let x = -60; x < 1400; x += 130) rect(pen, "#7a5c40", x, 380, 4, 460);
  rect(pen, "#efe9dd", -80, 364, 1440, 18);
  rect(pen, "#f4f7fa", 120, 60, 260, 220);
  rect(pen, "#9cc4df", 134, 74, 110, 192);
  rect(pen, "#9cc4df", 256, 74, 110, 192);
  rect(pen, "#56697d", 880, 230, 400, 170);
  rect(pen, "#6b8096", 900, 180, 360, 90);
  ellipse(pen, "#b0473f", 640, 610, 520, 92);
  ellipse(pen, "#c4635a", 640, 610, 470, 74);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {number} breath  −1 breathed out … 1 breathed in.
 */
function person(pen, breath) {
  const lift = 10 + 10 * breath;
  rect(pen, "#2c3a52", 700, 556, 320, 38);
  rect(pen, "#26324a", 700, 592, 330, 34);
  ellipse(pen, "#1a1d22", 1040, 575, 26, 34);
  ellipse(pen, "#1a1d22", 1046, 607, 26, 32);
  ellipse(pen, "#d9d3c4", 565, 585 - lift / 2, 165, 48 + lift);
  ellipse(pen, "#c4bdac", 560, 612, 120, 16);
  rect(pen, "#e3b896", 520, 628, 170, 20);
  ellipse(pen, "#e3b896", 365, 585, 52, 46);
  ellipse(pen, "#4a3527", 342, 572, 50, 40);
  ellipse(pen, "#e3b896", 378, 590, 40, 34);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {number} at
 */
function clock(pen, at) {
  pen.setTransform(1, 0, 0, 1, 0, 0);
  const time = new Date(at);
  const hundredths = String(Math.floor(time.getMilliseconds() / 10)).padStart(2, "0");
  rect(pen, "#10161d", 470, 24, 340, 72);
  pen.fillStyle = "#fff";
  pen.font = "600 48px monospace";
  pen.textAlign = "left";
  pen.fillText(`${time.toTimeString().slice(0, 8)}.${hundredths}`, 482, 76);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {string} colour
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
function rect(pen, colour, x, y, width, height) {
  pen.fillStyle = colour;
  pen.fillRect(x, y, width, height);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {string} colour
 * @param {number} x
 * @param {number} y
 * @param {number} across
 * @param {number} down
 */
function ellipse(pen, colour, x, y, across, down) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.ellipse(x, y, across, down, 0, 0, 2 * Math.PI);
  pen.fill();
}

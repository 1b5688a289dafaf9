// SPDX-License-Identifier: EUPL-1.2
/** A country road with a car in the ditch and someone beside it. Looks: lying, triangle, blanket, traffic, bleeding. */

import { area, ellipse, limb, much, rect, wave } from "../brush.js";

const PASS = 11; // seconds between cars that pass

/** @type {import("../brush.js").Drawing} */
export const road = {
  focus: [520, 500],
  draw(pen, seconds, looks) {
    land(pen);
    if (much(looks, "traffic")) passing(pen, (seconds % PASS) / 3);
    car(pen);
    someone(pen, looks, wave(seconds, 22));
    if (much(looks, "triangle")) triangle(pen);
  },
  glow(pen, seconds, looks) {
    pen.save();
    pen.translate(250, 400);
    pen.rotate(0.24);
    const beam = pen.createLinearGradient(150, 0, 700, 0);
    beam.addColorStop(0, "#fff2b850");
    beam.addColorStop(1, "#fff2b800");
    area(pen, beam, [150, 10], [760, -120], [760, 200]);
    ellipse(pen, "#fffbe0", 162, 2, 14, 12);
    if (seconds % 1 < 0.5) for (const x of [-186, 156]) ellipse(pen, "#ffb02e", x, -14, 13, 10);
    pen.restore();
    if (much(looks, "traffic")) lights(pen, (seconds % PASS) / 3);
  },
};

/** @param {import("../brush.js").Pen} pen */
function land(pen) {
  rect(pen, "#31405c", -80, -80, 1440, 400);
  for (let x = -60; x < 1400; x += 74) area(pen, "#1f2f2a", [x, 330], [x + 40, 190 + ((x * 7) % 60)], [x + 80, 330]);
  rect(pen, "#5d6b58", -80, 310, 1440, 500);
  area(pen, "#4d5157", [760, 310], [830, 310], [1420, 800], [520, 800]);
  for (let step = 0; step < 5; step += 1) {
    const y = 340 + step * step * 22;
    area(pen, "#e9e4c8", [793 + step * 16, y], [799 + step * 18, y], [806 + step * 26, y + 14 + 10 * step], [796 + step * 22, y + 14 + 10 * step]);
  }
  limb(pen, "#c5ccd2", 6, [740, 330], [500, 760]);
}

/**
 * Tells where a car that comes along the road is, and how large.
 *
 * @param {number} way  0 far … 1 past
 */
function along(way) {
  return { size: 6 + 120 * way * way, x: 815 + 330 * way * way, y: 322 + 380 * way * way };
}

/**
 * @param {import("../brush.js").Pen} pen
 * @param {number} way  0 far … 1 past
 */
function passing(pen, way) {
  if (way > 1) return;
  const { size, x, y } = along(way);
  rect(pen, "#22262c", x - size, y - size * 0.7, size * 2, size * 1.1);
}

/**
 * @param {import("../brush.js").Pen} pen
 * @param {number} way  0 far … 1 past
 */
function lights(pen, way) {
  if (way > 1) return;
  const { size, x, y } = along(way);
  for (const side of [-0.7, 0.7]) {
    ellipse(pen, "#fff6d04d", x + side * size, y, size * 0.7, size * 0.6);
    ellipse(pen, "#fffbe8", x + side * size, y, size * 0.26, size * 0.22);
  }
}

/** @param {import("../brush.js").Pen} pen */
function car(pen) {
  pen.save();
  pen.translate(250, 400);
  pen.rotate(0.24);
  area(pen, "#8c2a2f", [-190, 40], [-170, -30], [-90, -40], [-50, -104], [70, -104], [116, -38], [166, -26], [170, 40]);
  area(pen, "#9fb8c6", [-76, -40], [-40, -94], [6, -94], [6, -40]);
  area(pen, "#9fb8c6", [20, -40], [20, -94], [62, -94], [96, -40]);
  limb(pen, "#f2f7fa", 3, [36, -88], [52, -62], [40, -52], [66, -42]);
  area(pen, "#5c1a1f", [120, -34], [178, -10], [150, 12], [172, 40], [110, 40]);
  for (const x of [-110, 100]) {
    ellipse(pen, "#16181b", x, 44, 42, 42);
    ellipse(pen, "#8d949a", x, 44, 18, 18);
  }
  pen.restore();
}

/**
 * @param {import("../brush.js").Pen} pen
 * @param {import("../brush.js").Looks} looks
 * @param {number} breath
 */
function someone(pen, looks, breath) {
  pen.save();
  pen.translate(540, 560);
  if (much(looks, "lying")) pen.rotate(-1.35);
  limb(pen, "#2b3648", 34, [0, 40], [86, 46], [150, 60]);
  limb(pen, "#323e52", 34, [0, 40], [70, 0], [132, 56]);
  limb(pen, "#c9702e", 92 + 5 * breath, [-14, 20], [-22, -54]);
  limb(pen, "#e8e34a", 10, [-58, -20], [22, -20]);
  limb(pen, "#c9702e", 26, [-40, -60], [-2, -96], [-4, -104]);
  ellipse(pen, "#e3b896", -24, -128, 40, 46);
  ellipse(pen, "#3b2b22", -28, -150, 42, 30);
  ellipse(pen, "#2a1d18", -36, -124, 4, 5);
  ellipse(pen, "#2a1d18", -8, -124, 4, 5);
  limb(pen, "#8a4a40", 4, [-32, -102], [-14, -102]);
  if (much(looks, "bleeding")) {
    ellipse(pen, "#8e1420", -4, -142, 13, 9);
    limb(pen, "#8e1420", 6, [0, -140], [6, -118], [4, -100 + 8 * breath]);
  }
  if (much(looks, "blanket")) area(pen, "#d8b648", [-76, -70], [34, -70], [150, 30], [140, 80], [-80, 74]);
  pen.restore();
}

/** @param {import("../brush.js").Pen} pen */
function triangle(pen) {
  area(pen, "#e02b2b", [880, 640], [950, 640], [915, 576]);
  area(pen, "#f4f0ea", [896, 630], [934, 630], [915, 596]);
}

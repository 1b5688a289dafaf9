// SPDX-License-Identifier: EUPL-1.2
/** A small child on a sofa. Looks: spots, glass, undressed, breathing (a minute), seizure, limp. */

import { area, ellipse, limb, much, rect, wave } from "../brush.js";

const SKIN = "#efc3a4";

/** Where the spots are, on the belly and the legs, each with its size. @type {[number, number, number][]} */
const SPOTS = [
  [590, 352, 7], [628, 392, 10], [660, 340, 6], [690, 410, 8], [720, 362, 11], [612, 430, 6], [748, 402, 7], [676, 376, 5],
  [706, 330, 6], [640, 445, 9], [770, 352, 6], [574, 398, 8], [860, 452, 9], [905, 480, 7], [880, 392, 6], [945, 384, 9],
];

/** @type {import("../brush.js").Drawing} */
export const child = {
  focus: [670, 390],
  draw(pen, seconds, looks) {
    sofa(pen);
    const jerk = much(looks, "seizure") * (14 * Math.sin(seconds * 31) + 8 * Math.sin(seconds * 47));
    const breath = wave(seconds, much(looks, "breathing", 30));
    limbs(pen, jerk);
    const belly = 86 + 7 * breath;
    ellipse(pen, SKIN, 675, 390, 150, belly);
    if (much(looks, "undressed")) ellipse(pen, "#d99f83", 690, 410, 7, 5);
    else shirt(pen, belly);
    head(pen, jerk, looks);
    spots(pen, much(looks, "spots"), Boolean(looks["undressed"]));
    if (much(looks, "glass")) glass(pen);
  },
};

/** @param {import("../brush.js").Pen} pen */
function sofa(pen) {
  rect(pen, "#d8cbb6", -80, -80, 1440, 300);
  rect(pen, "#6c7f73", -80, 170, 1440, 130);
  rect(pen, "#7f9486", -80, 280, 1440, 520);
  for (const x of [160, 620, 1080]) rect(pen, "#728779", x, 280, 5, 520);
  area(pen, "#f1ead9", [120, 250], [430, 220], [450, 500], [140, 530]);
  area(pen, "#e5dcc6", [140, 270], [410, 244], [426, 480], [158, 508]);
  area(pen, "#b9cfe4", [480, 520], [1180, 500], [1240, 660], [440, 690]);
}

/**
 * @param {import("../brush.js").Pen} pen
 * @param {number} jerk
 */
function limbs(pen, jerk) {
  limb(pen, SKIN, 54, [590, 330 + jerk / 3], [500, 190 + jerk], [440, 160 - jerk]);
  limb(pen, SKIN, 54, [600, 455 - jerk / 3], [560, 570 - jerk], [500, 610 + jerk]);
  limb(pen, SKIN, 68, [800, 352], [920, 384 + jerk], [1030, 352 - jerk]);
  limb(pen, SKIN, 68, [800, 424], [890, 470 - jerk], [1010, 500 + jerk]);
  ellipse(pen, SKIN, 1058, 346 - jerk, 26, 40);
  ellipse(pen, SKIN, 1040, 506 + jerk, 26, 40);
  ellipse(pen, "#fbfbf7", 820, 390, 62, 82);
}

/**
 * @param {import("../brush.js").Pen} pen
 * @param {number} belly
 */
function shirt(pen, belly) {
  ellipse(pen, "#e8b53c", 655, 390, 138, belly + 4);
  for (const x of [580, 640, 700]) rect(pen, "#d49f2c", x, 390 - belly * 0.8, 18, belly * 1.6);
}

/**
 * @param {import("../brush.js").Pen} pen
 * @param {number} jerk
 * @param {import("../brush.js").Looks} looks
 */
function head(pen, jerk, looks) {
  const y = 378 + jerk / 2;
  ellipse(pen, SKIN, 430, y, 112, 104);
  ellipse(pen, "#c89a5a", 366, y - 8, 62, 92);
  ellipse(pen, SKIN, 420, y + 4, 76, 84);
  ellipse(pen, "#f0a090", 470, y + 48, 26, 18);
  ellipse(pen, "#f0a090", 470, y - 46, 26, 18);
  const open = !much(looks, "limp") && !much(looks, "seizure");
  for (const side of [-30, 30]) {
    if (open) ellipse(pen, "#2e2a28", 446, y + side, 8, 9);
    else limb(pen, "#6b4a38", 5, [446, y + side - 9], [446, y + side + 9]);
  }
  ellipse(pen, much(looks, "seizure") ? "#6f6f96" : "#b9605a", 500, y, 9, 18);
}

/**
 * @param {import("../brush.js").Pen} pen
 * @param {number} share  of them that have come
 * @param {boolean} undressed
 */
function spots(pen, share, undressed) {
  for (const [x, y, size] of SPOTS.slice(0, Math.round(share * SPOTS.length))) {
    if (!undressed && x < 800) continue;
    ellipse(pen, "#6e1838", x, y, size, size * 0.9);
    ellipse(pen, "#8d2a4c", x + 2, y - 2, size * 0.5, size * 0.4);
  }
}

/** Presses a drinking glass on the skin: the spots are seen through it. @param {import("../brush.js").Pen} pen */
function glass(pen) {
  ellipse(pen, "#ffffff40", 680, 385, 96, 90);
  pen.strokeStyle = "#f4fbff";
  pen.lineWidth = 8;
  pen.beginPath();
  pen.ellipse(680, 385, 96, 90, 0, 0, 2 * Math.PI);
  pen.stroke();
  limb(pen, "#ffffffb0", 8, [622, 340], [640, 322], [664, 312]);
  for (const y of [520, 560, 600]) limb(pen, "#e0b090", 40, [770, 470], [860, y], [1020, y + 60]);
}

// SPDX-License-Identifier: EUPL-1.2
/** A living room with an adult on the floor. Looks: breathing, gasping, pressing, grey, bent, blanket, pale. */

import { area, ellipse, limb, much, rect, wave } from "../brush.js";

const GASP = 7; // seconds between gasps

/** @type {import("../brush.js").Drawing} */
export const room = {
  focus: [560, 560],
  draw(pen, seconds, looks) {
    walls(pen);
    const press = wave(seconds, 110) * much(looks, "pressing");
    const gasp = Math.max(0, Math.sin((seconds % GASP) * Math.PI)) * (seconds % GASP < 1 ? 1 : 0) * much(looks, "gasping");
    const breath = wave(seconds, 15) * much(looks, "breathing") + gasp;
    person(pen, looks, breath, press, gasp);
    if (much(looks, "pressing")) helper(pen, press);
  },
};

/** @param {import("../brush.js").Pen} pen */
function walls(pen) {
  rect(pen, "#c9bfae", -80, -80, 1440, 480);
  rect(pen, "#8a6a4c", -80, 380, 1440, 460);
  for (let x = -60; x < 1400; x += 130) rect(pen, "#7a5c40", x, 380, 4, 460);
  rect(pen, "#efe9dd", -80, 364, 1440, 18);
  rect(pen, "#f4f7fa", 120, 60, 260, 220);
  rect(pen, "#9cc4df", 134, 74, 110, 192);
  rect(pen, "#9cc4df", 256, 74, 110, 192);
  rect(pen, "#56697d", 880, 230, 400, 170);
  rect(pen, "#6b8096", 900, 180, 360, 90);
  rect(pen, "#5d4632", 520, 250, 200, 16);
  rect(pen, "#5d4632", 534, 266, 14, 120);
  rect(pen, "#5d4632", 690, 266, 14, 120);
  ellipse(pen, "#e8d9a0", 620, 236, 26, 18);
  ellipse(pen, "#b0473f", 640, 610, 560, 96);
  ellipse(pen, "#c4635a", 640, 610, 510, 78);
}

/**
 * @param {import("../brush.js").Pen} pen
 * @param {import("../brush.js").Looks} looks
 * @param {number} breath  0 breathed out … 1 breathed in
 * @param {number} press  0 up … 1 pressed down
 * @param {number} gasp
 */
function person(pen, looks, breath, press, gasp) {
  const skin = much(looks, "pale") ? "#c9b8ae" : "#e3b896";
  const hair = much(looks, "grey") ? "#c9ccd0" : "#4a3527";
  const lift = 16 * breath - 20 * press;
  const bent = much(looks, "bent");
  // Legs: an injured hip lets one be shorter, its foot turned out.
  limb(pen, "#26324a", 46, [705, 600], [880, 612], [1030, 606]);
  limb(pen, "#2c3a52", 46, [705, 572], [860, 560 - 30 * bent], [1010 - 70 * bent, 566 + 14 * bent]);
  ellipse(pen, "#1a1d22", 1052, 606, 22, 36);
  ellipse(pen, "#1a1d22", 1034 - 70 * bent, 566 + 14 * bent, 22, 34, 1.1 * bent);
  ellipse(pen, much(looks, "grey") ? "#8a9fb4" : "#d9d3c4", 580, 585 - lift / 2, 160, 58 + lift);
  ellipse(pen, "#00000022", 575, 622, 130, 14);
  limb(pen, skin, 24, [480, 620], [560, 650], [660, 648]);
  ellipse(pen, skin, 395, 582, 58, 50);
  ellipse(pen, hair, 366, 568, 50, 44);
  ellipse(pen, skin, 408, 588, 44, 38);
  limb(pen, "#2a1d18", 4, [398, 566], [412, 564]);
  limb(pen, "#2a1d18", 4, [424, 568], [434, 572]);
  ellipse(pen, "#7a3b38", 428, 606, 7, 3 + 9 * gasp);
  if (much(looks, "blanket")) area(pen, "#3f7d6e", [500, 560], [1000, 545], [1020, 640], [510, 655]);
}

/**
 * Draws the one who gives compressions.
 *
 * @param {import("../brush.js").Pen} pen
 * @param {number} press
 */
function helper(pen, press) {
  const down = 26 * press;
  limb(pen, "#3f5f8a", 110, [640, 330 + down], [720, 250 + down]);
  ellipse(pen, "#dcab86", 560, 250 + down, 52, 58);
  ellipse(pen, "#7a4a28", 560, 222 + down, 56, 40);
  limb(pen, "#dcab86", 34, [612, 350 + down], [568, 450 + down], [556, 548 + down]);
  limb(pen, "#dcab86", 34, [668, 360 + down], [600, 460 + down], [566, 552 + down]);
  ellipse(pen, "#d09c78", 560, 556 + down, 40, 22);
}

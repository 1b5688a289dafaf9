// SPDX-License-Identifier: EUPL-1.2
/** A forearm on a kitchen table, cut. Looks: bleeding (0 … 1), cloth, bound, raised, blood (0 … 1, on the table). */

import { area, ellipse, limb, much, rect, wave } from "../brush.js";

const SKIN = "#e6b898";

/** @type {import("../brush.js").Drawing} */
export const arm = {
  focus: [640, 430],
  draw(pen, seconds, looks) {
    kitchen(pen);
    puddle(pen, much(looks, "blood", 0.3));
    pen.save();
    pen.translate(640, 430);
    pen.rotate(-0.5 * much(looks, "raised"));
    forearm(pen);
    wound(pen, seconds, looks);
    pen.restore();
  },
};

/** @param {import("../brush.js").Pen} pen */
function kitchen(pen) {
  rect(pen, "#dfe5e4", -80, -80, 1440, 300);
  for (let x = -60; x < 1400; x += 90) rect(pen, "#cfd7d6", x, -80, 3, 300);
  for (const y of [20, 110]) rect(pen, "#cfd7d6", -80, y, 1440, 3);
  rect(pen, "#b98d5e", -80, 210, 1440, 600);
  for (const y of [290, 420, 570]) rect(pen, "#ad8153", -80, y, 1440, 3);
  area(pen, "#d9dde0", [980, 300], [1190, 270], [1200, 290], [990, 318]);
  area(pen, "#2b2e33", [1190, 268], [1290, 252], [1296, 276], [1200, 294]);
  ellipse(pen, "#c8433b", 140, 300, 70, 62);
  ellipse(pen, "#5c8a3c", 140, 244, 26, 10);
}

/**
 * @param {import("../brush.js").Pen} pen
 * @param {number} blood
 */
function puddle(pen, blood) {
  if (!blood) return;
  ellipse(pen, "#7d0f1a", 660, 545, 90 + 260 * blood, 26 + 62 * blood);
  ellipse(pen, "#98131f", 650, 540, 70 + 220 * blood, 18 + 46 * blood);
  ellipse(pen, "#7d0f1a", 900 + 60 * blood, 600, 12 + 26 * blood, 8 + 10 * blood);
}

/** @param {import("../brush.js").Pen} pen */
function forearm(pen) {
  limb(pen, "#3a5a7c", 190, [-640, 60], [-330, 30]);
  limb(pen, SKIN, 150, [-300, 26], [40, 4]);
  limb(pen, SKIN, 118, [40, 2], [300, -14]);
  ellipse(pen, SKIN, 372, -20, 96, 76);
  const fingers = [[-76, 470, -96], [-44, 512, -62], [-14, 520, -22], [16, 500, 20]];
  for (const [y = 0, x = 0, tip = 0] of fingers) limb(pen, SKIN, 34, [420, y * 0.7 - 6], [x, tip]);
  limb(pen, SKIN, 38, [330, 34], [400, 84]);
}

/**
 * @param {import("../brush.js").Pen} pen
 * @param {number} seconds
 * @param {import("../brush.js").Looks} looks
 */
function wound(pen, seconds, looks) {
  const bleeding = much(looks, "bleeding");
  const beat = wave(seconds, 105) * bleeding;
  if (!much(looks, "cloth") && !much(looks, "bound")) {
    ellipse(pen, "#5a0a12", 30, -6, 104, 20, -0.12);
    ellipse(pen, "#a5121f", 30, -8, 92, 11 + 7 * beat, -0.12);
    for (const [x = 0, size = 0] of [[-50, 20], [10, 26], [70, 22]]) limb(pen, "#98131f", size * bleeding + 3, [x, 0], [x + 8, 60], [x + 4, 88 + 14 * beat]);
    ellipse(pen, "#c01626", 24 + 40 * beat, -26 - 46 * beat, 9 * beat, 12 * beat);
    return;
  }
  area(pen, "#f2efe8", [-96, -92], [136, -104], [150, 92], [-88, 104]);
  ellipse(pen, "#a5121f", 26, 0, 30 + 62 * bleeding, 22 + 40 * bleeding);
  if (much(looks, "bound")) {
    for (const x of [-70, -10, 50, 110]) limb(pen, "#dcd6c8", 34, [x, -92], [x + 22, 92]);
    return;
  }
  const push = 6 * wave(seconds, 40);
  limb(pen, "#d8a27e", 92, [320, -420], [150, -150 + push], [60, -30 + push]);
  for (const y of [-60, -22, 16, 50]) limb(pen, "#d8a27e", 32, [90, -50 + push], [-54, y + push]);
}

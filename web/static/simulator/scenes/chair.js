// SPDX-License-Identifier: EUPL-1.2
/** An adult in an armchair. Looks: grey, pain (hand on the chest), sweat, droop, smile, lift (arms, 0 … 1), tight (a tie). */

import { area, ellipse, limb, much, rect, wave } from "../brush.js";

const SKIN = "#d9a988";

/** @type {import("../brush.js").Drawing} */
export const chair = {
  focus: [640, 270],
  draw(pen, seconds, looks) {
    room(pen);
    const breath = wave(seconds, much(looks, "pain") ? 26 : 16);
    body(pen, looks, breath);
    arms(pen, looks, breath);
    face(pen, seconds, looks);
  },
};

/** @param {import("../brush.js").Pen} pen */
function room(pen) {
  rect(pen, "#b9c4bd", -80, -80, 1440, 700);
  rect(pen, "#7a5f48", -80, 600, 1440, 260);
  rect(pen, "#e8e2d4", 80, 60, 190, 240);
  rect(pen, "#7fa0b4", 94, 74, 162, 212);
  rect(pen, "#8d5a36", 1040, 330, 200, 18);
  rect(pen, "#8d5a36", 1060, 348, 16, 280);
  ellipse(pen, "#f0dfa8", 1136, 270, 70, 46);
  rect(pen, "#8d5a36", 1130, 300, 12, 32);
  ellipse(pen, "#41566b", 640, 360, 330, 330);
  rect(pen, "#41566b", 310, 360, 660, 330);
  rect(pen, "#36495c", 270, 480, 150, 240);
  rect(pen, "#36495c", 860, 480, 150, 240);
}

/**
 * @param {import("../brush.js").Pen} pen
 * @param {import("../brush.js").Looks} looks
 * @param {number} breath
 */
function body(pen, looks, breath) {
  limb(pen, "#4b4238", 110, [560, 680], [500, 760]);
  limb(pen, "#4b4238", 110, [720, 680], [780, 760]);
  limb(pen, "#7b8f6a", 210 + 8 * breath, [640, 460], [640, 640]);
  limb(pen, "#7b8f6a", 120, [540, 430], [740, 430]);
  area(pen, "#eef0ea", [600, 372], [680, 372], [640, 450]);
  if (much(looks, "tight")) area(pen, "#8c2f3a", [628, 380], [652, 380], [664, 540], [640, 572], [616, 540]);
}

/**
 * @param {import("../brush.js").Pen} pen
 * @param {import("../brush.js").Looks} looks
 * @param {number} breath
 */
function arms(pen, looks, breath) {
  const lift = much(looks, "lift");
  const weak = much(looks, "droop");
  const pain = much(looks, "pain");
  const right = lift * (1 - 0.8 * weak);
  arm(pen, [540, 440], [455, 560 - 130 * lift], [480 - 60 * lift, 650 - 350 * lift]);
  if (pain) arm(pen, [740, 440], [800, 560], [668, 500 - 6 * breath]);
  else arm(pen, [740, 440], [825, 560 - 130 * right], [800 + 60 * right, 650 - 350 * right]);
}

/**
 * @param {import("../brush.js").Pen} pen
 * @param {...[number, number]} points
 */
function arm(pen, ...points) {
  limb(pen, "#6f835f", 62, ...points);
  const [x, y] = points[points.length - 1] ?? [0, 0];
  ellipse(pen, SKIN, x, y, 34, 32);
}

/**
 * @param {import("../brush.js").Pen} pen
 * @param {number} seconds
 * @param {import("../brush.js").Looks} looks
 */
function face(pen, seconds, looks) {
  const droop = much(looks, "droop");
  const smile = much(looks, "smile");
  ellipse(pen, SKIN, 640, 370, 40, 50);
  ellipse(pen, SKIN, 640, 260, 92, 116);
  ellipse(pen, much(looks, "grey") ? "#cfd2d4" : "#2d2521", 640, 178, 96, 56);
  ellipse(pen, SKIN, 640, 230, 80, 56);
  const shut = seconds % 4 < 0.15;
  ellipse(pen, "#2a2320", 606, 250, 9, shut ? 2 : 10);
  ellipse(pen, "#2a2320", 674, 250 + 8 * droop, 9, shut ? 2 : 10 - 5 * droop);
  limb(pen, "#5d4634", 6, [586, 224], [622, 220 - (much(looks, "pain") ? 8 : 0)]);
  limb(pen, "#5d4634", 6, [658, 220 + 10 * droop - (much(looks, "pain") ? 8 : 0)], [694, 224 + 14 * droop]);
  limb(pen, "#c08f6e", 8, [640, 256], [632, 292], [644, 294]);
  limb(pen, "#9c5148", 9, [602, 326 - 16 * smile], [636, 328 + 4 * smile], [678, 326 - 16 * smile * (1 - droop) + 22 * droop]);
  if (!much(looks, "sweat")) return;
  for (const [x = 0, from = 0, pace = 0] of [[584, 214, 9], [700, 232, 13], [662, 196, 11]]) ellipse(pen, "#dff1fb", x, from + ((seconds * pace) % 50), 5, 8);
}

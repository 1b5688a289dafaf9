// SPDX-License-Identifier: EUPL-1.2
/** What the front camera sees: the caller's own face, too near, who looks past the phone and talks. */

import { ellipse, limb, rect, wave } from "../brush.js";

/** @type {import("../brush.js").Drawing} */
export const selfie = {
  focus: [640, 360],
  draw(pen, seconds) {
    rect(pen, "#cfc6b5", -80, -80, 1440, 900);
    rect(pen, "#e9e4d8", 980, -80, 200, 520);
    rect(pen, "#8ab0c8", 1000, -60, 160, 470);
    const sway = 24 * Math.sin(seconds * 0.9);
    pen.save();
    pen.translate(640 + sway, 400);
    limb(pen, "#7a3f5a", 420, [-40, 420], [60, 420]);
    ellipse(pen, "#5a3522", 0, -40, 262, 330);
    ellipse(pen, "#e9bd9d", 0, 10, 214, 280);
    ellipse(pen, "#5a3522", 0, -222, 224, 96);
    const shut = seconds % 3.3 < 0.14;
    for (const side of [-1, 1]) {
      ellipse(pen, "#fdfcfa", side * 84, -28, 40, shut ? 4 : 25);
      if (!shut) ellipse(pen, "#3d4f3c", side * 84 + 12, -24, 17, 18);
      limb(pen, "#4a2c1c", 12, [side * 130, -82], [side * 48, -96]);
    }
    limb(pen, "#cf9b7c", 14, [4, -20], [-14, 70], [18, 76]);
    ellipse(pen, "#8a3a3c", 0, 150, 66, 12 + 26 * wave(seconds, 190) * wave(seconds, 23));
    pen.restore();
  },
};

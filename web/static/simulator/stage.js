// SPDX-License-Identifier: EUPL-1.2
/** What a drawn camera sees: one of the scenes, by a hand that shakes, near or far, in light or in the dark, with a clock. */

import { HEIGHT, WIDTH, much, rect } from "./brush.js";
import { arm } from "./scenes/arm.js";
import { chair } from "./scenes/chair.js";
import { child } from "./scenes/child.js";
import { road } from "./scenes/road.js";
import { room } from "./scenes/room.js";
import { selfie } from "./scenes/selfie.js";

/** @typedef {import("./brush.js").Pen} Pen */
/** @typedef {import("./brush.js").Looks} Looks */
/** @typedef {import("./brush.js").Drawing} Drawing */

/** The drawings by name; the server knows the same (orchestrator/training/scenario.py). @type {Record<string, Drawing>} */
const DRAWINGS = { arm, chair, child, road, room };

/** What a stage begins with, as a scenario says it. @typedef {{draw: string, dark: number, shake: number, looks: Looks}} Scene */

const EASE = 0.12; // of the way to a new look, with each picture
const LIT = 0.82; // of the dark that a torch takes away

export class Stage {
  #pen;
  #drawing;
  #label;
  /** As they are to be, and as they are on their way there. @type {Looks} */
  #wanted;
  /** @type {Looks} */
  #looks;

  /** Which way the camera looks. @type {"user" | "environment"} */
  facing = "environment";
  torch = false;
  zoom = 1;

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {string} [label] to be read in the picture itself
   */
  constructor(pen, { draw, dark, shake, looks }, label = "") {
    this.#pen = pen;
    this.#drawing = DRAWINGS[draw] ?? room;
    this.#label = label;
    this.#wanted = { dark, shake, near: 0, covered: false, ...looks };
    this.#looks = { ...this.#wanted };
  }

  /**
   * Changes how it looks: `dark`, `shake`, `near` (each 0 … 1), `covered`, and what the drawing knows. Numbers change slowly.
   *
   * @param {Looks} looks
   */
  look(looks) {
    Object.assign(this.#wanted, looks);
  }

  /**
   * Draws what is seen at `at` milliseconds since 1970.
   *
   * @param {number} at
   */
  draw(at) {
    const pen = this.#pen;
    const seconds = at / 1000;
    this.#ease();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    rect(pen, "#000", 0, 0, WIDTH, HEIGHT);
    if (!much(this.#looks, "covered")) {
      const drawing = this.facing === "user" ? selfie : this.#drawing;
      this.#hold(seconds, drawing.focus);
      drawing.draw(pen, seconds, this.#looks);
      this.#darken();
      this.#hold(seconds, drawing.focus);
      drawing.glow?.(pen, seconds, this.#looks);
      this.#clock(at);
    }
    this.#mark();
  }

  #ease() {
    for (const [name, value] of Object.entries(this.#wanted)) {
      const now = this.#looks[name];
      this.#looks[name] = typeof value === "number" && typeof now === "number" ? now + (value - now) * EASE : value;
    }
  }

  /**
   * Moves the picture as a hand does, around what it is held at.
   *
   * @param {number} seconds
   * @param {[number, number]} focus
   */
  #hold(seconds, [x, y]) {
    const pen = this.#pen;
    const shake = much(this.#looks, "shake");
    const near = this.facing === "user" ? 0 : much(this.#looks, "near");
    const size = (1.08 + 0.3 * shake + 0.9 * near) * this.zoom;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    const pull = Math.min(1, near + (this.zoom - 1) / 2);
    const sway = 14 + 150 * shake * shake;
    pen.translate(WIDTH / 2, HEIGHT / 2);
    pen.rotate(0.01 + shake * (0.05 * Math.sin(seconds * 3.1) + 0.04 * Math.sin(seconds * 7.3)));
    pen.scale(size, size);
    pen.translate(
      -WIDTH / 2 - (x - WIDTH / 2) * pull + sway * (Math.sin(seconds * 1.3) + shake * Math.sin(seconds * 6.7)),
      -HEIGHT / 2 - (y - HEIGHT / 2) * pull + sway * 0.7 * (Math.sin(seconds * 1.9) + shake * Math.sin(seconds * 8.9)),
    );
  }

  #darken() {
    const dark = much(this.#looks, "dark");
    if (dark < 0.02) return;
    const pen = this.#pen;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    const light = pen.createRadialGradient(WIDTH / 2, HEIGHT / 2, 60, WIDTH / 2, HEIGHT / 2, 560);
    light.addColorStop(0, `rgb(2 4 10 / ${dark * (this.torch ? 1 - LIT : 1)})`);
    light.addColorStop(1, `rgb(2 4 10 / ${dark})`);
    pen.fillStyle = light;
    pen.fillRect(0, 0, WIDTH, HEIGHT);
  }

  /** @param {number} at */
  #clock(at) {
    const pen = this.#pen;
    const time = new Date(at);
    const hundredths = String(Math.floor(time.getMilliseconds() / 10)).padStart(2, "0");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    rect(pen, "#10161d", 470, 24, 340, 72);
    pen.fillStyle = "#fff";
    pen.font = "600 48px monospace";
    pen.textAlign = "left";
    pen.fillText(`${time.toTimeString().slice(0, 8)}.${hundredths}`, 482, 76);
  }

  #mark() {
    if (!this.#label) return;
    const pen = this.#pen;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.textAlign = "left";
    pen.font = "700 40px sans-serif";
    const width = pen.measureText(this.#label).width + 48;
    rect(pen, "#ffdc85", WIDTH - width - 24, HEIGHT - 88, width, 64);
    pen.fillStyle = "#2b1f00";
    pen.fillText(this.#label, WIDTH - width, HEIGHT - 42);
  }
}

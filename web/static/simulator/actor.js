// SPDX-License-Identifier: EUPL-1.2
/**
 * The scripted caller of an exercise, in the true caller's page: a drawn camera, a network that can be made worse, and hands.
 * Runs before the page's own script. What it does is told by the page that has it in a frame.
 */

import { HEIGHT, WIDTH } from "./brush.js";
import { keepDrawing } from "./beat.js";
import { Device } from "./device.js";
import { Hands } from "./hands.js";
import { Network } from "./network.js";
import { Stage } from "./stage.js";

/** What is told: things to do, something to write, and how the picture is to look. @typedef {{does?: string[], writes?: string, looks?: import("./brush.js").Looks}} Cue */

const script = document.getElementById("scene");
const { label, ...scene } = JSON.parse(script?.textContent ?? "{}");
const canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
const pen = canvas.getContext("2d");
if (!pen) throw new Error("this browser can not draw");
const stage = new Stage(pen, scene, label);
const device = new Device(stage, canvas, scene);
const network = new Network();
const hands = new Hands(device, network);
let doing = Promise.resolve();

stage.draw(Date.now());
keepDrawing(() => stage.draw(Date.now()));
network.install();
device.install();
addEventListener("message", ({ origin, source, data }) => {
  if (origin !== location.origin || source !== parent || data?.type !== "cue") return;
  const { does = [], writes = "", looks = {} } = /** @type {Cue} */ (data);
  stage.look(looks);
  for (const deed of does) doing = doing.then(() => hands.act(deed));
  if (writes) doing = doing.then(() => hands.write(writes));
});
parent.postMessage({ type: "ready" }, location.origin);

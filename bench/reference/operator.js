// SPDX-License-Identifier: EUPL-1.2
/**
 * The viewer as in Janus's VideoRoom demo: it has joined before, and for each publisher it is told of it attaches a
 * handle, joins as subscriber, answers Janus's offer and trickles.
 */

import { Janus, gateway, settings } from "./janus.js";

const video = /** @type {HTMLVideoElement} */ (document.querySelector("video"));
const room = { room: settings.get("room"), pin: settings.get("pin") };

const janus = await Janus.connect(gateway, settings.get("secret") ?? "");
const main = await janus.attach((event) => watch(event.publishers ?? []));
const { data } = await main.send({ request: "join", ptype: "publisher", ...room });
watch(data.publishers);
document.body.dataset.state = "joined";

/** @param {{id: string}[]} publishers */
function watch(publishers) {
  for (const { id } of publishers) void subscribe(id);
}

/** @param {string} feed */
async function subscribe(feed) {
  const handle = await janus.attach(() => {});
  const { jsep } = await handle.send({ request: "join", ptype: "subscriber", ...room, streams: [{ feed }] });
  const pc = new RTCPeerConnection();
  handle.trickle(pc);
  pc.ontrack = ({ streams: [stream] }) => (video.srcObject = stream);
  await pc.setRemoteDescription(/** @type {RTCSessionDescriptionInit} */ (jsep));
  await pc.setLocalDescription(await pc.createAnswer());
  await handle.send({ request: "start" }, pc.localDescription);
}

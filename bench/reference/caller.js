// SPDX-License-Identifier: EUPL-1.2
/**
 * The publisher as in Janus's VideoRoom demo: the socket, session and handle are there before the tap; then it
 * joins, and once joined takes the camera, offers, trickles and is answered.
 */

import { Janus, gateway, settings } from "./janus.js";

const button = /** @type {HTMLButtonElement} */ (document.querySelector("button"));
const preview = /** @type {HTMLVideoElement} */ (document.querySelector("video"));

const janus = await Janus.connect(gateway, settings.get("secret") ?? "");
const handle = await janus.attach(() => {});
button.disabled = false;

button.onclick = async () => {
  button.disabled = true;
  await handle.send({ request: "join", ptype: "publisher", room: settings.get("room"), pin: settings.get("pin") });
  const stream = await navigator.mediaDevices.getUserMedia({
    video: {
      facingMode: "environment",
      width: { ideal: Number(settings.get("width")) },
      height: { ideal: Number(settings.get("height")) },
      frameRate: { ideal: 30 },
    },
    audio: false,
  });
  preview.srcObject = stream;
  const pc = new RTCPeerConnection();
  handle.trickle(pc);
  for (const track of stream.getVideoTracks()) pc.addTransceiver(track, { direction: "sendonly", streams: [stream] });
  await pc.setLocalDescription(await pc.createOffer());
  const { jsep } = await handle.send({ request: "configure", audio: false, video: true }, pc.localDescription);
  await pc.setRemoteDescription(/** @type {RTCSessionDescriptionInit} */ (jsep));
};

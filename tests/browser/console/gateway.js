// SPDX-License-Identifier: EUPL-1.2
// The gateway of the tests: a page that sends a drawn picture to the console.
const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
document.body.append(canvas);
const pen = canvas.getContext("2d");
let colour = "#2a7";
let tick = 0;
let held = null;
setInterval(() => {
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 640, 360);
  pen.fillStyle = colour === "#000" ? "#000" : "#fff";
  if (held) pen.fillRect(held[0] * 640 - 40, held[1] * 360 - 40, 80, 80);
  else pen.fillRect((tick++ * 7) % 640, 100, 80, 80);
}, 33);
const track = canvas.captureStream(30).getVideoTracks()[0];
const peers = new Map();

globalThis.gateway = {
  /** Draws in this colour from now on. */
  paint: (wanted) => void (colour = wanted),
  /** Has the white square stand still around this place, in parts of the picture. */
  hold: (u, v) => void (held = [u, v]),
  /** Stops or goes on sending frames. */
  send: (name, on) => peers.get(name).getSenders()[0].replaceTrack(on ? track : null),
  /** Returns a complete offer from peer `name`, made if there is none; with new ICE credentials if asked for. */
  async offer(name, warm, iceRestart = false) {
    let pc = peers.get(name);
    if (!pc) {
      pc = new RTCPeerConnection();
      pc.addTransceiver(warm ? "video" : track, { direction: "sendonly" });
      peers.set(name, pc);
    }
    await pc.setLocalDescription(await pc.createOffer({ iceRestart }));
    while (pc.iceGatheringState !== "complete") {
      await new Promise((go) => pc.addEventListener("icegatheringstatechange", go, { once: true }));
    }
    return pc.localDescription.sdp;
  },
  answer: (name, sdp) => peers.get(name).setRemoteDescription({ type: "answer", sdp }),
  state: (name) => peers.get(name).connectionState,
  close: (name) => peers.get(name).close(),
};

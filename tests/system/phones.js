// SPDX-License-Identifier: EUPL-1.2
// Many phones in one page, without the page that callers see: each goes as far as it is told to.

/** A picture that costs next to nothing to encode. */
function smallCamera() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  const context = canvas.getContext("2d");
  setInterval(() => {
    context.fillStyle = `hsl(${performance.now() % 360} 80% 50%)`;
    context.fillRect(0, 0, 64, 64);
  }, 50);
  return canvas.captureStream(20).getVideoTracks()[0];
}

const camera = smallCamera();
const phones = new Map();

async function post(path, token, body, type = "application/json") {
  const headers = { "Content-Type": type, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const response = await fetch(path, { method: "POST", headers, body });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response;
}

/** Opens an invitation, and goes on to `connected`, `claimed` or `live`. */
globalThis.phone = async (code, until) => {
  const opened = await (await post(`/api/v1/invitations/${code}/open`, "", "{}")).json();
  phones.set(code, { opened });
  if (until === "opened") return;
  const pc = new RTCPeerConnection();
  phones.get(code).pc = pc;
  const { sender } = pc.addTransceiver("video", { direction: "sendonly" });
  await pc.setLocalDescription(await pc.createOffer());
  const answer = await post(opened.whip, opened.token, pc.localDescription.sdp, "application/sdp");
  phones.get(code).session = answer.headers.get("Location");
  await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  if (until === "answered") return;
  while (pc.connectionState !== "connected") {
    await new Promise((resolve) => pc.addEventListener("connectionstatechange", resolve, { once: true }));
  }
  if (until === "connected") return;
  await post(`/api/v1/invitations/${code}/claim`, opened.token, "{}");
  if (until === "claimed") return;
  await sender.replaceTrack(camera);
};

/** The phone hangs up as a page does that is closed. */
globalThis.leave = (code) => {
  phones.get(code)?.pc?.close();
  phones.delete(code);
};

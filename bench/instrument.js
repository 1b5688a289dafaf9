// SPDX-License-Identifier: EUPL-1.2
/**
 * Notes when things happen in a page under measurement, on the wall clock that both browsers share. Put in before the
 * page's own scripts; changes nothing of what they do. The first time of each event is kept, unless forgotten.
 */
(() => {
  /** @type {Record<string, number>} */
  const marks = {};
  /** @type {RTCPeerConnection[]} */
  const peers = [];
  /** @param {string} name */
  const mark = (name) => (marks[name] ??= Date.now());
  Object.assign(window, { bench: { marks, peers, frames: /** @type {object[]} */ ([]) } });
  marks.opened = performance.timeOrigin;

  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      super(configuration);
      peers.push(this);
      mark("peer_made");
      this.addEventListener("iceconnectionstatechange", () => mark(`ice_${this.iceConnectionState}`));
      this.addEventListener("connectionstatechange", () => mark(`peer_${this.connectionState}`));
    }
    /** @param {RTCSessionDescriptionInit} [description] */
    async setLocalDescription(description) {
      await super.setLocalDescription(description);
      mark("local_description");
    }
    /** @param {RTCSessionDescriptionInit} description */
    async setRemoteDescription(description) {
      mark("remote_description");
      await super.setRemoteDescription(description);
    }
  };

  const replace = RTCRtpSender.prototype.replaceTrack;
  RTCRtpSender.prototype.replaceTrack = async function (track) {
    if (track) mark("track_replacing");
    await replace.call(this, track);
    if (track) mark("track_replaced");
  };

  const media = navigator.mediaDevices;
  if (media) {
    const ask = media.getUserMedia.bind(media);
    media.getUserMedia = async (constraints) => {
      mark("camera_asked");
      const stream = await ask(constraints);
      mark("camera_given");
      return stream;
    };
  }

  addEventListener(
    "click",
    (event) => {
      if (event.target instanceof Element && event.target.closest("[data-testid=caller-start]")) mark("tapped");
    },
    true,
  );

  const seen = new WeakSet();
  const look = () => {
    const button = document.querySelector("[data-testid=caller-start]");
    if (button instanceof HTMLButtonElement && !button.disabled && button.checkVisibility()) mark("button");
    const video = document.querySelector("[data-testid=live-video]");
    if (video instanceof HTMLVideoElement && !seen.has(video)) {
      seen.add(video);
      follow(video);
    }
  };
  /** @param {HTMLVideoElement} video */
  const follow = (video) => {
    /** @type {VideoFrameRequestCallback} */
    const frame = (_now, { width, height, presentedFrames, receiveTime, processingDuration }) => {
      mark("first_frame");
      if (width >= 1280) mark("full_size");
      const { frames } = /** @type {any} */ (window).bench;
      const received = receiveTime === undefined ? null : performance.timeOrigin + receiveTime;
      if (frames.length < 300) frames.push([Date.now(), width, height, presentedFrames, received, processingDuration]);
      video.requestVideoFrameCallback(frame);
    };
    video.requestVideoFrameCallback(frame);
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
})();

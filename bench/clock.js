// SPDX-License-Identifier: EUPL-1.2
/**
 * A clock for a camera, and its reader. In a page that asks for the camera, the picture is the time in large blocks,
 * drawn anew for each frame; in a page that shows a picture, the time in it is read from each frame as it is shown.
 * Both browsers share the machine's wall clock. Put in before the page's own scripts.
 */
(() => {
  const COLUMNS = 6;
  const ROWS = 4;
  const BITS = 20; // of the time in ms, which is 17 minutes; what is left of the blocks is a check sum
  const CHECKS = COLUMNS * ROWS - BITS;
  const FPS = 30;
  const CELL = 8; // pixels of a block, where it is read

  /** @param {number} time */
  const checkOf = (time) => {
    let sum = 7; // so that a black picture is no time
    for (let rest = time; rest > 0; rest >>= CHECKS) sum += rest & ((1 << CHECKS) - 1);
    return sum & ((1 << CHECKS) - 1);
  };
  const now = () => Date.now() & ((1 << BITS) - 1);

  /** @param {number} width @param {number} height */
  function clockCamera(width, height) {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    const draw = () => {
      const time = now();
      const blocks = (time << CHECKS) | checkOf(time);
      for (let index = 0; index < COLUMNS * ROWS; index++) {
        context.fillStyle = (blocks >> index) & 1 ? "#ddd" : "#222";
        const [x, y] = [index % COLUMNS, Math.floor(index / COLUMNS)];
        context.fillRect((x * width) / COLUMNS, (y * height) / ROWS, width / COLUMNS + 1, height / ROWS + 1);
      }
    };
    draw();
    setInterval(draw, 1000 / FPS);
    return canvas.captureStream(FPS);
  }

  if (navigator.mediaDevices) {
    navigator.mediaDevices.getUserMedia = async ({ video } = {}) => {
      const size = /** @type {{width?: {ideal: number}, height?: {ideal: number}}} */ (video ?? {});
      return clockCamera(size.width?.ideal ?? 1280, size.height?.ideal ?? 720);
    };
  }

  /** Time shown, width, and how old the time in it was, or null where it could not be read. @type {[number, number, number | null][]} */
  const readings = [];
  Object.assign(window, { clock: { readings } });
  const reader = Object.assign(document.createElement("canvas"), { width: COLUMNS * CELL, height: ROWS * CELL });
  const pixels = /** @type {CanvasRenderingContext2D} */ (reader.getContext("2d", { willReadFrequently: true }));

  /** @param {HTMLVideoElement} video */
  function read(video) {
    pixels.drawImage(video, 0, 0, reader.width, reader.height);
    const { data } = pixels.getImageData(0, 0, reader.width, reader.height);
    let blocks = 0;
    for (let index = 0; index < COLUMNS * ROWS; index++) {
      const x = (index % COLUMNS) * CELL + CELL / 2;
      const y = Math.floor(index / COLUMNS) * CELL + CELL / 2;
      if ((data[(y * reader.width + x) * 4 + 1] ?? 0) > 128) blocks |= 1 << index;
    }
    const time = blocks >>> CHECKS;
    return (blocks & ((1 << CHECKS) - 1)) === checkOf(time) ? time : null;
  }

  const followed = new WeakSet();
  new MutationObserver(() => {
    const video = document.querySelector("[data-testid=live-video]");
    if (!(video instanceof HTMLVideoElement) || followed.has(video)) return;
    followed.add(video);
    /** @type {VideoFrameRequestCallback} */
    const frame = (_now, { width }) => {
      const shown = now();
      const time = read(video);
      readings.push([Date.now(), width, time === null ? null : (shown - time) & ((1 << BITS) - 1)]);
      video.requestVideoFrameCallback(frame);
    };
    video.requestVideoFrameCallback(frame);
  }).observe(document, { subtree: true, childList: true });
})();

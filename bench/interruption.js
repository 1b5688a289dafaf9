// SPDX-License-Identifier: EUPL-1.2
/**
 * Notes, in either page, each frame the operator is shown and each change of what the page says, on the wall clock
 * that both browsers share. Put in before the page's own scripts; changes nothing of what they do.
 */
(() => {
  /** Time and width of each frame. @type {[number, number][]} */
  const frames = [];
  /** Time, place and words of each change. @type {[number, string, string][]} */
  const said = [];
  Object.assign(window, { interruption: { frames, said } });

  /** @type {Record<string, (node: HTMLElement) => string | undefined>} */
  const PLACES = {
    "[data-testid=caller-status]": (node) => node.dataset["state"],
    "#trouble": (node) => (node.hidden ? "" : (node.textContent ?? "")),
    "#badge": (node) => node.dataset["state"],
    "#net": (node) => node.dataset["state"],
  };
  /** @type {Record<string, string>} */
  const last = {};
  const followed = new WeakSet();

  const look = () => {
    for (const [place, read] of Object.entries(PLACES)) {
      const node = document.querySelector(place);
      const words = (node instanceof HTMLElement && read(node)) || "";
      if (words !== (last[place] ?? "")) said.push([Date.now(), place, words]);
      last[place] = words;
    }
    const video = document.querySelector("[data-testid=live-video]");
    if (video instanceof HTMLVideoElement && !followed.has(video)) {
      followed.add(video);
      follow(video);
    }
  };
  /** @param {HTMLVideoElement} video */
  const follow = (video) => {
    /** @type {VideoFrameRequestCallback} */
    const frame = (_now, { width }) => {
      frames.push([Date.now(), width]);
      video.requestVideoFrameCallback(frame);
    };
    video.requestVideoFrameCallback(frame);
  };
  for (const event of ["online", "offline"]) addEventListener(event, () => said.push([Date.now(), "browser", event]));
  const { connection } = /** @type {{connection?: EventTarget & {type?: string}}} */ (navigator);
  connection?.addEventListener("change", () => said.push([Date.now(), "connection", `${connection.type}`]));
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
})();

// SPDX-License-Identifier: EUPL-1.2
/** Which browser this is, where that decides what the caller must be told. Never decides what is tried. */

/**
 * @typedef {"chrome-android" | "samsung" | "firefox-android" | "safari-ios" | "other-ios" | "inside-ios" | "inside-android"
 *   | "other"} Browser
 */

/**
 * Returns the browser. `inside-…` is a browser within another app, as of messages and social media.
 *
 * @param {string} [agent] `navigator.userAgent`
 * @param {number} [touches] `navigator.maxTouchPoints`: an iPad says it is a Mac
 * @returns {Browser}
 */
export function browserOf(agent = navigator.userAgent, touches = navigator.maxTouchPoints) {
  const ios = /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touches > 1);
  const inside = /FBAN|FBAV|Instagram|Snapchat|Line\/|Twitter|LinkedInApp|GSA\/|; wv\)/.test(agent);
  if (ios) {
    if (inside || !/Safari\//.test(agent)) return "inside-ios";
    return /CriOS|FxiOS|EdgiOS|OPT\//.test(agent) ? "other-ios" : "safari-ios";
  }
  if (!/Android/.test(agent)) return "other";
  if (inside) return "inside-android";
  if (/SamsungBrowser/.test(agent)) return "samsung";
  if (/Firefox/.test(agent)) return "firefox-android";
  return /Chrome/.test(agent) ? "chrome-android" : "other";
}

/**
 * Returns where on the screen that browser puts its question about the camera.
 *
 * @param {Browser} browser
 * @returns {"top" | "middle" | "bottom"}
 */
export function questionPlace(browser) {
  if (browser === "other") return "top";
  return browser === "firefox-android" || browser === "samsung" ? "bottom" : "middle";
}

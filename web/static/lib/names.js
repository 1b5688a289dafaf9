// SPDX-License-Identifier: EUPL-1.2
/** What browsers and systems are called. */

/** @typedef {{brands?: {brand: string}[]}} Hints `navigator.userAgentData`, where there is one */

/** Apps first, as they have their browser's name in theirs; then browsers, those that call themselves by others' names too. */
const APPS = { Instagram: /Instagram/, Facebook: /FBAN|FBAV/, Snapchat: /Snapchat/, Line: /Line\//, X: /Twitter/, LinkedIn: /LinkedInApp/, Google: /GSA\// };
const BROWSERS = { "Samsung Internet": /SamsungBrowser/, Edge: /Edg/, Opera: /OPR|OPT\//, Firefox: /FxiOS|Firefox/, WebView: /; wv\)/, Chrome: /CriOS|Chrom/, Safari: /Safari/ };
const SYSTEMS = { Android: /Android/, iOS: /iPhone|iPod/, iPadOS: /iPad/, Windows: /Windows/, ChromeOS: /CrOS/, macOS: /Macintosh/, Linux: /Linux/ };

/**
 * @param {Record<string, RegExp>} names
 * @param {string} agent
 */
function named(names, agent) {
  return Object.keys(names).find((name) => names[name]?.test(agent)) ?? "";
}

/**
 * Returns what browser and system are called, and whether the page is inside another app.
 *
 * @param {string} agent `navigator.userAgent`
 * @param {Hints} [hints]
 * @param {number} [touches] `navigator.maxTouchPoints`: an iPad says it is a Mac
 */
export function namesOf(agent, hints = {}, touches = 0) {
  const os = named(SYSTEMS, agent);
  const tablet = os === "macOS" && touches > 1;
  const app = named(APPS, agent);
  const brand = hints.brands?.find((one) => !/^Chromium$|Not.*Brand/i.test(one.brand))?.brand;
  const apple = /^i/.test(os) || tablet;
  const inside = Boolean(app) || /; wv\)/.test(agent) || (apple && !/Safari\//.test(agent));
  return { browser: app || (inside ? "" : brand?.slice(0, 40)) || named(BROWSERS, agent), os: tablet ? "iPadOS" : os, inside };
}

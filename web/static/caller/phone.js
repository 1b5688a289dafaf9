// SPDX-License-Identifier: EUPL-1.2
/** What this phone is, by name, and how it is off: battery, network, data saving. Told to the operator, kept nowhere here. */

/** @typedef {{browser: string, os: string, inside: boolean, network: string | null, saving: boolean, battery: {level: number, charging: boolean} | null}} Facts */

/** @typedef {{brands?: {brand: string}[]}} Hints `navigator.userAgentData`, where there is one */

/** Apps first, as they have their browser's name in theirs; then browsers, those that call themselves by others' names too. */
const APPS = { Instagram: /Instagram/, Facebook: /FBAN|FBAV/, Snapchat: /Snapchat/, Line: /Line\//, X: /Twitter/, LinkedIn: /LinkedInApp/, Google: /GSA\// };
const BROWSERS = { "Samsung Internet": /SamsungBrowser/, Edge: /Edg/, Opera: /OPR|OPT\//, Firefox: /FxiOS|Firefox/, WebView: /; wv\)/, Chrome: /CriOS|Chrom/, Safari: /Safari/ };
const SYSTEMS = { Android: /Android/, iOS: /iPhone|iPod/, iPadOS: /iPad/, Windows: /Windows/, ChromeOS: /CrOS/, macOS: /Macintosh/, Linux: /Linux/ };

const LOW = 0.15; // of a battery that is not charging
const STEP = 20; // a battery's level is told to the nearest of so many parts

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

/** @typedef {EventTarget & {type?: string, effectiveType?: string, saveData?: boolean}} Connection */
/** @typedef {EventTarget & {level: number, charging: boolean}} BatteryManager */
/** @typedef {Navigator & {userAgentData?: Hints, connection?: Connection, getBattery?: () => Promise<BatteryManager>}} KnownNavigator */

export class Phone {
  #navigator = /** @type {KnownNavigator} */ (navigator);
  #names = namesOf(navigator.userAgent, this.#navigator.userAgentData, navigator.maxTouchPoints);
  /** @type {BatteryManager | null} */
  #battery = null;

  /** Called after every change of `facts`. @type {() => void} */
  onchange = () => {};

  constructor() {
    this.#navigator.connection?.addEventListener("change", () => this.onchange());
    void this.#watchBattery();
  }

  /** @returns {Facts} */
  get facts() {
    const { connection } = this.#navigator;
    const battery = this.#battery;
    return {
      ...this.#names,
      network: connection?.type ?? connection?.effectiveType ?? null,
      saving: connection?.saveData ?? false,
      battery: battery && { level: Math.round(battery.level * STEP) / STEP, charging: battery.charging },
    };
  }

  get low() {
    return this.#battery !== null && this.#battery.level <= LOW && !this.#battery.charging;
  }

  async #watchBattery() {
    const battery = await this.#navigator.getBattery?.().catch(() => null);
    if (!battery) return;
    this.#battery = battery;
    for (const change of ["levelchange", "chargingchange"]) battery.addEventListener(change, () => this.onchange());
    this.onchange();
  }
}

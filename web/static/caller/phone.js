// SPDX-License-Identifier: EUPL-1.2
/** What this phone is, by name, and how it is off: battery, network, data saving. Told to the operator, kept nowhere here. */

import { namesOf } from "../lib/names.js";

/** @typedef {{browser: string, os: string, inside: boolean, network: string | null, saving: boolean, battery: {level: number, charging: boolean} | null}} Facts */

const LOW = 0.15; // of a battery that is not charging
const STEP = 20; // a battery's level is told to the nearest of so many parts

/** @typedef {EventTarget & {type?: string, effectiveType?: string, saveData?: boolean}} Connection */
/** @typedef {EventTarget & {level: number, charging: boolean}} BatteryManager */
/** @typedef {Navigator & {userAgentData?: import("../lib/names.js").Hints, connection?: Connection, getBattery?: () => Promise<BatteryManager>}} KnownNavigator */

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

// SPDX-License-Identifier: EUPL-1.2
/** How stills are told from video, in words: how often they come, and how old the one on the screen is. */

import { t } from "./text.js";

const OFTEN = 1500; // ms between stills that are still called one a second

/**
 * Says that what is on the screen are stills.
 *
 * @param {number | null} pace  Milliseconds from one to the next.
 * @param {number | null} quiet  Milliseconds since the last.
 */
export function badgeOfStills(pace, quiet) {
  const rate = pace === null || pace < OFTEN ? t("stills_often") : t("stills_seldom", { seconds: Math.round(pace / 1000) });
  return `${rate} · ${t("stills_age", { seconds: Math.floor((quiet ?? 0) / 1000) })}`;
}

// SPDX-License-Identifier: EUPL-1.2
/** The language of the operator's pages: what is chosen is remembered, and the page comes again in it. */

import { element } from "./paint.js";

const COOKIE = "klarsyn_language";
const YEAR = 365 * 24 * 3600; // in seconds

/** The choice, ready to be used. */
export function languageChoice() {
  const choice = element("language", HTMLSelectElement);
  choice.addEventListener("change", () => {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${COOKIE}=${choice.value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
    void document.cookie; // a browser may write it after the reload has begun, but answers a read only after the write
    location.reload();
  });
  choice.disabled = false;
  return choice;
}

// SPDX-License-Identifier: EUPL-1.2
/** The pages of administrators, operations and owner: all of it works without this, but for the choice of language. */

import { Problem, call } from "../lib/api.js";
import { languageChoice } from "../console/language.js";

const RENEW = 20 * 60_000; // the session is renewed this often, in ms

languageChoice();
if (document.body.querySelector("[data-signed-in]")) setInterval(() => void renew(), RENEW);

// Who writes a day means a period of their own.
const period = document.querySelector("select#period");
for (const day of document.querySelectorAll("#first, #last")) {
  day.addEventListener("input", () => {
    if (period instanceof HTMLSelectElement) period.value = "own";
  });
}

async function renew() {
  try {
    await call("POST", "/api/v1/session/renew");
  } catch (error) {
    // The next thing that is asked for tells who has been signed out.
    if (!(error instanceof Problem)) throw error;
  }
}

// SPDX-License-Identifier: EUPL-1.2
/** The demonstration's one press: signs a visitor in at a free seat, starts an exercise there and shows it. */

import { Problem, call } from "../lib/api.js";
import { element } from "../console/paint.js";

/** What a seat answers that has a call, or is another central's. */
const REFUSED = new Set([403, 409]);

const button = element("demonstration", HTMLButtonElement);
const problem = element("demonstration-problem", HTMLElement);

button.addEventListener("click", () => void show());
button.disabled = false;

async function show() {
  button.disabled = true;
  problem.hidden = true;
  try {
    const response = await call("GET", "/api/v1/seats");
    const { seats } = /** @type {{seats: {id: string}[]}} */ (await response.json());
    for (const { id } of seats.reverse()) if (await begin(id)) return; // from the last: the first is where one tries the console
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  problem.hidden = false;
  button.disabled = false;
}

/**
 * Starts the exercise at a seat; resolves to false where another call is going on there.
 *
 * @param {string} seat
 */
async function begin(seat) {
  const type = "application/json";
  try {
    await call("POST", "/api/v1/session", { type, body: JSON.stringify({ user: "demo", password: "demo", seat }) });
    await call("POST", "/api/v1/calls", { type, body: JSON.stringify({ exercise: true }) });
  } catch (error) {
    if (error instanceof Problem && REFUSED.has(error.status)) return false;
    throw error;
  }
  location.assign(`/training/${button.dataset["scenario"]}?demonstration`);
  return true;
}

// SPDX-License-Identifier: EUPL-1.2
/**
 * The demonstration's one press: starts an exercise at the seat that this browser is signed in at, since a console in
 * another tab shares its session, or else signs the visitor in at a free seat; and shows it.
 */

import { Problem, call } from "../lib/api.js";
import { element } from "../console/paint.js";

/** What a seat answers that has a call, or is another central's. */
const REFUSED = new Set([403, 409]);

const button = element("demonstration", HTMLButtonElement);
const everySeat = element("demonstration-problem", HTMLElement);
const ownSeat = element("demonstration-seat", HTMLElement);

button.addEventListener("click", () => void show());
button.disabled = false;

async function show() {
  button.disabled = true;
  everySeat.hidden = ownSeat.hidden = true;
  let problem = everySeat;
  try {
    if (await seated()) {
      problem = ownSeat;
      if (await begin()) return;
    } else {
      const response = await call("GET", "/api/v1/seats");
      const { seats } = /** @type {{seats: {id: string}[]}} */ (await response.json());
      for (const { id } of seats.reverse()) if (await begin(id)) return; // from the last: the first is where one tries the console
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  problem.hidden = false;
  button.disabled = false;
}

/** Resolves to whether this browser is signed in at a seat. */
async function seated() {
  try {
    const response = await call("GET", "/api/v1/session");
    return Boolean((await response.json()).seat);
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return false;
    throw error;
  }
}

/**
 * Starts the exercise, at one's own seat or another; resolves to false where another call is going on there.
 *
 * @param {string} [seat]
 */
async function begin(seat) {
  const type = "application/json";
  try {
    if (seat) await call("POST", "/api/v1/session", { type, body: JSON.stringify({ user: "demo", password: "demo", seat }) });
    await call("POST", "/api/v1/calls", { type, body: JSON.stringify({ exercise: true }) });
  } catch (error) {
    if (error instanceof Problem && REFUSED.has(error.status)) return false;
    throw error;
  }
  location.assign(`/training/${button.dataset["scenario"]}?demonstration`);
  return true;
}

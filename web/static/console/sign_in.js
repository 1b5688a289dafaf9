// SPDX-License-Identifier: EUPL-1.2
/** The sign-in form: lists the seats, remembers this machine's, and opens the console. */

import { Problem, call } from "../lib/api.js";
import { languageChoice } from "./language.js";
import { element } from "./paint.js";
import { t } from "./text.js";

const SEAT = "klarsyn-seat";

/** @typedef {{id: string, name: string, central: string, central_name: string}} Seat */

const form = element("sign-in-form", HTMLFormElement);
const seats = element("seat", HTMLSelectElement);
const problem = element("problem", HTMLElement);
const button = element("sign-in", HTMLButtonElement);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void signIn();
});

languageChoice();
void listSeats();

async function listSeats() {
  try {
    const response = await call("GET", "/api/v1/seats");
    const list = /** @type {{seats: Seat[]}} */ (await response.json()).seats;
    const own = new window.Option(t("no_seat"), ""); // Last, so that it is nobody's by chance.
    seats.replaceChildren(...list.map((seat) => new window.Option(`${seat.central_name} · ${seat.name}`, seat.id)), own);
    const wanted = new URLSearchParams(location.search).get("seat") ?? localStorage.getItem(SEAT);
    if (list.some((seat) => seat.id === wanted)) seats.value = wanted ?? "";
  } catch (error) {
    say(error);
  }
  button.disabled = false; // Not before: a press would go out without the script, or without a seat.
}

async function signIn() {
  problem.textContent = "";
  const fields = Object.fromEntries(new FormData(form));
  let home = "/console";
  try {
    const response = await call("POST", "/api/v1/session", { type: "application/json", body: JSON.stringify(fields) });
    home = /** @type {{home?: string}} */ (await response.json()).home ?? home;
  } catch (error) {
    say(error);
    return;
  }
  localStorage.setItem(SEAT, seats.value);
  location.assign(/^\/(training|library|handbook)/.test(location.pathname) ? location.href : home);
}

/** @param {unknown} error */
function say(error) {
  const status = error instanceof Problem ? error.status : 0;
  if (status === 429) problem.textContent = t("too_many");
  else problem.textContent = t(status >= 400 && status < 500 ? "refused" : "unreachable");
}

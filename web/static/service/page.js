// SPDX-License-Identifier: EUPL-1.2
/** The pages of administrators, operations and owner: all of it works without this, but for the choice of language; times are UTC then. */

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

for (const time of document.querySelectorAll("time[datetime]")) time.textContent = localTime(new Date(/** @type {HTMLTimeElement} */ (time).dateTime));
for (const form of document.querySelectorAll("form[data-times]")) takeLocalTimes(/** @type {HTMLFormElement} */ (form));

for (const button of document.querySelectorAll("button[data-copy]")) offerCopy(/** @type {HTMLButtonElement} */ (button));
for (const file of document.querySelectorAll('input[type="file"][data-most]')) limitSize(/** @type {HTMLInputElement} */ (file));

/**
 * Copies what is shown once, and says so; where the browser refuses, what is to be copied is marked.
 *
 * @param {HTMLButtonElement} button
 */
function offerCopy(button) {
  const source = document.getElementById(button.dataset["copy"] ?? "");
  const said = button.parentElement?.querySelector('[role="status"]');
  if (!source || !said) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await navigator.clipboard?.writeText(source.textContent ?? "").then(
      () => true,
      () => false,
    );
    if (!done) getSelection()?.selectAllChildren(source);
    said.textContent = (done ? button.dataset["copied"] : button.dataset["refused"]) ?? "";
  });
}

/**
 * Says at once that a file is too large, and not after it has been sent.
 *
 * @param {HTMLInputElement} input
 */
function limitSize(input) {
  input.addEventListener("change", () => {
    const large = (input.files?.[0]?.size ?? 0) > Number(input.dataset["most"]);
    input.setCustomValidity(large ? (input.dataset["tooLarge"] ?? "") : "");
    input.reportValidity();
  });
}

/** @param {Date} at */
function localTime(at) {
  const parts = /** @type {const} */ ({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
  return new Intl.DateTimeFormat(document.documentElement.lang, parts).format(at);
}

/**
 * Lets times be typed as they are on the wall, and sends them in UTC.
 *
 * @param {HTMLFormElement} form
 */
function takeLocalTimes(form) {
  for (const zone of form.querySelectorAll(".zone")) zone.textContent = "";
  form.addEventListener("formdata", ({ formData }) => {
    for (const input of form.querySelectorAll('input[type="datetime-local"]')) {
      const { name, value } = /** @type {HTMLInputElement} */ (input);
      if (value) formData.set(name, new Date(value).toISOString().slice(0, 16));
    }
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

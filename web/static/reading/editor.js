// SPDX-License-Identifier: EUPL-1.2
/** The editor of a centre's own copy: what it looks like follows what is typed, and nothing unsaved is left unasked. */

import { Problem, call } from "../lib/api.js";

const STILL = 400; // ms without a key before the preview is asked for
const RENEW = 20 * 60_000; // the session is renewed this often, in ms: who writes for long is not signed out of it

/**
 * Lets the preview follow a form. The node makes it, so that it is what will be read.
 *
 * @param {HTMLFormElement} form
 */
export function edits(form) {
  const preview = /** @type {HTMLElement} */ (form.querySelector("#preview"));
  const show = /** @type {HTMLButtonElement} */ (form.querySelector("#show"));
  let timer = 0;
  let asked = 0;
  let unsaved = false;

  async function renew() {
    const mine = ++asked;
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form, show)) fields.append(name, String(value));
    try {
      const answer = await call("POST", form.action, { type: "application/x-www-form-urlencoded", body: fields.toString() });
      const made = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("preview");
      if (made && mine === asked) preview.replaceChildren(...made.childNodes);
    } catch (error) {
      passOver(error);
    }
  }

  setInterval(() => void call("POST", "/api/v1/session/renew").catch(passOver), RENEW);
  form.addEventListener("input", () => {
    unsaved = true;
    clearTimeout(timer);
    timer = setTimeout(() => void renew(), STILL);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter === show) {
      event.preventDefault();
      void renew();
    } else {
      unsaved = false;
    }
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
}

/**
 * Lets a refusal be: what is not finished yet, or can not be taken now, is judged when it is saved.
 *
 * @param {unknown} error
 */
function passOver(error) {
  if (!(error instanceof Problem)) throw error;
}

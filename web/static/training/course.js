// SPDX-License-Identifier: EUPL-1.2
/** A module of the course: its answers are checked here at once, and sent to be kept when all of them are right. */

import { Problem, persist } from "../lib/api.js";
import { t } from "../console/text.js";

const form = document.getElementById("questions");

if (form instanceof HTMLFormElement) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void check(form);
  });
  const button = document.getElementById("check");
  if (button instanceof HTMLButtonElement) button.disabled = false;
}

/** @param {HTMLFormElement} questions */
async function check(questions) {
  const all = [...questions.querySelectorAll("fieldset")];
  const right = all.filter(judge).length;
  const whole = right === all.length;
  tell(whole ? "" : t("again", { n: right, of: all.length }));
  if (!whole) return;
  const answers = all.map((question) => Number(question.querySelector("input:checked")?.getAttribute("value")));
  try {
    const body = JSON.stringify({ answers });
    await persist("POST", `/api/v1/training/modules/${questions.dataset["module"]}`, { type: "application/json", body });
    tell(t("passed"));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.name === "not-signed-in") location.reload();
    tell(t("not_kept"));
  }
}

/** @param {string} text */
function tell(text) {
  const result = document.getElementById("result");
  if (result) result.textContent = text;
}

/**
 * Marks a question's answer, and says why; returns whether it is right.
 *
 * @param {HTMLFieldSetElement} question
 */
function judge(question) {
  let good = false;
  for (const input of question.querySelectorAll("input")) {
    const right = input.value === question.dataset["rightAnswer"];
    good ||= right && input.checked;
    input.parentElement?.toggleAttribute("data-right", right && input.checked);
    input.parentElement?.toggleAttribute("data-wrong", !right && input.checked);
  }
  const why = question.querySelector("p");
  if (why) why.hidden = false;
  return good;
}

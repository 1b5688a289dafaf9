// SPDX-License-Identifier: EUPL-1.2
/** The course: checks a module's answers, and remembers in this browser, and nowhere else, which modules are passed. */

import { t } from "../console/text.js";

const PASSED = "klarsyn-passed";

/** @type {string[]} */
const passed = JSON.parse(localStorage.getItem(PASSED) ?? "[]");
const form = document.getElementById("questions");

for (const link of document.querySelectorAll("[data-module]")) {
  const mark = link.parentElement?.querySelector(".passed");
  if (mark instanceof HTMLElement) mark.hidden = !passed.includes(/** @type {HTMLElement} */ (link).dataset["module"] ?? "");
}
if (form instanceof HTMLFormElement) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check(form);
  });
  const button = document.getElementById("check");
  if (button instanceof HTMLButtonElement) button.disabled = false;
}

/** @param {HTMLFormElement} questions */
function check(questions) {
  const all = [...questions.querySelectorAll("fieldset")];
  const right = all.filter(judge).length;
  const whole = right === all.length;
  const result = document.getElementById("result");
  if (result) result.textContent = whole ? t("passed") : t("again", { n: right, of: all.length });
  const module = questions.dataset["module"] ?? "";
  if (whole && !passed.includes(module)) localStorage.setItem(PASSED, JSON.stringify([...passed, module]));
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

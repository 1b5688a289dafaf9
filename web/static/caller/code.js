// SPDX-License-Identifier: EUPL-1.2
/** The page where a code that was read aloud is typed. Reads it as leniently as the node does. */

const SIGNS = /^[23456789ACDEFHJKMNPRTUWXY]{6}$/;

/** What is heard or read wrong, and what was meant. @type {Record<string, string>} */
const LOOK_ALIKES = { B: "8", G: "6", S: "5", Z: "2", V: "U" };

/**
 * Returns a typed code in its canonical form, or null where it can not be one.
 *
 * @param {string} typed
 */
export function parseCode(typed) {
  const signs = typed.replace(/[\s\-.·_]+/g, "").toUpperCase();
  const meant = [...signs].map((sign) => LOOK_ALIKES[sign] ?? sign).join("");
  return SIGNS.test(meant) ? meant : null;
}

const form = /** @type {HTMLFormElement} */ (document.getElementById("form"));
const input = /** @type {HTMLInputElement} */ (document.getElementById("code"));
const problem = /** @type {HTMLElement} */ (document.getElementById("problem"));
const wrong = /** @type {HTMLTemplateElement} */ (document.getElementById("wrong"));

input.addEventListener("input", () => {
  problem.textContent = "";
  input.removeAttribute("aria-invalid");
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const code = parseCode(input.value);
  if (code) {
    location.assign(`/v/${code}${location.search}`);
    return;
  }
  problem.textContent = wrong.content.textContent;
  input.setAttribute("aria-invalid", "true");
  input.focus();
});

// Until now a press would have put the code into the address.
/** @type {HTMLButtonElement} */ (form.querySelector("button")).disabled = false;

// SPDX-License-Identifier: EUPL-1.2
/** The keyboard: every tool has a key; single letters can be turned off (WCAG 2.1.4). */

const LETTERS_OFF = "klarsyn-letters-off";

/** @typedef {"start" | "end" | "freeze" | "full" | "help"} Command */

/** @type {Record<string, Command>} */
const FUNCTION_KEYS = { F2: "start", F9: "end" };
/** @type {Record<string, Command>} */
const LETTERS = { f: "freeze", m: "full" };
/** No number has it, so it works in the number field too. @type {Record<string, Command>} */
const SIGNS = { "?": "help" };

export function lettersOn() {
  return localStorage.getItem(LETTERS_OFF) === null;
}

/** @param {boolean} on */
export function setLetters(on) {
  if (on) localStorage.removeItem(LETTERS_OFF);
  else localStorage.setItem(LETTERS_OFF, "1");
}

/**
 * Calls `run` with the command of each key pressed; a key held down counts once.
 *
 * @param {(command: Command) => void} run
 */
export function listen(run) {
  document.addEventListener("keydown", (event) => {
    const command = commandOf(event);
    if (!command) return;
    event.preventDefault();
    if (!event.repeat) run(command);
  });
}

/** @param {KeyboardEvent} event */
function commandOf(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
  const found = FUNCTION_KEYS[event.key];
  if (found || !lettersOn()) return found;
  const typing = event.target instanceof HTMLInputElement && event.target.type !== "checkbox";
  return SIGNS[event.key] ?? (typing ? undefined : LETTERS[event.key.toLowerCase()]);
}

// SPDX-License-Identifier: EUPL-1.2
/** The keyboard: every tool has a key; single letters can be turned off (WCAG 2.1.4). */

const LETTERS_OFF = "klarsyn-letters-off";

/** @typedef {"start" | "end" | "freeze" | "full" | "help"} Command */

/** @type {Record<string, Command>} */
const ALWAYS = { F2: "start", F9: "end" };
/** @type {Record<string, Command>} */
const LETTERS = { f: "freeze", m: "full", "?": "help" };

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
  const always = ALWAYS[event.key];
  if (always) return always;
  const typing = event.target instanceof HTMLInputElement && event.target.type !== "checkbox";
  return lettersOn() && !(typing && isVisible(event.target)) ? LETTERS[event.key.toLowerCase()] : undefined;
}

/** @param {EventTarget | null} target */
function isVisible(target) {
  return target instanceof HTMLElement && target.offsetParent !== null;
}

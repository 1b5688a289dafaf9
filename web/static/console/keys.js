// SPDX-License-Identifier: EUPL-1.2
/** The keyboard: every tool has a key; single letters and digits can be turned off (WCAG 2.1.4). */

const LETTERS_OFF = "klarsyn-letters-off";

/** No number has them, so they work in a number field too, which is where the hands are while there is no call. */
const NOT_IN_NUMBERS = new Set(["?", "n", "e", "a", "o"]);
/** Keys that go on acting while they are held down. */
const HELD = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "+", "-"]);

export function lettersOn() {
  return localStorage.getItem(LETTERS_OFF) === null;
}

/** @param {boolean} on */
export function setLetters(on) {
  if (on) localStorage.removeItem(LETTERS_OFF);
  else localStorage.setItem(LETTERS_OFF, "1");
}

/**
 * Does what `find` says of each key pressed; a key held down counts once, but for arrows and the like.
 *
 * @param {(key: string) => (() => void) | undefined} find  By `event.key`, letters small.
 */
export function listen(find) {
  document.addEventListener("keydown", (event) => {
    const act = usable(event) && find(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (!act) return;
    event.preventDefault();
    if (!event.repeat || HELD.has(event.key)) act();
  });
}

/** @param {KeyboardEvent} event */
function usable(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  if (/^F\d+$/.test(event.key)) return true;
  if (event.key.startsWith("Arrow")) return event.target === document.body || event.target instanceof HTMLButtonElement;
  if (!lettersOn() || event.key.length > 1) return false;
  const inNumber = event.target instanceof HTMLInputElement && event.target.type === "tel";
  return (inNumber && NOT_IN_NUMBERS.has(event.key.toLowerCase())) || !typing(event.target);
}

/** @param {EventTarget | null} target */
function typing(target) {
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range"].includes(target.type);
}

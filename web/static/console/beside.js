// SPDX-License-Identifier: EUPL-1.2
/** Panels that stand beside the picture and cover none of it: one at a time, with everything else within reach. */

/** @type {HTMLDialogElement | null} */
let shown = null;

/**
 * Shows a panel in the place of whichever is there; Esc puts it away where the focus is in it, as wherever the browser lets it.
 *
 * @param {HTMLDialogElement} panel
 */
export function stand(panel) {
  clear();
  shown = panel;
  panel.addEventListener("keydown", putAway);
  panel.show();
}

/** Puts away the panel that is there, if one is. */
export function clear() {
  shown?.close();
}

/** Tells whether a panel is there. */
export function isTaken() {
  return shown?.open ?? false;
}

/** @param {KeyboardEvent} event */
function putAway({ key }) {
  if (key === "Escape") clear();
}

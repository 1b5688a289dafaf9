// SPDX-License-Identifier: EUPL-1.2
/** A document's one button. */

const button = document.getElementById("print");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

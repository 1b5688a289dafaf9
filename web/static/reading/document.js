// SPDX-License-Identifier: EUPL-1.2
/** A document's one button, and the editor where there is one. */

import { edits } from "./editor.js";

const button = document.getElementById("print");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

const form = document.getElementById("adapt");
if (form instanceof HTMLFormElement) edits(form);

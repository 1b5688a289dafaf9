// SPDX-License-Identifier: EUPL-1.2
/** The help dialog. Its keys are read off the tools themselves, so that no tool is without help, or helped twice. */

import { element } from "./paint.js";
import { bind } from "./parts.js";

export class Help {
  #dialog = element("help", HTMLDialogElement);

  constructor() {
    const keys = element("help-keys", HTMLElement);
    for (const group of document.querySelectorAll(".tools .group")) keys.append(section(group));
    for (const id of ["help-open", "help-close"]) bind(element(id, HTMLButtonElement), () => this.toggle());
  }

  toggle() {
    if (this.#dialog.open) this.#dialog.close();
    else this.#dialog.showModal();
  }
}

/** @param {Element} group */
function section(group) {
  const list = make("dl", "");
  list.className = "keys";
  for (const tool of group.querySelectorAll(".tool")) {
    const row = make("div", "");
    const key = make("dt", "");
    key.append(make("kbd", tool.querySelector("kbd")?.textContent ?? ""));
    row.append(key, make("dd", tool.getAttribute("title") ?? ""));
    list.append(row);
  }
  const whole = make("section", "");
  whole.append(make("h3", group.querySelector(".group-name")?.textContent ?? ""), list);
  return whole;
}

/**
 * @param {string} name
 * @param {string} text
 */
function make(name, text) {
  const node = document.createElement(name);
  node.textContent = text;
  return node;
}

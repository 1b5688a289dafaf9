// SPDX-License-Identifier: EUPL-1.2
/**
 * What the console is made of beside its one state: parts, each a tool or a panel with its own keys and its own place on
 * the page. A part knows the desk, and no other part.
 */

/** @typedef {import("./state.js").State} State */
/** @typedef {import("../lib/events.js").Message} Message */

/**
 * What every part is given. `say` sends a message about the call that is shown, and does nothing where there is none.
 *
 * @typedef {object} Desk
 * @property {import("./state.js").Store} store
 * @property {import("./screen.js").Screen} display
 * @property {import("./lens.js").Lens} lens  How the picture lies on the screen.
 * @property {(type: string, fields?: Record<string, unknown>) => void} say
 * @property {(type: string, fields?: Record<string, unknown>) => Promise<unknown>} ask  Like `say`; throws a Problem where it is refused.
 * @property {() => RTCPeerConnection | null} connection  What the picture that is shown comes by, to be measured.
 * @property {(error: unknown) => void} refused  Says why the node did not do what was asked.
 */

/**
 * `keys` are those of `event.key`, letters small: what they do while there is a call, and they may be others from one moment to the next;
 * `anytime` those that need none. `hear` takes what the node says; `changed` and
 * `paint` follow the state, the latter also as time passes.
 *
 * @typedef {object} Part
 * @property {Record<string, () => void>} [keys]
 * @property {Record<string, () => void>} [anytime]
 * @property {(message: Message) => void} [hear]
 * @property {(state: State, before: State) => void} [changed]
 * @property {(state: State, now: number) => void} [paint]
 */

/**
 * Makes a button do something, from now on.
 *
 * @param {HTMLButtonElement} button
 * @param {() => void} act
 */
export function bind(button, act) {
  button.addEventListener("click", act);
  button.disabled = false; // Until now a press would have done nothing.
}

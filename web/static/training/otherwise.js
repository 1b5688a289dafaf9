// SPDX-License-Identifier: EUPL-1.2
/** What a scripted caller does about an act that its script says nothing of: what most callers would. Knows no page. */

/** @typedef {import("./director.js").Beat} Beat */

const MOMENT = 2; // seconds, to read or to find the button

/**
 * Returns what the caller does, or null. A position is shared, and what is to be done is answered with yes; a question is
 * answered with `unknown` where the caller writes Norwegian, and else left: a yes could teach what is wrong.
 *
 * @param {string} act
 * @param {string} read  What the caller reads, in any language.
 * @param {string} unknown  In bokmål.
 * @param {string} language  The phone's own.
 * @returns {Beat | null}
 */
export function otherwise(act, read, unknown, language) {
  const [kind] = act.split(":");
  const norwegian = language === "nb";
  if (kind === "locate") return beat({ does: ["share"] });
  if (kind === "text" && !norwegian) return beat({ does: ["answer:not_understood"] });
  if (kind !== "phrase" && kind !== "text") return null; // a card has no answers; that it is read, the page says
  if (!read.includes("?")) return beat({ does: ["answer:yes"] });
  return norwegian ? beat({ writes: unknown }) : null;
}

/**
 * @param {Partial<Beat>} done
 * @returns {Beat}
 */
function beat(done) {
  return { on: [], after: MOMENT, needs: [], again: true, says: "", writes: "", does: [], looks: {}, ...done };
}

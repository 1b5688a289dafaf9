// SPDX-License-Identifier: EUPL-1.2
/** The page's words, in the language the server rendered it in, and numbers as they are read. */

/** @type {Record<string, string>} */
const strings = JSON.parse(document.getElementById("strings")?.textContent ?? "{}");

/**
 * Returns the text named `key` with each `{name}` filled in from `values`.
 *
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  return (strings[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * Formats a span of milliseconds as `m:ss`.
 *
 * @param {number} ms
 */
export function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

// SPDX-License-Identifier: EUPL-1.2
/* What test_every_page.py asks of a page; it runs in the page. */

const INTERACTIVE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";

/** Return what a page lacks that every page has. */
function wholeness() {
  const lacks = [];
  const headings = [...document.querySelectorAll("h1")].filter((one) => one.checkVisibility());
  if (headings.length !== 1 || !headings[0].textContent.trim()) lacks.push(`h1: ${headings.length}`);
  if (!document.title.trim()) lacks.push("title");
  if (document.documentElement.lang !== "nb") lacks.push(`lang: ${document.documentElement.lang}`);
  return lacks;
}

/** Return what Tab has to stop at, in the order of the page: of radio buttons with one name, one. */
function stops() {
  const groups = new Set();
  return [...document.querySelectorAll(INTERACTIVE)].filter((one) => {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.matches(":disabled, [inert] *") || one.tabIndex < 0) return false;
    if (one.type !== "radio") return true;
    const group = [...document.querySelectorAll(`input[type=radio][name="${one.name}"]`)].filter((radio) => radio.form === one.form);
    const entry = group.find((radio) => radio.checked) ?? group[0];
    return one === entry;
  });
}

/** @param {Element} one */
function nameOf(one) {
  return one.cloneNode(false).outerHTML.slice(0, 160);
}

/** @param {Element} one */
function look(one) {
  const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(one);
  return [outlineStyle === "none" ? "" : [outlineStyle, outlineWidth, outlineColor], boxShadow].join();
}

/** Puts the focus before everything, and watches where it goes from there. */
function begin() {
  const first = document.createElement("span");
  first.tabIndex = -1;
  first.style.position = "fixed";
  document.body.prepend(first);
  first.focus();
  const expected = stops();
  const unfocused = new Map(expected.map((one) => [one, look(one)]));
  const seen = [];
  const wrong = [];
  document.addEventListener("focusin", ({ target }) => {
    if (seen.includes(target)) return;
    seen.push(target);
    if (look(target) === (unfocused.get(target) ?? "none,")) wrong.push(`no visible focus: ${nameOf(target)}`);
  });
  globalThis.klarsynWalk = {
    isDone: () => expected.every((one) => seen.includes(one)),
    problems: () => {
      const reached = seen.filter((one) => expected.includes(one));
      const missed = expected.filter((one) => !seen.includes(one));
      const order = reached.every((one, at) => one === expected[at]) || missed.length > 0 ? [] : [`order: ${reached.map(nameOf).join(" | ")}`];
      first.remove();
      return [...wrong, ...missed.map((one) => `not reached: ${nameOf(one)}`), ...order];
    },
  };
}

// SPDX-License-Identifier: EUPL-1.2
/**
 * In every page itself, before all others: has a script or a style that did not come asked for again, until it comes. A
 * device that changes network loses what is on its way, and a page without its script is a button that does nothing.
 */
{
  let tries = 0;
  addEventListener(
    "error",
    ({ target: lost }) => {
      if (!(lost instanceof HTMLScriptElement || lost instanceof HTMLLinkElement)) return;
      const place = lost instanceof HTMLScriptElement ? "src" : "href";
      const address = new URL(lost.getAttribute(place) ?? "", location.href);
      // A new address: a browser remembers that a module did not come.
      address.searchParams.set("again", String((tries += 1)));
      const next = document.createElement(lost.localName);
      for (const { name, value } of lost.attributes) next.setAttribute(name, value);
      next.setAttribute(place, address.href);
      setTimeout(() => lost.replaceWith(next), Math.min(4_000, 125 * 2 ** tries));
    },
    true,
  );
}

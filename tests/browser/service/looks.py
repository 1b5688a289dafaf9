"""What holds for each page of the service however it is looked at."""

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, ViewportSize

DESKTOP = ViewportSize(width=1280, height=720)
PHONE = ViewportSize(width=360, height=740)

BY_SIZE = ("target-size", "scrollable-region-focusable")
"""Rules of axe that the screen's size can have an effect on."""

BY_COLOUR = ("color-contrast", "color-contrast-enhanced")
"""Those that light and dark can."""


async def axe(page: Page, *only: str) -> list[str]:
    """Return what axe has against the page, contrast of 7:1 and size of targets included; by some rules ``only``."""
    options: dict[str, Any] = {
        "rules": {name: {"enabled": True} for name in (*BY_SIZE, *BY_COLOUR)},
        "resultTypes": ["violations"],
    }
    if only:
        options["runOnly"] = list(only)
    result: Any = await Axe().run(page, options=options)
    return [f"{v['id']}: {[n['html'] for n in v['nodes']]}" for v in result.response["violations"]]


async def sideways(page: Page) -> int:
    """Return how many pixels of the page are beside the screen."""
    return int(await page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"))


async def fits(page: Page) -> None:
    """See that a page has nothing for axe to say and nothing beside the screen, on a phone and on a desk."""
    await page.set_viewport_size(PHONE)
    assert await axe(page) == [], page.url
    assert await sideways(page) == 0, page.url
    await page.set_viewport_size(DESKTOP)
    assert await sideways(page) == 0, page.url

"""Every state of a guest's page, on a phone, with a node that is told what to say."""

from playwright.async_api import Browser, Page, expect

from tests.browser.caller.conftest import PHONE
from tests.browser.console.conftest import GATEWAY, Gateway
from tests.browser.console.node import Node, serve
from tests.tour.album import Album
from tests.tour.console import LANGUAGES

_REFUSALS = (
    ("guest-taken", "taken", "the link is used in another browser"),
    ("guest-unknown", "unknown", "the link does not work any more"),
    ("too-many-requests", "slow", "too many tries"),
)


async def tour(browser: Browser, album: Album) -> None:
    """Take the states one after the other, in every language."""
    for language, scheme in LANGUAGES.items():
        async with serve(language) as node:
            node.start("+47 91234567")
            context = await browser.new_context(viewport=PHONE, color_scheme=scheme)  # type: ignore[arg-type]
            player = await browser.new_context()
            other = await player.new_page()
            await other.add_script_tag(content=GATEWAY)
            page = await context.new_page()
            await page.goto(f"{node.url}/g/{'k' * 22}")
            await album.take(page, language, "before", "the link is open")
            await _picture(page, node, Gateway(other, node), language, album)
            await _refusals(page, node, language, album)
            await context.close()
            await player.close()


async def _picture(page: Page, node: Node, gateway: Gateway, language: str, album: Album) -> None:
    """See the picture, lose it, leave, come back, and be told of the end."""
    badge, status = page.get_by_test_id("guest-badge"), page.get_by_test_id("guest-status")
    await page.get_by_test_id("guest-watch").click()
    await node.next("watch")
    await album.take(page, language, "waiting", "the caller shows no picture yet")
    await gateway.offer()
    await node.next("first_frame")
    await node.send(type="state", phase="live", viewers=2, revision=9, now=0)
    await expect(badge).to_have_attribute("data-state", "live")
    await album.take(page, language, "live", "the picture")
    await gateway.send(False)
    await expect(badge).to_have_attribute("data-state", "still")
    await album.take(page, language, "still", "the picture stands still")
    await gateway.send(True)
    await expect(badge).to_have_attribute("data-state", "live")
    await page.get_by_test_id("guest-leave").click()
    await album.take(page, language, "left", "the guest has left")
    await page.get_by_test_id("guest-watch").click()
    await node.next("watch")
    await node.send(type="state", phase="ended", viewers=0, revision=99, now=0)
    await expect(status).to_have_attribute("data-state", "ended")
    await album.take(page, language, "ended", "the call has ended")


async def _refusals(page: Page, node: Node, language: str, album: Album) -> None:
    """Be let in by no link."""
    for problem, state, caption in _REFUSALS:
        node.guest_problem = problem
        await page.reload()
        await page.get_by_test_id("guest-watch").click()
        await expect(page.get_by_test_id("guest-status")).to_have_attribute("data-state", state)
        await album.take(page, language, state, caption)

"""The guest's page: one tap to the picture, and nothing else to see or do."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from .conftest import Gateway
from .node import Node
from .test_console import COUNT
from .test_operator_pages import axe


@pytest_asyncio.fixture(loop_scope="session")
async def guest(browser: Browser, node: Node) -> AsyncIterator[Page]:
    """Open a guest's link on a phone, while there is a call."""
    node.start("+47 91234567")
    context = await browser.new_context(viewport={"width": 360, "height": 740}, locale="nb")
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(f"{node.url}/g/{'k' * 22}")
    yield page
    assert errors == []


async def tap(guest: Page, node: Node, gateway: Gateway) -> None:
    """Tap the button, and get the picture."""
    await guest.get_by_test_id("guest-watch").click()
    assert (await node.next("watch"))["call"] == "c" * 22
    await gateway.offer()
    await node.next("first_frame")


async def test_a_guest_sees_the_picture_and_no_more(guest: Page, node: Node, gateway: Gateway) -> None:
    """Nothing is asked of the node before the tap; then the picture is there, with how many see it."""
    status = guest.get_by_test_id("guest-status")
    await expect(status).to_contain_text("Du er invitert til å se en direkte video")
    assert node.sockets == set()
    await tap(guest, node, gateway)
    await node.send(type="state", phase="live", viewers=2, revision=9, now=0)
    await expect(guest.get_by_test_id("guest-badge")).to_have_text("DIREKTE")
    await expect(guest.get_by_test_id("guest-count")).to_have_text("2 ser på")
    await guest.wait_for_function(f"() => ({COUNT})() > 10")
    middle = "() => document.elementFromPoint(innerWidth / 2, innerHeight / 2).id"
    assert await guest.evaluate(middle) == "video"  # nothing lies over the picture
    assert "91234567" not in await guest.content()
    assert "K7M" not in await guest.content()
    await gateway.send(False)
    await expect(guest.get_by_test_id("guest-badge")).to_have_text("STÅR STILLE")
    await gateway.send(True)
    await expect(guest.get_by_test_id("guest-badge")).to_have_text("DIREKTE")
    await guest.get_by_test_id("guest-leave").click()
    await node.next("unwatch")
    await expect(status).to_have_text("Du ser ikke lenger på")
    await guest.get_by_test_id("guest-watch").click()
    await node.next("watch")


@pytest.mark.parametrize(("code", "says"), [(4401, "virker ikke lenger"), (4409, "i en annen fane")])
async def test_a_guest_that_is_shown_out_sees_nothing(
    guest: Page, node: Node, gateway: Gateway, code: int, says: str
) -> None:
    """When the socket is closed for good the picture goes at once, and the page says why."""
    await tap(guest, node, gateway)
    await node.drop(code)
    await expect(guest.get_by_test_id("guest-status")).to_contain_text(says)
    await expect(guest.get_by_test_id("guest-video")).to_be_hidden()
    assert await guest.evaluate("() => document.getElementById('video').srcObject") is None


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        ("guest-taken", "brukt i en annen nettleser"),
        ("guest-unknown", "virker ikke lenger"),
        ("call-ended", "Videoen er avsluttet"),
        ("too-many-requests", "Vent et minutt"),
    ],
)
async def test_a_link_that_opens_nothing_says_why(guest: Page, node: Node, problem: str, says: str) -> None:
    """Each refusal has its sentence, and axe has nothing against it."""
    node.guest_problem = problem
    await guest.get_by_test_id("guest-watch").click()
    await expect(guest.get_by_test_id("guest-status")).to_contain_text(says)
    assert await axe(guest) == []


async def test_the_end_of_the_call_is_told(guest: Page, node: Node, gateway: Gateway) -> None:
    """The guest is told that the video has ended."""
    await tap(guest, node, gateway)
    await node.send(type="state", phase="ended", viewers=0, revision=99, now=0)
    await expect(guest.get_by_test_id("guest-status")).to_have_text("Videoen er avsluttet")


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_page_is_accessible(guest: Page, node: Node, gateway: Gateway, theme: str) -> None:
    """Axe finds nothing before the tap and with the picture, on a phone."""
    await guest.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    assert await axe(guest) == []
    await tap(guest, node, gateway)
    await expect(guest.get_by_test_id("guest-badge")).to_have_text("DIREKTE")
    assert await axe(guest) == []

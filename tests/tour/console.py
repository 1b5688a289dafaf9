"""Every state of the console, told by a node that says what it is told to, with a real peer connection's picture."""

from playwright.async_api import Browser, Page, expect

from tests.browser.console.conftest import GATEWAY, Gateway
from tests.browser.console.node import Node, now, serve
from tests.tour.album import Album

LANGUAGES = {"nb": "dark", "nn": "light", "en": "dark"}
"""The tour's languages, and whether the room is light or dark."""

SCREEN = {"width": 1280, "height": 720}


async def tour(browser: Browser, album: Album) -> None:
    """Take the states one after the other, in every language."""
    for language, scheme in LANGUAGES.items():
        async with serve(language) as node:
            context = await browser.new_context(viewport=SCREEN, color_scheme=scheme)  # type: ignore[arg-type]
            player = await browser.new_context()
            other = await player.new_page()
            await other.add_script_tag(content=GATEWAY)
            walk = _Walk(await context.new_page(), node, Gateway(other, node), language, album)
            await walk.before_the_call()
            await walk.to_the_picture()
            await walk.with_the_picture()
            await context.close()
            await player.close()


_TOOLS = (
    ("f", "frozen", "frozen", "f"),
    ("+++", "magnified", "magnified", "0"),
    ("h", "hidden-picture", "hidden until it is chosen", "h"),
    ("p", "phrases", "the phrasebook", ""),
    ("8", "phrases-camera", "phrases about the camera", "p"),
    ("k", "cards", "instruction cards", "k"),
    ("u", "share", "who has part, and with whom to share", ["Escape"]),
    ("i", "another", "a further caller is invited", ["Escape"]),
)


class _Walk:
    def __init__(self, page: Page, node: Node, gateway: Gateway, language: str, album: Album) -> None:
        self._page = page
        self._node = node
        self._gateway = gateway
        self._language = language
        self._album = album

    async def _take(self, name: str, caption: str) -> None:
        await self._album.take(self._page, self._language, name, caption)

    async def _key(self, key: str) -> None:
        await self._page.keyboard.press(key)

    async def before_the_call(self) -> None:
        """Sign in, and be told the number by ICCS."""
        self._node.signed_in = False
        await self._page.goto(f"{self._node.url}/console")
        await self._take("sign-in", "sign-in")
        self._node.signed_in = True
        await self._page.goto(f"{self._node.url}/console")
        await expect(self._page.locator("#net")).to_have_attribute("data-state", "ok")
        await self._take("idle", "no call")
        await self._node.send(type="phone_call", phone="91234567")
        await self._take("number", "ICCS has told the number")
        await self._key("?")
        await self._take("help", "help and keys")
        await self._key("Escape")

    async def to_the_picture(self) -> None:
        """Go the caller's way, with what can go wrong on it."""
        node = self._node
        await self._key("F2")
        await node.next("watch")
        await self._take("requested", "the call has been started")
        at = now()
        await node.show(phase="invited", steps={"requested": at, "sms_accepted": at + 400})
        await self._take("accepted", "the message is on its way")
        await node.show(phase="failed", troubles=["sms_failed"], steps={"requested": at - 1000})
        await self._take("sms-failed", "the message was not taken")
        late = {"requested": now() - 21_000, "sms_accepted": now() - 20_000}
        await node.show(phase="invited", troubles=[], steps=late)
        await self._take("sms-late", "not delivered in time")
        at = now() - 9000
        way = {"requested": at, "sms_accepted": at + 500, "sms_delivered": at + 3000, "opened": at + 7000}
        await node.show(phase="opened", steps=way)
        await self._take("opened", "the link is open")
        await node.show(phase="refused", troubles=["refused"], steps={"connected": at + 7400})
        await self._take("refused", "the camera was refused")

    async def with_the_picture(self) -> None:
        """Look at the picture, lose it and end."""
        node, gateway = self._node, self._gateway
        await gateway.offer()
        await node.next("first_frame")
        steps = {"permitted": now() - 300, "first_frame": now()}
        await node.show(phase="live", troubles=[], steps=steps, viewers=2)
        await expect(self._page.locator("#badge")).to_have_attribute("data-state", "live")
        await self._take("live", "the picture")
        for keys, name, caption, back in _TOOLS:
            for key in keys:
                await self._key(key)
            await self._take(name, caption)
            for key in back:
                await self._key(key)
        await self._key("F9")
        await self._take("end-once", "End pressed once")
        await self._page.wait_for_timeout(3200)
        await node.show(phase="interrupted", troubles=["hidden"])
        await self._take("hidden", "the page is in the background")
        await gateway.send(False)
        await node.show(phase="interrupted", troubles=["interrupted"])
        await self._page.wait_for_timeout(2500)
        await self._take("interrupted", "the link is lost")
        await node.show(phase="live", troubles=[])
        await gateway.send(True)
        await node.drop(1001)
        await self._take("no-node", "the console has lost its node")
        await expect(self._page.locator("#net")).to_have_attribute("data-state", "ok")
        await self._page.get_by_test_id("end-call").click()
        await expect(self._page.get_by_test_id("start-video")).to_be_enabled()
        await self._take("ended", "the call has ended")

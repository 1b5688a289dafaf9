"""Every state of the console, told by a node that says what it is told to, with a real peer connection's picture."""

from playwright.async_api import Browser

from tests.browser.console.node import serve
from tests.tour import console_way
from tests.tour.album import Album
from tests.tour.console_people import exercise, several_calls, shared_call
from tests.tour.console_phone import camera, line, place
from tests.tour.console_picture import interruptions, look, the_end, words
from tests.tour.walk import Walk

LANGUAGES = {"nb": "dark", "nn": "light", "en": "dark"}
"""The tour's languages, and whether the room is light or dark."""


async def tour(browser: Browser, album: Album) -> None:
    """Take the states one after the other, in every language."""
    for language, scheme in LANGUAGES.items():
        async with serve(language) as node:
            node.may_save = True
            async with Walk.begin(browser, node, language, scheme, album) as walk:
                await console_way.tour(walk)
                await walk.start()
                await walk.go_live("a")
                await walk.take("live", "the picture")
                for part in (look, camera, words, place, interruptions, line, the_end):
                    await part(walk)
                for whole in (several_calls, exercise, shared_call):
                    await whole(walk)

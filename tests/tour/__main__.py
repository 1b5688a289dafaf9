"""Takes the tour: ``.venv/bin/python -m tests.tour [--out FOLDER]``; ``./check --fast`` has installed what it needs."""

import argparse
import asyncio
import shutil
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from tests.browser.caller.conftest import Desk
from tests.browser.conftest import FLAGS
from tests.system.demo import ROOT, Demo
from tests.tour import caller, console
from tests.tour.album import Album

_HEAD = """# Tour

Every state of both pages. Made by `.venv/bin/python -m tests.tour`; do not edit. The caller's page is that of a
running system at 360×740, the console is at 1280×720 with a node that is told what to say. Languages take turns in
light and dark.

"""


async def main(out: Path) -> None:
    """Take all pictures, and write the page that shows them."""
    albums = (
        Album(out / "caller", "The caller's page", tuple(caller.LANGUAGES)),
        Album(out / "console", "The console", tuple(console.LANGUAGES)),
    )
    for album in albums:
        shutil.rmtree(album.folder, ignore_errors=True)
        album.folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as state:
        demo = await asyncio.to_thread(Demo, Path(state))
        try:
            desk = await asyncio.to_thread(Desk, demo.origin(0))
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
                await caller.tour(browser, desk, albums[0])
                await console.tour(browser, albums[1])
                await browser.close()
        finally:
            await asyncio.to_thread(demo.stop)
    widths = (180, 320)
    text = _HEAD + "\n".join(album.markdown(width) for album, width in zip(albums, widths, strict=True))
    (out / "README.md").write_text(text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.tour", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "tour", help="where the pictures go")
    asyncio.run(main(parser.parse_args().out))

"""Takes the tour: ``.venv/bin/python -m tests.tour [--out FOLDER]``.

``./check`` has installed what it needs but for Chinese letters, which nothing else wants: ``apt-get install
fonts-noto-cjk``, or the same files in ``$XDG_DATA_HOME/fonts``. Without them it refuses to begin.
"""

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import async_playwright

from tests.browser.caller.conftest import Desk
from tests.browser.conftest import FLAGS
from tests.system.demo import ROOT, Demo
from tests.tour import caller, console, fonts, guest
from tests.tour.album import Album

_HEAD = """# Tour

Every state of the caller's page, the console and a guest's page. Made by `.venv/bin/python -m tests.tour`; do not
edit. The caller's page is that of a running system at 360×740, smaller or with large text where it says so; the console
is at 1280×720 with a node that is told what to say. Languages take turns in light and dark.

"""


@asynccontextmanager
async def _desk() -> AsyncIterator[Desk]:
    """Run the system, with an operator signed in at every seat."""
    with tempfile.TemporaryDirectory() as state:
        demo = await asyncio.to_thread(Demo, Path(state))
        try:
            yield await asyncio.to_thread(Desk, demo.origin(0))
        finally:
            await asyncio.to_thread(demo.stop)


async def main(out: Path, only: list[str]) -> None:
    """Take all pictures, and write the page that shows them; or those of some pages alone."""
    albums = {
        "caller": Album(out / "caller", "The caller's page", tuple(caller.LANGUAGES), width=180),
        "console": Album(out / "console", "The console", tuple(console.LANGUAGES), width=320),
        "guest": Album(out / "guest", "A guest's page", tuple(console.LANGUAGES), width=180),
    }
    for name, album in albums.items():
        if name in only:
            shutil.rmtree(album.folder, ignore_errors=True)
            album.folder.mkdir(parents=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        if "console" in only:
            await console.tour(browser, albums["console"])
        if "guest" in only:
            await guest.tour(browser, albums["guest"])
        if "caller" in only:
            async with _desk() as desk:
                await caller.tour(browser, desk, albums["caller"])
        await browser.close()
    if set(only) == set(albums):
        text = _HEAD + "\n".join(album.markdown() for album in albums.values())
        (out / "README.md").write_text(text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m tests.tour", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "tour", help="where the pictures go")
    pages = ["caller", "console", "guest"]
    parser.add_argument(
        "--only", nargs="+", choices=pages, default=pages, metavar="PAGE",
        help="take these alone (caller, console, guest), and leave README.md as it is",
    )  # fmt: skip
    arguments = parser.parse_args()
    if packages := fonts.missing():
        parser.exit(
            1, f"Some languages would be empty boxes. Install first: apt-get install {' '.join(packages)}\n"
        )
    asyncio.run(main(arguments.out, arguments.only))

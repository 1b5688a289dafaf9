"""The library and the handbook as pages: for who is signed in, found by search, with links that lead somewhere."""

import html
import re

import aiohttp
import pytest

from orchestrator.app import DOCS
from orchestrator.library.shelf import Shelf

SHELF = Shelf(DOCS)
PAGES = [
    *(f"/library/{one.id}" for one in SHELF.library.newest()),
    *(f"/handbook/{one.id}" for one in SHELF.handbook.chapters()),
]


@pytest.mark.parametrize("path", ["/library", PAGES[0], PAGES[-1], "/tour/console/live.nb.jpg"])
async def test_who_is_not_signed_in_reads_nothing(phone: aiohttp.ClientSession, path: str) -> None:
    """Each page asks to sign in."""
    async with phone.get(path) as answer:
        assert answer.status == 401


async def test_all_that_is_listed_can_be_read(operator: aiohttp.ClientSession) -> None:
    """Every document and chapter is in the list, and every address in any of them answers."""
    async with operator.get("/library") as answer:
        listed = await answer.text()
    leads = set(PAGES)
    for path in PAGES:
        assert f'href="{path}"' in listed
        async with operator.get(path) as answer:
            assert answer.status == 200, path
            text = await answer.text()
        leads |= set(re.findall(r'(?:href|src)="(/(?:library|handbook|tour)/[^"#]+)', text))
        assert ".md" not in re.sub("<code>.*?</code>", "", "".join(re.findall('(?:href|src)="[^"]*"', text)))
    for path in leads:
        async with operator.get(html.unescape(path)) as answer:
            assert answer.status == 200, path


async def test_what_is_looked_for_is_found_and_marked(operator: aiohttp.ClientSession) -> None:
    """The best is first; what is typed is shown as text; nothing found says what to do."""
    async with operator.get("/library", params={"q": "hjertestans"}) as answer:
        text = await answer.text()
    assert re.search(r'<ol class="found">\s*<li><a href="/library/kort-hjertestans', text)
    assert "<mark>" in text
    async with operator.get("/library", params={"q": "<script>xyzzy"}) as answer:
        text = await answer.text()
    assert "<script>xyzzy" not in text
    assert "Prøv færre ord" in text


@pytest.mark.parametrize(
    "path", ["/library/none", "/handbook/none", "/tour/../../pyproject.toml", "/tour/console/none.nb.jpg"]
)
async def test_what_is_not_there_is_said(operator: aiohttp.ClientSession, path: str) -> None:
    """Nothing outside the shelf can be reached."""
    async with operator.get(path) as answer:
        assert answer.status == 404

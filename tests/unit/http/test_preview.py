"""The preview of what callers get: the true page and the true message, which can do nothing."""

import re
from html import unescape

import aiohttp
import pytest

from tests.doubles.nodes import Node
from tests.doubles.orders import PAGE, post
from tests.unit.http.test_onboarding import Open, accepted

SHELL = "/centre/settings/preview"


@pytest.fixture
async def admin(node: Node, browsers: Open) -> aiohttp.ClientSession:
    """Sign a central's administrator in."""
    _, admin = await accepted(node, browsers)
    return admin


async def shown(session: aiohttp.ClientSession, path: str) -> str:
    """Return a page."""
    async with session.get(path, headers=PAGE | {"Accept-Language": "nb"}) as answer:
        assert answer.status == 200
        return unescape(await answer.text())


def pieces(text: str) -> list[str]:
    """Return the message's segments as they are shown."""
    bubble = re.search(r'<p class="bubble">(.*?)</p>', text, re.DOTALL)
    assert bubble is not None
    return re.findall(r"<span>(.*?)</span>", bubble[1], re.DOTALL)


async def test_the_message_is_the_centrals_own(admin: aiohttp.ClientSession) -> None:
    """Until it has words of its own it is ours; then it is theirs, with their sender."""
    (ours,) = pieces(await shown(admin, SHELL))
    assert "/v/K7M4RX" in ours
    assert "LV Gjøvik" in ours
    settings = {
        "language": "nb",
        "sms_sender": "LV Gjovik",
        "sms_text_nb": "{link} Vis oss hva som skjer. <b>",
    }
    assert await post(admin, "/centre/settings", **settings) == 303
    text = await shown(admin, SHELL)
    assert pieces(text)[0].endswith("Vis oss hva som skjer. <b>")
    assert "Teksten er deres egen." in text
    assert "LV Gjovik" in text


async def test_a_long_message_shows_where_it_is_cut(admin: aiohttp.ClientSession) -> None:
    """The pieces are those that are paid for and sent."""
    long = "{link} " + "Sjá " + "č" * 100
    assert await post(admin, "/centre/settings", language="nb", sms_text_nb=long) == 303
    text = await shown(admin, f"{SHELL}?of=nb")
    parts = pieces(text)
    assert len(parts) > 1
    assert len(parts[0]) == 67
    assert f"Den sendes som {len(parts)} SMS-er" in text
    assert "70 tegn" in text


@pytest.mark.parametrize(("of", "tag"), [("se", "se"), ("ar", "ar"), ("xx", "nb"), ("%00", "nb"), ("", "nb")])
async def test_any_language_of_callers_is_shown(admin: aiohttp.ClientSession, of: str, tag: str) -> None:
    """One that there is not is the central's own; the administrator's page stays in theirs."""
    text = await shown(admin, f"{SHELL}?of={of}")
    assert f'src="/centre/settings/preview/page?lang={tag}"' in text
    assert 'html lang="nb"' in text


async def test_the_page_is_the_true_one_and_can_do_nothing(admin: aiohttp.ClientSession) -> None:
    """No script that opens or claims is in it, and no code; it says that it is a preview, and our page may frame it."""
    async with admin.get(f"{SHELL}/page?lang=se") as answer:
        text, policy = unescape(await answer.text()), answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "<script type" not in text
    assert "data-code" not in text
    assert "Forhåndsvisning" in text
    assert '<p id="central">LV Gjøvik</p>' in text
    assert 'html lang="se"' in text
    async with admin.get("/v/K7M4RX?lang=se") as answer:
        true = unescape(await answer.text())
    for said in re.findall(r"<h1>(.*?)</h1>", true):
        assert said in text
    assert "caller.js" in true
    assert "Forhåndsvisning" not in true


async def test_the_frame_is_kept_from_scripts(admin: aiohttp.ClientSession) -> None:
    """The browser is told so too."""
    text = await shown(admin, SHELL)
    assert re.search(r'<iframe [^>]*sandbox="allow-same-origin"', text)
    async with admin.get(SHELL) as answer:
        assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]

"""A centre's own copy of a document: who writes it, who reads it, and that nothing written is lost."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import aiohttp
import msgspec
import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from orchestrator.backoffice.adapting import Seen
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.http.access import OPERATOR_COOKIE
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import Role
from orchestrator.library.catalogue import Library
from orchestrator.library.documents import Version
from orchestrator.library.editions import MOST_KEPT, Edition, Wording
from orchestrator.store.register import Register
from tests.doubles.nodes import Node, browser
from tests.doubles.orders import PAGE, post

AMK, LV = CentralId("amk-demo"), CentralId("lv-demo")
CARD = "/library/kort-barn"
OURS = "## Hos oss\n\n1. Ring bakvakten blåklokke.\n\n<script>alert(1)</script> [her](javascript:alert(1))\n"
FORM = {"title": "Barn hos oss", "text": OURS, "number": "0", "version": "1.0"}

Browsers = dict[str, aiohttp.ClientSession]


@pytest.fixture
async def people(node: Node) -> AsyncIterator[Browsers]:
    """Open a browser for two administrators and an operator of one centre, an operator of another, and operations."""
    grants: dict[str, OperatorGrant | PersonGrant] = {
        "admin": PersonGrant("ada", "Ada", Role.ADMIN, AMK),
        "second": PersonGrant("bo", "Bo", Role.ADMIN, AMK),
        "operator": OperatorGrant("kari", "Kari", AMK, SeatId("plass-1")),
        "other": OperatorGrant("ola", "Ola", LV, SeatId("lv-1")),
        "operations": PersonGrant("drift", "Drift", Role.SUPPORT),
    }
    async with AsyncExitStack() as stack:
        found = {}
        for name, grant in grants.items():
            found[name] = await stack.enter_async_context(browser(node))
            found[name].cookie_jar.update_cookies({OPERATOR_COOKIE: node.site.tokens.issue(grant, 600)})
        yield found


@pytest.fixture(autouse=True)
def card_version(node: Node) -> str:
    """Have the card's version in the form, whichever it is by now."""
    FORM["version"] = str(node.site.shelf.library.get("kort-barn").version)
    return FORM["version"]


async def read(session: aiohttp.ClientSession, path: str, status: int = 200) -> str:
    """Read a page in bokmål."""
    async with session.get(path, headers=PAGE | {"Accept-Language": "nb"}) as answer:
        assert answer.status == status, await answer.text()
        return await answer.text()


async def send(session: aiohttp.ClientSession, path: str, status: int, **fields: str) -> str:
    """Send a form, and return the page that is its answer."""
    headers = PAGE | {"Accept-Language": "nb"}
    async with session.post(path, data=fields, headers=headers, allow_redirects=False) as answer:
        assert answer.status == status, await answer.text()
        return await answer.text()


def change_original(node: Node, old: str, new: str) -> None:
    """Have the library's card in a newer version."""
    library = node.site.shelf.library
    card = library.get("kort-barn")
    assert old in card.text
    newer = msgspec.structs.replace(
        card, text=card.text.replace(old, new), version=Version(card.version.major, card.version.minor + 1)
    )
    others = [one for one in library.newest() if one.id != card.id]
    node.site.shelf.__dict__["library"] = Library([*others, card, newer])


async def test_a_centre_reads_its_own(people: Browsers) -> None:
    """Its people find it in place of the original, marked: page, list, search and console; others see nothing of it."""
    editor = await read(people["admin"], f"{CARD}/adapt")
    assert "Tilpass for AMK Demo" in editor
    await send(people["admin"], f"{CARD}/adapt", 303, **FORM)
    for name in ("admin", "operator"):
        shown = await read(people[name], CARD)
        for said in ("Tilpasset for AMK Demo", "Barn hos oss", "blåklokke", "?edition=original", ", ada"):
            assert said in shown
        assert "<script>alert" not in shown
        assert 'href="javascript:' not in shown
        assert "blåklokke" not in await read(people[name], f"{CARD}?edition=original")
        assert "Tilpasset for AMK Demo" in await read(people[name], "/library")
        found = await read(people[name], "/library?q=blåklokke")
        assert re.search(r'href="/library/kort-barn#hos-oss">Barn hos oss</a>.*Tilpasset for AMK Demo', found)
    for path in ("/console", "/console/action-cards"):
        console = await read(people["operator"], path)
        assert "blåklokke" in console
        assert "Tilpasset for AMK Demo" in console
    for name in ("other", "operations"):
        for path in (CARD, "/library", "/library?q=blåklokke"):
            text = await read(people[name], path)
            assert "Tilpasset" not in text
            assert "Barn hos oss" not in text
    assert "blåklokke" not in await read(people["other"], "/console")


async def test_only_who_may_adapt_is_offered_it(people: Browsers) -> None:
    """An operator has neither the button nor the page."""
    assert f'href="{CARD}/adapt"' in await read(people["admin"], CARD)
    assert f'href="{CARD}/adapt"' not in await read(people["operator"], CARD)
    await read(people["operator"], f"{CARD}/adapt", 403)
    await send(people["operator"], f"{CARD}/adapt", 403, **FORM)
    await read(people["admin"], "/library/none/adapt", 404)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"title": "x" * 121},
        {"text": " "},
        {"text": "x" * 30_001},
        {"text": "a\x00b"},
        {"number": ""},
        {"number": "-1"},
        {"number": "9" * 20},
    ],
)
async def test_what_can_not_be_kept_is_said(node: Node, people: Browsers, changes: dict[str, str]) -> None:
    """The editor comes back with what was typed and why it was not saved; nothing is kept."""
    text = await send(people["admin"], f"{CARD}/adapt", 422, **(FORM | changes))
    assert 'role="alert"' in text
    if "text" not in changes:
        assert "blåklokke" in text
    assert (await node.site.adapting.copies(AMK)).by_document == {}


async def test_a_form_that_is_far_too_large_is_refused(people: Browsers) -> None:
    """More than the page would ever send is answered with a sentence too."""
    assert "30 000" in await send(people["admin"], f"{CARD}/adapt", 422, **(FORM | {"text": "x" * 200_000}))


async def test_a_preview_keeps_nothing(node: Node, people: Browsers) -> None:
    """It is what would be read, and is not saved."""
    text = await send(people["admin"], f"{CARD}/adapt", 200, **FORM, do="preview")
    assert '<h2 id="hos-oss">Hos oss</h2>' in text
    assert (await node.site.adapting.copies(AMK)).by_document == {}


async def test_two_who_edit_at_once_lose_nothing(node: Node, people: Browsers) -> None:
    """The second is told, has the text still, sees how the two differ, and can save; the first one's is kept."""
    await send(people["admin"], f"{CARD}/adapt", 303, **FORM)
    late = await send(people["second"], f"{CARD}/adapt", 412, **(FORM | {"text": "Min.\n"}))
    for said in (
        "En annen har lagret",
        "Utgave 1 er lagret av ada",
        "blåklokke",
        "Min.",
        'name="number" value="1"',
    ):
        assert said in late
    await send(people["second"], f"{CARD}/adapt", 303, **(FORM | {"text": "Min.\n", "number": "1"}))
    former = await read(people["admin"], f"{CARD}/editions")
    assert "blåklokke" in former
    card, wording = node.site.shelf.library.get("kort-barn"), Wording("Barn", "Samtidig.\n")
    seen = Seen(2, str(card.version))
    results = await asyncio.gather(
        *(node.site.adapting.save(AMK, card, wording, seen, str(number)) for number in range(5)),
        return_exceptions=True,
    )
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert [one.number for one in await node.site.adapting.former(AMK, card)] == [2, 1]


async def test_what_is_new_in_the_original_is_shown(node: Node, people: Browsers) -> None:
    """It is told with the lines, and is news no more once considered or taken in; what both changed is not taken in."""
    card = node.site.shelf.library.get("kort-barn")
    line = next(line for line in card.text.splitlines() if line.startswith("1. "))
    ours = card.text + "\nBlåklokke.\n"
    await send(people["admin"], f"{CARD}/adapt", 303, **(FORM | {"text": ours}))
    assert 'data-testid="news"' not in await read(people["admin"], CARD)
    change_original(node, line, "1. Spør hvor gammelt barnet er.")
    newer = str(node.site.shelf.library.get("kort-barn").version)
    shown = await read(people["operator"], CARD)
    assert 'data-testid="news"' in shown
    assert "1. Spør hvor gammelt barnet er.</ins>" in shown
    assert 'data-testid="settle"' not in shown
    assert "Originalen er endret siden" in await read(people["admin"], "/library")
    seen = {"number": "1", "version": newer}
    await send(people["admin"], f"{CARD}/changes", 412, **(seen | {"version": FORM["version"]}), do="settle")
    await send(people["admin"], f"{CARD}/changes", 412, **(seen | {"number": "7"}), do="settle")
    await send(people["admin"], f"{CARD}/changes", 422, **seen, do="else")
    await send(people["admin"], f"{CARD}/changes", 303, **seen, do="update")
    taken = await read(people["operator"], CARD)
    assert 'data-testid="news"' not in taken
    assert "Spør hvor gammelt barnet er." in taken
    assert "Blåklokke." in taken
    change_original(node, "1. Spør hvor gammelt barnet er.", "1. Spør om alder.")
    newest = node.site.shelf.library.get("kort-barn")
    wording = Wording("Barn", newest.text.replace("1. Spør om alder.", "1. Vårt."))
    await node.site.adapting.save(AMK, newest, wording, Seen(2, newer), "ada")
    seen = {"number": "3", "version": str(newest.version)}
    await send(people["admin"], f"{CARD}/changes", 422, **seen, do="update")
    await send(people["admin"], f"{CARD}/changes", 303, **seen, do="settle")
    assert 'data-testid="news"' not in await read(people["admin"], CARD)


async def test_one_can_go_back_and_put_it_away(node: Node, people: Browsers) -> None:
    """A former edition is used again; the original is; neither takes anything away, and the log knows it all."""
    await send(people["admin"], f"{CARD}/adapt", 303, **FORM)
    await send(people["admin"], f"{CARD}/adapt", 303, **(FORM | {"text": "Annet.\n", "number": "1"}))
    assert await post(people["admin"], f"{CARD}/editions/9", newest="2") == 404
    assert await post(people["admin"], f"{CARD}/editions/1", newest="1") == 412
    assert await post(people["admin"], f"{CARD}/editions/1", newest="2") == 303
    assert "blåklokke" in await read(people["operator"], CARD)
    assert await post(people["admin"], f"{CARD}/put-away", number="3") == 303
    assert "Tilpasset" not in await read(people["operator"], CARD)
    editor = await read(people["admin"], f"{CARD}/adapt")
    assert "blåklokke" not in editor
    assert 'name="number" value="4"' in editor
    log = [deed.reason for deed in await node.site.store.journal.newest(10, AMK)]
    assert log[0] == "edition 4, put away"
    assert len(log) == 4


async def test_so_many_former_editions_are_kept(node: Node) -> None:
    """The oldest gives way; the newest are all there."""
    card = node.site.shelf.library.get("kort-barn")
    for number in range(MOST_KEPT + 3):
        wording, seen = Wording("Barn", f"Tekst {number}.\n"), Seen(number, str(card.version))
        await node.site.adapting.save(AMK, card, wording, seen, "ada")
    former = await node.site.adapting.former(AMK, card)
    assert [one.number for one in former] == list(range(MOST_KEPT + 2, 2, -1))


async def test_a_copy_of_an_original_that_changed_meanwhile_is_not_made_unseen(
    node: Node, people: Browsers
) -> None:
    """Who began from an older version is told so before the copy passes for one of the newer."""
    change_original(node, node.site.shelf.library.get("kort-barn").text.splitlines()[0], "Nytt.")
    late = await send(people["admin"], f"{CARD}/adapt", 412, **FORM)
    assert "Originalen er endret en gang til" in late
    assert "Nytt." in late


async def test_the_copies_stand_when_they_can_not_be_read(
    people: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was known last goes on being shown; where nothing is known, the pages say that these are the originals."""
    await send(people["admin"], f"{CARD}/adapt", 303, **FORM)
    await read(people["operator"], "/console")

    async def away(_register: Register[Edition]) -> list[Edition]:
        raise RedisConnectionError("away")

    async def lost(*_args: object) -> None:
        raise RedisConnectionError("away")

    monkeypatch.setattr(Register, "get", lost)
    late = await send(people["admin"], f"{CARD}/adapt", 503, **(FORM | {"text": "Min.\n", "number": "1"}))
    assert "Ingenting kan lagres akkurat nå" in late
    assert "Min." in late
    monkeypatch.setattr(Register, "all", away)
    for path in (CARD, "/console"):
        assert "blåklokke" in await read(people["operator"], path)
    for path in (CARD, "/library", "/console"):
        assert "kan ikke hentes nå" in await read(people["other"], path)

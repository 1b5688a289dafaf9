"""What is refused or broken, as whoever opened it in a browser is told it."""

import aiohttp
import pytest
from redis.exceptions import RedisError

from tests.doubles.nodes import Node
from tests.doubles.orders import PAGE

IN_NORWEGIAN = PAGE | {"Accept-Language": "nb"}


async def told(session: aiohttp.ClientSession, path: str, headers: dict[str, str]) -> tuple[int, str, str]:
    """Return an answer's status, kind and text."""
    async with session.get(path, headers=headers) as answer:
        return answer.status, answer.content_type, await answer.text()


@pytest.mark.parametrize("path", ["/nowhere", "/library/none", "/training/none", "/tour/none.png"])
async def test_a_page_that_is_not_there(operator: aiohttp.ClientSession, path: str) -> None:
    """A person reads that there is none, and where to begin; a program is told in its own form."""
    status, kind, text = await told(operator, path, IN_NORWEGIAN)
    assert (status, kind) == (404, "text/html")
    assert "Siden finnes ikke" in text
    assert 'href="/console"' in text
    status, kind, _ = await told(operator, path, {"Accept": "*/*"})
    assert (status, kind) == (404, "application/problem+json")


async def test_programs_keep_their_documents(operator: aiohttp.ClientSession) -> None:
    """What is under ``/api`` answers as ever, whoever asks."""
    _, kind, _ = await told(operator, "/api/v1/calls/none", IN_NORWEGIAN)
    assert kind == "application/problem+json"


async def test_what_a_program_is_told_in_a_head_is_kept(phone: aiohttp.ClientSession) -> None:
    """A page in a document's place has the same status and the same ``Allow``."""
    async with phone.get("/sign-out", headers=IN_NORWEGIAN) as answer:
        assert (answer.status, answer.content_type) == (405, "text/html")
        assert answer.headers["Allow"] == "POST"


async def test_a_fault_says_what_to_do(
    node: Node, operator: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of a fault is shown, and a person is told to wait."""

    async def fails(*_: object) -> None:
        raise RedisError("secret")

    monkeypatch.setattr(node.site.helpdesk, "wishes", fails)
    status, kind, text = await told(operator, "/wishes", IN_NORWEGIAN)
    assert (status, kind) == (503, "text/html")
    assert "Vent litt" in text
    assert "secret" not in text

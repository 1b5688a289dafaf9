"""Documents of steps over HTTP: uploaded, handed out to whom the roles let, removed; and no input makes a fault."""

import io
import re
from pathlib import Path

import aiohttp

from orchestrator.domain.ids import CentralId
from orchestrator.http.access import OPERATOR_COOKIE
from orchestrator.identity.grants import PersonGrant
from orchestrator.identity.roles import Role
from orchestrator.onboarding.domain.document import MOST_BYTES
from orchestrator.onboarding.domain.steps import Step
from tests.doubles.documents import DOCX_WITH_MACRO, PDF, PNG
from tests.doubles.nodes import Node
from tests.doubles.orders import CENTRAL, PAGE, post, wanted
from tests.unit.conftest import StartNode
from tests.unit.http.test_onboarding import Open, accepted, operator_of, signed_in

SAID = {"responsible": "Kari", "day": "2026-11-25"}
STEP = "/centre/steps/risk_analysis"


def form(content: bytes | None = None, name: str = "ROS.pdf", **fields: str) -> aiohttp.FormData:
    """Return a form as the page sends it: with a file, or with none chosen."""
    data = aiohttp.FormData(quote_fields=False)
    for field, value in (SAID | fields).items():
        data.add_field(field, value)
    data.add_field("file", io.BytesIO(content or b""), filename=name if content is not None else "")
    return data


async def send(session: aiohttp.ClientSession, data: aiohttp.FormData, path: str = STEP) -> tuple[int, str]:
    """Send a form, and return status and answer."""
    async with session.post(path, data=data, allow_redirects=False) as answer:
        return answer.status, await answer.text()


def there(node: Node) -> list[Path]:
    """Return the files that are kept."""
    folder = node.settings.documents_dir
    return sorted(folder.iterdir()) if folder.exists() else []


async def link_in(session: aiohttp.ClientSession, page: str) -> str:
    """Return the first document's address on a page."""
    async with session.get(page, headers=PAGE) as answer:
        found = re.search(r'href="([^"]+/documents/[\w-]+)"', await answer.text())
    assert found is not None
    return found[1]


async def test_a_document_is_uploaded_read_and_removed(
    node: Node, browsers: Open, phone: aiohttp.ClientSession
) -> None:
    """The central's people and those who approve read it; it is handed out to be kept, and shown by no browser."""
    before = set(there(node))
    operations, admin = await accepted(node, browsers)
    assert await send(admin, form(PDF, "ROS for Gjøvik.PDF")) == (303, "")
    path = await link_in(admin, "/centre")
    owner = await signed_in(browsers, "eier")
    leader = await operator_of(admin, browsers, "leder", "shift_leader")
    for session, address in (
        (admin, path),
        (leader, path),
        (owner, await link_in(owner, f"/operations/centrals/{CENTRAL}")),
        (operations, path.replace("/centre", f"/operations/centrals/{CENTRAL}")),
    ):
        async with session.get(address) as answer:
            assert (answer.status, await answer.read()) == (200, PDF)
            assert answer.content_type == "application/pdf"
            assert answer.headers["Content-Disposition"].startswith("attachment;")
            assert "filename*=UTF-8''ROS%20for%20Gj%C3%B8vik.pdf" in answer.headers["Content-Disposition"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "no-store" in answer.headers["Cache-Control"]
            assert "sandbox" in answer.headers["Content-Security-Policy"]
    operator = await operator_of(admin, browsers)
    for session, status in ((operator, 403), (phone, 401), (operations, 404)):
        async with session.get(path) as answer:
            assert answer.status == status
    assert await post(admin, f"{path}/remove") == 422  # the step would have nothing left
    assert await post(admin, STEP, **SAID, reference="26/1234-5") == 303
    assert await post(admin, f"{path}/remove") == 303
    assert await post(admin, f"{path}/remove") == 404
    assert set(there(node)) == before
    async with admin.get(path) as answer:
        assert answer.status == 404


async def test_another_central_has_no_part_in_it(node: Node, browsers: Open) -> None:
    """A document is found by its central, whoever knows its address."""
    _, admin = await accepted(node, browsers)
    assert (await send(admin, form(PDF)))[0] == 303
    path = await link_in(admin, "/centre")
    order = await node.site.reception.take(wanted(central_name="LV Lillehammer"))
    await node.site.reception.accept(order.id, "drift")
    grant = PersonGrant("per", "Per", Role.ADMIN, CentralId("lv-lillehammer"))
    stranger = await browsers()
    stranger.cookie_jar.update_cookies({OPERATOR_COOKIE: node.site.tokens.issue(grant, 600)})
    for wrong in (
        path,
        path.replace("risk_analysis", "sms"),
        path[:-1] + "!",
        f"{STEP}/documents/..%2f..%2fkeys",
    ):
        session = stranger if wrong == path else admin
        async with session.get(wrong) as answer:
            assert answer.status == 404, wrong


async def test_what_is_refused_leaves_no_file(node: Node, browsers: Open) -> None:
    """Each with a sentence that says what to do."""
    before = there(node)
    _, admin = await accepted(node, browsers)
    for data, status, says in (
        (form(b"MZ\x90\x00"), 422, "kind of file"),
        (form(DOCX_WITH_MACRO, "a.docx"), 422, "kind of file"),
        (form(b""), 422, "empty"),
        (form(PDF + b"\x00" * MOST_BYTES), 422, "larger than 10 MB"),
        (form(None), 422, "one of them is needed"),
        (form(PDF, responsible=""), 422, "who is responsible"),
        (form(PDF, day="i går"), 422, "date"),
        (form(PDF, responsible="x" * 5000), 400, "not as this page sends it"),
    ):
        answered, text = await send(admin, data)
        assert (answered, says in text) == (status, True), text
    assert there(node) == before
    tenant = await node.site.office.tenant(CentralId(CENTRAL))
    assert tenant.progress.entries == {}


MALFORMED = [
    b"",
    b"--x",
    b"--x--\r\n",
    b"--x\r\n\r\nno name\r\n--x--\r\n",
    b'--x\r\nContent-Disposition: form-data; name="day"\r\n\r\n\xff\r\n--x--\r\n',
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.4 and no end',
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="%ff\x00"\r\n\r\nx\x00\r\n--x--\r\n',
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\na\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="b"\r\n\r\nb\r\n--x--\r\n',
    b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\na\r\n--y--\r\n--x--\r\n",
    b"--x\r\nContent-Type: multipart/mixed\r\n\r\n\r\n--x--\r\n",
    b"--x\r\n" + b"A: " + b"a" * 20_000 + b"\r\n\r\n\r\n--x--\r\n",
    b"--x\r\nbroken\r\n\r\n--x--\r\n",
    b'--x\r\nContent-Disposition: form-data; name="_charset_"\r\n\r\n' + b"a" * 40 + b"\r\n--x--\r\n",
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 50 + b"--x--\r\n",
    b'--x\r\nContent-Disposition: form-data; name="day"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n',
]


async def test_what_no_page_sends_makes_no_fault(node: Node, browsers: Open) -> None:
    """It is refused, and leaves no file."""
    before = there(node)
    _, admin = await accepted(node, browsers)
    for parameter in ("; boundary=x", "", "; boundary="):
        for body in MALFORMED:
            headers = {"Content-Type": f"multipart/form-data{parameter}"}
            async with admin.post(STEP, data=body, headers=headers) as answer:
                assert 400 <= answer.status < 500, (parameter, body, await answer.text())
    assert there(node) == before


async def test_an_upload_from_another_site_is_refused(node: Node, browsers: Open) -> None:
    """Before anything of it is read."""
    _, admin = await accepted(node, browsers)
    async with admin.post(STEP, data=form(PDF), headers={"Origin": "https://evil.example"}) as answer:
        assert answer.status == 403


async def test_what_is_approved_takes_no_more_documents(node: Node, browsers: Open) -> None:
    """The approver has read what there was; the file that came too late is not kept."""
    _, admin = await accepted(node, browsers)
    path = "/centre/steps/service_agreement"
    assert (await send(admin, form(PNG, "avtale.png"), path))[0] == 303
    link = await link_in(admin, "/centre")
    before = there(node)
    owner = await signed_in(browsers, "eier")
    assert await post(owner, f"/operations/centrals/{CENTRAL}/steps/service_agreement/approve") == 303
    assert (await send(admin, form(PDF), path))[0] == 409
    assert await post(admin, f"{link}/remove") == 409
    assert there(node) == before


async def test_a_step_takes_five_documents(node: Node, browsers: Open) -> None:
    """The sixth is refused, and not kept."""
    _, admin = await accepted(node, browsers)
    statuses = [(await send(admin, form(PDF)))[0] for _ in range(6)]
    assert statuses == [303] * 5 + [422]
    entry = (await node.site.office.tenant(CentralId(CENTRAL))).progress.entries[Step.RISK_ANALYSIS]
    assert len(entry.documents) == 5


async def test_nodes_share_the_folder(
    node: Node, start_node: StartNode, browsers: Open, tmp_path: Path
) -> None:
    """Another node hands out what one has taken in; one that lacks the folder says so, and is not at fault."""
    _, admin = await accepted(node, browsers)
    assert (await send(admin, form(PDF)))[0] == 303
    path = await link_in(admin, "/centre")
    cookies = {cookie.key: cookie.value for cookie in admin.cookie_jar}
    for name, folder, status in (
        ("node-b", node.settings.documents_dir, 200),
        ("node-c", tmp_path / "elsewhere", 404),
    ):
        other = await start_node(name, documents_dir=folder)
        async with aiohttp.ClientSession(other.url, cookies=cookies) as session, session.get(path) as answer:
            assert answer.status == status, await answer.text()


async def test_the_journal_names_no_file(node: Node, browsers: Open) -> None:
    """What a file is called may name somebody; its id does not."""
    _, admin = await accepted(node, browsers)
    assert (await send(admin, form(PDF, "Ola Nordmann.pdf")))[0] == 303
    deeds = await node.site.store.journal.newest(10, CentralId(CENTRAL))
    assert any("document" in deed.reason for deed in deeds)
    assert not any("Ola Nordmann" in deed.reason for deed in deeds)

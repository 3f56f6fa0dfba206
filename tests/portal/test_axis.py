"""The axis's client against the sandbox of the axis, over real HTTP."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import httpx2
import pytest

from domain.letters import Status
from portal import axis
from portal.axis import AxisClient, AxisError, Delivery, Failure, Permanent, Profile, Temporary, Unclear
from portal.edxml import build, build_status
from portal.edxml_reading import read
from portal.sandbox import SandboxThread
from portal.sandbox.axis import ACCOUNTS
from portal.sandbox.axis_rules import parsed
from portal.sandbox.axis_rules import read as strictly
from portal.sandbox.axis_state import AxisState
from tests.portal.callers import Clock
from tests.portal.letters import LETTER, MORNING, PLAIN, POLICE, foreign, status_document

pytestmark = pytest.mark.anyio
DAY = {"since": date(2026, 7, 13), "until": date(2026, 7, 14)}
RAW = build(LETTER)
SYSTEM = "H56.19"


@pytest.fixture(scope="module")
def sandbox(catalogue: Any) -> Iterator[SandboxThread]:
    with SandboxThread(catalogue=catalogue, now=Clock()) as running:
        yield running


@pytest.fixture
def state(sandbox: SandboxThread) -> AxisState:
    sandbox.axis.clear()
    sandbox.axis.silence_seconds = 30
    return sandbox.axis


def client_of(sandbox: SandboxThread, secret: str = ACCOUNTS[SYSTEM], **options: Any) -> AxisClient:
    return AxisClient(Profile(sandbox.url, SYSTEM), secret, **options)


async def send(client: AxisClient, raw: bytes = RAW, *, tried_before: bool = False) -> Delivery:
    async with client:
        return await client.send(LETTER.document_id, raw, **DAY, tried_before=tried_before)


async def test_a_letter_stands_at_the_axis_as_it_was_sent(sandbox, state):
    delivery = await send(client_of(sandbox))
    (document,) = state.documents
    assert delivery == Delivery(document.axis_id)
    assert (document.raw, document.read.document) == (RAW, LETTER.document_id)
    assert document.read.files == (("Mẫu 04.pdf", len(LETTER.attachments[0].content)),)


def check_once(state: AxisState, document: str = LETTER.document_id) -> None:
    """The letter stands at the axis once."""
    assert [each.read.document for each in state.documents].count(document) == 1, "the letter came twice, or never"


async def lose_an_answer(sandbox: SandboxThread, state: AxisState, client: type[AxisClient]) -> Delivery:
    state.set_fault("timeout_after_commit")
    hasty = client(Profile(sandbox.url, SYSTEM), ACCOUNTS[SYSTEM], read_seconds=0.3)
    with pytest.raises(Unclear) as lost:
        await send(hasty)
    assert lost.value.reason is Failure.NO_ANSWER
    again = client(Profile(sandbox.url, SYSTEM), ACCOUNTS[SYSTEM])
    return await send(again, tried_before=True)


async def test_after_a_lost_answer_it_is_found_and_not_sent_again(sandbox, state):
    delivery = await lose_an_answer(sandbox, state, AxisClient)
    assert delivery.found
    check_once(state)


@pytest.mark.planted
async def test_a_client_that_does_not_look_first_is_caught(sandbox, state):
    class Hasty(AxisClient):
        async def send(self, document, raw, since, until, *, tried_before):
            return await super().send(document, raw, since, until, tried_before=False)

    await lose_an_answer(sandbox, state, Hasty)
    with pytest.raises(AssertionError, match="twice"):
        check_once(state)


async def test_what_never_arrived_is_sent_after_looking(sandbox, state):
    assert not (await send(client_of(sandbox), tried_before=True)).found
    check_once(state)


async def test_a_list_that_does_not_name_the_documents_answers_nothing():
    def answer(request):
        return httpx2.Response(200, json={"success": True, "data": [{"docId": "a"}]})

    client = AxisClient(Profile("http://axis", SYSTEM), "s", transport=httpx2.MockTransport(answer))
    with pytest.raises(Temporary) as failed:
        await send(client, tried_before=True)
    assert failed.value.reason is Failure.LOOK_UP_FAILED


FAULTS = [
    ("bad_gateway", Unclear, Failure.BAD_STATUS),
    ("not_json", Unclear, Failure.NOT_AN_ANSWER),
    ("wrong_key", Permanent, Failure.WRONG_KEY),
]


@pytest.mark.parametrize(("fault", "kind", "reason"), FAULTS)
async def test_faults_of_the_axis(sandbox, state, fault, kind, reason):
    state.set_fault(fault)
    with pytest.raises(AxisError) as failed:
        await send(client_of(sandbox))
    assert (type(failed.value), failed.value.reason) == (kind, reason)


async def test_an_axis_that_is_away_has_taken_nothing():
    with pytest.raises(Temporary) as failed:
        await send(AxisClient(Profile("http://127.0.0.1:9", SYSTEM), "s"))
    assert (type(failed.value), failed.value.reason) == (Temporary, Failure.UNREACHABLE)


REFUSED = [
    (replace(LETTER, receivers=(replace(POLICE, code="H99.01"),)), Failure.NO_RECEIVER),
    (replace(LETTER, receivers=(replace(POLICE, code="H56.99"),)), Failure.RECEIVER_LOCKED),
    (replace(LETTER, sender=replace(LETTER.sender, code="H56.20")), Failure.NO_SENDER),
]


@pytest.mark.parametrize(("letter", "reason"), REFUSED, ids=lambda value: getattr(value, "name", ""))
async def test_refusals_have_words_and_are_not_tried_again(sandbox, state, letter, reason):
    with pytest.raises(Permanent) as refused:
        await send(client_of(sandbox), build(letter))
    assert refused.value.reason is reason
    assert state.documents == []


async def test_a_document_that_is_none_is_refused(sandbox, state):
    for raw, reason in ((b"<x", Failure.WRONG_FILE), (RAW.replace(b"Subject", b"Subjekt"), Failure.WRONG_FORM)):
        with pytest.raises(Permanent) as refused:
            await send(client_of(sandbox), raw)
        assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, b"", Permanent), (400, b'{"data":{"errorCode":"18"}}', Permanent), (429, b"", Unclear),
        (408, b"", Unclear), (302, b"", Unclear), (200, b"[" * 100_000, Unclear), (200, b"1", Unclear),
        (200, b'{"success":true}', Unclear), (200, b'{"success":true,"docId":"<script>"}', Unclear),
        (200, b'{"success":false,"data":{"errorCode":"20"}}', Unclear), (200, b'{"success":false}', Unclear),
        (200, b'{"success":false,"data":{"errorCode":"22"}}', Permanent), (200, b"x" * (5 << 20), Unclear),
    ],
)  # fmt: skip
async def test_answers_of_every_kind_are_typed(status, body, kind):
    def answer(request):
        return httpx2.Response(status, content=body, headers={"location": "http://elsewhere/"})

    with pytest.raises(AxisError) as failed:
        await send(AxisClient(Profile("http://axis", SYSTEM), "s", transport=httpx2.MockTransport(answer)))
    assert type(failed.value) is kind


async def test_the_words_of_the_axis_own_library_count_too():
    def answer(request):
        return httpx2.Response(200, json={"status": "OK", "ErrorCode": "0", "docId": "5bebcfeff858e3e0cc154762"})

    client = AxisClient(Profile("http://axis", SYSTEM), "s", transport=httpx2.MockTransport(answer))
    assert await send(client) == Delivery("5bebcfeff858e3e0cc154762")


async def test_a_dripping_answer_ends(monkeypatch):
    async def drip(request):
        await asyncio.Event().wait()

    client = AxisClient(
        Profile("http://axis", SYSTEM), "s", connect_seconds=0.1, read_seconds=0.1,
        transport=httpx2.MockTransport(drip),
    )  # fmt: skip
    with pytest.raises(Unclear):
        await send(client)


async def test_what_arrives_is_listed_fetched_and_marked(sandbox, state):
    state.put_in(foreign().replace(b"28.22.H17", b"H56.07").replace(b"<edXML:TSPrinted>x</edXML:TSPrinted>", b"")
                 .replace(b"<edXML:To><edXML:OrganId>H56.19</edXML:OrganId>", b"<edXML:To><edXML:OrganId>H56.19"
                          b"</edXML:OrganId><edXML:OrganName>x</edXML:OrganName>")
                 .replace(b"<edXML:edXMLManifest version=\"1.0\"/>", MANIFEST))  # fmt: skip
    async with client_of(sandbox) as client:
        (row,) = await client.received("edoc", **DAY)
        assert (row.sender, row.document) == ("H56.07", "H56.07,2026/07/14,7816/UBND-VP")
        assert read(await client.fetch(row.axis_id)).says.document_id == row.document
        assert await client.received("status", **DAY) == []
        await client.mark(row.axis_id, "done")
        await client.mark(row.axis_id, "done")
        assert await client.received("edoc", **DAY) == []
        assert [each.code for each in await client.agencies()][:2] == ["H56.19", "H56.07"]


MANIFEST = (
    b'<edXML:edXMLManifest version="1.0"><edXML:Reference><edXML:ContentId>cid:209</edXML:ContentId>'
    b"<edXML:ContentType>application/zip</edXML:ContentType><edXML:AttachmentName>y-kien.doc</edXML:AttachmentName>"
    b"</edXML:Reference></edXML:edXMLManifest>"
)


async def test_a_receiver_answers_and_we_hear_it(sandbox, state):
    delivery = await send(client_of(sandbox))
    state.answer(delivery.axis_id, "06")
    async with client_of(sandbox) as client:
        (row,) = await client.received("status", **DAY)
        told = read(await client.fetch(row.axis_id)).says
    assert (told.status, told.sender.code, told.answers.document) == (
        Status.COMPLETED, row.sender, LETTER.document_id,
    )  # fmt: skip


async def test_we_tell_how_a_letter_of_another_stands(sandbox, state):
    told = read(status_document(document="H56.07,2026/07/14,7816/UBND-VP")).says
    answers = replace(told.answers, organ="H56.07")
    message = replace(told, sender=LETTER.sender, answers=answers, at=MORNING)
    async with client_of(sandbox) as client:
        number = await client.tell(build_status(message))
        with pytest.raises(Permanent):
            await client.tell(RAW)
    (document,) = state.documents
    assert (document.axis_id, document.read.kind, document.read.status) == (number, "status", "03")
    assert document.read.receivers == ("H56.07",)


async def test_an_address_with_a_name_in_it_is_refused():
    for address in ("ftp://x", "http://a:b@x", "x"):
        with pytest.raises(ValueError, match="address"):
            Profile(address, SYSTEM)


async def test_the_secret_is_in_no_error(sandbox, state):
    state.set_fault("bad_gateway")
    with pytest.raises(Unclear) as failed:
        await send(client_of(sandbox))
    assert ACCOUNTS[SYSTEM] not in repr(failed.value)
    assert failed.value.__cause__ is None


# The sandbox's own reader


def problems_of(raw: bytes) -> list[str]:
    root = parsed(raw)
    assert root is not None
    return strictly(root)[1]


def test_the_strict_reader_takes_what_we_build():
    for letter in (LETTER, PLAIN, replace(LETTER, receivers=(*LETTER.receivers, POLICE))):
        assert problems_of(build(letter)) == []
    told = read(status_document()).says
    assert problems_of(build_status(replace(told, at=MORNING))) == []
    assert problems_of(status_document()) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("edXML:Subject", "edXML:Subjekt", "Subject: thiếu"),
        ("edXML:Bussiness>", "edXML:Business>", "Bussiness: thiếu"),
        (
            "2026/07/13</edXML:PromulgationDate>",
            "13/07/2026</edXML:PromulgationDate>",
            "PromulgationDate: sai dạng",
        ),
        (",12/PXL", ",13/PXL", "DocumentId: không khớp"),
        ("<edXML:Paper>0", "<edXML:Paper>2", "Bussiness/Paper: sai dạng"),
        ("DocType>0", "DocType>4", "Bussiness/BussinessDocType: sai dạng"),
        ("<edXML:ContentId>cid:1", "<edXML:ContentId>cid:2", "ContentId: danh mục"),
        ("UEs", "AEs", "ContentTransferEncoded: không phải zip"),
        ("<edXML:Content>", "<edXML:Extra></edXML:Extra><edXML:Content>", "Extra: không có trong quy chuẩn"),
        ("TraceHeaderList>", "TraceHeaders>", "TraceHeaderList: thiếu"),
        ("<edXML:OrganId>H56.07", "<edXML:OrganId>h56-07", "To/OrganId: sai dạng"),
    ],
)
def test_the_strict_reader_names_what_is_wrong(old, new, problem):
    changed = RAW.decode().replace(old, new)
    assert changed != RAW.decode()
    assert any(each.startswith(problem) or problem in each for each in problems_of(changed.encode()))


async def test_the_page_shows_numbers_and_no_words(sandbox, state):
    delivery = await send(client_of(sandbox))
    async with httpx2.AsyncClient(base_url=sandbox.url, trust_env=False) as browser:
        shown = (await browser.get("/axis")).text
        assert LETTER.document_id in shown
        assert "gia hạn" not in shown
        assert "Mẫu" not in shown
        said = {"document": delivery.axis_id, "code": "03"}
        assert (await browser.post("/axis/answers", data=said)).status_code == 303
        assert (await browser.post("/axis/answers", data={"document": "x"})).status_code == 400
        assert (await browser.post("/axis/faults", data={"name": "wrong_key"})).status_code == 303
        assert (await browser.post("/axis/faults", data={"name": "nothing"})).status_code == 400
        foreign_page = {"origin": "http://elsewhere"}
        assert (await browser.post("/axis/clear", headers=foreign_page)).status_code == 403
        assert [each.read.status for each in state.documents] == ["", "03"]
        assert state.active_faults() == {"wrong_key": 1}
        assert (await browser.post("/axis/clear")).status_code == 303
    assert state.documents == []


def test_every_reason_has_words():
    assert len({str(reason) for reason in Failure}) == len(Failure)
    assert set(axis.REFUSALS.values()) <= set(Failure)

"""Every message that comes in from outside, gone wrong in every way: an answer of ours, and nothing half kept.

Each door has one line in DOORS below; where a door's own file has its property test, the line says which.
"""

import asyncio
import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import httpx2
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import app
from domain.procedures import Procedure
from portal import answers, catalogue, inbox
from portal.axis import Row
from portal.catalogue import procedure_of
from portal.client import Known, PortalError, Unknown
from portal.edxml import build
from portal.inbox_messages import BODY_LIMIT
from portal.letter_worker import LetterWorker
from portal.national_client import read_answer
from portal.poller import Poller, PollFailed
from printers import agent_words
from printers.agent_words import WordWrong
from printers.agents import AgentConnection
from store.store import Store
from store.vault import Vault
from tests.portal.adapters import HERE, NOT_HERE, PROCEDURE, Adapter, answered, client_of
from tests.portal.examples import CODE
from tests.portal.inbox_letters import PROCEDURE as PROCEDURE_CODE
from tests.portal.inbox_letters import completion, dossier
from tests.portal.inbox_posts import Post, new_code, posted
from tests.portal.letters import LETTER, foreign, status_document
from tests.portal.test_reconciler import Blocking
from tests.support.halls import HandClock, write_file
from tests.support.mangling import mangled, mangled_bytes

# Every route by which somebody outside tells us something, and where a property test of it stands.
DOORS = {
    "/portal/inbox/nhanhsdvcqg": "here",
    "/portal/payments": "tests/portal/test_payments.py",
    "/agents/{device}": "here",
}
QUIET = settings(
    max_examples=80, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
ROW = {
    "MATTHC": "1.004873", "TENTTHC": "Cấp giấy", "TRANGTHAI": "1",
    "LINHVUCTHUCHIEN": [{"MALINHVUC": "G15-HT", "TENLINHVUC": "Hộ tịch"}],
    "CACHTHUCTHUCHIEN": [{"KENH": "1", "THOIGIAN": [
        {"THOIGIANGIAIQUYET": "3", "DONVITINH": "Ngày làm việc", "MOTA": "x",
         "PHILEPHI": [{"MAPHILEPHI": "1", "SOTIEN": "8000", "DONVI": "Đồng", "MOTA": "Lệ phí"}]}]}],
    "THANHPHANHOSO": [{"TRUONGHOP": "A", "GIAYTO": [{"MAGIAYTO": "1", "TENGIAYTO": "Tờ khai", "URL": "…"}]}],
    "DOITUONGTHUCHIEN": [{"TENDOITUONG": "Công dân"}],
    "KETQUATHUCHIEN": [{"MAKETQUA": "KQ.1", "TENKETQUA": "Giấy"}],
    "COQUANTHUCHIEN": [{"MADONVI": "1", "TENDONVI": "UBND cấp xã"}],
}  # fmt: skip
KEPT = ("dossiers", "particulars", "inbox_contents", "attachments", "files on the disk", "dossier_steps")


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    with posted(tmp_path_factory.mktemp("gone-wrong")) as post:
        yield post


def is_settled(post: Post, body: bytes) -> None:
    """An answer in the dialect, none of it our fault; what was refused has left nothing."""
    before = post.rows()
    answer = post.letter(body)
    assert answer.status_code < 500, answer.text
    code, after = answer.json()["error_code"], post.rows()
    if code in ("0", "1"):
        grown = {name: after[name] - before[name] for name in ("dossiers", "particulars", "inbox_contents")}
        assert set(grown.values()) in ({0}, {1}), grown
    else:
        assert after == before


@QUIET
@given(data=st.data())
def test_a_pushed_dossier_gone_wrong_is_taken_whole_or_not_at_all(post, data):
    told = dossier(MaHoSo=new_code(), EForm={"x": "y"}, MaDonVi="", TrichYeuHoSo="x")
    is_settled(post, data.draw(mangled_bytes(told)))


@QUIET
@given(data=st.data())
def test_a_supplement_gone_wrong_changes_nothing(post, data):
    code = new_code()
    post.letter(dossier(MaHoSo=code))
    before = post.rows()
    file = {"TenTepDinhKem": "a.pdf", "Base64": dossier()["TaiLieuNop"][0]["Base64"]}
    answer = post.letter(data.draw(mangled_bytes(completion(MaHoSo=code, TaiLieuNop=[file]))))
    assert answer.status_code < 500, answer.text
    after = post.rows()
    assert {name: after[name] for name in KEPT} == {name: before[name] for name in KEPT}, "nobody asked for it"


def test_a_letter_of_the_largest_size_is_settled(post):
    is_settled(post, b'{"MaHoSo":"' + b"x" * (BODY_LIMIT - 20) + b'"}')
    is_settled(post, b"[" * (BODY_LIMIT // 8))


def polled(post: Post, body: bytes) -> None:
    """A polled answer: what was counted as taken is there whole, the rest waits on the desk or is no answer."""
    place, store, before = post.server.app.state, post.server.store, post.rows()

    async def write(act: Any, operation: Any, *args: Any, **kwargs: Any) -> Any:
        return store.write_now(act, operation, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "write", write)
        transport = httpx2.MockTransport(lambda _: answered(body))
        try:
            taken = asyncio.run(Poller(store, place.inbox, post.clock, "http://x/", transport=transport).poll())
        except PollFailed:
            taken = 0
    after = post.rows()
    assert {name: after[name] - before[name] for name in ("dossiers", "particulars", "inbox_contents")} == {
        "dossiers": taken, "particulars": taken, "inbox_contents": taken,
    }  # fmt: skip


@QUIET
@given(data=st.data())
def test_a_polled_answer_gone_wrong_is_taken_row_by_row_or_not(post, data):
    rows = [dossier(MaHoSo=new_code(), NgayNopHoSo="23/11/2026 07:15:00") for _ in range(2)]
    polled(post, data.draw(mangled_bytes({"total": 2, "data": rows})))


@QUIET
@given(data=st.data())
def test_an_answer_about_a_dossier_gone_wrong_is_never_read_as_unknown(data):
    body = data.draw(mangled_bytes(data.draw(st.sampled_from([HERE, NOT_HERE]))))
    adapter = Adapter(*[body] * 4)

    async def ask() -> Known | Unknown | None:
        async with client_of(adapter) as client:
            try:
                return await client.look_up(CODE)
            except PortalError:
                return None

    found = asyncio.run(ask())
    if isinstance(found, Unknown):
        said = msgspec.json.decode(body)
        assert said["result"] == [] and int(said["error_code"]) == 0
    elif found is not None:
        assert found.status is None or 1 <= found.status <= 10


@QUIET
@given(data=st.data())
def test_an_answer_of_the_catalogue_gone_wrong_is_an_answer_or_a_typed_failure(data):
    body = data.draw(mangled_bytes(PROCEDURE))

    async def ask() -> None:
        for what in ("listed_codes", "catalogue_row", "procedure"):
            async with client_of(Adapter(*[body] * 4)) as client:
                try:
                    await getattr(client, what)(*([] if what == "listed_codes" else [PROCEDURE_CODE]))
                except PortalError:
                    continue

    asyncio.run(ask())


@QUIET
@given(row=mangled(ROW))
def test_a_row_of_the_catalogue_gone_wrong_is_a_procedure_or_none(row):
    found = procedure_of(row)
    assert found is None or isinstance(found, Procedure)
    if found is not None:
        json.dumps(found.title).encode()


@QUIET
@given(raw=mangled_bytes({"known": True, "fields": {"name": "agrees", "birth_year": "differs"}}))
def test_an_answer_of_a_national_database_gone_wrong_is_an_answer(raw):
    read_answer(raw, frozenset({"name", "birth_year"}))


class Mute:
    """The line of an agent that is only listened to."""

    connection: Any = None
    name = "quay-1"


WORDS = [
    {"t": "opened", "s": 1}, {"t": "at", "s": 1, "n": 7}, {"t": "no", "s": 1, "why": "LOST"},
    {"t": "said", "s": 1, "hex": "00ff"}, {"t": "status", "s": 1, "said": {"1": 18}}, {"t": "taken", "s": 1},
]  # fmt: skip


@pytest.mark.parametrize("why", [[], {}, None, 1])
def test_a_reason_of_a_print_agent_that_is_no_word_is_not_understood(why):
    async def hear() -> None:
        AgentConnection(Mute(), 1).hear({"t": "no", "s": 1, "why": why})  # type: ignore[arg-type]

    with pytest.raises(WordWrong):
        asyncio.run(hear())


@pytest.mark.parametrize("case", [["x"], {"a": 1}, 7])
def test_a_case_of_the_catalogue_that_is_no_text_stops_no_fetching(case):
    procedure_of(ROW | {"THANHPHANHOSO": [{"TRUONGHOP": case, "GIAYTO": []}]})


@QUIET
@given(data=st.data())
def test_a_word_of_a_print_agent_gone_wrong_is_heard_or_not_understood(data):
    raw = data.draw(mangled_bytes(data.draw(st.sampled_from(WORDS))))

    async def hear() -> None:
        try:
            AgentConnection(Mute(), 1).hear(agent_words.read(raw.decode("utf-8", "replace")))  # type: ignore[arg-type]
        except WordWrong:
            return

    asyncio.run(hear())


class Shelf:
    """An axis that has one document, as it came."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    async def fetch(self, _: str) -> bytes:
        return self.raw

    async def agencies(self) -> list[Any]:
        return []


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A good letter or status message with some of its bytes lost, doubled or changed."""
    raw = bytearray(draw(st.sampled_from([build(LETTER), foreign(), status_document()])))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.integers(0, 60)))
        raw[start:end] = draw(st.binary(max_size=20) | st.just(bytes(raw[start:end]) * 2))
    return bytes(raw)


@pytest.fixture(scope="module")
def axis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    clock = HandClock()
    store = Blocking(write_file(tmp_path_factory.mktemp("axis") / "motcua.sqlite"), clock, server=True)
    store.start()
    yield store
    store.close()


@QUIET
@given(raw=spoilt(), kind=st.sampled_from(["edoc", "status"]))
def test_a_document_of_the_axis_gone_wrong_is_taken_whole_or_marked(axis, raw, kind):
    def count(db: Any) -> tuple[int, ...]:
        tables = ("letters", "letter_bodies", "letter_statuses")
        return tuple(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)

    before = axis.read(count)
    worker = LetterWorker(axis, Vault(b"k" * 32), Shelf(raw), HandClock())  # type: ignore[arg-type]
    row = Row(f"vb-{sha256(raw).hexdigest()[:20]}", "H56.07", "", "")
    said = asyncio.run(worker._take_in(kind, row))
    letters, bodies, statuses = (after - then for after, then in zip(axis.read(count), before, strict=True))
    assert said in ("done", "fail")
    assert letters == bodies <= 1 and statuses == 0
    assert letters == 0 or said == "done"


def test_every_door_from_outside_is_here():
    told = {route.path for route in app.ROUTES if route.path.startswith(("/portal/", "/agents/"))}
    assert told | {"/agents/{device}"} == DOORS.keys()


@pytest.mark.planted
def test_a_reader_that_trusts_types_is_found(monkeypatch):
    def read_answer_hopefully(body: bytes) -> answers.Answer:
        told = json.loads(body)
        return answers.Answer(code=0, result=tuple(told.get("result") or ()), session="x")

    monkeypatch.setattr("portal.client.read_answer", read_answer_hopefully)
    with pytest.raises((AssertionError, AttributeError, TypeError, ValueError, KeyError, ExceptionGroup)):
        test_an_answer_about_a_dossier_gone_wrong_is_never_read_as_unknown()


@pytest.mark.planted
def test_a_door_that_stores_before_it_reads_is_found(post, monkeypatch):
    read = inbox.read_body

    def careless(body: bytes) -> Any:
        post.server.store.read(lambda db: db)
        box = post.server.app.state.house.files.box
        box.put(body)
        return read(body)

    monkeypatch.setattr(inbox, "read_body", careless)
    with pytest.raises(AssertionError):
        is_settled(post, b'{"MaHoSo":1}')


@pytest.mark.planted
def test_a_catalogue_that_trusts_its_words_is_found(monkeypatch):
    monkeypatch.setattr(catalogue, "read_row", lambda line, number: json.loads(line)["title"].strip())
    with pytest.raises((AssertionError, AttributeError, ExceptionGroup)):
        test_a_row_of_the_catalogue_gone_wrong_is_a_procedure_or_none()

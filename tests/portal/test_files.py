"""From a clerk's upload to the portal's copy: real server, real sandbox, real HTTP, each address fetched once."""

import hashlib
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from domain.applicants import applicant, particulars, to_bytes
from domain.attachments import Limits, Part
from operations import attaching, intake, shifts
from operations.attaching import Sent
from portal import files as portal_files
from portal.files import Fetching
from portal.sandbox import TEST_ACCOUNTS, SandboxThread
from portal.sandbox import files as sandbox_files
from portal.sandbox.files import Fetcher, addresses, fetch
from store import procedures
from store.vault import Vault
from store.writer import Act
from tests.portal.examples import FACTS
from tests.support import files
from tests.support.asking import request_id
from tests.support.halls import DEMO, HandClock
from tests.support.servers import running

ADAPTER = "/XrdAdapter/RestService/forward"
PROCEDURE = "1.001193"
WAIT = 20.0
VAULT = Vault(b"k" * 32)
LIFE = timedelta(days=400)


@contextmanager
def hall(tmp_path, clock, life=LIFE):
    """A server whose portal is a sandbox of its own, which fetches its files there."""
    secret = tmp_path / "portal.password"
    secret.write_text(TEST_ACCOUNTS["H56"], encoding="utf-8")
    with (
        SandboxThread(DEMO / "procedures.jsonl", now=clock) as sandbox,
        running(
            tmp_path / "data", clock, portal_url=sandbox.url + ADAPTER, portal_password_file=secret,
        ) as server,
    ):  # fmt: skip
        service, fetching = server.app.state.portal, Fetching(server.url + "/portal-files/", life)
        service._fetching = fetching  # known only now; whoever was made before it is told, too
        if service.worker is not None:
            service.worker._fetching = fetching
        yield server, sandbox


def receive(server):
    server.open_shift("cb01", 1)
    told = to_bytes(particulars(applicant("NGUYỄN VĂN A", "", "", ""), "", ()))
    taken = intake.Intake(PROCEDURE, server.app.state.house.vault.seal(told))
    return server.store.write_now(Act("cb01"), intake.receive_dossier, 1, "cb01", taken).code


def upload(server, code, content, name, **more):
    fields = {"belongs": "submitted:", "request_id": request_id()} | more
    answer = server.client("cb01").post(
        f"/dossiers/{code}/files", data=fields, files={"file": (name, content)}
    )  # fmt: skip
    assert answer.status_code == 303, answer.text


def record(sandbox, code):
    found = sandbox.state.dossier(code)
    return found.record if found else {"TaiLieuNop": [], "DanhSachGiayToKetQua": []}


def until(sandbox, condition):
    assert sandbox.state.wait_until(lambda _: condition(), WAIT), "it never came"


def test_documents_and_results_reach_the_portal_and_are_fetched_from_their_addresses(tmp_path):
    with hall(tmp_path, HandClock()) as (server, sandbox):
        code = receive(server)
        until(sandbox, lambda: sandbox.state.dossier(code))
        assert record(sandbox, code)["TaiLieuNop"] == record(sandbox, code)["DanhSachGiayToKetQua"] == []
        assert record(sandbox, code)["HoSoCoThanhPhanSoHoa"] == "0"
        paper, outcome = files.a_pdf("Tờ khai"), files.a_picture("JPEG", (500, 700))
        upload(server, code, paper, "to-khai.pdf", digitised="1")
        result = attaching.choices(server.store.read(_procedure), Part.RESULT)[0]
        upload(server, code, outcome, "ket qua.jpg", belongs=f"result:{result[0]}")
        upload(server, code, files.a_picture(), "ghi chú nội bộ.png", belongs="other:")
        until(sandbox, lambda: record(sandbox, code)["DanhSachGiayToKetQua"])
        (told,), (ended,) = record(sandbox, code)["TaiLieuNop"], record(sandbox, code)["DanhSachGiayToKetQua"]
        assert (told["TenTepDinhKem"], told["DuocSoHoa"], told["DuocTaiSuDung"], told["IsDeleted"]) == (
            "to-khai.pdf", "1", "0", "False",
        )  # fmt: skip
        assert (ended["MaGiayToKetQua"], ended["TenGiayTo"]) == result
        assert record(sandbox, code)["HoSoCoThanhPhanSoHoa"] == "1"
        assert sandbox.state.files.wait_until(2, WAIT)
        came = list(sandbox.state.files.found.values())
        assert {one.outcome for one in came} == {"fetched"} and {one.code for one in came} == {code}
        assert {one.sha256 for one in came} == {hashlib.sha256(held).hexdigest() for held in (paper, outcome)}
        assert {one.media for one in came} == {"application/pdf", "image/jpeg"}
        fetched = server.store.read(lambda db: db.execute("SELECT fetches FROM file_links").fetchall())
        assert fetched == [(1,), (1,)], "each address once"


def _procedure(db):
    return procedures.find(db, PROCEDURE)


def test_what_is_removed_is_told_as_deleted_and_its_address_leads_nowhere(tmp_path):
    with hall(tmp_path, HandClock()) as (server, sandbox):
        code = receive(server)
        upload(server, code, files.a_pdf(), "nham 038190123457.pdf")
        until(sandbox, lambda: record(sandbox, code)["TaiLieuNop"])
        (told,) = record(sandbox, code)["TaiLieuNop"]
        number = int(told["TepDinhKemId"])
        server.store.write_now(Act("cb01"), attaching.remove_file, code, number, "wrong-dossier")
        until(sandbox, lambda: record(sandbox, code)["TaiLieuNop"][0]["IsDeleted"] == "True")
        (gone,) = record(sandbox, code)["TaiLieuNop"]
        assert gone["TenTepDinhKem"] == f"tep-{number}.pdf", "the name went with the file"
        assert gone["DuongDanTaiTepTin"] == told["DuongDanTaiTepTin"]
        assert fetch(code, gone["DuongDanTaiTepTin"]).outcome == "expired"
        assert addresses(record(sandbox, code)) == []


def test_an_address_that_has_ended_is_reported_as_expired(tmp_path):
    clock = HandClock()
    with hall(tmp_path, clock, timedelta(days=2)) as (server, sandbox):
        code = receive(server)
        upload(server, code, files.a_pdf(), "to-khai.pdf")
        until(sandbox, lambda: record(sandbox, code)["TaiLieuNop"])
        address = addresses(record(sandbox, code))[0]
        assert fetch(code, address).outcome == "fetched"
        clock.forward(days=3)
        assert fetch(code, address).outcome == "expired"
        assert fetch(code, address[:-1] + "2").outcome == "unreachable"
        assert fetch(code, "http://127.0.0.1:9/x").outcome == "unreachable"
        assert fetch(code, "file:///etc/passwd").outcome == "unreachable"


def test_without_an_address_of_its_own_a_centre_names_no_file(hall_facts):
    desk, facts = hall_facts
    told = portal_files.with_files(desk.db, VAULT, facts, Fetching())
    assert (told.documents, told.results, told.digitised) == ((), (), True)
    assert desk.one("SELECT count(*) FROM file_links") == 0


def test_no_result_is_told_without_a_result_and_flags_only_as_recorded(hall_facts):
    """The defects of client B: the first document as result, everything digitised, everything reused."""
    desk, facts = hall_facts
    desk.do(attaching.issue_links, facts.code, LIFE)
    told = portal_files.with_files(desk.db, VAULT, facts, Fetching("https://h.example"))
    assert told.results == ()
    assert [(d.digitised, d.reused, d.from_warehouse) for d in told.documents] == [
        (True, False, False), (False, True, False), (False, False, True),
    ]  # fmt: skip
    assert all(d.address.startswith("https://h.example/") for d in told.documents)


@pytest.mark.planted
def test_a_document_sent_as_result_is_caught(hall_facts, monkeypatch):
    both = SimpleNamespace(SUBMITTED=Part.SUBMITTED, RESULT=Part.SUBMITTED, OTHER=Part.OTHER)
    monkeypatch.setattr(portal_files, "Part", both)
    with pytest.raises(AssertionError):
        test_no_result_is_told_without_a_result_and_flags_only_as_recorded(hall_facts)


@pytest.fixture
def hall_facts(hall):
    """A dossier with one file of each origin, and its facts without files."""
    hall.do(shifts.open_shift, 1, "cb01")
    code = hall.do(intake.receive_dossier, 1, "cb01", intake.Intake(PROCEDURE, b"sealed")).code
    for number, flag in enumerate(("digitised", "reused", "from_warehouse")):
        sent = Sent(f"{number}" * 64, "application/pdf", 9, VAULT.seal(f"{flag}.pdf".encode()), **{flag: True})
        hall.do(attaching.attach_file, code, sent, Limits())
    return hall, replace(FACTS, code=code, procedure_code=PROCEDURE, documents=(), digitised=False)


def test_a_fetcher_asks_for_each_address_once_and_is_bounded(monkeypatch):
    asked = []
    monkeypatch.setattr(
        sandbox_files,
        "fetch",
        lambda code, address: asked.append(address) or sandbox_files.Fetched(code, "fetched"),
    )
    monkeypatch.setattr(sandbox_files, "MAX_KEPT", 3)
    fetcher = Fetcher()
    record = {
        "MaHoSo": "H",
        "TaiLieuNop": [{"IsDeleted": "False", "DuongDanTaiTepTin": f"http://h/{n}"} for n in "11234"],
    }
    fetcher.ask(record)
    fetcher.ask(record)
    assert fetcher.wait_until(3)
    assert asked == ["http://h/1", "http://h/2", "http://h/3"]

"""The sandbox's scoreboard: typed by hand, and the same figures as ours for one day sent over real HTTP."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from domain.applicants import Words, applicant, particulars, to_bytes, words_to_bytes
from domain.dossiers import Act
from domain.fees import Fee, FeeKind
from domain.indicators import Id
from operations import endings, intake, paying, processing
from operations.processing import Doing
from portal.sandbox import scores
from portal.sandbox.files import Fetched
from portal.sandbox.scores import Line, score
from store import indicators, outbox
from store.indicators import Period
from store.writer import Act as Who
from tests.portal.callers import Caller, dossier
from tests.portal.test_files import PROCEDURE, hall, upload
from tests.printers.agent_hall import until
from tests.support import files
from tests.support.halls import HandClock

NOW = "20260720120000"
ADDRESS = "https://files.example/77"
RESULT = {"TenGiayTo": "Giấy xác nhận", "DuongDanTepTinKetQua": ADDRESS}
DONE = {"TrangThaiHoSo": "9", "NgayKetThucXuLy": "20260715204200"}
SINCE, UNTIL = datetime(2026, 10, 31, 17, tzinfo=UTC), datetime(2026, 11, 30, 17, tzinfo=UTC)
PERIOD = {"since": "20261101000000", "until": "20261201000000"}


def paper(**more):
    return dossier()["TaiLieuNop"][0] | more


@pytest.mark.parametrize(
    ("id", "record", "line"),
    [
        ("1.4", {}, Line(1, 1)),
        ("1.4", {"TrangThaiHoSo": "3"}, Line(0, 0)),
        ("2.1", {}, Line(0, 1)),
        ("2.1", {"NgayHenTra": "20260720170000"}, Line(1, 1)),
        ("2.1", {"NgayHenTra": "20260720070000"}, Line(1, 1)),
        ("2.1", {"NgayHenTra": ""}, Line(1, 1)),
        ("2.1", DONE, Line(1, 1)),
        ("2.1", DONE | {"NgayHenTra": "20260714170000"}, Line(0, 1)),
        ("2.1", {"TrangThaiHoSo": "5"}, Line(0, 0)),
        ("2.2", DONE, Line(2.5, 1)),
        ("2.2", {}, Line(0, 0)),
        ("3.6", {"DuocThanhToanTrucTuyen": "1"}, Line(1, 1)),
        ("3.6", {"DuocThanhToanTrucTuyen": "3"}, Line(0, 1)),
        ("3.6", {"DuocThanhToanTrucTuyen": "2"}, Line(0, 0)),
        ("4.1", DONE | {"DanhSachGiayToKetQua": [RESULT]}, Line(1, 1)),
        ("4.1", DONE | {"DanhSachGiayToKetQua": [RESULT | {"DuongDanTepTinKetQua": "other"}]}, Line(0, 1)),
        ("4.2", DONE | {"DanhSachGiayToKetQua": [RESULT]}, Line(1, 1)),
        ("4.2", {}, Line(0, 1)),
        ("4.3", {"TaiLieuNop": [paper(DuocTaiSuDung="1")]}, Line(1, 1)),
        ("4.3", {"TaiLieuNop": [paper(DuocTaiSuDung="1", IsDeleted="True")]}, Line(0, 1)),
    ],
)
def test_typed_by_hand(id, record, line):
    found = {ADDRESS: Fetched("x", "fetched"), "other": Fetched("x", "expired")}
    assert score([dossier(**record)], found, NOW)[id] == line


def test_a_period_has_what_was_received_in_it_and_judges_what_was_carried_over():
    months = [
        score([dossier()], {}, "20260920120000", since, until)
        for since, until in (("20260601000000", "20260701000000"), ("20260701000000", "20260801000000"),
                             ("20260801000000", "20260901000000"))
    ]  # fmt: skip
    assert [month["1.4"].below for month in months] == [0, 1, 0]
    assert [month["2.1"] for month in months] == [Line(0, 0), Line(0, 1), Line(0, 1)]


def test_nobody_but_the_centre_knows_what_never_came(caller: Caller):
    caller.send(dossier())
    answer = caller.http.get("/sandbox/score.json", params={"received": "4"}).json()
    assert answer["1.4"] == {"above": 1, "below": 4}
    assert "1.4 đồng bộ hồ sơ" in caller.http.get("/").text
    for wrong in ({"since": "x"}, {"until": "2026"}, {"received": "-1"}, {"received": "x"}):
        assert caller.http.get("/sandbox/score.json", params=wrong).status_code == 400


def live_a_day(server, sandbox, clock) -> None:
    """Eight dossiers: in time, late, open, at rest, paid this way and that, with results, papers reused, parked."""
    vault = server.app.state.house.vault
    words = vault.seal(words_to_bytes(Words("Xem xét hồ sơ")))

    def do(operation, *arguments):
        return server.store.write_now(Who("cb01"), operation, *arguments)

    def take():
        clock.forward(minutes=7)
        told = to_bytes(particulars(applicant("NGUYỄN VĂN A", "", "", ""), "", ()))
        return do(intake.receive_dossier, 1, "cb01", intake.Intake(PROCEDURE, vault.seal(told))).code

    server.open_shift("cb01", 1)
    sandbox.faults.set("refuse_field", field="TrichYeuHoSo", pattern="*-0008")
    codes = [take() for _ in range(8)]
    for n, code in enumerate(codes[:3]):
        fee = do(paying.ask_fee, code, "cb01", Fee(FeeKind.DUTY, "8.000", 8000))
        if n == 0:
            do(paying.confirm_online, "P1", do(paying.begin_online, fee).reference, 8000)
        elif n == 1:
            do(paying.take_cash, fee, "cb01", 8000)
    for code in codes:
        do(processing.note, Act.PROGRESS, Doing(code, "cb01", words))
    for n, code in enumerate(codes[:4]):
        upload(server, code, files.a_pdf(f"Tờ khai {n}"), "to-khai.pdf", **({"reused": "1"} if n < 2 else {}))
        upload(server, code, files.a_pdf(f"Kết quả {n}"), "ket-qua.pdf", belongs="result:")
    do(processing.note, Act.STOP, Doing(codes[6], "cb01", words))
    for code in codes[:2]:
        do(endings.resolve, Doing(code, "cb01", None))
    clock.forward(days=10, hours=5)
    for code in codes[2:5]:
        do(endings.resolve, Doing(code, "cb01", None))


def told_all(server, sandbox) -> bool:
    """Everything is acknowledged but what stands behind the one that was refused, and every file was fetched."""
    left = {message.dossier[-4:] for message in server.store.read(outbox.open_portal_messages)}
    return left == {"0008"} and len(sandbox.state.files.found) == 8


def ours(server, clock) -> dict[str, tuple[float, int]]:
    with server.store.own_reader() as db:
        found = indicators.counted(db, Period(SINCE, UNTIL, clock()))
    return {id.value: (round(count.above, 9), count.below) for id, count in found if id is not Id.CONTENT}


def theirs(server, sandbox, received: int) -> dict[str, tuple[float, int]]:
    """As anybody reads it from the sandbox."""
    query = urlencode(PERIOD | {"received": received})
    answer = server.client().get(f"{sandbox.url}/sandbox/score.json?{query}").json()
    return {id: (round(line["above"], 9), line["below"]) for id, line in answer.items()}


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """The day has been lived and told; who has it in hand, and where the portal is."""
    clock = HandClock()
    with hall(tmp_path_factory.mktemp("scores"), clock) as (server, sandbox):
        live_a_day(server, sandbox, clock)
        until(lambda: told_all(server, sandbox), 40, "not everything was told")
        yield server, sandbox, clock


def check_alike(day) -> None:
    """What is at rest or was never accepted by the portal is known to us alone: the first by its status, too."""
    server, sandbox, clock = day
    own, other = ours(server, clock), theirs(server, sandbox, 8)
    assert own["1.4"] == other["1.4"] == (7, 8)
    assert other == without_the_refused(own)


def without_the_refused(own: dict[str, tuple[float, int]]) -> dict[str, tuple[float, int]]:
    """Ours less the dossier that the portal does not have: open and late, without result or reused paper."""
    known = {id: (above, below - (id in ("2.1", "4.2", "4.3"))) for id, (above, below) in own.items()}
    return known | {"1.4": own["1.4"]}


def test_the_portal_and_we_count_the_same(day):
    check_alike(day)
    server, _, clock = day
    assert ours(server, clock) == {
        "1.4": (7, 8), "2.1": (2, 7), "2.2": ours(server, clock)["2.2"], "3.6": (1, 3), "4.1": (4, 5),
        "4.2": (4, 8), "4.3": (2, 8),
    }  # fmt: skip


@pytest.mark.planted
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("_LATE", "d.finished_at IS NULL"),
        ("_OPENS", "0"),
        ("_IS_REUSED", "0"),
        ("_ONLINE", "1"),
        ("_SYNCED", "1"),
    ],
)
def test_a_figure_that_is_ours_alone_is_seen(day, monkeypatch, name, wrong):
    monkeypatch.setattr(indicators, name, wrong)
    with pytest.raises(AssertionError):
        check_alike(day)


@pytest.mark.planted
def test_a_portal_that_compares_times_is_seen(day, monkeypatch):
    monkeypatch.setattr(scores, "_is_late", lambda one, moment: False)
    with pytest.raises(AssertionError):
        check_alike(day)

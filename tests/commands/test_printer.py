"""`motcua printer test`: what it prints, what it finds out of each kind of printer, and what it keeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from click.testing import CliRunner, Result

import clock
from commands.main import main
from domain.papers import Answer
from operations import printing, ticketing
from printers.simulator import EventKind, Model, PrinterSimulator
from store import printers as remembered
from store.store import Store
from store.writer import Act
from tests.support.halls import write_file

WELL = ("--edges", "yes", "--letters", "yes", "--codes", "yes")


@contextmanager
def installed(tmp_path: Path, model: Model | None = None) -> Iterator[tuple[PrinterSimulator, Any]]:
    """A printer at the demo centre's P1, and the command on its data folder."""
    (tmp_path / "data").mkdir()
    write_file(tmp_path / "data" / "motcua.sqlite")
    with PrinterSimulator.threaded(576, model=model or Model()) as printer:
        way = {"MOTCUA_PRINTER_OF": f"P1=tcp://127.0.0.1:{printer.port}", "MOTCUA_FOLLOW_URL": "http://f.vn/follow"}

        def run(*words: str, stdin: str | None = None) -> Result:
            before = ("--data", str(tmp_path / "data"), "printer", "test")
            return CliRunner().invoke(main, [*before, *words], input=stdin, env=way)

        yield printer, run


@contextmanager
def opened(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "data" / "motcua.sqlite", clock.now)
    store.start()
    try:
        yield store
    finally:
        store.close()


def kept(tmp_path: Path) -> Any:
    with opened(tmp_path) as store:
        return store.read(remembered.past, "P1")


def test_the_page_of_a_good_printer_and_what_is_kept(tmp_path):
    with installed(tmp_path) as (printer, run):
        result = run("P1", *WELL)
        assert result.exit_code == 0, result.output
        assert "Đã ghi kết quả thử máy in P1" in result.output
        assert printer.complaints == []
        sent = printer.received
        assert b"\x1d(k" in sent, "the printer draws no code of its own"
        assert b"\x1bt\x1e" in sent
        assert b"\x1dVB\x00" in sent
        assert b"\x1dVA\x00" in sent
        assert [code.text for code in zxingcpp.read_barcodes(printer.slips[0].convert("L"))] == [
            "http://f.vn/follow"
        ]
    past = kept(tmp_path)
    assert past.abilities.tested
    assert past.abilities.can_prove
    assert past.abilities.answers == {Answer.STATUS, Answer.COMPLETION, Answer.SENSOR, Answer.AUTOMATIC}
    assert (past.seen.edges, past.seen.letters, past.seen.codes, past.seen.width) == (True, True, True, 576)
    assert past.rows > 1000


@pytest.mark.parametrize(
    ("model", "answers", "proves"),
    [
        (Model(answers_completion=False), {Answer.STATUS, Answer.SENSOR, Answer.AUTOMATIC}, True),
        (Model(answers_completion=False, answers_status=False), {Answer.SENSOR, Answer.AUTOMATIC}, False),
    ],
)
def test_what_each_make_can_answer(tmp_path, monkeypatch, model, answers, proves):
    monkeypatch.setattr("printers.selftests.PROOF_SECONDS", 0.5)
    with installed(tmp_path, model) as (_, run):
        result = run("P1", *WELL)
        assert result.exit_code == 0, result.output
        assert ("không xác nhận phiếu" in result.output) != proves
    assert kept(tmp_path).abilities.answers == answers
    assert kept(tmp_path).abilities.should_prove == proves


def test_a_mute_printer_cannot_answer(tmp_path, monkeypatch):
    monkeypatch.setattr("printers.selftests.PROOF_SECONDS", 0.3)
    with installed(tmp_path) as (printer, run):
        printer.faults.set("mute")
        result = run("P1", *WELL)
        assert result.exit_code == 0, result.output
        assert printer.printed > 0
    assert kept(tmp_path).abilities.answers == frozenset()
    assert not kept(tmp_path).abilities.should_prove


def test_a_roll_that_is_nearly_used_up_shows_its_sensor(tmp_path):
    with installed(tmp_path) as (printer, run):
        printer.faults.set("paper_near_end")
        assert run("P1", *WELL).exit_code == 0
    assert Answer.NEAR_END in kept(tmp_path).abilities.answers


def test_the_three_questions_are_asked_and_a_no_is_kept(tmp_path):
    with installed(tmp_path) as (_, run):
        result = run("P1", stdin="y\nn\ny\n")
        assert result.exit_code == 1
        assert result.output.count("?") >= 3
        assert "chưa in đúng" in result.output
    seen = kept(tmp_path).seen
    assert (seen.edges, seen.letters, seen.codes) == (True, False, True)


@pytest.mark.parametrize(
    ("fault", "words"), [("paper_out", "hết giấy"), ("cover_open", "nắp"), ("off", "không kết nối")]
)
def test_a_printer_that_cannot_print_is_not_tested(tmp_path, fault, words):
    with installed(tmp_path) as (printer, run):
        printer.faults.set(fault)
        result = run("P1", *WELL)
        assert result.exit_code == 1
        assert words in result.output
        assert printer.printed == 0
    assert kept(tmp_path).seen is None


def test_an_unknown_printer_and_one_that_is_busy(tmp_path, monkeypatch):
    monkeypatch.setattr("commands.printer.BUSY_SECONDS", 0)
    monkeypatch.setattr("commands.printer.AGAIN_SECONDS", 0)
    with installed(tmp_path) as (printer, run):
        result = run("P7", *WELL)
        assert result.exit_code == 2
        assert "P1, P2" in result.output
        with opened(tmp_path) as store:
            ticket = store.write_now(Act("t"), ticketing.take_ticket, "ho-tich", "vi", None, "P1")
            assert store.write_now(Act("t"), printing.claim_slip, "P1", "a worker").job.subject == str(ticket.id)
        result = run("P1", *WELL)
        assert result.exit_code == 1
        assert "đang in" in result.output
        assert EventKind.CUT not in [event.kind for event in printer.events]


def test_the_printer_is_let_go(tmp_path):
    with installed(tmp_path) as (_, run):
        assert run("P1", *WELL).exit_code == 0
        assert run("P1", *WELL).exit_code == 0
    with opened(tmp_path) as store:
        assert store.read(lambda db: db.execute("SELECT count(*) FROM leases").fetchone()[0]) == 0

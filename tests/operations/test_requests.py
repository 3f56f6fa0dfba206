"""The same request id gets the same answer; anything else under it is refused."""

import ast
from collections import Counter

import msgspec
import pytest

from domain.errors import RequestReused
from operations import (
    calling,
    entering,
    intake,
    managing,
    moving,
    opening,
    printing,
    shifts,
    syncing,
    ticketing,
    undoing,
)
from store import writer
from tests.support.halls import ROOT, Hall, demo_procedures, new_hall

MODULES = (calling, entering, intake, managing, moving, opening, printing, shifts, syncing, ticketing, undoing)


def prepared() -> Hall:
    """Somebody served at counter 1, somebody waiting, a dossier, a slip and a message on their way."""
    hall = new_hall()
    hall.do(shifts.open_shift, 1, "cb01")
    for _ in range(3):
        hall.do(ticketing.take_ticket, "ho-tich", printer="P1")
    hall.do(calling.call_next, 1, "cb01")
    hall.do(intake.receive_dossier, 1, "cb01", intake.Intake("1.001193", b"sealed"))
    hall.do(entering.offer_pairing, "K1", b"c" * 32)
    return hall


ACTS = {
    "take_ticket": (ticketing.take_ticket, ("ho-tich", "en", "cao-tuoi", "P1")),
    "call_next": (calling.call_next, (1, "cb01")),
    "call_again": (calling.call_again, (1, "cb01")),
    "mark_absent": (calling.mark_absent, (1, "cb01")),
    "finish": (calling.finish, (1, "cb01")),
    "open_shift": (shifts.open_shift, (3, "cb03")),
    "close_shift": (shifts.close_shift, (1, "cb01")),
    "receive_dossier": (
        intake.receive_dossier,
        (1, "cb01", intake.Intake("1.004873", b"x")),
    ),
    "receive_without_limit": (intake.receive_dossier, (1, "cb01", intake.Intake("1.004222", b"x"))),
    "claim_slip": (printing.claim_slip, ("P1",)),
    "claim_nothing": (printing.claim_slip, ("P2",)),
    "reprint": (printing.reprint, (55, "P1")),
    "claim_messages": (syncing.claim_messages, ()),
    "list_procedures": (managing.list_procedures, (tuple(demo_procedures()[:3]),)),
    "stop_queue": (managing.stop_queue, ("ho-tich", "Họp")),
    "add_person": (managing.add_person, ("nguoimoi", "Người Mới", ("clerk",), None)),
    "pair_device": (entering.pair_device, ("K1", b"c" * 32, b"t" * 32)),
    "pair_wrong": (entering.pair_device, ("K1", b"?" * 32, b"t" * 32)),
    "give_token": (entering.give_token, ("person", "cb01", "x", b"h" * 32)),
    "confirm_day": (opening.confirm_day, ()),
}


def repeats_change_nothing(hall: Hall, operation, args) -> None:
    """The second answer is the first, of the same type to the last field, and no event came of it."""
    first = hall.do(operation, *args, who="cb01", request="r")
    newest = hall.one("SELECT max(seq) FROM journal")
    hall.clock.forward(seconds=30)
    again = hall.do(operation, *args, who="cb01", request="r")
    assert again == first
    assert type(again) is type(first)
    assert msgspec.json.encode(again, enc_hook=str) == msgspec.json.encode(first, enc_hook=str)
    assert hall.one("SELECT max(seq) FROM journal") == newest
    assert hall.one("SELECT count(*) FROM requests") == 1


def issued(hall: Hall) -> int:
    return hall.one("SELECT min(id) FROM tickets")


@pytest.mark.parametrize("name", ACTS)
def test_a_repeat_gets_the_same_answer_and_does_nothing(name):
    operation, args = ACTS[name]
    hall = prepared()
    if name == "reprint":
        args = (issued(hall), "P1")
    repeats_change_nothing(hall, operation, args)
    hall.db.close()


@pytest.mark.planted
def test_a_house_that_forgets_its_answers_is_caught(monkeypatch):
    def forgetful(tx, job):
        answer = job.operation(tx, *job.args, **job.kwargs)
        tx.db.execute("INSERT OR REPLACE INTO requests VALUES (?, 0, x'', x'')", (job.act.request,))
        return answer

    hall = prepared()
    monkeypatch.setattr("tests.support.halls.perform", forgetful)
    with pytest.raises(AssertionError):
        repeats_change_nothing(hall, *ACTS["take_ticket"])
    hall.db.close()


@pytest.mark.planted
def test_an_answer_of_another_shape_is_caught(monkeypatch):
    hall = prepared()
    monkeypatch.setattr(writer, "_answer_decoder", lambda operation: msgspec.json.Decoder())
    with pytest.raises(AssertionError):
        repeats_change_nothing(hall, *ACTS["take_ticket"])
    hall.db.close()


@pytest.mark.parametrize(
    ("operation", "args", "who"),
    [
        (ticketing.take_ticket, ("dat-dai",), "K1"),
        (ticketing.take_ticket, ("ho-tich", "en"), "K1"),
        (ticketing.take_ticket, ("ho-tich",), "K2"),
        (managing.resume_queue, ("ho-tich",), "K1"),
    ],
    ids=["other queue", "other language", "other person", "other act"],
)
def test_other_content_under_a_used_id_is_refused(hall, operation, args, who):
    hall.do(ticketing.take_ticket, "ho-tich", who="K1", request="r")
    newest = hall.one("SELECT max(seq) FROM journal")
    with pytest.raises(RequestReused):
        hall.do(operation, *args, who=who, request="r")
    assert hall.one("SELECT max(seq) FROM journal") == newest


def test_different_ids_are_different_tickets(hall):
    given = [hall.do(ticketing.take_ticket, "ho-tich", request=f"r{i}").n for i in range(3)]
    assert given == [1, 2, 3]


def test_an_answer_is_kept_until_the_end_of_the_next_business_day(hall):
    take = ticketing.take_ticket
    first = hall.do(take, "ho-tich", request="r")
    hall.clock.forward(days=1)
    assert hall.do(take, "ho-tich", request="r") == first
    hall.do(take, "ho-tich")  # the next business day has begun
    hall.clock.at("23:59")
    assert hall.do(take, "ho-tich", request="r") == first
    hall.clock.forward(days=1)
    hall.do(take, "ho-tich")  # and the one after it
    again = hall.do(take, "ho-tich", request="r")
    assert (again.day, again.n) == (3, 2)
    assert hall.one("SELECT count(*) FROM requests") == 1


def test_days_without_work_do_not_count(hall):
    first = hall.do(ticketing.take_ticket, "ho-tich", request="r")
    hall.clock.forward(days=10)
    hall.do(ticketing.take_ticket, "ho-tich")
    assert hall.do(ticketing.take_ticket, "ho-tich", request="r") == first


def test_no_two_operations_share_a_name():
    """The name is part of what a request id stands for."""
    names = Counter(
        node.name
        for module in MODULES
        for node in ast.parse((ROOT / f"{module.__name__.replace('.', '/')}.py").read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.args.args and node.args.args[0].arg == "tx"
        if not node.name.startswith("_")
    )
    assert [name for name, times in names.items() if times > 1] == []
    assert len(names) > 30

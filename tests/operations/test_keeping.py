"""By the rules of keeping: what is chosen, what waits, who is refused afterwards, what stays for reports."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.applicants import to_bytes
from domain.attachments import Limits
from domain.dossier_rules import DossierRules
from domain.dossiers import Act
from domain.fees import Fee, FeeKind
from domain.keeping import DataGone, Held, Keeping
from domain.lookups import Agreement, Database, Found, Purpose
from operations import (
    attaching,
    endings,
    intake,
    keeping,
    looking_up,
    managing,
    paying,
    printing,
    processing,
    reconciling,
    shifts,
)
from operations.processing import Doing
from store import dossiers, fees, indicators, journal, lookups
from store import keeping as stored
from store.indicators import Period
from tests.operations.whole_days import CANARY, VAULT
from tests.support.halls import demo_calendar, demo_centre, empty_hall

PROCEDURE = "1.001193"
SEALED = VAULT.seal(to_bytes(CANARY.particulars))
WORDS = VAULT.seal(b"words")
RULES = DossierRules(keep=Keeping(particulars=365, money=400, lookups=200, visits=100))
ALL = list(range(1, 10_000))


@pytest.fixture
def desk(hall):
    hall.do(managing.load_centre, replace(demo_centre(), dossiers=RULES), demo_calendar())
    hall.do(shifts.open_shift, 1, "cb01")
    return hall


def receive(desk):
    return desk.do(intake.receive_dossier, 1, "cb01", intake.Intake(PROCEDURE, SEALED)).code


def withdraw(desk, code):
    desk.do(processing.note, Act.WITHDRAW, Doing(code, "cb01", WORDS))
    told(desk)


def told(desk):
    """The portal knows all of it."""
    desk.db.execute("UPDATE portal_messages SET state = 'acknowledged'")


def gone(desk, held):
    return desk.do(keeping.remove, held, ALL).subjects


def test_each_kind_goes_in_its_own_time_after_the_end(desk):
    code = receive(desk)
    desk.clock.forward(days=500)
    assert gone(desk, Held.PARTICULARS) == 0, "it was open all the time"
    withdraw(desk, code)
    desk.clock.forward(days=365)
    assert gone(desk, Held.PARTICULARS) == 0
    desk.clock.forward(hours=1)
    assert gone(desk, Held.WORDS) == 1
    assert gone(desk, Held.PARTICULARS) == 1
    assert gone(desk, Held.PARTICULARS) == 0


@pytest.mark.parametrize("state", ["queued", "parked"])
def test_what_the_portal_was_not_told_yet_waits(desk, state):
    withdraw(desk, receive(desk))
    desk.db.execute("UPDATE portal_messages SET state = ? WHERE id = 1", (state,))
    desk.clock.forward(days=4000)
    assert gone(desk, Held.PARTICULARS) == 0
    (row,) = [one for one in keeping.outlook(desk.db, demo_rules(), desk.clock()) if one.held is Held.PARTICULARS]
    assert (row.due, row.held_back) == (0, 1)
    told(desk)
    assert gone(desk, Held.PARTICULARS) == 1


def test_without_a_portal_nobody_is_waited_for(desk):
    desk.do(managing.load_centre, replace(demo_rules(), portal=None), demo_calendar())
    code = receive(desk)
    desk.do(processing.note, Act.WITHDRAW, Doing(code, "cb01", WORDS))
    desk.clock.forward(days=366)
    assert gone(desk, Held.PARTICULARS) == 1


def demo_rules():
    return replace(demo_centre(), dossiers=RULES)


def test_an_open_fee_waits_and_its_end_begins_the_time_anew(desk):
    code = receive(desk)
    fee = desk.do(paying.ask_fee, code, "cb01", Fee(FeeKind.DUTY, "8.000 đồng", 8000))
    withdraw(desk, code)
    desk.clock.forward(days=400)
    assert gone(desk, Held.PARTICULARS) == 0
    desk.do(paying.cancel_fee, fee, "cb01", "ghi nhầm")
    told(desk)
    assert gone(desk, Held.PARTICULARS) == 0
    desk.clock.forward(days=366)
    assert gone(desk, Held.PARTICULARS) == 1


def test_money_and_look_ups_lose_their_words_and_keep_their_figures(desk):
    code = receive(desk)
    one, two = (desk.do(paying.ask_fee, code, "cb01", Fee(FeeKind.DUTY, "8.000 đồng", 8000)) for _ in range(2))
    desk.do(paying.note_transfer, one, "cb01", 8000, "FT26013")
    desk.do(paying.cancel_fee, two, "cb01", "ghi nhầm")
    answer = Found({"name": Agreement.AGREES})
    desk.do(looking_up.note_lookup, Database.POPULATION, Purpose.RECEPTION, "cb01", code, answer, 12)
    withdraw(desk, code)
    before = desk.db.execute("SELECT series, number, amount, means FROM receipts").fetchall()
    desk.clock.forward(days=401)
    assert (gone(desk, Held.MONEY), gone(desk, Held.LOOKUPS)) == (1, 1)
    assert desk.db.execute("SELECT series, number, amount, means FROM receipts").fetchall() == before
    assert [kept.reason for kept in fees.of_dossier(desk.db, code)] == ["", ""]
    assert desk.db.execute("SELECT reference FROM receipts").fetchall() == [("",)]
    assert lookups.of_dossier(desk.db, code) == {}
    again = empty_hall()
    journal.replay(desk.db, again.db)
    for table in ("fees", "receipts", "lookups", "removals", "removed_data", "dossiers"):
        assert rows(desk, table) == rows(again, table), table


def rows(hall, table):
    return hall.db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()


def test_visits_that_were_turned_away_have_their_own_time(desk):
    desk.do(intake.turn_away, 1, "cb01", "refuse", PROCEDURE, SEALED, WORDS)
    desk.clock.forward(days=99)
    assert gone(desk, Held.VISITS) == 0
    desk.clock.forward(days=2)
    assert gone(desk, Held.VISITS) == 1
    assert desk.one("SELECT count(*) FROM particulars") == desk.one("SELECT count(*) FROM dossier_words") == 0
    assert desk.one("SELECT count(*) FROM turned_visits") == 1


def test_who_asks_afterwards_is_refused_in_words(desk):
    code = receive(desk)
    withdraw(desk, code)
    desk.clock.forward(days=366)
    gone(desk, Held.PARTICULARS)
    sent = attaching.Sent("a" * 64, "application/pdf", 1, b"name")
    supervisor = Doing(code, "ql02", WORDS, beyond=True)
    for operation, *rest in (
        (processing.note, Act.RESUME, supervisor),
        (processing.reveal_identity, code, "cb01", "compare"),
        (processing.correct, supervisor, SEALED, (), None),
        (printing.reprint_receipt, code, "P1"),
        (attaching.attach_file, code, sent, Limits()),
        (paying.ask_fee, code, "cb01", Fee(FeeKind.DUTY, "8.000 đồng", 8000)),
    ):
        with pytest.raises(DataGone):
            desk.do(operation, *rest)
    with pytest.raises(DataGone):
        desk.do(reconciling.retell, code, "cb01", steps=True)
    assert "xóa khi hết thời hạn" in DataGone.text


def test_reports_and_indicators_do_not_change(desk):
    code = receive(desk)
    doing, handing = Doing(code, "cb01", WORDS), endings.Handing(endings.Taker.OWNER, endings.Proof.CARD, 1)
    desk.do(processing.note, Act.PROGRESS, doing)
    desk.do(endings.resolve, doing, ("KQ.1",))
    desk.do(endings.return_result, doing, handing)
    told(desk)
    now = desk.clock()

    def figures():
        return indicators.counted(desk.db, Period(now - timedelta(days=1), now + timedelta(days=1), now))

    before, steps = figures(), dossiers.steps_of(desk.db, code)
    desk.clock.forward(days=500)
    assert all(gone(desk, held) for held in (Held.WORDS, Held.PARTICULARS))
    assert figures() == before
    assert dossiers.steps_of(desk.db, code) == steps
    removed = stored.of_subject(desk.db, dossiers.find(desk.db, code).seq)
    assert list(removed) == [Held.WORDS, Held.PARTICULARS]


def test_what_was_corrected_does_not_stay_behind(desk):
    code = receive(desk)
    desk.do(processing.correct, Doing(code, "cb01", WORDS), VAULT.seal(b"others"), (), None)
    assert desk.one("SELECT count(*) FROM particulars") == 1


@pytest.mark.planted
def test_a_correction_that_leaves_the_old_behind_is_caught(desk, monkeypatch):
    monkeypatch.setattr(dossiers, "forget_particulars", lambda db, number: None)
    with pytest.raises(AssertionError):
        test_what_was_corrected_does_not_stay_behind(desk)


@pytest.mark.planted
def test_a_rule_that_counts_from_the_reception_is_caught(desk, monkeypatch):
    monkeypatch.setattr(stored, "_OVER", stored._OVER.partition(" AND NOT EXISTS")[0])
    monkeypatch.setattr(stored, "_QUIET", "")
    with pytest.raises(AssertionError):
        test_each_kind_goes_in_its_own_time_after_the_end(desk)

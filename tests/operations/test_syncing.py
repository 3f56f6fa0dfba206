from datetime import timedelta

import pytest

from domain.errors import NotFound
from domain.indicators import Count
from operations import intake, printing, shifts
from operations.syncing import acknowledge, claim_messages, park, postpone, resend
from store import indicators, jobs, outbox
from store.indicators import Period


@pytest.fixture
def two(hall):
    """A hall with two dossiers, four messages: the dossier and its first step of each."""
    hall.do(shifts.open_shift, 1, "cb01")
    for procedure in ("1.001193", "1.004873"):
        hall.do(intake.receive_dossier, 1, "cb01", intake.Intake(procedure, b"x"))
    return hall


def claim(hall):
    return next(iter(hall.do(claim_messages).messages), None)


def test_the_order_is_kept_within_a_dossier_and_dossiers_overtake_each_other(two):
    first, second = claim(two), claim(two)
    assert (first.dossier[-4:], first.kind) == ("0001", "dossier")
    assert (second.dossier[-4:], second.kind) == ("0002", "dossier")
    assert claim(two) is None
    two.do(acknowledge, [second.id], "inserted")
    third = claim(two)
    assert (third.dossier, third.kind, third.step) == (second.dossier, "progress", 0)
    assert claim(two) is None


def a_parked_message_holds_back_its_own_dossier_only(hall) -> None:
    bad = claim(hall)
    hall.do(park, [bad.id], "wrong [MaTTHC]")
    sent = []
    for _ in range(5):
        message = claim(hall)
        if message is not None:
            sent.append((message.dossier[-4:], message.kind))
            hall.do(acknowledge, [message.id], "inserted")
    assert sent == [("0002", "dossier"), ("0002", "progress")]
    assert outbox.portal_messages_of(hall.db, bad.dossier)[0].answer == "wrong [MaTTHC]"
    assert hall.do(resend, bad.id) > 0
    assert [claim(hall).id, claim(hall)] == [bad.id, None]
    hall.do(acknowledge, [bad.id], "updated")
    assert claim(hall).kind == "progress"


def test_a_parked_message_holds_back_its_own_dossier_only(two):
    a_parked_message_holds_back_its_own_dossier_only(two)


@pytest.mark.planted
def test_an_outbox_without_order_is_caught(two, monkeypatch):
    def any_message(db, now):
        row = db.execute("SELECT id FROM portal_messages WHERE state = 'queued' ORDER BY id LIMIT 1").fetchone()
        return outbox.portal_message(db, row[0]) if row else None

    monkeypatch.setattr(outbox, "next_portal_message", any_message)
    with pytest.raises(AssertionError):
        a_parked_message_holds_back_its_own_dossier_only(two)


@pytest.mark.parametrize("state", ["queued", "acknowledged"])
def test_only_what_is_parked_is_sent_again(two, state):
    message = claim(two)
    if state == "acknowledged":
        two.do(acknowledge, [message.id], "inserted")
    with pytest.raises(NotFound):
        two.do(resend, message.id)
    with pytest.raises(NotFound):
        two.do(resend, 4242)


def test_a_leased_message_comes_back_when_its_worker_is_silent(two):
    first = claim(two)
    claim(two)
    two.clock.forward(minutes=9, seconds=59)
    assert claim(two) is None
    two.clock.forward(seconds=1)
    again = claim(two)
    assert (again.id, again.attempts) == (first.id, 1)


def a_later_try_knows_that_the_request_may_have_arrived(hall) -> None:
    first = claim(hall)
    assert (first.attempts, first.tried_before) == (0, False)
    hall.clock.forward(minutes=10)  # the worker died, and nobody knows when
    again = claim(hall)
    assert (again.id, again.tried_before) == (first.id, True)


def test_a_later_try_knows_that_the_request_may_have_arrived(two):
    a_later_try_knows_that_the_request_may_have_arrived(two)


@pytest.mark.planted
def test_a_claim_that_leaves_no_mark_is_caught(two, monkeypatch):
    monkeypatch.setattr(jobs, "mark_started", lambda *_: None)
    with pytest.raises(AssertionError):
        a_later_try_knows_that_the_request_may_have_arrived(two)


@pytest.mark.parametrize("tried", [True, False])
def test_a_postponed_message_keeps_whether_it_may_have_arrived(two, tried):
    message = claim(two)
    two.do(postpone, [message.id], "502", 1.0, tried=tried)
    two.clock.forward(seconds=2)
    assert claim(two).tried_before is tried


@pytest.mark.parametrize("jitter", [0.5, 1.0, 1.5])
def test_the_wait_doubles_up_to_ten_minutes(two, jitter):
    two.db.execute("DELETE FROM portal_messages WHERE id <> 1")
    waits = []
    for _ in range(12):
        message = claim(two)
        two.do(postpone, [message.id], "502", jitter, tried=False)
        until = two.one("SELECT until FROM leases WHERE job = ?", message.id)
        wait = timedelta(milliseconds=until) - (two.clock() - two.clock().fromtimestamp(0, two.clock().tzinfo))
        waits.append(wait.total_seconds() / jitter)
        two.clock.moment += wait - timedelta(milliseconds=2)
        assert claim(two) is None
        two.clock.forward(milliseconds=4)
    assert waits == pytest.approx([2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600], abs=0.01)


def test_a_restart_tries_at_once_and_remembers_the_tries(two):
    message = claim(two)
    two.do(postpone, [message.id], "502", 1.0, tried=True)
    two.do(printing.recover_slips)
    again = claim(two)
    assert (again.id, again.tried_before) == (message.id, True)
    assert outbox.portal_message(two.db, again.id).attempts == 2


def test_open_messages_are_shown_parked_ones_first(two):
    two.do(acknowledge, [claim(two).id], "inserted")
    second = claim(two)
    if second.kind == "progress":
        second = claim(two)
    two.do(park, [second.id], "wrong")
    shown = outbox.open_portal_messages(two.db)
    assert [m.state for m in shown] == ["parked", "queued", "queued"]
    assert shown[0].id == second.id
    assert jobs.outbox_depths(two.db) == {"print": 0, "portal": 2, "parked": 1}
    today = Period(two.clock() - timedelta(hours=12), two.clock() + timedelta(hours=12), two.clock())
    assert indicators.synced_of(two.db, today) == Count(1, 2)


def test_the_answer_of_the_portal_is_kept(two):
    message = claim(two)
    two.do(acknowledge, [message.id], "inserted")
    kept = outbox.portal_message(two.db, message.id)
    assert (kept.state, kept.answer, kept.attempts) == ("acknowledged", "inserted", 0)


def test_a_late_refusal_does_not_undo_an_acknowledgement(two):
    """A worker whose lease ran out may still report: what the portal took stays taken."""
    message = claim(two)
    two.clock.forward(minutes=10)
    assert claim(two).id == message.id
    two.do(acknowledge, [message.id], "inserted")
    two.do(park, [message.id], "timed out")
    assert outbox.portal_message(two.db, message.id).state == "acknowledged"

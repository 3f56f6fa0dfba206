from datetime import UTC, date, datetime, timedelta

import pytest

from domain.days import Day
from domain.errors import CounterClosed, DayNeedsConfirmation
from domain.queue_events import DayOpened
from domain.tickets import milliseconds
from operations import calling, managing, moving, opening, shifts, ticketing
from store import counters, days, tickets
from tests.support.halls import MORNING

take = ticketing.take_ticket


def opened(hall) -> list[DayOpened]:
    return [recorded.event for recorded in hall.events if isinstance(recorded.event, DayOpened)]


def test_the_first_act_opens_the_day(hall):
    assert days.newest(hall.db) is None
    assert hall.do(take, "ho-tich").day == 1
    assert days.newest(hall.db) == Day(1, date(2026, 11, 23))
    hall.clock.forward(hours=5)
    hall.do(take, "ho-tich")
    assert opened(hall) == [DayOpened(1, "2026-11-23", False)]


@pytest.mark.parametrize(
    "act", [lambda hall: hall.do(take, "ho-tich"), lambda hall: hall.do(shifts.open_shift, 1, "cb01")]
)
def test_a_ticket_or_a_shift_opens_the_next_day(hall, act):
    hall.do(take, "ho-tich")
    hall.clock.forward(days=1)
    act(hall)
    assert days.newest(hall.db) == Day(2, date(2026, 11, 24))


def test_a_refused_act_opens_nothing(hall):
    hall.do(take, "ho-tich")
    hall.clock.forward(days=1)
    with pytest.raises(CounterClosed):
        hall.do(calling.call_next, 1, "cb01")
    assert days.newest(hall.db).id == 1


@pytest.mark.parametrize(
    ("moment", "label"),
    [
        (datetime(2026, 11, 23, 16, 59, 59, 999_000, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), date(2026, 11, 24)),
    ],
)
def test_midnight_is_midnight_in_ha_noi(hall, moment, label):
    hall.do(take, "ho-tich")
    hall.clock.moment = moment
    hall.do(take, "ho-tich")
    assert days.newest(hall.db).label == label


@pytest.mark.parametrize(
    "back", [timedelta(days=1), timedelta(hours=9), timedelta(seconds=90), timedelta(days=3650)], ids=str
)
def test_the_day_never_goes_back_with_the_clock(hall, back):
    first = hall.do(take, "ho-tich")
    hall.clock.moment -= back
    second = hall.do(take, "ho-tich")
    assert (second.day, second.n) == (first.day, first.n + 1)
    hall.clock.moment = MORNING + timedelta(minutes=1)
    assert hall.do(take, "ho-tich").n == 3
    assert len(opened(hall)) == 1


def test_a_jump_forward_and_back_again_does_not_reopen_the_old_day(hall):
    """NTP or a battery: the clock leaps two days, a ticket is taken, then it comes back."""
    hall.do(take, "ho-tich")
    hall.clock.forward(days=2)
    assert hall.do(take, "ho-tich").day == 2
    hall.clock.moment = MORNING + timedelta(minutes=5)
    later = hall.do(take, "ho-tich")
    assert (later.day, later.n) == (2, 2)
    assert days.newest(hall.db) == Day(2, date(2026, 11, 25))


def test_numbers_begin_again_with_the_day(hall):
    assert [hall.do(take, "ho-tich").n for _ in range(3)] == [1, 2, 3]
    hall.clock.forward(days=1)
    assert [hall.do(take, "ho-tich").n for _ in range(2)] == [1, 2]


def test_whoever_was_not_served_is_marked_when_the_next_day_opens(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    ids = [hall.do(take, "ho-tich").id for _ in range(4)]
    hall.do(calling.call_next, 1, "cb01")
    hall.do(calling.finish, 1, "cb01")
    hall.do(calling.call_next, 1, "cb01")
    hall.clock.forward(days=1)
    new = hall.do(take, "dat-dai")
    states = [tickets.load(hall.db, ticket).state for ticket in ids]
    assert states == ["finished", "unserved", "unserved", "unserved"]
    assert tickets.load(hall.db, ids[3]).ended_at == hall.clock()
    assert tickets.load(hall.db, new.id).state == "waiting"
    assert tickets.at_counter(hall.db, 1) is None
    assert hall.db.execute("SELECT queue, waiting FROM lines").fetchall() == [("dat-dai", 1)]
    with pytest.raises(CounterClosed):
        hall.do(calling.call_next, 1, "cb01")
    hall.do(shifts.open_shift, 1, "cb01")
    assert hall.do(calling.call_next, 1, "cb01").ticket is None


@pytest.mark.parametrize("later", [1, 2, 15])
def test_up_to_fifteen_days_later_the_day_opens_by_itself(hall, later):
    hall.do(take, "ho-tich")
    hall.clock.forward(days=later)
    assert hall.do(take, "ho-tich").day == 2


@pytest.mark.parametrize("later", [16, 17, 365, 3652])
def test_a_further_jump_waits_for_a_persons_word(hall, later):
    hall.do(take, "ho-tich")
    seq = hall.one("SELECT max(seq) FROM journal")
    hall.clock.forward(days=later)
    for operation, args in ((take, ("ho-tich",)), (shifts.open_shift, (1, "cb01"))):
        with pytest.raises(DayNeedsConfirmation) as refusal:
            hall.do(operation, *args)
        assert refusal.value.arguments["label"] == f"{(MORNING + timedelta(days=later)):%d/%m/%Y}"
    assert hall.one("SELECT max(seq) FROM journal") == seq
    assert hall.do(opening.confirm_day, who="ql03") == 2
    assert opened(hall)[-1].confirmed
    assert hall.events[-1].who == "ql03"
    assert (hall.do(take, "ho-tich").day, hall.do(take, "ho-tich").n) == (2, 2)


def test_a_jump_that_is_taken_back_needs_no_confirmation(hall):
    hall.do(take, "ho-tich")
    hall.clock.forward(days=3652)
    with pytest.raises(DayNeedsConfirmation):
        hall.do(take, "ho-tich")
    hall.clock.moment = MORNING + timedelta(hours=1)
    assert hall.do(take, "ho-tich").n == 2


def test_confirming_a_day_that_is_open_changes_nothing(hall):
    hall.do(take, "ho-tich")
    seq = hall.one("SELECT max(seq) FROM journal")
    assert hall.do(opening.confirm_day) == 1
    hall.clock.moment -= timedelta(days=2)
    assert hall.do(opening.confirm_day) == 1
    assert hall.one("SELECT max(seq) FROM journal") == seq


def test_the_first_day_needs_no_confirmation(hall):
    assert hall.do(opening.confirm_day) == 1
    assert opened(hall)[0].confirmed


def test_the_boundary_is_counted_in_dates_of_ha_noi(hall):
    hall.do(take, "ho-tich")
    hall.clock.moment = datetime(2026, 12, 8, 16, 59, tzinfo=UTC)  # 8 December, 23:59: 15 days
    assert hall.do(ticketing.take_ticket, "ho-tich").day == 2


# -- kept over night


def call(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    return hall.do(calling.call_next, 1, "cb01").ticket


def keep(hall, queue: str = "ho-tich") -> None:
    hall.do(managing.keep_queue, queue, "Mất điện cả chiều")


def test_who_waits_in_a_kept_queue_keeps_number_and_place_and_shows_the_day(hall):
    hall.clock.forward(days=4)  # Friday
    kept, other = hall.do(take, "ho-tich"), hall.do(take, "dat-dai")
    keep(hall)
    hall.clock.forward(days=3)
    new = hall.do(take, "ho-tich")
    found = tickets.load(hall.db, kept.id)
    assert (found.state, found.day, found.n, found.key) == ("waiting", 1, kept.n, kept.key)
    assert (found.kept_from, found.number) == (date(2026, 11, 27), "A\u202f001 · T6")
    assert (new.day, new.n, new.number) == (2, 2, "A\u202f002")
    assert tickets.load(hall.db, other.id).state == "unserved"
    assert tickets.line(hall.db, 2, "ho-tich").waiting == 2
    assert call(hall).id == kept.id
    assert tickets.calls(hall.db, 2)[-1].kept_from == date(2026, 11, 27)


def test_new_numbers_begin_above_the_highest_that_is_kept_and_no_other(hall):
    given = [hall.do(take, "ho-tich") for _ in range(5)]
    for ticket in given[3:]:
        hall.do(moving.leave, ticket.id)
    keep(hall)
    hall.clock.forward(days=1)
    assert hall.do(take, "ho-tich").n == 4
    assert hall.do(take, "dat-dai").n == 1


def test_what_was_sent_into_a_kept_queue_is_kept_and_its_number_is_not_given_again(hall):
    hall.do(take, "ho-tich")
    sent = call(hall)
    hall.do(moving.transfer, 1, "cb01", note="next-step", queue="dat-dai")
    keep(hall, "dat-dai")
    hall.clock.forward(days=1)
    assert hall.do(take, "ho-tich").n == 2
    assert hall.do(take, "dat-dai").n == 1
    assert tickets.load(hall.db, sent.id).kept_from == date(2026, 11, 23)
    assert tickets.line(hall.db, 2, "dat-dai").waiting == 2


def test_only_who_waits_is_kept(hall):
    hall.do(take, "ho-tich")
    hall.do(take, "ho-tich")
    call(hall)
    aside = hall.do(calling.set_aside, 1, "cb01", None, "form")
    served = hall.do(calling.call_next, 1, "cb01").ticket
    keep(hall)
    hall.clock.forward(days=1)
    hall.do(shifts.open_shift, 1, "cb01")
    assert {tickets.load(hall.db, ticket.id).state.value for ticket in (aside, served)} == {"unserved"}
    assert tickets.parked_at(hall.db, 1) == []


def test_a_queue_is_kept_for_one_night_and_a_second_keeps_the_first_day(hall):
    first, second = hall.do(take, "ho-tich"), hall.do(take, "ho-tich")
    keep(hall)
    hall.clock.forward(days=1)
    assert call(hall).id == first.id
    keep(hall)
    hall.clock.forward(days=1)
    hall.do(take, "dat-dai")
    assert tickets.load(hall.db, second.id).kept_from == date(2026, 11, 23)
    hall.clock.forward(days=1)
    hall.do(take, "dat-dai")
    assert tickets.load(hall.db, second.id).state == "unserved"


def test_a_kept_number_may_be_absent_and_come_back(hall):
    kept = hall.do(take, "ho-tich")
    keep(hall)
    hall.clock.forward(days=1)
    call(hall)
    hall.do(calling.mark_absent, 1, "cb01")
    hall.clock.forward(minutes=10)
    assert hall.do(moving.come_back, kept.id).key == kept.key


def test_a_new_day_ends_pauses_calls_for_help_and_skills(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    hall.do(shifts.pause, 1, "cb01", "break", 5)
    hall.do(shifts.call_for_help, 1, "cb01")
    hall.do(shifts.set_skills, 1, ["dat-dai"], [])
    hall.clock.forward(days=1)
    hall.do(take, "ho-tich")
    assert (counters.pauses(hall.db), counters.alarms(hall.db)) == ({}, ())
    assert hall.one("SELECT count(*) FROM skills") == 0
    assert hall.one("SELECT false_alarm FROM alarms") == 0


# -- begun by hand


def test_a_clock_ten_years_ahead_and_back_is_repaired_by_a_new_day(hall):
    before = hall.do(take, "ho-tich")
    hall.clock.forward(days=3652)
    hall.do(opening.confirm_day)
    wrong = hall.do(take, "ho-tich")
    hall.clock.moment = MORNING + timedelta(hours=1)
    assert hall.do(take, "ho-tich").day == wrong.day == 2  # a day that would last ten years
    assert hall.do(opening.repair_day, who="ql03") == 3
    assert days.newest(hall.db) == Day(3, date(2026, 11, 23))
    assert (opened(hall)[-1].repaired, hall.events[-1].who) == (True, "ql03")
    assert tickets.load(hall.db, before.id).state == tickets.load(hall.db, wrong.id).state == "unserved"
    new = hall.do(take, "ho-tich")
    assert (new.day, new.n, new.key) == (3, 1, milliseconds(hall.clock()))
    hall.clock.forward(days=1)
    assert hall.do(take, "ho-tich").day == 4


def test_a_day_begun_by_hand_ends_the_shifts_and_keeps_what_is_to_be_kept(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    kept, gone = hall.do(take, "ho-tich"), hall.do(take, "dat-dai")
    keep(hall)
    assert hall.do(opening.repair_day) == 2
    assert counters.open_shifts(hall.db) == {}
    assert tickets.load(hall.db, kept.id).kept_from == date(2026, 11, 23)
    assert tickets.load(hall.db, gone.id).state == "unserved"
    assert hall.do(opening.repair_day) == 3


def test_before_the_first_day_one_can_be_begun_by_hand(hall):
    assert hall.do(opening.repair_day) == 1

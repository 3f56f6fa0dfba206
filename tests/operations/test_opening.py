from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.calendar import DayKind
from domain.centre_rules import Window, WindowKind
from domain.days import Day
from domain.errors import AlreadyElsewhere, CounterClosed, DayNeedsConfirmation, QueueStopped
from domain.queue_events import DayOpened, TicketRekeyed
from domain.tickets import milliseconds
from operations import calling, intake, managing, moving, opening, shifts, ticketing
from store import centres, counters, days, tickets
from tests.support.halls import MORNING, calls_made, demo_calendar, demo_centre

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
    assert calls_made(hall.db, 2)[-1].kept_from == date(2026, 11, 27)


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


def test_a_new_day_ends_pauses_and_skills(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    hall.do(shifts.pause, 1, "cb01", "break", 5)
    hall.do(shifts.set_skills, 1, ["dat-dai"], [])
    hall.clock.forward(days=1)
    hall.do(take, "ho-tich")
    assert counters.pauses(hall.db) == {}
    assert hall.one("SELECT count(*) FROM skills") == 0


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
    assert (new.day, new.n, new.key) == (3, 3, milliseconds(hall.clock()))  # A 001 and A 002 are in people's hands
    assert hall.do(take, "dat-dai").n == 1
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


# -- at the centre's own hour


def opens_at(hall, hour: str | None = "06:45", **changes) -> None:
    """A Monday that has been opened, of a centre with this hour."""
    hours = replace(demo_centre().hours, opens_day=hour)
    hall.do(managing.load_centre, replace(demo_centre(), hours=hours, **changes), demo_calendar())
    hall.do(opening.ensure_day)


def on_time(hall, day: str, hour: str = "06:45") -> bool:
    hall.clock.moment = (datetime.fromisoformat(f"{day}T{hour}") - timedelta(hours=7)).replace(tzinfo=UTC)
    return hall.do(opening.open_on_time)


@pytest.mark.parametrize(
    ("day", "hour", "opens"),
    [
        ("2026-11-25", "06:44", False),
        ("2026-11-25", "06:45", True),
        ("2026-11-25", "23:59", True),
        ("2026-11-28", "08:00", False),  # Saturday
        ("2026-11-29", "08:00", False),  # Sunday
        ("2026-12-08", "08:00", True),  # 15 days
        ("2026-12-09", "08:00", False),  # 16: a person has to say so
        ("2036-11-24", "08:00", False),
        ("2026-11-22", "08:00", False),  # the clock went back
        ("2026-11-23", "20:00", False),  # open already
    ],
)
def test_the_day_opens_by_itself_on_working_days_from_its_hour_on(hall, day, hour, opens):
    opens_at(hall)
    assert on_time(hall, day, hour) is opens
    assert len(opened(hall)) == 1 + opens
    assert on_time(hall, day, hour) is False
    if opens:
        assert opened(hall)[-1] == DayOpened(2, day, False)


def test_without_an_hour_the_day_waits_for_the_first_act(hall):
    opens_at(hall, None)
    assert on_time(hall, "2026-11-25") is False


def test_the_first_day_of_all_is_begun_by_people(hall):
    hours = replace(demo_centre().hours, opens_day="06:45")
    hall.do(managing.load_centre, replace(demo_centre(), hours=hours), demo_calendar())
    assert on_time(hall, "2026-11-23") is False


def test_a_holiday_does_not_open_and_a_make_up_saturday_does(hall):
    saturday, holiday = date(2026, 11, 28), date(2026, 11, 25)
    known = demo_calendar()
    calendar = replace(known, days={**known.days, saturday: (DayKind.WORKING, "bù"), holiday: (DayKind.OFF, "lễ")})
    hours = replace(demo_centre().hours, opens_day="06:45")
    hall.do(managing.load_centre, replace(demo_centre(), hours=hours), calendar)
    hall.do(opening.ensure_day)
    assert on_time(hall, "2026-11-25") is False
    assert on_time(hall, "2026-11-28") is True


def test_a_saturday_on_which_numbers_are_given_opens_too(hall):
    saturdays = Window(WindowKind.TICKETS, (("07:30", "11:00"),), (6,), ("ho-tich",))
    opens_at(hall, windows=(saturdays,))
    assert on_time(hall, "2026-11-29") is False
    assert on_time(hall, "2026-11-28") is True


def test_a_year_that_the_calendar_does_not_know_is_left_to_people(hall):
    opens_at(hall)
    last = max(demo_calendar().years)
    hall.clock.moment = datetime(last, 12, 30, 1, 0, tzinfo=UTC)
    hall.do(opening.confirm_day)
    assert on_time(hall, f"{last + 1}-01-05") is False


def test_what_is_left_of_yesterday_is_closed_as_by_a_first_act(hall):
    opens_at(hall)
    hall.do(shifts.open_shift, 1, "cb01")
    kept, gone = hall.do(take, "ho-tich"), hall.do(take, "dat-dai")
    keep(hall)
    assert on_time(hall, "2026-11-25")
    assert tickets.load(hall.db, kept.id).number == "A\u202f001 · T2"
    assert tickets.load(hall.db, gone.id).state == "unserved"
    assert counters.open_shifts(hall.db) == {}
    assert hall.events[-1].who == "test"


# -- kept from a wrong day


def wrong_day(hall, ahead: timedelta, *guests: tuple[str, str | None]) -> list:
    """A day by a clock that far ahead, on which these came, one a minute; then the clock is right again."""
    right = hall.clock.moment
    hall.clock.moment = right + ahead
    hall.do(opening.confirm_day)
    given = []
    for queue, priority in guests:
        given.append(hall.do(take, queue, priority=priority))
        hall.clock.forward(minutes=1)
    hall.clock.moment = right + timedelta(minutes=len(guests))
    return given


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=3652)], ids=str)
def test_who_is_kept_from_a_day_ahead_of_time_is_not_passed_for_years(hall, ahead):
    first, elderly, last = wrong_day(hall, ahead, ("ho-tich", None), ("ho-tich", "cao-tuoi"), ("ho-tich", None))
    keep(hall)
    hall.do(opening.repair_day)
    now = milliseconds(hall.clock())
    found = [tickets.load(hall.db, ticket.id) for ticket in (first, elderly, last)]
    assert [(t.key, milliseconds(t.base)) for t in found] == [
        (now - 2 * 60_000, now - 2 * 60_000),
        (now - 61 * 60_000, now - 60_000),
        (now, now),
    ]
    events = [e.event for e in hall.events if isinstance(e.event, TicketRekeyed)]
    assert {(event.reason, event.ticket) for event in events} == {("clock", t.id) for t in found}
    hall.clock.forward(seconds=1)
    new = hall.do(take, "ho-tich")
    assert new.n == 4
    hall.do(shifts.open_shift, 1, "cb01")
    called = [hall.do(calling.call_next, 1, "cb01").ticket.id for _ in range(4)]
    assert called == [elderly.id, first.id, last.id, new.id]
    assert hall.do(moving.set_class, new.id, None, "denied").key == new.key


def test_who_was_kept_from_the_right_day_stays_before_those_of_the_wrong_one(hall):
    right = hall.do(take, "ho-tich")
    keep(hall)
    (wrong,) = wrong_day(hall, timedelta(days=3652), ("ho-tich", None))
    keep(hall)
    hall.do(opening.repair_day)
    assert tickets.load(hall.db, right.id).key == right.key
    assert [t.id for t in tickets.waiting_in(hall.db, "ho-tich", 10)] == [right.id, wrong.id]
    assert tickets.load(hall.db, right.id).kept_from == date(2026, 11, 23)


def test_after_a_repair_without_anybody_kept_nothing_is_rekeyed(hall):
    wrong_day(hall, timedelta(days=3652), ("ho-tich", None))
    hall.do(opening.repair_day)
    assert not any(isinstance(recorded.event, TicketRekeyed) for recorded in hall.events)


def test_who_asked_for_time_on_the_wrong_day_keeps_the_later_place(hall):
    given = wrong_day(hall, timedelta(days=3652), *[("ho-tich", None)] * 5)
    hall.do(moving.give_time, given[0].id)
    keep(hall)
    hall.do(opening.repair_day)
    assert [t.n for t in tickets.waiting_in(hall.db, "ho-tich", 10)] == [2, 3, 4, 1, 5]


def test_a_later_slot_stays_where_a_wrong_clock_is_repaired(hall):
    ten = hall.clock() + timedelta(hours=2)
    booked = hall.do(ticketing.give_number, "ho-tich", "vi", None, None, slot=ten)
    keep(hall)
    (wrong,) = wrong_day(hall, timedelta(days=3652), ("ho-tich", None))
    keep(hall)
    hall.do(opening.repair_day)
    assert tickets.load(hall.db, booked.id).key == booked.key > milliseconds(hall.clock())
    assert tickets.load(hall.db, wrong.id).key == milliseconds(hall.clock())
    rekeyed = [e.event.ticket for e in hall.events if isinstance(e.event, TicketRekeyed)]
    assert rekeyed == [wrong.id]


def test_who_gave_way_to_a_later_slot_stays_behind_it(hall):
    slot = hall.clock() + timedelta(hours=2)
    first, booked = hall.do(take, "ho-tich"), hall.do(ticketing.give_number, "ho-tich", "vi", None, None, slot=slot)
    placed = hall.do(moving.give_time, first.id)
    keep(hall)
    wrong_day(hall, timedelta(days=3652), ("ho-tich", None))
    keep(hall)
    hall.do(opening.repair_day)
    found = tickets.load(hall.db, first.id)
    assert (found.key, found.turn) == (placed.key, placed.turn)
    assert [t.n for t in tickets.waiting_in(hall.db, "ho-tich", 10)] == [3, booked.n, first.n]


@pytest.mark.parametrize("slot", [None, timedelta(hours=2)], ids=["walked in", "booked"])
def test_who_gave_way_on_the_wrong_day_to_people_who_are_gone_is_not_passed_for_years(hall, slot):
    at = slot and hall.clock() + slot
    first = hall.do(ticketing.give_number, "ho-tich", "vi", None, None, slot=at)
    keep(hall)
    right = hall.clock.moment
    hall.clock.moment = right + timedelta(days=3652)
    hall.do(opening.confirm_day)
    other = hall.do(take, "ho-tich")
    hall.do(moving.give_time, first.id)
    hall.do(moving.leave, other.id)
    keep(hall)
    hall.clock.moment = right + timedelta(minutes=5)
    hall.do(opening.repair_day)
    assert tickets.load(hall.db, first.id).key == milliseconds(hall.clock())


def test_no_number_of_one_date_is_given_twice_by_repairs(hall):
    given = []
    for _ in range(3):
        given += [hall.do(take, "ho-tich").n, hall.do(take, "ho-tich").n]
        hall.do(opening.repair_day)
    assert given == [1, 2, 3, 4, 5, 6]
    hall.clock.forward(days=1)
    assert hall.do(take, "ho-tich").n == 1


# -- midnight with the server on


LATE = {"hours": 16, "minutes": 5}  # from 08:00 to 00:05


@pytest.fixture
def at_night(hall):
    """00:05, nobody has begun the new day: A 001 is served at counter 1, A 002 is parked there, A 003 waits."""
    for _ in range(3):
        hall.do(take, "ho-tich")
    hall.do(shifts.open_shift, 1, "cb01", who="cb01")
    hall.do(calling.call_next, 1, "cb01", who="cb01")
    hall.do(calling.set_aside, 1, "cb01", None, "form", who="cb01")
    hall.do(calling.call_next, 1, "cb01", who="cb01")
    hall.clock.forward(**LATE)
    return hall


def states(hall) -> list[str]:
    return [ticket.state.value for ticket in tickets.of_day(hall.db, 1)]


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (lambda hall: hall.do(calling.finish, 1, "cb01"), "finished"),
        (lambda hall: hall.do(calling.mark_absent, 1, "cb01"), "absent"),
        (lambda hall: hall.do(calling.start, 1, "cb01"), "called"),
        (lambda hall: hall.do(calling.call_again, 1, "cb01"), "called"),
        (lambda hall: hall.do(calling.set_aside, 1, "cb01", None, "form"), "parked"),
        (lambda hall: hall.do(moving.transfer, 1, "cb01", note="next-step", queue="dat-dai"), "waiting"),
    ],
)
def test_what_is_done_with_whoever_is_served_over_midnight_counts_to_the_old_day(at_night, act, state):
    act(at_night)
    assert states(at_night) == ["parked", state, "waiting"]
    assert days.newest(at_night.db).id == 1
    assert at_night.events[-1].day == 1


def test_a_dossier_that_is_received_over_midnight_is_not_refused(at_night):
    received = at_night.do(intake.receive_dossier, 1, "cb01", intake.Intake("1.001193", b"sealed"), who="cb01")
    assert "-261124-" in received.code
    assert days.newest(at_night.db).id == 1
    at_night.clock.forward(days=3652)
    with pytest.raises(DayNeedsConfirmation):  # its date and its limit would be those of 2036
        at_night.do(intake.receive_dossier, 1, "cb01", intake.Intake("1.001193", b"sealed"), who="cb01")


def test_who_calls_after_midnight_begins_the_new_day_and_stays_seated(at_night):
    assert at_night.do(calling.call_next, 1, "cb01", tickets.at_counter(at_night.db, 1).id).ticket is None
    assert states(at_night) == ["unserved", "finished", "unserved"]
    assert days.newest(at_night.db).id == 2
    assert counters.shift_at(at_night.db, 1).person == "cb01"
    new = at_night.do(take, "ho-tich")
    assert new.n == 1
    assert at_night.do(calling.call_next, 1, "cb01").ticket.id == new.id


def test_who_calls_after_midnight_calls_those_who_are_kept(at_night):
    keep(at_night)
    called = at_night.do(calling.call_next, 1, "cb01").ticket
    assert (called.n, called.number) == (3, "A\u202f003 · T2")
    assert states(at_night) == ["unserved", "finished", "called"]


@pytest.mark.parametrize("later", [{}, {"days": 3652}], ids=["midnight", "far"])
def test_a_centre_that_calls_by_itself_calls_nobody_of_the_day_that_is_over(at_night, later):
    rules = replace(demo_centre().calling, auto_call=True)
    at_night.do(managing.load_centre, replace(demo_centre(), calling=rules), demo_calendar())
    at_night.clock.forward(**later)
    at_night.do(calling.finish, 1, "cb01")
    assert states(at_night) == ["parked", "finished", "waiting"]
    assert days.newest(at_night.db).id == 1


def test_nobody_of_the_old_day_is_called_out_of_order_into_the_new_one(at_night):
    waiting = tickets.of_day(at_night.db, 1)[2]
    with pytest.raises(AlreadyElsewhere):
        at_night.do(calling.call_this, 1, "cb01", waiting.id, "urgent")
    assert days.newest(at_night.db).id == 1


def test_the_first_number_of_the_new_day_ends_the_old_one_at_every_counter(at_night):
    at_night.do(take, "dat-dai")
    assert states(at_night) == ["unserved", "unserved", "unserved"]
    assert counters.open_shifts(at_night.db) == {}
    with pytest.raises(CounterClosed):
        at_night.do(calling.finish, 1, "cb01")


def test_a_pause_may_begin_and_end_after_midnight_and_ends_with_the_old_day(at_night):
    at_night.do(calling.finish, 1, "cb01")
    at_night.do(shifts.pause, 1, "cb01", "break", 5)
    assert list(counters.pauses(at_night.db)) == [1]
    at_night.do(take, "dat-dai")
    assert counters.pauses(at_night.db) == {}


@pytest.mark.parametrize("later", [{}, {"days": 3652}], ids=["midnight", "far"])
def test_a_call_for_help_is_never_refused_for_the_clock_and_outlasts_the_day(at_night, later):
    at_night.clock.forward(**later)
    at_night.do(shifts.call_for_help, 1, "cb01")
    at_night.do(opening.confirm_day)
    assert [alarm.counter for alarm in counters.alarms(at_night.db)] == [1]
    at_night.do(shifts.end_help, 1, False)
    assert counters.alarms(at_night.db) == ()


def test_a_stop_ends_at_its_own_hour_whatever_the_day(hall):
    hall.do(managing.stop_queue, "ho-tich", "Mất điện", hall.clock() + timedelta(hours=25))
    hall.do(managing.stop_queue, "dat-dai", "Hỏng máy")
    hall.clock.forward(**LATE)
    hall.do(take, "chung-thuc")
    assert centres.stop_of(hall.db, "ho-tich", hall.clock()) is not None
    hall.clock.forward(hours=9)
    assert hall.do(take, "ho-tich").n == 1
    with pytest.raises(QueueStopped):
        hall.do(take, "dat-dai")


def test_midnight_itself_ends_nothing(at_night):
    assert states(at_night) == ["parked", "called", "waiting"]
    assert list(counters.open_shifts(at_night.db)) == [1]
    assert tickets.at_counter(at_night.db, 1).n == 2

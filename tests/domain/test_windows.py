"""When numbers are given and counters serve: windows, the calendar over them, the next opening."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.admission import (
    Span,
    closes_at,
    is_open,
    next_opening,
    windows_on,
)
from domain.calendar import DayKind
from domain.centre_rules import Window, WindowKind
from domain.centres import Centre
from domain.days import LOCAL
from tests.domain.land_office import (
    CALENDAR,
    CENTRE,
    EVERY_HALF_HOUR,
    FRIDAY,
    GIVEN,
    LAND,
    MONDAY,
    NEXT_MONDAY,
    NEXT_SATURDAY,
    OFFICE,
    POLICE,
    QUICK,
    SATURDAY,
    SERVED,
    SERVICE,
    SUNDAY,
    TICKETS,
    TUESDAY,
    WEDNESDAY,
    at,
    centre_with,
    on,
    window,
)

# Windows of a day


def test_no_window_of_the_kind_is_always_open_and_no_window_today_is_closed() -> None:
    assert on(MONDAY) is None
    assert on(MONDAY, SERVED) is None
    assert on(SATURDAY, GIVEN) == []


def test_the_windows_are_aware_instants_of_the_local_day() -> None:
    spans = windows_on(OFFICE, TICKETS, LAND, MONDAY)
    assert spans is not None
    assert spans[0] == (datetime(2026, 3, 1, 23, 15, tzinfo=UTC), datetime(2026, 3, 2, 4, 15, tzinfo=UTC))
    assert {instant.tzinfo for span in spans for instant in span} == {LOCAL}


def test_a_window_naming_the_queue_replaces_the_general_ones_on_every_day() -> None:
    saturday = window(TICKETS, "07:00-11:00", weekdays="6", queues=(POLICE,))
    assert on(SATURDAY, GIVEN, saturday, queue=POLICE) == ["07:00-11:00"]
    assert on(MONDAY, GIVEN, saturday, queue=POLICE) == []
    assert on(MONDAY, GIVEN, saturday) == ["06:15-11:15", "13:15-15:30"]
    assert on(SATURDAY, GIVEN, saturday) == []


def test_windows_for_other_queues_alone_leave_a_queue_always_open() -> None:
    assert on(SUNDAY, window(TICKETS, "07:00-11:00", queues=(POLICE,))) is None


def test_serving_windows_of_the_queue_leave_its_ticket_windows_general() -> None:
    own = window(SERVICE, "08:00-09:00", queues=(LAND,))
    assert on(MONDAY, GIVEN, own) == ["06:15-11:15", "13:15-15:30"]


def test_touching_and_overlapping_windows_are_one_and_order_does_not_matter() -> None:
    morning, noon = window(TICKETS, "07:30-11:30"), window(TICKETS, "11:30-13:00")
    assert on(MONDAY, noon, morning) == ["07:30-13:00"]
    assert on(MONDAY, window(TICKETS, "07:30-17:00"), noon) == ["07:30-17:00"]
    assert on(MONDAY, morning, window(TICKETS, "11:31-13:00")) == ["07:30-11:30", "11:31-13:00"]


# The calendar over the windows


def test_a_stated_day_off_has_no_windows_and_only_where_the_calendar_is_given() -> None:
    assert on(TUESDAY, GIVEN, calendar=CALENDAR) == []
    assert on(TUESDAY, GIVEN) == ["06:15-11:15", "13:15-15:30"]


def test_no_windows_at_all_stay_always_open_on_a_day_off() -> None:
    assert on(TUESDAY, calendar=CALENDAR) is None


def test_a_half_day_ends_with_its_first_half_day() -> None:
    assert on(WEDNESDAY, GIVEN, calendar=CALENDAR) == ["06:15-11:15"]
    assert on(WEDNESDAY, window(TICKETS, "07:30-17:00"), calendar=CALENDAR) == ["07:30-11:30"]
    assert on(WEDNESDAY, window(TICKETS, "11:30-17:00"), calendar=CALENDAR) == []


def test_a_saturday_may_have_windows_without_being_a_working_day() -> None:
    saturday = window(TICKETS, "07:30-11:30", weekdays="6")
    assert not CALENDAR.is_working(SATURDAY)
    assert on(SATURDAY, GIVEN, saturday, calendar=CALENDAR) == ["07:30-11:30"]


def test_a_saturday_worked_instead_has_mondays_windows_unless_it_has_its_own() -> None:
    monday = window(TICKETS, "08:00-10:00", weekdays="1")
    others = window(TICKETS, "09:00-10:00", weekdays="2345")
    saturday = window(TICKETS, "07:30-11:30", weekdays="6")
    assert on(NEXT_SATURDAY, monday, others, calendar=CALENDAR) == ["08:00-10:00"]
    assert on(NEXT_SATURDAY, monday, saturday, calendar=CALENDAR) == ["07:30-11:30"]
    assert on(NEXT_SATURDAY, monday, others) == []
    assert on(SATURDAY, monday, others, calendar=CALENDAR) == []


def test_a_year_that_the_calendar_does_not_know_goes_by_the_week() -> None:
    assert on(date(2030, 3, 4), GIVEN, calendar=CALENDAR) == ["06:15-11:15", "13:15-15:30"]


# Open now, open next, closing


@pytest.mark.parametrize(
    ("clock", "open_"),
    [
        ("07:29:59.999999", False),
        ("07:30", True),
        ("11:29:59", True),
        ("11:29:59.999999", True),
        ("11:30", False),
        ("13:29:59", False),
        ("13:30", True),
        ("17:00", False),
    ],
)
def test_a_window_opens_with_its_first_instant_and_is_closed_at_its_end(clock: str, open_: bool) -> None:
    assert is_open(OFFICE, SERVICE, LAND, at(MONDAY, clock)) is open_
    assert is_open(OFFICE, SERVICE, LAND, at(MONDAY, clock).astimezone(UTC)) is open_


def test_touching_windows_are_open_where_they_touch() -> None:
    centre = centre_with(window(TICKETS, "07:30-11:30"), window(TICKETS, "11:30-13:00"))
    assert is_open(centre, TICKETS, LAND, at(MONDAY, "11:30"))


def test_a_window_over_lunch_is_open_at_lunch() -> None:
    assert is_open(centre_with(window(TICKETS, "07:00-16:00")), TICKETS, LAND, at(MONDAY, "12:15"))


def test_without_windows_it_is_open_at_midnight_on_sunday() -> None:
    now = at(SUNDAY, "00:00")
    assert is_open(CENTRE, TICKETS, LAND, now)
    assert next_opening(CENTRE, TICKETS, LAND, now) == now
    assert closes_at(CENTRE, LAND, now) is None


def test_the_local_day_counts_not_that_of_utc() -> None:
    """Monday 06:15 in Hà Nội is still Sunday in UTC."""
    assert is_open(OFFICE, TICKETS, LAND, datetime(2026, 3, 1, 23, 15, tzinfo=UTC))
    assert not is_open(OFFICE, TICKETS, LAND, datetime(2026, 3, 6, 23, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    ("day", "clock", "opens"),
    [
        (MONDAY, "06:00", "2026-03-02T06:15"),
        (MONDAY, "11:14:59", "2026-03-02T11:14:59"),
        (MONDAY, "11:15", "2026-03-02T13:15"),
        (MONDAY, "15:30", "2026-03-03T06:15"),
        (FRIDAY, "15:30", "2026-03-09T06:15"),
        (SATURDAY, "09:00", "2026-03-09T06:15"),
    ],
)
def test_the_next_opening_by_the_week(day: date, clock: str, opens: str) -> None:
    assert next_opening(OFFICE, TICKETS, LAND, at(day, clock)) == datetime.fromisoformat(opens + "+07:00")


def test_the_next_opening_passes_over_a_day_off_and_a_half_day_s_afternoon() -> None:
    def opens(day: date, clock: str) -> datetime | None:
        return next_opening(OFFICE, TICKETS, LAND, at(day, clock), calendar=CALENDAR)

    assert opens(MONDAY, "16:00") == at(WEDNESDAY, "06:15")
    assert opens(WEDNESDAY, "12:00") == at(date(2026, 3, 5), "06:15")
    assert opens(date(2026, 3, 13), "16:00") == at(NEXT_SATURDAY, "06:15")


def test_the_next_opening_is_none_beyond_the_days_looked_at() -> None:
    friday_evening = at(FRIDAY, "18:00")
    assert next_opening(OFFICE, TICKETS, LAND, friday_evening, days_ahead=2) is None
    assert next_opening(OFFICE, TICKETS, LAND, friday_evening, days_ahead=3) == at(NEXT_MONDAY, "06:15")
    closed = replace(CALENDAR, days={MONDAY + timedelta(n): (DayKind.OFF, "Lũ") for n in range(15)})
    assert next_opening(OFFICE, TICKETS, LAND, at(MONDAY, "05:00"), calendar=closed) is None


def test_closing_is_the_end_of_the_last_serving_window_of_today() -> None:
    for clock in ("05:00", "12:00", "17:00", "23:59"):
        assert closes_at(OFFICE, LAND, at(MONDAY, clock)) == at(MONDAY, "17:00")
    assert closes_at(OFFICE, LAND, at(WEDNESDAY, "09:00"), CALENDAR) == at(WEDNESDAY, "11:30")


def test_a_day_that_is_not_served_closed_before_it_began() -> None:
    assert closes_at(OFFICE, LAND, at(SUNDAY, "09:00")) == at(SUNDAY, "00:00")
    assert closes_at(OFFICE, LAND, at(TUESDAY, "09:00"), CALENDAR) == at(TUESDAY, "00:00")


# Properties of windows, against the words of the configuration

STEP = timedelta(minutes=30)
clocks = st.integers(0, 47).map(lambda n: f"{n // 2:02}:{n % 2 * 30:02}")
half_days = st.lists(clocks, min_size=2, max_size=4, unique=True).map(
    lambda found: tuple(zip(sorted(found)[::2], sorted(found)[1::2], strict=False))
)
weekdays = st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True).map(tuple)
owners = st.sampled_from([(), (LAND,), (POLICE,), (POLICE, LAND)])
centres = st.lists(
    st.builds(Window, st.sampled_from(WindowKind), half_days, weekdays, owners), min_size=1, max_size=4
).map(lambda found: centre_with(*found))
days = st.integers(0, 6).map(lambda n: MONDAY + timedelta(n))

Windows = Callable[[Centre, WindowKind, str, date], tuple[Span, ...] | None]
Opening = Callable[[Centre, WindowKind, str, datetime, int], datetime | None]


def said_open(centre: Centre, now: datetime) -> bool:
    """Whether the file says that the land queue gets tickets now; read word for word."""
    found = [w for w in centre.windows if w.kind is TICKETS]
    found = [w for w in found if LAND in w.queues] or [w for w in found if not w.queues]
    clock, weekday = f"{now:%H:%M}", now.isoweekday()
    return not found or any(weekday in w.weekdays and a <= clock < b for w in found for a, b in w.times)


def check_spans(rule: Windows, centre: Centre, day: date) -> None:
    """The spans stand in order and apart, and hold exactly what the file says."""
    spans = rule(centre, TICKETS, LAND, day)
    edges = [instant for span in spans or () for instant in span]
    assert edges == sorted(set(edges)), "not in order and apart"
    for n in range(48):
        now = at(day, "00:00") + n * STEP
        inside = spans is None or any(opens <= now < closes for opens, closes in spans)
        assert inside == said_open(centre, now), f"the file says otherwise at {now}"


@QUICK
@given(centres, days)
def test_a_day_s_windows_are_what_the_file_says(centre: Centre, day: date) -> None:
    check_spans(windows_on, centre, day)


TWO_QUEUES = centre_with(
    window(TICKETS, "07:30-11:30", "11:30-13:00"),
    window(TICKETS, "08:00-09:00", "09:00-10:00", weekdays="6", queues=(LAND,)),
)


def unjoined(centre: Centre, kind: WindowKind, queue: str, day: date) -> tuple[Span, ...]:
    own = [w for w in centre.windows if queue in w.queues and day.isoweekday() in w.weekdays]
    return tuple((at(day, a), at(day, b)) for w in own for a, b in w.times)


def adds_general(centre: Centre, kind: WindowKind, queue: str, day: date) -> tuple[Span, ...] | None:
    everybody = [replace(w, queues=()) for w in centre.windows]
    return windows_on(centre_with(*everybody), kind, queue, day)


def any_weekday(centre: Centre, kind: WindowKind, queue: str, day: date) -> tuple[Span, ...] | None:
    daily = [replace(w, weekdays=(1, 2, 3, 4, 5, 6, 7)) for w in centre.windows]
    return windows_on(centre_with(*daily), kind, queue, day)


@pytest.mark.planted
@pytest.mark.parametrize(
    ("rule", "day", "fault"),
    [
        (unjoined, SATURDAY, "in order and apart"),
        (adds_general, MONDAY, "says otherwise"),
        (any_weekday, MONDAY, "says otherwise"),
    ],
)
def test_windows_that_are_not_what_the_file_says_are_found(rule: Windows, day: date, fault: str) -> None:
    check_spans(windows_on, TWO_QUEUES, day)
    with pytest.raises(AssertionError, match=fault):
        check_spans(rule, TWO_QUEUES, day)


def check_next_opening(rule: Opening, centre: Centre, now: datetime, days_ahead: int) -> None:
    """It is open at the answer and at no half-hour from now to there; no answer: at none of these days."""
    opens = rule(centre, TICKETS, LAND, now, days_ahead)
    end = opens or at(now.date(), "00:00") + timedelta(days_ahead + 1)
    assert opens is None or now <= opens, "opens in the past"
    assert opens is None or said_open(centre, opens), "closed when it was said to open"
    moment = now
    while moment < end:
        assert not said_open(centre, moment), f"open already at {moment}"
        moment = moment.replace(minute=moment.minute // 30 * 30) + STEP


@EVERY_HALF_HOUR
@given(centres, days, st.integers(0, 24 * 60 - 1), st.integers(0, 8))
def test_the_next_opening_is_the_first(centre: Centre, day: date, minute: int, days_ahead: int) -> None:
    check_next_opening(next_opening, centre, at(day, "00:00") + timedelta(minutes=minute), days_ahead)


def open_at_its_end(centre: Centre, kind: WindowKind, queue: str, now: datetime, n: int) -> datetime | None:
    spans = windows_on(centre, kind, queue, now.date()) or ()
    return now if any(now == closes for _, closes in spans) else next_opening(centre, kind, queue, now, n)


def only_today(centre: Centre, kind: WindowKind, queue: str, now: datetime, n: int) -> datetime | None:
    return next_opening(centre, kind, queue, now, 0)


def next_window(centre: Centre, kind: WindowKind, queue: str, now: datetime, n: int) -> datetime | None:
    spans = windows_on(centre, kind, queue, now.date()) or ()
    later = [opens for opens, _ in spans if opens > now]
    return min(later, default=None) or next_opening(centre, kind, queue, at(now.date(), "23:59"), n)


@pytest.mark.planted
@pytest.mark.parametrize(
    ("rule", "clock", "fault"),
    [
        (open_at_its_end, "11:15", "closed when it was said to open"),
        (only_today, "16:00", "open already"),
        (next_window, "07:00", "open already"),
    ],
)
def test_a_wrong_next_opening_is_found(rule: Opening, clock: str, fault: str) -> None:
    check_next_opening(next_opening, OFFICE, at(MONDAY, clock), 3)
    with pytest.raises(AssertionError, match=fault):
        check_next_opening(rule, OFFICE, at(MONDAY, clock), 3)

import heapq
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from math import log, sqrt
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.admission import (
    ADMITS_AGAIN_FROM,
    ADMITS_FROM,
    Admission,
    Line,
    Reason,
    Span,
    admit,
    chance_before,
    closes_at,
    is_open,
    next_opening,
    windows_on,
)
from domain.calendar import Calendar, DayKind
from domain.centre_rules import Window, WindowKind
from domain.centres import Centre, Queue, read_centre
from domain.days import LOCAL
from tests.support.sizes import size

DEMO = Path(__file__).parents[2] / "commands" / "demo" / "centre.toml"
CENTRE = read_centre(DEMO.read_text(encoding="utf-8"))
TICKETS, SERVICE = WindowKind.TICKETS, WindowKind.SERVICE
LAND, POLICE = "dat-dai", "cu-tru"
MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
FRIDAY, SATURDAY, SUNDAY = date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 8)
NEXT_MONDAY, NEXT_SATURDAY = date(2026, 3, 9), date(2026, 3, 14)
CALENDAR = Calendar(
    "v1",
    ((time(7, 30), time(11, 30)), (time(13, 30), time(17))),
    {
        TUESDAY: (DayKind.OFF, "Bão"),
        WEDNESDAY: (DayKind.HALF, "Nghỉ chiều"),
        NEXT_SATURDAY: (DayKind.WORKING, "Làm bù"),
    },
    frozenset({2026}),
)
QUICK = settings(max_examples=size("admission", 100, 2000), deadline=None, database=None)
EVERY_HALF_HOUR = settings(max_examples=size("admission-weeks", 40, 1000), deadline=None, database=None)


def window(kind: WindowKind, *times: str, weekdays: str = "12345", queues: tuple[str, ...] = ()) -> Window:
    """A window of times such as '07:30-11:30'."""
    pairs = [text.split("-") for text in times]
    return Window(kind, tuple((a, b) for a, b in pairs), tuple(map(int, weekdays)), queues)


def centre_with(*windows: Window) -> Centre:
    return replace(CENTRE, windows=windows)


# A land office as it is: numbers from 06:15 to 11:15 and 13:15 to 15:30, served in office hours.
GIVEN = window(TICKETS, "06:15-11:15", "13:15-15:30")
SERVED = window(SERVICE, "07:30-11:30", "13:30-17:00")
OFFICE = centre_with(GIVEN, SERVED)


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), LOCAL)


def shown(spans: tuple[Span, ...] | None) -> list[str] | None:
    if spans is None:
        return None
    return [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in spans]


def on(day: date, *windows: Window, queue: str = LAND, calendar: Calendar | None = None) -> list[str] | None:
    return shown(windows_on(centre_with(*windows), TICKETS, queue, day, calendar))


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


# The chance to be called

Chance = Callable[..., float]
BASE: dict[str, Any] = {"ahead": 5, "mean_minutes": 10, "servers": 2, "minutes_left": 30, "pace": 1.2}
FALLS, RISES = -1, 1
SENSE = {"ahead": FALLS, "mean_minutes": FALLS, "servers": RISES, "minutes_left": RISES, "pace": FALLS}
ROUNDING = 1e-9
cases = st.fixed_dictionaries(
    {
        "ahead": st.integers(0, 400),
        "mean_minutes": st.floats(0.5, 240),
        "servers": st.integers(0, 60),
        "minutes_left": st.floats(-10, 600),
        "pace": st.floats(0.7, 1.8),
        "variation": st.floats(0, 2),
    }
)


def check_monotone(rule: Chance, name: str, case: dict[str, Any], factor: float) -> None:
    """The argument times a factor (1 or more) moves the chance one way only, inside 0 to 1."""
    more = {**case, name: type(case[name])(case[name] * factor) if case[name] > 0 else case[name]}
    before, after = rule(**case), rule(**more)
    assert 0 <= before <= 1
    assert 0 <= after <= 1
    assert SENSE[name] * (after - before) >= -ROUNDING, f"{name}: {before} became {after}"


@pytest.mark.parametrize("name", SENSE)
@QUICK
@given(case=cases, factor=st.floats(1, 4))
def test_the_chance_moves_one_way_with_each_argument(name: str, case: dict[str, Any], factor: float) -> None:
    check_monotone(chance_before, name, case, factor)


@pytest.mark.parametrize("name", SENSE)
def test_each_argument_counts(name: str) -> None:
    doubled = chance_before(**{**BASE, name: BASE[name] * 2})
    assert SENSE[name] * (doubled - chance_before(**BASE)) > 0.1


@pytest.mark.planted
@pytest.mark.parametrize("name", SENSE)
def test_an_argument_read_the_wrong_way_round_is_found(name: str) -> None:
    def backwards(**case: Any) -> float:
        return chance_before(**{**case, name: BASE[name] ** 2 / case[name]})

    check_monotone(chance_before, name, BASE, 2)
    with pytest.raises(AssertionError, match=name):
        check_monotone(backwards, name, BASE, 2)


def check_variation(rule: Chance, case: dict[str, Any], factor: float) -> None:
    """A chance of more than one half is no smaller when service times vary less."""
    wilder = rule(**{**case, "variation": case["variation"] * factor})
    assert wilder < 0.5 or rule(**case) >= wilder - ROUNDING, "more variation helped"


@QUICK
@example(case={**BASE, "minutes_left": 60, "variation": 0.5}, factor=2)
@given(cases, st.floats(1, 4))
def test_a_good_chance_falls_when_service_times_vary_more(case: dict[str, Any], factor: float) -> None:
    check_variation(chance_before, case, factor)


@pytest.mark.planted
def test_variation_read_the_wrong_way_round_is_found() -> None:
    def backwards(**case: Any) -> float:
        return chance_before(**{**case, "variation": 1 - case["variation"] / 2})

    with pytest.raises(AssertionError, match="more variation helped"):
        check_variation(backwards, {**BASE, "minutes_left": 60, "variation": 0.5}, 2)


def test_without_counters_or_time_there_is_no_chance() -> None:
    assert chance_before(0, 10, 0, 600) == 0
    assert chance_before(0, 10, 3, 0) == 0
    assert chance_before(0, 10, 3, -1) == 0
    assert chance_before(0, 240, 1, 5e-324) == 0


def test_nobody_ahead_waits_only_for_the_service_under_way() -> None:
    assert 0.5 < chance_before(0, 10, 1, 8) < 0.7
    assert chance_before(1, 10, 1, 8) < 0.3


def test_the_law_is_the_exponential_where_the_variation_is_one() -> None:
    """Then every counter forgets, and with nobody ahead the wait is exponential: 1 - e^-1 at its mean."""
    assert chance_before(0, 10, 1, 10, variation=1) == pytest.approx(0.6321205588)
    assert chance_before(3, 10, 2, 30, variation=1) == pytest.approx(0.8487961172)  # Poisson(6) >= 4


def test_a_long_line_gives_a_plain_answer() -> None:
    assert chance_before(9999, 1, 1, 9_000, variation=0) < 1e-9
    assert chance_before(9999, 1, 1, 11_000, variation=0) == 1
    assert chance_before(0, 0.5, 60, 1e9) == 1


@pytest.mark.parametrize(("ahead", "mean", "pace"), [(-1, 10, 1), (0, 0, 1), (0, -3, 1), (0, 10, 0)])
def test_senseless_arguments_are_refused(ahead: int, mean: float, pace: float) -> None:
    with pytest.raises(ValueError, match="fewer than nobody"):
        chance_before(ahead, mean, 1, 10, pace)


HALLS = [(0, 1), (0, 4), (1, 1), (3, 3), (5, 2), (12, 3), (40, 8)]
SHARES_OF_MEAN_WAIT = (0.4, 0.8, 1.0, 1.3, 2.0)
SEED = 210


def simulated_waits(ahead: int, servers: int, variation: float, rounds: int) -> list[float]:
    """Waits in a hall with busy counters and lognormal services of mean 1; the rule supposes another law.

    Who comes at any moment finds long services more often: these are drawn by their length, cut anywhere.
    """
    random, spread, waits = Random(SEED), log(1 + variation**2), []
    for _ in range(rounds):
        free = [random.random() * random.lognormvariate(spread / 2, sqrt(spread)) for _ in range(servers)]
        heapq.heapify(free)
        for _ in range(ahead):
            heapq.heapreplace(free, free[0] + random.lognormvariate(-spread / 2, sqrt(spread)))
        waits.append(free[0])
    return waits


def check_simulated(rule: Chance, ahead: int, servers: int, variation: float = 0.8) -> None:
    """The rule is within 0.07 of the simulated hall, for a service of 12 minutes at a pace of 1.25."""
    waits = simulated_waits(ahead, servers, variation, size("admission-waits", 1500, 20_000))
    for share in SHARES_OF_MEAN_WAIT:
        time_left = share * (ahead + 1) / servers
        called = sum(wait <= time_left for wait in waits) / len(waits)
        assert rule(ahead, 12, servers, time_left * 15, 1.25, variation) == pytest.approx(called, abs=0.07)


@pytest.mark.parametrize(("ahead", "servers"), HALLS)
def test_the_chance_is_that_of_a_simulated_hall(ahead: int, servers: int) -> None:
    check_simulated(chance_before, ahead, servers)


@pytest.mark.parametrize("variation", [0.6, 0.9])
@pytest.mark.parametrize(("ahead", "servers"), [hall for hall in HALLS if hall[0] >= hall[1]])
def test_services_that_vary_less_or_more_fit_too(ahead: int, servers: int, variation: float) -> None:
    check_simulated(chance_before, ahead, servers, variation)


def by_means(ahead: int, mean: float, servers: int, minutes: float, pace: float, variation: float) -> float:
    return float(ahead * mean * pace / servers < minutes)


def forgets_who_is_served(
    ahead: int, mean: float, servers: int, minutes: float, pace: float, variation: float
) -> float:
    return chance_before(max(ahead - 1, 0), mean, servers, minutes, pace, variation)


def forgets_the_pace(ahead: int, mean: float, servers: int, minutes: float, pace: float, variation: float) -> float:
    return chance_before(ahead, mean, servers, minutes, 1, variation)


@pytest.mark.planted
@pytest.mark.parametrize("rule", [by_means, forgets_who_is_served, forgets_the_pace])
def test_a_rule_that_a_simulated_hall_refutes_is_found(rule: Chance) -> None:
    with pytest.raises(AssertionError):
        check_simulated(rule, 5, 2)


# The decision

QUEUE = next(replace(queue, daily_limit=200) for queue in CENTRE.queues if queue.id == LAND)
SHORT = Line(ahead=2, servers=3, mean_minutes=10)
LONG = Line(ahead=60, servers=3, mean_minutes=10)
OPEN_LATE = centre_with(window(TICKETS, "06:15-17:00"), SERVED)


def test_a_walk_in_gets_a_number_inside_the_window() -> None:
    assert admit(OFFICE, QUEUE, at(MONDAY, "08:00"), LONG, given_today=0) == Admission(ok=True)


def test_without_windows_and_limit_everybody_gets_a_number() -> None:
    endless = replace(QUEUE, daily_limit=None)
    assert admit(CENTRE, endless, at(SUNDAY, "03:00"), LONG, given_today=99_999) == Admission(ok=True)


@pytest.mark.parametrize(
    ("day", "clock", "opens_at"),
    [
        (MONDAY, "06:14:59", at(MONDAY, "06:15")),
        (MONDAY, "11:15", at(MONDAY, "13:15")),
        (MONDAY, "15:30", at(WEDNESDAY, "06:15")),
        (TUESDAY, "09:00", at(WEDNESDAY, "06:15")),
        (WEDNESDAY, "14:00", at(date(2026, 3, 5), "06:15")),
        (SATURDAY, "09:00", at(NEXT_MONDAY, "06:15")),
    ],
)
def test_outside_the_windows_the_next_opening_is_told(day: date, clock: str, opens_at: datetime) -> None:
    answer = admit(OFFICE, QUEUE, at(day, clock), SHORT, given_today=0, calendar=CALENDAR)
    assert answer == Admission(False, Reason.OUTSIDE_WINDOW, opens_at)


def test_the_last_number_of_the_day_is_given_and_no_more() -> None:
    now = at(MONDAY, "10:00")
    assert admit(OFFICE, QUEUE, now, SHORT, given_today=199).ok
    for given_today in (200, 201):
        answer = admit(OFFICE, QUEUE, now, SHORT, given_today=given_today)
        assert answer == Admission(False, Reason.DAILY_LIMIT, at(TUESDAY, "06:15"))


def test_a_used_up_limit_sends_nobody_to_the_afternoon() -> None:
    answer = admit(OFFICE, QUEUE, at(MONDAY, "12:00"), SHORT, given_today=200, calendar=CALENDAR)
    assert answer == Admission(False, Reason.DAILY_LIMIT, at(WEDNESDAY, "06:15"))


def test_a_used_up_limit_without_windows_tells_no_opening() -> None:
    answer = admit(CENTRE, QUEUE, at(MONDAY, "12:00"), SHORT, given_today=200)
    assert answer == Admission(False, Reason.DAILY_LIMIT)


def test_the_closing_rule_holds_from_210_minutes_before_closing() -> None:
    before = admit(OFFICE, QUEUE, at(MONDAY, "13:29:59"), LONG, given_today=0)
    assert before == Admission(ok=True)
    within = admit(OFFICE, QUEUE, at(MONDAY, "13:30"), replace(LONG, ahead=80), given_today=0)
    assert (within.ok, within.why, within.opens_at) == (False, Reason.CLOSING, at(TUESDAY, "06:15"))
    assert within.chance == chance_before(80, 10, 3, 210)


def test_the_threshold_is_nine_in_ten_and_higher_after_a_refusal() -> None:
    now = at(MONDAY, "15:00")
    chances = {n: admit(OFFICE, QUEUE, now, replace(SHORT, ahead=n), given_today=0) for n in range(60)}
    for answer in chances.values():
        assert answer.chance is not None
        assert answer.ok == (answer.chance >= ADMITS_FROM)
    last = max(n for n, answer in chances.items() if answer.ok)
    line = replace(SHORT, ahead=last)
    assert ADMITS_FROM <= (chances[last].chance or 0) < ADMITS_AGAIN_FROM
    assert not admit(OFFICE, QUEUE, now, line, given_today=0, threshold=ADMITS_AGAIN_FROM).ok
    exact = chances[last].chance or 0
    assert admit(OFFICE, QUEUE, now, line, given_today=0, threshold=exact).ok


def test_the_break_is_no_time_to_be_called_in() -> None:
    """At 11:35 a queue served until 15:00 closes in 205 minutes, of which 90 are served."""
    centre = centre_with(window(SERVICE, "07:30-11:30", "13:30-15:00"))
    answer = admit(centre, QUEUE, at(MONDAY, "11:35"), replace(SHORT, ahead=20), given_today=0)
    assert answer.chance == chance_before(20, 10, 3, 90)


def test_an_idle_counter_calls_at_once_even_shortly_before_closing() -> None:
    now = at(MONDAY, "16:58")
    busy, idle = Line(0, 1, 20), Line(0, 1, 20, idle=1)
    assert admit(OPEN_LATE, QUEUE, now, busy, given_today=0).why is Reason.CLOSING
    assert admit(OPEN_LATE, QUEUE, now, idle, given_today=0) == Admission(ok=True, chance=1.0)
    assert not admit(OPEN_LATE, QUEUE, now, replace(idle, ahead=1), given_today=0).ok


def test_after_closing_or_on_a_day_without_serving_nobody_is_called() -> None:
    idle = Line(0, 3, 5, idle=3)
    always = centre_with(SERVED)
    for now in (at(MONDAY, "17:00"), at(SUNDAY, "09:00")):
        answer = admit(always, QUEUE, now, idle, given_today=0)
        assert answer == Admission(False, Reason.CLOSING, None, 0.0)


def test_pace_and_variation_of_the_line_count() -> None:
    now = at(MONDAY, "15:00")
    chances = [
        admit(OFFICE, QUEUE, now, line, given_today=0).chance or 0
        for line in (
            replace(SHORT, ahead=25),
            replace(SHORT, ahead=25, pace=1.3),
            replace(SHORT, ahead=25, variation=1.4),
        )
    ]
    assert chances[0] > chances[1] + 0.1
    assert chances[0] > chances[2] + 0.05


def test_an_appointment_is_always_admitted() -> None:
    for now in (at(MONDAY, "16:59"), at(SUNDAY, "03:00"), at(TUESDAY, "09:00")):
        answer = admit(OFFICE, QUEUE, now, LONG, given_today=900, has_appointment=True, calendar=CALENDAR)
        assert answer == Admission(ok=True)


Decision = Callable[..., Admission]
lines = st.builds(
    Line,
    ahead=st.integers(0, 120),
    servers=st.integers(0, 8),
    mean_minutes=st.floats(0.5, 60),
    idle=st.integers(0, 2),
    pace=st.floats(0.7, 1.8),
)
instants = st.integers(0, 14 * 24 * 60).map(lambda n: at(MONDAY, "00:00") + timedelta(minutes=n))


def check_decision(rule: Decision, now: datetime, line: Line, given_today: int, has_appointment: bool) -> None:
    """What a decision may say of an office with these windows, and that a longer line never helps."""

    def decided(asked: Line) -> Admission:
        answer: Admission = rule(
            OPEN_LATE,
            QUEUE,
            now,
            asked,
            given_today=given_today,
            has_appointment=has_appointment,
            calendar=CALENDAR,
        )
        return answer

    answer = decided(line)
    closing = closes_at(OPEN_LATE, LAND, now, CALENDAR)
    assert closing is not None
    assert answer.ok == (answer.why is None), "a decision without reason"
    assert answer.ok or not has_appointment, "an appointment sent away"
    assert has_appointment or given_today < 200 or not answer.ok, "more than the daily limit"
    assert answer.opens_at is None or answer.opens_at > now, "opens in the past"
    if answer.why is Reason.CLOSING:
        assert closing - now <= timedelta(minutes=210), "refused too early"
        assert answer.chance is not None
        assert answer.chance < ADMITS_FROM
    assert answer.ok or not decided(replace(line, ahead=line.ahead + 5)).ok, "a longer line helps"


@QUICK
@given(instants, lines, st.integers(190, 210), st.booleans())
def test_decisions_are_consistent(now: datetime, line: Line, given_today: int, has_appointment: bool) -> None:
    check_decision(admit, now, line, given_today, has_appointment)


def walk_ins_only(*asked: Any, **facts: Any) -> Admission:
    return admit(*asked, **{**facts, "has_appointment": False})


def one_too_many(*asked: Any, **facts: Any) -> Admission:
    return admit(*asked, **{**facts, "given_today": facts["given_today"] - 1})


def closing_all_day(centre: Centre, queue: Queue, now: datetime, line: Line, **facts: Any) -> Admission:
    last = at(now.date(), "16:00")
    return admit(centre, queue, max(now, last), line, **facts)


def the_longer_the_better(centre: Centre, queue: Queue, now: datetime, line: Line, **facts: Any) -> Admission:
    return admit(centre, queue, now, replace(line, ahead=max(0, 25 - line.ahead) * 4), **facts)


@pytest.mark.planted
@pytest.mark.parametrize(
    ("rule", "clock", "ahead", "given_today", "has_appointment", "fault"),
    [
        (walk_ins_only, "05:00", 0, 0, True, "an appointment sent away"),
        (one_too_many, "09:00", 0, 200, False, "more than the daily limit"),
        (closing_all_day, "09:00", 40, 0, False, "refused too early"),
        (the_longer_the_better, "16:00", 20, 0, False, "a longer line helps"),
    ],
)
def test_a_wrong_decision_is_found(
    rule: Decision, clock: str, ahead: int, given_today: int, has_appointment: bool, fault: str
) -> None:
    asked = (at(MONDAY, clock), replace(SHORT, ahead=ahead), given_today, has_appointment)
    check_decision(admit, *asked)
    with pytest.raises(AssertionError, match=fault):
        check_decision(rule, *asked)

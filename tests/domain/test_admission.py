"""Whether somebody who comes now gets a number, and what is told when not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.admission import (
    ADMITS_AGAIN_FROM,
    ADMITS_FROM,
    Admission,
    Line,
    Reason,
    admit,
    chance_before,
    closes_at,
)
from domain.centres import Centre, Queue
from tests.domain.land_office import (
    CALENDAR,
    CENTRE,
    LAND,
    MONDAY,
    NEXT_MONDAY,
    OFFICE,
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
    window,
)

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

"""How many counters a day needs: enough of them, none too many, and an honest word where none are enough."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain import staffing
from domain.days import LOCAL
from domain.rehearsal import PastDay, Visit
from domain.staffing import advise, groups_of, spans_of, work_of
from tests.support.halls import demo_centre

A, B = "ho-tich", "chung-thuc"
HALVES = [480.0, 510.0, 540.0, 570.0]
MORNING = datetime(2026, 11, 23, tzinfo=LOCAL)


def day(*visits: tuple[float, float], on: int = 0, queue: str = A) -> PastDay:
    """One past day of visits: minute of the arrival, minutes at the counter."""
    start = MORNING + timedelta(days=on)
    return PastDay(tuple(Visit(start + timedelta(minutes=came), queue, lasts) for came, lasts in visits), (), {})


def crowd(begins: float, people: int, lasts: float = 10.0) -> list[tuple[float, float]]:
    return [(begins + n * 30 / people, lasts) for n in range(people)]


def group(centre=None):
    return next(one for one in groups_of(centre or demo_centre(), {A: 100.0, B: 50.0}) if A in one.queues)


def always() -> float:
    return 1.0


def advised(*days: PastDay, left=always):
    return advise(demo_centre(), group(), HALVES, days, left)


def test_queues_with_common_counters_are_one_group():
    groups = groups_of(demo_centre(), {})
    assert [one.queues for one in groups] == [
        (A, B), ("cu-tru", "giay-to"), ("kinh-doanh", "dat-dai", "xay-dung"), ("tra-ket-qua",),
    ]  # fmt: skip
    assert sorted(number for one in groups for number in one.counters) == list(range(1, 13))


def test_the_first_counters_serve_every_queue_and_the_most_work():
    both = group()
    assert both.counters[0] == 2, "the one that serves both"
    assert both.cover == 1


def test_a_quiet_day_needs_one_counter_and_a_rush_more_of_them():
    found = advised(day(*crowd(480, 2), *crowd(540, 12)))
    quiet, _, rush, _ = (need.counters for need in found.needs)
    assert quiet == 1 and rush >= 3
    assert found.kept is not None and found.kept >= 90 and found.visits == 14


def test_one_counter_less_in_the_rush_breaks_the_promise():
    past = [day(*crowd(480, 2), *crowd(510, 9), *crowd(540, 12), on=n) for n in range(3)]
    found = advised(*past)
    frame = staffing._Frame(demo_centre(), found.group, tuple(HALVES), {A: 30, B: 30})
    counts = [need.counters for need in found.needs]
    assert staffing._broken(frame, past, counts) == {}
    for n in (1, 2):
        fewer = [count - (place == n) for place, count in enumerate(counts)]
        assert counts[n] == found.group.cover or staffing._broken(frame, past, fewer)


@pytest.mark.planted
def test_planted_an_advice_with_one_counter_too_many_is_found(monkeypatch):
    real = staffing._trimmed

    def generous(frame, days, plan, left):
        plan = real(frame, days, plan, left)
        return replace(plan, counters=tuple(count + 1 for count in plan.counters))

    monkeypatch.setattr(staffing, "_trimmed", generous)
    with pytest.raises(AssertionError):
        test_one_counter_less_in_the_rush_breaks_the_promise()


def test_the_range_is_that_of_single_days():
    found = advised(day(*crowd(540, 12)), day(*crowd(540, 2), on=1), day(*crowd(540, 6), on=2))
    need = found.needs[2]
    assert need.least == 1 and need.most >= 3 and need.least <= need.counters <= need.most
    assert found.days == 3


def test_where_all_counters_are_not_enough_it_says_so():
    found = advised(day(*crowd(480, 60, 25.0)))
    assert not all(need.is_enough for need in found.needs)
    assert max(need.counters for need in found.needs) == len(found.group.counters)
    assert found.worst is not None and found.worst < 90


def test_who_comes_before_the_opening_waits_from_the_opening():
    found = advised(day(*[(400.0 + n, 5.0) for n in range(4)]))
    assert [need.counters for need in found.needs] == [1, 1, 1, 1] and found.kept == 100


def test_without_time_there_is_no_advice_and_with_little_only_of_some_days():
    past = [day(*crowd(540, 12), on=n) for n in range(4)]
    assert advised(*past, left=lambda: 0.0).days == 0
    ticks = iter([1.0] * 12 + [0.0] * 1000)
    found = advised(*past, left=lambda: next(ticks))
    assert 0 < found.days <= 4 and found.needs, "what eight of ten single days need stands in"


def test_nobody_came_and_nothing_was_promised():
    nobody = advised(day())
    assert nobody.kept is None and nobody.visits == 0
    centre = demo_centre()
    plain = replace(centre, queues=tuple(replace(queue, promise_minutes=None) for queue in centre.queues))
    found = advise(plain, group(plain), HALVES, [day(*crowd(540, 12))], always)
    assert found.kept is None and found.visits == 12


def test_work_is_the_mean_of_the_days():
    assert work_of([day((500, 10), (510, 20)), day((500, 10), on=1)]) == {A: 20.0}


def test_counters_open_where_so_many_are_wanted():
    found = spans_of([480.0, 510.0, 570.0], [1, 2, 2], [4, 9, 3])
    assert found == {4: [(480.0, 540.0), (570.0, 600.0)], 9: [(510.0, 540.0), (570.0, 600.0)]}

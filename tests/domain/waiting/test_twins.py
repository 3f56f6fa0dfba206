"""The policy twin: examples that a clerk could reckon, the real calling rule, and planted faults."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.centre_rules import Policy
from domain.routing import Head, choose
from domain.waiting import twins
from domain.waiting.snapshots import Booked, CallingRule, Desk, Group, Standing
from domain.waiting.twins import Twin
from tests.domain.waiting.halls import NOW, hall, idle, place, steady
from tests.support.sizes import size


@pytest.fixture(autouse=True)
def same_pace_every_run(monkeypatch):
    monkeypatch.setattr(twins, "SHARED_DEVIATION", 0.0)


def waits(snapshot, quantities=None):
    board = Twin(snapshot, quantities or steady()).board(seed=1, rollouts=1)
    return {ticket: round(forecast.median, 6) for ticket, forecast in board.items()}


def test_one_counter_calls_every_ten_minutes():
    line = [place(n, 500 + n) for n in range(3)]
    assert waits(hall([idle(1, "a")], {"a": line})) == {0: 0, 1: 10, 2: 20}


def test_two_counters_halve_it():
    line = [place(n, 500 + n) for n in range(4)]
    assert waits(hall([idle(1, "a"), idle(2, "a")], {"a": line})) == {0: 0, 1: 0, 2: 10, 3: 10}


def test_a_key_and_not_the_arrival_decides():
    line = [place(1, 590), place(2, 599, lead=60, group=Group.PRIORITY)]
    assert waits(hall([idle(1, "a")], {"a": line})) == {2: 0, 1: 10}


def test_a_counter_serves_all_its_queues_by_one_order():
    lines = {"a": [place(1, 590)], "b": [place(2, 580), place(3, 595)]}
    assert waits(hall([idle(1, "a", "b")], lines), steady(10, "a", "b")) == {2: 0, 1: 10, 3: 20}


@pytest.mark.parametrize(
    ("desk", "wait"),
    [
        (Desk(1, ("a",), Standing.PAUSED, until=NOW + 7), 7),
        (Desk(1, ("a",), Standing.SERVING, "a", NOW - 4), 6),
        (Desk(1, ("a",), Standing.SERVING, "a", NOW - 4, pause_after=5), 11),
    ],
)
def test_a_counter_that_is_not_free_is_waited_for(desk, wait):
    assert waits(hall([desk], {"a": [place(1, 590)]})) == {1: wait}


@pytest.mark.parametrize(
    "desk",
    [
        Desk(1, ("a",), Standing.CLOSED, until=NOW + 30),
        Desk(1, ("a",), Standing.PAUSED, until=NOW + 30, breaks=((NOW - 30, NOW + 30),)),
    ],
    ids=["opening", "meal"],
)
def test_who_opens_or_comes_from_a_meal_is_a_little_late(desk):
    (wait,) = waits(hall([desk], {"a": [place(1, 590)]})).values()
    assert 30 < wait < 36
    exact = Twin(hall([desk]), steady()).expected("a", place(1, 590))
    assert exact.median == 30


def test_a_pause_without_an_end_lasts_as_pauses_did():
    desk = Desk(1, ("a",), Standing.PAUSED)
    assert waits(hall([desk], {"a": [place(1, 590)]})) == {1: 10}


@pytest.mark.parametrize(
    "desk",
    [Desk(1, ("a",), Standing.CLOSED), Desk(1, ("a",), Standing.SERVING, "a", NOW - 4, closes_after=True)],
)
def test_a_counter_that_does_not_come_back_calls_nobody(desk):
    snapshot = hall([desk], {"a": [place(1, 590)]}, closings={"a": NOW + 50})
    forecast = Twin(snapshot, steady()).board(seed=1, rollouts=3)[1]
    assert (forecast.median, forecast.called) == (50, 0)


def test_whoever_is_not_called_before_closing_has_the_time_left_for_a_wait():
    snapshot = hall([idle(1, "a")], {"a": [place(n, 500 + n) for n in range(3)]}, closings={"a": NOW + 15})
    board = Twin(snapshot, steady()).board(seed=1, rollouts=4)
    assert [(board[n].median, board[n].called) for n in range(3)] == [(0, 1), (10, 1), (15, 0)]


def test_a_meal_is_waited_through():
    desk = idle(1, "a", breaks=((NOW + 5, NOW + 65),))
    found = waits(hall([desk], {"a": [place(1, 590), place(2, 591)]}))
    assert found[1] == 0
    assert 65 <= found[2] < 80


def test_an_idle_counter_goes_to_its_meal_and_leaves_who_comes_then_to_others():
    eating = idle(1, "a", breaks=((NOW + 5, NOW + 65),))
    back = Desk(2, ("a", "b"), Standing.PAUSED, until=NOW + 20)
    quantities = steady(10, "a", "b")
    quantities.show_ups.count = quantities.show_ups.of
    coming = [Booked("a", NOW + 10, NOW - 20)]
    assert waits(hall([eating, back], {"b": [place(1, NOW - 1)]}, booked=coming), quantities) == {1: 30}
    assert waits(hall([idle(1, "a"), back], {"b": [place(1, NOW - 1)]}, booked=coming), quantities) == {1: 20}


def test_the_deterministic_run_reckons_with_means():
    line = [place(n, 500 + n) for n in range(3)]
    desk = Desk(1, ("a",), Standing.SERVING, "a", NOW - 4)
    assert Twin(hall([desk], {"a": line}), steady()).expected("a", place(9, NOW)).median == pytest.approx(36)


def test_somebody_new_stands_behind_the_line():
    snapshot = hall([idle(1, "a")], {"a": [place(n, 500 + n) for n in range(3)]})
    assert Twin(snapshot, steady()).newcomer("a", place(9, NOW), seed=1, rollouts=5).waits == (30,) * 5


def test_who_booked_passes_once_the_slot_has_come():
    line = [place(n, 590 + n) for n in range(3)]
    snapshot = hall([idle(1, "a")], {"a": line}, booked=[Booked("a", NOW + 5, NOW - 25)])
    quantities = steady()
    quantities.show_ups.count = quantities.show_ups.of
    assert waits(snapshot, quantities) == {0: 0, 1: 20, 2: 30}


def test_who_booked_and_is_eleven_minutes_late_is_waited_for_no_longer():
    snapshot = hall([idle(1, "a")], {"a": [place(1, 599)]}, booked=[Booked("a", NOW - 11, NOW - 41)])
    assert waits(snapshot) == {1: 0}


def test_priority_walk_ins_pass_and_cost_time():
    line = [place(n, 590 + n) for n in range(6)]
    snapshot = hall([idle(1, "a")], {"a": line})
    quantities = steady()
    quantities._window_minutes = 0.0
    for _ in range(30):
        quantities.note_priority_arrival("a")
    last = Twin(snapshot, quantities).board(seed=1, rollouts=20)[5]
    assert last.median > 60


def test_the_same_seed_gives_the_same_board_and_another_one_does_not():
    quantities = steady()
    for minutes in range(1, 200):
        quantities.service("a").note(minutes / 5)
    snapshot = hall([idle(1, "a")], {"a": [place(n, 500 + n) for n in range(5)]})
    boards = [Twin(snapshot, quantities).board(seed, rollouts=5) for seed in (1, 1, 2)]
    assert boards[0] == boards[1] != boards[2]


def test_an_unknown_queue_and_an_empty_hall_are_no_error():
    twin = Twin(hall([]), steady())
    assert twin.board(seed=1) == {}
    assert twin.newcomer("z", place(1, NOW), seed=1, rollouts=2).called == 0


# The real rule, whatever the line: one counter's calls in the order in which `domain.routing.choose` gives them.
people = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 60), st.sampled_from(list(Group))), min_size=1, max_size=12
)


def compare(policy, ratio, folk):
    lines = {"a": [], "b": []}
    for ticket, (queue, ago, group) in enumerate(folk):
        lead = 0 if policy is Policy.RATIO or group is Group.ORDINARY else 60
        lines[queue].append(place(ticket, NOW - ago, lead, group))
    rule = CallingRule(policy, ratio)
    found = waits(hall([idle(1, "a", "b")], lines, rule=rule), steady(10, "a", "b"))
    assert sorted(found, key=lambda ticket: found[ticket]) == called_by_the_rule(lines, policy, ratio)


def called_by_the_rule(lines, policy, ratio):
    heads = [
        Head(p.ticket, queue, round(p.key * 60_000), p.group is not Group.ORDINARY, p.turn)
        for queue, line in lines.items()
        for p in line
    ]
    order, lately = [], []
    while heads:
        privileged = [head for head in heads if head.privileged]
        ordinary = [head for head in heads if not head.privileged]
        firsts = [min(group, key=lambda head: head.place) for group in (privileged, ordinary) if group]
        head = choose(firsts, policy, ratio, lately).head
        heads.remove(head)
        order.append(head.ticket)
        lately.insert(0, head.privileged)
    return order


search = settings(
    max_examples=size("twin_orders", 100, 5000), deadline=None, database=None, derandomize=True,
    suppress_health_check=list(HealthCheck), phases=[Phase.generate], report_multiple_bugs=False,
)  # fmt: skip
orders = given(st.sampled_from([Policy.DUE, Policy.RATIO]), st.integers(1, 3), people)


def test_the_twin_calls_whom_the_rule_calls():
    search(orders(compare))()


def by_arrival(self, queue, group):
    return 2 * self.index[queue]


def ratio_without_memory(self, desk, lately):
    return self.groups[desk]


PLANTED = {
    "a ratio without groups": ("_lane", by_arrival),
    "a ratio without memory": ("_in_turn", ratio_without_memory),
}


@pytest.mark.planted
@pytest.mark.parametrize("fault", PLANTED)
def test_a_twin_by_another_rule_is_caught(monkeypatch, fault):
    monkeypatch.setattr(Twin, *PLANTED[fault])
    with pytest.raises(AssertionError):
        search(orders(compare))()


desks = st.lists(st.sampled_from([("a",), ("b",), ("a", "b"), ("b", "c")]), min_size=1, max_size=4)


def never_passes(queues_of_desks, folk):
    """Within a queue nobody with a later place is called earlier, whatever the counters and durations are."""
    lines = {"a": [], "b": []}
    for ticket, (queue, ago, group) in enumerate(folk):
        lines[queue].append(place(ticket, NOW - ago, 0 if group is Group.ORDINARY else 60, group))
    counters = [idle(number, *queues) for number, queues in enumerate(queues_of_desks)]
    quantities = steady(10, "a", "b", "c")
    for minutes in (1, 5, 30, 90):
        for queue in "abc":
            quantities.service(queue).note(minutes)
    board = Twin(hall(counters, lines, closings=dict.fromkeys("abc", 1020.0)), quantities).board(3, rollouts=1)
    for line in lines.values():
        called = [board[p.ticket].median for p in sorted(line)]
        assert called == sorted(called)


def test_nobody_passes_in_the_own_queue():
    search(given(desks, people)(never_passes))()


@pytest.mark.planted
def test_a_twin_that_calls_out_of_order_is_caught(monkeypatch):
    honest = Twin.__init__

    def disorderly(self, *rest):
        honest(self, *rest)
        self.disorder = 1.0

    monkeypatch.setattr(Twin, "__init__", disorderly)
    with pytest.raises(AssertionError):
        search(given(desks, people)(never_passes))()

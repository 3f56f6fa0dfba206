"""Who is next: keys by policy, the choice among heads, its ties, its runner-up and its bound, by examples."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.centre_rules import Calling, Policy
from domain.centres import Counter, Text
from domain.routing import LONGEST_MEMORY, Choice, Head, choose, key_of, largest_lead, served_queues
from domain.tickets import milliseconds

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday 08:00 in Hà Nội
BY_KEY = [policy for policy in Policy if policy is not Policy.RATIO]

heads = st.lists(
    st.builds(Head, st.integers(1, 50), st.sampled_from("ABC"), st.integers(0, 5), st.booleans()),
    max_size=8,
    unique_by=lambda h: h.ticket,
)
memories = st.lists(st.booleans(), max_size=LONGEST_MEMORY)


def at(minutes: float) -> datetime:
    return MORNING + timedelta(minutes=minutes)


def due(minutes: float, policy: Policy = Policy.DUE, slot: float | None = None, **rest) -> float:
    """The key in minutes after eight of somebody who comes so many minutes after eight."""
    key = key_of(policy, at(minutes), slot=None if slot is None else at(slot), **rest)
    return (key - milliseconds(MORNING)) / 60_000


def tickets(found: list[Head], policy: Policy, ratio: int = 2) -> list[int]:
    """The tickets in the order in which one counter calls them, when nobody else comes."""
    called: list[int] = []
    lately: list[bool] = []
    while (choice := choose(found, policy, ratio, lately)) is not None:
        called.append(choice.head.ticket)
        lately = [choice.head.privileged, *lately][:LONGEST_MEMORY]
        found = [head for head in found if head != choice.head]
    return called


# Keys.


@pytest.mark.parametrize("policy", Policy)
def test_the_key_of_an_ordinary_ticket_is_its_arrival_in_milliseconds(policy):
    came = MORNING + timedelta(milliseconds=1234)
    assert key_of(policy, came) == milliseconds(MORNING) + 1234


def test_a_class_counts_as_if_it_had_come_earlier_by_its_credit():
    assert due(70, credit_minutes=60) == 10
    assert due(0, credit_minutes=240) == -240
    assert due(5, credit_minutes=0) == 5


@pytest.mark.parametrize(
    ("came", "slot", "key"),
    [
        (60, 60, 30), (45, 60, 30), (30, 60, 30), (69, 60, 30), (70, 60, 30),  # in time, or at most 10 minutes late
        (71, 60, 41), (200, 60, 170),  # too late: the place of an arrival, not of the slot
    ],
)  # fmt: skip
def test_who_is_booked_counts_from_the_slot_unless_too_late(came, slot, key):
    assert due(came, slot=slot) == key


def test_who_is_booked_counts_from_the_slot_however_early():
    assert due(0, slot=180) == 150
    assert due(0, slot=180, credit_minutes=0) == 0


def test_of_a_class_and_an_appointment_the_better_claim_counts():
    assert due(60, slot=60, credit_minutes=60) == 0
    assert due(60, slot=60, credit_minutes=20) == 30
    assert due(0, slot=60, credit_minutes=15) == -15
    assert due(71, slot=60, credit_minutes=0) == 41


def test_the_settings_of_the_centre_are_used():
    calling = Calling(late_minutes=0, appointment_credit_minutes=120)
    assert due(60, slot=60, calling=calling) == -60
    assert due(61, slot=60, calling=calling) == -59
    assert due(100, slot=60, calling=Calling(late_minutes=40)) == 30


def test_strict_calls_classes_then_appointments_then_the_others_each_by_arrival():
    keys = [
        due(500, Policy.STRICT, credit_minutes=0),
        due(501, Policy.STRICT, credit_minutes=240, slot=0),
        due(1, Policy.STRICT, slot=600),
        due(2, Policy.STRICT, slot=0),
        due(0, Policy.STRICT),
        due(1, Policy.STRICT),
        due(11, Policy.STRICT, slot=0),
    ]
    assert keys == sorted(set(keys))


def test_strict_rank_outlasts_any_wait():
    years = 365 * 24 * 60
    assert due(20 * years, Policy.STRICT, slot=20 * years) < due(0, Policy.STRICT)
    assert due(20 * years, Policy.STRICT, credit_minutes=1) < due(0, Policy.STRICT, slot=0)


@pytest.mark.parametrize("policy", [Policy.RATIO, Policy.FIRST_COME])
def test_only_arrival_counts_in_the_key_of_the_others(policy):
    assert due(7, policy, credit_minutes=60, slot=0) == 7


# The choice.


@pytest.mark.parametrize("policy", Policy)
def test_nobody_waits(policy):
    assert choose([], policy) is None
    assert choose(iter(()), policy, 1, [True]) is None


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("privileged", [True, False])
@pytest.mark.parametrize("lately", [(), (False,), (True, True, True)])
def test_one_person_is_next_and_has_no_runner_up(policy, privileged, lately):
    head = Head(7, "A", 100, privileged)
    assert choose([head], policy, 2, lately) == Choice(head, None)


@pytest.mark.parametrize("policy", BY_KEY)
def test_the_smallest_key_wins_whatever_the_group_and_queue(policy):
    first, second, third = Head(9, "B", 99), Head(7, "A", 100, True), Head(8, "C", 101, True)
    assert choose([second, third, first], policy, 1, [False] * 5) == Choice(first, second)


@pytest.mark.parametrize("policy", Policy)
def test_the_issue_breaks_ties(policy):
    found = [Head(9, "A", 100), Head(7, "C", 100), Head(8, "B", 100)]
    assert choose(found, policy) == Choice(found[1], found[2])


@pytest.mark.parametrize("policy", BY_KEY)
def test_a_tie_between_groups_is_the_earlier_issue_too(policy):
    assert tickets([Head(2, "A", 5, True), Head(1, "B", 5, False), Head(3, "C", 5, False)], policy) == [1, 2, 3]


# The ratio.

BOTH = [*(Head(n, "A", n, True) for n in range(10, 17)), *(Head(n, "B", n) for n in range(1, 6))]


@pytest.mark.parametrize(
    ("ratio", "order"),
    [
        (1, [10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15, 16]),
        (2, [10, 11, 1, 12, 13, 2, 14, 15, 3, 16, 4, 5]),
        (3, [10, 11, 12, 1, 13, 14, 15, 2, 16, 3, 4, 5]),
        (9, [10, 11, 12, 13, 14, 15, 16, 1, 2, 3, 4, 5]),
    ],
)
def test_so_many_privileged_are_followed_by_one_ordinary(ratio, order):
    assert tickets(BOTH, Policy.RATIO, ratio) == order


@pytest.mark.parametrize(
    ("lately", "privileged"),
    [
        ((), True), ((True,), True), ((False, True, True), True), ((True, False, True), True),
        ((True, True), False), ((True, True, False), False), ((True,) * LONGEST_MEMORY, False),
    ],
)  # fmt: skip
def test_the_newest_calls_of_the_counter_decide_whose_turn_it_is(lately, privileged):
    assert choose(BOTH, Policy.RATIO, 2, lately).head.privileged is privileged


def test_a_group_that_is_empty_leaves_its_turn_to_the_other():
    ordinary, privileged = BOTH[7:], BOTH[:7]
    assert choose(ordinary, Policy.RATIO, 2, ()).head.ticket == 1
    assert choose(privileged, Policy.RATIO, 2, (True, True)).head.ticket == 10


def test_the_runner_up_of_a_ratio_is_next_without_the_one_called():
    first, second, ordinary = Head(5, "A", 5, True), Head(6, "A", 6, True), Head(1, "B", 1)
    assert choose([ordinary, second, first], Policy.RATIO, 2, (True,)) == Choice(first, second)
    assert choose([ordinary, second, first], Policy.RATIO, 2, (True, True)) == Choice(ordinary, first)
    assert choose([ordinary, first], Policy.RATIO, 2, ()) == Choice(first, ordinary)


@pytest.mark.parametrize("ratio", range(1, 10))
def test_the_longest_memory_is_enough_for_the_largest_ratio(ratio):
    assert choose(BOTH, Policy.RATIO, ratio, ([True] * ratio)[:LONGEST_MEMORY]).head.privileged is False


# Any choice.


@given(heads, st.sampled_from(list(Policy)), st.integers(1, 9), memories, st.randoms(use_true_random=False))
def test_the_choice_does_not_depend_on_the_order_of_asking(found, policy, ratio, lately, random):
    shuffled = list(found)
    random.shuffle(shuffled)
    assert choose(found, policy, ratio, lately) == choose(iter(shuffled), policy, ratio, tuple(lately))


@given(heads, st.sampled_from(BY_KEY))
def test_nobody_is_due_before_the_one_chosen_and_only_that_one_before_the_runner_up(found, policy):
    choice = choose(found, policy)
    line = sorted(found, key=lambda head: (head.key, head.ticket))
    assert choice == (Choice(line[0], line[1] if len(line) > 1 else None) if line else None)


@given(heads, st.integers(1, 9), memories)
def test_a_ratio_keeps_the_order_within_each_group(found, ratio, lately):
    choice = choose(found, Policy.RATIO, ratio, lately)
    group = [head for head in found if choice and head.privileged is choice.head.privileged]
    assert choice is None or choice.head == min(group, key=lambda head: (head.key, head.ticket))


# What is printed on the slip, and what a counter serves.


@pytest.mark.parametrize(
    ("calling", "credits", "lead"),
    [
        (Calling(), (60, 30), 60), (Calling(), (), 40), (Calling(), (20,), 40),
        (Calling(late_minutes=0, appointment_credit_minutes=0), (), 0),
        (Calling(late_minutes=60, appointment_credit_minutes=240), (240,), 300),
    ],
)  # fmt: skip
def test_the_largest_lead_is_that_of_the_best_class_or_the_latest_appointment(calling, credits, lead):
    assert largest_lead(calling, iter(credits)) == lead


def test_primary_queues_come_first():
    way = Text("Đi thẳng", "Straight on", "Tout droit")
    counter = Counter(9, "zone-1", way, True, ("kinh-doanh", "dat-dai"), ("xay-dung",))
    assert served_queues(counter) == ("kinh-doanh", "dat-dai", "xay-dung")
    assert served_queues(Counter(1, "zone-1", way, True, ("ho-tich",))) == ("ho-tich",)


@pytest.mark.planted
def test_a_choice_that_takes_whoever_is_asked_first_is_found(monkeypatch):
    monkeypatch.setitem(globals(), "choose", lambda found, *_: next((Choice(head, None) for head in found), None))
    for property_ in (
        test_the_choice_does_not_depend_on_the_order_of_asking,
        test_nobody_is_due_before_the_one_chosen_and_only_that_one_before_the_runner_up,
        test_a_ratio_keeps_the_order_within_each_group,
    ):
        with pytest.raises(AssertionError):
            property_()

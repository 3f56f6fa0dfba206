"""What the calling order promises to everybody who waits, on random days; and faults that these promises catch.

A day is played by the rules under test from a plan of arrivals, absences and counters. All times in minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain import routing
from domain.centre_rules import Calling, Policy
from domain.routing import LONGEST_MEMORY, Choice, Head, largest_lead
from tests.support.sizes import size

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday 08:00 in Hà Nội
QUEUES = ("A", "B", "C")
CREDITS = (0, 15, 60, 90)


@dataclass(frozen=True)
class Guest:
    """Somebody of the plan; `credit` None is no class. `away` minutes after a missed call they are back."""

    came: int
    queue: str
    service: int
    credit: int | None = None
    slot: int | None = None
    away: int | None = None

    @property
    def privileged(self) -> bool:
        return self.credit is not None or self.slot is not None


@dataclass(frozen=True)
class Plan:
    """A day: who comes, which counter serves what, and the moment from which each counter calls."""

    guests: tuple[Guest, ...]
    skills: dict[int, tuple[str, ...]]
    opens: dict[int, int]
    calling: Calling
    ratio: int = 2

    @property
    def lead(self) -> int:
        """The bound where the centre has only the classes that came."""
        return largest_lead(self.calling, [guest.credit for guest in self.guests if guest.credit is not None])


@dataclass(frozen=True)
class Waiting:
    """A ticket in line; `base` is the moment that its key counts from: arrival, or return after the grace."""

    guest: Guest
    head: Head
    base: int


@dataclass(frozen=True)
class Call:
    """Who was called at which counter, and everybody whom that counter could have called instead."""

    counter: int
    called: Waiting
    instead: tuple[Waiting, ...]


@dataclass(frozen=True)
class Rules:
    """The rules that a day is played by: the product's, or one of them replaced by a fault."""

    key_of: Callable[..., int] = routing.key_of
    choose: Callable[..., Choice | None] = routing.choose


def play(plan: Plan, policy: Policy, rules: Rules = Rules(), mix: Random | None = None) -> list[Call]:
    """Every call of the day. The counter that is free first calls first; it leaves when nobody will come."""
    guests = sorted(plan.guests, key=lambda guest: guest.came)
    coming = [waiting_from(plan, policy, rules, n, guest) for n, guest in enumerate(guests)]
    moments = {w.head.ticket: w.base for w in coming}
    line: list[Waiting] = []
    calls: list[Call] = []
    free = dict(plan.opens)
    lately: dict[int, tuple[bool, ...]] = dict.fromkeys(free, ())
    while free:
        now, counter = min((moment, counter) for counter, moment in free.items())
        line += [w for w in coming if moments[w.head.ticket] <= now]
        coming = [w for w in coming if moments[w.head.ticket] > now]
        choice = rules.choose(heads_of(line, plan.skills[counter], mix), policy, plan.ratio, lately[counter])
        if choice is None and not coming:
            del free[counter]
            continue
        if choice is None:
            free[counter] = min(moments[w.head.ticket] for w in coming)
            continue
        called = next(w for w in line if w.head == choice.head)
        line.remove(called)
        calls.append(Call(counter, called, tuple(w for w in line if w.guest.queue in plan.skills[counter])))
        lately[counter] = (called.head.privileged, *lately[counter])[:LONGEST_MEMORY]
        free[counter] = now + (1 if called.guest.away else called.guest.service)
        if called.guest.away:
            coming.append(back(plan, policy, rules, called, now))
            moments[called.head.ticket] = now + called.guest.away
    return calls


def waiting_from(plan: Plan, policy: Policy, rules: Rules, ticket: int, guest: Guest) -> Waiting:
    slot = None if guest.slot is None else MORNING + timedelta(minutes=guest.slot)
    key = rules.key_of(
        policy,
        MORNING + timedelta(minutes=guest.came),
        credit_minutes=guest.credit,
        slot=slot,
        calling=plan.calling,
    )
    return Waiting(guest, Head(ticket, guest.queue, key, guest.privileged), guest.came)


def back(plan: Plan, policy: Policy, rules: Rules, called: Waiting, now: int) -> Waiting:
    """The key stays within the grace; after it, it is the moment of return minus the ticket's credit."""
    returned = now + (called.guest.away or 0)
    here = replace(called.guest, away=None)
    if returned - now <= plan.calling.grace_minutes:
        return replace(called, guest=here)
    slot = None if here.slot is None else returned
    return replace(
        waiting_from(plan, policy, rules, called.head.ticket, replace(here, came=returned, slot=slot)), guest=here
    )


def heads_of(line: list[Waiting], queues: tuple[str, ...], mix: Random | None) -> list[Head]:
    """The first of each queue and group; in an order of chance where `mix` is given."""
    found = []
    for queue in queues:
        for privileged in (True, False):
            group = [w.head for w in line if (w.head.queue, w.head.privileged) == (queue, privileged)]
            if group:
                found.append(min(group, key=lambda head: (head.key, head.ticket)))
    if mix is not None:
        mix.shuffle(found)
    return found


def check_nobody_is_passed_by_more(plan: Plan, rules: Rules) -> None:
    """The promise on the slip. Raises AssertionError when an ordinary ticket is passed by more than the lead."""
    for call in play(plan, Policy.DUE, rules):
        for other in call.instead:
            if not other.guest.privileged:
                assert call.called.base - other.base <= plan.lead, f"{call.called} passed {other}"


def check_everybody_is_called(plan: Plan, rules: Rules, policy: Policy) -> None:
    """Raises AssertionError when somebody of a served queue is still in line when all counters have left."""
    served = {queue for counter in plan.opens for queue in plan.skills[counter]}
    expected = sorted(1 + bool(guest.away) for guest in plan.guests if guest.queue in served)
    times: dict[int, int] = {}
    for call in play(plan, policy, rules):
        ticket = call.called.head.ticket
        times[ticket] = times.get(ticket, 0) + 1
    assert sorted(times.values()) == expected, "somebody was left in line"


def check_no_counter_waits(heads: list[Head], rules: Rules, policy: Policy, ratio: int, lately: list[bool]) -> None:
    """Raises AssertionError when a counter with people in its queues gets nobody, or somebody else's person."""
    choice = rules.choose(heads, policy, ratio, lately)
    assert (choice is None) == (not heads), "a counter waits although people wait"
    if choice is not None:
        others = [head for head in heads if head != choice.head]
        assert len(others) == len(heads) - 1
        assert choice.runner_up == getattr(rules.choose(others, policy, ratio, lately), "head", None)


def check_no_chance(plan: Plan, rules: Rules, policy: Policy, seed: int) -> None:
    """Raises AssertionError when the calls depend on the order in which the heads were given."""
    plain = [(call.counter, call.called.head) for call in play(plan, policy, rules)]
    mixed = [(call.counter, call.called.head) for call in play(plan, policy, rules, Random(seed))]
    assert plain == mixed, "chance decides who is called"


def check_first_come(plan: Plan, rules: Rules) -> None:
    """Raises AssertionError when a missing class or slot moves somebody although only arrival should count."""
    for call in play(plan, Policy.FIRST_COME, rules):
        mine = (call.called.base, call.called.head.ticket)
        assert all(mine < (other.base, other.head.ticket) for other in call.instead), "what is not there decides"


guests = st.builds(
    Guest,
    came=st.integers(0, 150),
    queue=st.sampled_from(QUEUES),
    service=st.integers(1, 25),
    credit=st.sampled_from([None, None, None, *CREDITS]),
    slot=st.sampled_from([None, None]) | st.integers(0, 240),
    away=st.sampled_from([None, None, None, 3, 10, 11, 45]),
)
callings = st.builds(
    Calling,
    grace_minutes=st.sampled_from([0, 10, 20]),
    late_minutes=st.sampled_from([0, 10, 60]),
    appointment_credit_minutes=st.sampled_from([0, 30, 120]),
)
some_queues = st.lists(st.sampled_from(QUEUES), min_size=1, max_size=3, unique=True).map(tuple)
plans = st.builds(
    Plan,
    guests=st.lists(guests, max_size=25).map(tuple),
    skills=st.fixed_dictionaries({1: some_queues, 2: some_queues}),
    opens=st.dictionaries(st.sampled_from([1, 2]), st.integers(0, 120), min_size=1),
    calling=callings,
    ratio=st.integers(1, 4),
)
policies = st.sampled_from(list(Policy))
heads = st.lists(
    st.builds(Head, st.integers(1, 50), st.sampled_from(QUEUES), st.integers(-5, 5), st.booleans()),
    max_size=8,
    unique_by=lambda head: head.ticket,
)
memories = st.lists(st.booleans(), max_size=LONGEST_MEMORY)
SEARCH = settings(max_examples=size("calling_order", 200, 2000), deadline=None)
OURS = st.just(Rules())


@SEARCH
@given(plans, OURS)
def test_nobody_who_came_later_than_the_lead_passes_an_ordinary_ticket(plan, rules):
    check_nobody_is_passed_by_more(plan, rules)


@SEARCH
@given(plans, OURS, policies)
def test_everybody_in_a_served_queue_is_called_in_the_end(plan, rules, policy):
    check_everybody_is_called(plan, rules, policy)


@SEARCH
@given(heads, OURS, policies, st.integers(1, 9), memories)
def test_no_counter_waits_while_somebody_of_its_queues_does(found, rules, policy, ratio, lately):
    check_no_counter_waits(found, rules, policy, ratio, lately)


@SEARCH
@given(plans, OURS, policies, st.integers(0, 1000))
def test_the_order_in_which_heads_are_found_decides_nothing(plan, rules, policy, seed):
    check_no_chance(plan, rules, policy, seed)


@SEARCH
@given(plans, OURS)
def test_a_class_or_slot_that_is_not_there_decides_nothing_where_only_arrival_counts(plan, rules):
    check_first_come(plan, rules)


@pytest.mark.parametrize("lead_over", [0, 1])
def test_the_bound_is_met_and_no_more_than_met(lead_over):
    """Who comes the lead later is still behind: the tie is the ordinary ticket's. One minute earlier passes it."""
    late = 60 - lead_over
    plan = Plan((Guest(0, "A", 5), Guest(late, "A", 5, credit=60)), {1: ("A",)}, {1: 90}, Calling())
    first = play(plan, Policy.DUE)[0].called
    assert (first.guest.credit, first.base) == ((60, late) if lead_over else (None, 0))


def test_an_endless_stream_of_the_privileged_starves_nobody_under_due_and_somebody_under_strict():
    stream = tuple(Guest(minute, "A", 2, credit=60) for minute in range(1, 300))
    plan = Plan((Guest(0, "A", 2), *stream), {1: ("A",)}, {1: 1}, Calling())
    place = {
        p: [c.called.guest.privileged for c in play(plan, p)].index(False) for p in (Policy.DUE, Policy.STRICT)
    }
    assert place[Policy.DUE] <= 60
    assert place[Policy.STRICT] == len(stream)


def test_who_is_back_after_the_grace_is_not_ahead_of_those_who_came_in_between():
    plan = Plan((Guest(0, "A", 5, away=30), Guest(20, "A", 40), Guest(25, "A", 5)), {1: ("A",)}, {1: 0}, Calling())
    assert [call.called.guest.came for call in play(plan, Policy.DUE)] == [0, 20, 25, 0]
    kept = replace(plan, calling=Calling(grace_minutes=30))
    assert [call.called.guest.came for call in play(kept, Policy.DUE)] == [0, 20, 0, 25]


def doubled_credit(policy, came, *, credit_minutes=None, **rest):
    doubled = None if credit_minutes is None else 2 * credit_minutes
    return routing.key_of(policy, came, credit_minutes=doubled, **rest)


def summed_claims(policy, came, *, credit_minutes=None, slot=None, calling=None):
    """A class and an appointment together count more than the better one."""
    key = routing.key_of(policy, came, slot=slot, calling=calling)
    return key - (credit_minutes or 0) * 60_000


def slot_however_late(policy, came, *, slot=None, calling=None, **rest):
    return routing.key_of(policy, came, slot=slot, calling=replace(calling, late_minutes=1000), **rest)


def always_strict(policy, came, **rest):
    return routing.key_of(Policy.STRICT, came, **rest)


def no_tie_rule(heads, *_):
    line = sorted(heads, key=lambda head: head.key)
    return Choice(line[0], None) if line else None


def waiting_for_an_empty_class(heads, policy, ratio, lately):
    """Keeps the turn of a group although nobody of it is there."""
    wanted = not (len(lately) >= ratio and all(lately[:ratio]))
    found = [head for head in heads if policy is not Policy.RATIO or head.privileged is wanted]
    return routing.choose(found, policy, ratio, lately)


def first_queue_only(heads, *rest):
    found = list(heads)
    return routing.choose([head for head in found if head.queue == "A"], *rest)


def nothing_sorts_first(heads, *rest):
    """As a database that puts NULL before every value."""
    line = sorted(heads, key=lambda head: (head.privileged, head.key, head.ticket))
    return Choice(line[0], None) if line else None


def runner_up_of_the_same_turn(heads, policy, ratio, lately):
    """Takes the runner-up for who would be next after this call, not instead of it."""
    choice = routing.choose(heads, policy, ratio, lately)
    if choice is None or policy is not Policy.RATIO:
        return choice
    others = [head for head in heads if head != choice.head]
    after = routing.choose(others, policy, ratio, (choice.head.privileged, *lately))
    return Choice(choice.head, after.head if after else None)


LEAD = (check_nobody_is_passed_by_more, (plans,))
CALLED = (check_everybody_is_called, (plans, policies))
WAITS = (check_no_counter_waits, (heads, policies, st.integers(1, 3), memories))
CHANCE = (check_no_chance, (plans, policies, st.integers(0, 1000)))
NOTHING = (check_first_come, (plans,))
PLANTED = [
    (LEAD, "key_of", doubled_credit),
    (LEAD, "key_of", summed_claims),
    (LEAD, "key_of", slot_however_late),
    (LEAD, "key_of", always_strict),
    (CALLED, "choose", waiting_for_an_empty_class),
    (CALLED, "choose", first_queue_only),
    (WAITS, "choose", waiting_for_an_empty_class),
    (WAITS, "choose", runner_up_of_the_same_turn),
    (CHANCE, "choose", no_tie_rule),
    (NOTHING, "choose", nothing_sorts_first),
    (NOTHING, "choose", no_tie_rule),
]


@pytest.mark.planted
@pytest.mark.parametrize(
    ("promise", "rule", "fault"), PLANTED, ids=[f"{p[0].__name__}-{fault.__name__}" for p, _, fault in PLANTED]
)
def test_a_planted_fault_breaks_its_promise(promise, rule, fault):
    check, (first, *others) = promise
    search = settings(
        max_examples=20_000, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    with pytest.raises(AssertionError):
        search(given(first, st.just(Rules(**{rule: fault})), *others)(check))()

"""What a policy would have done: by hand-made days, and against a slow replay written from the rules alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain import rehearsal
from domain.centre_rules import Calling, Policy
from domain.centres import PriorityClass, Text
from domain.rehearsal import NO_SHOW_MINUTES, Opening, PastDay, Visit, Waits, rehearse
from domain.routing import choose, largest_lead
from tests.support.sizes import size

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday 08:00 in Hà Nội
NOBODY = Waits(0, None, None, None, 0)
ELDERLY, MEMORY = "cao-tuoi", "nguoi-co-cong"
ONE_COUNTER = {1: ("A",)}


def at(minutes: float):
    return MORNING + timedelta(minutes=minutes)


def group(name: str, credit: int) -> PriorityClass:
    return PriorityClass(name, Text(name, name, name), credit, "Luật Người cao tuổi 39/2009/QH12")


CLASSES = (group(ELDERLY, 60), group(MEMORY, 30))


def came(minutes: float, service: float | None = 10, queue: str = "A", priority=None, slot=None) -> Visit:
    return Visit(at(minutes), queue, service, priority, None if slot is None else at(slot))


def one_day(*visits: Visit, openings=((1, 0, 600),), skills=None) -> PastDay:
    return PastDay(visits, tuple(Opening(n, at(a), at(b)) for n, a, b in openings), skills or ONE_COUNTER)


def played(*days: PastDay, policy=Policy.DUE, ratio=2, classes=CLASSES):
    return rehearse(days, classes, Calling(), policy, ratio)


def in_a_row(count: int, service: float = 10, **who) -> list[Visit]:
    """People who all come at eight o'clock."""
    return [came(0, service, **who) for _ in range(count)]


def test_nobody_came():
    for found in (played(), played(one_day())):
        assert (found.ordinary, found.appointments) == (NOBODY, NOBODY)
        assert found.classes == {ELDERLY: NOBODY, MEMORY: NOBODY}
        assert (found.worst_overtaker_minutes, found.unserved) == (0, 0)


def test_a_line_of_ten_waits_for_those_before_it():
    found = played(one_day(*in_a_row(10))).ordinary
    assert found == Waits(10, mean_minutes=45, p90_minutes=80, share_over_60=0.3, unserved=0)


def test_sixty_minutes_are_not_over_sixty():
    assert played(one_day(*in_a_row(2, service=60))).ordinary.share_over_60 == 0
    assert played(one_day(*in_a_row(2, service=60.1))).ordinary.share_over_60 == 0.5


@pytest.mark.parametrize(("people", "p90"), [(1, 0), (2, 10), (9, 80), (10, 80), (11, 90), (20, 170)])
def test_nine_of_ten_waited_at_most_the_p90(people, p90):
    assert played(one_day(*in_a_row(people))).ordinary.p90_minutes == p90


def test_figures_are_taken_over_all_days_together():
    found = played(one_day(*in_a_row(2)), one_day(*in_a_row(4)))
    assert found.ordinary == Waits(6, mean_minutes=70 / 6, p90_minutes=30, share_over_60=0, unserved=0)


def test_no_show_takes_the_clerk_a_moment_and_is_counted():
    found = played(one_day(came(0, None), came(0)))
    assert (found.ordinary.number, found.unserved) == (2, 0)
    assert found.ordinary.mean_minutes == NO_SHOW_MINUTES / 2


def test_a_press_by_mistake_takes_no_time_and_ends_nothing():
    found = played(one_day(*in_a_row(3, service=0), came(0)))
    assert found.ordinary == Waits(4, 0, 0, 0, unserved=0)


def test_who_is_never_called_waits_until_the_last_counter_of_the_queue_closes():
    openings = ((1, 0, 20), (2, 0, 50), (3, 0, 300))
    skills = {1: ("A",), 2: ("A", "B"), 3: ("C",)}
    found = played(one_day(*in_a_row(4, service=100), came(60), openings=openings, skills=skills))
    assert (found.unserved, found.ordinary.unserved) == (3, 3)
    assert found.ordinary.mean_minutes == (0 + 0 + 50 + 50 + 0) / 5


def test_nobody_serves_the_queue():
    for skills in (ONE_COUNTER, {2: ("B",)}):
        found = played(one_day(came(0, queue="B"), skills=skills))
        assert found.ordinary == Waits(1, 0, 0, 0, unserved=1)


def test_a_counter_calls_from_its_opening_until_just_before_its_closing():
    visits = [came(-30, 30), came(-30, 10), came(-30, 10)]
    found = played(one_day(*visits, openings=((1, 0, 30), (1, 45, 55))))
    assert found.unserved == 1  # at minute 30 the counter is closed, at 45 it calls, at 55 it is closed again
    assert found.ordinary.mean_minutes == (30 + 75 + 85) / 3


def test_a_visit_may_last_over_the_closing_into_the_next_opening():
    found = played(one_day(*in_a_row(2, service=50), openings=((1, 0, 30), (1, 40, 100))))
    assert found.ordinary.p90_minutes == 50


def test_openings_that_meet_or_overlap_are_one_counter():
    found = played(one_day(*in_a_row(4), openings=((1, 0, 10), (1, 10, 30), (1, 20, 60))))
    assert found.ordinary.mean_minutes == 15


def test_a_counter_takes_from_all_its_queues_and_from_no_other():
    skills = {1: ("A", "B", "A"), 2: ("C",)}
    visits = [came(0, queue="B"), came(1, queue="A"), came(2, queue="C"), came(3, queue="B")]
    found = played(one_day(*visits, openings=((1, 0, 99), (2, 0, 99)), skills=skills))
    assert found.ordinary.mean_minutes == (0 + 9 + 0 + 17) / 4


def test_who_comes_at_the_moment_a_counter_is_free_is_already_in_line():
    visits = [came(0), came(5), came(10, priority=ELDERLY)]
    found = played(one_day(*visits))
    assert (found.classes[ELDERLY].mean_minutes, found.ordinary.mean_minutes) == (0, 7.5)


def test_the_order_of_issue_breaks_ties():
    visits = [came(0, 5), came(0, 30), came(0, 1, priority=ELDERLY, queue="B"), came(0, None)]
    found = played(one_day(*visits, skills={1: ("B", "A")}), policy=Policy.FIRST_COME)
    assert found.classes[ELDERLY].mean_minutes == 35
    assert found.ordinary.p90_minutes == 36


CROWD = (
    came(0, 30), came(5), came(20, priority=MEMORY), came(28, priority=ELDERLY), came(29, slot=45), came(200),
)  # fmt: skip
WAITS_OF_CROWD = {  # ordinary in all, the appointment, memory, elderly; who overtook
    Policy.FIRST_COME: (25, 31, 20, 22, 0),
    Policy.STRICT: (55, 21, 10, 12, 24),
    Policy.DUE: (45, 31, 20, 2, 23),
    Policy.RATIO: (45, 31, 10, 12, 23),
}


@pytest.mark.parametrize("policy", Policy)
def test_each_policy_does_to_each_class_what_its_rule_says(policy):
    found = played(one_day(*CROWD), policy=policy)
    ordinary, booked, memory, elderly, overtaker = WAITS_OF_CROWD[policy]
    assert found.ordinary.number == 3
    assert found.ordinary.mean_minutes == pytest.approx(ordinary / 3)
    assert found.appointments == Waits(1, booked, booked, 0, 0)
    assert found.classes[MEMORY] == Waits(1, memory, memory, 0, 0)
    assert found.classes[ELDERLY] == Waits(1, elderly, elderly, 0, 0)
    assert found.worst_overtaker_minutes == overtaker


def test_the_ratio_counts_the_calls_of_each_counter():
    visits = [*in_a_row(6, priority=ELDERLY), *in_a_row(3)]
    waits = {n: played(one_day(*visits), policy=Policy.RATIO, ratio=n).ordinary.mean_minutes for n in (1, 2, 3)}
    assert waits == {1: (10 + 30 + 50) / 3, 2: (20 + 50 + 80) / 3, 3: (30 + 70 + 80) / 3}


def test_class_and_appointment_count_in_the_class():
    found = played(one_day(came(0, priority=ELDERLY, slot=10)))
    assert (found.classes[ELDERLY].number, found.appointments, found.ordinary) == (1, NOBODY, NOBODY)


def test_a_class_that_the_centre_has_no_longer_has_no_credit_but_its_own_line():
    found = played(
        one_day(came(0), came(1), came(2, priority="cu"), came(3, priority=ELDERLY)), classes=CLASSES[:1]
    )
    assert list(found.classes) == [ELDERLY, "cu"]
    assert (found.classes["cu"].mean_minutes, found.classes[ELDERLY].mean_minutes) == (28, 7)


def test_a_class_may_be_named_as_a_group_is():
    classes = (group("ordinary", 60), group("appointment", 60))
    visits = [came(0), came(0, slot=0), came(0, priority="ordinary"), came(0, priority="appointment")]
    found = played(one_day(*visits), classes=classes)
    assert [w.number for w in (found.ordinary, found.appointments, *found.classes.values())] == [1, 1, 1, 1]


def test_the_credits_of_the_policy_tried_are_those_given():
    visits = [came(0, 30), came(5), came(20, priority=ELDERLY)]
    assert played(one_day(*visits), classes=(group(ELDERLY, 10),)).classes[ELDERLY].mean_minutes == 20
    assert played(one_day(*visits), classes=(group(ELDERLY, 16),)).classes[ELDERLY].mean_minutes == 10


def test_only_an_ordinary_ticket_of_the_same_counter_is_overtaken():
    visits = [came(0, 100), came(10, queue="B"), came(20, priority=MEMORY), came(90, priority=ELDERLY)]
    skills = {1: ("A",), 2: ("B",)}
    openings = ((1, 0, 600), (2, 300, 600))
    assert played(one_day(*visits, openings=openings, skills=skills)).worst_overtaker_minutes == 0
    together = {1: ("A", "B"), 2: ("B",)}
    assert played(one_day(*visits, openings=openings, skills=together)).worst_overtaker_minutes == 10
    strict = played(one_day(*visits, openings=openings, skills=together), policy=Policy.STRICT)
    assert strict.worst_overtaker_minutes == 80


def test_the_order_of_visits_and_openings_in_the_input_is_no_matter():
    openings = ((2, 0, 50), (1, 0, 50), (1, 60, 90))
    skills = {2: ("A",), 1: ("A",)}
    forward = played(one_day(*CROWD, openings=openings, skills=skills))
    assert forward == played(one_day(*CROWD[::-1], openings=openings[::-1], skills=skills))


# Random days, and the same days played minute by minute from the words of the rules.

QUEUES = ("A", "B", "C")
CREDIT = {None: 0, ELDERLY: 60, MEMORY: 30}


@dataclass
class Person:
    """One ticket of the slow replay, all in minutes."""

    n: int
    came: int
    queue: str
    service: int
    priority: str | None
    slot: int | None
    called: int | None = None

    @property
    def privileged(self) -> bool:
        return self.priority is not None or self.slot is not None

    def order(self, policy: Policy) -> tuple[int, int, int]:
        in_time = self.slot is not None and self.came <= self.slot + 10
        if policy is Policy.STRICT:
            return (0 if self.priority else 1 if in_time else 2, self.came, self.n)
        if policy is not Policy.DUE:
            return (0, self.came, self.n)
        claims = [self.came - CREDIT[self.priority]] if self.priority else []
        if self.slot is not None:
            claims.append((self.slot if in_time else self.came) - 30)
        return (0, min(claims, default=self.came), self.n)


minutes = st.integers(0, 120)
visits = st.lists(
    st.tuples(
        minutes,
        st.sampled_from(QUEUES),
        st.integers(1, 20),
        st.sampled_from([None, None, ELDERLY, MEMORY]),
        st.none() | st.integers(0, 150),
    ),
    max_size=30,
)
openings = st.lists(st.tuples(st.integers(1, 3), minutes, minutes), max_size=6)
skills = st.fixed_dictionaries(
    {n: st.lists(st.sampled_from(QUEUES), unique=True, max_size=3).map(tuple) for n in (1, 2, 3)}
)
policies = st.sampled_from(list(Policy))
SEARCH = settings(max_examples=size("rehearsals", 150, 3000), deadline=None)


def slow_choice(waiting, policy, ratio, lately):
    line = sorted(waiting, key=lambda person: person.order(policy))
    if policy is Policy.RATIO and line:
        wanted = not (len(lately) >= ratio and all(lately[-ratio:]))
        line = [p for p in line if p.privileged is wanted] or line
    return line[0] if line else None


def slowly(people, openings, skills, policy, ratio):
    """Every minute every free counter looks at everybody. Gives the worst overtaker, in minutes."""
    busy, lately, worst = {}, {n: [] for n in skills}, 0
    for now in range(700):
        for n in sorted(skills):
            while any(m == n and a <= now < b for m, a, b in openings) and busy.get(n, 0) <= now:
                waiting = [p for p in people if p.called is None and p.came <= now and p.queue in skills[n]]
                person = slow_choice(waiting, policy, ratio, lately[n])
                if person is None:
                    break
                person.called, busy[n] = now, now + person.service
                lately[n].append(person.privileged)
                passed = [person.came - p.came for p in waiting if not p.privileged]
                worst = max(worst, *passed, 0)
    return worst


def issued(raw):
    """Numbers are given in the order of arrival."""
    return [Person(n, *who) for n, who in enumerate(sorted(raw, key=lambda who: who[0]))]


def fast(people, openings, skills, policy, ratio):
    found = [came(p.came, p.service, p.queue, p.priority, p.slot) for p in people]
    return played(one_day(*found, openings=openings, skills=skills), policy=policy, ratio=ratio)


def compare(raw, openings, skills, policy, ratio):
    """Raises AssertionError where the rehearsal is not what the slow replay finds."""
    people = issued(raw)
    found = fast(people, openings, skills, policy, ratio)
    assert found.worst_overtaker_minutes == slowly(people, openings, skills, policy, ratio)
    assert found.unserved == sum(p.called is None for p in people)
    for priority, figures in ((None, found.ordinary), *found.classes.items()):
        mine = [p for p in people if p.priority == priority and (priority or p.slot is None)]
        agree(figures, mine, openings, skills)
    agree(found.appointments, [p for p in people if p.priority is None and p.slot is not None], openings, skills)


def agree(figures, people, openings, skills):
    closes = {q: max((b for n, _, b in openings if q in skills[n]), default=0) for q in QUEUES}
    waits = sorted(max(0, (closes[p.queue] if p.called is None else p.called) - p.came) for p in people)
    assert (figures.number, figures.unserved) == (len(waits), sum(p.called is None for p in people))
    if waits:
        assert figures.mean_minutes == pytest.approx(sum(waits) / len(waits))
        assert figures.p90_minutes in waits
        assert sum(w <= figures.p90_minutes for w in waits) >= 0.9 * len(waits)
        assert sum(w < figures.p90_minutes for w in waits) < 0.9 * len(waits)
        assert figures.share_over_60 == pytest.approx(sum(w > 60 for w in waits) / len(waits))


@SEARCH
@given(visits, openings, skills, policies, st.integers(1, 3))
def test_the_rehearsal_is_what_a_slow_replay_finds(raw, openings, skills, policy, ratio):
    compare(raw, openings, skills, policy, ratio)


@SEARCH
@given(visits, openings, skills)
def test_nobody_passes_by_more_than_the_policy_allows(raw, openings, skills):
    people = issued(raw)
    found = {policy: fast(people, openings, skills, policy, 2) for policy in Policy}
    assert found[Policy.FIRST_COME].worst_overtaker_minutes == 0
    assert found[Policy.DUE].worst_overtaker_minutes <= largest_lead(Calling(), (60, 30))


def latest_first(heads, *rest):
    found = list(heads)
    return choose([max(found, key=lambda head: head.key)], *rest) if found else None


def forgets_privilege(heads, policy, ratio, lately):
    return choose(heads, policy, ratio, ())


def primary_only(heads, *rest):
    return choose(list(heads)[:2], *rest)


class NeverCloses(rehearsal._Desk):
    def can_call(self, now):
        return self.busy_until <= now and any(opens <= now <= closes for opens, closes in self.open)


PLANTED = {
    "the last is first": {"choose": latest_first},
    "a ratio without memory": {"choose": forgets_privilege},
    "only the first queue of a counter": {"choose": primary_only},
    "a call at the moment of closing": {"_Desk": NeverCloses},
}


@pytest.mark.planted
@pytest.mark.parametrize("fault", PLANTED)
def test_a_wrong_rehearsal_is_caught(monkeypatch, fault):
    for name, wrong in PLANTED[fault].items():
        monkeypatch.setattr(rehearsal, name, wrong)
    search = settings(
        max_examples=10_000, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    with pytest.raises(AssertionError):
        search(given(visits, openings, skills, st.just(Policy.RATIO), st.integers(1, 2))(compare))()


def busy_day(people: int) -> PastDay:
    """A full hall: 12 queues, 20 counters of four queues each, a line that grows until noon."""
    names = [f"q{n}" for n in range(12)]
    found = []
    for n in range(people):
        slot = (n // 30) * 15 if n % 7 == 0 else None
        who = ELDERLY if n % 8 == 0 else MEMORY if n % 11 == 0 else None
        found.append(came(n * 540 / people * 0.8, 3 + n % 11, names[n * 7 % 12], who, slot))
    working = tuple((n, start, end) for n in range(20) for start, end in ((0, 240), (330, 570)))
    return one_day(
        *found, openings=working, skills={n: tuple(names[(n + k) % 12] for k in range(4)) for n in range(20)}
    )


def looked_at(monkeypatch, people: int, **how) -> int:
    """At how many heads of lines the callers of one busy day look: what playing it costs, whatever the machine."""
    seen = SimpleNamespace(heads=0)

    def counting(heads, *rest):
        found = list(heads)
        seen.heads += len(found)
        return choose(found, *rest)

    monkeypatch.setattr(rehearsal, "choose", counting)
    rehearsed = played(*[busy_day(people)] * size("rehearsed_days", 1, 20), **how)
    assert rehearsed.ordinary.share_over_60 or people < 1000
    return seen.heads // size("rehearsed_days", 1, 20)


@pytest.mark.parametrize("policy", Policy)
def test_the_work_grows_with_the_day_and_not_with_its_square(policy, monkeypatch):
    """Two looks a ticket at most, four queues of two groups."""
    for people in (400, 1500):
        assert 0 < looked_at(monkeypatch, people, policy=policy) <= 2 * people * 8

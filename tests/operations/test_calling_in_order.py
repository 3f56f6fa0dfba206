"""Random days by the real operations call whom the plain rules call, however the database sorts NULLs (ADR 7)."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlite_utils.utils import sqlite3

from domain.centre_rules import Policy
from domain.centres import Centre
from domain.routing import Head
from operations import calling, managing, moving, shifts, ticketing
from store import tickets
from tests.domain.test_calling_order import (
    CREDITS,
    MORNING,
    Guest,
    Plan,
    callings,
    guests,
    plans,
    play,
    policies,
)
from tests.support.halls import Hall, demo_calendar, demo_centre, new_hall
from tests.support.sizes import size

QUEUES = {"A": "ho-tich", "B": "chung-thuc", "C": "cu-tru"}
CLERKS = {1: "cb01", 2: "cb02"}
Called = list[tuple[int, int]]


class NullsTheOtherWay(sqlite3.Connection):
    """A database that sorts NULL after every value where SQLite sorts it before, and the other way round."""

    def execute(self, sql: str, *values: Any) -> Any:
        return super().execute(turned(sql), *values)


@cache
def turned(sql: str) -> str:
    """The same question, with the place of NULL stated at every term of every ORDER BY outside functions."""
    return re.sub(r"(?<=ORDER BY )[\w., ]+?(?=$| LIMIT|\))", lambda found: _other_way(found[0]), sql)


def _other_way(terms: str) -> str:
    return ", ".join(
        f"{term} {'NULLS FIRST' if term.endswith(' DESC') else 'NULLS LAST'}" for term in terms.split(", ")
    )


def same_hall(connection: type[Any] = sqlite3.Connection) -> Hall:
    """The demo centre on this kind of connection."""
    hall = new_hall()
    db = sqlite3.connect(":memory:", isolation_level=None, factory=connection)
    hall.db.backup(db)
    hall.db.close()
    return Hall(db)


def centre_of(plan: Plan, policy: Policy) -> Centre:
    """The demo centre with the plan's two counters, classes and rules."""
    demo = demo_centre()
    served = {n: tuple(QUEUES[letter] for letter in letters) for n, letters in plan.skills.items()}
    return replace(
        demo,
        counters=tuple(replace(c, queues=served.get(c.number, c.queues), secondary=()) for c in demo.counters),
        classes=tuple(replace(demo.classes[0], id=f"c{n}", credit_minutes=n, effective_from=None) for n in CREDITS),
        calling=replace(plan.calling, policy=policy, ratio=plan.ratio),
    )


def live(plan: Plan, policy: Policy, hall: Hall) -> Called:
    """The calls of the day as counter and guest in order of arrival, by the operations alone."""
    hall.do(managing.load_centre, centre_of(plan, policy), demo_calendar())
    for counter in plan.opens:
        hall.do(shifts.open_shift, counter, CLERKS[counter])
    expected = sorted(plan.guests, key=lambda guest: guest.came)
    coming = [(guest.came, n, guest) for n, guest in enumerate(expected)]
    given, free, calls = {}, dict(plan.opens), []
    while free:
        now, counter = min((moment, counter) for counter, moment in free.items())
        for moment, n, guest in sorted(one for one in coming if one[0] <= now):
            hall.clock.moment = MORNING + timedelta(minutes=moment)
            if n in given:
                hall.do(moving.come_back, given[n])
            else:
                given[n] = take(hall, guest)
        coming = [one for one in coming if one[0] > now]
        hall.clock.moment = MORNING + timedelta(minutes=now)
        called = hall.do(calling.call_next, counter, CLERKS[counter], who=CLERKS[counter]).ticket
        if called is None and not coming:
            del free[counter]
        elif called is None:
            free[counter] = min(moment for moment, _, _ in coming)
        else:
            n = next(n for n, ticket in given.items() if ticket == called.id)
            is_away = expected[n].away is not None and all(guest != n for _, guest in calls)
            calls.append((counter, n))
            free[counter] = now + (1 if is_away else expected[n].service)
            if is_away:
                hall.do(calling.mark_absent, counter, CLERKS[counter], who=CLERKS[counter])
                coming.append((now + expected[n].away, n, expected[n]))
    hall.db.close()
    return calls


def take(hall: Hall, guest: Guest) -> int:
    """The number of somebody who comes, with the class and the slot that they have."""
    priority = None if guest.credit is None else f"c{guest.credit}"
    slot = None if guest.slot is None else MORNING + timedelta(minutes=guest.slot)
    given = hall.do(ticketing.give_number, QUEUES[guest.queue], "vi", priority, None, slot=slot)
    return int(given.id)


def check_the_store_calls_in_order(plan: Plan, policy: Policy) -> None:
    """Raises AssertionError when the stored lines call anybody else than the rules, or depend on NULLs."""
    # A slot that is still to come outlasts an absence; the plain day counts from the return alone.
    present = tuple(replace(guest, away=None) if guest.slot is not None else guest for guest in plan.guests)
    plan = replace(plan, guests=present)
    meant = [(call.counter, call.called.head.ticket) for call in play(plan, policy)]
    assert live(plan, policy, same_hall()) == meant, "the store calls somebody else"
    assert live(plan, policy, same_hall(NullsTheOtherWay)) == meant, "NULLs decide who is called"


SEARCH = settings(max_examples=size("calling-stored", 60, 1000), deadline=None)


@SEARCH
@given(plans, policies)
def test_the_stored_lines_call_whom_the_rules_call_however_nulls_sort(plan, policy):
    check_the_store_calls_in_order(plan, policy)


def test_the_other_database_sorts_nulls_the_other_way():
    db = sqlite3.connect(":memory:", factory=NullsTheOtherWay)
    rows = "SELECT column1 FROM (VALUES (2), (NULL), (1))"
    assert db.execute(f"{rows} ORDER BY column1").fetchall() == [(1,), (2,), (None,)]
    assert db.execute(f"{rows} ORDER BY column1 DESC LIMIT 2").fetchall() == [(None,), (2,)]
    db.close()


def heads_by(order):
    """`store.tickets.heads` with another order of the line; `later` is NULL for whoever is first."""
    line = (
        "SELECT id, key, turn, slot, priority, nullif(key, min(key) OVER ()) AS later FROM tickets"
        " WHERE state = 'waiting' AND queue = ? AND privileged = ?"
    )

    def heads(db, counter, person, queues):
        asked = [(queue, privileged) for queue in queues for privileged in (False, True)]
        sql = f"SELECT id, key, turn FROM ({line}) ORDER BY {order} LIMIT 2"
        return [
            Head(id_, asks[0], key, asks[1], turn) for asks in asked for id_, key, turn in db.execute(sql, asks)
        ]

    return heads


def test_with_the_right_order_the_planted_line_is_that_of_the_store(monkeypatch):
    monkeypatch.setattr(tickets, "heads", heads_by("key, turn, id"))
    settings(max_examples=5, deadline=None)(given(plans, policies)(check_the_store_calls_in_order))()


crowded = st.builds(
    Plan,
    guests=st.lists(guests, min_size=12, max_size=20).map(tuple),
    skills=st.just({1: ("A", "B", "C")}),
    opens=st.just({1: 120}),
    calling=callings,
    ratio=st.integers(1, 4),
)


@pytest.mark.planted
@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("priority, key, turn, id", "somebody else"), ("slot DESC, key, turn, id", "somebody else"),
        ("later, key, turn, id", "NULLs decide"),
    ],
)  # fmt: skip
def test_a_line_sorted_by_what_may_be_missing_is_caught(monkeypatch, order, said):
    """Planted: the last of them is right where NULL comes first, and wrong in any other database."""
    monkeypatch.setattr(tickets, "heads", heads_by(order))
    search = settings(
        max_examples=5000, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    with pytest.raises(AssertionError, match=said):
        search(given(crowded, policies)(check_the_store_calls_in_order))()

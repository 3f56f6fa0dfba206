"""Every figure of the reports recounted from the journal's own lines, by code that shares nothing with theirs.

Two days on which anybody presses anything: calls, absences, returns, transfers, parks, undos, leavings.
"""

import json
import random
import statistics
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from math import ceil

import pytest

from admin import report_sheets
from admin.report_names import By, Names
from domain import reports
from domain.errors import Refused
from operations import calling, moving, opening, shifts, ticketing, undoing
from store import reports as rows
from tests.support.halls import MORNING, demo_centre, new_hall

QUEUES = [queue.id for queue in demo_centre().queues]
MINUTES = 60_000
ENDS = {
    "TicketFinished": "served",
    "TicketParked": "parked",
    "TicketTransferred": "waiting",
    "TicketMissed": "absent",
}
HOME = timedelta(hours=7)


@cache
def lived_through():
    """The hall after two such days, the third just opened."""
    chance, hall, given = random.Random(766), new_hall(), list[int]()
    for day in range(2):
        hall.clock.moment = MORNING + timedelta(days=day)
        for counter in range(1, 12):
            hall.do(shifts.open_shift, counter, f"cb{counter:02d}")
        for _ in range(500):
            hall.clock.forward(seconds=chance.randrange(5, 60))
            with suppress(Refused):
                given += _something(hall, chance, given)
    hall.clock.moment = MORNING + timedelta(days=2)
    hall.do(opening.ensure_day)
    return hall


def _something(hall, chance, given) -> list[int]:
    counter = chance.randrange(1, 12)
    clerk = (counter, f"cb{counter:02d}")
    any_ = chance.choice(given[-60:]) if given else 0
    acts = [
        (
            40,
            lambda: hall.do(ticketing.take_ticket, chance.choice(QUEUES), "vi", chance.choice((None, "cao-tuoi"))),
        ),
        (20, lambda: hall.do(calling.call_next, *clerk)),
        (10, lambda: hall.do(calling.finish, *clerk)),
        (5, lambda: hall.do(calling.mark_absent, *clerk)),
        (4, lambda: hall.do(calling.set_aside, *clerk)),
        (5, lambda: hall.do(moving.transfer, *clerk, note="other", queue=chance.choice(QUEUES))),
        (5, lambda: hall.do(moving.come_back, any_)),
        (2, lambda: hall.do(moving.leave, any_)),
        (4, lambda: hall.do(undoing.undo, *clerk)),
        (5, lambda: hall.do(calling.call_this, *clerk, any_, "frail")),
    ]
    made = chance.choices([act for _, act in acts], [weight for weight, _ in acts])[0]()
    return [made.id] if made.__class__.__name__ == "Ticket" and made.id not in given else []


def visits(db) -> list[dict]:
    """Each number as the journal tells it: when it came, was first called, how long it was served, how it ended."""
    told = [(seq, day, at, kind, json.loads(payload)) for seq, day, at, kind, payload in
            db.execute("SELECT seq, day, at, kind, payload FROM journal ORDER BY seq")]  # fmt: skip
    undone = {payload["act"] for *_, kind, payload in told if kind == "ActUndone"}
    found: dict[int, dict] = {}
    for seq, day, at, kind, payload in told:
        if kind == "DayOpened":
            for visit in found.values():
                if visit["end"] in ("waiting", "parked", "called"):
                    visit["end"] = "unserved"
        if seq in undone:
            continue
        if kind == "TicketIssued":
            given = {"day": day, "queue": payload["queue"], "class": payload["priority"] or "", "came": at}
            found[seq] = given | dict.fromkeys(("first", "since", "work", "counter")) | {"end": "waiting"}
        elif payload.get("ticket") in found:
            _follow(found[payload["ticket"]], at, kind, payload)
    return list(found.values())


def _follow(visit: dict, at: int, kind: str, payload: dict) -> None:
    if kind == "TicketCalled":
        visit |= {"first": visit["first"] or at, "since": at, "counter": payload["counter"], "end": "called"}
    elif kind in ENDS:
        if kind != "TicketMissed" and visit["since"] is not None:
            visit["work"] = (visit["work"] or 0) + at - visit["since"]
        visit |= {"since": None, "end": ENDS[kind]}
    elif kind in ("TicketReturned", "TicketLeft"):
        visit["end"] = "waiting" if kind == "TicketReturned" else "left"


def recounted(some: list[dict], promises) -> tuple:
    """One row: how many, how they ended, the waits, the shares, the services."""
    ends = [visit["end"] for visit in some]
    waits = [visit["first"] - visit["came"] for visit in some if visit["first"]]
    works = [visit["work"] for visit in some if visit["work"] is not None]
    kept = [
        visit["first"] - visit["came"] <= promises[visit["queue"]] * MINUTES for visit in some if visit["first"]
    ]
    shares = (_share([wait <= most * MINUTES for wait in waits]) for most in (15, 30, 60))
    counts = (len(some), *(ends.count(end) for end in ("served", "absent", "left", "unserved")))
    return (*counts, *_three(waits), *shares, _share(kept), *_three(works))


def _three(spans: list[int]) -> tuple:
    ranked = sorted(spans)
    ranks = (ranked[ceil(len(ranked) * share) - 1] / MINUTES if ranked else None for share in (0.8, 0.95))
    return statistics.median(ranked) / MINUTES if ranked else None, *ranks


def _share(kept: list[bool]) -> float | None:
    return 100 * sum(kept) / len(kept) if kept else None


def _local(visit: dict) -> datetime:
    return datetime.fromtimestamp(visit["came"] / 1000, UTC) + HOME


KEYS = {
    By.QUEUE: lambda visit: visit["queue"],
    By.COUNTER: lambda visit: visit["counter"],
    By.CLASS: lambda visit: visit["class"],
    By.HOUR: lambda visit: _local(visit).hour,
    By.WEEKDAY: lambda visit: _local(visit).isoweekday(),
}


def check(by: By) -> None:
    hall, centre = lived_through(), demo_centre()
    names, promises = Names(centre, "vi"), {queue.id: queue.promise_minutes for queue in centre.queues}
    days = rows.days_between(hall.db, MORNING.date(), (MORNING + timedelta(days=1)).date())
    sheet = report_sheets.of_figures(
        report_sheets.numbers_of(rows.courses(hall.db, days, QUEUES), centre), by, names
    )
    groups, every = defaultdict(list), visits(hall.db)
    for visit in every:
        groups[names.named(by, KEYS[by](visit))].append(visit)
    assert {name for name, *_ in sheet.rows[:-1]} == set(groups)
    for name, *cells in sheet.rows:
        assert cells == pytest.approx(recounted(groups.get(name, every), promises), abs=1e-9), name


@pytest.mark.parametrize("by", KEYS)
def test_each_figure_is_what_the_journal_says(by):
    check(by)


def test_the_days_have_everything_in_them():
    found = visits(lived_through().db)
    assert {visit["end"] for visit in found} >= {"served", "absent", "left", "unserved"}
    assert len(found) > 300


@pytest.mark.planted
@pytest.mark.parametrize("figure", ["eight_of_ten", "nineteen_of_twenty"])
def test_a_percentile_one_rank_too_low_is_found(monkeypatch, figure):
    right = getattr(reports, figure)
    monkeypatch.setattr(reports, figure, lambda spans: right(spans[:-1]))
    with pytest.raises(AssertionError):
        check(By.QUEUE)

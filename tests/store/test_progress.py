"""The progress of dossiers that a province asks for, recounted from the journal's own lines by other code."""

import json
import random
from collections import Counter
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.dossiers import Act
from domain.errors import Refused
from operations import arrivals, endings, intake, processing, shifts, supplements
from operations.processing import Doing
from store import progress
from store.dossier_lists import Sight
from store.indicators import Period
from tests.support.halls import new_hall

PROCEDURES = ("1.001193", "1.004873", "2.000815")
HOME = timedelta(hours=7)
NOVEMBER, DECEMBER, JANUARY = (datetime(y, m, 1, tzinfo=UTC) - HOME for y, m in ((2026, 11), (2026, 12), (2027, 1)))
ARRIVED = "000.00.00.G22-261123-{:06}"


def lived_through(seed: int, acts: int = 220):
    """Six weeks of a desk at which anything happens that the rules allow; nobody plans it."""
    chance, hall = random.Random(seed), new_hall()
    hall.do(shifts.open_shift, 1, "cb01")
    codes: list[str] = []
    for turn in range(acts):
        hall.clock.forward(hours=chance.choice((0.5, 2, 5, 9)))
        with suppress(Refused):
            codes += _something(hall, chance, codes, turn)
    return hall


def _something(hall, chance, codes, turn) -> list[str]:
    if not codes or chance.random() < 0.3:
        channel = chance.choice((1, 1, 2, 3))
        procedure = chance.choice(PROCEDURES)
        if channel == 2:
            one = arrivals.Arrival(ARRIVED.format(turn), procedure, b"sealed", hall.clock())
            return [hall.do(arrivals.take_in, one)]
        hall.do(shifts.open_shift, 1, "cb01")
        return [
            hall.do(intake.receive_dossier, 1, "cb01", intake.Intake(procedure, b"sealed", channel=channel)).code
        ]
    doing = Doing(chance.choice(codes), "cb01", b"sealed words")
    act = chance.choice([*Act, Act.ACCEPT, Act.RESOLVE, Act.RESOLVE])
    if act is Act.ACCEPT:
        hall.do(arrivals.accept, doing)
    elif act is Act.RESOLVE:
        hall.do(endings.resolve, doing)
    elif act in (Act.REFUSE, Act.PROGRESS, Act.WITHDRAW, Act.STOP, Act.RESUME, Act.ASK_PAYMENT, Act.NOTE_PAYMENT):
        hall.do(processing.note, act, doing)
    elif act is Act.ASK_SUPPLEMENT:
        hall.do(supplements.ask_supplement, doing)
    elif act is Act.TAKE_SUPPLEMENT:
        hall.do(supplements.take_supplement, doing)
    return []


def recounted(db, since: datetime, until: datetime, now: datetime) -> Counter[str]:
    """The same from the journal's payloads alone, one dossier after the other."""
    first, end = int(since.timestamp() * 1000), min(int(until.timestamp() * 1000), int(now.timestamp() * 1000) + 1)
    lives: dict[str, dict[str, Any]] = {}
    for at, kind, payload in db.execute("SELECT at, kind, payload FROM journal ORDER BY seq"):
        told = json.loads(payload)
        if kind == "DossierReceived":
            lives[told["code"]] = {"came": at, "channel": told["channel"], "path": [(at, 2)], "due": told["due"]}
        elif kind == "DossierArrived":
            lives[told["code"]] = {"came": None, "channel": 2, "path": [], "due": None}
        elif kind == "DossierStepped":
            life = lives[told["code"]]
            if told["act"] == "accepted":
                life["came"] = at
            life["path"].append((at, told["after"]))
            life["due"] = told["due"]
    found: Counter[str] = Counter()
    for life in lives.values():
        if life["came"] is None or life["came"] >= end or life["path"][-1][1] == 3:
            continue
        at, stood = [step for step in life["path"] if step[0] < end][-1]
        over = next((at for at, status in life["path"] if status in (7, 9)), end)
        if stood in (7, 9, 10) and over < first:
            continue
        found["before" if life["came"] < first else {1: "direct", 2: "online", 3: "post"}[life["channel"]]] += 1
        found[_end(stood, _date(over), life["due"] and _date(life["due"]), _date(end - 1))] += 1
    return found


def _end(stood: int, over: int, due: int | None, today: int) -> str:
    if stood in (5, 6, 8):
        return "suspended"
    if stood == 7:
        return "back"
    if stood in (9, 10):
        return "early" if due and over < due else "late" if due and over > due else "on_time"
    return "overdue" if due and today > due else "within"


def _date(ms: int) -> int:
    return (datetime.fromtimestamp(ms / 1000, UTC) + HOME).date().toordinal()


def check(hall) -> None:
    for since, until in ((NOVEMBER, DECEMBER), (DECEMBER, JANUARY), (NOVEMBER, JANUARY)):
        found = progress.together(progress.progress(hall.db, Period(since, until, hall.clock())).values())
        assert +Counter(asdict(found)) == recounted(hall.db, since, until, hall.clock())
        came = found.before + found.received
        assert came == found.resolved + found.within + found.overdue + found.suspended + found.back


@pytest.mark.parametrize("seed", range(4))
def test_the_progress_is_what_the_journal_says(seed):
    check(lived_through(seed))


@pytest.mark.planted
def test_a_date_that_is_judged_wrongly_is_found(monkeypatch):
    wrongly = tuple(condition.replace("judged > due", "judged >= due") for condition in progress._COUNTED)
    monkeypatch.setattr(progress, "_COUNTED", wrongly)
    with pytest.raises(AssertionError):
        for seed in range(4):
            check(lived_through(seed))


@pytest.mark.parametrize(("days", "column"), [(-1, "early"), (0, "on_time"), (1, "late")])
def test_dates_are_compared_and_never_hours(hall, days, column):
    hall.do(shifts.open_shift, 1, "cb01")
    code = hall.do(intake.receive_dossier, 1, "cb01", intake.Intake(PROCEDURES[1], b"sealed")).code
    hall.do(processing.note, Act.PROGRESS, Doing(code, "cb01", b"sealed words"))
    due = datetime.fromtimestamp(hall.one("SELECT due FROM dossiers") / 1000, UTC)
    hall.clock.moment = due + timedelta(days=days, hours=5)  # the evening of that day
    hall.do(endings.resolve, Doing(code, "cb01", None))
    found = progress.progress(hall.db, Period(NOVEMBER, JANUARY, hall.clock()))
    assert [one for one in asdict(progress.together(found.values())).items() if one[1]] == [
        ("direct", 1), (column, 1)
    ]  # fmt: skip


def test_before_a_period_has_begun_there_is_nothing_to_tell(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    hall.do(intake.receive_dossier, 1, "cb01", intake.Intake(PROCEDURES[0], b"sealed"))
    assert progress.progress(hall.db, Period(JANUARY, JANUARY + timedelta(days=31), hall.clock())) == {}


def test_a_department_is_told_of_its_own(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    hall.do(intake.receive_dossier, 1, "cb01", intake.Intake(PROCEDURES[0], b"sealed"))
    period = Period(NOVEMBER, DECEMBER, hall.clock(), Sight("dat-dai"))
    assert progress.progress(hall.db, period) == {}
    assert len(progress.progress(hall.db, Period(NOVEMBER, DECEMBER, hall.clock()))) == 1

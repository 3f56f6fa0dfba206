"""The demo's dossiers: one in each state after the days before, a journal that says so, and links to all of it."""

from dataclasses import fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commands.demo import hall
from commands.demo.dossiers import LONG_AGO, TOO_LONG_AGO, days_before
from commands.demo.neighbours import Neighbours
from domain.days import LOCAL, local
from domain.dossiers import Status
from settings import Settings
from store import dossiers, fees, letters
from store.store import Store
from tests.support.halls import demo_calendar

NOON = datetime(2026, 11, 23, 12, tzinfo=LOCAL)
AFTER_TET = datetime(2026, 2, 23, 12, tzinfo=LOCAL)
PLACES: dict[str, Any] = {
    "printers": (("P1", 1), ("P2", 1)),
    "paper_url": "http://paper",
    "portal_url": "http://portal",
}
NOWHERE = Neighbours(**{one.name: PLACES.get(one.name, Path("no-such")) for one in fields(Neighbours)})
FROM_THE_PORTAL = {Status.NEW, Status.REFUSED}  # these come from the sandbox once the server runs


def furnished(data: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The demo's file as it is at this instant."""
    monkeypatch.setattr(hall.clock, "now", lambda: now)
    settings = hall.prepare(Settings(data=data), 8000, NOWHERE, empty=False)
    store = Store(settings.file, lambda: now)
    store.start()
    return store


def test_there_is_a_dossier_in_each_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = furnished(tmp_path, NOON, monkeypatch)
    found = store.read(dossiers.newest, 100)
    assert {one.status for one in found} == set(Status) - FROM_THE_PORTAL
    assert any(one.due and one.due < NOON and one.status is Status.UNDER_WAY for one in found), "none is overdue"
    assert any(one.extended for one in found)
    assert any(store.read(fees.of_dossier, one.code) for one in found)
    assert len(store.read(letters.newest, 10)) == 2
    assert local(max(one.received_at for one in found)) == NOON, "the first hour is today's"
    store.close()


def test_a_demo_after_tet_has_only_today(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = furnished(tmp_path, AFTER_TET, monkeypatch)
    assert len(store.read(dossiers.newest, 100)) == 1
    store.close()


def test_both_days_are_worked_and_lie_behind():
    every = [date(2025, 1, 20) + timedelta(days) for days in range(1000)]
    found = {today: days for today in every if (days := days_before(demo_calendar(), today))}
    assert len(found) > 950
    for today, (first, last) in found.items():
        assert demo_calendar().is_working(first), today
        assert demo_calendar().is_working(last), today
        assert timedelta(LONG_AGO) <= today - first <= timedelta(TOO_LONG_AGO), today
        assert first < last < today


def test_the_table_names_the_desk_and_the_sandbox(capsys: pytest.CaptureFixture[str]):
    hall.show("http://here", NOWHERE, empty=False)
    table = capsys.readouterr().out
    for said in ("http://here/dossiers", "giamsat", "canbo05", "http://portal/", "http://here/booking"):
        assert said in table, said

"""`motcua day repair`: the way out after a wrong clock had labelled a day."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

import clock
from commands.main import main
from domain.days import local
from operations import opening, ticketing
from store import days
from store.store import Store
from store.writer import Act
from tests.support.halls import MORNING, HandClock, write_file


@pytest.fixture
def data(tmp_path):
    """A centre whose machine said for a while that it was five days later."""
    (tmp_path / "data").mkdir()
    write_file(tmp_path / "data" / "motcua.sqlite")
    return tmp_path / "data"


def live(data, at, operation, *arguments):
    store = Store(data / "motcua.sqlite", HandClock(at))
    store.start()
    try:
        return store.write_now(Act("test"), operation, *arguments)
    finally:
        store.close()


def newest(data):
    store = Store(data / "motcua.sqlite", HandClock(MORNING))
    try:
        return store.read(days.newest)
    finally:
        store.close()


def repair(data, monkeypatch, now, *words, answer=None):
    monkeypatch.setattr(clock, "now", lambda: now)
    return CliRunner().invoke(main, ["--data", str(data), "day", "repair", *words], input=answer)


def test_a_new_day_with_todays_date_begins(data, monkeypatch):
    taken = live(data, MORNING + timedelta(days=5), ticketing.take_ticket, "ho-tich")
    answer = repair(data, monkeypatch, MORNING, answer="y\n")
    assert answer.exit_code == 0, answer.output
    assert "28/11/2026" in answer.output
    found = newest(data)
    assert (found.id, found.label) == (2, local(MORNING).date())
    again = live(data, MORNING, ticketing.take_ticket, "ho-tich")
    assert again.day == 2
    assert taken.id != again.id


def test_who_says_no_changes_nothing(data, monkeypatch):
    live(data, MORNING + timedelta(days=5), opening.confirm_day)
    assert repair(data, monkeypatch, MORNING, answer="n\n").exit_code == 1
    assert newest(data).id == 1


@pytest.mark.parametrize("opened", [False, True])
def test_a_day_that_is_right_is_not_thrown_away(data, monkeypatch, opened):
    """It would take the place of everybody who waits."""
    if opened:
        live(data, MORNING, ticketing.take_ticket, "ho-tich")
    answer = repair(data, monkeypatch, MORNING, "--yes")
    assert answer.exit_code == 1
    assert "không có gì phải sửa" in answer.output
    assert (newest(data) is None) is not opened


def test_yes_asks_nothing(data, monkeypatch):
    live(data, MORNING + timedelta(days=5), opening.confirm_day)
    assert repair(data, monkeypatch, MORNING, "--yes").exit_code == 0
    assert newest(data).id == 2

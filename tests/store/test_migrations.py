import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from operations.ticketing import take_ticket
from store import database, journal, migrations
from store.migrations import NewerFile
from store.store import Store
from tests.store.conftest import Bench
from tests.support.halls import ROOT, HandClock
from tests.support.sizes import size

STEPS = [step.name for step in migrations.migrations._migrations]


def schema(path: Path) -> list[str]:
    """Every table and index of a file, and the names of the steps that it says it has."""
    db = sqlite3.connect(str(path))
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found = [row[0] for row in db.execute("SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY 1")]
    if any("_sqlite_migrations" in sql for sql in found):
        found += [row[0] for row in db.execute("SELECT name FROM _sqlite_migrations ORDER BY 1")]
    db.close()
    return found


def rows(path: Path) -> list[int]:
    db = sqlite3.connect(str(path))
    known = {row[0] for row in db.execute("SELECT name FROM sqlite_schema")}
    counts = [db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("journal", "tickets") if t in known]
    whole = "journal" not in known or journal.verify(db) is None
    db.close()
    assert whole
    return counts


def killed_upgrades_leave_old_or_new(
    old: Path, folder: Path, kind: str, stride: int = 1, planted: str = "0"
) -> None:
    """Kill an upgrade at every place that `kind` names; each file is wholly the old or wholly the new one."""
    folder.mkdir()
    run = subprocess.run(
        [
            sys.executable,
            str(ROOT / "tests/store/killed_upgrades.py"),
            str(old),
            str(folder),
            kind,
            str(stride),
            planted,
        ],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    killed, last = (int(word) for word in run.stdout.split()[1:])
    assert killed >= 5
    new = schema(folder / f"{last}.sqlite")
    assert "second_day" in new
    before = schema(old) if old.exists() else []
    for k in range(1, last, stride):
        path = folder / f"{k}.sqlite"
        assert schema(path) in (before, new), f"killed at {kind} {k}: neither the old nor the new schema"
        if old.exists():
            assert rows(path) == rows(old)


@pytest.fixture
def lived(demo_file):
    bench = Bench(demo_file)
    for _ in range(20):
        bench.do(take_ticket, "ho-tich")
    bench.store.close()
    return demo_file


@pytest.mark.fault
@pytest.mark.parametrize("kind", ["statement", "progress"])
def test_an_upgrade_killed_anywhere_leaves_the_old_or_the_new_schema(lived, tmp_path, kind):
    killed_upgrades_leave_old_or_new(lived, tmp_path / "victims", kind, size("kill-stride", 3, 1))


@pytest.mark.fault
def test_so_does_the_very_first_start(tmp_path):
    killed_upgrades_leave_old_or_new(
        tmp_path / "none.sqlite", tmp_path / "victims", "statement", size("kill-stride-first", 9, 1)
    )


@pytest.mark.planted
def test_an_upgrade_without_a_transaction_is_caught(lived, tmp_path):
    with pytest.raises(AssertionError, match="neither"):
        killed_upgrades_leave_old_or_new(lived, tmp_path / "victims", "statement", planted="1")


def test_an_upgrade_is_done_once(tmp_path):
    db = database.open_writer(tmp_path / "x.sqlite")
    assert migrations.upgrade(db) == STEPS
    assert migrations.upgrade(db) == []
    db.close()


def test_a_step_that_fails_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(migrations, "FIRST_DAY", migrations.FIRST_DAY + "; CREATE TABLE journal (x)")
    db = database.open_writer(tmp_path / "x.sqlite")
    with pytest.raises(database.DatabaseError):
        migrations.upgrade(db)
    db.close()
    assert schema(tmp_path / "x.sqlite") == []


def test_two_processes_that_upgrade_at_once_both_go_on(tmp_path):
    """After an update the server and a command may start together; the second finds the work done."""
    path = tmp_path / "x.sqlite"
    first, second = database.open_writer(path), database.open_writer(path)
    overtaken = []

    def overtake(statement: str) -> None:
        if "CREATE TABLE" in statement and not overtaken:
            overtaken.append(statement)
            second.execute("PRAGMA busy_timeout = 50")
            try:
                migrations.upgrade(second)
            except database.DatabaseError as error:  # held off by the first: right as well
                overtaken.append(str(error))

    first.set_trace_callback(overtake)
    try:
        migrations.upgrade(first)
        assert overtaken
        first.set_trace_callback(None)
        assert migrations.upgrade(second) == []
    finally:
        first.close()
        second.close()


def test_a_newer_file_is_refused_untouched_and_let_go_of(demo_file):
    db = sqlite3.connect(str(demo_file))
    Database(db)["_sqlite_migrations"].insert({"migration_set": "motcua", "name": "year_2031", "applied_at": ""})
    db.close()
    before = schema(demo_file)
    with pytest.raises(NewerFile, match="year_2031"):
        Store(demo_file, HandClock())
    assert schema(demo_file) == before


def test_a_refused_start_lets_go_of_the_file(demo_file, monkeypatch):
    """The lock and the connection are closed when the upgrade refuses, not left to the garbage collector."""
    locks = []
    lock = database.lock
    monkeypatch.setattr(database, "lock", lambda path: locks.append(lock(path)) or locks[-1])
    monkeypatch.setattr(migrations, "upgrade", refuse)
    with pytest.raises(NewerFile):
        Store(demo_file, HandClock(), server=True)
    closed = locks[0].closed
    locks[0].close()
    assert closed


def refuse(db) -> None:
    db.close()
    raise NewerFile("year_2031")


def test_steps_of_other_tools_are_none_of_ours(demo_file):
    db = sqlite3.connect(str(demo_file))
    Database(db)["_sqlite_migrations"].insert({"migration_set": "other", "name": "x", "applied_at": ""})
    assert migrations.upgrade(db) == []
    db.close()

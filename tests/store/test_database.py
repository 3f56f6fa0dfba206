import subprocess
import sys

import pytest

from store import database
from store.database import AlreadyRunning, UnsafeSQLite, check_linked_version
from store.store import Store
from tests.support.halls import ROOT, HandClock


@pytest.mark.parametrize(
    "version",
    [(3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 0), (3, 51, 2)],
    ids=lambda v: ".".join(map(str, v)),
)
def test_a_linked_sqlite_that_can_lose_rows_is_refused(version):
    with pytest.raises(UnsafeSQLite, match="pysqlite3"):
        check_linked_version(version)


@pytest.mark.parametrize(
    "version", [(3, 44, 6), (3, 50, 7), (3, 51, 3), (3, 52, 0), (4, 0, 0)], ids=lambda v: ".".join(map(str, v))
)
def test_mended_versions_and_back_ports_are_taken(version):
    check_linked_version(version)


def test_the_version_that_is_really_linked_is_looked_at(tmp_path, monkeypatch):
    check_linked_version()
    monkeypatch.setattr(database.sqlite3, "sqlite_version", "3.51.2")
    with pytest.raises(UnsafeSQLite):
        database.open_writer(tmp_path / "x.sqlite")
    assert not (tmp_path / "x.sqlite").exists()


def test_the_writer_is_fully_synchronous_in_wal_mode(tmp_path):
    db = database.open_writer(tmp_path / "x.sqlite")
    asked = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode", "busy_timeout")]
    db.close()
    assert asked == [2, "wal", 5000]


def test_a_file_that_will_not_be_fully_synchronous_is_refused(tmp_path, monkeypatch):
    """The promise 'durable' is checked, not only asked for."""

    class Lazy(database.sqlite3.Connection):
        def execute(self, sql, *args):
            return super().execute(sql.replace("synchronous = FULL", "synchronous = NORMAL"), *args)

    opened = []

    def connect(*args, **kwargs):
        opened.append(Lazy(*args, **kwargs))
        return opened[-1]

    monkeypatch.setattr(database.sqlite3, "connect", connect)
    with pytest.raises(UnsafeSQLite, match="FULL"):
        database.open_writer(tmp_path / "x.sqlite")
    opened[0].close()


def test_the_file_is_for_the_server_alone(tmp_path):
    database.open_writer(tmp_path / "x.sqlite").close()
    assert (tmp_path / "x.sqlite").stat().st_mode & 0o777 == 0o600


def test_readers_cannot_write(demo_file):
    reader = database.open_reader(demo_file)
    with pytest.raises(database.DatabaseError):
        reader.execute("DELETE FROM journal")
    reader.close()


@pytest.mark.parametrize("name", ["trung tâm", "100%25", "a?mode=memory", "a#b"])
def test_readers_find_files_in_folders_of_any_name(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    writer = database.open_writer(folder / "x.sqlite")
    writer.execute("CREATE TABLE t AS SELECT 7 AS n")
    reader = database.open_reader(folder / "x.sqlite")
    assert reader.execute("SELECT n FROM t").fetchone() == (7,)
    reader.close()
    writer.close()


def test_a_second_server_on_the_file_is_refused_until_the_first_has_gone(demo_file):
    first = Store(demo_file, HandClock(), server=True)
    first.start()
    with pytest.raises(AlreadyRunning):
        Store(demo_file, HandClock(), server=True)
    first.close()
    second = Store(demo_file, HandClock(), server=True)
    second.start()
    second.close()


def test_another_process_is_refused_too_and_killing_it_frees_the_file(demo_file):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(demo_file)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning):
            database.lock(demo_file)
    finally:
        holder.kill()
        holder.communicate(timeout=20)
    database.lock(demo_file).close()


HOLDER = """
import sys
from pathlib import Path
from store import database
held = database.lock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("name", "breaks", "full"),
    [
        ("SQLITE_FULL", True, True),
        ("SQLITE_IOERR_FSYNC", True, False),
        ("SQLITE_CORRUPT_VTAB", True, False),
        ("SQLITE_NOTADB", True, False),
        ("SQLITE_READONLY_DBMOVED", True, False),
        ("SQLITE_BUSY", False, False),
        ("SQLITE_CONSTRAINT_UNIQUE", False, False),
    ],
)
def test_errors_are_sorted_by_what_they_end(name, breaks, full):
    error = database.DatabaseError("x")
    error.sqlite_errorname = name
    assert (database.breaks_batch(error), database.is_full(error)) == (breaks, full)


def test_other_errors_end_nothing():
    assert not database.breaks_batch(ValueError())
    assert not database.is_full(ValueError())

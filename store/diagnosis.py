"""What a technician may know of the file: counts, kinds, instants and states, never who or what somebody wrote."""

import fcntl
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from store import database, migrations
from store.database import Connection
from store.instants import moment
from store.upkeep import probe


@dataclass(frozen=True, slots=True)
class PrinterPast:
    """What the tables know of a printer: slips by state, and when (ms) and how the newest one ended."""

    slips: dict[str, int]
    ended_at: int | None
    note: str


def schema_steps(db: Connection) -> dict[str, list[str]]:
    """The steps that the file has taken, those that this version would add, and those it does not know."""
    wrapped, known = Database(db), migrations.migrations
    applied = [step.name for step in known.applied(wrapped)]
    every = [step.name for step in known._migrations]
    return {
        "applied": applied,
        "missing": [name for name in every if name not in applied],
        "unknown": [name for name in applied if name not in every],
    }


def table_counts(db: Connection) -> dict[str, int]:
    """Rows of every table."""
    names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
    return {name: int(db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for (name,) in names}


def newest_events(db: Connection, count: int) -> list[tuple[int, int, int, str]]:
    """Number, day, instant (ms) and kind of the newest events, newest first."""
    return list(db.execute("SELECT seq, day, at, kind FROM journal ORDER BY seq DESC LIMIT ?", (count,)))


def kinds_of_newest_day(db: Connection) -> dict[str, int]:
    """How often each kind of event happened on the newest day."""
    rows = db.execute(
        "SELECT kind, count(*) FROM journal WHERE seq > (SELECT coalesce(max(seq), 0) FROM journal"
        " WHERE kind = 'DayOpened') GROUP BY kind ORDER BY kind"
    )
    return dict(rows.fetchall())


def printers(db: Connection) -> dict[str, PrinterPast]:
    """Every printer that was ever asked for paper."""
    counted: dict[str, dict[str, int]] = {}
    for printer, state, count in db.execute("SELECT printer, state, count(*) FROM print_jobs GROUP BY 1, 2"):
        counted.setdefault(printer, {})[state] = count
    return {printer: PrinterPast(states, *_last_end(db, printer)) for printer, states in sorted(counted.items())}


def portal_messages(db: Connection) -> list[dict[str, object]]:
    """How many messages to the portal of each kind are in each state, and when the newest of them was asked for."""
    rows = db.execute(
        "SELECT kind, state, count(*), max(asked_at) FROM portal_messages GROUP BY kind, state ORDER BY kind, state"
    )
    return [
        {"kind": kind, "state": state, "count": count, "newest": moment(at).isoformat()}
        for kind, state, count, at in rows
    ]


def _last_end(db: Connection, printer: str) -> tuple[int | None, str]:
    row = db.execute(
        "SELECT ended_at, note FROM print_jobs WHERE printer = ? AND ended_at IS NOT NULL"
        " ORDER BY ended_at DESC LIMIT 1",
        (printer,),
    ).fetchone()
    return (row[0], row[1]) if row else (None, "")


def pages_are_whole(db: Connection) -> bool:
    """SQLite's quick look at every page."""
    return bool(db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")


def try_write(path: Path) -> None:
    """Write and roll back beside a running server; the schema stays as it is. Raises DatabaseError."""
    with closing(database.open_writer(path)) as db:
        db.execute("BEGIN IMMEDIATE")
        try:
            probe(db)
        finally:
            db.execute("ROLLBACK")


def is_served(path: Path) -> bool:
    """Whether a server holds the file."""
    lock = path.with_suffix(path.suffix + ".lock")
    if not lock.exists():
        return False
    with lock.open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False

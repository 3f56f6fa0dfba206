"""What must hold of a file and its tickets after any fault; and how to take the schema's own guard away."""

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from store import database, journal, upkeep
from tests.support.crowd import Furnished


def check_numbers(shown: list[str], kept: list[tuple[int, str, str]]) -> None:
    """Each number that a kiosk showed stands in the file once, and each queue's numbers have no gap."""
    assert len(shown) == len(set(shown)), f"given twice: {sorted({n for n in shown if shown.count(n) > 1})}"
    numbers = [number for _, _, number in kept]
    assert len(numbers) == len(set(numbers)), "a number stands twice in the file"
    missing = set(shown) - set(numbers)
    assert not missing, f"acknowledged and lost: {sorted(missing)}"
    queues = defaultdict(list)
    for day, queue, number in kept:
        queues[day, queue].append(int(number.split()[1]))
    for queue, found in queues.items():
        assert sorted(found) == list(range(1, len(found) + 1)), f"{queue} has gaps: {sorted(found)}"


def check_file(path: Path) -> None:
    """The journal's chain is whole, its replay gives the same tables, and the pages are sound."""
    db = database.open_reader(path)
    try:
        assert journal.verify(db) is None
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    finally:
        db.close()
    with tempfile.TemporaryDirectory() as folder:
        assert upkeep.replay_into(path, Path(folder) / "replayed.sqlite") == []


def allow_doubles(place: Furnished) -> None:
    """Take the schema's own guard away, so that a doubled number reaches the check."""
    db: Any = database.open_writer(place.file)
    rows = dict(db.execute("SELECT name, sql FROM sqlite_schema WHERE tbl_name = 'tickets' AND sql IS NOT NULL"))
    table = rows.pop("tickets").replace("UNIQUE (day, home, n)", "CHECK (n > 0)")
    assert "UNIQUE" not in table, "the schema guards the numbers otherwise by now"
    for statement in ("DROP TABLE tickets", table, *rows.values()):
        db.execute(statement)
    db.close()

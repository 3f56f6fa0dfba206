"""No operation of a day may search through old days: its cost would grow with every ticket ever given."""

import pytest

from tests.operations.whole_days import live_three_days
from tests.support.halls import Hall, new_hall

GROWING = (
    "tickets",
    "calls",
    "moves",
    "journal",
    "print_jobs",
    "portal_messages",
    "dossiers",
    "requests",
    "ratings",
)
# Once a day, over the answers of the last two days: they are few. And one step from the journal's end.
ALLOWED = ("DELETE FROM requests", "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
# A walk along an index that holds only what is open now is short however long the table is.
SHORT = ("tickets_waiting", "tickets_called", "tickets_parked", "tickets_directed", "_open")


def scans(hall: Hall, statements: set[str]) -> list[str]:
    """The statements that walk a growing table from end to end."""
    found = []
    for statement in sorted(statements):
        if not statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
            continue
        if statement.startswith(ALLOWED):
            continue
        for *_, step in hall.db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall():
            names = step.replace("SCAN ", "").split()
            if step.startswith("SCAN ") and names[0] in GROWING and not any(index in step for index in SHORT):
                found.append(f"{step}: {statement[:160]}")
    return found


def lived(hall: Hall) -> set[str]:
    """Every statement of three whole days."""
    said: set[str] = set()
    hall.db.set_trace_callback(said.add)
    live_three_days(hall.do, hall.clock)
    hall.db.set_trace_callback(None)
    return said


def test_no_operation_walks_through_the_past():
    hall = new_hall()
    assert scans(hall, lived(hall)) == []


@pytest.mark.planted
@pytest.mark.parametrize("index", ["tickets_called", "moves_of_counter", "calls_of_counter"])
def test_an_index_that_is_missing_is_found(index):
    hall = new_hall()
    said = lived(hall)
    hall.db.execute(f"DROP INDEX {index}")
    assert scans(hall, said) != []

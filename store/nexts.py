"""Whose turn comes next: of a queue, and at a counter. Numbers only, in the order of the keys."""

from collections.abc import Iterable, Sequence

from domain.routing import Head
from domain.tickets import shown_number
from store import tickets
from store.database import Connection

NOBODY = ""


def of_queues(db: Connection, queues: Iterable[str], most: int) -> dict[str, list[str]]:
    """The next numbers of each queue, at most two; whoever waits for one counter alone is not among them."""
    first = {queue: _first(tickets.heads(db, 0, NOBODY, [queue]), most) for queue in queues}
    numbers = _numbers(db, [ticket for line in first.values() for ticket in line])
    return {queue: [numbers[ticket] for ticket in line] for queue, line in first.items()}


def at_counter(db: Connection, counter: int, person: str, queues: Sequence[str], most: int) -> list[str]:
    """The next numbers at a counter that serves these queues."""
    first = _first(tickets.heads(db, counter, person, queues), most)
    numbers = _numbers(db, first)
    return [numbers[ticket] for ticket in first]


def _first(heads: Iterable[Head], most: int) -> list[int]:
    return [head.ticket for head in sorted(heads, key=lambda head: head.place)[:most]]


def _numbers(db: Connection, ids: Sequence[int]) -> dict[int, str]:
    marks = ", ".join("?" * len(ids))
    rows = db.execute(f"SELECT id, prefix, n, kept_from FROM tickets WHERE id IN ({marks})", ids)
    return {id_: shown_number(prefix, n, tickets.label(kept)) for id_, prefix, n, kept in rows}

"""Costs that must stay flat: a ticket and a call with a million old tickets in the file, and with many waiting.

Both files are worked on in turn, one operation each at a time and each its own COMMIT, so that a noisy neighbour
harms both alike. The old days are made by SQL, as no day could be lived through in a benchmark.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import clock
from bench.figures import Figure
from commands.centre import calendar_of
from commands.demo.hall import HERE as DEMO
from domain.centres import Centre, read_centre
from domain.days import local
from domain.tickets import milliseconds
from operations import calling, managing, shifts, ticketing
from settings import Settings
from store.store import Store
from store.writer import Act

A_DAY = 1000
FEW, MANY = 5, 200
ME = Act("bench")
COUNTER, CLERK, QUEUE = 1, "cb01", "ho-tich"
# `:n` old tickets, a thousand a day, each printed, called and served.
OLD = """
WITH RECURSIVE old(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM old WHERE i + 1 < :n)
INSERT INTO tickets (id, day, queue, prefix, n, state, key, arrived_at, ahead, language, kiosk, counter,
  called_at, ended_at, outcome, home, privileged, base, started_at, directed, note, turn)
SELECT :first + i, :day + i / 1000, q.value, 'A', i % 1000 / 8 + 1, 'finished', i * 1000, i * 1000, 0, 'vi',
  'device:K1', i % 12 + 1, i * 1000 + 600, i * 1000 + 900, 'served', q.value, 0, i * 1000, i * 1000 + 600, 0, '',
  :first + i
FROM old JOIN json_each(:queues) q ON q.key = i % 8;
INSERT INTO calls (seq, day, ticket, counter, at, kind, person, reason, policy, key, runner_up, privileged)
SELECT id, day, id, counter, called_at, 'call', 'cb01', '', 'due', key, NULL, 0
FROM tickets WHERE id >= :first AND id < :first + :n;
INSERT INTO moves (seq, ticket, counter, who, kind, at, standing, undone)
SELECT id, id, counter, 'cb01', 'call', called_at, '[]', 0
FROM tickets WHERE id >= :first AND id < :first + :n;
INSERT INTO print_jobs (id, printer, kind, subject, copy, state, note, asked_at, ended_at, grade, first_printer,
  pieces, total, rows, sha256, layout, status, tries)
SELECT id, 'P1', 'ticket', CAST(id AS TEXT), 1, 'confirmed', '', arrived_at, ended_at, 'printed', 'P1',
  49, 49, 998, printf('%064x', id), 1, '12 12 12', 1
FROM tickets WHERE id >= :first AND id < :first + :n;
INSERT INTO journal (seq, day, at, who, kind, payload, hash)
SELECT id, day, arrived_at, 'device:K1', 'QueueResumed', CAST('{"queue":"x"}' AS BLOB),
  zeroblob(32) FROM tickets WHERE id >= :first AND id < :first + :n
"""

# What a lived month has beside its calls: visits begun and ended, answers, estimates, people sent away.
BESIDE = 100_000_000
LIVED = """
INSERT INTO moves (seq, ticket, counter, who, kind, at, standing, undone)
SELECT seq + :beside, ticket, counter, who, 'start', at, '[]', 0 FROM moves WHERE kind = 'call';
INSERT INTO moves (seq, ticket, counter, who, kind, at, standing, undone)
SELECT m.seq + 2 * :beside, m.ticket, m.counter, m.who, 'finish', t.ended_at, '[]', 0
FROM moves m JOIN tickets t ON t.id = m.ticket WHERE m.kind = 'call';
INSERT INTO ratings (ticket, day, at, queue, counter, score, reason, seq)
SELECT id, day, ended_at, home, counter, 1 + id % 3, iif(id % 3, '', 'wait'), id FROM tickets WHERE id % 3 < 2;
INSERT INTO estimates
SELECT id, day, arrived_at, home, 'ordinary', 5 + id % 40, id % 40, 20 + id % 40, 'twin', NULL, called_at, 0
FROM tickets WHERE called_at IS NOT NULL;
INSERT INTO refusals (seq, at, queue, reason)
SELECT id, :now - id % 90 * 86400000, home, 'closing' FROM tickets WHERE id % 20 = 0
"""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many old tickets, and how often each operation is timed on each file."""

    old: int = 1_000_000
    rounds: int = 300


QUICK = Sizes(old=100_000, rounds=100)


@dataclass(slots=True)
class Side:
    """One file under measurement, and the seconds that its operations took."""

    store: Store
    issue: list[float] = field(default_factory=list)
    call: list[float] = field(default_factory=list)


def run(quick: bool) -> list[Figure]:
    """The three ratios."""
    return measure(QUICK if quick else Sizes())


def measure(sizes: Sizes) -> list[Figure]:
    """Old file against empty file, and many waiting against few."""
    with TemporaryDirectory(prefix="motcua-history-", dir=_on_disk()) as folder:
        with _hall(Path(folder) / "empty", 0, 0) as empty, _hall(Path(folder) / "old", sizes.old, 0) as old:
            _in_turn(sizes.rounds, (empty, old))
        with _hall(Path(folder) / "few", 0, FEW) as few, _hall(Path(folder) / "many", 0, MANY) as many:
            _in_turn(sizes.rounds, (few, many))
    return [
        ("issue_history_ratio", _ratio(old.issue, empty.issue), "of_empty"),
        ("call_history_ratio", _ratio(old.call, empty.call), "of_empty"),
        ("call_waiting_ratio", _ratio(many.call, few.call), "of_few"),
        ("issue_ms_empty", round(median(empty.issue) * 1000, 3), "ms"),
        ("call_ms_empty", round(median(empty.call) * 1000, 3), "ms"),
        ("old_tickets", sizes.old, "tickets"),
    ]


def _on_disk() -> str | None:
    return "/var/tmp" if Path("/var/tmp").is_dir() else None


def _ratio(some: list[float], others: list[float]) -> float:
    return round(median(some) / median(others), 3)


def _in_turn(rounds: int, sides: tuple[Side, Side]) -> None:
    """One ticket and one call on each file, again and again: as many wait at the end as at the start."""
    for turn in range(rounds):
        for side in sides if turn % 2 else sides[::-1]:
            side.issue.append(_timed(lambda s=side: _give(s.store)))  # type: ignore[misc]
            side.call.append(_timed(lambda s=side: _call(s.store)))  # type: ignore[misc]


def _timed(act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start


def _give(store: Store) -> None:
    store.write_now(ME, ticketing.take_ticket, QUEUE)


def _call(store: Store) -> None:
    store.write_now(Act(CLERK), calling.call_next, COUNTER, CLERK)


@contextmanager
def _hall(data: Path, old: int, waiting: int) -> Iterator[Side]:
    """An open demo centre whose file holds so many old tickets, and so many people waiting."""
    centre = read_centre((DEMO / "centre.toml").read_text(encoding="utf-8"))
    data.mkdir()
    store = Store(Settings(data=data).file, clock.now)
    _remember(store, centre, old)
    store.start()
    try:
        store.write_now(ME, managing.load_centre, centre, calendar_of(centre))
        store.write_now(Act(CLERK), shifts.open_shift, COUNTER, CLERK)
        for _ in range(waiting):
            _give(store)
        yield Side(store)
    finally:
        store.close()


def _remember(store: Store, centre: Centre, old: int) -> None:
    """Old days, a thousand tickets each, straight into the tables."""
    if not old:
        return
    queues = "[" + ",".join(f'"{queue.id}"' for queue in centre.queues[:8]) + "]"
    values = {"n": old, "first": 1, "day": 1, "queues": queues}
    db = store.writer.db
    db.execute("BEGIN")
    days, today = old // A_DAY, local(clock.now()).date()
    for number in range(1, days + 1):
        label = today - timedelta(days=days + 1 - number)
        db.execute("INSERT INTO days (id, label, opened_at) VALUES (?, ?, ?)", (number, label.isoformat(), number))
    for statement in OLD.split(";"):
        db.execute(statement, values)
    db.execute("COMMIT")


def live_through(store: Store) -> None:
    """What the old days' visits left beside their calls."""
    values = {"beside": BESIDE, "now": milliseconds(clock.now())}
    for statement in LIVED.split(";"):
        store.writer.db.execute(statement, values)

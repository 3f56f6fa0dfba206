"""Upgrades that kill themselves: `python killed_upgrades.py OLD FOLDER KIND STRIDE PLANTED`.

For every STRIDE-th k one forked child upgrades a copy of OLD with one more step (`second_day`) and sends itself
SIGKILL at the k-th statement or after k runs of SQLite's progress handler. Ends after the first k that kills
nobody. Prints how many were killed, and that k. PLANTED 1 upgrades without a transaction.
"""

import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path

from sqlite_utils import Database

from store import database, migrations

VIRTUAL_STEPS = 101
SECOND_DAY = (
    "CREATE TABLE stars (ticket INTEGER PRIMARY KEY, stars INTEGER NOT NULL)",
    "ALTER TABLE tickets ADD COLUMN origin TEXT NOT NULL DEFAULT 'kiosk'",
    "UPDATE tickets SET origin = 'counter' WHERE priority IS NOT NULL",
    "CREATE INDEX tickets_origin ON tickets (origin)",
    "INSERT INTO stars SELECT id, 5 FROM tickets",
)


@migrations.migrations()
def second_day(db: Database) -> None:
    for statement in SECOND_DAY:
        db.conn.execute(statement)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def upgrade_and_die(path: Path, kind: str, k: int, planted: bool) -> None:
    db, seen = database.open_writer(path), count(1)

    def step(*_: object) -> int:
        if next(seen) == k:
            die()
        return 0

    if kind == "statement":
        db.set_trace_callback(step)
    else:
        db.set_progress_handler(step, VIRTUAL_STEPS)
    if planted:
        for statement in SECOND_DAY:
            db.execute(statement)
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('motcua', 'second_day', '')"
        )
    else:
        migrations.upgrade(db)
    db.close()


def main(old: Path, folder: Path, kind: str, stride: int, planted: bool) -> None:
    killed = 0
    for k in count(1, stride):
        path = folder / f"{k}.sqlite"
        if old.exists():
            shutil.copy(old, path)
        child = os.fork()
        if child == 0:
            upgrade_and_die(path, kind, k, planted)
            os._exit(0)
        ended = os.waitpid(child, 0)[1]
        if ended == 0:
            break
        if not os.WIFSIGNALED(ended):
            raise SystemExit(f"the upgrade failed by itself at step {k}")
        killed += 1
    print("killed", killed, k)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5] == "1")

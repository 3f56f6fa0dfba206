"""Copies of the file and their proof: backup while running, restore, replay, checks."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from store import database, journal, migrations, projections
from store.database import Connection
from store.own_files import unused

PAGES_A_STEP = 512
SHED_MILLISECONDS = 500  # so long writers may wait once a night for readers that hold old pages


class BackupBad(RuntimeError):
    """The copy is not whole; it must not be trusted."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A verified copy: the newest event in it, its instant (ms), the newest day's label and the ticket count."""

    path: Path
    seq: int
    at: int | None
    day: str | None
    tickets: int
    journal_whole: bool


def back_up(source: Path, target: Path) -> Copy:
    """Copy the file while the server runs, in steps, verify the copy, then give it its name.

    Raises BackupBad when the copy does not verify, FileExistsError when the target is there.
    """
    if target.exists():
        raise FileExistsError(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    reader, copy = database.open_reader(source), sqlite3.connect(str(unfinished))
    try:
        # In one read view: otherwise every commit of the server makes the copy start again and never end.
        reader.execute("BEGIN")
        reader.execute("SELECT 1 FROM journal LIMIT 1").fetchone()
        reader.backup(copy, pages=PAGES_A_STEP)
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
        reader.close()
    unfinished.chmod(0o600)
    found = inspect(unfinished)
    database.flush(unfinished)
    unfinished.rename(target)
    database.flush(target.parent)
    return Copy(target, found.seq, found.at, found.day, found.tickets, found.journal_whole)


def inspect(path: Path) -> Copy:
    """Open a copy and prove it: pages, journal chain, counts. Raises BackupBad."""
    if not path.is_file():
        raise BackupBad(f"{path.name}: không có tệp này")
    db = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    try:
        verdict = db.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise BackupBad(f"{path.name}: tệp hỏng ({verdict})")
        broken = journal.verify(db)
        if broken is not None:
            raise BackupBad(f"{path.name}: nhật ký đứt ở sự kiện số {broken}")
        row = db.execute("SELECT seq, at FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        day = db.execute("SELECT label FROM days ORDER BY id DESC LIMIT 1").fetchone()
        given = db.execute("SELECT count(*) FROM tickets").fetchone()[0]
    except database.DatabaseError as error:
        raise BackupBad(f"{path.name}: không đọc được ({error})") from error
    finally:
        db.close()
    return Copy(path, row[0] if row else 0, row[1] if row else None, day[0] if day else None, given, True)


def restore(copy: Path, target: Path) -> Copy:
    """Put a proven copy in the place of the data file; what lay there is kept beside it as '.before-restore'.

    Raises BackupBad, and AlreadyRunning while a server holds the target.
    """
    inspect(copy)
    held = database.lock(target)
    try:
        fresh = target.with_name(target.name + ".restoring")
        fresh.write_bytes(copy.read_bytes())
        fresh.chmod(0o600)
        database.flush(fresh)
        if target.exists():
            _fold_wal_in(target)
            target.replace(unused(target.with_name(target.name + ".before-restore")))
        for rest in ("-wal", "-shm"):
            target.with_name(target.name + rest).unlink(missing_ok=True)
        fresh.rename(target)
        database.flush(target.parent)
        return inspect(target)
    finally:
        held.close()


def _fold_wal_in(path: Path) -> None:
    db = sqlite3.connect(str(path))
    try:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except database.DatabaseError:
        pass  # a damaged file is what restores are for; it is kept as it is
    finally:
        db.close()


def differences(one: Connection, other: Connection) -> list[str]:
    """Tables, outside vault and housekeeping, whose rows differ between two files."""
    left_out = (*migrations.VAULT, *migrations.HOUSEKEEPING)
    names = [name for name in database.own_tables(one) if name not in left_out]
    return [name for name in names if _rows(one, name) != _rows(other, name)]


def _rows(db: Connection, table: str) -> list[tuple]:  # type: ignore[type-arg]
    return list(db.execute(f"SELECT * FROM {table} ORDER BY 1, 2"))


def replay_into(source: Path, target: Path) -> list[str]:
    """Replay the journal of one file into a new one; gives the tables that come out different (none, or a bug)."""
    projections.make_sure()
    reader, writer = database.open_reader(source), database.open_writer(target)
    try:
        migrations.upgrade(writer)
        reader.execute("BEGIN")  # one moment of a file that others go on writing
        journal.replay(reader, writer)
        return differences(reader, writer)
    finally:
        reader.close()
        writer.close()


def shed_log(path: Path) -> bool:
    """Fold the log into the file and empty it, so that no page of before lies there; False while a reader holds it.

    What is deleted is overwritten in the file itself (`database.open_writer`: secure_delete).
    """
    db = database.open_writer(path)
    try:
        db.execute(f"PRAGMA busy_timeout = {SHED_MILLISECONDS}")
        busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        db.close()
    return not busy


def probe(db: Connection) -> None:
    """Write and roll back: whether the disk would take a ticket now. Raises DatabaseError."""
    db.execute("INSERT OR REPLACE INTO leases VALUES ('probe', 0, 0, 0, 0, '')")
    db.execute("DELETE FROM leases WHERE kind = 'probe'")

"""Opening the one SQLite file: linked version, pragmas, lock. Knows nothing of tickets or dossiers."""

import fcntl
import os
from pathlib import Path
from typing import IO, Any, TypeAlias
from urllib.parse import quote

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

# sqlite_utils hands out pysqlite3 where it is installed; the stock library has the WAL-reset bug (ADR 2).
Connection: TypeAlias = Any
SafeSince = (3, 51, 3)
BACK_PORTS = ((3, 44, 6), (3, 50, 7))
DatabaseError = sqlite3.Error
IntegrityError = sqlite3.IntegrityError


class UnsafeSQLite(RuntimeError):
    """The linked SQLite can lose committed rows in WAL mode; the server must not start on it."""


class AlreadyRunning(RuntimeError):
    """Another server holds this file."""


def linked_version() -> tuple[int, ...]:
    """The SQLite version that is really linked, for example (3, 53, 4)."""
    return tuple(int(part) for part in sqlite3.sqlite_version.split("."))


def is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite keeps what it committed: 3.51.3 or newer, or one of the two back-ports."""
    return version >= SafeSince or any(version[:2] == fix[:2] and version >= fix for fix in BACK_PORTS)


def check_linked_version(version: tuple[int, ...] | None = None) -> None:
    """Refuse SQLite below 3.51.3 (and the back-ports 3.44.6, 3.50.7): WAL-reset bug, sqlite.org/wal.html."""
    found = version or linked_version()
    if not is_safe(found):
        raise UnsafeSQLite(
            f"SQLite {'.'.join(map(str, found))} có lỗi làm mất dữ liệu đã ghi (chế độ WAL). "
            "Cài pysqlite3 >= 0.6.1 (SQLite 3.51.3 trở lên)."
        )


def open_writer(path: Path) -> Connection:
    """The writing connection: WAL, synchronous FULL (asserted: 'durable' is a promise), transactions by hand."""
    check_linked_version()
    created = not path.exists()
    db = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False, cached_statements=512)
    if created and str(path) != ":memory:":
        path.chmod(0o600)
    db.execute("PRAGMA busy_timeout = 5000")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    # What is deleted is overwritten: a freed page must not go on holding what a rule has removed.
    db.execute("PRAGMA secure_delete = ON")
    if db.execute("PRAGMA synchronous").fetchone() != (2,):
        raise UnsafeSQLite("không đặt được synchronous=FULL: số đã phát có thể mất khi mất điện")
    return db


def open_reader(path: Path) -> Connection:
    """A read-only connection; readers never wait for the writer (WAL)."""
    db = sqlite3.connect(
        f"file:{quote(str(path))}?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    db.execute("PRAGMA busy_timeout = 5000")
    db.execute("PRAGMA query_only = ON")
    return db


def open_beside(path: Path) -> Connection:
    """An empty file in memory, with the one at `path` beside it as `now`, read-only."""
    db = sqlite3.connect("file::memory:", uri=True, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA busy_timeout = 5000")
    db.execute("ATTACH ? AS now", (f"file:{quote(str(path))}?mode=ro",))
    return db


def lock(path: Path) -> IO[bytes]:
    """Hold the file against a second server until the process ends. Raises AlreadyRunning."""
    handle = path.with_suffix(path.suffix + ".lock").open("a+b")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        handle.close()
        raise AlreadyRunning(f"một máy chủ MotCua khác đang chạy trên {path}") from error
    handle.truncate(0)
    handle.write(str(os.getpid()).encode())
    handle.flush()
    return handle


def breaks_batch(error: Exception) -> bool:
    """Whether the error ended the whole transaction (disk full, I/O, corruption), not one operation."""
    name = getattr(error, "sqlite_errorname", "") or ""
    return name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_READONLY"))


def is_full(error: Exception) -> bool:
    """Whether the disk had no room: nothing was written, the server lives on."""
    return (getattr(error, "sqlite_errorname", "") or "").startswith("SQLITE_FULL")


def flush(path: Path) -> None:
    """Make sure that a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def own_tables(db: Connection) -> list[str]:
    """The names of the tables that hold rows of ours: no index of words, nothing of SQLite's own."""
    rows = db.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name")
    return [name for (name,) in rows if not name.startswith(("sqlite_", "_sqlite_"))]

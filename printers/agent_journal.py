"""What a print agent has begun to print, on the disk before the first byte: no job is ever printed twice.

A plain file of lines, because no SQLite is opened outside `store`; a line torn by a power cut is passed over.
"""

import os
from pathlib import Path

KEPT = 20_000
KEPT_AFTER_CLEANING = 10_000


class JournalTaken(Exception):
    """Another agent on this machine writes into the same journal."""


class AgentJournal:
    """The jobs begun here, by id and sha256: after a restore a number may come again with another slip."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        _hold(self._lock)
        self._begun = dict.fromkeys(_lines(path))
        if len(self._begun) > KEPT:
            self._clean()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(self._file, b"\n")  # parts whatever was torn from what comes next
        _sync_folder(path.parent)

    def has(self, job: str, sha256: str) -> bool:
        """Whether this job was begun before, whatever came of it."""
        return _line(job, sha256) in self._begun

    def begin(self, job: str, sha256: str) -> None:
        """From here on the job counts as begun; it is on the disk when this returns. Raises OSError."""
        line = _line(job, sha256)
        os.write(self._file, f"{line}\n".encode())
        os.fsync(self._file)
        self._begun[line] = None

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)
        os.close(self._lock)

    def _clean(self) -> None:
        self._begun = dict.fromkeys(list(self._begun)[-KEPT_AFTER_CLEANING:])
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="ascii") as target:
            target.write("".join(f"{line}\n" for line in self._begun))
            target.flush()
            os.fsync(target.fileno())
        fresh.replace(self._path)


def _line(job: str, sha256: str) -> str:
    return f"{job} {sha256}"


def _lines(path: Path) -> list[str]:
    if not path.exists():
        return []
    found = path.read_text(encoding="ascii", errors="replace").split("\n")
    return [line for line in found if len(line.partition(" ")[2]) == 64]


def _hold(handle: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: the server lets no second agent of this name in
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise JournalTaken from error


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""A memory of the sandbox that outlives the program: a file with a line of JSON for each record and each step."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from portal.sandbox.state import MAX_DOSSIERS, Counts, Record, State

LARGEST_FILE = 20_000_000  # bytes; a larger one is laid aside, and the memory begins anew


class Line(msgspec.Struct, omit_defaults=True):
    """A record with who sent it and when, or a step."""

    record: Record | None = None
    madonvi: str = ""
    at: datetime | None = None
    step: Record | None = None


class KeptState(State):
    """What came in is there again after a restart; counts and the log begin anew."""

    def __init__(self, path: Path, max_dossiers: int = MAX_DOSSIERS) -> None:
        """Raises OSError."""
        super().__init__(max_dossiers)
        if path.exists() and path.stat().st_size > LARGEST_FILE:
            path.replace(path.with_name(f"{path.name}.old"))
        path.touch(mode=0o600)
        for line in path.read_bytes().splitlines():
            with suppress(msgspec.MsgspecError, KeyError):  # a line that was being written when the power failed
                self._remember(msgspec.json.decode(line, type=Line))
        self._counts = Counts()
        self._file = path.open("ab", buffering=0)

    def store(self, record: Record, madonvi: str, now: datetime) -> None:
        super().store(record, madonvi, now)
        self._write(Line(record=record, madonvi=madonvi, at=now))

    def add_step(self, step: Record) -> bool:
        is_new = super().add_step(step)
        if is_new:
            self._write(Line(step=step))
        return is_new

    def clear(self) -> None:
        super().clear()
        self._file.truncate(0)

    def close(self) -> None:
        """Nothing is kept any more."""
        self._file.close()

    def _remember(self, line: Line) -> None:
        if line.record is not None and line.at is not None:
            self.keep(line.record, line.madonvi, line.at)
        elif line.step is not None:
            super().add_step(line.step)

    def _write(self, line: Line) -> None:
        with self._lock:
            self._file.write(b"\n" + msgspec.json.encode(line))

"""What the sandbox portal has received, in bounded memory: dossiers with their versions and steps,
counts, and a log of requests without personal data.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import msgspec

from portal.sandbox.files import Fetcher

Record = dict[str, Any]

MAX_DOSSIERS = 5000
MAX_VERSIONS = 50
MAX_KEPT_STEPS = 500
MAX_LOG = 500
HIDDEN_DIGITS = "*********"


@dataclass(slots=True)
class Counts:
    """How often something happened since the sandbox started."""

    requests: int = 0
    logins: int = 0
    inserts: int = 0
    updates: int = 0
    steps: int = 0
    repeated_steps: int = 0
    duplicates: int = 0
    expired: int = 0
    rejected: int = 0
    unknown_updates: int = 0
    warnings: int = 0
    overlapping: int = 0
    faults: int = 0
    forgotten_dossiers: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """One record as it came in, kept as JSON bytes: a tenth of the room of the parsed one."""

    received_at: datetime
    raw: bytes

    @property
    def record(self) -> Record:
        """The record, parsed anew."""
        parsed: Record = msgspec.json.decode(self.raw)
        return parsed


@dataclass(slots=True)
class Dossier:
    """All that came in about one dossier code. `version_count` also counts versions no longer kept."""

    code: str
    madonvi: str
    status: str = ""
    version_count: int = 0
    step_status: str = ""
    versions: deque[Version] = field(default_factory=lambda: deque(maxlen=MAX_VERSIONS))
    steps: deque[Record] = field(default_factory=lambda: deque(maxlen=MAX_KEPT_STEPS))

    @property
    def record(self) -> Record:
        """The newest record."""
        return self.versions[-1].record


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the log: who asked for what, what came of it."""

    received_at: datetime
    service: str
    dossier_codes: tuple[str, ...]
    outcome: str
    message: str
    warnings: tuple[str, ...] = ()
    fault: str = ""


class State:
    """The memory of one sandbox. Written by the server's thread, read by any."""

    def __init__(self, max_dossiers: int = MAX_DOSSIERS) -> None:
        self._lock = threading.Condition(threading.RLock())
        self._max_dossiers = max_dossiers
        self._dossiers: dict[str, Dossier] = {}
        self._in_flight: set[str] = set()
        self._counts = Counts()
        self._log: deque[Request] = deque(maxlen=MAX_LOG)
        self.generation = 0
        self.files = Fetcher(self._change)

    @property
    def counts(self) -> Counts:
        """A copy of the counts."""
        with self._lock:
            return Counts(*(getattr(self._counts, each.name) for each in fields(Counts)))

    @property
    def log(self) -> list[Request]:
        """The kept requests, newest first."""
        with self._lock:
            return list(reversed(self._log))

    @property
    def dossiers(self) -> dict[str, Dossier]:
        """The dossiers by code, in the order of their first arrival."""
        with self._lock:
            return dict(self._dossiers)

    def dossier(self, code: str) -> Dossier | None:
        """What came in about this code."""
        with self._lock:
            return self._dossiers.get(code)

    @property
    def in_flight(self) -> frozenset[str]:
        """The dossiers that a request now speaks of."""
        with self._lock:
            return frozenset(self._in_flight)

    def wait_until(self, condition: Callable[[State], bool], seconds: float = 5.0) -> bool:
        """Waits in another thread until `condition` of this state holds; False if it never did."""
        with self._lock:
            return self._lock.wait_for(lambda: condition(self), seconds)

    def clear(self) -> None:
        """Forgets everything, as if just started."""
        with self._lock:
            self._dossiers.clear()
            self._log.clear()
            self._counts = Counts()
            self.files.clear()
            self.generation += 1

    def count(self, name: str, times: int = 1) -> None:
        """Adds to one of the fields of Counts."""
        with self._lock:
            setattr(self._counts, name, getattr(self._counts, name) + times)

    def store(self, record: Record, madonvi: str, now: datetime) -> None:
        """Keeps a whole record as the newest version of its dossier, and fetches its files."""
        self.keep(record, madonvi, now)
        self.files.ask(record)

    def keep(self, record: Record, madonvi: str, now: datetime) -> None:
        """Keeps a whole record as the newest version of its dossier."""
        with self._lock:
            code = record["MaHoSo"]
            dossier = self._dossiers.get(code) or self._open(code, madonvi)
            dossier.versions.append(Version(now, msgspec.json.encode(record)))
            dossier.version_count += 1
            dossier.status = record["TrangThaiHoSo"]

    def add_step(self, step: Record) -> bool:
        """Keeps a progress step of a known dossier; False if the same step had come before."""
        with self._lock:
            dossier = self._dossiers[step["MaHoSo"]]
            if step in dossier.steps:
                self.count("repeated_steps")
                return False
            dossier.steps.append(step)
            dossier.step_status = step["TrangThai"]
            self.count("steps")
            return True

    def begin(self, codes: Sequence[str]) -> bool:
        """Marks dossiers as having a request in flight; True if one of them already had."""
        with self._lock:
            overlapping = not self._in_flight.isdisjoint(codes)
            self._in_flight.update(codes)
            if overlapping:
                self.count("overlapping")
            self._lock.notify_all()
            return overlapping

    def end(self, codes: Sequence[str]) -> None:
        """The request about these dossiers is answered or given up."""
        with self._lock:
            self._in_flight.difference_update(codes)
            self._lock.notify_all()

    def note(self, request: Request) -> None:
        """Writes one line of the log."""
        with self._lock:
            self._log.append(request)
            self._counts.requests += 1
            self._counts.warnings += len(request.warnings)
            self._counts.faults += bool(request.fault)
            self.generation += 1
            self._lock.notify_all()

    def _change(self) -> None:
        with self._lock:
            self.generation += 1
            self._lock.notify_all()

    def _open(self, code: str, madonvi: str) -> Dossier:
        while len(self._dossiers) >= self._max_dossiers:
            del self._dossiers[next(iter(self._dossiers))]
            self._counts.forgotten_dossiers += 1
        self._dossiers[code] = Dossier(code, madonvi)
        return self._dossiers[code]


def masked_name(name: str) -> str:
    """The initials of a person's name: "NGUYỄN VĂN A" -> "N. V. A."."""
    return " ".join(f"{part[0]}." for part in name.split())


def masked_number(number: str) -> str:
    """The last three characters of a number: "038090000001" -> "*********001"."""
    return HIDDEN_DIGITS + number[-3:] if len(number) > 3 else HIDDEN_DIGITS


def masked_owner(record: Mapping[str, Any]) -> str:
    """Who a dossier is for, as the page may show it."""
    numbers = [masked_number(row["SoDinhDanh"]) for row in record["DinhDanhCHS"]]
    return " · ".join(part for part in [masked_name(record.get("ChuHoSo", "")), *numbers] if part)

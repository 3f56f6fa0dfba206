"""Kiosks that are out of order, and how screens changed: heard or lost, browser, size, what they show."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.events import DeviceResumed, DeviceStopped
from domain.tickets import milliseconds
from store.database import Connection
from store.instants import instant, moment
from store.journal import Recorded, projects

KEPT_CHANGES = 40


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a kiosk is out of order (a key of `domain.devices.REASONS`), since when, until when if that was said."""

    reason: str
    since: datetime
    until: datetime | None
    who: str

    def holds(self, now: datetime) -> bool:
        """Whether it still counts at this instant."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Change:
    """A screen is another than before, since this instant: lost, back, or telling other things of itself."""

    device: str
    at: datetime
    heard: bool
    told: dict[str, Any]


def stopped(db: Connection) -> dict[str, Stop]:
    """The kiosks that a person has put out of order; the end of some may have passed."""
    rows = db.execute("SELECT device, reason, at, until, who FROM stopped_devices")
    return {row[0]: _stop(row[1:]) for row in rows}


def stop_of(db: Connection, device: str, now: datetime) -> Stop | None:
    """Why this kiosk is out of order now, None when it is not."""
    row = db.execute("SELECT reason, at, until, who FROM stopped_devices WHERE device = ?", (device,)).fetchone()
    stop = _stop(row) if row else None
    return stop if stop is not None and stop.holds(now) else None


def _stop(row: tuple) -> Stop:  # type: ignore[type-arg]
    return Stop(row[0], moment(row[1]), instant(row[2]), row[3])


def last_changes(db: Connection) -> dict[str, Change]:
    """How every screen was when it last changed."""
    rows = db.execute(
        "SELECT device, at, heard, told FROM device_changes WHERE id IN"
        " (SELECT max(id) FROM device_changes GROUP BY device)"
    )
    return {row[0]: _change(row) for row in rows}


def changes(db: Connection, device: str, most: int) -> list[Change]:
    """The newest changes of one screen, newest first."""
    rows = db.execute(
        "SELECT device, at, heard, told FROM device_changes WHERE device = ? ORDER BY id DESC LIMIT ?",
        (device, most),
    )
    return [_change(row) for row in rows]


def _change(row: tuple) -> Change:  # type: ignore[type-arg]
    return Change(row[0], moment(row[1]), bool(row[2]), json.loads(row[3]))


def keep_change(db: Connection, change: Change) -> None:
    """Note a change; the oldest of this screen are forgotten."""
    told = json.dumps(change.told, sort_keys=True)
    row = (change.device, milliseconds(change.at), change.heard, told)
    db.execute("INSERT INTO device_changes (device, at, heard, told) VALUES (?, ?, ?, ?)", row)
    db.execute(
        "DELETE FROM device_changes WHERE device = ? AND id NOT IN"
        " (SELECT id FROM device_changes WHERE device = ? ORDER BY id DESC LIMIT ?)",
        (change.device, change.device, KEPT_CHANGES),
    )


@projects(DeviceStopped)
def _stopped(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT OR REPLACE INTO stopped_devices VALUES (?, ?, ?, ?, ?)",
        (e.device, e.reason, recorded.at, e.until, recorded.who),
    )


@projects(DeviceResumed)
def _resumed(db: Connection, recorded: Recorded) -> None:
    db.execute("DELETE FROM stopped_devices WHERE device = ?", (recorded.event.device,))

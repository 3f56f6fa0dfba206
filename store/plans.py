"""Configurations in time: those that were in force, the one that is planned, drafts that wait for a word."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from domain.centres import Centre, from_data
from domain.errors import NotFound, msgid
from domain.events import CalendarLoaded, CentreLoaded, CentrePlanCancelled, CentrePlanned
from domain.tickets import milliseconds
from store import people
from store.centres import NoCentre
from store.database import Connection
from store.instants import instant, moment
from store.journal import Recorded, projects

DRAFT_LIVES = timedelta(days=1)
MOST_DRAFTS = 50


class UnknownConfiguration(NotFound):
    text = msgid("Không có cấu hình số %(number)s. Mời xem lại danh sách.")


class DraftGone(NotFound):
    text = msgid("Bản nháp này không còn. Mời bắt đầu lại từ trang cấu hình.")


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration that is or was in force: the number of its event, since when, and who decided it.

    `planned` is the instant of the decision, where it was planned ahead. Instant and person are None where the
    journal does not reach back so far.
    """

    number: int
    since: datetime | None
    who: str | None
    planned: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A configuration that waits for the first business day on or after `effective`; its people have no names."""

    number: int
    effective: date
    at: datetime
    who: str
    centre: Centre
    calendar: CalendarLoaded
    why: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A sealed text, and the number of the configuration that it changes; None where it is a whole file."""

    sealed: bytes
    base: int | None


_HISTORY = (
    "SELECT c.seq, j.at, coalesce(p.who, j.who), p.at, c.why FROM centre c LEFT JOIN journal j ON j.seq = c.seq"
    " LEFT JOIN plans p ON p.loaded = c.seq"
)


def history(db: Connection, most: int) -> list[Configuration]:
    """The newest configurations, the one in force first."""
    rows = db.execute(f"{_HISTORY} ORDER BY c.seq DESC LIMIT ?", (most,))
    return [Configuration(seq, instant(at), who, instant(planned), why) for seq, at, who, planned, why in rows]


def before(db: Connection, number: int) -> int | None:
    """The configuration that was in force before this one."""
    row = db.execute("SELECT max(seq) FROM centre WHERE seq < ?", (number,)).fetchone()
    return None if row[0] is None else int(row[0])


def number_in_force(db: Connection) -> int:
    """The event that put the configuration of now in force; 0 before the first one."""
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM centre").fetchone()[0])


def in_force(db: Connection) -> Centre:
    """The configuration of now with the names of its people. Raises NoCentre."""
    number = number_in_force(db)
    if not number:
        raise NoCentre()
    return of_number(db, number)


def of_number(db: Connection, number: int) -> Centre:
    """A configuration that was in force, with names from the vault. Raises UnknownConfiguration."""
    row = db.execute("SELECT document FROM centre WHERE seq = ?", (number,)).fetchone()
    if row is None:
        raise UnknownConfiguration(number=number)
    return people.named(from_data(json.loads(row[0])), people.names(db))


_PLANS = (
    "SELECT seq, effective, at, who, document, calendar, why FROM plans WHERE loaded IS NULL AND cancelled IS NULL"
)


def waiting(db: Connection) -> Plan | None:
    """The configuration that is planned."""
    row = db.execute(f"{_PLANS} ORDER BY seq DESC LIMIT 1").fetchone()
    if row is None:
        return None
    seq, effective, at, who, document, calendar, why = row
    found, version = from_data(json.loads(document)), CalendarLoaded(**json.loads(calendar))
    return Plan(seq, date.fromisoformat(effective), moment(at), who, found, version, why)


def is_due(db: Connection, today: date) -> bool:
    """Whether a planned configuration comes into force on a business day of this date."""
    return db.execute(f"{_PLANS} AND effective <= ?", (today.isoformat(),)).fetchone() is not None


def named(db: Connection, plan: Plan) -> Centre:
    """The planned configuration with the names that came with it."""
    rows = db.execute("SELECT person, login, name FROM planned_people WHERE plan = ?", (plan.number,))
    return people.named(plan.centre, {person: (login, name) for person, login, name in rows})


def keep_names(db: Connection, plan: int, centre: Centre) -> None:
    """Put the names of a planned configuration into the vault until it is in force."""
    rows = [(plan, person.id, person.login, person.name) for person in centre.people]
    db.executemany("INSERT INTO planned_people VALUES (?, ?, ?, ?)", rows)


def forget_names(db: Connection, plan: int) -> None:
    """Drop the names of a plan that is over."""
    db.execute("DELETE FROM planned_people WHERE plan = ?", (plan,))


def keep_draft(db: Connection, sealed: bytes, base: int | None, now: datetime) -> int:
    """Keep a sealed text for a day, so that what is shown is what is decided on; gives its number."""
    db.execute("DELETE FROM drafts WHERE at < ?", (milliseconds(now - DRAFT_LIVES),))
    row = (milliseconds(now), sealed, base)
    kept = db.execute("INSERT INTO drafts (at, sealed, base) VALUES (?, ?, ?)", row).lastrowid
    db.execute("DELETE FROM drafts WHERE id <= ?", (kept - MOST_DRAFTS,))
    return int(kept)


def draft(db: Connection, number: int) -> Draft:
    """A draft that is kept. Raises DraftGone."""
    row = db.execute("SELECT sealed, base FROM drafts WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise DraftGone()
    return Draft(bytes(row[0]), row[1])


@projects(CentrePlanned)
def _planned(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    row = (recorded.seq, e.effective, recorded.at, recorded.who, _json(e.centre), _json(e.calendar), e.why)
    db.execute("INSERT INTO plans VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, ?)", row)


@projects(CentreLoaded)
def _loaded(db: Connection, recorded: Recorded) -> None:
    if recorded.event.plan is not None:
        db.execute("UPDATE plans SET loaded = ? WHERE seq = ?", (recorded.seq, recorded.event.plan))


@projects(CentrePlanCancelled)
def _cancelled(db: Connection, recorded: Recorded) -> None:
    db.execute("UPDATE plans SET cancelled = ? WHERE seq = ?", (recorded.seq, recorded.event.plan))


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True)

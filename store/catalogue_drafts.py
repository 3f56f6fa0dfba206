"""The portal's catalogue as far as it was fetched: a draft that takes no effect until a manager says so.

It may be forgotten: then it is fetched again.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from domain.procedures import Procedure
from domain.tickets import milliseconds
from store.database import Connection
from store.instants import instant, moment
from store.procedures import canonical, from_record, to_record


@dataclass(frozen=True, slots=True)
class CatalogueRun:
    """One fetching of the whole list; `ended_at` None while some of its codes are still to be asked for."""

    number: int
    at: datetime
    codes: tuple[str, ...]
    ended_at: datetime | None


def start(db: Connection, at: datetime, codes: list[str]) -> int:
    """A new list; what was fetched for the one before goes."""
    db.execute("DELETE FROM catalogue_rows")
    db.execute("DELETE FROM catalogue_runs")
    row = db.execute(
        "INSERT INTO catalogue_runs (at, codes) VALUES (?, ?) RETURNING id", (milliseconds(at), json.dumps(codes))
    ).fetchone()
    return int(row[0])


def newest(db: Connection) -> CatalogueRun | None:
    """The list that was fetched last."""
    row = db.execute("SELECT id, at, codes, ended_at FROM catalogue_runs ORDER BY id DESC LIMIT 1").fetchone()
    return CatalogueRun(row[0], moment(row[1]), tuple(json.loads(row[2])), instant(row[3])) if row else None


def end(db: Connection, at: datetime) -> None:
    """Every code of the list has been asked for."""
    db.execute("UPDATE catalogue_runs SET ended_at = ? WHERE ended_at IS NULL", (milliseconds(at),))


def keep_row(db: Connection, code: str, found: Procedure | None, at: datetime) -> None:
    """What the portal said of this code; None: nothing that can be read."""
    record = canonical(to_record(found)) if found else ""
    db.execute("INSERT OR REPLACE INTO catalogue_rows VALUES (?, ?, ?)", (code, record, milliseconds(at)))


def fetched(db: Connection) -> set[str]:
    """The codes that have been asked for."""
    return {row[0] for row in db.execute("SELECT code FROM catalogue_rows")}


def rows(db: Connection) -> list[Procedure]:
    """Every readable procedure of the draft, by code."""
    found = db.execute("SELECT record FROM catalogue_rows WHERE record <> '' ORDER BY code")
    return [from_record(json.loads(row[0])) for row in found]


def unreadable(db: Connection) -> list[str]:
    """The codes whose answer could not be read."""
    return [row[0] for row in db.execute("SELECT code FROM catalogue_rows WHERE record = '' ORDER BY code")]


def drop(db: Connection, code: str) -> None:
    """The difference of this code was decided."""
    db.execute("UPDATE catalogue_rows SET record = '' WHERE code = ?", (code,))

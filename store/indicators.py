"""What the indicators of Decision 766 count over the centre's own dossiers, and the dossiers behind lost points.

Everything is as it is known now; a dossier is named by its code only. Of people's opinions whole fives alone
(`store.ratings`), never a visit.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.days import local
from domain.dossiers import Status
from domain.fees import FeeState, Means
from domain.indicators import Count, Id, Lack, content
from domain.tickets import milliseconds
from store import ratings, reports
from store.database import Connection
from store.dossier_lists import OWN, Sight
from store.figures import HOUR, LOCAL_HOURS
from store.instants import moment

DAY = 24 * HOUR
# Report groups (portal.md 5): not accepted, finished (with 7 in the index), suspended.
NOT_ACCEPTED = (Status.NEW, Status.REFUSED)
FINISHED = (Status.WITHDRAWN, Status.DONE, Status.RETURNED)
WITH_RESULT = (Status.DONE, Status.RETURNED)
CLOCKED = (Status.RECEIVED, Status.UNDER_WAY, *FINISHED)
EVERYTHING = Sight()


@dataclass(frozen=True, slots=True)
class Period:
    """The dossiers of [since, until), judged at `now`, as far as the reader sees."""

    since: datetime
    until: datetime
    now: datetime
    sight: Sight = EVERYTHING

    @property
    def judged_at(self) -> datetime:
        """The last moment of the period, or now while it lasts: what was open then is judged then."""
        return min(self.now, moment(milliseconds(self.until) - 1))


@dataclass(frozen=True, slots=True)
class Behind:
    """A dossier that is counted below and not above: what it lacks and since when; `of` has it now."""

    code: str
    procedure: str
    unit: str
    lack: Lack
    since: datetime


def list_of(values: Collection[int | str]) -> str:
    """Constants for SQL."""
    return ", ".join(repr(v) if isinstance(v, str) else str(int(v)) for v in values)


_RECEIVED = f"""d.received_at >= :since AND d.received_at < :until
  AND d.status NOT IN ({list_of(NOT_ACCEPTED)}) AND {OWN}"""
# Under the clock at some time in the period: carried over or received in it, and not at rest now.
_COURSE = f"""d.received_at < :until AND (d.finished_at IS NULL OR d.finished_at >= :since)
  AND d.status IN ({list_of(CLOCKED)}) AND {OWN}"""
_COMPLETED = f"""d.received_at < :until AND d.finished_at >= :since AND d.finished_at < :until
  AND d.status IN ({list_of(WITH_RESULT)}) AND {OWN}"""
_ZONE = LOCAL_HOURS * HOUR
# All that is counted stands in this index: its rows are a tenth of the table's.
_COVERED = "dossiers d INDEXED BY dossiers_received"


def date_of(instant: str) -> str:
    return f"(({instant} + {_ZONE}) / {DAY})"


# By local dates only, as the index compares them (domain.deadlines.verdict); what has no due date is never late.
_LATE = f"coalesce({date_of('min(coalesce(d.finished_at, :judged), :judged)')} > {date_of('d.due')}, 0)"
_SYNCED = """EXISTS (SELECT 1 FROM portal_messages m WHERE m.dossier = d.code AND m.kind = 'dossier'
  AND m.state = 'acknowledged')"""
_DUTY = f"f.amount > 0 AND f.state <> '{FeeState.CANCELLED}'"
_ONLINE = f"(f.state = '{FeeState.PAID}' AND f.means = '{Means.ONLINE}')"
_NOT_ONLINE = f"EXISTS (SELECT 1 FROM fees f WHERE f.dossier = d.code AND {_DUTY} AND NOT {_ONLINE})"
_IS_RESULT = "a.part = 'result'"
_IS_REUSED = "(a.part = 'submitted' AND a.reused)"
_OPENS = "EXISTS (SELECT 1 FROM file_links l WHERE l.file = a.id AND l.expires > :now)"


def _file(holds: str) -> str:
    return f"EXISTS (SELECT 1 FROM attachments a WHERE a.dossier = d.code AND a.removed_at IS NULL AND {holds})"


_ELECTRONIC, _REUSED = _file(_IS_RESULT), _file(_IS_REUSED)
_LINKED = _file(f"{_IS_RESULT} AND {_OPENS}")
_DUE_RESULT = f"d.status IN ({list_of(WITH_RESULT)})"


def counted(db: Connection, period: Period, queues: Collection[str] | None = None) -> list[tuple[Id, Count]]:
    """Every indicator of the period; opinions of these queues, None: of all."""
    values = values_of(period)
    # Each table is asked once a dossier: a year of them is looked at while somebody waits.
    received, synced, duty, online, due, linked, digitised, reused = db.execute(
        f"""WITH found AS MATERIALIZED (
          SELECT {_DUE_RESULT} AS due, {_SYNCED} AS synced,
            (SELECT max(1 + NOT {_ONLINE}) FROM fees f WHERE f.dossier = d.code AND {_DUTY}) AS fees,
            (SELECT max({_IS_RESULT}) + 2 * max({_IS_REUSED}) + 4 * max({_IS_RESULT} AND {_OPENS})
              FROM attachments a WHERE a.dossier = d.code AND a.removed_at IS NULL) AS files
          FROM {_COVERED} WHERE {_RECEIVED})
        SELECT count(*), total(synced), total(fees > 0), total(fees = 1), total(due), total(due AND files & 4),
          total(files & 1), total(files & 2 > 0) FROM found""",
        values,
    ).fetchone()
    on_time = on_time_of(db, period)
    done, lasted = db.execute(
        # Whole seconds, as the portal has them.
        "SELECT count(*), total(max(0, d.finished_at / 1000 - d.received_at / 1000))"
        f" FROM {_COVERED} WHERE {_COMPLETED}",
        values,
    ).fetchone()
    late = Count(on_time.below - on_time.above, on_time.below)
    return [
        (Id.SYNCED, Count(synced, received)),
        (Id.ON_TIME, on_time),
        (Id.DAYS, Count(lasted * 1000 / DAY, done)),
        (Id.PAID_ONLINE, Count(online, int(duty))),
        (Id.LINKED, Count(linked, int(due))),
        (Id.DIGITISED, Count(digitised, received)),
        (Id.REUSED, Count(reused, received)),
        (Id.CONTENT, content(late, _disliked(db, period, queues))),
    ]


def on_time_of(db: Connection, period: Period) -> Count:
    """2.1 alone: done on time or still within term, over all that were under the clock in the period."""
    below, late = db.execute(
        f"SELECT count(*), total({_LATE}) FROM {_COVERED} WHERE {_COURSE}", values_of(period)
    ).fetchone()
    return Count(below - late, below)


def synced_of(db: Connection, period: Period) -> Count:
    """1.4 alone: known to the portal, over all received in the period."""
    below, above = db.execute(
        f"SELECT count(*), total({_SYNCED}) FROM {_COVERED} WHERE {_RECEIVED}", values_of(period)
    ).fetchone()
    return Count(above, below)


def _disliked(db: Connection, period: Period, queues: Collection[str] | None) -> Count:
    first, last = (local(at).date() for at in (period.since, period.judged_at))
    days = reports.days_between(db, first, last)
    fives = [
        five for five in ratings.fives_of(db, (day.id for day in days)) if queues is None or five.queue in queues
    ]
    answers = sum(five.answers for five in fives)
    return Count(answers - sum(five.satisfied for five in fives), answers)


_UNTOLD = """coalesce((SELECT iif(max(m.state = 'parked'), 'parked', 'waits') FROM portal_messages m
  WHERE m.dossier = d.code HAVING count(*)), 'untold')"""
_UNPAID = f"""iif(EXISTS (SELECT 1 FROM fees f WHERE f.dossier = d.code AND {_DUTY}
  AND f.state NOT IN ('{FeeState.PAID}', '{FeeState.REFUNDED}')), 'unpaid', 'paid-otherwise')"""
_ONCE_LINKED = _file(f"{_IS_RESULT} AND EXISTS (SELECT 1 FROM file_links l WHERE l.file = a.id)")
_UNLINKED = f"""CASE WHEN NOT {_ELECTRONIC} THEN 'no-result' WHEN {_ONCE_LINKED} THEN 'link-expired'
  ELSE 'no-link' END"""
_ASKED = f"(SELECT min(f.asked_at) FROM fees f WHERE f.dossier = d.code AND {_DUTY})"
_DONE_AT = "coalesce(d.finished_at, d.received_at)"
_LATE_HOW = "iif(d.finished_at <= :judged, 'late-done', 'late-open')"
# For each indicator: which dossiers, what they lack, since when.
_LISTS: dict[Id, tuple[str, str, str]] = {
    Id.SYNCED: (f"{_RECEIVED} AND NOT {_SYNCED}", _UNTOLD, "d.received_at"),
    Id.ON_TIME: (f"{_COURSE} AND {_LATE}", _LATE_HOW, "d.due"),
    Id.PAID_ONLINE: (f"{_RECEIVED} AND {_NOT_ONLINE}", _UNPAID, _ASKED),
    Id.LINKED: (f"{_RECEIVED} AND {_DUE_RESULT} AND NOT {_LINKED}", _UNLINKED, _DONE_AT),
    Id.DIGITISED: (
        f"{_RECEIVED} AND NOT {_ELECTRONIC}",
        f"iif({_DUE_RESULT}, 'no-result', 'not-done')",
        f"iif({_DUE_RESULT}, {_DONE_AT}, d.received_at)",
    ),
    Id.REUSED: (f"{_RECEIVED} AND NOT {_REUSED}", "'not-reused'", "d.received_at"),
}
_LISTS[Id.CONTENT] = _LISTS[Id.ON_TIME]


def behind(db: Connection, of: Id, period: Period, count: int, skip: int = 0) -> list[Behind]:
    """The dossiers behind the lost points of an indicator, those that lack longest first."""
    which, lack, since = _LISTS[of]
    rows = db.execute(
        f"SELECT d.code, d.procedure, d.unit, {lack}, {since} AS since FROM {_COVERED} WHERE {which}"
        " ORDER BY since, d.seq LIMIT :count OFFSET :skip",
        values_of(period) | {"count": count, "skip": skip},
    )
    return [Behind(code, procedure, unit, Lack(why), moment(at)) for code, procedure, unit, why, at in rows]


def values_of(period: Period) -> dict[str, Any]:
    return {
        "since": milliseconds(period.since), "until": milliseconds(period.until),
        "now": milliseconds(period.now), "judged": milliseconds(period.judged_at),
        "agency": period.sight.agency, "people": json.dumps(period.sight.colleagues),
    }  # fmt: skip

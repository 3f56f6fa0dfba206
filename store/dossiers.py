"""Dossiers and their steps. What was written of them stands sealed in the vault."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.dossier_events import DossierArrived, DossierCorrected, DossierReceived, DossierStepped
from domain.dossiers import Act, Status
from domain.keeping import DataGone
from domain.tickets import milliseconds
from store.database import Connection
from store.instants import instant, moment
from store.journal import Recorded, projects


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier without what was written of it; `counter` None: it came from the portal.

    `unit` has it now, `handed_to` has been given it and has not taken it over (empty: nobody). `received_at` of one
    that is not accepted yet is its arrival. `facts`: owner_kind, channel, delivery, due_rule, calendar, decides,
    batch, case and answer_by where they are known.
    """

    code: str
    seq: int
    day: int
    ticket: int | None
    counter: int | None
    person: str
    procedure: str
    agency: str
    particulars: int
    received_at: datetime
    due: datetime | None
    status: Status
    facts: dict[str, Any]
    unit: str
    steps: int
    supplements: int
    extended: int
    submitted_at: datetime
    finished_at: datetime | None
    returned_at: datetime | None
    handed_to: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done with a dossier; `due` as it was from then on."""

    number: int
    seq: int
    at: datetime
    person: str
    act: Act
    before: Status
    after: Status
    unit: str
    words: int | None
    due: datetime | None
    facts: dict[str, Any]
    beyond: bool


_COLUMNS = (
    "code, seq, day, ticket, counter, person, procedure, agency, particulars, received_at, due, status, facts,"
    " unit, steps, supplements, extended, submitted_at, finished_at, returned_at, handed_to"
)


def _dossier(row: tuple) -> Dossier:  # type: ignore[type-arg]
    (code, seq, day, ticket, counter, person, procedure, agency, particulars, received, due, status, facts,
     unit, steps, supplements, extended, submitted, finished, returned, handed_to) = row  # fmt: skip
    return Dossier(
        code, seq, day, ticket, counter, person, procedure, agency, particulars, moment(received), instant(due),
        Status(status), json.loads(facts), unit, steps, supplements, extended, moment(submitted), instant(finished),
        instant(returned), handed_to,
    )  # fmt: skip


def find(db: Connection, code: str) -> Dossier | None:
    """The dossier with this code."""
    row = db.execute(f"SELECT {_COLUMNS} FROM dossiers WHERE code = ?", (code,)).fetchone()
    return _dossier(row) if row else None


def newest(db: Connection, count: int = 50, counter: int | None = None) -> list[Dossier]:
    """The dossiers received last, newest first, at one counter or at all."""
    here, values = ("", (count,)) if counter is None else ("WHERE counter = ?", (counter, count))
    rows = db.execute(f"SELECT {_COLUMNS} FROM dossiers {here} ORDER BY seq DESC LIMIT ?", values)
    return [_dossier(row) for row in rows]


def by_numbers(db: Connection, numbers: Iterable[int]) -> list[Dossier]:
    """The dossiers of these numbers in the journal, newest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM dossiers WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq DESC",
        (json.dumps(list(numbers)),),
    )
    return [_dossier(row) for row in rows]


def together(db: Connection, first: str) -> list[Dossier]:
    """The dossiers that one representative handed in together, by the code of the first."""
    found = find(db, first)
    if found is None:
        return []
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM dossiers WHERE seq >= ? AND day = ? AND (code = ? OR facts ->> 'batch' = ?)"
        " ORDER BY seq LIMIT 100",
        (found.seq, found.day, first, first),
    )
    return [_dossier(row) for row in rows]


def standing(
    db: Connection, statuses: Iterable[Status], before: datetime | None = None, count: int = 500
) -> list[Dossier]:
    """The dossiers that stand so, those due first before the others; `before`: only those due before it."""
    marks, until = json.dumps([int(one) for one in statuses]), "AND due < ?2" if before else ""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM dossiers WHERE status IN (SELECT value FROM json_each(?1)) {until}"
        " ORDER BY due IS NULL, due, seq LIMIT ?3",
        (marks, milliseconds(before) if before else 0, count),
    )
    return [_dossier(row) for row in rows]


def received_between(db: Connection, first: int, last: int, count: int = -1) -> list[Dossier]:
    """The dossiers received from the first instant (ms) to before the last, in the order of their coming."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM dossiers WHERE received_at >= ? AND received_at < ? ORDER BY seq LIMIT ?",
        (first, last, count),
    )
    return [_dossier(row) for row in rows]


def steps_of(db: Connection, code: str) -> list[Step]:
    """All that was done with this dossier, in order."""
    rows = db.execute(
        "SELECT number, seq, at, person, act, before, after, unit, words, due, facts, beyond FROM dossier_steps"
        " WHERE dossier = ? ORDER BY number",
        (code,),
    )
    return [
        Step(n, seq, moment(at), person, Act(act), Status(before), Status(after), unit, words, instant(due),
             json.loads(facts), bool(beyond))
        for n, seq, at, person, act, before, after, unit, words, due, facts, beyond in rows
    ]  # fmt: skip


def as_of(dossier: Dossier, steps: Iterable[Step], number: int) -> Dossier:
    """The dossier as it stood after its step of this number (0: as it came in): what the portal is told of it."""
    first_due = dossier.facts["due_first"]
    stood = replace(
        dossier, status=Status(dossier.facts["status_first"]), due=instant(first_due), steps=0, supplements=0,
        extended=0, unit=dossier.agency, finished_at=None, returned_at=None, handed_to="",
    )  # fmt: skip
    for step in steps:
        if step.number <= number:
            stood = _stepped_on(stood, step)
    return stood


def _stepped_on(dossier: Dossier, step: Step) -> Dossier:
    return replace(
        dossier,
        status=step.after, due=step.due, unit=step.unit, steps=step.number,
        supplements=dossier.supplements + (step.act is Act.ASK_SUPPLEMENT),
        extended=dossier.extended + (step.act is Act.EXTEND),
        received_at=step.at if step.act is Act.ACCEPT else dossier.received_at,
        finished_at=step.at if step.act in _FINISHING else dossier.finished_at,
        returned_at=step.at if step.act is Act.RETURN else dossier.returned_at,
        handed_to=_on_its_way(dossier, step),
    )  # fmt: skip


def _on_its_way(dossier: Dossier, step: Step) -> str:
    if step.act is Act.HAND_OVER:
        return str(step.facts["to"])
    return "" if step.act is Act.TAKE_OVER else dossier.handed_to


_FINISHING = frozenset({Act.RESOLVE, Act.REFUSE, Act.WITHDRAW})


def last_number(db: Connection, prefix: str) -> int:
    """The highest number given under '<agency>-<yyMMdd>-'; 0 when none. Numbers are never reused."""
    row = db.execute(
        "SELECT max(CAST(substr(code, ?) AS INTEGER)) FROM dossiers WHERE code >= ? AND code < ?",
        (len(prefix) + 1, prefix, prefix + "~"),
    ).fetchone()
    return int(row[0] or 0)


def keep_particulars(db: Connection, sealed: bytes) -> int:
    """Put sealed particulars into the vault; gives the number that events name."""
    return int(db.execute("INSERT INTO particulars (sealed) VALUES (?) RETURNING id", (sealed,)).fetchone()[0])


def sealed_particulars(db: Connection, particulars: int) -> bytes:
    """The sealed particulars of one dossier. Raises DataGone."""
    return _sealed(db.execute("SELECT sealed FROM particulars WHERE id = ?", (particulars,)).fetchone())


def forget_particulars(db: Connection, particulars: int) -> None:
    """Others stand in their place now."""
    db.execute("DELETE FROM particulars WHERE id = ?", (particulars,))


def check_kept(db: Connection, dossier: Dossier) -> None:
    """Whether it is still known whose dossier it is: without that nothing new is done with it. Raises DataGone."""
    if db.execute("SELECT 1 FROM particulars WHERE id = ?", (dossier.particulars,)).fetchone() is None:
        raise DataGone()


def keep_words(db: Connection, sealed: bytes) -> int:
    """Put what somebody wrote of a step into the vault; gives the number that the event names."""
    return int(db.execute("INSERT INTO dossier_words (sealed) VALUES (?) RETURNING id", (sealed,)).fetchone()[0])


def sealed_words(db: Connection, words: int) -> bytes:
    """What was written of one step, sealed. Raises DataGone."""
    return _sealed(db.execute("SELECT sealed FROM dossier_words WHERE id = ?", (words,)).fetchone())


def _sealed(row: tuple[bytes] | None) -> bytes:
    if row is None:
        raise DataGone()
    return bytes(row[0])


@projects(DossierReceived)
def _received(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    facts = {
        "owner_kind": e.owner_kind, "channel": e.channel, "delivery": e.delivery, "due_rule": e.due_rule,
        "calendar": e.calendar, "decides": e.decides, "batch": e.batch, "case": e.case,
        "status_first": Status.RECEIVED, "due_first": e.due,
    }  # fmt: skip
    _enter(db, recorded, e.ticket, e.counter, e.person, recorded.at, e.due, Status.RECEIVED, facts)


@projects(DossierArrived)
def _arrived(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    facts = {
        "owner_kind": e.owner_kind, "channel": ONLINE, "delivery": e.delivery, "due_rule": {}, "calendar": "",
        "decides": e.decides, "batch": "", "case": "", "status_first": Status.NEW, "due_first": None,
        "answer_by": e.answer_by,
    }  # fmt: skip
    _enter(db, recorded, None, None, "", e.submitted_at, None, Status.NEW, facts)


ONLINE = 2


def _enter(
    db: Connection, recorded: Recorded, ticket: int | None, counter: int | None, person: str, submitted: int,
    due: int | None, status: Status, facts: dict[str, Any],
) -> None:  # fmt: skip
    e = recorded.event
    db.execute(
        f"INSERT INTO dossiers ({_COLUMNS}, decides)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, NULL, NULL, '', ?)",
        (e.code, recorded.seq, recorded.day, ticket, counter, person, e.procedure, e.agency, e.particulars,
         recorded.at, due, int(status), json.dumps(facts, ensure_ascii=False), e.agency, submitted, e.decides),
    )  # fmt: skip
    db.execute("INSERT INTO dossier_codes (rowid, code) VALUES (?, ?)", (recorded.seq, e.code))


@projects(DossierStepped)
def _stepped(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO dossier_steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (e.code, e.number, recorded.seq, recorded.at, e.person, e.act, e.before, e.after, e.unit, e.words, e.due,
         json.dumps(e.facts, ensure_ascii=False), e.beyond),
    )  # fmt: skip
    dossier = find(db, e.code)
    assert dossier is not None, "an event names a dossier that was entered before"
    step = Step(
        e.number, recorded.seq, moment(recorded.at), e.person, Act(e.act), Status(e.before), Status(e.after),
        e.unit, e.words, instant(e.due), e.facts, e.beyond,
    )  # fmt: skip
    after = _stepped_on(dossier, step)
    facts = {**dossier.facts, "due_rule": e.due_rule or dossier.facts["due_rule"]}
    db.execute(
        "UPDATE dossiers SET status = ?, due = ?, facts = ?, unit = ?, steps = ?, supplements = ?, extended = ?,"
        " received_at = ?, finished_at = ?, returned_at = ?, handed_to = ? WHERE code = ?",
        (int(after.status), e.due, json.dumps(facts, ensure_ascii=False), after.unit, after.steps,
         after.supplements, after.extended, _ms(after.received_at), _ms(after.finished_at), _ms(after.returned_at),
         after.handed_to, e.code),
    )  # fmt: skip


def _ms(at: datetime | None) -> int | None:
    return None if at is None else milliseconds(at)


@projects(DossierCorrected)
def _corrected(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("UPDATE dossiers SET particulars = ? WHERE code = ?", (e.particulars, e.code))

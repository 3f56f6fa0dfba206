"""Personal data past their time: whose they are, how they leave the file, and what has left it by rule.

The vault is emptied here, never by a projection: replaying a journal must not need it. What is chosen is what is
there and past its time, so that a copy that was restored loses it again in the next night.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.dossiers import FINAL
from domain.fees import OWED
from domain.keeping import Held
from domain.keeping_events import DataRemoved
from domain.tickets import milliseconds
from store.database import Connection
from store.instants import moment
from store.journal import Recorded, projects

# A dossier is over when it was returned, refused or withdrawn and nothing has happened with it since.
_OVER = (
    "d.received_at < :before AND d.status IN (SELECT value FROM json_each(:final))"
    " AND NOT EXISTS (SELECT 1 FROM dossier_steps s WHERE s.dossier = d.code AND s.at >= :before)"
)
# Nothing waits for a printer's, a portal's or a person's answer, for which the data would be wanted.
_QUIET = (
    " AND NOT EXISTS (SELECT 1 FROM attachments a WHERE a.dossier = d.code AND a.at >= :before)"
    " AND NOT EXISTS (SELECT 1 FROM portal_messages m WHERE m.dossier = d.code"
    " AND (m.asked_at >= :before OR :portal AND m.state IN ('queued', 'parked')))"
    " AND NOT EXISTS (SELECT 1 FROM letters l WHERE l.dossier = d.code"
    " AND (l.at >= :before OR :axis AND l.state IN ('queued', 'parked')))"
    " AND NOT EXISTS (SELECT 1 FROM fees f WHERE f.dossier = d.code AND (max(f.asked_at, coalesce(f.ended_at, 0))"
    " >= :before OR f.amount > 0 AND f.state IN (SELECT value FROM json_each(:owed))))"
)
# Whether a dossier has any of this kind.
_THERE = {
    Held.INBOX: "EXISTS (SELECT 1 FROM inbox_forms i WHERE i.dossier = d.code)",
    Held.FILES: "EXISTS (SELECT 1 FROM attachments a WHERE a.dossier = d.code AND a.removed_at IS NULL)",
    Held.LETTERS: (
        "EXISTS (SELECT 1 FROM letters l JOIN letter_bodies b ON b.id = l.body WHERE l.dossier = d.code)"
    ),
    Held.WORDS: (
        "EXISTS (SELECT 1 FROM dossier_steps s JOIN dossier_words w ON w.id = s.words WHERE s.dossier = d.code)"
    ),
    Held.MONEY: (
        "EXISTS (SELECT 1 FROM fees f LEFT JOIN receipts r ON r.fee = f.id LEFT JOIN confirmations c"
        " ON c.fee = f.id WHERE f.dossier = d.code AND (f.reason <> '' OR r.reference <> '' OR c.settled <> ''))"
    ),
    Held.LOOKUPS: "EXISTS (SELECT 1 FROM lookups q WHERE q.dossier = d.code)",
    Held.PARTICULARS: "EXISTS (SELECT 1 FROM particulars p WHERE p.id = d.particulars)",
}
_DOSSIERS = (
    "SELECT d.seq FROM dossiers d WHERE d.seq > :after AND {there} AND {over} {among} ORDER BY d.seq LIMIT :most"
)
_VISITS = (
    "SELECT v.seq FROM turned_visits v WHERE v.seq > :after AND v.at < :before {among}"
    " AND (EXISTS (SELECT 1 FROM particulars p WHERE p.id = v.particulars)"
    " OR EXISTS (SELECT 1 FROM dossier_words w WHERE w.id = v.words)) ORDER BY v.seq LIMIT :most"
)
# A letter about no dossier of ours has no end but its own.
_LETTERS = (
    "SELECT v.id FROM letters v JOIN letter_bodies b ON b.id = v.body WHERE v.id > :after AND v.dossier IS NULL"
    " AND max(v.at, coalesce(v.changed_at, 0)) < :before"
    " AND NOT (:axis AND v.state IN ('queued', 'parked')) {among}"
    " ORDER BY v.id LIMIT :most"
)
_OF_THESE = "(SELECT code FROM dossiers WHERE seq IN (SELECT value FROM json_each(:of)))"
_FEES = f"(SELECT id FROM fees WHERE dossier IN {_OF_THESE})"
_LOOSE = "letters WHERE dossier IS NULL"
_NUMBERS = "(SELECT value FROM json_each(:of))"
_REFUSED = f"refused_arrivals WHERE code IN {_OF_THESE}"
_LEAVE = {
    Held.INBOX: (
        f"DELETE FROM inbox_forms WHERE dossier IN {_OF_THESE}",
        f"DELETE FROM refused_contents WHERE arrival IN (SELECT seq FROM {_REFUSED})",
    ),
    Held.LETTERS: (
        f"DELETE FROM letter_bodies WHERE id IN (SELECT body FROM letters WHERE dossier IN {_OF_THESE})",
        f"DELETE FROM letter_bodies WHERE id IN (SELECT words FROM letter_answers WHERE letter IN {_NUMBERS})",
        f"DELETE FROM letter_bodies WHERE id IN (SELECT body FROM {_LOOSE} AND id IN {_NUMBERS})",
    ),
    Held.WORDS: (
        f"DELETE FROM dossier_words WHERE id IN (SELECT words FROM dossier_steps WHERE dossier IN {_OF_THESE})",
    ),
    Held.VISITS: (
        f"DELETE FROM dossier_words WHERE id IN (SELECT words FROM turned_visits WHERE seq IN {_NUMBERS})",
        f"DELETE FROM particulars WHERE id IN (SELECT particulars FROM turned_visits WHERE seq IN {_NUMBERS})",
    ),
    Held.PARTICULARS: (
        f"DELETE FROM particulars WHERE id IN (SELECT particulars FROM dossiers WHERE seq IN {_NUMBERS})",
        f"DELETE FROM dossier_marks WHERE seq IN {_NUMBERS}",
        f"DELETE FROM card_holders WHERE kind = 'dossier' AND subject IN {_OF_THESE}",
        f"DELETE FROM inbox_contents WHERE dossier IN {_OF_THESE}",
    ),
}
# What is read from the journal goes by its event, so that a replay gives the same tables.
_PROJECTED = {
    Held.MONEY: (
        f"UPDATE fees SET reason = '' WHERE reason <> '' AND dossier IN {_OF_THESE}",
        f"UPDATE receipts SET reference = '' WHERE reference <> '' AND fee IN {_FEES}",
        f"UPDATE confirmations SET settled = '' WHERE settled <> '' AND fee IN {_FEES}",
    ),
    Held.LOOKUPS: (f"DELETE FROM lookups WHERE dossier IN {_OF_THESE}",),
}


@dataclass(frozen=True, slots=True)
class Removed:
    """All that has gone by one rule so far; `last` None: nothing yet."""

    subjects: int
    rows: int
    last: datetime | None


NOTHING_YET = Removed(0, 0, None)


@dataclass(frozen=True, slots=True)
class Term:
    """One kind of data of what ended before an instant. `portal`, `axis`: whether there is one that may still be
    told; messages to none wait for nobody.
    """

    held: Held
    before: datetime
    portal: bool = True
    axis: bool = True


def past(
    db: Connection, term: Term, most: int = -1, after: int = 0, among: Iterable[int] | None = None
) -> list[int]:
    """The numbers of the dossiers (visits, letters) that ended before and still have data of this kind, in order.

    `among`: only these are looked at.
    """
    return _numbers(db, term, _OVER + _QUIET, most, after, among)


def held_back(db: Connection, term: Term) -> int:
    """How many are past their time and stay, because something about them still waits or has happened since."""
    if term.held is Held.VISITS:
        return 0
    return len(_numbers(db, term, _OVER, -1, 0, None)) - len(past(db, term))


def _numbers(
    db: Connection, term: Term, over: str, most: int, after: int, among: Iterable[int] | None
) -> list[int]:
    values = {
        "before": milliseconds(term.before), "after": after, "most": most, "portal": term.portal,
        "axis": term.axis, "final": json.dumps(sorted(FINAL)), "owed": json.dumps(sorted(OWED)),
        "among": None if among is None else json.dumps(list(among)),
    }  # fmt: skip
    if term.held is Held.VISITS:
        return _run(db, _VISITS, "v.seq", values)
    found = _run(db, _DOSSIERS, "d.seq", values, there=_THERE[term.held], over=over)
    if term.held is Held.LETTERS:
        found += _run(db, _LETTERS, "v.id", values)
    return sorted(found)[: most if most >= 0 else None]


def _run(db: Connection, text: str, number: str, values: dict[str, object], **parts: str) -> list[int]:
    chosen = f"AND {number} IN (SELECT value FROM json_each(:among))" if values["among"] is not None else ""
    return [row[0] for row in db.execute(text.format(among=chosen, **parts), values)]


def files_of(db: Connection, dossiers: Iterable[int]) -> list[int]:
    """The numbers of the files that these dossiers still have."""
    rows = db.execute(
        f"SELECT id FROM attachments WHERE removed_at IS NULL AND dossier IN {_OF_THESE} ORDER BY id",
        {"of": json.dumps(list(dossiers))},
    )
    return [row[0] for row in rows]


def leave(db: Connection, held: Held, of: Iterable[int]) -> int:
    """Empty the vault of what it holds of this kind of these; gives how many rows went.

    What is projected is only counted here: its event takes it away.
    """
    values = {"of": json.dumps(list(of))}
    gone: int = sum(db.execute(text, values).rowcount for text in _LEAVE.get(held, ()))
    return gone + sum(_touched(db, text, values) for text in _PROJECTED.get(held, ()))


def _touched(db: Connection, text: str, values: dict[str, str]) -> int:
    table, where = text.split()[2 if text.startswith("DELETE") else 1], text.partition(" WHERE ")[2]
    return int(db.execute(f"SELECT count(*) FROM {table} WHERE {where}", values).fetchone()[0])


@projects(DataRemoved)
def _removed(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    values = {"of": json.dumps(e.of)}
    for text in _PROJECTED.get(Held(e.held), ()):
        db.execute(text, values)
    db.execute(
        "INSERT INTO removals VALUES (?, ?, ?, ?, ?, ?)",
        (recorded.seq, e.held, e.days, recorded.at, len(e.of), e.rows),
    )
    db.execute(
        "INSERT INTO removed_data SELECT value, :held, :at FROM json_each(:of) WHERE true"
        " ON CONFLICT (subject, held) DO UPDATE SET at = :at",
        {**values, "held": e.held, "at": recorded.at},
    )


def of_subject(db: Connection, number: int) -> dict[Held, datetime]:
    """What was removed by rule of this dossier (visit, letter), and when."""
    rows = db.execute("SELECT held, at FROM removed_data WHERE subject = ?", (number,))
    found = {Held(held): moment(at) for held, at in rows}
    return {held: found[held] for held in Held if held in found}


def so_far(db: Connection) -> dict[Held, Removed]:
    """How much has been removed by each rule."""
    rows = db.execute("SELECT held, sum(subjects), sum(rows), max(at) FROM removals GROUP BY held")
    return {Held(held): Removed(subjects, count, moment(last)) for held, subjects, count, last in rows}

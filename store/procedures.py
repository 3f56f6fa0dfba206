"""The procedure catalogue and its search without diacritics."""

import json
from dataclasses import asdict
from typing import Any

import msgspec

from domain.events import ProcedureListed
from domain.portal_events import ProcedureDropped
from domain.procedures import Procedure, fold
from store.database import Connection
from store.journal import Recorded, projects

FOUND_AT_MOST = 30


def find(db: Connection, code: str) -> Procedure | None:
    """The procedure with this national code."""
    row = db.execute("SELECT record FROM procedures WHERE code = ?", (code,)).fetchone()
    return from_record(json.loads(row[0])) if row else None


def count(db: Connection) -> int:
    """How many procedures the catalogue holds."""
    return int(db.execute("SELECT count(*) FROM procedures").fetchone()[0])


def titles(db: Connection) -> list[tuple[str, str, str]]:
    """Code, title and sector of every procedure, by code."""
    return db.execute("SELECT code, title, sector FROM procedures ORDER BY code").fetchall()  # type: ignore[no-any-return]


def records(db: Connection) -> dict[str, str]:
    """Every stored record as canonical JSON text, by code."""
    return dict(db.execute("SELECT code, record FROM procedures").fetchall())


def everything(db: Connection) -> list[Procedure]:
    """The whole catalogue, by code."""
    rows = db.execute("SELECT record FROM procedures ORDER BY code")
    return [from_record(json.loads(row[0])) for row in rows]


def search(db: Connection, words: str, limit: int = FOUND_AT_MOST) -> list[Procedure]:
    """Procedures whose title, sector or code has all these words (the last one may be a beginning).

    Titles that hold the words beside each other come first, short titles before long ones.
    """
    folded = fold(words)
    terms = [t for t in "".join(c if c.isalnum() else " " for c in folded).split() if t]
    if not terms:
        return []
    query = " ".join(f'"{term}"' for term in terms[:-1]) + f' "{terms[-1]}"*'
    rows = db.execute(
        "SELECT p.record FROM procedures_words w JOIN procedures p ON p.rowid = w.rowid"
        " WHERE w.folded MATCH ? ORDER BY instr(p.folded, ?) = 0, length(p.title), p.code LIMIT ?",
        (query, " ".join(terms), limit),
    )
    return [from_record(json.loads(row[0])) for row in rows]


def as_received(db: Connection, code: str, seq: int) -> Procedure | None:
    """The procedure as it stood when the dossier of this number in the journal came in."""
    row = db.execute(
        "SELECT record FROM procedure_versions WHERE code = ? AND seq < ? ORDER BY seq DESC LIMIT 1", (code, seq)
    ).fetchone()
    return from_record(json.loads(row[0])) if row else None


def to_record(procedure: Procedure) -> dict[str, Any]:
    """The procedure as plain data for the journal."""
    return asdict(procedure)


def from_record(record: dict[str, Any]) -> Procedure:
    """The procedure that `to_record` was given."""
    return msgspec.convert(record, Procedure)


def canonical(record: dict[str, Any]) -> str:
    """One text for one record, whatever the order of its keys."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True)


@projects(ProcedureListed)
def _listed(db: Connection, recorded: Recorded) -> None:
    record = recorded.event.procedure
    code, title, sector = record["code"], record["title"], record["sector"]
    db.execute("INSERT INTO procedure_versions VALUES (?, ?, ?)", (recorded.seq, code, canonical(record)))
    folded = fold(f"{title} · {sector} · {code}")
    old = db.execute("SELECT rowid, folded FROM procedures WHERE code = ?", (code,)).fetchone()
    if old:
        db.execute("INSERT INTO procedures_words (procedures_words, rowid, folded) VALUES ('delete', ?, ?)", old)
        db.execute(
            "UPDATE procedures SET title = ?, sector = ?, record = ?, folded = ? WHERE code = ?",
            (title, sector, canonical(record), folded, code),
        )
    else:
        db.execute(
            "INSERT INTO procedures VALUES (?, ?, ?, ?, ?)", (code, title, sector, canonical(record), folded)
        )
    rowid = db.execute("SELECT rowid FROM procedures WHERE code = ?", (code,)).fetchone()[0]
    db.execute("INSERT INTO procedures_words (rowid, folded) VALUES (?, ?)", (rowid, folded))


@projects(ProcedureDropped)
def _dropped(db: Connection, recorded: Recorded) -> None:
    """Found no more; what it was stays among the versions, for the dossiers of that time."""
    old = db.execute("SELECT rowid, folded FROM procedures WHERE code = ?", (recorded.event.code,)).fetchone()
    if old:
        db.execute("INSERT INTO procedures_words (procedures_words, rowid, folded) VALUES ('delete', ?, ?)", old)
        db.execute("DELETE FROM procedures WHERE code = ?", (recorded.event.code,))

"""The keys that people have chosen for the clerk's screen."""

import json
from dataclasses import dataclass, field

from domain.events import KeysChosen
from store.database import Connection
from store.journal import Recorded, projects


@dataclass(frozen=True, slots=True)
class Chosen:
    """A key (`event.code`) by act, and whether all are switched off; empty: the usual ones."""

    keys: dict[str, str] = field(default_factory=dict)
    off: bool = False


def chosen_by(db: Connection, person: str) -> Chosen:
    """What this person has chosen."""
    row = db.execute("SELECT keys, off FROM shortcuts WHERE person = ?", (person,)).fetchone()
    return Chosen(json.loads(row[0]), bool(row[1])) if row else Chosen()


@projects(KeysChosen)
def _chosen(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("INSERT OR REPLACE INTO shortcuts VALUES (?, ?, ?)", (e.person, json.dumps(e.keys), int(e.off)))

"""What those who lead have posted on the walls of a hall: texts with their first and last moment."""

from dataclasses import dataclass
from datetime import datetime

from domain.centre_rules import Text
from domain.hall_events import BulletinPosted, BulletinTakenDown
from domain.tickets import milliseconds
from store.database import Connection
from store.instants import instant, moment
from store.journal import Recorded, projects

_COLUMNS = "seq, hall, vi, en, fr, starts, ends"


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One text on the walls of a hall; `ends` None: until somebody takes it down."""

    id: int
    hall: str
    text: Text
    starts: datetime
    ends: datetime | None

    def is_shown(self, now: datetime) -> bool:
        """Whether it hangs at this instant."""
        return self.starts <= now and (self.ends is None or now < self.ends)


def of_hall(db: Connection, hall: str, now: datetime) -> list[Bulletin]:
    """Those that hang in this hall now or will, in the order of their beginning."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM bulletins WHERE hall = ? AND taken_down IS NULL"
        " AND (ends IS NULL OR ends > ?) ORDER BY starts, seq",
        (hall, milliseconds(now)),
    )
    return [_bulletin(row) for row in rows]


def _bulletin(row: tuple) -> Bulletin:  # type: ignore[type-arg]
    seq, hall, vi, en, fr, starts, ends = row
    return Bulletin(seq, hall, Text(vi, en, fr), moment(starts), instant(ends))


@projects(BulletinPosted)
def _posted(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        f"INSERT INTO bulletins ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (recorded.seq, e.hall, e.vi, e.en, e.fr, e.starts, e.ends),
    )


@projects(BulletinTakenDown)
def _taken_down(db: Connection, recorded: Recorded) -> None:
    db.execute("UPDATE bulletins SET taken_down = ? WHERE seq = ?", (recorded.seq, recorded.event.bulletin))

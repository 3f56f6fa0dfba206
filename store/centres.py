"""The centre's configuration: the document in force, and which queues a person has stopped."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from domain.centres import Centre, Queue, from_data
from domain.errors import NotFound, msgid
from domain.events import CentreLoaded
from domain.queue_events import QueueKept, QueueResumed, QueueStopped
from domain.tickets import milliseconds
from store.database import Connection
from store.journal import Recorded, projects

_decoded: dict[str, Centre] = {}


class NoCentre(NotFound):
    """No centre file has been loaded yet."""

    text = msgid("Chưa có cấu hình trung tâm. Người quản trị cần nạp tệp cấu hình trước.")


def current(db: Connection) -> Centre:
    """The configuration in force. Raises NoCentre before the first one was loaded."""
    return _found(db, db.execute("SELECT seq, digest FROM centre ORDER BY seq DESC LIMIT 1").fetchone())


def before(db: Connection, event: int) -> Centre:
    """The configuration that was in force before the event of this number. Raises NoCentre."""
    row = db.execute("SELECT seq, digest FROM centre WHERE seq < ? ORDER BY seq DESC LIMIT 1", (event,)).fetchone()
    return _found(db, row)


def queue_once(db: Connection, queue: str) -> Queue | None:
    """The queue of this id as the newest configuration has it in which it stands, be it in force or not."""
    row = db.execute(
        "SELECT c.seq, c.digest FROM centre c, json_each(c.document, '$.queues') q"
        " WHERE json_extract(q.value, '$.id') = ? ORDER BY c.seq DESC LIMIT 1",
        (queue,),
    ).fetchone()
    return next(known for known in _found(db, row).queues if known.id == queue) if row else None


def is_loaded(db: Connection) -> bool:
    """Whether a configuration is in force."""
    return db.execute("SELECT 1 FROM centre LIMIT 1").fetchone() is not None


def _found(db: Connection, row: tuple[int, str] | None) -> Centre:
    if row is None:
        raise NoCentre()
    centre = _decoded.get(row[1])
    return centre if centre is not None else _decode(db, *row)


def _decode(db: Connection, seq: int, digest: str) -> Centre:
    document = db.execute("SELECT document FROM centre WHERE seq = ?", (seq,)).fetchone()[0]
    if len(_decoded) >= 8:
        _decoded.clear()
    _decoded[digest] = centre = from_data(json.loads(document))
    return centre


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a queue takes nobody new, and until when (ms), if that was said."""

    reason: str
    until: int | None

    def holds(self, now: datetime) -> bool:
        """Whether it still counts at this instant."""
        return self.until is None or milliseconds(now) < self.until


def stopped(db: Connection) -> dict[str, Stop]:
    """The queues that a person has stopped; the end of some may have passed."""
    rows = db.execute("SELECT queue, reason, until FROM stopped_queues")
    return {queue: Stop(reason, until) for queue, reason, until in rows}


def stop_of(db: Connection, queue: str, now: datetime) -> Stop | None:
    """Why this queue is stopped now, None when it is not."""
    row = db.execute("SELECT reason, until FROM stopped_queues WHERE queue = ?", (queue,)).fetchone()
    stop = Stop(*row) if row else None
    return stop if stop is not None and stop.holds(now) else None


def kept(db: Connection) -> dict[str, str]:
    """The queues whose waiting tickets outlast the day, each with the reason."""
    return dict(db.execute("SELECT queue, reason FROM kept_queues").fetchall())


@projects(CentreLoaded)
def _centre_loaded(db: Connection, recorded: Recorded) -> None:
    document = json.dumps(recorded.event.centre, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(document.encode()).hexdigest()
    db.execute("INSERT INTO centre VALUES (?, ?, ?, ?)", (recorded.seq, digest, document, recorded.event.why))


@projects(QueueStopped)
def _queue_stopped(db: Connection, recorded: Recorded) -> None:
    event = recorded.event
    db.execute(
        "INSERT OR REPLACE INTO stopped_queues VALUES (?, ?, ?, ?)",
        (event.queue, event.reason, recorded.at, event.until),
    )


@projects(QueueResumed)
def _queue_resumed(db: Connection, recorded: Recorded) -> None:
    db.execute("DELETE FROM stopped_queues WHERE queue = ?", (recorded.event.queue,))


@projects(QueueKept)
def _queue_kept(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("INSERT OR REPLACE INTO kept_queues VALUES (?, ?, ?)", (e.queue, e.reason, recorded.at))

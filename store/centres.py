"""The centre's configuration: the document in force, and which queues a person has stopped."""

import hashlib
import json

from domain.centres import Centre, from_data
from domain.errors import NotFound, msgid
from domain.events import CentreLoaded, QueueResumed, QueueStopped
from store.database import Connection
from store.journal import Recorded, projects

_decoded: dict[str, Centre] = {}


class NoCentre(NotFound):
    """No centre file has been loaded yet."""

    text = msgid("Chưa có cấu hình trung tâm. Người quản trị cần nạp tệp cấu hình trước.")


def current(db: Connection) -> Centre:
    """The configuration in force. Raises NoCentre before the first one was loaded."""
    row = db.execute("SELECT seq, digest FROM centre ORDER BY seq DESC LIMIT 1").fetchone()
    if row is None:
        raise NoCentre()
    centre = _decoded.get(row[1])
    return centre if centre is not None else _decode(db, *row)


def is_loaded(db: Connection) -> bool:
    """Whether a configuration is in force."""
    return db.execute("SELECT 1 FROM centre LIMIT 1").fetchone() is not None


def _decode(db: Connection, seq: int, digest: str) -> Centre:
    document = db.execute("SELECT document FROM centre WHERE seq = ?", (seq,)).fetchone()[0]
    if len(_decoded) >= 8:
        _decoded.clear()
    _decoded[digest] = centre = from_data(json.loads(document))
    return centre


def stopped(db: Connection) -> dict[str, str]:
    """The queues that take nobody at present, each with the reason."""
    return dict(db.execute("SELECT queue, reason FROM stopped_queues").fetchall())


def stop_reason(db: Connection, queue: str) -> str | None:
    """Why this queue is stopped, None when it is not."""
    row = db.execute("SELECT reason FROM stopped_queues WHERE queue = ?", (queue,)).fetchone()
    return row[0] if row else None


@projects(CentreLoaded)
def _centre_loaded(db: Connection, recorded: Recorded) -> None:
    document = json.dumps(recorded.event.centre, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(document.encode()).hexdigest()
    db.execute("INSERT INTO centre VALUES (?, ?, ?)", (recorded.seq, digest, document))


@projects(QueueStopped)
def _queue_stopped(db: Connection, recorded: Recorded) -> None:
    event = recorded.event
    db.execute("INSERT OR REPLACE INTO stopped_queues VALUES (?, ?, ?)", (event.queue, event.reason, recorded.at))


@projects(QueueResumed)
def _queue_resumed(db: Connection, recorded: Recorded) -> None:
    db.execute("DELETE FROM stopped_queues WHERE queue = ?", (recorded.event.queue,))

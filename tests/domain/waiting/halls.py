"""Small halls for the tests of the estimate: all moments in minutes, `NOW` is ten o'clock."""

from domain.waiting.quantities import Quantities
from domain.waiting.snapshots import Desk, Group, Place, Snapshot, Standing

NOW = 600.0


def place(ticket: int, came: float, lead: float = 0.0, group: Group = Group.ORDINARY) -> Place:
    """A ticket whose key lies `lead` minutes before its arrival."""
    return Place(came - lead, ticket, ticket, came, group)


def idle(number: int, *queues: str, **rest) -> Desk:
    return Desk(number, queues, Standing.IDLE, **rest)


def hall(desks, lines=None, **rest) -> Snapshot:
    """A snapshot at ten; `lines` are lists of places, in any order."""
    ordered = {queue: sorted(line) for queue, line in (lines or {}).items()}
    return Snapshot(NOW, ordered, desks, **rest)


def steady(minutes: float = 10.0, *queues: str) -> Quantities:
    """What a centre knows in which every visit lasts the same and everybody comes, priority walk-ins never."""
    found = Quantities(dict.fromkeys(queues or ("a",), minutes))
    for queue in queues or ("a",):
        for _ in range(250):
            found.service(queue).note(minutes)
    found.no_shows.count = 0.0
    found.note_window(1e12)
    return found

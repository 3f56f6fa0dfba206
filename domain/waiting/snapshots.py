"""The state of a hall at one moment, as the estimate needs it: who waits, what each counter does, who is booked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from domain.centre_rules import Policy


class Group(StrEnum):
    """What a ticket is called by: ordinary, any class with a credit, or an appointment kept in time."""

    ORDINARY = "ordinary"
    PRIORITY = "priority"
    BOOKED = "booked"


class Place(NamedTuple):
    """A waiting ticket's place in its line: `key`, `turn` and `ticket` order it as `domain.routing.Head` does.

    `key` and `came` are minutes from the origin.
    """

    key: float
    turn: float
    ticket: int
    came: float
    group: Group = Group.ORDINARY


class Standing(StrEnum):
    """What a counter does at the moment of the snapshot."""

    IDLE = "idle"
    SERVING = "serving"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Desk:
    """A counter: the queues it serves, primary ones first, and what it does.

    `serving` and `since` are set while it serves. `until` is the declared end of a pause or the planned opening,
    None: nobody knows. `pause_after` are the minutes of a pause that begins after the present citizen, and
    `closes_after` says that the counter closes then. `breaks` are the (begin, end) of its meals.
    """

    number: int
    queues: tuple[str, ...]
    standing: Standing
    serving: str | None = None
    since: float = 0.0
    until: float | None = None
    pause_after: float = 0.0
    closes_after: bool = False
    breaks: tuple[tuple[float, float], ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it will call somebody next without having been away."""
        return self.standing is Standing.IDLE or (self.standing is Standing.SERVING and not self.closes_after)


@dataclass(frozen=True, slots=True)
class Booked:
    """Somebody with an appointment who is not here yet; `key` is the one that an arrival in time gets."""

    queue: str
    slot: float
    key: float


@dataclass(frozen=True, slots=True)
class CallingRule:
    """What of the centre's calling policy the estimate replays (`domain.routing`).

    `priority_lead` is how many minutes before the arrival the key of a priority walk-in lies: the largest credit
    under `due`, the step of its rank under `strict`, 0 under `first-come`, infinite under `ratio`.
    """

    policy: Policy = Policy.DUE
    ratio: int = 2
    priority_lead: float = 60.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One consistent reading of the hall (waiting.md 2). `lines` hold each queue's waiting tickets in order.

    `closings` are the moments at which queues stop being called; a queue without one is called for ever.
    `lately` gives, for the `ratio` policy, which of a counter's last calls were privileged, newest first.
    `is_known` is False when nobody knows who works at the counters, or the reading is older than 30 s.
    """

    now: float
    lines: Mapping[str, Sequence[Place]]
    desks: Sequence[Desk]
    booked: Sequence[Booked] = ()
    closings: Mapping[str, float] = field(default_factory=dict)
    rule: CallingRule = CallingRule()
    lately: Mapping[int, Sequence[bool]] = field(default_factory=dict)
    is_known: bool = True

    def serving(self, queue: str) -> list[Desk]:
        """The open counters that serve this queue."""
        return [desk for desk in self.desks if desk.is_open and queue in desk.queues]

    def has_idle(self, queue: str) -> bool:
        """Whether somebody who comes now is called at once: a counter has nobody, and nobody waits for it."""
        return not self.lines.get(queue) and any(
            desk.standing is Standing.IDLE and queue in desk.queues for desk in self.desks
        )

    def may_serve(self, queue: str) -> bool:
        """Whether any counter of the queue has a clerk, or is to have one at a known moment."""
        return any(
            queue in desk.queues and (desk.standing is not Standing.CLOSED or desk.until is not None)
            for desk in self.desks
        )

    def opens_at(self, queue: str) -> float | None:
        """When the first counter of the queue is to open or to be back; None: none is planned."""
        planned = [desk.until for desk in self.desks if desk.until is not None and queue in desk.queues]
        return max(self.now, min(planned)) if planned else None

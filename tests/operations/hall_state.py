"""How the hall stands, in plain Python, and its business day: written from the rules and not from the code.

`now` and `who` are set before every act. A rule that refuses raises No with the type of the refusal.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from domain import errors

# Four counters whose skills overlap, as the demo's file has them: first and second queues.
SERVES = {
    1: (("ho-tich",), ("chung-thuc",)),
    3: (("chung-thuc",), ("ho-tich",)),
    4: (("chung-thuc",), ("tra-ket-qua",)),
    10: (("dat-dai",), ()),
}
HALLS = {
    "tang-1": ("ho-tich", "chung-thuc", "cu-tru", "giay-to", "tra-ket-qua"),
    "tang-2": ("kinh-doanh", "dat-dai", "xay-dung"),
}
QUEUES = {queue for queues in HALLS.values() for queue in queues}
CREDIT = {None: timedelta(0), "cao-tuoi": timedelta(minutes=60)}
CLERKS = ("cb01", "cb03", "cb10")
LATE, SLOT_CREDIT = timedelta(minutes=10), timedelta(minutes=30)
GRACE, PLACES_BACK, UNDO_WITHIN = timedelta(minutes=10), 3, timedelta(seconds=11)
LONGEST_STOP, FAR_JUMP_DAYS = timedelta(days=31), 15
HA_NOI = timedelta(hours=7)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class No(Exception):
    """A rule refuses."""


def ms(instant: datetime) -> int:
    """Milliseconds since 1970."""
    return (instant - EPOCH) // timedelta(milliseconds=1)


@dataclass
class Slip:
    """One ticket; `order` is the order of issue, `base` whence its key counts."""

    order: int
    day: int
    home: str
    n: int
    queue: str
    base: datetime
    key: int
    priority: str | None = None
    state: str = "waiting"
    counter: int | None = None
    started: bool = False
    ended: datetime | None = None
    outcome: str | None = None
    for_counter: int | None = None
    for_person: str | None = None
    kept: date | None = None
    turn: float | None = None
    slot: datetime | None = None
    id: int = 0  # as its journal number gives it

    @property
    def rank(self) -> float:
        return self.id if self.turn is None else self.turn

    def key_from(self, base: datetime, priority: str | None) -> int:
        """The better of two claims: the arrival less the class's credit, the slot less that of appointments."""
        claims = [base - CREDIT[priority]] if priority or self.slot is None else []
        if self.slot is not None:
            claims.append((self.slot if base <= self.slot + LATE else base) - SLOT_CREDIT)
        return ms(min(claims))


@dataclass
class Booked:
    """One appointment; `holder` is forgotten once its day is over."""

    queue: str
    slot: datetime
    holder: str | None
    by_staff: bool
    state: str = "booked"
    slip: int | None = None
    reason: str = ""
    id: int = 0


@dataclass(frozen=True)
class Act:
    """What was done at a counter (0: at none), by whom, and how the slip stood or who sat there before."""

    counter: int
    who: str
    kind: str
    at: datetime
    day: int
    slip: int | None
    before: Any
    finished: int | None = None


@dataclass
class State:
    """The whole state of the hall."""

    now: datetime = EPOCH
    who: str = ""
    day: int = 0
    label: date | None = None
    slips: list[Slip] = field(default_factory=list)
    booked: list[Booked] = field(default_factory=list)
    shifts: dict[int, str] = field(default_factory=dict)
    skills: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    pauses: set[int] = field(default_factory=set)
    alarms: set[int] = field(default_factory=set)
    stops: dict[str, datetime | None] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    last: dict[str, int] = field(default_factory=dict)
    newest: dict[str, datetime] = field(default_factory=dict)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    undone: set[int] = field(default_factory=set)
    labels: dict[int, date] = field(default_factory=dict)

    def another(self) -> Self:
        """A copy to try an act on."""
        copies: dict[str, Any] = {
            name: type(value)(value) for name, value in vars(self).items() if isinstance(value, dict | set)
        }
        lists: dict[str, Any] = {
            "calls": list(self.calls),
            "acts": list(self.acts),
            "slips": [replace(s) for s in self.slips],
            "booked": [replace(b) for b in self.booked],
        }
        return replace(self, **copies, **lists)

    # -- the day

    def today(self, *, confirmed: bool = False) -> None:
        there = (self.now + HA_NOI).date()
        if self.label is not None and there <= self.label:
            return
        if self.label is not None and (there - self.label).days > FAR_JUMP_DAYS and not confirmed:
            raise No(errors.DayNeedsConfirmation)
        self.open_day()

    def open_day(self, *, repaired: bool = False) -> None:
        for slip in self.slips:
            if slip.state == "waiting" and slip.queue in self.kept:
                slip.kept = slip.kept or self.label
            elif slip.state in ("waiting", "called", "parked"):
                slip.state, slip.ended = "unserved", self.now
        self.day, self.label = self.day + 1, (self.now + HA_NOI).date()
        for table in (self.shifts, self.skills, self.pauses, self.kept, self.last, self.newest):
            table.clear()
        for slip in self.waiting():
            self.last[slip.home] = max(self.last.get(slip.home, 0), slip.n)
        self.labels[self.day] = self.label
        if repaired:
            self.set_right()

    def set_right(self) -> None:
        """No number of this date comes twice, and who was kept from a day ahead of the clock counts from now."""
        for slip in self.slips:
            if slip.day == self.day - 1 or self.labels[slip.day] == self.label:
                self.last[slip.home] = max(self.last.get(slip.home, 0), slip.n)
        early = {s.key for s in self.slips if s.slot and s.base <= self.now and s.turn is None}
        ahead = [s for s in self.waiting() if s.base > self.now or (s.key > ms(self.now) and s.key not in early)]
        span = max([0, *((ms(slip.base) if slip.base > self.now else slip.key) - ms(self.now) for slip in ahead)])
        for slip in ahead:
            base = slip.base - timedelta(milliseconds=span) if slip.base > self.now else slip.base
            self.move("rekey", slip, 0, key=slip.key - span, base=base)

    # -- what every act needs

    def waiting(self) -> list[Slip]:
        """Who waits, in the order of the keys."""
        return sorted((s for s in self.slips if s.state == "waiting"), key=lambda s: (s.key, s.rank, s.order))

    def is_stopped(self, queue: str) -> bool:
        until = self.stops.get(queue)
        return queue in self.stops and (until is None or self.now < until)

    def known(self, counter: int, otherwise: type = errors.UnknownCounter) -> None:
        if counter not in SERVES:
            raise No(otherwise)

    def note(self, counter: int, kind: str, slip: int | None, before: Any, finished: int | None = None) -> int:
        self.acts.append(Act(counter, self.who, kind, self.now, self.day, slip, before, finished))
        return len(self.acts) - 1

    def move(
        self, kind: str, slip: Slip, at: int | None = None, finished: int | None = None, **changes: Any
    ) -> int:
        number = self.note((slip.counter or 0) if at is None else at, kind, slip.order, replace(slip), finished)
        for name, value in changes.items():
            setattr(slip, name, value)
        return number

"""The hall in plain Python, written from the rules (ADR 7 for the order) and not from the code.

`now` and `who` are set before every act. A rule that refuses raises No with the type of the refusal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain import errors
from operations.ticketing import PaperNumber
from store.tickets import UnknownTicket

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

    @property
    def rank(self) -> float:
        return self.order if self.turn is None else self.turn


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
class Model:
    """The whole state of the hall, and every command of the counter."""

    now: datetime = EPOCH
    who: str = ""
    day: int = 0
    label: date | None = None
    slips: list[Slip] = field(default_factory=list)
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

    def another(self) -> "Model":
        """A copy to try an act on."""
        copies: dict[str, Any] = {
            name: type(value)(value) for name, value in vars(self).items() if isinstance(value, dict | set)
        }
        lists: dict[str, Any] = {
            "calls": list(self.calls),
            "acts": list(self.acts),
            "slips": [replace(s) for s in self.slips],
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
        ahead = [slip for slip in self.waiting() if slip.key > ms(self.now) or slip.base > self.now]
        span = max([0, *((ms(slip.base) if slip.base > self.now else slip.key) - ms(self.now) for slip in ahead)])
        for slip in ahead:
            base = slip.base - timedelta(milliseconds=span) if slip.base > self.now else slip.base
            self.move("rekey", slip, 0, key=slip.key - span, base=base)

    # -- numbers

    def waiting(self) -> list[Slip]:
        """Who waits, in the order of the keys."""
        return sorted((s for s in self.slips if s.state == "waiting"), key=lambda s: (s.key, s.rank, s.order))

    def is_stopped(self, queue: str) -> bool:
        until = self.stops.get(queue)
        return queue in self.stops and (until is None or self.now < until)

    def take(self, queue: str, priority: str | None, override: str = "") -> Slip:
        self.today()
        if self.is_stopped(queue) and not override:
            raise No(errors.QueueStopped)
        came = max(self.now, self.newest.get(queue, self.now))  # the clock may have gone back
        return self.issue(queue, self.last.get(queue, 0) + 1, came, priority)

    def issue(self, queue: str, n: int, came: datetime, priority: str | None) -> Slip:
        slip = Slip(len(self.slips), self.day, queue, n, queue, came, ms(came - CREDIT[priority]), priority)
        self.slips.append(slip)
        self.last[queue] = max(n, self.last.get(queue, 0))
        self.newest[queue] = max(came, self.newest.get(queue, came))
        return slip

    def enter_paper(self, queue: str, numbers: Sequence[PaperNumber]) -> int:
        self.today()
        for paper in sorted(numbers, key=lambda paper: paper.n):
            given = {s.n for s in self.slips if (s.day, s.home) == (self.day, queue)}
            if not 1 <= paper.n <= 9999 or paper.n in given or paper.came > self.now:
                raise No(errors.Invalid)
            slip = self.issue(queue, paper.n, paper.came, None)
            if paper.counter is not None:
                self.known(paper.counter, errors.Invalid)
                served: dict[str, Any] = {
                    "state": "finished",
                    "counter": paper.counter,
                    "started": True,
                    "outcome": "served",
                }
                self.move("paper", slip, 0, ended=paper.ended, **served)
        return len(numbers)

    # -- who sits where

    def known(self, counter: int, otherwise: type = errors.UnknownCounter) -> None:
        if counter not in SERVES:
            raise No(otherwise)

    def own(self, counter: int, person: str) -> None:
        self.known(counter)
        if counter not in self.shifts:
            raise No(errors.CounterClosed)
        if self.shifts[counter] != person:
            raise No(errors.CounterTaken)

    def clerk(self, counter: int, person: str) -> None:
        self.today()
        self.own(counter, person)

    def open(self, counter: int, person: str) -> None:
        self.today()
        self.known(counter)
        if self.shifts.get(counter) == person:
            return
        if counter in self.shifts:
            raise No(errors.CounterTaken)
        self.nowhere(person)
        self.shifts[counter] = person

    def nowhere(self, person: str) -> None:
        if person in self.shifts.values():
            raise No(errors.ClerkElsewhere)

    def take_over(self, counter: int, person: str) -> None:
        self.today()
        self.known(counter)
        if counter not in self.shifts:
            raise No(errors.CounterClosed)
        if self.shifts[counter] == person:
            return
        self.nowhere(person)
        self.sit_down(counter, person)

    def sit_down(self, counter: int, person: str) -> None:
        self.note(counter, "take-over", None, self.shifts[counter])
        self.shifts[counter] = person

    def close(self, counter: int, person: str) -> None:
        self.own(counter, person)
        if any(s.state == "parked" and s.counter == counter for s in self.slips):
            raise No(errors.ParkedStillHere)
        self.release(counter)
        del self.shifts[counter]
        self.pauses.discard(counter)

    def pause(self, counter: int, person: str, reason: str, minutes: int) -> None:
        self.own(counter, person)
        if reason != "break" or not 1 <= minutes <= 240:
            raise No(errors.Invalid)
        if self.at(counter):
            raise No(errors.TicketStillHere)
        if counter not in self.pauses:
            self.pauses.add(counter)
            self.note(counter, "pause", None, None)

    def resume(self, counter: int, person: str) -> None:
        self.own(counter, person)
        self.pauses.discard(counter)

    def set_skills(self, counter: int, first: Sequence[str], second: Sequence[str]) -> None:
        self.today()
        self.known(counter)
        if not (first or second) or len({*first, *second}) < len(first) + len(second):
            raise No(errors.Invalid)
        if not {*first, *second} <= QUEUES:
            raise No(errors.UnknownQueue)
        self.skills.pop(counter, None)
        if (tuple(first), tuple(second)) != SERVES[counter]:
            self.skills[counter] = tuple(first), tuple(second)

    def call_for_help(self, counter: int, person: str) -> None:
        self.own(counter, person)
        self.alarms.add(counter)

    def end_help(self, counter: int) -> None:
        if counter not in self.alarms:
            self.known(counter)
        self.alarms.discard(counter)

    # -- calling and ending visits

    def at(self, counter: int) -> Slip | None:
        found = [s for s in self.slips if s.state == "called" and s.counter == counter]
        assert len(found) <= 1
        return found[0] if found else None

    def candidates(self, counter: int, person: str) -> list[Slip]:
        """Who may be called here, first come first: those sent to this place, and its queues."""
        serves = sum(self.skills.get(counter, SERVES[counter]), ())
        return [
            slip for slip in self.waiting()
            if (slip.for_counter == counter if slip.for_counter else slip.for_person == person if slip.for_person
                else slip.queue in serves)
        ]  # fmt: skip

    def call_next(self, counter: int, person: str, stale: bool) -> Slip | None:
        finished = self.free(counter, person, stale)
        self.pauses.discard(counter)
        line = self.candidates(counter, person)
        if not line:
            return None
        runner_up = line[1].order if len(line) > 1 else None
        return self.call(line[0], counter, "", runner_up, finished)

    def call_this(self, counter: int, person: str, stale: bool, order: int | None, reason: str) -> Slip:
        finished = self.free(counter, person, stale)
        slip = self.slip(order)
        set_aside_here = slip.state == "parked" and slip.counter == counter
        if slip.state != "waiting" and not set_aside_here:
            raise No(errors.AlreadyElsewhere)
        if reason not in ("urgent", "frail") and not set_aside_here:
            raise No(errors.Invalid)
        self.pauses.discard(counter)
        return self.call(slip, counter, "parked" if set_aside_here else reason, None, finished)

    def call(self, slip: Slip, counter: int, reason: str, runner_up: int | None, finished: int | None) -> Slip:
        self.calls.append(("call", slip.order, counter, reason, slip.key, runner_up))
        free: dict[str, Any] = {"for_counter": None, "for_person": None, "started": False}
        self.move("call", slip, counter, finished, state="called", counter=counter, **free)
        return slip

    def free(self, counter: int, person: str, stale: bool) -> int | None:
        """Whoever is served here is finished, on a new date still on the old day; its clerk stays seated."""
        self.own(counter, person)
        self.fresh(stale)
        finished = self.release(counter)
        self.today()
        self.shifts[counter] = person
        return finished

    def release(self, counter: int) -> int | None:
        """Finish whoever is served here; gives the number of that act."""
        slip = self.at(counter)
        return self.move("finish", slip, state="finished", ended=self.now, outcome="served") if slip else None

    def served(self, counter: int, person: str, stale: bool) -> Slip:
        self.own(counter, person)
        self.fresh(stale)
        slip = self.at(counter)
        if slip is None:
            raise No(errors.NoTicketHere)
        return slip

    def again(self, counter: int, person: str, stale: bool) -> None:
        slip = self.served(counter, person, stale)
        self.move("recall", slip)
        self.calls.append(("recall", slip.order, counter, "", None, None))

    def start(self, counter: int, person: str, stale: bool) -> None:
        slip = self.served(counter, person, stale)
        if not slip.started:
            self.move("start", slip, started=True)

    def absent(self, counter: int, person: str, stale: bool) -> None:
        self.move("absent", self.served(counter, person, stale), state="absent", ended=self.now)

    def finish(self, counter: int, person: str, stale: bool, outcome: str) -> None:
        slip = self.served(counter, person, stale)
        if outcome not in ("served", "received", "advised"):
            raise No(errors.Invalid)
        self.move("finish", slip, state="finished", ended=self.now, outcome=outcome)

    def park(self, counter: int, person: str, stale: bool, note: str) -> None:
        slip = self.served(counter, person, stale)
        if note not in ("form", "paper"):
            raise No(errors.Invalid)
        self.move("park", slip, state="parked")

    def fresh(self, stale: bool) -> None:
        if stale:
            raise No(errors.StaleScreen)

    # -- moves of a ticket

    def slip(self, order: int | None) -> Slip:
        if order is None:
            raise No(UnknownTicket)
        return self.slips[order]

    def transfer(self, counter: int, person: str, stale: bool, note: str, queue: str,
                 to_counter: int | None, to_person: str | None) -> None:  # fmt: skip
        slip = self.served(counter, person, stale)
        target = queue or slip.queue
        if target not in QUEUES:
            raise No(errors.UnknownQueue)
        if target != slip.queue and self.is_stopped(target):
            raise No(errors.QueueStopped)
        if note != "expert" or (to_counter and to_person):
            raise No(errors.Invalid)
        if to_counter:
            self.known(to_counter)
        if to_person and to_person not in CLERKS:
            raise No(errors.Invalid)
        if target == slip.queue and not to_counter and not to_person:
            raise No(errors.Invalid)
        wanted: dict[str, Any] = {"queue": target, "for_counter": to_counter, "for_person": to_person}
        self.move("transfer", slip, state="waiting", counter=None, started=False, **wanted)

    def pressed(self, counter: int | None, person: str) -> None:
        """Without a counter it was done by phone or kiosk, and is nobody's to take back."""
        if counter is not None:
            self.own(counter, person)

    def asked(self, counter: int | None, person: str) -> None:
        """What a phone asks for neither opens a day nor outlasts one."""
        self.pressed(counter, person)
        if counter is None and (self.label is None or (self.now + HA_NOI).date() > self.label):
            raise No(errors.AlreadyElsewhere)

    def come_back(self, order: int | None, counter: int | None = None, person: str = "") -> None:
        slip = self.slip(order)
        self.asked(counter, person)
        if slip.state != "absent" or slip.ended is None or (slip.day != self.day and slip.kept is None):
            raise No(errors.AlreadyElsewhere)
        late: dict[str, Any] = {}
        if self.now > slip.ended + GRACE:
            late = {"base": self.now, "key": ms(self.now - CREDIT[slip.priority]), "turn": None}
        back: dict[str, Any] = {"state": "waiting", "counter": None, "started": False, "ended": None}
        self.move("return", slip, counter or 0, **back, **late)

    def still_here(self, order: int | None, counter: int | None, person: str) -> Slip:
        slip = self.slip(order)
        self.asked(counter, person)
        if slip.state not in ("waiting", "called", "parked"):
            raise No(errors.AlreadyElsewhere)
        return slip

    def set_class(self, order: int | None, priority: str | None, reason: str, counter: int | None = None,
                  person: str = "") -> None:  # fmt: skip
        slip = self.still_here(order, counter, person)
        if reason not in ("confirmed", "denied") or priority not in CREDIT:
            raise No(errors.Invalid)
        self.move("rekey", slip, counter or 0, key=ms(slip.base - CREDIT[priority]), priority=priority, turn=None)

    def give_time(self, order: int | None, counter: int | None = None, person: str = "") -> None:
        slip = self.still_here(order, counter, person)
        own = [
            n for n, act in enumerate(self.acts) if (act.kind, act.counter, act.slip) == ("delay", 0, slip.order)
        ]
        if counter is None and set(own) - self.undone:
            raise No(errors.MoreTimeOnce)
        if slip.state != "waiting":
            raise No(errors.AlreadyElsewhere)
        line = [s for s in self.waiting() if s.queue == slip.queue]
        behind = line[line.index(slip) + 1 :]
        if behind:
            place = self.between(behind[:PLACES_BACK][-1], *behind[PLACES_BACK:][:1])
            self.move("delay", slip, counter or 0, **place)

    def between(self, before: Slip, after: Slip | None = None) -> dict[str, Any]:
        """Right behind one, with its key, and in front of the other."""
        end = after.rank if after is not None and after.key == before.key else before.rank + 1
        return {"key": before.key, "turn": (before.rank + end) / 2}

    def leave(self, order: int | None, counter: int | None = None, person: str = "") -> None:
        slip = self.slip(order)
        self.pressed(counter, person)
        if slip.state == "left":
            return
        if slip.state not in ("waiting", "absent"):
            raise No(errors.AlreadyElsewhere)
        self.move("leave", slip, counter or 0, state="left", ended=self.now)

    # -- taking back

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

    def undo(self, counter: int, person: str) -> None:
        self.clerk(counter, person)
        number = max((n for n, act in enumerate(self.acts) if act.counter == counter), default=None)
        if number is None or number in self.undone:
            raise No(errors.NothingToUndo)
        act = self.acts[number]
        in_time = timedelta(0) <= self.now - act.at <= UNDO_WITHIN
        if act.kind == "undo" or (act.who, act.day) != (self.who, self.day) or not in_time:
            raise No(errors.NothingToUndo)
        if act.slip is not None:
            self.take_back(number)
            if act.finished is not None:
                self.take_back(act.finished)
        else:
            self.take_back_at_counter(act)
            self.undone.add(number)

    def take_back(self, number: int) -> None:
        act = self.acts[number]
        assert act.slip is not None
        if any(later.slip == act.slip for later in self.acts[number + 1 :]):
            raise No(errors.NothingToUndo)
        self.slips[act.slip] = replace(act.before)
        self.undone.add(number)
        self.note(act.counter, "undo", act.slip, None)
        if act.kind == "call":
            self.calls.append(("withdrawn", act.slip, act.counter, "", None, None))

    def take_back_at_counter(self, act: Act) -> None:
        if act.kind == "take-over":
            self.nowhere(act.before)
            self.sit_down(act.counter, act.before)
        else:
            self.pauses.discard(act.counter)

    # -- the managers' acts

    def stop(self, queues: Iterable[str], until: datetime | None) -> None:
        if until is not None and not self.now < until <= self.now + LONGEST_STOP:
            raise No(errors.Invalid)
        self.stops |= dict.fromkeys(queues, until)

    def resume_queues(self, queues: Iterable[str]) -> None:
        for queue in queues:
            self.stops.pop(queue, None)

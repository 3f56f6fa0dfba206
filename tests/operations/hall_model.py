"""The hall in plain Python: counters, calls, moves of a ticket and taking them back (ADR 7 for the order)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain import errors
from operations.ticketing import ClassNotInForce
from store.tickets import UnknownTicket
from tests.operations.hall_numbers import Numbers
from tests.operations.hall_state import (
    CLERKS,
    CREDIT,
    GRACE,
    HA_NOI,
    LONGEST_STOP,
    PLACES_BACK,
    QUEUES,
    SERVES,
    UNDO_WITHIN,
    Act,
    No,
    Slip,
)


class Model(Numbers):
    """The whole hall, and every command of the counter."""

    # -- who sits where

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
        self.calls.append(("call", slip.order, counter, reason, slip.key, runner_up, self.day, self.now))
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
        self.calls.append(("recall", slip.order, counter, "", None, None, self.day, self.now))

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
            late = {"base": self.now, "key": slip.key_from(self.now, slip.priority), "turn": None}
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
        if reason not in ("confirmed", "denied"):
            raise No(errors.Invalid)
        if priority not in CREDIT:
            raise No(ClassNotInForce)
        self.move("rekey", slip, counter or 0, key=slip.key_from(slip.base, priority), priority=priority, turn=None)

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
        if act.kind == "issue":
            self.slips[act.slip].state, self.slips[act.slip].ended = "left", self.now
        else:
            self.slips[act.slip] = replace(act.before)
        self.undone.add(number)
        self.note(act.counter, "undo", act.slip, None)
        if act.kind == "call":
            self.calls.append(("withdrawn", act.slip, act.counter, "", None, None, self.day, self.now))

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

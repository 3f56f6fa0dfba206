"""Whether a recorded history of many clients is one that a hall could have given them one after the other.

The journal is the witness: it names an order of all acts that changed something. Everything else that was answered
(refusals, "nobody waits", pictures of the hall) must be right at some moment between its press and its answer.
"""

import sys
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from store.journal import Recorded
from tests.faults.one_by_one import BY_ITSELF, Asked, Event, Hall, Said, View


@dataclass(frozen=True, slots=True)
class Exchange:
    """One press, its answer and perhaps a picture; monotonic times (ns) before sending and after the last byte."""

    asked: Asked
    told: Said
    begun: int
    ended: int
    view: View | None = None

    @property
    def changes(self) -> bool:
        """Whether, by its own answer, it changed something."""
        found_nobody = self.told.nobody and not self.asked.seen
        return not (self.told.refused or found_nobody or self.asked.what == "look")


@dataclass(frozen=True, slots=True)
class Effect:
    """What one press did: its events, of which `seq` is the last."""

    exchange: Exchange
    events: list[Event]
    seq: int


def check_history(history: Sequence[Exchange], journal: Sequence[Recorded], letters: Mapping[str, str],
                  serves: Mapping[int, tuple[str, ...]]) -> int:  # fmt: skip
    """How many answers changed nothing and are right all the same.

    Raises AssertionError where the answers are not those of a hall that serves one after the other.
    """
    before = journal[0].seq - 1
    effects = replay(history, journal, Hall(letters, serves, before))
    check_order(effects)
    return check_readings(history, effects, Hall(letters, serves, before))


def replay(history: Iterable[Exchange], journal: Sequence[Recorded], hall: Hall) -> list[Effect]:
    """The acts in the journal's order, each with the events and answer that the rules give; no more, no less."""
    waiting: dict[str, deque[Exchange]] = {}
    for exchange in history:
        if exchange.changes:
            waiting.setdefault(exchange.asked.who, deque()).append(exchange)
    effects, place = [], 0
    while place < len(journal):
        first = journal[place]
        if type(first.event).__name__ in BY_ITSELF:
            effects.append(_by_itself(first, hall))
            place += 1
            continue
        line = waiting.get(first.who.removeprefix("device:"))
        assert line, f"event {first.seq}: nobody asked for {_named(_plain(first), hall)} by {first.who}"
        effects.append(_take(line.popleft(), journal[place:], hall))
        place += len(effects[-1].events)
    missing = [exchange for line in waiting.values() for exchange in line]
    assert not missing, f"answered, and missing in the journal: {missing[:3]}"
    return effects


def _by_itself(recorded: Recorded, hall: Hall) -> Effect:
    """What the server did of its own accord: nobody is told of it, and no press fixes its time."""
    event = (type(recorded.event).__name__, dict[str, Any]())
    hall.apply(event)
    return Effect(Exchange(Asked(recorded.who, "by itself"), Said(), -1, sys.maxsize), [event], hall.seq)


def _take(exchange: Exchange, ahead: Sequence[Recorded], hall: Hall) -> Effect:
    first = ahead[0]
    said, events = hall.answer(exchange.asked, first.at)
    found = ahead[: max(1, len(events))]
    ruled = [_named(event, hall) for event in events] or [f"nothing, but {said}"]
    shapes: list[dict[str, Any] | None] = [said for _, said in events] or [None]
    kept = [_named(_plain(recorded, like), hall) for recorded, like in zip(found, shapes, strict=False)]
    assert kept == ruled, f"event {first.seq} is {kept} for {exchange.asked}, the rules: {ruled}"
    assert {recorded.who for recorded in found} == {first.who}, f"event {first.seq}: another's event within an act"
    assert said.tells(exchange.told), f"event {first.seq}: told was {exchange.told}, the rules: {said}"
    for event in events:
        hall.apply(event)
    return Effect(exchange, events, hall.seq)


def _plain(recorded: Recorded, like: dict[str, Any] | None = None) -> Event:
    names = recorded.event.__slots__ if like is None else like
    return type(recorded.event).__name__, {name: getattr(recorded.event, name, None) for name in names}


def _named(event: Event, hall: Hall) -> str:
    kind, said = event
    slip = hall.slips.get(said.get("ticket", 0))
    return " ".join([kind, slip.number if slip else "", *(f"{name}={value}" for name, value in said.items())])


def check_order(effects: Sequence[Effect]) -> None:
    """What was answered before something else was asked stands before it in the journal."""
    earliest = list(accumulate((effect.exchange for effect in reversed(effects)), _sooner))[::-1]
    for effect, later in zip(effects, earliest[1:], strict=False):
        asked = effect.exchange
        assert asked.begun <= later.ended, f"the journal has {asked.asked} before {later.asked}, answered earlier"


def _sooner(one: Exchange, other: Exchange) -> Exchange:
    return one if one.ended <= other.ended else other


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer that changed nothing, to be placed after `low` and before `high` effects have happened."""

    exchange: Exchange
    low: int
    high: int

    def is_right(self, hall: Hall) -> bool:
        """Whether the hall as it stands gives this answer."""
        exchange = self.exchange
        if exchange.view is not None:
            return exchange.view.seq == hall.seq and exchange.view == hall.view(exchange.asked.counter)
        said, events = hall.answer(exchange.asked, 0)
        return not events and said.tells(exchange.told)


def check_readings(history: Iterable[Exchange], effects: Sequence[Effect], hall: Hall) -> int:
    """Each reading finds a moment between its press and its answer, in an order that keeps theirs; how many."""
    coming = deque(sorted(readings(history, effects), key=lambda reading: reading.low))
    total, open_now = len(coming), list[Reading]()
    for done in range(len(effects) + 1):
        while coming and coming[0].low <= done:
            open_now.append(coming.popleft())
        open_now = _placed(open_now, hall)
        for reading in open_now:
            assert reading.high > done, _why_not(reading, effects)
        for event in effects[done].events if done < len(effects) else ():
            hall.apply(event)
    return total


def _placed(readings: list[Reading], hall: Hall) -> list[Reading]:
    """Those that find no place yet: not right now, or something that was answered before them has none."""
    left: list[Reading] = []
    for reading in sorted(readings, key=lambda reading: reading.exchange.begun):
        waits = any(other.exchange.ended < reading.exchange.begun for other in left)
        if waits or not reading.is_right(hall):
            left.append(reading)
    return left


def readings(history: Iterable[Exchange], effects: Sequence[Effect]) -> list[Reading]:
    """All refusals, all "nobody waits" and all pictures, with the places that real time leaves them."""
    own = {id(effect.exchange): n + 1 for n, effect in enumerate(effects)}
    by_end = sorted((effect.exchange.ended, n + 1) for n, effect in enumerate(effects))
    by_begin = sorted((effect.exchange.begun, n) for n, effect in enumerate(effects))
    ends, lows = [end for end, _ in by_end], [0, *accumulate((n for _, n in by_end), max)]
    begins, highs = [begin for begin, _ in by_begin], [*accumulate((n for _, n in by_begin[::-1]), min)][::-1]
    highs.append(len(effects))
    found = []
    for exchange in history:
        low, high = lows[bisect_left(ends, exchange.begun)], highs[bisect_right(begins, exchange.ended)]
        if not exchange.changes and exchange.asked.what != "look":
            found.append(Reading(replace(exchange, view=None), low, high))
        if exchange.view is not None:
            found.append(Reading(exchange, max(low, own.get(id(exchange), 0)), high))
    return found


def _why_not(reading: Reading, effects: Sequence[Effect]) -> str:
    exchange, known = reading.exchange, effects[reading.low - 1].seq if reading.low else 0
    if exchange.view is not None and exchange.view.seq < known:
        return f"an old picture: {exchange} shows event {exchange.view.seq}, and event {known} was known before"
    return f"at no moment between press and answer is this right: {exchange}"

"""What every screen of the hall must show, by the model alone: numbers, counters, states and sequence."""

from datetime import timedelta
from typing import Any

from tests.operations.day_screens import Desk, Phone, Wall
from tests.operations.hall_model import Model
from tests.operations.hall_state import HA_NOI, HALLS, SERVES, Slip
from tests.support.halls import demo_calendar, demo_centre

LETTERS = {
    "ho-tich": "A", "chung-thuc": "B", "cu-tru": "C", "kinh-doanh": "D", "dat-dai": "E", "xay-dung": "G",
    "giay-to": "H", "tra-ket-qua": "K",
}  # fmt: skip
WALLS = {"khu-1": "tang-1", "khu-3": "tang-2"}  # a zone of each hall
CALLED_IN = {1: "tang-1", 3: "tang-1", 4: "tang-1", 10: "tang-2"}
REMEMBERED, BEFORE, LISTED = 48, 5, 4
NEAR = 2  # people ahead of somebody who is sent to the counters
TAKEN_BACK, AWAY, UNDO = timedelta(seconds=8), timedelta(minutes=60), timedelta(seconds=10)


def number_of(slip: Slip) -> str:
    """'A 012', with the day of the week where it was kept over night."""
    number = f"{LETTERS[slip.home]} {slip.n:03d}"
    if slip.kept is None:
        return number
    return f"{number} · {('T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'CN')[slip.kept.weekday()]}"


def waiting(model: Model) -> dict[str, int]:
    """Who waits, by letter."""
    lines = [slip.queue for slip in model.waiting()]
    return {letter: lines.count(queue) for queue, letter in LETTERS.items()}


def kiosk(model: Model) -> dict[str, int | None]:
    """The same, with None for what is stopped."""
    stopped = {LETTERS[queue] for hall in HALLS.values() for queue in hall if model.is_stopped(queue)}
    return {letter: None if letter in stopped else n for letter, n in waiting(model).items()}


def is_over(model: Model) -> bool:
    """Whether midnight has passed and nobody has begun another day: a wall says nothing of yesterday."""
    return model.label is not None and (model.now + HA_NOI).date() > model.label


def is_shut(model: Model, hall: str) -> bool:
    """Whether nobody sits in this hall outside its working hours: its wall says when it opens, not who was last."""
    if any(CALLED_IN[counter] == hall for counter in model.shifts):
        return False
    here, calendar = model.now + HA_NOI, demo_calendar()
    if here.year not in calendar.years:
        return False
    return not any(begins <= here.time() < ends for begins, ends in calendar.half_days_of(here.date()))


def wall(model: Model, seqs: list[int], hall: str) -> Wall:
    """The wall of a hall; `seqs` numbers the model's calls."""
    over = is_over(model)
    today = [(seq, c) for seq, c in zip(seqs, model.calls, strict=True) if c[6] == model.day and not over]
    here = [(seq, call) for seq, call in today[-REMEMBERED:] if CALLED_IN[call[2]] == hall]
    valid: list[tuple[int, Any]] = []
    for seq, call in here:
        if call[0] != "withdrawn":
            valid.append((seq, call))
        elif its := [one for one in valid if one[1][1] == call[1]]:
            valid.remove(its[-1])
    here_waiting = {queue: kiosk(model)[LETTERS[queue]] for queue in HALLS[hall]}
    newest, earlier = None, valid
    if valid and not is_shut(model, hall):
        seq, call = valid[-1]
        newest = (seq, number_of(model.slips[call[1]]), call[2])
        earlier = [one for one in valid[:-1] if one[1][1] != call[1]]
    latest = {call[1]: call[2] for _, call in reversed(earlier)}
    for _, call in earlier:
        latest[call[1]] = call[2]
    return Wall(
        newest,
        [(number_of(model.slips[order]), counter) for order, counter in [*latest.items()][:BEFORE]],
        {LETTERS[queue]: people and (0 if over else people) for queue, people in here_waiting.items()},
        [(seq, model.slips[call[1]].id, call[0]) for seq, call in here],
        [
            number_of(model.slips[call[1]])
            for _, call in here
            if call[0] == "withdrawn" and timedelta(0) <= model.now - call[7] < TAKEN_BACK
        ],
    )


def desk(model: Model, counter: int, seq: int) -> Desk:
    """The counter's picture as of this event."""
    slip, lines = model.at(counter), waiting(model)
    serves = serves_now(model, counter)
    aside = sorted((s for s in model.slips if (s.state, s.counter) == ("parked", counter)), key=by_key)
    return Desk(
        seq=seq,
        own=number_of(slip) if slip else "",
        seen=slip.id if slip else 0,
        manned=counter in model.shifts,
        paused=counter in model.pauses and slip is None,
        waiting=lines,
        here=sum(lines[LETTERS[queue]] for queue in serves),
        parked=[slip.id for slip in aside],
        away=[slip.id for slip in away(model, serves)][:LISTED],
        undo=undo(model, counter),
        alarms=model.alarms - {counter},
        helped=counter in model.alarms,
    )


def by_key(slip: Slip) -> tuple[int, int]:
    return slip.key, slip.id


def away(model: Model, serves: tuple[str, ...]) -> list[Slip]:
    """Who was absent within the last hour, the latest first."""
    gone = [s for s in model.slips if s.state == "absent" and s.ended and s.ended >= model.now - AWAY]
    return sorted((s for s in gone if s.queue in serves), key=lambda s: (s.ended, s.id), reverse=True)


def undo(model: Model, counter: int) -> str | None:
    """The number (or '') in the offer to take back the newest act of this counter."""
    number = max((n for n, act in enumerate(model.acts) if act.counter == counter), default=None)
    if number is None or number in model.undone:
        return None
    act = model.acts[number]
    if act.kind == "undo" or not timedelta(0) <= model.now - act.at < UNDO:
        return None
    if act.slip is None:
        return ""
    is_last = all(later.slip != act.slip for later in model.acts[number + 1 :])
    return number_of(model.slips[act.slip]) if is_last else None


def phone(model: Model, slip: Slip) -> Phone:
    """What its owner reads."""
    if slip.state != "waiting":
        figure = slip.counter if slip.state in ("called", "parked") else None
        return Phone(number_of(slip), slip.state, figure, [])
    line = [other for other in model.waiting() if other.queue == slip.queue]
    if slip.for_counter:
        counters = [slip.for_counter]
    elif slip.for_person:
        counters = [counter for counter, person in model.shifts.items() if person == slip.for_person]
    else:
        counters = [c.number for c in demo_centre().counters if slip.queue in serves_now(model, c.number)]
    ahead, manned = line.index(slip), [counter for counter in counters if counter in model.shifts]
    if ahead <= NEAR and manned and not model.is_stopped(slip.queue):
        return Phone(number_of(slip), "near", ahead, manned)
    return Phone(number_of(slip), "waiting", ahead, counters)


def serves_now(model: Model, counter: int) -> tuple[str, ...]:
    """As set for the day, else as the file has it."""
    if counter in SERVES:
        return sum(model.skills.get(counter, SERVES[counter]), ())
    found = next(c for c in demo_centre().counters if c.number == counter)
    return (*found.queues, *found.secondary)

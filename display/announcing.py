"""What the hall sees and hears: calls, withdrawals, stops and their ends, in one order by their journal numbers.

A wall shows those of all its hall and speaks those of its zone, when the server gives it the turn.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from domain import speech, stopping
from domain.announcements import (
    LOOKED_BACK,
    Announcement,
    Line,
    Outcome,
    counters_spoken,
    is_silent,
    line_up,
    zones_with_walls,
)
from domain.centres import Centre
from domain.days import local
from store import announcements, notices, tickets
from store.boards import Board
from store.notices import Notice
from store.tickets import Call
from web.house import House

SPOKEN_WITHIN_SECONDS = 90
IN_PICTURE = 24
AT_ONCE = 500
Told = Call | Notice


def newest(house: House, zone: str) -> list[dict[str, Any]]:
    """The last announcements of this zone's hall, oldest first, as the wall's script reads them."""
    centre, board = house.store.centre(), house.hub.board()
    told: list[Told] = [*calls_of_zone(centre, board, zone), *of_hall(centre, board.notices, zone)]
    return [as_row(one, house) for one in _in_order(told)[-IN_PICTURE:]]


def after(house: House, zone: str, number: int) -> list[dict[str, Any]]:
    """The announcements of the hall above this number, oldest first: none is left out."""
    centre, board = house.store.centre(), house.hub.board()
    day, here = board.day.id if board.day else 0, counters_shown(centre, zone)
    calls = house.store.read(tickets.calls_after, day, here, number, AT_ONCE)
    others = house.store.read(notices.after, day, number, AT_ONCE)
    return [as_row(one, house) for one in _in_order([*calls, *of_hall(centre, others, zone)])[:AT_ONCE]]


def as_row(told: Told, house: House) -> dict[str, Any]:
    """One announcement: `speak` is false when it is too old, or a stop that is no longer so.

    `open`: whether the one who is called is still wanted at that counter.
    """
    row = {"seq": told.seq, "ticket": 0, "number": "", "counter": 0, "kind": told.kind, "open": False}
    speak = (house.now() - told.at).total_seconds() <= SPOKEN_WITHIN_SECONDS
    if isinstance(told, Call):
        called = {"ticket": told.ticket, "number": told.number, "counter": told.counter}
        return row | called | {"speak": speak, "open": _is_awaited(told, house.hub.board())}
    return row | {"speak": speak and _still_so(told, house.hub.board(), house.now())}


def _is_awaited(call: Call, board: Board) -> bool:
    place = board.places.get(call.counter)
    return place is not None and place.ticket is not None and place.ticket.id == call.ticket


def _still_so(told: Notice, board: Board, now: datetime) -> bool:
    return (board.stop_of(told.queue, now) is not None) is (told.kind == notices.STOPPED)


def _in_order(told: list[Told]) -> list[Told]:
    return sorted(told, key=lambda one: one.seq)


def calls_of_zone(centre: Centre, board: Board, zone: str) -> list[Call]:
    """The calls to this zone's counters, oldest first."""
    here = counters_shown(centre, zone)
    return [call for call in board.calls if call.counter in here]


def of_hall(centre: Centre, told: Iterable[Notice], zone: str) -> list[Notice]:
    """The stops of the queues of this zone's hall; the others are nothing for the ears here."""
    hall = centre.hall_of(zone)
    queues = {queue.id for queue in centre.queues if queue.hall == hall}
    return [notice for notice in told if notice.queue in queues]


def counters_shown(centre: Centre, zone: str) -> frozenset[int]:
    """The counters whose calls a wall in this zone shows: all of its hall, so that no zone is left out."""
    return centre.counters_in(centre.hall_of(zone))


def line(house: House, zone: str) -> Line:
    """The zone's queue of what is to be spoken, and what is not any more."""
    centre, now = house.store.centre(), house.now()
    told = told_lately(house, zone)
    known = house.store.read(announcements.outcomes, zone, told[0].seq) if told else {}
    spoken = {seq for seq, outcome in known.items() if outcome is Outcome.SPOKEN}
    return line_up(told, known, spoken, now, quiet=is_silent(centre, zone, now))


def told_lately(house: House, zone: str) -> list[Announcement]:
    """What this zone's walls are to speak of the last ten minutes, spoken or not, oldest first."""
    centre, board, now = house.store.centre(), house.hub.board(), house.now()
    if board.day is None or zone not in zones_with_walls(centre):
        return []
    since, here = now - LOOKED_BACK, counters_spoken(centre, zone)
    calls = house.store.read(announcements.calls_since, board.day.id, since, here)
    others = [
        Announcement(one.seq, one.at, one.kind, holds=_still_so(one, board, now))
        for one in of_hall(centre, board.notices, zone)
        if one.at >= since
    ]
    return sorted([*calls, *others], key=lambda one: one.seq)


def words(house: House, seq: int, language: str) -> tuple[str, ...] | None:
    """The tokens of one announcement, None where there is none of this number. Raises Invalid."""
    call = house.store.read(tickets.call, seq)
    if call is not None:
        if call.kind == "withdrawn":
            return speech.withdrawal(call.prefix, call.n, language)
        return speech.sentence(call.prefix, call.n, call.counter, language)
    told = house.store.read(notices.notice, seq)
    return _words_of(told, house.store.centre(), language) if told else None


def _words_of(told: Notice, centre: Centre, language: str) -> tuple[str, ...] | None:
    letter = next((queue.prefix for queue in centre.queues if queue.id == told.queue), None)
    if letter is None:
        return None
    meant = None if told.hall else letter
    if told.kind == notices.RESUMED:
        return speech.resumption(meant, language)
    return speech.stop(meant, stopping.listed(told.reason), _until(told), language)


def _until(told: Notice) -> tuple[int, int] | None:
    """The end as the voice says it: a time of the same day; another day is read on the wall."""
    end = local(told.until) if told.until else None
    return (end.hour, end.minute) if end and end.date() == local(told.at).date() else None

"""What walls and phones show. No variable here could hold a name: numbers, counters and waits only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from display.voice import Pack
from domain.centres import Centre
from domain.satisfaction import FACES, TooLateToRate, VisitNotOver, check_time
from domain.tickets import Ticket, TicketState
from store import figures, ratings, tickets
from store.boards import Board, Line, position
from store.tickets import Call
from web import wording
from web.house import House
from web.languages import translator
from web.pages import text_of

LAST_CALLS = 5
SPOKEN_WITHIN_SECONDS = 90
TAKEN_BACK_SECONDS = 8


def hall(house: House, zone: str, language: str) -> dict[str, Any]:
    """The wall of one zone: the newest call, those before it, and who waits."""
    centre, board = house.store.centre(), house.hub.board()
    every = calls_of_zone(centre, board, zone)
    calls = still_valid(every)
    ways = {counter.number: text_of(counter.way, language) for counter in centre.counters}
    return {
        "centre_name": text_of(centre.name, language),
        "now": house.now(),
        "newest": calls[-1] if calls else None,
        "way": ways.get(calls[-1].counter, "") if calls else "",
        "before": _latest_of_each(calls[:-1], calls[-1] if calls else None),
        "taken_back": [call.number for call in every if is_fresh_withdrawal(call, house.now())],
        "calls": [as_row(call, house) for call in every[-12:]],
        "lines": [
            (q.prefix, text_of(q.title, language), board.lines[q.id], board.stop_of(q.id, house.now()))
            for q in centre.queues
        ],
        "stops": stops(house, language),
        "classes": [text_of(c.label, language) for c in centre.classes],
    }


def calls_of_zone(centre: Centre, board: Board, zone: str) -> list[Call]:
    """The calls to this zone's counters, oldest first."""
    here = counters_shown(centre, zone)
    return [call for call in board.calls if call.counter in here]


def stops(house: House, language: str) -> list[tuple[str, str, str]]:
    """The queues that take nobody new: letter, title, why and until when."""
    centre, board, translate = house.store.centre(), house.hub.board(), translator(language)
    found = [(q, wording.stop(board.stop_of(q.id, house.now()), translate)) for q in centre.queues]
    return [(queue.prefix, text_of(queue.title, language), why) for queue, why in found if why]


def still_valid(calls: list[Call]) -> list[Call]:
    """The calls and repeats that nobody has taken back."""
    valid: list[Call] = []
    for call in calls:
        if call.kind != "withdrawn":
            valid.append(call)
            continue
        last = next((i for i in reversed(range(len(valid))) if valid[i].ticket == call.ticket), None)
        if last is not None:
            del valid[last]
    return valid


def is_fresh_withdrawal(call: Call, now: datetime) -> bool:
    """Whether 'số … xin chờ' still stands on the wall."""
    return call.kind == "withdrawn" and 0 <= (now - call.at).total_seconds() < TAKEN_BACK_SECONDS


def counters_shown(centre: Centre, zone: str) -> set[int]:
    """The counters whose calls a wall in this zone shows: all of its hall, so that no zone is left out."""
    halls = {z.id: z.hall for z in centre.zones}
    return {counter.number for counter in centre.counters if halls[counter.zone] == halls[zone]}


def _latest_of_each(calls: list[Call], newest: Call | None) -> list[Call]:
    """The last calls, newest first, each ticket once."""
    seen = {newest.ticket} if newest else set()
    found = []
    for call in reversed(calls):
        if call.ticket not in seen:
            seen.add(call.ticket)
            found.append(call)
    return found[:LAST_CALLS]


def hall_picture(house: House, zone: str, language: str) -> str:
    """The fragment that every wall of the zone gets."""
    return house.pages.render("display/_hall_live.html", language, **hall(house, zone, language))


def as_row(call: Call, house: House) -> dict[str, Any]:
    """A call as the wall's script reads it; `speak` is false when it is too old to be spoken."""
    age = (house.now() - call.at).total_seconds()
    return {
        "seq": call.seq,
        "ticket": call.ticket,
        "number": call.number,
        "counter": call.counter,
        "kind": call.kind,
        "speak": age <= SPOKEN_WITHIN_SECONDS,
    }


def calls_after(house: House, zone: str, after: int) -> list[dict[str, Any]]:
    """All calls of the zone above this number."""
    centre, board = house.store.centre(), house.hub.board()
    here = counters_shown(centre, zone)
    day = board.day.id if board.day else 0
    return [as_row(call, house) for call in house.store.read(tickets.calls_after, day, here, after, 500)]


def voices(packs: Mapping[str, Pack]) -> list[str]:
    """The languages that can be spoken here, Vietnamese first."""
    return sorted(packs, key=lambda language: language != "vi")


def managers(house: House, language: str) -> dict[str, Any]:
    """Four large figures, the queues, the counters and what needs somebody's eye."""
    centre, board, now = house.store.centre(), house.hub.board(), house.now()
    day = board.day.id if board.day else 0
    of_queue = house.store.read(figures.of_queues, day)
    received, known = house.store.read(figures.received_today, day)
    satisfied = house.store.read(ratings.of_queues, day)
    rows: list[dict[str, Any]] = []
    for queue in centre.queues:
        line, counted = board.lines[queue.id], of_queue.get(queue.id, figures.NOTHING)
        serving = sum(1 for place in board.places.values() if place.shift and queue.id in place.skills.all)
        longest = _minutes_since(line, now)
        rows.append({
            "prefix": queue.prefix, "title": text_of(queue.title, language), "waiting": line.waiting,
            "longest": longest, "figures": counted, "open": serving, "satisfied": satisfied.get(queue.id),
            "stopped": wording.stop(board.stop_of(queue.id, now), translator(language)),
        })  # fmt: skip
    return {
        "centre_name": text_of(centre.name, language),
        "now": now,
        "rows": rows,
        "most": max([row["waiting"] for row in rows] + [1]),
        "waiting": sum(row["waiting"] for row in rows),
        "longest": max([row["longest"] for row in rows] + [0]),
        "given": sum(row["figures"].given for row in rows),
        "served": sum(row["figures"].served for row in rows),
        "received": received,
        "known": known,
        "satisfied": ratings.together(satisfied.values()),
        "places": [(place.number, place, prefixes(centre, place.skills.all)) for place in board.places.values()],
        "alarms": [row for row in rows if (row["waiting"] and not row["open"]) or row["longest"] >= 45],
    }


def prefixes(centre: Centre, queues: tuple[str, ...]) -> str:
    """The letters of these queues, 'A · B'."""
    letters = {queue.id: queue.prefix for queue in centre.queues}
    return " · ".join(letters[queue] for queue in queues)


def _minutes_since(line: Line, now: Any) -> int:
    return int((now - line.oldest).total_seconds() // 60) if line.oldest else 0


def followed(house: House, ticket: Ticket, language: str) -> dict[str, Any]:
    """One ticket's place for its owner's phone."""
    centre, board = house.store.centre(), house.hub.board()
    queue = next(q for q in centre.queues if q.id == ticket.queue)
    way = next((text_of(c.way, language) for c in centre.counters if c.number == ticket.counter), "")
    return {
        "centre_name": text_of(centre.name, language),
        "ticket": ticket,
        "link": follow_link(house, ticket),
        "queue_title": text_of(queue.title, language),
        "ahead": house.store.read(position, ticket),
        "stopped": wording.stop(board.stop_of(queue.id, house.now()), translator(language)),
        "way": way,
        "called": ticket.state is TicketState.CALLED,
        "waiting": ticket.state is TicketState.WAITING,
        "counters": ", ".join(str(p.number) for p in board.places.values() if queue.id in p.skills.all),
        "rated": house.store.read(ratings.is_rated, ticket.id),
        "question": question(ticket, follow_link(house, ticket)) if _may_be_asked(house, ticket) else None,
    }


def follow_link(house: House, ticket: Ticket) -> str:
    """The address of the phone page of this number; it cannot be guessed."""
    return f"/follow/{ticket.id}-{house.vault.sign('follow', str(ticket.id))}"


def question(ticket: Ticket, link: str) -> dict[str, Any]:
    """What is asked about a visit that is over: its faces, and where the answer goes."""
    return {"ticket": ticket, "link": link, "faces": [(int(score), text) for score, text in FACES.items()]}


def _may_be_asked(house: House, ticket: Ticket) -> bool:
    """Whether the phone asks: once, as long as an answer is taken."""
    try:
        check_time(ticket, house.now())
    except (VisitNotOver, TooLateToRate):
        return False
    return not (house.store.read(ratings.is_rated, ticket.id) or house.store.read(ratings.is_skipped, ticket.id))

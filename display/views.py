"""What walls and phones show. No variable here could hold a name: numbers, counters and waits only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from display import announcing
from domain.centres import Centre, Queue
from domain.satisfaction import FACES
from domain.tickets import Ticket
from store import figures, ratings
from store.boards import Line
from store.tickets import Call
from web import wording
from web.house import House
from web.languages import translator
from web.pages import text_of
from web.scope import Scope
from web.voice import Pack

LAST_CALLS = 5
TAKEN_BACK_SECONDS = 8


def hall(house: House, zone: str, language: str) -> dict[str, Any]:
    """The wall of one zone: the newest call, those before it, and who waits."""
    centre, board = house.store.centre(), house.hub.board()
    every = announcing.calls_of_zone(centre, board, zone)
    calls = still_valid(every)
    ways = {counter.number: text_of(counter.way, language) for counter in centre.counters}
    return {
        "centre_name": text_of(centre.name, language),
        "now": house.now(),
        "newest": calls[-1] if calls else None,
        "way": ways.get(calls[-1].counter, "") if calls else "",
        "before": _latest_of_each(calls[:-1], calls[-1] if calls else None),
        "taken_back": [call.number for call in every if is_fresh_withdrawal(call, house.now())],
        "calls": announcing.newest(house, zone),
        "lines": [
            (q.prefix, text_of(q.title, language), board.lines[q.id], board.stop_of(q.id, house.now()))
            for q in centre.queues
        ],
        "stops": stops(house, zone, language),
        "classes": [text_of(c.label, language) for c in centre.classes],
    }


def stops(house: House, zone: str, language: str) -> list[tuple[str, str, str]]:
    """What is stopped, by cause, this hall's queues first: letters, title of a single one, why and until when."""
    centre, board, translate = house.store.centre(), house.hub.board(), translator(language)
    hall = centre.hall_of(zone)
    found: dict[str, list[Queue]] = {}
    for queue in sorted(centre.queues, key=lambda queue: queue.hall != hall):
        if why := wording.stop(board.stop_of(queue.id, house.now()), translate):
            found.setdefault(why, []).append(queue)
    return [
        (", ".join(q.prefix for q in same), text_of(same[0].title, language) if len(same) == 1 else "", why)
        for why, same in found.items()
    ]


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


def voices(packs: Mapping[str, Pack]) -> list[str]:
    """The languages that can be spoken here, Vietnamese first."""
    return sorted(packs, key=lambda language: language != "vi")


def managers(house: House, scope: Scope, language: str) -> dict[str, Any]:
    """Four large figures, the queues, the counters and what needs somebody's eye, as far as the scope reaches."""
    centre, board, now = house.store.centre(), house.hub.board(), house.now()
    day = board.day.id if board.day else 0
    of_queue = house.store.read(figures.of_queues, day)
    own = None if scope.agency is None else [p.code for p in centre.procedures if p.queue in scope.queues]
    received, known = house.store.read(figures.received_today, day, own)
    said = house.store.read(ratings.of_queues, day)
    satisfied = {queue: sums for queue, sums in said.items() if queue in scope.queues}
    rows: list[dict[str, Any]] = []
    for queue in (queue for queue in centre.queues if queue.id in scope.queues):
        line, counted = board.lines[queue.id], of_queue.get(queue.id, figures.NOTHING)
        serving = sum(1 for place in board.places.values() if place.shift and queue.id in place.skills.all)
        longest = _minutes_since(line, now)
        rows.append({
            "prefix": queue.prefix, "title": text_of(queue.title, language), "waiting": line.waiting,
            "longest": longest, "figures": counted, "open": serving, "satisfied": satisfied.get(queue.id),
            "stopped": wording.stop(board.stop_of(queue.id, now), translator(language)),
        })  # fmt: skip
    place = next((agency for agency in centre.agencies if agency.id == scope.agency), centre)
    return {
        "centre_name": text_of(place.name, language),
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
        "places": [
            (place.number, place, prefixes(centre, place.skills.all))
            for place in board.places.values()
            if scope.has_counter(place.number, place.skills.all)
        ],
        "alarms": [row for row in rows if (row["waiting"] and not row["open"]) or row["longest"] >= 45],
    }


def prefixes(centre: Centre, queues: tuple[str, ...]) -> str:
    """The letters of these queues, 'A · B'."""
    letters = {queue.id: queue.prefix for queue in centre.queues}
    return " · ".join(letters[queue] for queue in queues)


def _minutes_since(line: Line, now: Any) -> int:
    return int((now - line.oldest).total_seconds() // 60) if line.oldest else 0


def follow_link(house: House, ticket: Ticket) -> str:
    """The address of the phone page of this number; it cannot be guessed."""
    return f"/follow/{ticket.id}-{house.vault.sign('follow', str(ticket.id))}"


def question(ticket: Ticket, link: str) -> dict[str, Any]:
    """What is asked about a visit that is over: its faces, and where the answer goes."""
    return {"ticket": ticket, "link": link, "faces": [(int(score), text) for score, text in FACES.items()]}

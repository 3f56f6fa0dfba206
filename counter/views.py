"""What the clerk's pages show, from the board and the dossiers of this counter."""

import secrets
from typing import Any

from starlette.requests import Request

from domain.centres import Centre, Counter
from domain.routing import served_queues
from operations.shifts import find_counter
from store import dossiers, jobs
from store.boards import Board
from store.jobs import PortalMessage
from store.people import Person
from web.house import House, house_of
from web.pages import text_of

DOSSIERS_SHOWN = 4


def counters(request: Request, person: Person) -> dict[str, Any]:
    """Every counter with who sits there, the clerk's own first."""
    house = house_of(request)
    centre, board = house.store.centre(), house.hub.board()
    mine = next((p.number for p in board.places.values() if p.shift and p.shift.person == person.id), None)
    rows = [
        {
            "number": counter.number,
            "way": text_of(counter.way, request.state.language),
            "prefixes": prefixes(centre, counter),
            "taken": (shift := board.places[counter.number].shift) is not None and shift.person != person.id,
            "waiting": board.waiting_for(served_queues(counter)),
            "own": counter.number in (mine, person.counter),
        }
        for counter in centre.counters
    ]
    rows.sort(key=lambda row: not row["own"])
    return {
        "rows": rows,
        "mine": mine,
        "centre_name": text_of(centre.name, request.state.language),
        "page_id": secrets.token_urlsafe(12),
    }


def prefixes(centre: Centre, counter: Counter) -> str:
    """The letters of the queues a counter serves, 'A · B'."""
    letters = {queue.id: queue.prefix for queue in centre.queues}
    return " · ".join(letters[queue] for queue in served_queues(counter))


def desk(request: Request, number: int) -> dict[str, Any]:
    """What stays while the screen lives: the procedures that this counter receives."""
    house = house_of(request)
    centre = house.store.centre()
    served = served_queues(find_counter(centre, number))
    mine = [placement for placement in centre.procedures if placement.queue in served]
    return {
        "centre_name": text_of(centre.name, request.state.language),
        "placements": sorted(mine, key=lambda placement: served.index(placement.queue)),
        "page_id": secrets.token_urlsafe(12),
    }


def picture(house: House, number: int, language: str) -> dict[str, Any]:
    """The counter as of now; the same for the page, the answer to a button and the live topic."""
    centre, board = house.store.centre(), house.hub.board()
    counter = find_counter(centre, number)
    place = board.places[number]
    titles = {queue.id: text_of(queue.title, language) for queue in centre.queues}
    return {
        "number": number,
        "ticket": place.ticket,
        "ticket_queue": titles[place.ticket.queue] if place.ticket else "",
        "state_id": f"c{number}-{place.shift.id if place.shift else 0}-{board.seq}",
        "lines": _lines(centre, board, counter, language, house),
        "waiting": board.waiting_for(served_queues(counter)),
        "received": _received(house, number),
        "now": house.now(),
    }


def _lines(centre: Centre, board: Board, counter: Counter, language: str, house: House) -> list[dict[str, Any]]:
    now, mine = house.now(), served_queues(counter)
    rows = []
    for queue in centre.queues:
        line = board.lines[queue.id]
        minutes = (now - line.oldest).total_seconds() / 60 if line.oldest else 0
        rows.append(
            {
                "prefix": queue.prefix,
                "title": text_of(queue.title, language),
                "waiting": line.waiting,
                "longest": int(minutes),
                "mine": queue.id in mine,
                "stopped": line.stopped,
            }
        )
    return sorted(rows, key=lambda row: not row["mine"])


def _received(house: House, number: int) -> list[dict[str, Any]]:
    rows = []
    for dossier in house.store.read(dossiers.newest, DOSSIERS_SHOWN, number):
        messages = house.store.read(jobs.portal_messages_of, dossier.code)
        rows.append({"code": dossier.code, "due": dossier.due, "portal": portal_state(messages)})
    return rows


def portal_state(messages: list[PortalMessage]) -> str:
    """known, waiting or parked: what the clerk should know of a dossier's way to the portal."""
    if any(message.state == "parked" for message in messages):
        return "parked"
    return "known" if all(message.state == "acknowledged" for message in messages) else "waiting"


def printer_of(house: House, number: int) -> str | None:
    """The printer nearest to a counter: that of a kiosk in its zone, else the first one."""
    centre = house.store.centre()
    zone = find_counter(centre, number).zone
    near = [device.printer for device in centre.devices if device.zone == zone and device.printer]
    return near[0] if near else next((printer.id for printer in centre.printers), None)

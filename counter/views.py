"""What the clerk's pages show, from the board and the dossiers of this counter."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.requests import Request

from domain.centres import Centre
from domain.days import local
from domain.explaining import why
from domain.roles import COUNTER_ROLES
from domain.shortcuts import cap, in_use
from domain.tickets import Ticket, milliseconds
from operations import undoing
from operations.shifts import find_counter
from store import announcements, dossiers, explanations, moves, outbox, people, tickets
from store.boards import Board
from store.outbox import PortalMessage
from store.people import Person
from store.shortcuts import chosen_by
from web import wording
from web.house import House, house_of
from web.languages import translator
from web.pages import text_of

DOSSIERS_SHOWN = LIST_SHOWN = 4
SLIPS_SHOWN = 30
AWAY_SHOWN = timedelta(minutes=60)
SLIP_WITHIN = timedelta(minutes=15)


def counters(request: Request, person: Person) -> dict[str, Any]:
    """Every counter with who sits there, the clerk's own first."""
    house = house_of(request)
    centre, board = house.store.centre(), house.hub.board()
    mine = next((p.number for p in board.places.values() if p.shift and p.shift.person == person.id), None)
    rows = [
        {
            "number": counter.number,
            "way": text_of(counter.way, request.state.language),
            "prefixes": prefixes(centre, board.places[counter.number].skills.all),
            "taken": (shift := board.places[counter.number].shift) is not None and shift.person != person.id,
            "waiting": board.waiting_for(board.places[counter.number].skills.all),
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


def prefixes(centre: Centre, queues: tuple[str, ...]) -> str:
    """The letters of these queues, 'A · B'."""
    letters = {queue.id: queue.prefix for queue in centre.queues}
    return " · ".join(letters[queue] for queue in queues if queue in letters)


def desk(request: Request, number: int) -> dict[str, Any]:
    """What stays while the screen lives: the procedures received here, and the lists to choose from."""
    house, language = house_of(request), request.state.language
    centre, board = house.store.centre(), house.hub.board()
    find_counter(centre, number)
    served = board.places[number].skills.all
    mine = [placement for placement in centre.procedures if placement.queue in served]
    translate, today = translator(language), local(house.now()).date()
    return {
        "centre_name": text_of(centre.name, language),
        "placements": sorted(mine, key=lambda placement: served.index(placement.queue)),
        "page_id": secrets.token_urlsafe(12),
        "card": None,
        "queues": named_queues(centre, language),
        "other_counters": [counter.number for counter in centre.counters if counter.number != number],
        "colleagues": [person for person in house.store.read(people.everybody) if person.roles & COUNTER_ROLES],
        "classes": [(group.id, text_of(group.label, language)) for group in centre.classes_on(today)],
        "printer": printer_of(house, number),
        "outcomes": wording.translated(wording.OUTCOMES, translate),
        "out_of_order": wording.translated(wording.OUT_OF_ORDER, translate, leave_out=("parked",)),
        "transfer_notes": wording.translated(wording.TRANSFER_NOTES, translate),
        "park_notes": wording.translated(wording.PARK_NOTES, translate),
        "pause_reasons": wording.translated(wording.PAUSE_REASONS, translate),
    }


def picture(house: House, number: int, language: str) -> dict[str, Any]:
    """The counter as of now; the same for the page, the answer to a button and the live topic."""
    centre, board = house.store.centre(), house.hub.board()
    find_counter(centre, number)
    with house.store.snapshot():  # a dozen questions, and the file is opened for reading once
        return _picture(house, number, language, centre, board)


def _picture(house: House, number: int, language: str, centre: Centre, board: Board) -> dict[str, Any]:
    place = board.places[number]
    titles = {queue.id: text_of(queue.title, language) for queue in centre.queues}
    usual = {queue.id: queue.mean_minutes for queue in centre.queues}
    return {
        "number": number,
        "ticket": place.ticket,
        "ticket_queue": titles.get(place.ticket.queue, "") if place.ticket else "",
        "ticket_class": _class_label(centre, place.ticket, language),
        "unspoken": place.ticket is not None and house.store.read(announcements.is_unspoken, place.ticket.id),
        "self_declared": _is_self_declared(house, place.ticket),
        "usual": round(usual.get(place.ticket.queue, 0)) if place.ticket else 0,
        "why": _why(house, centre, place.ticket, language),
        "shift": place.shift.id if place.shift else 0,
        "state_id": f"c{number}-{place.shift.id if place.shift else 0}-{board.seq}",
        "lines": _lines(centre, board, place.skills.all, language, house),
        "waiting": board.waiting_for(place.skills.all),
        "parked": [(t, wording.PARK_NOTES.get(t.note, "")) for t in place.parked],
        "away": _away(house, board, place.skills.all),
        "pause": place.pause,
        "pause_reason": wording.PAUSE_REASONS.get(place.pause.reason, "") if place.pause else "",
        "undo": _undo(house, number),
        "alarms": [alarm.counter for alarm in board.alarms if alarm.counter != number],
        "helped": any(alarm.counter == number for alarm in board.alarms),
        "keys": keys_of(house, place.shift.person if place.shift else ""),
        "scan_prefix": centre.scanner.prefix,
        "received": _received(house, number),
        "said": translator(language),
    }


@dataclass(frozen=True, slots=True)
class Key:
    """A key by its place on the keyboard, and what stands on it."""

    code: str
    cap: str


def keys_of(house: House, person: str) -> dict[str, Key | None]:
    """The key with which this person does each act, None where there is none."""
    chosen, scanner = house.store.read(chosen_by, person), house.store.centre().scanner.prefix
    found = in_use(chosen.keys, off=chosen.off, scanner=scanner)
    return {act: Key(code, cap(code)) if code else None for act, code in found.items()}


def _class_label(centre: Centre, ticket: Ticket | None, language: str) -> str:
    chosen = next((c for c in centre.classes if ticket and c.id == ticket.priority), None)
    return text_of(chosen.label, language) if chosen else ""


def _is_self_declared(house: House, ticket: Ticket | None) -> bool:
    if ticket is None or ticket.priority is None:
        return False
    return house.store.read(explanations.is_self_declared, ticket.id)


def _why(house: House, centre: Centre, ticket: Ticket | None, language: str) -> str:
    """'Vì sao số này?' in one sentence, from the call itself."""
    called = house.store.read(explanations.last_call, ticket.id) if ticket else None
    return wording.explained(why(called, centre.calling), translator(language)) if called else ""


def _away(house: House, board: Board, served: tuple[str, ...]) -> list[Ticket]:
    """Who did not come when called lately, in the queues of this counter."""
    since = milliseconds(house.now() - AWAY_SHOWN)
    day = board.day.id if board.day else 0
    found = house.store.read(tickets.absent_since, day, since)
    return [ticket for ticket in found if ticket.queue in served][:LIST_SHOWN]


def _undo(house: House, number: int) -> dict[str, Any] | None:
    """The newest act of this counter while it can be taken back."""
    move = house.store.read(moves.last_move_at, number)
    if move is None or move.undone or move.kind == "undo":
        return None
    left = (move.at + undoing.SECONDS - house.now()).total_seconds()
    if not 0 < left <= undoing.SECONDS.total_seconds():
        return None
    if move.ticket and house.store.read(moves.moves_of, move.ticket)[-1].seq != move.seq:
        return None
    ticket = house.store.read(tickets.load, move.ticket) if move.ticket else None
    return {"act": move.seq, "what": wording.MOVES.get(move.kind, ""), "ticket": ticket, "at": move.at}


def named_queues(centre: Centre, language: str) -> list[tuple[str, str, str]]:
    """Every queue's id, letter and title, to choose from."""
    return [(queue.id, queue.prefix, text_of(queue.title, language)) for queue in centre.queues]


def slips_around(house: House, queue: str, at: str) -> dict[str, Any]:
    """The numbers given by this queue within a quarter of an hour of a time today, '09:30'."""
    today, board = local(house.now()), house.hub.board()
    try:
        moment = today.replace(hour=int(at[:2]), minute=int(at[3:5]), second=0, microsecond=0)
    except ValueError:
        moment = today
    first, last = (milliseconds(moment + side * SLIP_WITHIN) for side in (-1, 1))
    given = house.store.read(tickets.given_between, board.day.id if board.day else 0, queue[:40], first, last)
    nearest = sorted(given, key=lambda ticket: abs(ticket.arrived_at - moment))[:SLIPS_SHOWN]
    return {"found": sorted(nearest, key=lambda ticket: ticket.n)}


def _lines(
    centre: Centre, board: Board, mine: tuple[str, ...], language: str, house: House
) -> list[dict[str, Any]]:
    now = house.now()
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
                "stopped": wording.stop(board.stop_of(queue.id, now), translator(language)),
            }
        )
    return sorted(rows, key=lambda row: not row["mine"])


def _received(house: House, number: int) -> list[dict[str, Any]]:
    rows = []
    for dossier in house.store.read(dossiers.newest, DOSSIERS_SHOWN, number):
        messages = house.store.read(outbox.portal_messages_of, dossier.code)
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

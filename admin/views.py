"""What the managers' pages show."""

import asyncio
from typing import Any

from starlette.requests import Request

from admin import portal_desk, refused_arrivals
from admin.slips import unsure
from domain.centres import Centre, Counter
from domain.roles import PERSON_ROLES
from domain.routing import counters_serving, served_queues
from store import jobs, people, portal_gates, procedures
from store.centres import NoCentre
from web import wording
from web.health import check
from web.house import House, house_of
from web.languages import translator
from web.pages import text_of
from web.scope import Scope, own_scope

in_thread = asyncio.to_thread  # Argon2 takes 0.4 s: never on the event loop


def frame(request: Request) -> dict[str, Any]:
    """What every admin page needs; works before a centre file is loaded."""
    house = house_of(request)
    try:
        centre: Centre | None = house.store.centre()
    except NoCentre:
        centre = None
    name = text_of(centre.name, request.state.language) if centre else "MotCua"
    return {"centre": centre, "centre_name": name}


async def overview(request: Request) -> dict[str, Any]:
    """Queues, counters, people, screens, printers, and the health of it all."""
    house, shared = house_of(request), frame(request)
    checks = await check(house)
    shared |= {"checks": checks, "roles": sorted(PERSON_ROLES), "catalogue": house.store.read(procedures.count)}
    centre: Centre | None = shared["centre"]
    if centre is None:
        return shared | {"day": None}
    board, scope = house.hub.board(), own_scope(request)
    states = house.store.read(people.device_states)
    return shared | {
        "day": board.day,
        "board": board,
        "stops": {
            q.id: wording.stop(board.stop_of(q.id, house.now()), translator(request.state.language))
            for q in centre.queues
        },
        "scope": scope,
        "text": lambda text: text_of(text, request.state.language),
        "served": served_queues,
        "letters": {queue.id: queue.prefix for queue in centre.queues},
        "placed": {q.id: sum(p.queue == q.id for p in centre.procedures) for q in centre.queues},
        "everybody": [person for person in house.store.read(people.everybody) if scope.has_person(person)],
        "devices": [(device, states.get(device.id)) for device in centre.devices],
        "outbox": house.store.read(jobs.outbox_depths),
        "complete": portal_desk.completeness(house),
        "portal_stop": house.store.read(portal_gates.stop),
        "zone_names": {zone.id: text_of(zone.name, request.state.language) for zone in centre.zones},
        "unreachable": _without_access(centre, scope),
        "printers": house.printers(),
        "said": translator(request.state.language),
    }


def _without_access(centre: Centre, scope: Scope) -> list[str]:
    """Queues that no accessible counter serves (QCVN 10:2014/BXD 2.6.1): a warning, not an error."""
    accessible: list[Counter] = [counter for counter in centre.counters if counter.accessible]
    own = [queue for queue in centre.queues if scope.has_queue(queue.id)]
    return [queue.prefix for queue in own if not counters_serving(accessible, queue.id)]


def catalogue(request: Request, words: str) -> dict[str, Any]:
    """What a search of the whole catalogue finds, with the queue where this centre receives it."""
    house, shared = house_of(request), frame(request)
    centre: Centre | None = shared["centre"]
    placed = {p.code: p for p in centre.procedures} if centre else {}
    letters = {q.id: q.prefix for q in centre.queues} if centre else {}
    found = house.store.read(procedures.search, words) if words.strip() else _placed(house, list(placed))
    return shared | {
        "found": found,
        "placed": placed,
        "letters": letters,
        "count": house.store.read(procedures.count),
    }


def _placed(house: House, codes: list[str]) -> list[Any]:
    return [p for code in codes if (p := house.store.read(procedures.find, code)) is not None]


def desk(request: Request) -> dict[str, Any]:
    """Parked and waiting messages, and slips that nobody can vouch for, of the queues that the visitor may see."""
    house = house_of(request)
    return (
        frame(request)
        | portal_desk.shown(request)
        | refused_arrivals.shown(request)
        | {
            "slips": unsure(request),
            "printers": house.store.centre().printers,
            "said": translator(request.state.language),
        }
    )

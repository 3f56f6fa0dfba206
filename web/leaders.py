"""The live pictures of those who lead: one for each scope, for each person as long as the own rights reach it."""

from collections.abc import Callable

from starlette.websockets import WebSocket

from domain.roles import LEADING_ROLES
from store import people
from store.people import Person
from web.house import House, house_of, visitor_of
from web.live import DESK_PACE, NEVER_SHOWN
from web.scope import Scope, scope_of, scope_of_agency

Draw = Callable[[House, Scope, str], str]


async def watch(socket: WebSocket, name: str, draw: Draw, deaf_to: tuple[type, ...] = NEVER_SHOWN) -> None:
    """Serve the picture of this name, drawn by house, scope and language, until whoever watches may not see it.

    It is drawn by its scope alone: who opened it first may see more or less tomorrow.
    """
    house, visitor = house_of(socket), visitor_of(socket)
    agency = scope_of(visitor.person, house.store.centre()).agency

    def render(language: str) -> str:
        return draw(house, scope_of_agency(agency, house.store.centre()), language)

    topic = house.hub.topic(name if agency is None else f"{name}:{agency}", render, DESK_PACE, deaf_to)
    await house.hub.stream(
        socket, topic, socket.state.language, visitor.who, lambda: _may_see(house, visitor.person, agency)
    )


def _may_see(house: House, person: Person | None, agency: str | None) -> bool:
    now = house.store.read(people.by_id, person.id) if person else None
    return (
        now is not None
        and not LEADING_ROLES.isdisjoint(now.roles)
        and scope_of(now, house.store.centre()).agency == agency
    )

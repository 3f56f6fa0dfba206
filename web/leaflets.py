"""What to know of a procedure before coming or waiting: papers, fee, limit; and the same as a page for phones."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from domain.centres import Placement
from domain.deadlines import Unit
from domain.errors import UnknownProcedure
from domain.procedures import Channel, Procedure, documents
from domain.roles import Role, open_to
from operations.intake import find_placement
from store import procedures
from web.house import House, house_of
from web.pages import page, text_of

LONG_TITLE = 120  # characters; a longer one would push papers and button off the glass


@open_to(Role.ANYONE)
async def show_leaflet(request: Request) -> Response:
    """The list that somebody takes along from the kiosk; it names nobody."""
    house = house_of(request)
    found, placement = find(house, request.path_params["code"])
    context = {"centre_name": text_of(house.store.centre().name, request.state.language)}
    return page(request, "web/leaflet.html", **context, **leaflet(found, placement))


def find(house: House, code: str) -> tuple[Procedure, Placement | None]:
    """The procedure of the catalogue, and how this centre receives it, if it does. Raises UnknownProcedure."""
    found = house.store.read(procedures.find, code)
    if found is None:
        raise UnknownProcedure(procedure=code[:20])
    try:
        return found, find_placement(house.store.centre(), code)
    except UnknownProcedure:
        return found, None


def leaflet(found: Procedure, placement: Placement | None) -> dict[str, Any]:
    """Heading, limit, fees and papers; `rows` are the catalogue's own, those of the counter before all others."""
    return {
        "procedure": found,
        "heading": _heading(found, placement),
        "papers": documents(found),
        "limit": _limit(placement),
        "rows": [row for row in found.channels if row.channel is Channel.DIRECT] or list(found.channels),
    }


def _heading(found: Procedure, placement: Placement | None) -> str:
    """The title, or where it is long what the centre calls it."""
    if len(found.title) <= LONG_TITLE:
        return found.title
    if placement is not None and placement.short_title:
        return placement.short_title
    return found.title[:LONG_TITLE].rsplit(" ", 1)[0] + " …"


def _limit(placement: Placement | None) -> tuple[float, str] | None:
    """The limit that a person set for this centre."""
    if placement is None or placement.limit is None or placement.limit.unit == Unit.UNKNOWN:
        return None
    return (placement.limit.amount, placement.limit.unit)


ROUTES: list[BaseRoute] = [Route("/procedures/{code}", show_leaflet)]

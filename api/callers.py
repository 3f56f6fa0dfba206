"""Which roles may call what, who calls, and how they are answered."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import Invalid, NotAllowed
from domain.roles import COUNTER_ROLES, Role
from store.people import Person
from web.house import house_of, visitor_of
from web.scope import check_counter_now

WORKERS = (*sorted(COUNTER_ROLES), Role.SUPERVISOR)
ISSUERS = (Role.KIOSK, Role.GUIDE, *WORKERS, Role.MANAGER)
READERS = (*ISSUERS, Role.WALL, Role.ADMINISTRATOR)
BOOKERS = (Role.CLERK, Role.GUIDE, Role.SUPERVISOR)


def json(answer: Any, status: int = 200) -> Response:
    """A struct as JSON, never kept by a cache."""
    body = msgspec.json.encode(answer)
    return Response(body, status, media_type="application/json", headers={"Cache-Control": "no-store"})


def person_of(request: Request) -> Person:
    """The person behind the token or sign-in. Raises NotAllowed."""
    person = visitor_of(request).person
    if person is None:
        raise NotAllowed()
    return person


def counter_of(request: Request) -> int:
    """The counter of the address. Raises UnknownCounter where it is another agency's."""
    number: int = request.path_params["counter"]
    check_counter_now(request, number)
    return number


def check_printer(request: Request, printer: str | None) -> None:
    """Raises Invalid for a printer that this centre has not."""
    centre = house_of(request).store.centre()
    if printer is not None and printer not in {p.id for p in centre.printers}:
        raise Invalid(what="printer")

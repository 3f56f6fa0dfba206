"""How long personal data are kept, what goes next and how much has gone, by rule. It names nobody."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import views
from domain.errors import NotFound
from domain.keeping import HELD_NAMES
from domain.roles import Role, open_to
from operations import keeping
from operations.keeping import Outlook
from web.house import House, house_of
from web.pages import page
from web.scope import own_scope

HERE = "/admin/keeping"
READERS = (Role.MANAGER, Role.ADMINISTRATOR, Role.AUDITOR)


@open_to(*READERS)
async def show_keeping(request: Request) -> Response:
    """A line for each rule; a department's manager has no such page, for rules know no department."""
    if own_scope(request).agency is not None:
        raise NotFound(what=HERE)
    rows = await views.in_thread(_rows, house_of(request))
    return page(request, "admin/keeping.html", rows=rows, names=HELD_NAMES, **_sums(rows), **views.frame(request))


def _rows(house: House) -> list[Outlook]:
    with house.store.own_reader() as db:
        return keeping.outlook(db, house.store.centre(), house.now())


def _sums(rows: list[Outlook]) -> dict[str, Any]:
    return {"due": sum(row.due for row in rows), "held_back": sum(row.held_back for row in rows)}


ROUTES: list[BaseRoute] = [Route(HERE, show_keeping)]

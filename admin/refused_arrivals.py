"""What came from the portal or another system and was not taken: read in words, taken again, or dismissed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin.portal_desk import CLERKS_DESK, DESK, check_whole_centre
from domain import refused_arrivals as refused
from domain.calendar import Translate
from domain.errors import msgid
from domain.roles import open_to
from operations import declining
from store import inbox, refused_arrivals
from store.refused_arrivals import RefusedArrival
from web import forms
from web.house import House, act_of, house_of, visitor_of
from web.languages import translator
from web.pages import go
from web.scope import own_scope

UNREADABLE = msgid("Không còn đọc được lý do; hãy hỏi nơi gửi.")


class Door(Protocol):
    """Who takes what comes in: `portal.inbox`, which this room does not know."""

    async def take_again(self, arrival: int, person: str) -> object:
        """What was refused, once its cause is mended. Raises why it cannot be taken."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was not taken, in words; `is_kept`: its content is here and may be taken again."""

    number: int
    code: str
    what: str
    source: str
    reason: str
    at: datetime
    is_kept: bool


def shown(request: Request) -> dict[str, Any]:
    """What the desk tells of it, to those who see the whole centre: whose it would be nobody knows."""
    house, said = house_of(request), translator(request.state.language)
    found = house.store.read(refused_arrivals.standing) if own_scope(request).agency is None else []
    return {
        "arrivals": [_row(house, one, said) for one in found],
        "dismissals": [(key.value, said(words)) for key, words in refused.DISMISSALS.items()],
    }


def _row(house: House, one: RefusedArrival, said: Translate) -> Row:
    sealed = house.store.read(refused_arrivals.sealed_content, one.number)
    kept = refused.from_bytes(house.vault.unseal(sealed)) if sealed else None
    what = msgid("Hồ sơ trực tuyến") if one.part in (inbox.WHOLE, "") else msgid("Phần bổ sung")
    return Row(
        one.number, one.code, said(what) if one.code else "", said(refused.SOURCES[one.source]),
        kept.told.sentence(said) if kept else said(UNREADABLE), one.at, bool(kept and kept.body),
    )  # fmt: skip


@open_to(*CLERKS_DESK, body_limit=2048)
async def take_again(request: Request) -> Response:
    """Take it, now that its cause is mended; a reason that stands or is new is shown."""
    await forms.read_form(request)
    check_whole_centre(request)
    door: Door = request.app.state.inbox
    await door.take_again(request.path_params["arrival"], visitor_of(request).who)
    return go(DESK)


@open_to(*CLERKS_DESK, body_limit=2048)
async def dismiss(request: Request) -> Response:
    """It need not be taken."""
    form, arrival = await forms.read_form(request), request.path_params["arrival"]
    check_whole_centre(request)
    reason, who = forms.text(form, "reason", 40), visitor_of(request).who
    await house_of(request).store.write(act_of(request, form), declining.dismiss, arrival, who, reason)
    return go(DESK)


ROUTES: list[BaseRoute] = [
    Route("/admin/portal/arrivals/{arrival:int}/takings", take_again, methods=["POST"]),
    Route("/admin/portal/arrivals/{arrival:int}/dismissals", dismiss, methods=["POST"]),
]

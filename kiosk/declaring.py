"""'Tôi thuộc diện ưu tiên': the list of classes, and the choice, which is taken back as easily as it is made.

What is chosen travels in the body of a POST alone: no address, cookie, log or metric tells it.
"""

import asyncio
import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.days import local
from domain.roles import Role, open_to
from kiosk import modes, priorities, scans, views
from kiosk.asking import device_of
from kiosk.declarations import LIVES_SECONDS
from kiosk.memory import memory_of
from operations.ticketing import find_class
from web import forms
from web.house import act_of, house_of
from web.pages import go, is_fragment, page

KIND = re.compile(r"[a-z]{1,20}")
CODE = re.compile(r"\d\.\d{6}")


@open_to(Role.KIOSK)
async def show_classes(request: Request) -> Response:
    """The centre's classes, for the page from which one comes."""
    asked = request.query_params
    choice = priorities.choice(request, *_place(asked.get("at", ""), asked.get("kind", "")))
    return page(request, "kiosk/classes.html", **_list(request, choice))


@open_to(Role.KIOSK, body_limit=512)
async def show_classes_after_scan(request: Request) -> Response:
    """The same for somebody whose scan is remembered: in the place of what the scan has found."""
    request.state.failures_go_to = "#failure"
    journey = scans.journey_of(request, await forms.read_form(request))
    context = _list(request, priorities.choice(request, journey=journey.id))
    return page(request, "kiosk/_classes.html" if is_fragment(request) else "kiosk/classes.html", **context)


@open_to(Role.KIOSK, body_limit=512)
async def declare(request: Request) -> Response:
    """Choose the class that `priority` names, none where it is empty, leave all as it is where it is missing."""
    request.state.failures_go_to = "#failure"
    form = await forms.read_form(request)
    if "priority" in form:
        _remember(request, forms.text(form, "priority", 40, required=False), act_of(request, form).request or "")
    if form.get("journey"):
        return scans.show_again(request, form)
    at, kind = _place(forms.text(form, "at", 20, required=False), forms.text(form, "kind", 20, required=False))
    path = at if at == "queues" else f"procedures/{at}"
    return go(f"/kiosk/{device_of(request).id}/{path}", modes.carried(request) | ({"kind": kind} if kind else {}))


def _remember(request: Request, priority: str, asked: str) -> None:
    """Raises ClassNotInForce."""
    house, device, declarations = house_of(request), device_of(request).id, memory_of(request).declarations
    if not priority:
        declarations.end(device)
        return
    find_class(house.store.centre(), priority, local(house.now()).date())
    declarations.declare(device, priority, asked)
    asyncio.get_running_loop().call_later(LIVES_SECONDS + 1, declarations.sweep)


def _place(at: str, kind: str) -> tuple[str, str]:
    """Only a place that there can be."""
    return (at if CODE.fullmatch(at) else "queues", kind if KIND.fullmatch(kind) else "")


def _list(request: Request, choice: priorities.Choice) -> dict[str, object]:
    return {
        **views.frame(request, device_of(request)),
        "groups": priorities.groups(request),
        "priority": choice,
    }


ROUTES = [
    Route("/kiosk/{device}/classes", show_classes),
    Route("/kiosk/{device}/classes", show_classes_after_scan, methods=["POST"]),
    Route("/kiosk/{device}/declarations", declare, methods=["POST"]),
]

"""The routes of the sandbox portal's own face: the page for people, JSON and fault switches for tests."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from portal.sandbox.assets import SCRIPT, STYLE
from portal.sandbox.faults import Faults
from portal.sandbox.page import page, scores_of
from portal.sandbox.pushes import Pushes
from portal.sandbox.requests import is_same_origin, order
from portal.sandbox.state import Dossier, State

PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    # "no-referrer" would make browsers send `Origin: null` with the page's own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class _FaultOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What POST /sandbox/faults takes, as JSON or as a form."""

    name: str
    times: int | None = None
    service: str = ""
    seconds: float | None = None
    field: str = ""
    pattern: str = "*"
    value: str = "0"


class Pages:
    """The sandbox's own face: the page for people, the JSON and the switches for tests."""

    def __init__(self, state: State, faults: Faults, pushes: Pushes, now: Callable[[], datetime]) -> None:
        self._state = state
        self._pushes = pushes
        self._faults = faults
        self._now = now
        self._start = secrets.token_hex(4)

    def routes(self) -> list[Route]:
        """The page at "/", and all that stands under /sandbox."""
        return [
            Route("/", self._show),
            Route("/favicon.ico", self._icon),
            Route("/sandbox/page.css", self._style),
            Route("/sandbox/page.js", self._script),
            Route("/sandbox/dossiers.json", self._dossiers),
            Route("/sandbox/state.json", self._summary),
            Route("/sandbox/files.json", self._files),
            Route("/sandbox/score.json", self._score),
            Route("/sandbox/clear", self._clear, methods=["POST"]),
            Route("/sandbox/faults", self._set_fault, methods=["POST"]),
            Route("/sandbox/faults/clear", self._clear_faults, methods=["POST"]),
        ]

    async def _style(self, request: Request) -> Response:
        return _asset(STYLE, "text/css")

    async def _script(self, request: Request) -> Response:
        return _asset(SCRIPT, "text/javascript")

    async def _icon(self, request: Request) -> Response:
        return Response(status_code=204)

    async def _show(self, request: Request) -> Response:
        tag = f'"{self._start}-{self._state.generation}-{self._faults.generation}-{self._pushes.generation}"'
        headers = PAGE_HEADERS | {"ETag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        shown = page(self._state, self._faults, self._pushes, self._now())
        return Response(shown, headers=headers, media_type="text/html")

    async def _dossiers(self, request: Request) -> Response:
        return _json({code: _dossier_json(dossier) for code, dossier in self._state.dossiers.items()})

    async def _files(self, request: Request) -> Response:
        return _json(self._state.files.found)

    async def _score(self, request: Request) -> Response:
        """The indicators from `since` to before `until`, in the portal's way; `received` by the centre."""
        query = request.query_params
        since, until, received = query.get("since", ""), query.get("until", ""), query.get("received", "0")
        if any(one and not re.fullmatch("[0-9]{14}", one) for one in (since, until)):
            return PlainTextResponse("since, until: yyyyMMddHHmmss", 400)
        if not re.fullmatch("[0-9]{1,9}", received):
            return PlainTextResponse("received: a number", 400)
        return _json(scores_of(self._state, self._now(), since, until, int(received)))

    async def _summary(self, request: Request) -> Response:
        return _json(
            {
                "counts": self._state.counts,
                "log": self._state.log,
                "faults": self._faults.active(),
                "error_code_style": self._faults.code_style,
            }
        )

    async def _set_fault(self, request: Request) -> Response:
        if not is_same_origin(request):
            return PlainTextResponse("another origin", 403)
        try:
            self._apply(await order(request, _FaultOrder))
        except (ValueError, msgspec.DecodeError) as error:
            return PlainTextResponse(str(error), 400)
        return self._done(request)

    async def _clear_faults(self, request: Request) -> Response:
        if not is_same_origin(request):
            return PlainTextResponse("another origin", 403)
        self._faults.clear()
        return self._done(request)

    async def _clear(self, request: Request) -> Response:
        if not is_same_origin(request):
            return PlainTextResponse("another origin", 403)
        self._state.clear()
        self._faults.clear()
        self._pushes.clear()
        return self._done(request)

    def _apply(self, order: _FaultOrder) -> None:
        if order.name == "error_code_style":
            self._faults.code_style = order.value
            return
        self._faults.set(
            order.name,
            order.times,
            service=order.service,
            seconds=order.seconds,
            field=order.field,
            pattern=order.pattern,
        )

    def _done(self, request: Request) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse("/", 303)
        return _json(self._faults.active())


def _dossier_json(dossier: Dossier) -> dict[str, Any]:
    return {
        "madonvi": dossier.madonvi,
        "status": dossier.status,
        "versions": [
            {"received_at": version.received_at, "record": msgspec.Raw(version.raw)} for version in dossier.versions
        ],
        "steps": list(dossier.steps),
    }


def _json(value: object) -> Response:
    return Response(
        msgspec.json.encode(value), media_type="application/json", headers={"Cache-Control": "no-store"}
    )


def _asset(text: str, media_type: str) -> Response:
    return Response(
        text,
        media_type=media_type,
        headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"},
    )

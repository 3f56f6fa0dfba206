"""The small web page of the simulated printers: slips as pictures, a list for programs, fault buttons."""

import asyncio
import contextlib
import hashlib
import socket
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import uvicorn
from PIL import Image  # noqa: F401  loaded here so that the first slip does not wait for it
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from printers.simulator.device import PrinterSimulator
from printers.simulator.face import SCRIPT, STYLE, page, slip_url
from printers.simulator.paper import Slip
from printers.simulator.table import Fault

SWITCHABLE = frozenset(
    {
        Fault.PAPER_OUT,
        Fault.PAPER_NEAR_END,
        Fault.COVER_OPEN,
        Fault.OFF,
        Fault.OFFLINE,
        Fault.CUTTER_JAM,
        Fault.HEAD_HOT,
    }
)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def create_page(printers: Sequence[PrinterSimulator]) -> Starlette:
    """The page as an ASGI application; the printers must be switched on."""
    return Pages(printers).application()


async def serve(printers: Sequence[PrinterSimulator], port: socket.socket, stop: asyncio.Event) -> None:
    """Serve the page on an already listening socket until `stop` is set."""
    server = _Server(
        uvicorn.Config(
            create_page(printers),
            lifespan="off",
            ws="none",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
    )
    serving = asyncio.ensure_future(server.serve(sockets=[port]))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    server.should_exit = True
    await serving


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the program, which also has printers to end."""
        yield


class Pages:
    """The handlers, around the printers they show."""

    def __init__(self, printers: Sequence[PrinterSimulator]) -> None:
        self._printers = {printer.name: printer for printer in printers}

    def application(self) -> Starlette:
        """All routes, each answer with its safety headers."""
        return Starlette(
            routes=[
                Route("/", self.home),
                Route("/page.css", self.style),
                Route("/page.js", self.script),
                Route("/slips.json", self.slips),
                Route("/slips/{number:int}.png", self.picture),
                Route("/printers/{name}/faults/{fault}/{act}", self.switch, methods=["POST"]),
            ],
            middleware=[Middleware(BaseHTTPMiddleware, dispatch=_with_headers)],
        )

    async def home(self, request: Request) -> Response:
        """The page for people."""
        return HTMLResponse(page(list(self._printers.values()), self._state()))

    async def style(self, request: Request) -> Response:
        """The style sheet."""
        return Response(STYLE, media_type="text/css")

    async def script(self, request: Request) -> Response:
        """The script that renews the page when something new came."""
        return Response(SCRIPT, media_type="text/javascript")

    async def slips(self, request: Request) -> Response:
        """The kept slips of all printers, newest first; 304 while nothing changed."""
        headers = {"ETag": self._state()}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        rows = [
            {
                "id": slip.number,
                "printer": name,
                "time": slip.printed_at.isoformat(),
                "size": [slip.width, slip.height],
                "sha256": slip.sha256,
                "url": slip_url(slip),
            }
            for name, slip in self._newest_first()
        ]
        return JSONResponse(rows, headers=headers)

    async def picture(self, request: Request) -> Response:
        """One slip as PNG."""
        for _, slip in self._newest_first():
            if slip.number == request.path_params["number"]:
                caching = {"Cache-Control": "private, max-age=86400, immutable"}
                return Response(slip.png(), media_type="image/png", headers=caching)
        return PlainTextResponse("Không có phiếu này.", 404)

    async def switch(self, request: Request) -> Response:
        """A fault button; only a page of this origin may press it."""
        if not _is_same_origin(request):
            return PlainTextResponse("Yêu cầu đến từ trang khác.", 403)
        name, fault, act = (request.path_params[key] for key in ("name", "fault", "act"))
        if name not in self._printers or fault not in SWITCHABLE or act not in ("set", "clear"):
            return PlainTextResponse("Không có nút này.", 404)
        faults = self._printers[name].faults
        if act == "set":
            faults.set(fault)
        else:
            faults.clear(fault)
        return RedirectResponse("/", 303)

    def _newest_first(self) -> list[tuple[str, Slip]]:
        pairs = [(printer.name, slip) for printer in self._printers.values() for slip in printer.records]
        return sorted(pairs, key=lambda pair: pair[1].number, reverse=True)

    def _state(self) -> str:
        facts = [
            (
                printer.name,
                printer.printed,
                printer.hanging_rows,
                [(event.kind, event.position) for event in printer.events[-1:]],
                len(printer.events),
                [fault for fault in SWITCHABLE if fault in printer.faults],
                [slip.sha256 for slip in printer.records[-1:]],
            )
            for printer in self._printers.values()
        ]
        return f'"{hashlib.sha256(repr(facts).encode()).hexdigest()[:16]}"'


async def _with_headers(request: Request, call_next: RequestResponseEndpoint) -> Response:
    answer = await call_next(request)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _is_same_origin(request: Request) -> bool:
    origin = request.headers.get("origin")
    if origin is None:
        # No browser sends a POST without Origin; a program on this machine may leave it out.
        return request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    return urlsplit(origin).netloc == request.headers.get("host")

"""The state network's adapter in front of the sandbox portal: HTTP in, HTTP out, and what goes wrong between.

Knows transport, destination and the fault switches; what an answer says is decided in `services`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from portal.sandbox import services as services
from portal.sandbox.faults import ADAPTER_FAULTS, LOGIN, Fault, FaultName, Faults
from portal.sandbox.requests import bounded_body, gone
from portal.sandbox.services import Answer, Services
from portal.sandbox.state import Request as LogLine
from portal.sandbox.state import State

DESTINATION = "VN:GOV:000.00.00.G22:vpcpdvcprovider"
MAX_BODY_BYTES = 8 * 1024 * 1024
MAX_SERVICE_SHOWN = 60
BROKEN_PAGES = {
    FaultName.BAD_GATEWAY: (502, "<html><body><h1>502 Bad Gateway</h1></body></html>"),
    FaultName.NOT_JSON: (200, "<html><body>Hệ thống đang bảo trì</body></html>"),
    FaultName.EMPTY_ANSWER: (200, ""),
}


@dataclass(slots=True)
class Adapter:
    """One sandbox as its HTTP routes need it. `closing` ends every wait when the server stops."""

    services: Services
    state: State
    faults: Faults
    now: Callable[[], datetime]
    destination: str = DESTINATION
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def log_in(self, request: Request) -> Response:
        """POST …/forward/mapi/login."""
        return await self._forward(request, is_login=True)

    async def integrate(self, request: Request) -> Response:
        """POST …/forward/mapi/g."""
        return await self._forward(request, is_login=False)

    async def _forward(self, request: Request, *, is_login: bool) -> Response:
        raw = await bounded_body(request, MAX_BODY_BYTES)
        if raw is None:
            return JSONResponse({"error_code": "-1", "message": "Nội dung quá lớn"}, 413)
        if self.destination not in (request.headers.get("dstcode"), request.query_params.get("dstcode")):
            return JSONResponse({"error_code": "-1", "message": "dstcode: thiếu hoặc sai"}, 400)
        call = _Call.read(request, raw, is_login)
        overlapping = self.state.begin(call.codes)
        try:
            return await self._handle(call, overlapping)
        finally:
            self.state.end(call.codes)

    async def _handle(self, call: _Call, overlapping: bool) -> Response:
        slow = self.faults.take(FaultName.SLOW, call.service)
        if slow:
            await self._wait(call.request, slow.seconds)
        for name in ADAPTER_FAULTS:
            if self.faults.take(name, call.service):
                status, page = BROKEN_PAGES[name]
                self._note(call, fault=name.value)
                return HTMLResponse(page, status)
        expired = self.faults.take(FaultName.EXPIRED_TOKEN, call.service)
        if expired:
            self.services.expire_sessions()
        answer = self._decide(call)
        lost = self._loss(call, answer)
        fault = lost or expired or slow
        self._note(call, answer, fault=fault.name.value if fault else "", overlapping=overlapping)
        if lost:
            if lost.name is FaultName.TIMEOUT_AFTER_COMMIT:
                await self._wait(call.request, lost.seconds)
            return await _drop(call.request)
        body = msgspec.json.encode(answer.body(self.faults.code_style))
        return Response(body, media_type="application/json")

    def _decide(self, call: _Call) -> Answer:
        if call.problem:
            return Answer(services.ERROR, call.problem)
        return self.services.log_in(call.body) if call.is_login else self.services.serve(call.body)

    def _loss(self, call: _Call, answer: Answer) -> Fault | None:
        if answer.code != services.OK:
            return None
        return self.faults.take(FaultName.TIMEOUT_AFTER_COMMIT, call.service) or self.faults.take(
            FaultName.DROP_AFTER_COMMIT, call.service
        )

    def _note(
        self, call: _Call, answer: Answer | None = None, *, fault: str = "", overlapping: bool = False
    ) -> None:
        warnings = answer.warnings if answer else ()
        if overlapping:
            warnings += ("hai yêu cầu cùng lúc cho một hồ sơ",)
        if answer and answer.code == services.ERROR:
            self.state.count("expired" if answer.message == services.EXPIRED else "rejected")
        self.state.note(
            LogLine(
                self.now(),
                call.service[:MAX_SERVICE_SHOWN],
                call.codes,
                str(answer.code) if answer else "",
                answer.message if answer else "",
                warnings,
                fault,
            )
        )

    async def _wait(self, request: Request, seconds: float) -> None:
        """Waits for `seconds`, or until the caller leaves or the sandbox closes."""
        ends = [asyncio.create_task(gone(request)), asyncio.create_task(self._closed())]
        await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        await asyncio.gather(*ends, return_exceptions=True)

    async def _closed(self) -> None:
        await self.closing.wait()


@dataclass(frozen=True, slots=True)
class _Call:
    """One request, read but not yet judged."""

    request: Request
    is_login: bool
    service: str
    codes: tuple[str, ...]
    body: object
    problem: str

    @classmethod
    def read(cls, request: Request, raw: bytes, is_login: bool) -> _Call:
        body, problem = _decoded(request, raw)
        service = LOGIN if is_login else services.service_of(body)
        return cls(request, is_login, service, services.dossier_codes(body), body, problem)


def _decoded(request: Request, raw: bytes) -> tuple[object, str]:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        return None, "Content-Type: phải là application/json"
    try:
        return msgspec.json.decode(raw), ""
    except (msgspec.DecodeError, RecursionError):
        return None, "Nội dung không phải JSON"


async def _drop(request: Request) -> Response:
    # ASGI has no word for cutting a connection; uvicorn's request cycle, whose method `receive` is, has one.
    transport = getattr(getattr(request.receive, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionAbortedError("the connection is dropped on purpose")
    transport.abort()
    await gone(request)
    return Response()

"""The sandbox of the document exchange axis, in the REST form of a province's platform: strict, and able to fail.

It stands on the port of the sandbox portal under /v1, its page under /axis. It imports nothing of MotCua.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any

import msgspec
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from portal.sandbox.axis_page import page
from portal.sandbox.axis_rules import parsed, read
from portal.sandbox.axis_state import VIETNAM, AxisState, Document
from portal.sandbox.requests import MOST_OF_AN_ORDER, bounded_body, gone, is_same_origin, order

ACCOUNTS: Mapping[str, str] = {"H56.19": "truc-thu-nghiem"}
MAX_FILE = 50 * 1024 * 1024
MARKS = ("processing", "done", "fail")
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
ERRORS = {
    "10": "Tệp không hợp lệ",
    "15": "Sai SystemId hoặc SecretKey",
    "18": "Đơn vị nhận không tồn tại",
    "19": "Đơn vị gửi không đăng ký",
    "22": "edXML không đúng chuẩn",
    "23": "Đơn vị nhận đã khóa",
}
Handler = Callable[[Request, str], Coroutine[Any, Any, Response]]


class Wrong(Exception):
    """The call is refused with this code."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.code, self.about = code, about


class SandboxAxis:
    """The axis as its HTTP routes need it; `accounts` maps system ids, which are agency codes, to secrets."""

    def __init__(
        self, now: Callable[[], datetime], accounts: Mapping[str, str] = ACCOUNTS, state: AxisState | None = None
    ) -> None:
        self.accounts = accounts
        self.state = state or AxisState(now)
        self.closing = asyncio.Event()

    def routes(self) -> list[Route]:
        """The calls of programs, and the page for people with its switches."""
        calls: list[tuple[str, str, Handler]] = [
            ("POST", "sendEdoc", self._send),
            ("GET", "getReceivedEdocList", self._received),
            ("GET", "getSentEdocList", self._sent),
            ("GET", "getEdoc", self._fetch),
            ("POST", "updateStatus", self._mark),
            ("GET", "getAgenciesList", self._agencies),
        ]
        return [
            *(Route(f"/v1/{name}", self._call(name, handler), methods=[verb]) for verb, name, handler in calls),
            Route("/axis", self._show),
            Route("/axis/answers", self._answer, methods=["POST"]),
            Route("/axis/faults", self._set_fault, methods=["POST"]),
            Route("/axis/clear", self._clear, methods=["POST"]),
        ]

    def _call(self, name: str, handler: Handler) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def call(request: Request) -> Response:
            state = self.state
            if state.take_fault("bad_gateway"):
                state.note(f"{name} 502")
                return HTMLResponse("<html><body><h1>502 Bad Gateway</h1></body></html>", 502)
            try:
                answer = await handler(request, self._caller(request))
            except Wrong as wrong:
                state.note(f"{name} {wrong.code} {wrong.about}")
                return _refusal(wrong)
            state.note(f"{name} 0")
            if state.take_fault("not_json"):
                return HTMLResponse("<html><body>Hệ thống đang bảo trì</body></html>")
            if name == "sendEdoc" and state.take_fault("timeout_after_commit"):
                await self._keep_silent(request)
            return answer

        return call

    def _caller(self, request: Request) -> str:
        system = request.headers.get("x-systemid", "")
        secret = request.headers.get("x-secretkey", "")
        if self.state.take_fault("wrong_key") or not secret or self.accounts.get(system) != secret:
            raise Wrong("15")
        return system

    async def _send(self, request: Request, system: str) -> Response:
        raw, kind = await _upload(request)
        root = parsed(raw)
        if root is None:
            raise Wrong("10")
        found, problems = read(root)
        if found is None or found.kind != kind:
            raise Wrong("22", "; ".join(problems) or "messageType")
        if found.sender != system:
            raise Wrong("19")
        for code in found.receivers:
            agency = self.state.agency(code)
            if agency is None:
                raise Wrong("18")
            if agency.is_locked:
                raise Wrong("23")
        document = self.state.keep(raw, found)
        return JSONResponse({"success": True, "message": "OK", "docId": document.axis_id})

    async def _received(self, request: Request, system: str) -> Response:
        kind, is_meant = _asked(request)
        waiting = self.state.waiting_for(system, kind)
        return _list([_row(number, each, system) for number, each in waiting if is_meant(each)])

    async def _sent(self, request: Request, system: str) -> Response:
        kind, is_meant = _asked(request)
        return _list([_row(each.axis_id, each, "") for each in self.state.sent_by(system, kind) if is_meant(each)])

    async def _fetch(self, request: Request, system: str) -> Response:
        number = request.query_params.get("docId", "")
        document = self.state.find(number)
        if document is None or system not in document.read.receivers:
            raise Wrong("10", "docId")
        text = document.raw.decode("utf-8", "replace")
        return JSONResponse(
            {
                "success": True,
                "message": "OK",
                "data": {"docId": number, "from": document.read.sender, "edxml": text},
            }
        )

    async def _mark(self, request: Request, system: str) -> Response:
        try:
            body = await bounded_body(request, MOST_OF_AN_ORDER)
            said = msgspec.json.decode(body or b"", type=dict[str, str])
        except msgspec.DecodeError:
            raise Wrong("10", "JSON") from None
        if said.get("status") not in MARKS or not self.state.mark(said.get("docId", ""), system, said["status"]):
            raise Wrong("10", "docId, status")
        return JSONResponse({"success": True, "message": "OK"})

    async def _agencies(self, request: Request, system: str) -> Response:
        return _list(
            [{"code": each.code, "code102": each.code102, "name": each.name} for each in self.state.agencies]
        )

    async def _show(self, request: Request) -> Response:
        return HTMLResponse(page(self.state), headers=PAGE_HEADERS)

    async def _answer(self, request: Request) -> Response:
        told = await _order(request)
        try:
            self.state.answer(told.get("document", ""), told.get("code", ""), told.get("receiver", ""))
        except (LookupError, ValueError) as error:
            return PlainTextResponse(str(error), 400)
        return RedirectResponse("/axis", 303)

    async def _set_fault(self, request: Request) -> Response:
        told = await _order(request)
        try:
            self.state.set_fault(told.get("name", ""), int(told.get("times", "1")))
        except ValueError as error:
            return PlainTextResponse(str(error), 400)
        return RedirectResponse("/axis", 303)

    async def _clear(self, request: Request) -> Response:
        await _order(request)
        self.state.clear()
        return RedirectResponse("/axis", 303)

    async def _keep_silent(self, request: Request) -> None:
        """Until the caller leaves, the sandbox closes, or the silence has lasted long enough."""
        ends = [asyncio.create_task(gone(request)), asyncio.create_task(_closed(self.closing))]
        await asyncio.wait(ends, timeout=self.state.silence_seconds, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        await asyncio.gather(*ends, return_exceptions=True)


def _refusal(wrong: Wrong) -> JSONResponse:
    said = ERRORS[wrong.code] + (f": {wrong.about}" if wrong.about else "")
    data = {"docId": None, "status": "error", "errorCode": wrong.code, "errorDesc": said}
    return JSONResponse({"success": False, "message": "Lỗi", "data": data}, 401 if wrong.code == "15" else 200)


def _asked(request: Request) -> tuple[str, Callable[[Document], bool]]:
    kind = request.query_params.get("messageType", "")
    first, last = (request.query_params.get(name, "") for name in ("fromDate", "toDate"))
    if kind not in ("edoc", "status") or len(first) != 10 or len(last) != 10:
        raise Wrong("10", "messageType, fromDate, toDate")
    return kind, lambda each: first <= f"{each.at.astimezone(VIETNAM):%Y/%m/%d}" <= last


def _row(number: str, each: Document, receiver: str) -> dict[str, str]:
    return {
        "docId": number,
        "serviceType": "eDoc",
        "messageType": each.read.kind,
        "from": each.read.sender,
        "to": receiver or ",".join(each.read.receivers),
        "documentId": each.read.document,
        "createdTime": f"{each.at.astimezone(VIETNAM):%Y/%m/%d %H:%M:%S}",
        "status": each.marks.get(receiver, "initial"),
    }


def _list(rows: list[dict[str, str]]) -> JSONResponse:
    return JSONResponse({"success": True, "message": "OK", "count": len(rows), "data": rows})


async def _upload(request: Request) -> tuple[bytes, str]:
    if int(request.headers.get("content-length", "0") or 0) > MAX_FILE:
        raise Wrong("10", "Content-Length")
    try:
        async with request.form(max_files=1, max_fields=5) as form:
            file, kind = form.get("edocFile"), form.get("messageType")
            if not isinstance(file, UploadFile) or not isinstance(kind, str):
                raise Wrong("10", "edocFile, messageType")
            return await file.read(), kind
    except (HTTPException, ClientDisconnect):
        raise Wrong("10", "multipart/form-data") from None


async def _order(request: Request) -> dict[str, str]:
    if not is_same_origin(request):
        raise HTTPException(403)
    try:
        return await order(request, dict[str, str])
    except (ValueError, msgspec.DecodeError):
        raise HTTPException(400) from None


async def _closed(closing: asyncio.Event) -> None:
    await closing.wait()

"""The walls of the house: host, origin, size, role and headers on every route, declared or refused."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from urllib.parse import urlsplit

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketState

from domain.errors import NotAllowed, Refused
from domain.roles import DEVICE_ROLES, Role
from web import failures, languages
from web.failures import Broken, DeviceUnknown, ForeignOrigin, NoSuchPage, SignInNeeded, TooLarge
from web.house import house_of
from web.visitors import Visitor

NOTHING_PERMITTED = "camera=(), microphone=(), geolocation=(), usb=(), serial=()"
# Only the page on which a centre records its own voice (`admin.recording`) and a file that is saved, never shown
# (`web.attachments.served`), say otherwise.
OWN_POLICY = frozenset({b"permissions-policy", b"content-security-policy"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Whoever posts here proves it by the message's own seal: a program, with nothing that a browser would add.
SEALED = frozenset({"/portal/payments"})
LANGUAGE_COOKIE = "motcua-language"
LANGUAGE_ASKED = re.compile(rb"(?:^|&)lang=([a-z]{2,3})(?:&|$)")
log = structlog.get_logger("web")

Handler = Callable[[Request], Awaitable[Response]]
SocketHandler = Callable[[WebSocket], Awaitable[None]]


class UndeclaredRoute(RuntimeError):
    """A handler that does not say who may use it is never mounted."""


def guard(routes: Iterable[BaseRoute]) -> list[BaseRoute]:
    """The same routes with sign-in, role, size and failures put on. Raises UndeclaredRoute."""
    return [_guarded(route) for route in routes]


def _guarded(route: BaseRoute) -> BaseRoute:
    endpoint = getattr(route, "endpoint", None)
    roles = getattr(endpoint, "roles", None)
    if roles is None or not isinstance(route, Route | WebSocketRoute):
        raise UndeclaredRoute(f"{getattr(route, 'path', route)!s}: declare its roles with @open_to(...)")
    if isinstance(route, WebSocketRoute):
        return WebSocketRoute(route.path, _guard_socket(route.endpoint, roles), name=route.name)
    methods = sorted((route.methods or {"GET"}) - {"HEAD"})
    limit = getattr(endpoint, "body_limit", 8192)
    return Route(route.path, _guard_page(route.endpoint, roles, limit), methods=methods, name=route.name)


def _guard_page(handler: Handler, roles: frozenset[Role], limit: int) -> Handler:
    as_device = bool(roles & DEVICE_ROLES)

    async def guarded(request: Request) -> Response:
        request.state.language = _language(request)
        request.state.visitor = visitor = house_of(request).visitors.of(request, as_device=as_device)
        try:
            house_of(request).floods.check(visitor, address_of(request))
            admit(visitor, roles)
            if int(request.headers.get("content-length") or 0) > limit:
                raise TooLarge()
            request._receive = _bounded(request.receive, limit)
            return await handler(request)
        except SignInNeeded as error:
            return _to_sign_in(request) or failures.answer(request, error)
        except Refused as error:
            return failures.answer(request, error)
        except (HTTPException, ClientDisconnect, asyncio.CancelledError):
            raise
        except Exception:
            log.exception("handler failed", path=request.scope["route"].path if "route" in request.scope else "?")
            return failures.answer(request, Broken())

    guarded.roles = roles  # type: ignore[attr-defined]
    return guarded


def _guard_socket(handler: SocketHandler, roles: frozenset[Role]) -> SocketHandler:
    as_device = bool(roles & DEVICE_ROLES)

    async def guarded(socket: WebSocket) -> None:
        socket.state.language = _language(socket)
        visitors = house_of(socket).visitors
        socket.state.visitor = visitor = visitors.of(socket, as_device=as_device)
        socket.state.is_let_in = lambda: visitors.anew(socket, as_device=as_device).holds(*roles)
        try:
            house_of(socket).floods.check(visitor, address_of(socket))
            admit(visitor, roles)
            await handler(socket)
        except Refused as error:
            # Refused before accept: the browser sees 1006 and tries again, nothing was readable.
            if socket.application_state is WebSocketState.CONNECTING:
                status = 403 if isinstance(error, NotAllowed) else failures.status_of(error)
                await socket.send_denial_response(PlainTextResponse("refused", status))

    guarded.roles = roles  # type: ignore[attr-defined]
    return guarded


def admit(visitor: Visitor, roles: frozenset[Role]) -> None:
    """Let the visitor in or raise what is missing: a sign-in, a pairing, or the right."""
    if Role.ANYONE in roles or visitor.roles & roles:
        return
    if visitor.person is not None or visitor.device is not None or visitor.receiver is not None:
        raise NotAllowed()
    raise DeviceUnknown() if roles <= DEVICE_ROLES else SignInNeeded()


def address_of(connection: HTTPConnection) -> str:
    """From where somebody asks, as the proxy says where there is one; empty when nobody knows."""
    return connection.client.host if connection.client else ""


def _to_sign_in(request: Request) -> Response | None:
    if request.method != "GET" or request.url.path.startswith("/api/") or request.headers.get("hx-request"):
        return None
    return RedirectResponse(f"/sign-in?next={request.url.path}", status_code=303)


def _language(connection: HTTPConnection) -> str:
    asked = LANGUAGE_ASKED.search(connection.scope["query_string"])
    return languages.chosen(asked[1].decode() if asked else None, connection.cookies.get(LANGUAGE_COOKIE))


def _bounded(receive: Receive, limit: int) -> Receive:
    """A body sent in pieces without a declared length is counted as it comes."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise TooLarge()
        return message

    return bounded


class Walls:
    """Outermost layer: Host allow-list, origin of unsafe requests and sockets, security headers.

    The origin rule is that of Go 1.25 CrossOriginProtection: Sec-Fetch-Site decides where the browser sends
    it (`same-site` is refused: another port of this host is same-site), Origin where it does not.
    """

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], policy: str, https: bool) -> None:
        self._app = app
        self._hosts = hosts
        headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"permissions-policy", NOTHING_PERMITTED.encode()),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        if https:
            headers.append((b"strict-transport-security", b"max-age=31536000"))
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = _by_name(scope)
        if not self._is_known_host(headers.get("host", "")):
            await self._refuse(scope, receive, send, PlainTextResponse("unknown host", 400))
            return
        unsafe = scope["type"] == "websocket" or scope["method"] not in SAFE
        if unsafe and not is_same_origin(scope, headers):
            await self._refuse(scope, receive, send, _foreign(HTTPConnection(scope)))
            return
        await self._app(scope, receive, self._with_headers(send) if scope["type"] == "http" else send)

    def _is_known_host(self, host: str) -> bool:
        return host.lower() in self._hosts or host.rsplit(":", 1)[0].lower() in self._hosts

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
        if scope["type"] == "websocket":
            await WebSocket(scope, receive, send).send_denial_response(answer)
        else:
            await answer(scope, receive, self._with_headers(send))

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]} & OWN_POLICY
                added = [header for header in self._headers if header[0] not in own]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        return sending


def _by_name(scope: Scope) -> dict[str, str]:
    """The first header of each name; Starlette's Headers walks the whole list for every name it is asked."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}


def is_same_origin(scope: Scope, headers: Mapping[str, str]) -> bool:
    """Whether an unsafe request or a socket comes from our own pages, or from a program with its own credential."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and scope["type"] == "http":
        return site in ("same-origin", "none")
    if origin is not None:
        parts = urlsplit(origin)
        scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
        return parts.scheme == scheme and parts.netloc.lower() == headers.get("host", "").lower()
    return "cookie" not in headers and ("authorization" in headers or scope["path"] in SEALED)


def _foreign(connection: HTTPConnection) -> Response:
    error = ForeignOrigin()
    text = failures.sentence(error, _language(connection))
    if connection.url.path.startswith("/api/"):
        return JSONResponse({"error": {"code": error.code, "message": text}}, 403)
    return PlainTextResponse(text, 403)


def content_policy(script_hashes: str) -> str:
    """The header of ADR 9: every script by hash, own styles and media, our own Trusted Types policy."""
    return (
        f"default-src 'none'; script-src {script_hashes}; style-src 'self'; img-src 'self'; font-src 'self'; "
        "media-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types htmx"
    )


async def not_found(request: Request, _: Exception) -> Response:
    """An address that leads nowhere, or a method that it does not take."""
    request.state.language = _language(request)
    request.state.visitor = Visitor(frozenset({Role.ANYONE}))
    return failures.answer(request, NoSuchPage())

"""What every face of the sandbox asks of a request: a bounded body, an order, and whose page it came from."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request

MOST_OF_AN_ORDER = 4096
T = TypeVar("T")


async def bounded_body(request: Request, most: int) -> bytes | None:
    """The body; None as soon as it is longer than so many bytes."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)


async def order(request: Request, kind: type[T]) -> T:
    """What a form or a test orders, as JSON or as a form. Raises ValueError, DecodeError, ValidationError."""
    raw = await bounded_body(request, MOST_OF_AN_ORDER)
    if raw is None:
        raise ValueError("too large")
    if request.headers.get("content-type", "").startswith("application/json"):
        return msgspec.json.decode(raw, type=kind)
    return msgspec.convert(dict(parse_qsl(raw.decode())), kind, strict=False)


def is_same_origin(request: Request) -> bool:
    """Programs send no Origin; a browser always does when it posts."""
    origin = request.headers.get("origin")
    return origin is None or origin == f"{request.url.scheme}://{request.url.netloc}"


async def gone(request: Request) -> None:
    """Wait until whoever asked has hung up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass

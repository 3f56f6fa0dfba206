"""A citizen who does not exist and is put through everything; where any of it is written, in any way, it sings.

This is the one mechanism: what is searched for, how it may be spelled, and what a running centre leaves behind.
"""

import base64
import io
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import normalize
from unittest.mock import patch
from urllib.parse import quote, quote_plus

import httpx2
import structlog
from prometheus_client import CollectorRegistry, generate_latest

from domain.procedures import fold
from printers import slips
from tests.support.servers import Server
from web.measures import Measures


@dataclass(frozen=True)
class Canary:
    """Numbers and names that no other test has, and no instant or digest by chance."""

    identity: str = "079301888313"
    old: str = "079318883"
    name: str = "Khuất Thị Thiên Nga"
    phone: str = "0908777313"
    address: str = "Ấp Cà Na Tuyến"
    acting: str = "Đàm Quang Chim Ưng"
    acting_identity: str = "079201888127"

    @property
    def card(self) -> str:
        """What the scanner reads from the card."""
        return f"{self.identity}|{self.old}|{self.name}|07032001|Nữ|{self.address}|15042021"

    @property
    def numbers(self) -> tuple[str, ...]:
        """What must stand nowhere in clear, not even the end of it."""
        return (self.identity, self.old, self.phone, self.acting_identity)

    @property
    def words(self) -> tuple[str, ...]:
        """Names and the address."""
        return (self.name, self.address, self.acting)


CANARY = Canary()
LAST = 8  # so many last digits of a number tell whose it is


def spellings(secret: str) -> dict[str, bytes]:
    """How a text may stand somewhere: as it is, as an address, in two bytes a letter, packed, in figures."""
    plain = secret.encode()
    found = {
        "plain": plain, "decomposed": normalize("NFD", secret).encode(), "address": quote(secret).encode(),
        "form": quote_plus(secret).encode(), "utf-16-le": secret.encode("utf-16-le"),
        "utf-16-be": secret.encode("utf-16-be"), "hex": plain.hex().encode(), "HEX": plain.hex().upper().encode(),
        "json": "".join(c if c.isascii() else f"\\u{ord(c):04x}" for c in secret).encode(),
        "reversed": secret[::-1].encode(), "repr": repr(plain)[2:-1].encode(),
    }  # fmt: skip
    for shift in range(3):
        # Of three places in which it may begin, one fits; the letters at both ends depend on what stands beside it.
        packed = base64.b64encode(b"\0" * shift + plain).rstrip(b"=")
        found[f"base64+{shift}"] = packed[(4 if shift else 0) : -1]
    if secret.isdigit():
        found["grouped"] = " ".join(secret[at : at + 3] for at in range(0, len(secret), 3)).encode()
        found["last digits"] = secret[-LAST:].encode()
    return found


def found_in(traces: Mapping[str, bytes], canary: Canary = CANARY) -> list[str]:
    """Where it sings: the trace, what was found there, and in which spelling."""
    heard = []
    for where, trace in traces.items():
        folded = fold(trace.decode("utf-8", "ignore")).encode()
        for secret in (*canary.numbers, *canary.words):
            heard += [f"{where}: {secret} ({how})" for how, form in spellings(secret).items() if form in trace]
        heard += [
            f"{where}: {secret} (without diacritics)" for secret in canary.words if fold(secret).encode() in folded
        ]
    return heard


@dataclass
class Ears:
    """What is listened to while the centre works: every log line, address, slip and shown page."""

    logged: list[Any] = field(default_factory=list)
    lines: io.StringIO = field(default_factory=io.StringIO)
    addresses: list[str] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    paper: bytearray = field(default_factory=bytearray)
    carried: dict[str, str] = field(default_factory=dict)

    def traces(self, server: Server, folder: Path) -> dict[str, bytes]:
        """All that is left anywhere. The centre has ended or still works; its file is read as bytes."""
        rows = server.store.read(
            lambda db: db.execute("SELECT who, kind, CAST(payload AS TEXT) FROM journal").fetchall()
        )
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        texts = {
            "journal": repr(rows), "logs": repr(self.logged) + self.lines.getvalue(),
            "metrics": metrics_of(server), "addresses": "\n".join(self.addresses),
            "slips": "\n".join(self.slips), "walls and phones": "\n".join(self.shown),
            "file names": "\n".join(str(path.relative_to(folder)) for path in files),
        }  # fmt: skip
        held = {f"disk {path.relative_to(folder)}": path.read_bytes() for path in files}
        return {**{name: text.encode() for name, text in texts.items()}, "paper": bytes(self.paper), **held}


@contextmanager
def listening() -> Iterator[Ears]:
    """Listen to everything that happens in this process until the block ends."""
    ears, handler = Ears(), None
    handler = logging.StreamHandler(ears.lines)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s %(exc_info)s"))
    handler.addFilter(lambda record: not record.name.startswith(("httpx", "httpcore", "websockets", "asyncio")))
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    with ExitStack() as stack:
        stack.enter_context(_heard(ears.logged))
        stack.enter_context(patch.object(httpx2.Client, "send", _noted(ears, httpx2.Client.send)))
        stack.enter_context(patch.object(httpx2.AsyncClient, "send", _noted_later(ears, httpx2.AsyncClient.send)))
        stack.enter_context(patch.object(slips, "draw", _drawn(ears, slips.draw)))
        try:
            yield ears
        finally:
            root.removeHandler(handler)
            root.setLevel(before)


@contextmanager
def _heard(logged: list[Any]) -> Iterator[None]:
    """Every log line as it was meant, before anything is blacked out, with what an exception said."""

    def keep(_: Any, level: str, event: Any) -> Any:
        error = sys.exc_info()[1] if event.get("exc_info") or level == "exception" else None
        while error is not None:
            event[f"error {len(event)}"] = repr(error)
            error = error.__cause__ or error.__context__
        logged.append({**event, "level": level})
        raise structlog.DropEvent

    # As structlog's own capture does: loggers at work hold this very list.
    processors = structlog.get_config()["processors"]
    before = list(processors)
    processors[:] = [keep]
    structlog.configure(processors=processors)
    try:
        yield
    finally:
        processors[:] = before
        structlog.configure(processors=processors)


def metrics_of(server: Server) -> str:
    """What `/metrics` says: the centre's own figures and those of the process."""
    registry = CollectorRegistry()
    registry.register(Measures(server.app.state.house))
    return (generate_latest(registry) + generate_latest()).decode()


def _noted(ears: Ears, send: Any) -> Any:
    def noted(self: Any, request: Any, **more: Any) -> Any:
        answer = send(self, request, **more)
        ears.addresses.append(f"{request.method} {request.url} {answer.headers.get('location', '')}")
        return answer

    return noted


def _noted_later(ears: Ears, send: Any) -> Any:
    async def noted(self: Any, request: Any, **more: Any) -> Any:
        ears.addresses.append(f"{request.method} {request.url} {dict(request.headers)}")
        return await send(self, request, **more)

    return noted


def _drawn(ears: Ears, draw: Any) -> Any:
    def drawn(slip: Any, *rest: Any) -> Any:
        ears.slips.append(repr(slip))
        return draw(slip, *rest)

    return drawn

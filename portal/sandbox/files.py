"""What the sandbox portal does with files that a record names: it fetches each address once and notes what came.

Of a file only size and hash are kept. Waiting and kept are bounded; a slow address holds up the next ones alone.
"""

from __future__ import annotations

import hashlib
import queue
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

MAX_WAITING = 2000
MAX_KEPT = 5000
MAX_BYTES = 64_000_000
SECONDS = 10.0
PIECE = 65_536
GONE = (403, 410)
FIELDS = (("TaiLieuNop", "DuongDanTaiTepTin"), ("DanhSachGiayToKetQua", "DuongDanTepTinKetQua"))

Outcome = Literal["fetched", "expired", "unreachable"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one address; size and hash are those of the content."""

    code: str
    outcome: Outcome
    why: str = ""
    size: int = 0
    sha256: str = ""
    media: str = ""


class Fetcher:
    """Fetches in one thread of its own, which begins with the first address."""

    def __init__(self, on_change: Callable[[], None] = lambda: None) -> None:
        self._waiting: queue.Queue[tuple[str, str]] = queue.Queue(MAX_WAITING)
        self._known: set[str] = set()
        self._found: dict[str, Fetched] = {}
        self._lock = threading.Condition()
        self._on_change = on_change
        self._thread: threading.Thread | None = None

    @property
    def found(self) -> dict[str, Fetched]:
        """What came, by address, in the order of asking."""
        with self._lock:
            return dict(self._found)

    def ask(self, record: Mapping[str, Any]) -> None:
        """Note every address of a record that was never asked for; too many at once are let go."""
        for address in addresses(record):
            with self._lock:
                if address in self._known or len(self._known) >= MAX_KEPT:
                    continue
                self._known.add(address)
            try:
                self._waiting.put_nowait((record["MaHoSo"], address))
            except queue.Full:
                return
            self._begin()

    def wait_until(self, count: int, seconds: float = 10.0) -> bool:
        """Wait in another thread until so many addresses are settled."""
        with self._lock:
            return self._lock.wait_for(lambda: len(self._found) >= count, seconds)

    def clear(self) -> None:
        """Forget what came; it may be asked for again."""
        with self._lock:
            self._known.clear()
            self._found.clear()

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="sandbox files", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            code, address = self._waiting.get()
            came = fetch(code, address)
            with self._lock:
                self._found[address] = came
                self._lock.notify_all()
            self._on_change()


def addresses(record: Mapping[str, Any]) -> list[str]:
    """Where a record says that its files are; not those that it says are deleted."""
    return [
        row[key]
        for name, key in FIELDS
        for row in record.get(name) or ()
        if row.get("IsDeleted") not in ("True", "1") and row.get(key)
    ]


def fetch(code: str, address: str) -> Fetched:
    """One try, without following anybody elsewhere."""
    if urlsplit(address).scheme not in ("http", "https"):
        return Fetched(code, "unreachable", "not http")
    try:
        with _opener().open(address, timeout=SECONDS) as answer:
            return _read(code, answer)
    except urllib.error.HTTPError as error:
        with error:
            return Fetched(code, "expired" if error.code in GONE else "unreachable", f"HTTP {error.code}")
    except (OSError, ValueError) as error:
        return Fetched(code, "unreachable", type(error).__name__)


def _read(code: str, answer: Any) -> Fetched:
    told, size, expected = hashlib.sha256(), 0, answer.headers.get("Content-Length")
    while piece := answer.read(PIECE):
        size += len(piece)
        if size > MAX_BYTES:
            return Fetched(code, "unreachable", "too large")
        told.update(piece)
    if expected is not None and int(expected) != size:
        return Fetched(code, "unreachable", "cut off")
    return Fetched(code, "fetched", "", size, told.hexdigest(), answer.headers.get_content_type())


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Nowhere else: an address is for one file."""


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay())

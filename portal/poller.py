"""Fetches online dossiers from a system that cannot push (portal.md 7): {total, data[]}, times as people write.

What it finds goes through the same door as a pushed letter. A row that is refused holds up no other and waits on
the desk; how far it came is kept, and forgetting that costs nothing but time.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import structlog

from domain.errors import Refused, StoreFull, StoreUnavailable
from operations.inbound import Taken
from operations.syncing import wait_after
from portal.inbox import Inbox
from portal.inbox_messages import BODY_LIMIT, FieldWrong, read_moment
from store import inbox, portal_gates
from store.store import Store
from store.writer import Act, Tx

ACT = Act("portal")
SOURCE = "poll"
PAUSE_SECONDS = 30.0  # an online dossier is on the list within a minute
ATTEMPT_SECONDS = 60.0
ROWS = 50
MOST_PAGES = 200
FARTHEST = timedelta(days=1)  # a row from the future must not hide what comes after it
log = structlog.get_logger("portal")


class PollFailed(Exception):
    """The system gave no usable answer; its text quotes nothing of it."""


class Poller:
    """One system, asked again and again; waits grow while it is silent."""

    def __init__(
        self, store: Store, door: Inbox, clock: Callable[[], datetime], url: str, token_file: Path | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:  # fmt: skip
        self._store, self._door, self._clock, self._url = store, door, clock, url
        self._token_file, self._transport = token_file, transport
        self.refused = 0

    async def run(self) -> None:
        """Serve until cancelled."""
        failures = 0
        while True:
            pause = PAUSE_SECONDS
            try:
                await self.poll()
                failures = 0
            except (PollFailed, Refused, httpx2.HTTPError, OSError, TimeoutError) as error:
                failures += 1
                pause = wait_after(failures, random.uniform(0.5, 1.5)).total_seconds()
                log.warning("poll failed", error=type(error).__name__, failures=failures)
            await asyncio.sleep(pause)

    async def poll(self) -> int:
        """Take everything that is new; how many were. Raises PollFailed, StoreFull, StoreUnavailable, HTTPError."""
        if self._store.read(portal_gates.stop) is not None:
            return 0
        taken, since = 0, self._store.read(inbox.cursor, SOURCE)
        async with asyncio.timeout(ATTEMPT_SECONDS), self._client() as client:
            for number in range(1, MOST_PAGES + 1):
                rows = await self._page(client, since, number)
                taken += await self._take_all(rows)
                if newest := self._newest(rows):
                    await self._store.write(ACT, _keep_cursor, newest)
                if len(rows) < ROWS:
                    break
        return taken

    async def _take_all(self, rows: list[Any]) -> int:
        taken = 0
        for row in rows:
            try:
                taken += await self._door.take_row(row) is Taken.NEW
            except (StoreFull, StoreUnavailable):
                raise
            except Refused as error:
                self.refused += 1
                log.warning("polled row refused", error=error.code)
        return taken

    async def _page(self, client: httpx2.AsyncClient, since: str, number: int) -> list[Any]:
        asked = {"tuNgay": since, "trang": str(number), "soDong": str(ROWS)}
        body = bytearray()
        async with client.stream("GET", self._url, params=asked) as response:
            if not response.is_success:
                raise PollFailed(f"status {response.status_code}")
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > BODY_LIMIT:
                    raise PollFailed("too large")
        return _rows(bytes(body))

    def _newest(self, rows: list[Any]) -> str:
        """The time of the last row that has a possible one: the system gives them in their order."""
        for text in map(_written_at, reversed(rows)):
            with suppress(FieldWrong):
                if read_moment("", text) <= self._clock() + FARTHEST:
                    return text
        return ""

    def _client(self) -> httpx2.AsyncClient:
        token = self._token_file.read_text(encoding="utf-8").strip() if self._token_file else ""
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        return httpx2.AsyncClient(
            headers=headers | ({"Authorization": f"Bearer {token}"} if token else {}), timeout=20,
            follow_redirects=False, trust_env=False, transport=self._transport,
        )  # fmt: skip


def _rows(body: bytes) -> list[Any]:
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise PollFailed("not JSON") from None
    rows = content.get("data") if isinstance(content, dict) else None
    if not isinstance(rows, list) or len(rows) > ROWS:
        raise PollFailed("no rows")
    return rows


def _written_at(row: Any) -> str:
    """When this row was made, as it was written; empty where it does not say."""
    inner = row.get("data", row) if isinstance(row, dict) else None
    at = (inner.get("NgayBoSung") or inner.get("NgayNopHoSo")) if isinstance(inner, dict) else None
    return at if isinstance(at, str) else ""


def _keep_cursor(tx: Tx, newest: str) -> None:
    inbox.keep_cursor(tx.db, SOURCE, newest, tx.now)

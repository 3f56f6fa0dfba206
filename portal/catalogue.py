"""Fetches the portal's catalogue of procedures: one question after the other, spaced, resumed where it stood.

Nothing takes effect by it: what comes is a draft (`operations.cataloguing`).
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from domain.deadlines import Unit
from domain.errors import Refused
from domain.procedures import Channel, DirtyRow, Procedure, read_row
from operations import cataloguing
from portal.client import PortalClient, Temporary
from store import catalogue_drafts, portal_gates, procedures
from store.catalogue_drafts import CatalogueRun
from store.store import Store
from store.writer import Act

ACT = Act("portal")
SPACING_SECONDS = 0.5
LIMIT = timedelta(hours=2)  # the national list of 5,741 takes 50 minutes
STALE = timedelta(hours=24)  # a list begun before that is begun anew
TRIES = 5
CHANNELS = {"1": Channel.DIRECT, "2": Channel.ONLINE, "3": Channel.POST}
UNITS = {"ngày làm việc": Unit.WORKING_DAY, "ngày": Unit.DAY, "giờ": Unit.HOUR, "tháng": Unit.MONTH}
log = structlog.get_logger("portal")


class CatalogueFetcher:
    """Asks when somebody wants it, and at the start goes on with a list that was not fetched to its end."""

    def __init__(self, store: Store, client: PortalClient, clock: Callable[[], datetime],
                 spacing: float = SPACING_SECONDS) -> None:  # fmt: skip
        self._store, self._client, self._clock, self._spacing = store, client, clock, spacing
        self._asked = asyncio.Event()
        self.is_running = False
        self.failure = ""

    def ask(self) -> None:
        """Fetch as soon as possible."""
        self._asked.set()

    async def run(self) -> None:
        """Serve until cancelled."""
        if self._unfinished() is not None:
            self.ask()
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                await self.fetch()
                self.failure = ""
            except Temporary as error:
                self.failure = str(error.reason)
            except (Refused, TimeoutError) as error:
                self.failure = type(error).__name__
            except Exception as error:  # whatever the portal sent must not end the worker beside it
                self.failure = type(error).__name__
                log.exception("catalogue failed")

    async def fetch(self) -> None:
        """The whole list, or what is left of the last one. Raises Temporary, CatalogueMoved, TimeoutError."""
        self.is_running = True
        try:
            async with asyncio.timeout(LIMIT.total_seconds()):
                run = self._unfinished() or await self._new_run()
                await self._fetch_rows(run)
        finally:
            self.is_running = False

    def _unfinished(self) -> CatalogueRun | None:
        run = self._store.read(catalogue_drafts.newest)
        return run if run and run.ended_at is None and self._clock() - run.at < STALE else None

    async def _new_run(self) -> CatalogueRun:
        known = self._store.read(procedures.records).keys()
        codes = sorted(await self._client.listed_codes(), key=lambda code: code not in known)
        await self._store.write(ACT, cataloguing.start_run, codes)
        run = self._store.read(catalogue_drafts.newest)
        assert run is not None
        return run

    async def _fetch_rows(self, run: CatalogueRun) -> None:
        done = self._store.read(catalogue_drafts.fetched)
        for code in run.codes:
            if code in done:
                continue
            if self._store.read(portal_gates.stop) is not None:
                return
            row = await self._row(code)
            await self._store.write(ACT, cataloguing.keep_row, run.number, code, procedure_of(row) if row else None)
            await asyncio.sleep(self._spacing)
        await self._store.write(ACT, cataloguing.end_run, run.number)

    async def _row(self, code: str) -> dict[str, Any] | None:
        for _ in range(TRIES - 1):
            with contextlib.suppress(Temporary):
                return await self._client.catalogue_row(code)
            await asyncio.sleep(self._spacing * 4)
        return await self._client.catalogue_row(code)


def procedure_of(row: dict[str, Any]) -> Procedure | None:
    """A row of LayThuTuc in our words, taken verbatim; None when it cannot be read as a procedure."""
    sector = next(iter(_rows(row.get("LINHVUCTHUCHIEN"))), {})
    told = {
        "code": row.get("MATTHC"), "title": row.get("TENTTHC"), "sector": sector.get("TENLINHVUC"),
        "levels": _names(row.get("COQUANTHUCHIEN"), "TENDONVI"),
        "applicants": _names(row.get("DOITUONGTHUCHIEN"), "TENDOITUONG"), "decision_no": "",
        "channels": [_limit(way, time) for way in _rows(row.get("CACHTHUCTHUCHIEN")) for time in _times(way)],
        "documents_text": "\n".join(_papers(row)),
        "results": [
            {"code": one.get("MAKETQUA") or None, "name": one.get("TENKETQUA") or ""}
            for one in _rows(row.get("KETQUATHUCHIEN"))
        ],
    }  # fmt: skip
    try:
        return read_row(json.dumps(told, ensure_ascii=False), 1)
    except DirtyRow as dirty:
        log.warning("catalogue row unreadable", fields=dirty.fields[:5])
        return None


def _limit(way: dict[str, Any], time: dict[str, Any]) -> dict[str, Any]:
    unit = UNITS.get(str(time.get("DONVITINH") or "").strip().casefold())
    fees = [text for fee in _rows(time.get("PHILEPHI")) if (text := _fee(fee))]
    return {
        "channel": CHANNELS.get(str(way.get("KENH")), str(way.get("KENH"))), "limit": _number(time), "unit": unit,
        "fee_text": "\n".join(fees) or None, "note": time.get("MOTA") or None,
    }  # fmt: skip


def _fee(fee: dict[str, Any]) -> str:
    amount, told = str(fee.get("SOTIEN") or ""), str(fee.get("MOTA") or "")
    money = f"{amount} {fee.get('DONVI') or ''}".strip() if amount else ""
    return ": ".join(part for part in (told, money) if part)


def _number(time: dict[str, Any]) -> float | None:
    try:
        return float(str(time.get("THOIGIANGIAIQUYET", "")).replace(",", "."))
    except ValueError:
        return None


def _papers(row: dict[str, Any]) -> list[str]:
    return [
        name
        for case in _rows(row.get("THANHPHANHOSO"))
        for name in _names([case], "TRUONGHOP") + _names(case.get("GIAYTO"), "TENGIAYTO")
    ]


def _times(way: dict[str, Any]) -> list[dict[str, Any]]:
    return _rows(way.get("THOIGIAN")) or [{}]


def _names(value: object, key: str) -> list[str]:
    return [str(row[key]) for row in _rows(value) if row.get(key)]


def _rows(value: object) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []

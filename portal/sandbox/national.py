"""The sandbox's national databases: population and land, with people and plots that do not exist.

Strict, and it says only whether what was asked agrees. It imports nothing of the product's side of the wire.
"""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal.sandbox.faults import FaultName, Faults

KEYS = {"population": "thu-nghiem-dan-cu", "land": "thu-nghiem-dat-dai"}
# Number, name, year of birth; "" is what the database does not know.
PEOPLE = {
    "001090123456": ("NGUYỄN VĂN A", "1990"),
    "038199000001": ("TRẦN THỊ B", "1999"),
    "038190123457": ("LÊ VĂN MẪU", "1990"),
    "079055000002": ("PHẠM THỊ KHÔNG RÕ", ""),
}
# Commune, sheet, plot: whose it is.
PLOTS = {
    ("14764", "12", "345"): "038199000001",
    ("14764", "12", "346"): "001090123456",
    ("00001", "1", "1"): "",
}
PURPOSES = {"reception", "appraisal", "hand-over"}
MAX_BODY = 8192
FIELDS = {"population": {"number", "name", "birth_year"}, "land": {"commune", "sheet", "plot", "owner"}}


@dataclass(slots=True)
class Registers:
    """Both databases and how often each was asked, by whatever ended."""

    faults: Faults
    closing: Callable[[], Awaitable[object]]
    asked: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))

    def routes(self) -> list[Route]:
        """One door a database."""
        return [
            Route("/national/population", self._population, methods=["POST"]),
            Route("/national/land", self._land, methods=["POST"]),
        ]

    async def _population(self, request: Request) -> Response:
        return await self._answer(request, "population", _person)

    async def _land(self, request: Request) -> Response:
        return await self._answer(request, "land", _plot)

    async def _answer(
        self, request: Request, name: str, compare: Callable[[dict[str, str]], dict[str, str] | None]
    ) -> Response:
        self.asked[name] += 1
        raw = (
            await request.body() if int(request.headers.get("content-length") or MAX_BODY + 1) <= MAX_BODY else b""
        )
        slow = self.faults.take(FaultName.SLOW, name)
        if slow:
            await _wait(self.closing(), slow.seconds)
        if self.faults.take(FaultName.BAD_GATEWAY, name):
            return Response(b"<h1>502</h1>", 502)
        if self.faults.take(FaultName.NOT_JSON, name):
            return Response("<html>bảo trì</html>".encode())
        if request.headers.get("authorization") != f"Bearer {KEYS[name]}":
            return JSONResponse({"error": "key"}, 401)
        fields = _fields(raw, FIELDS[name])
        if fields is None:
            return JSONResponse({"error": "question"}, 400)
        found = compare(fields)
        said: dict[str, object] = {"known": False} if found is None else {"known": True, "fields": found}
        if self.faults.take(FaultName.SAYS_TOO_MUCH, name):
            said["address"] = "Phường Thử Nghiệm"
        return JSONResponse(said)


def _fields(raw: bytes, wanted: set[str]) -> dict[str, str] | None:
    try:
        question = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(question, dict) or set(question) != {"purpose", "dossier", "fields"}:
        return None
    fields = question["fields"]
    if question["purpose"] not in PURPOSES or not isinstance(question["dossier"], str):
        return None
    if not isinstance(fields, dict) or set(fields) != wanted:
        return None
    return fields if all(isinstance(value, str) and value for value in fields.values()) else None


def _person(asked: dict[str, str]) -> dict[str, str] | None:
    if asked["number"] not in PEOPLE:
        return None
    name, year = PEOPLE[asked["number"]]
    return {
        "number": "agrees",
        "name": _agrees(_folded(asked["name"]), _folded(name)),
        "birth_year": _agrees(asked["birth_year"], year),
    }


def _plot(asked: dict[str, str]) -> dict[str, str] | None:
    place = asked["commune"], asked["sheet"], asked["plot"]
    if place not in PLOTS:
        return None
    return {
        "commune": "agrees", "sheet": "agrees", "plot": "agrees", "owner": _agrees(asked["owner"], PLOTS[place]),
    }  # fmt: skip


def _agrees(said: str, known: str) -> str:
    if not known:
        return "unknown"
    return "agrees" if said == known else "differs"


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).upper().split())


async def _wait(closing: Awaitable[object], seconds: float) -> None:
    ends = [asyncio.ensure_future(closing), asyncio.ensure_future(asyncio.sleep(seconds))]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    for end in ends:
        end.cancel()
    await asyncio.gather(*ends, return_exceptions=True)

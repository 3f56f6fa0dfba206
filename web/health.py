"""Whether the server lives, and whether it would take a ticket right now."""

import shutil
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from domain.errors import Refused
from domain.roles import Role, open_to
from store import centres, database
from store.upkeep import probe
from store.writer import Act, Tx
from web.house import House, house_of

ROOM_NEEDED = 64 * 1024 * 1024


@open_to(Role.ANYONE)
async def alive(request: Request) -> Response:
    """The process answers; screens ask this before they reload."""
    return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})


@open_to(Role.ANYONE)
async def ready(request: Request) -> Response:
    """Ready to take tickets: a real write, rolled into nothing. 503 when one check fails."""
    checks = await check(house_of(request))
    good = all(value is True for value in checks.values())
    return JSONResponse(
        {"ready": good, "checks": checks}, 200 if good else 503, headers={"Cache-Control": "no-store"}
    )


async def check(house: House) -> dict[str, Any]:
    """Every check by name: True, or what is wrong."""
    return {
        "write": await _write(house),
        "disk": shutil.disk_usage(house.store.path.parent).free > ROOM_NEEDED or "nearly full",
        "sqlite": database.is_safe(database.linked_version()) or "unsafe version",
        "centre": house.store.read(centres.is_loaded) or "no centre file loaded",
    }


async def _write(house: House) -> Any:
    try:
        await house.store.write(Act("health"), try_write)
    except Refused as error:
        return error.code
    return True


def try_write(tx: Tx) -> None:
    """Change a row and take it back: nothing remains, but the disk had to agree."""
    probe(tx.db)

"""A stop with a named end is over when that has come: an event says so, and the hall hears it."""

import asyncio

import structlog

from operations import managing
from store import centres
from store.writer import Act
from web.house import House

LOOK_SECONDS = 5.0
SYSTEM = Act("system")
log = structlog.get_logger("stops")


def is_over(house: House) -> bool:
    """Whether the end of any stop has come."""
    now = house.now()
    return any(not stop.holds(now) for stop in house.store.read(centres.stopped).values())


async def end(house: House) -> None:
    """Look until cancelled."""
    while True:
        try:
            if is_over(house):
                await house.store.write(SYSTEM, managing.end_stops)
        except Exception as error:  # a full disk must not end the watch
            log.warning("a stop was not ended", error=type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)

"""The business day opens by itself at the centre's hour: walls and kiosks are ready before anybody comes."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from operations import opening
from store import centres
from store.writer import Act
from web import clocks
from web.house import House

LOOK_SECONDS = 15.0
# A new day ends the places of all who wait: after a leap the clock must have run evenly for so long.
STEADY_SECONDS = 600.0
LEAP = timedelta(minutes=2)
SYSTEM = Act("system")
log = structlog.get_logger("openings")


@dataclass(slots=True)
class Watch:
    """Compares the machine's clock with a steady one (seconds from any start), which no correction moves."""

    clock: datetime | None = None
    seconds: float = 0.0
    doubted_until: float = 0.0

    def trusts(self, now: datetime, seconds: float) -> bool:
        """Whether the clock has not leapt of late, forward or back; what was before the first look is not asked."""
        if self.clock is not None:
            leap = now - self.clock - timedelta(seconds=seconds - self.seconds)
            if abs(leap) > LEAP:
                self.doubted_until = seconds + STEADY_SECONDS
        self.clock, self.seconds = now, seconds
        return seconds >= self.doubted_until


def is_time(house: House, watch: Watch, seconds: float) -> bool:
    """Whether the day is to be opened now: its hour has come, and nothing speaks against the clock."""
    now = house.now()
    if not watch.trusts(now, seconds) or not house.store.read(centres.is_loaded):
        return False
    return house.store.read(opening.is_due, now) and clocks.trouble(house) is None


async def open_days(house: House) -> None:
    """Look until cancelled; the first look comes at once, for the hour that passed while the server was off."""
    watch = Watch()
    while True:
        try:
            if is_time(house, watch, time.monotonic()):
                await house.store.write(SYSTEM, opening.open_on_time)
            elif house.store.read(opening.has_stale_holders, house.now()):
                await house.store.write(SYSTEM, opening.forget_holders)
        except Exception as error:  # a full disk must not end the watch
            log.warning("the day was not opened", error=type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)

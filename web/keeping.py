"""Once a night personal data past their time leave by the centre's rules, and never while the clock is in doubt."""

import asyncio
import threading
from datetime import date, datetime, timedelta

import structlog

from domain.days import FAR_JUMP_DAYS, local
from domain.keeping import Held
from operations import keeping
from operations.keeping import Gone
from store import days, upkeep
from web import clocks
from web.file_rooms import FileRoom

LOOK_SECONDS = 3600.0
FIRST_HOUR = 1  # of the night; after a start it is done at once
LEAP = timedelta(days=FAR_JUMP_DAYS)  # beyond, an administrator must confirm the day first
log = structlog.get_logger("keeping")


async def tend(room: FileRoom, house: clocks.Clocked) -> None:
    """Every night until cancelled, and once more each hour after a night in which it could not be done."""
    done: date | None = None
    while True:
        now = house.now()
        try:
            if is_due(done, now) and is_clock_sound(house) and await _night(room):
                done = local(now).date()
        except Exception as error:  # a full disk must not end the watch
            log.warning("the rules of keeping were not applied", error=type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)


def is_due(done: date | None, now: datetime) -> bool:
    """Whether it is to be done now, when it was last done wholly on that day."""
    here = local(now)
    return done is None or (here.date() > done and here.hour >= FIRST_HOUR)


async def _night(room: FileRoom) -> bool:
    """In a thread, which has let go of the store before a server that stops closes it."""
    over = threading.Event()
    work = asyncio.ensure_future(asyncio.to_thread(run, room, over))
    try:
        return await asyncio.shield(work)
    finally:
        over.set()
        await work


def run(room: FileRoom, over: threading.Event | None = None) -> bool:
    """Apply the rules; whether nothing of what went is left in the file's log either. `over`: it must end now."""

    def goes_on() -> bool:
        return over is None or not over.is_set()

    gone = keeping.apply_rules(room.store, room.let_go_now, goes_on=goes_on)
    told(gone)
    return goes_on() and (not gone or upkeep.shed_log(room.store.path))


def told(gone: dict[Held, Gone]) -> None:
    """So many rows by which rule; never what."""
    if gone:
        log.info("personal data removed by rule", **{held.value: one.rows for held, one in gone.items()})


def is_clock_sound(house: clocks.Clocked) -> bool:
    """Whether nothing speaks against the clock: it is neither behind, nor far ahead of the newest business day."""
    day = house.store.read(days.newest)
    has_leapt = day is None or local(house.now()).date() - day.label > LEAP
    return not has_leapt and clocks.trouble(house) is None

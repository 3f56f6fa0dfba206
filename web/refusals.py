"""Counting who is told that a queue gives no number now: after the refusal, which nothing here may change."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from domain.admission import Reason
from domain.errors import NotToday, Refused
from operations.admitting import note_refusal, reason_of
from store.writer import Act
from web.house import House


@asynccontextmanager
async def counted(house: House, act: Act, queue: str) -> AsyncIterator[None]:
    """Whoever is told so inside is counted, once a request id, and told all the same."""
    try:
        yield
    except NotToday as error:
        await note(house, act, queue, reason_of(error))
        raise


async def note(house: House, act: Act, queue: str, reason: Reason) -> None:
    """Count one; where that is not possible the person's own affair goes on."""
    request = f"{act.request}-refused" if act.request else None
    with suppress(Refused):
        await house.store.write(Act(act.who, request), note_refusal, queue, reason)

"""One running centre a module, with every kind of visitor in it."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
import structlog

from api import outgoing
from tests.support.asking import NO_PRINTERS
from tests.support.servers import Server, running
from tests.web.answers import Answers, asked_by_everybody
from tests.web.crowd import Crowd
from tests.web.walks import EXAMPLES
from web import appointments


@pytest.fixture(scope="module", autouse=True)
def short_log() -> Iterator[None]:
    """Failures in one line: drawing a traceback parses source in the server's thread, which races with pytest's."""
    before = structlog.get_config()
    structlog.configure(processors=[lambda _, __, event: str(event["event"])])
    server = logging.getLogger("uvicorn.error")
    server.addFilter(_without_traceback)
    yield
    server.removeFilter(_without_traceback)
    structlog.configure(**before)


def _without_traceback(record: logging.LogRecord) -> bool:
    record.exc_info = None
    return True


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """Everybody who might ask, on a server of this module."""
    with gathered(tmp_path_factory) as found:
        yield found


@pytest.fixture(scope="session")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """What every route answers to everybody, on a server of its own."""
    with gathered(tmp_path_factory) as found:
        return asked_by_everybody(found)


@contextmanager
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """A running centre into which everybody has come."""
    data = tmp_path_factory.mktemp("centre") / "data"
    appointments.bookings.forget()
    # As slips stay in the outbox, so do messages: no event comes between two looks at the journal.
    with patch.object(outgoing.Messengers, "run", _rest), running(data, printer_of=NO_PRINTERS) as server:
        yield Crowd(server, EXAMPLES).gather()


async def _rest(messengers: outgoing.Messengers) -> None:
    """Sends nothing until cancelled."""
    await asyncio.Event().wait()


@pytest.fixture(scope="module")
def centre(crowd: Crowd) -> Server:
    """The server of this module."""
    return crowd.server

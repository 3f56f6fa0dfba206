"""How a test asks the house: names that nobody has used, browsers, sockets, and what a refusal must not move."""

import itertools
import math
from array import array
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from argon2 import PasswordHasher
from websockets.sync.client import ClientConnection, connect

from tests.support.halls import demo_centre
from tests.support.servers import Server
from web.voice import joined

QUEUE = "ho-tich"
PASSWORD = "a long enough password"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
# Nobody listens there: slips stay in the outbox, so that no event comes between two looks at the journal.
NO_PRINTERS = (("P1", "tcp://127.0.0.1:1"), ("P2", "tcp://127.0.0.1:1"))
_numbers = itertools.count(1)


def a_number() -> int:
    """One that nobody has used."""
    return next(_numbers)


def request_id() -> str:
    """A request id that nobody has used."""
    return f"walk-{a_number():08d}"


def a_phone() -> str:
    """A phone number that nobody has used."""
    return f"09{a_number():08d}"


def a_clip(seconds: float = 0.5, peak: int = 9000) -> bytes:
    """A WAV of a tone, as a recorder sends it."""
    rate = 22_050
    samples = (int(peak * math.sin(n / 8)) for n in range(int(seconds * rate)))
    return joined([array("h", samples).tobytes()], rate)


def a_procedure() -> str:
    """A procedure that the demo centre receives."""
    return demo_centre().procedures[0].code


def follow_path(server: Server, ticket: int) -> str:
    """The address in the QR of this ticket."""
    return f"/follow/{ticket}-{server.app.state.house.vault.sign('follow', str(ticket))}"


def seq(server: Server) -> int:
    """The number of the newest event: what a refusal must not move."""
    return int(server.store.read(lambda db: db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0]))


def browser(server: Server, cookies: str = "") -> httpx2.Client:
    """A fresh browser on our own pages; without certificates to load it takes a tenth of the time."""
    headers = {"Origin": server.url} | ({"Cookie": cookies} if cookies else {})
    client = httpx2.Client(base_url=server.url, headers=headers, trust_env=False, verify=False, timeout=20)
    server.clients.append(client)
    return client


@contextmanager
def watching(server: Server, path: str, headers: dict[str, str]) -> Iterator[ClientConnection]:
    """An open socket of the server. Raises InvalidStatus when it is refused."""
    address = server.url.replace("http://", "ws://") + path
    with connect(
        address, additional_headers=headers, compression=None, proxy=None, open_timeout=10, close_timeout=2
    ) as socket:
        yield socket

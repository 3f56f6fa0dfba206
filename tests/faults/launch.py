"""`motcua` with one fault planted: python -m tests.faults.launch FAULT --data … serve …

Each function breaks one promise as a plausible mistake would; the tests must catch every one of them.
"""

import asyncio
import hmac
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from commands import serving
from commands.main import main
from domain.centre_rules import Policy
from domain.errors import StoreFull
from domain.queue_events import TicketCalled, TicketIssued
from domain.routing import Choice, choose, served_queues
from domain.tickets import Ticket, milliseconds
from operations import calling, printing, ticketing
from operations.shifts import find_counter, own_shift
from store import centres, jobs, journal, moves, tickets
from store.journal import Recorded
from store.store import Store
from store.strongbox import Strongbox
from store.writer import Job, Tx, Writer
from web.live import Topic
from web.sockets import LettingGo

STALE_BY = 3
CLERKS_AT_ONCE, KIOSKS_AT_ONCE = 10, 20  # as in test_races.py: everybody has read before anybody writes
CACHE_SECONDS = 30.0  # longer than the test that must see it
LATE_SECONDS = 0.3  # a disk that is slow once
WAIT_SECONDS = 6.0  # far longer than anything a busy machine adds to a press


def answers_before_commit() -> None:
    """The writer resolves the futures, and only then would commit; it stands between the two until it is killed.

    It does so with the first batch with a number that begins while a file `hold` lies beside the data: before that
    nothing is wrong, so that the kill and not a stale page is what the test sees.
    """
    in_order = Writer._commit

    def commit(self: Writer, batch: list[Job]) -> list[Recorded]:
        gives_numbers = any(job.operation is ticketing.take_ticket for job in batch)
        if not (gives_numbers and _is_told(self, "hold")):
            return in_order(self, batch)
        self.db.execute("BEGIN IMMEDIATE")
        self._perform_all(batch)
        self._hand_out(batch, [])
        threading.Event().wait()
        raise AssertionError("nobody killed it")

    Writer._commit = commit  # type: ignore[method-assign]


def _is_told(writer: Writer, word: str) -> bool:
    return (Path(writer.db.execute("PRAGMA database_list").fetchone()[2]).parent / word).exists()


def numbers_in_memory() -> None:
    """The last number of a queue lives in memory and starts anew from a value written a while ago."""
    numbers: dict[tuple[int, str], int] = {}
    stored = tickets.line

    def line(db: Any, day: int, queue: str) -> tickets.Line:
        found = stored(db, day, queue)
        numbers[day, queue] = numbers.get((day, queue), max(0, found.last - STALE_BY - 1)) + 1
        return replace(found, last=numbers[day, queue] - 1)

    ticketing.tickets = SimpleNamespace(**{**vars(tickets), "line": line})  # type: ignore[assignment]


def numbers_read_before() -> None:
    """The last number is read by a reader, and the write believes it."""
    write, together = Store.write, asyncio.Barrier(KIOSKS_AT_ONCE)

    def take(tx: Tx, queue: str, language: str, printer: str | None, last: int) -> Ticket:
        line = ticketing.find_queue(centres.current(tx.db), queue)
        key = milliseconds(tx.now)
        issued = tx.record(TicketIssued(line.id, line.prefix, last + 1, key, 0, language, None, printer))
        return tickets.load(tx.db, issued.seq)

    async def reading(self: Store, act: Any, operation: Any, *args: Any, **kwargs: Any) -> Any:
        if operation is not ticketing.take_ticket:
            return await write(self, act, operation, *args, **kwargs)
        queue, language, _, printer = args
        seen = self.read(tickets.line, 1, queue)
        await together.wait()
        return await write(self, act, take, queue, language, printer, seen.last)

    Store.write = reading  # type: ignore[method-assign]


def selects_then_updates() -> None:
    """Who is next is read before the write, and the write does not ask again."""
    write, chosen, everybody = Store.write, [], asyncio.Event()

    def call_chosen(tx: Tx, counter: int, person: str, seen: int | None, choice: Choice) -> calling.Called:
        own_shift(tx, counter, person)
        runner_up = choice.runner_up.ticket if choice.runner_up else None
        called = tx.record(TicketCalled(choice.head.ticket, counter, person, runner_up=runner_up))
        return calling.Called(tickets.load(tx.db, choice.head.ticket), called.seq)

    async def choosing(self: Store, act: Any, operation: Any, *args: Any, **kwargs: Any) -> Any:
        if operation is not calling.call_next:
            return await write(self, act, operation, *args, **kwargs)
        counter, person = args[:2]
        place = find_counter(self.read(centres.current), counter)
        choice = choose(self.read(tickets.heads, counter, person, served_queues(place)), Policy.DUE)
        chosen.append(choice)
        if len(chosen) >= CLERKS_AT_ONCE:
            everybody.set()
        await everybody.wait()
        if choice is None:
            return calling.Called(None, None)
        return await write(self, act, call_chosen, counter, person, kwargs.get("seen"), choice)

    def called(db: Any, recorded: Recorded) -> None:
        e = recorded.event
        db.execute("UPDATE tickets SET state = 'called', counter = ?, called_at = ? WHERE id = ?",
                   (e.counter, recorded.at, e.ticket))  # fmt: skip
        moves._announce(db, recorded, "call", e.person, e.reason, e.policy)

    Store.write = choosing  # type: ignore[method-assign]
    journal._projections[TicketCalled] = [called]


def answers_from_a_cache() -> None:
    """A picture once drawn is good enough for a while, whatever has happened since."""
    draw, kept = Topic.picture, dict[tuple[str, str], tuple[float, str]]()

    def picture(self: Topic, language: str) -> str:
        place, now = (self.name, language), time.monotonic()
        if place not in kept or kept[place][0] < now:
            kept[place] = now + CACHE_SECONDS, draw(self, language)
        return kept[place][1]

    Topic.picture = picture  # type: ignore[method-assign]


def keeps_pictures_over_a_restart() -> None:
    """A wall's pictures lie on the disk, so that it has something at once when the server starts again."""
    draw, folder = Topic.picture, Path(sys.argv[sys.argv.index("--data") + 1])

    def picture(self: Topic, language: str) -> str:
        if "counter" in self.name:
            return draw(self, language)
        kept = folder / f"{self.name.replace('/', '-')}-{language}.picture"
        if not kept.exists():
            kept.write_text(draw(self, language), encoding="utf-8")
        return kept.read_text(encoding="utf-8")

    Topic.picture = picture  # type: ignore[method-assign]


def forgets_requests() -> None:
    """The request id is dropped on the way: a repeated press is a new one."""
    write = Store.write

    async def forgetting(self: Store, act: Any, operation: Any, *args: Any, **kwargs: Any) -> Any:
        return await write(self, type(act)(act.who), operation, *args, **kwargs)

    Store.write = forgetting  # type: ignore[method-assign]


def full_when_told() -> None:
    """No fault of ours: the file may not grow while a file `full` lies beside it (SQLITE_FULL)."""
    commit = Writer._commit

    def limited(self: Writer, batch: list[Job]) -> list[Recorded]:
        told = _is_told(self, "full")
        pages = self.db.execute("PRAGMA page_count").fetchone()[0] if told else 4_294_967_294
        self.db.execute(f"PRAGMA max_page_count = {pages}")
        return commit(self, batch)

    Writer._commit = limited  # type: ignore[method-assign]


def keeps_half_when_full() -> None:
    """When the disk is full the number has been given all the same: a second file remembers it."""
    full_when_told()
    handing = Writer._hand_out

    def pretending(self: Writer, batch: list[Job], events: list[Recorded]) -> None:
        for job in batch:
            if isinstance(job.error, StoreFull) and job.operation is ticketing.take_ticket:
                self.db.execute("PRAGMA max_page_count = 4294967294")
                self.db.execute("UPDATE lines SET last_n = last_n + 1 WHERE queue = ?", (job.args[0],))
        handing(self, batch, events)

    Writer._hand_out = pretending  # type: ignore[method-assign]


def prints_unknown_again() -> None:
    """After a start, slips that had begun are simply printed once more."""

    def recover_slips(tx: Tx) -> int:
        jobs.drop_leases(tx.db)
        tx.db.execute("UPDATE leases SET started = 0 WHERE kind = 'print'")
        return 0

    printing.recover_slips = recover_slips


def takes_silence_for_yes() -> None:
    """The portal's worker takes an unclear answer for an acknowledgement."""
    from portal import worker

    send = worker.PortalWorker.send

    async def hopeful(self: Any, message: Any) -> str:
        try:
            return await send(self, message)
        except worker.Temporary:
            return "inserted"

    worker.PortalWorker.send = hopeful  # type: ignore[method-assign]


def dies_when_told() -> None:
    """No fault of ours: killed once at the step of the sync that the file `die-at` names."""
    from portal.client import PortalClient
    from portal.worker import PortalWorker

    send, put = PortalWorker.send, PortalClient._put
    told: dict[str, Path] = {}

    def here(point: str, kind: str) -> None:
        note = told["file"]
        if note.exists() and note.read_text(encoding="utf-8") == f"{point} {kind}":
            note.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    async def before(self: Any, messages: Any) -> str:
        told["file"], kind = self._store.path.parent / "die-at", messages[0].kind
        here("before send", kind)
        answer = await send(self, messages)
        here("before record", kind)
        return answer

    async def unanswered(self: Any, record: Any, *, is_update: bool) -> Any:
        answer = await put(self, record, is_update=is_update)
        here("after send", "dossier")
        return answer

    PortalWorker.send = before  # type: ignore[method-assign]
    PortalClient._put = unanswered  # type: ignore[method-assign]


def takes_begun_for_done() -> None:
    """After a start, what had been begun is taken for sent."""
    from portal.worker import PortalWorker

    send = PortalWorker.send

    async def hopeful(self: Any, messages: Any) -> str:
        return "inserted" if messages[0].tried_before else await send(self, messages)

    PortalWorker.send = hopeful  # type: ignore[method-assign]


def forgets_what_it_sent() -> None:
    """After a start the letters' worker does not know that an earlier try may have arrived."""
    from portal import letter_worker

    send = letter_worker.AxisClient.send

    async def forgetful(self: Any, *args: Any, tried_before: bool) -> Any:
        return await send(self, *args, tried_before=False)

    letter_worker.AxisClient.send = forgetful  # type: ignore[method-assign]


def waits_for_the_portal() -> None:
    """Taking a number waits while the portal has not answered."""
    write = Store.write

    async def waiting(self: Store, act: Any, operation: Any, *args: Any, **kwargs: Any) -> Any:
        if operation is ticketing.take_ticket and self.read(jobs.outbox_depths)["portal"]:
            await asyncio.sleep(WAIT_SECONDS)
        return await write(self, act, operation, *args, **kwargs)

    Store.write = waiting  # type: ignore[method-assign]


def names_files_before_it_seals_them() -> None:
    """A file is entered into the book first and written to the disk a moment later."""
    put = Strongbox.put

    def late(self: Strongbox, content: bytes) -> str:
        threading.Timer(LATE_SECONDS, put, (self, content)).start()
        return hmac.new(self._name_key, content, "sha256").hexdigest()

    Strongbox.put = late  # type: ignore[method-assign]
    Strongbox.release = lambda self, address: None  # type: ignore[method-assign]


def narrow_lines() -> None:
    """No fault of ours: the kernel keeps little for each line (some keep 4 MB, and nobody is stuck for long)."""
    listen = serving.listen

    def narrow(host: str, port: int) -> socket.socket:
        listener = listen(host, port)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        return listener

    serving.listen = narrow


def never_lets_go() -> None:
    """uvicorn's own protocol: closing waits for a buffer that nobody empties."""
    narrow_lines()
    del LettingGo.keepalive_timeout


FAULTS: dict[str, Callable[[], None]] = {
    plant.__name__: plant
    for plant in (
        answers_before_commit, numbers_in_memory, numbers_read_before, selects_then_updates, answers_from_a_cache,
        keeps_pictures_over_a_restart, forgets_requests, full_when_told, keeps_half_when_full, prints_unknown_again,
        takes_silence_for_yes, dies_when_told, takes_begun_for_done, waits_for_the_portal, narrow_lines,
        forgets_what_it_sent, names_files_before_it_seals_them, never_lets_go,
    )
}  # fmt: skip

if __name__ == "__main__":
    FAULTS[sys.argv.pop(1)]()
    main()

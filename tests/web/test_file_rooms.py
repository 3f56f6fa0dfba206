"""Files that are past keeping leave the disk by themselves, and never while the clock is in doubt."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace

import pytest

from domain.attachments import Limits
from operations import attaching, intake, shifts, ticketing
from operations.attaching import Sent
from store import attachments
from store.store import Store
from store.strongbox import Strongbox
from store.vault import Vault
from store.writer import Act
from tests.support.halls import HandClock, write_file
from web.file_rooms import FileRoom, tend

PROCEDURE = "1.001193"
CLERK = Act("cb01")


async def two_dossiers(room: FileRoom) -> tuple[str, str]:
    """One that was returned and one that lives, with one content in both and one of its own in the first."""
    store = room.store
    store.start()
    await store.write(CLERK, shifts.open_shift, 1, "cb01")
    taken = intake.Intake(PROCEDURE, b"sealed")
    ended = (await store.write(CLERK, intake.receive_dossier, 1, "cb01", taken)).code
    living = (await store.write(CLERK, intake.receive_dossier, 1, "cb01", taken)).code

    def sent(address: str) -> Sent:
        return Sent(address, "application/pdf", 3, b"name")

    for code, content in ((ended, b"own"), (ended, b"of both"), (living, b"of both")):
        await room.attach(CLERK, code, content, sent)
    await store.write(
        CLERK, lambda tx: tx.db.execute("UPDATE dossiers SET status = 10 WHERE code = ?", (ended,)) and 0
    )
    return ended, living


@pytest.fixture
def room(tmp_path):
    clock = HandClock()
    store = Store(write_file(tmp_path / "motcua.sqlite"), clock)
    made = FileRoom(store, Strongbox(tmp_path / "files", Vault(b"k" * 32)), Limits(), keep_days=30)
    made.clock = clock
    yield made
    store.close()


def test_what_is_past_keeping_leaves_book_vault_and_disk(room):
    async def live() -> None:
        ended, living = await two_dossiers(room)
        assert (await room.expire(), room.box.room()[0]) == (0, 2)
        room.clock.forward(days=31)
        assert await room.expire() == 2
        assert room.store.read(attachments.of_dossier, ended) == []
        assert room.store.read(attachments.sealed_names, ended) == {}
        (file,) = room.store.read(attachments.of_dossier, living)
        assert set(room.box.addresses()) == {file.address}, "the living dossier keeps what both had"
        assert b"".join((await room.open(file.address)).pieces()) == b"of both"

    asyncio.run(live())


def test_without_a_rule_everything_stays(room):
    async def live() -> None:
        await two_dossiers(room)
        room.keep_days = 0
        room.clock.forward(days=4000)
        assert (await room.expire(), room.box.room()[0]) == (0, 2)

    asyncio.run(live())


@pytest.mark.planted
def test_a_rule_that_leaves_the_content_on_the_disk_is_caught(room, monkeypatch):
    async def keeps(self, address):
        return None

    monkeypatch.setattr(FileRoom, "let_go", keeps)
    with pytest.raises(AssertionError):
        test_what_is_past_keeping_leaves_book_vault_and_disk(room)


@pytest.mark.parametrize(("leap", "looked"), [(0, 1), (14, 1), (17, 0), (4000, 0), (-2, 0)])
def test_a_clock_in_doubt_deletes_nothing(room, leap, looked):
    asked = []

    class Room:
        async def expire(self) -> int:
            asked.append(1)
            return 0

    async def live() -> None:
        room.store.start()
        await room.store.write(CLERK, ticketing.take_ticket, "ho-tich")  # opens the business day
        room.clock.forward(days=leap)
        house = SimpleNamespace(store=room.store, now=room.clock)
        with suppress(TimeoutError):
            await asyncio.wait_for(tend(Room(), house), timedelta(milliseconds=200).total_seconds())

    asyncio.run(live())
    assert len(asked) == looked


def test_remove_past_keeping_is_done_in_pieces(room, monkeypatch):
    monkeypatch.setattr(attaching, "EXPIRED_AT_ONCE", 1)
    test_what_is_past_keeping_leaves_book_vault_and_disk(room)

"""Letters over real HTTP to the sandbox of the axis, whatever goes wrong in between: none lost, none twice."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.centre_axis import Axis
from domain.letters import Letter, LetterKind, LetterState
from operations import corresponding, managing
from portal.axis import AxisClient, AxisError, Failure, Profile
from portal.edxml_reading import read
from portal.letter_worker import LetterWorker
from portal.sandbox import SandboxThread
from portal.sandbox.axis import ACCOUNTS
from portal.sandbox.axis_state import AxisState
from portal.service import LetterService
from store import jobs, letters
from store.letters import KeptLetter
from store.store import Store
from store.vault import Vault
from store.writer import Act
from tests.portal.letters import HARM, LETTER, foreign, status_document
from tests.support.crowd import until
from tests.support.halls import HandClock, demo_calendar, demo_centre
from tests.support.sizes import size

pytestmark = pytest.mark.anyio
SYSTEM = "H56.19"
SECRET = ACCOUNTS[SYSTEM]
VAULT = Vault(b"k" * 32)
SMALL = replace(LETTER, attachments=())
SILENCE = 0.25


class House:
    """A centre with its outbox, and the axis outside; the one clock of both is moved by hand."""

    def __init__(self, store: Store, clock: HandClock, sandbox: SandboxThread) -> None:
        self.store, self.clock, self.sandbox = store, clock, sandbox
        self._clients: list[AxisClient] = []

    @property
    def axis(self) -> AxisState:
        return self.sandbox.axis

    def write(self, number: str, letter: Letter = SMALL) -> int:
        new = corresponding.write_letter(replace(letter, number=number), LetterKind.APOLOGY, VAULT.seal)
        return self.do(corresponding.queue_letter, new)

    def do(self, operation: Any, *args: Any) -> Any:
        return self.store.write_now(Act("cb01"), operation, *args)

    def find(self, number: int) -> KeptLetter:
        found = self.store.read(letters.find, number)
        assert found is not None
        return found

    def worker(self, url: str = "") -> LetterWorker:
        return self.working_with(AxisClient(Profile(url or self.sandbox.url, SYSTEM), SECRET, read_seconds=SILENCE))

    def working_with(self, client: AxisClient) -> LetterWorker:
        self._clients.append(client)
        return LetterWorker(self.store, VAULT, client, self.clock)

    async def close(self) -> None:
        for client in self._clients:
            await client.__aexit__(None, None, None)
        self.store.close()

    def states(self) -> set[str]:
        return {letter.state.value for letter in self.store.read(letters.newest, 1000)}


@pytest.fixture(scope="module")
def clock() -> HandClock:
    return HandClock(datetime(2026, 7, 13, 2, 0, tzinfo=UTC))


@pytest.fixture(scope="module")
def sandbox(catalogue: Path, clock: HandClock) -> Iterator[SandboxThread]:
    with SandboxThread(catalogue=catalogue, now=clock) as running:
        yield running


@pytest.fixture
async def house(tmp_path: Path, sandbox: SandboxThread, clock: HandClock) -> AsyncIterator[House]:
    sandbox.axis.clear()
    store = Store(tmp_path / "motcua.sqlite", clock)
    store.start()
    axis = Axis(sandbox.url, SYSTEM, SYSTEM)
    await store.write(Act("setup"), managing.load_centre, replace(demo_centre(), axis=axis), demo_calendar())
    house = House(store, clock, sandbox)
    yield house
    await house.close()


async def test_a_letter_goes_out_with_its_file(house):
    number = house.write("1", LETTER)
    async with asyncio.timeout(10):
        assert await house.worker().send_once()
        assert not await house.worker().send_once()
    letter = house.find(number)
    (document,) = house.axis.documents
    assert (letter.state, letter.axis_id) == (LetterState.SENT, document.axis_id)
    assert read(document.raw).says.attachments[0].content == LETTER.attachments[0].content


async def test_a_refused_letter_is_parked_with_our_own_words_and_holds_up_no_other(house):
    bad = house.write("1", replace(SMALL, receivers=(replace(SMALL.receivers[0], code="H99"),)))
    good = house.write("2")
    worker = house.worker()
    while await worker.send_once():
        pass
    assert (house.find(bad).state, house.find(bad).answer) == (LetterState.PARKED, Failure.NO_RECEIVER)
    assert house.find(good).state is LetterState.SENT
    assert worker.last_failure == ""


async def test_while_the_axis_is_away_letters_wait(house):
    number = house.write("1")
    away = house.worker("http://127.0.0.1:9")
    assert await away.send_once()
    assert away.last_failure == Failure.UNREACHABLE
    assert not await away.send_once()
    assert not house.find(number).tried_before
    house.clock.forward(seconds=31)
    assert await house.worker().send_once()
    assert house.find(number).state is LetterState.SENT


class Killed(BaseException):
    """The process ends here."""


class Dying(AxisClient):
    """A client whose process is killed: before anything is sent, or when the axis has it."""

    when = "before"

    async def send(self, *args: Any, **kwargs: Any) -> Any:
        if self.when == "after":
            with suppress(AxisError):
                await super().send(*args, **kwargs)
        raise Killed()


TROUBLE = ("", "timeout_after_commit", "bad_gateway", "not_json", "wrong_key", "before", "after", "away")


async def one_try(house: House, trouble: str) -> None:
    """One try of one letter, in which this goes wrong; then so much time passes that another try may begin."""
    worker = house.worker("http://127.0.0.1:9" if trouble == "away" else "")
    if trouble in ("before", "after"):
        client = Dying(Profile(house.sandbox.url, SYSTEM), SECRET, read_seconds=SILENCE)
        client.when = trouble
        worker = house.working_with(client)
    elif trouble not in ("", "away"):
        house.axis.set_fault(trouble)
    try:
        await worker.send_once()
    except Killed:
        if trouble == "after":
            house.store.write_now(Act("system"), lambda tx: jobs.drop_leases(tx.db))
    house.axis.set_fault("not_json", 0)
    for letter in house.store.read(letters.open_letters):
        if letter.state is LetterState.PARKED:
            house.do(corresponding.resend, letter.id)
    house.clock.forward(minutes=9)


def check_axis(house: House, numbers: list[int]) -> None:
    """Every letter was sent, and stands at the axis once."""
    assert house.states() == {"sent"}, "a letter has not left"
    there = sorted(each.read.document for each in house.axis.documents)
    assert there == sorted(house.find(number).document for number in numbers), "a letter came twice, or never"
    assert len({each.axis_id for each in house.axis.documents}) == len(numbers)


async def live_through(house: House, seed: int, count: int) -> list[int]:
    chance = random.Random(seed)
    numbers = [house.write(str(number)) for number in range(1, count + 1)]
    for _ in range(count * 4):
        await one_try(house, chance.choice(TROUBLE))
    while house.states() != {"sent"}:
        await one_try(house, "")
    return numbers


@pytest.mark.fault
@pytest.mark.parametrize("seed", range(size("letter_seeds", 2, 20)))
async def test_whatever_goes_wrong_no_letter_is_lost_and_none_goes_twice(house, seed):
    check_axis(house, await live_through(house, seed, size("letters", 8, 40)))


@pytest.mark.planted
async def test_a_worker_that_forgets_what_it_tried_is_caught(house, monkeypatch):
    postpone = jobs.postpone
    monkeypatch.setattr(jobs, "mark_started", lambda db, kind, job: None)
    monkeypatch.setattr(jobs, "postpone", lambda *args, started: postpone(*args, started=False))
    with pytest.raises(AssertionError, match="came twice"):
        check_axis(house, await live_through(house, 1, 8))


@pytest.mark.planted
async def test_a_worker_that_takes_silence_for_yes_is_caught(house, monkeypatch):
    async def hopeful(self: Any, *args: Any, **kwargs: Any) -> Any:
        from portal.axis import Delivery

        return Delivery("believed")

    numbers = [house.write("1")]
    monkeypatch.setattr(AxisClient, "send", hopeful)
    assert await house.worker().send_once()
    with pytest.raises(AssertionError, match="came twice, or never"):
        check_axis(house, numbers)


# Listening


async def test_answers_come_home_and_letters_arrive(house):
    number = house.write("1")
    worker = house.worker()
    await worker.send_once()
    house.axis.answer(house.find(number).axis_id, "03")
    house.axis.put_in_unread(incoming(), "H56.07", SYSTEM)
    await worker.listen_once()
    assert house.find(number).state is LetterState.RECEIVED
    (arrived,) = house.store.read(letters.newest, 5, arrived=True)
    assert arrived.sender == "H56.07"
    told = corresponding.opened(VAULT.unseal(house.store.read(letters.sealed_body, arrived.body)))
    assert (told.subject, told.attachments[0].content) == ("V/v trả lời ý kiến", b"Dong y")
    assert VAULT.unseal(house.store.read(letters.sealed_raw, arrived.body)) == incoming()
    assert {tuple(each.marks.items()) for each in house.axis.documents[1:]} == {((SYSTEM, "done"),)}
    assert worker.last_contact == house.clock()


def incoming(sender: bytes = b"H56.07") -> bytes:
    return foreign().replace(b"28.22.H17", sender)


async def test_what_is_delivered_twice_is_here_once(house):
    number = house.write("1")
    worker = house.worker()
    await worker.send_once()
    house.axis.answer(house.find(number).axis_id, "06")
    house.axis.put_in_unread(incoming(), "H56.07", SYSTEM)
    for _ in range(3):
        house.axis.set_fault("duplicate_delivery", 2)
        await worker.listen_once()
    assert len(house.store.read(letters.newest, 9, arrived=True)) == 1
    assert len(house.store.read(letters.statuses_of, number)) == 1
    assert house.find(number).state is LetterState.PROCESSED


@pytest.mark.parametrize("name", ["billion laughs", "zip bomb", "two senders", "utf-16", "nothing", "another root"])
async def test_a_document_that_means_harm_leaves_nothing_and_holds_up_nobody(house, name):
    harm = house.axis.put_in_unread(HARM[name](), "H56.07", SYSTEM)
    house.axis.put_in_unread(incoming(), "H56.07", SYSTEM)
    await house.worker().listen_once()
    assert harm.marks == {SYSTEM: "fail"}
    assert len(house.store.read(letters.newest, 9, arrived=True)) == 1
    assert house.store.read(lambda db: db.execute("SELECT count(*) FROM letter_bodies").fetchone()[0]) == 1


async def test_a_sender_other_than_the_axis_names_is_not_believed(house):
    number = house.write("1")
    worker = house.worker()
    await worker.send_once()
    lies = [
        house.axis.put_in_unread(incoming(), "H56.08", SYSTEM),
        house.axis.put_in_unread(status_document("02", house.find(number).document), "H56.08", SYSTEM, "status"),
        house.axis.put_in_unread(
            status_document("02", house.find(number).document, "H56.08"), "H56.08", SYSTEM, "status"
        ),
    ]
    await worker.listen_once()
    assert [lie.marks for lie in lies] == [{SYSTEM: "fail"}] * 3
    assert house.find(number).state is LetterState.SENT
    assert house.store.read(letters.newest, 9, arrived=True) == []


async def test_a_receiver_may_answer_under_its_older_code(house):
    number = house.write("1")
    worker = house.worker()
    await worker.send_once()
    document = house.find(number).document
    house.axis.put_in_unread(status_document("03", document, "000.00.07.H56"), "000.00.07.H56", SYSTEM, "status")
    await worker.listen_once()
    assert house.find(number).state is LetterState.RECEIVED


async def test_an_axis_that_fails_while_we_listen_is_asked_again(house):
    house.axis.put_in_unread(incoming(), "H56.07", SYSTEM)
    for fault, reason in (("bad_gateway", Failure.BAD_STATUS), ("wrong_key", Failure.WRONG_KEY)):
        worker = house.worker()
        house.axis.set_fault(fault)
        await worker.listen_once()
        assert worker.last_failure == reason
    await house.worker().listen_once()
    assert len(house.store.read(letters.newest, 9, arrived=True)) == 1


# The service


async def test_the_worker_runs_when_the_centre_names_an_axis_and_the_secret_is_there(house, tmp_path):
    secret = tmp_path / "axis.secret"
    secret.write_text(SECRET + "\n", encoding="utf-8")
    service = LetterService(house.store, VAULT, house.clock, "", secret)
    house.store.listen(service.heed)
    running = asyncio.create_task(service.run())
    try:
        await until(lambda: service.worker is not None, 10, "the worker runs")
        new = corresponding.write_letter(SMALL, LetterKind.APOLOGY, VAULT.seal)
        await house.store.write(Act("cb01"), corresponding.queue_letter, new)
        await until(lambda: house.states() == {"sent"}, 10, "the letter is sent")
        await house.store.write(
            Act("ql04"), managing.load_centre, replace(demo_centre(), axis=None), demo_calendar()
        )
        await until(lambda: service.worker is None, 10, "the worker rests")
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_without_a_secret_letters_wait(house):
    service = LetterService(house.store, VAULT, house.clock, "", None)
    assert service._wanted() is None

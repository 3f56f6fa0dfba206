"""A day of the portal in an injected clock, every fault it has, over real HTTP: nothing is lost, nothing twice.

The clock is server's and sandbox's alike; a simulated minute lasts as long as its work.
`scripts/trial portal --full` plays 5,000 dossiers.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from domain.applicants import Applicant, Words, particulars, to_bytes, words_to_bytes
from domain.dossiers import ACT_NAMES, Act
from domain.tickets import milliseconds
from operations import endings, intake, managing, processing, shifts, supplements
from operations.endings import Handing, Proof, Taker
from operations.processing import Doing
from portal import worker as workers
from portal.client import PortalClient, Profile
from portal.sandbox import TEST_ACCOUNTS, SandboxThread
from portal.sandbox.state import State
from portal.worker import PortalWorker
from store import dossiers, outbox
from store.store import Store
from store.vault import Vault
from store.writer import Act as Who
from tests.support.crowd import report
from tests.support.halls import DEMO, HandClock, demo_calendar, demo_centre, demo_procedures
from tests.support.sizes import size

pytestmark = pytest.mark.fault

ADAPTER = "/XrdAdapter/RestService/forward"
THREE_DAYS = "1.004873"
CLERK = Who("cb01")
WORDS = Words("Xem xét hồ sơ")
MINUTES = 24 * 60
DOWN = range(8 * 60, 14 * 60)  # six hours
AT_ONCE = workers.AT_ONCE
# At which minute of each hour what begins; each strikes so many calls.
FAULTS = {
    5: ("timeout_after_commit", 2), 12: ("bad_gateway", 4), 19: ("expired_token", 2), 26: ("drop_after_commit", 3),
    33: ("not_json", 3), 40: ("empty_answer", 2), 47: ("slow", 2), 54: ("duplicate_as_3", 2),
}  # fmt: skip
LIVES = (
    (Act.PROGRESS, Act.RESOLVE, Act.RETURN),
    (Act.PROGRESS, Act.PROGRESS, Act.PROGRESS, Act.ASK_SUPPLEMENT, Act.TAKE_SUPPLEMENT, Act.RESOLVE, Act.RETURN),
    (Act.ASK_SUPPLEMENT, Act.TAKE_SUPPLEMENT, Act.PROGRESS, Act.STOP, Act.RESUME, Act.RESOLVE, Act.RETURN),
    (Act.PROGRESS, Act.ASK_PAYMENT, Act.NOTE_PAYMENT, Act.RESOLVE),
    (Act.WITHDRAW,),
)  # fmt: skip


@dataclass
class Day:
    """A centre with its portal, the acts that are still to come by minute, and the codes received."""

    store: Store
    vault: Vault
    clock: HandClock
    worker: PortalWorker
    state: State
    chance: random.Random
    plan: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    codes: list[str] = field(default_factory=list)
    largest_queue: int = 0

    async def receive(self, minute: int) -> None:
        """One dossier, with the life that it will have in the minutes after."""
        owner = Applicant("NGUYỄN VĂN MẪU", "038190000001")
        taken = intake.Intake(THREE_DAYS, self.vault.seal(to_bytes(particulars(owner, "", ()))))
        code = (await self.store.write(CLERK, intake.receive_dossier, 1, "cb01", taken)).code
        self.codes.append(code)
        at = minute
        for act in self.chance.choice(LIVES):
            at += self.chance.randrange(1, 120)
            self.plan[min(at, MINUTES - 1)].append((code, act))

    async def act(self, code: str, act: Act) -> None:
        """The next step of a dossier's life."""
        doing = Doing(code, "cb01", self.vault.seal(words_to_bytes(WORDS)))
        match act:
            case Act.ASK_SUPPLEMENT:
                await self.store.write(CLERK, supplements.ask_supplement, doing)
            case Act.TAKE_SUPPLEMENT:
                await self.store.write(CLERK, supplements.take_supplement, doing)
            case Act.RESOLVE:
                await self.store.write(CLERK, endings.resolve, doing)
            case Act.RETURN:
                await self.store.write(CLERK, endings.return_result, doing, Handing(Taker.OWNER, Proof.CARD, 1))
            case _:
                await self.store.write(CLERK, processing.note, act, doing)

    async def send_all(self) -> None:
        """All that may go at this minute."""

        if self.store.read(outbox.next_portal_message, milliseconds(self.clock())) is None:
            return

        async def line() -> None:
            while await self.worker.send_next():
                pass

        await asyncio.gather(*(line() for _ in range(AT_ONCE)))
        # A call that we gave up the portal still works on; the wait before the next try is only simulated here.
        await asyncio.to_thread(self.state.wait_until, lambda state: not state.in_flight)


@contextmanager
def a_centre(folder: Path, seed: int) -> Iterator[Day]:
    """One centre before its first configuration."""
    clock, state = HandClock(), State(max_dossiers=20_000)
    store, vault = Store(folder / "motcua.sqlite", clock, server=True), Vault.open(folder / "site.key")
    try:
        yield Day(store, vault, clock, _Nobody, state, random.Random(seed))  # type: ignore[arg-type]
    finally:
        store.close()


_Nobody: Any = None


def a_worker(day: Day, port: int) -> PortalWorker:
    """The real one with short limits: a silence of the portal is longer than they are."""
    profile = Profile(adapter_url=f"http://127.0.0.1:{port}{ADAPTER}", madonvi="H56.19", username="H56")
    client = PortalClient(profile, TEST_ACCOUNTS["H56"], connect_seconds=2, read_seconds=0.4, attempt_seconds=6)
    return PortalWorker(day.store, day.vault, client, day.clock)


async def open_the_day(day: Day) -> None:
    """The demo's configuration; clerk cb01 sits at counter 1."""
    day.store.start()
    await day.store.write(Who("t"), managing.list_procedures, demo_procedures())
    await day.store.write(Who("t"), managing.load_centre, demo_centre(), demo_calendar())
    await day.store.write(CLERK, shifts.open_shift, 1, "cb01")


async def live(day: Day, count: int) -> None:
    """24 hours: the portal is down for six of them and restarts every three hours; then a quiet evening."""
    await open_the_day(day)
    port = 0
    minutes = sorted(day.chance.randrange(MINUTES - 200) for _ in range(count))
    sandbox: SandboxThread | None = None
    try:
        for minute in range(MINUTES):
            if minute in DOWN or minute % 180 == 90:
                sandbox = _end(sandbox)
            elif sandbox is None:
                sandbox = SandboxThread(DEMO / "procedures.jsonl", port=port, now=day.clock, state=day.state)
                sandbox.__enter__()
                port = int(sandbox.url.rsplit(":", 1)[1])
            if day.worker is None:
                day.worker = a_worker(day, port)
                await day.worker._client.__aenter__()
            if sandbox is not None and minute % 60 in FAULTS:
                name, times = FAULTS[minute % 60]
                sandbox.faults.set(name, times, seconds=1.0 if "timeout" in name or name == "slow" else None)
            while minutes and minutes[0] == minute:
                minutes.pop(0)
                await day.receive(minute)
            for code, act in day.plan.pop(minute, ()):
                await day.act(code, act)
            await day.send_all()
            day.clock.forward(minutes=1)
        await _evening(day, sandbox, port)
    finally:
        _end(sandbox)
        if day.worker is not None:
            await day.worker._client.__aexit__(None, None, None)


async def _evening(day: Day, sandbox: SandboxThread | None, port: int) -> None:
    """No more faults: within an hour all that waited has gone."""
    if sandbox is not None:
        sandbox.faults.clear()
    for _ in range(60):
        await day.send_all()
        if not day.store.read(outbox.open_portal_messages):
            return
        day.clock.forward(minutes=1)


def _end(sandbox: SandboxThread | None) -> None:
    if sandbox is not None:
        sandbox.__exit__(None, None, None)


def check(day: Day) -> None:
    """At the portal each dossier stands once, with its true last status and all its steps in order."""
    assert not day.store.read(outbox.open_portal_messages), "something was not told"
    there = day.state.dossiers
    assert sorted(there) == sorted(day.codes), "the portal holds other dossiers than were received"
    assert day.state.counts.inserts == len(day.codes), "a dossier was inserted twice"
    assert day.state.counts.overlapping == 0, "two requests of one dossier were on their way at once"
    for code in day.codes:
        own, steps = day.store.read(dossiers.find, code), day.store.read(dossiers.steps_of, code)
        assert own is not None
        assert there[code].status == str(int(own.status)), f"{code} stands otherwise at the portal"
        told = [step["NoiDungXuLy"].partition(":")[0] for step in there[code].steps]
        assert told == ["Tiếp nhận hồ sơ", *(ACT_NAMES[step.act] for step in steps)], f"the steps of {code}: {told}"
        statuses = [version.record["TrangThaiHoSo"] for version in there[code].versions]
        assert _in_order(statuses, ["2", *(str(int(step.after)) for step in steps)]), f"{code}: {statuses}"


def _in_order(told: list[str], lived: list[str]) -> bool:
    """Whether the portal was told these statuses in this order, each at least once; repeats change nothing."""
    short = lambda row: [one for n, one in enumerate(row) if n == 0 or row[n - 1] != one]  # noqa: E731
    return short(told) == short(lived)


def test_after_a_day_of_faults_the_portal_holds_what_happened(tmp_path: Path):
    count = size("portal_day_dossiers", 25, 5000)
    with a_centre(tmp_path, size("portal_day_seed", 1, 7)) as day:
        asyncio.run(live(day, count))
        check(day)
        counts = day.state.counts
        report("portal_day_requests", counts.requests)
        report("portal_day_faults", counts.faults)
        report("portal_day_repeated_steps", counts.repeated_steps)
        assert counts.faults > len(FAULTS)


@pytest.mark.planted
@pytest.mark.parametrize("fault", ["gives_up", "overtakes", "forgets_steps"])
def test_a_worker_that_breaks_its_promise_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str):
    monkeypatch.setitem(globals(), "DOWN", range(60, MINUTES - 300))  # all at once when it is back
    PLANTS[fault](monkeypatch)
    with a_centre(tmp_path, 1) as day:
        asyncio.run(live(day, 12))
        with pytest.raises(AssertionError):
            check(day)


def _gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be sent is taken for sent."""
    from operations import syncing

    def pretend(tx: Any, messages: Any, *_: Any, **__: Any) -> None:
        syncing.acknowledge(tx, messages, "step")

    monkeypatch.setattr(syncing, "postpone", pretend)


def _overtakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest message goes first."""

    def newest(db: Any, now: int) -> Any:
        row = db.execute(
            "SELECT m.id FROM portal_messages m LEFT JOIN leases l ON l.kind = 'portal' AND l.job = m.id"
            " WHERE m.state = 'queued' AND coalesce(l.until, 0) <= ? ORDER BY m.id DESC LIMIT 1",
            (now,),
        ).fetchone()
        return outbox.portal_message(db, row[0]) if row else None

    monkeypatch.setattr(outbox, "next_portal_message", newest)


def _forgets_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several steps that go together only the last is sent."""
    monkeypatch.setitem(globals(), "LIVES", ((Act.PROGRESS,) * 5,))
    items = workers.progress_items
    monkeypatch.setattr(workers, "progress_items", lambda steps: items(steps[-1:]))


PLANTS = {"gives_up": _gives_up, "overtakes": _overtakes, "forgets_steps": _forgets_steps}

"""A portal down, silent, broken or strict: the queue does not notice, each dossier arrives once and in order."""

import asyncio
import re
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.sandbox import TEST_ACCOUNTS, SandboxThread
from portal.sandbox.state import State
from tests.support.crowd import (
    Browser,
    Furnished,
    Lost,
    Process,
    fresh_request,
    furnish,
    number_in,
    quantile,
    report,
    serving,
    until,
    until_async,
)
from tests.support.halls import DEMO, demo_centre
from tests.support.sizes import size

pytestmark = pytest.mark.fault

CATALOGUE = DEMO / "procedures.jsonl"
ADAPTER = "/XrdAdapter/RestService/forward"
ARRIVES_SECONDS = 45.0  # bounds a wait: three tries with their back-offs of 2, 4 and 8 s, times 1.5
SLOWER_AT_MOST = 3.0
NOISE_MS = 15.0  # a shared machine's own jitter: below it no ratio means anything
WRITING = ("DongBoHoSoMC", "CapNhatTienDoHoSoMC")


@dataclass
class Counter:
    """A kiosk, a clerk at counter 1 and a supervisor before the desk, at one real server."""

    place: Furnished
    kiosk: Browser
    clerk: Browser
    desk: Browser

    async def receive(self) -> str:
        """The clerk receives a dossier on the real page; its code."""
        fields = {
            "request_id": fresh_request(), "procedure": _procedure(), "owner_name": "NGUYỄN VĂN MẪU",
            "identity": "038190000001", "paper": ["Tờ khai"],
        }  # fmt: skip
        answer = await self.clerk.press("/counter/1/dossiers", **fields)
        assert answer.status == 200, answer.text[:300]
        found = re.search(r'data-done.*?<b class="figures">([^<]+)</b>', answer.text, re.DOTALL)
        assert found, answer.text[-500:]
        return found[1]

    async def take(self) -> float:
        """One number at the kiosk; the milliseconds from press to page."""
        begun = time.perf_counter()
        answer = await self.kiosk.press("/kiosk/K1/tickets", queue="ho-tich", request_id=fresh_request())
        assert answer.status == 200
        assert number_in(answer.text)
        return 1000 * (time.perf_counter() - begun)

    async def p95(self, presses: int) -> float:
        """Of so many presses, one behind the other."""
        return quantile([await self.take() for _ in range(presses)], 0.95)

    def states(self) -> list[tuple[str, str, str]]:
        """Dossier, kind and state of every message."""
        with self.place.rows() as db:
            return list(db.execute("SELECT dossier, kind, state FROM portal_messages ORDER BY id"))

    async def all_known(self, silence: float = 0.0) -> None:
        """Wait until the portal has acknowledged everything, after so many seconds in which it says nothing."""

        def known() -> bool:
            return {state for _, _, state in self.states()} == {"acknowledged"}

        await until(known, ARRIVES_SECONDS + silence, "the portal acknowledges everything")


def _procedure() -> str:
    served = {"ho-tich", "chung-thuc"}
    return next(placement.code for placement in demo_centre().procedures if placement.queue in served)


def check_portal(state: State, codes: list[str]) -> None:
    """Each dossier stands at the portal once, its step once, the dossier before the step, never two at a time."""
    assert sorted(state.dossiers) == sorted(codes), "the portal holds other dossiers than were received"
    assert state.counts.inserts == len(codes), "a dossier was inserted twice"
    assert state.counts.overlapping == 0, "two requests of one dossier were on their way at once"
    for code in codes:
        dossier = state.dossier(code)
        assert dossier is not None
        assert len(dossier.steps) == 1, f"{len(dossier.steps)} steps of {code}"
    log = list(reversed(state.log))
    for code in codes:
        services = [line.service for line in log if code in line.dossier_codes and line.service in WRITING]
        assert services == sorted(services, key=WRITING.index), f"the order of {code}: {services}"


Scenario = Callable[[Counter], Awaitable[None]]


def furnished(quiet_path: Path, port: int) -> tuple[Furnished, dict[str, str]]:
    """A centre and the settings by which its server finds its portal at this port."""
    place = furnish(quiet_path / "data", ("K1",), {1: "cb01"}, others=("ql01",))
    secret = quiet_path / "portal.password"
    secret.write_text(TEST_ACCOUNTS["H56"], encoding="utf-8")
    return place, {
        "MOTCUA_PORTAL_URL": f"http://127.0.0.1:{port}{ADAPTER}",
        "MOTCUA_PORTAL_PASSWORD_FILE": str(secret),
    }


@contextmanager
def centre(quiet_path: Path, port: int, fault: str = "") -> "Iterator[Callable[[Scenario], None]]":
    """A real server whose portal is at this port; calling what it gives plays a scenario."""
    place, settings = furnished(quiet_path, port)
    with serving(place, fault, **settings) as process:

        async def scene(scenario: Scenario) -> None:
            lines = [Browser(process.url, place.cookie(who)) for who in ("K1", "cb01", "ql01")]
            try:
                await scenario(Counter(place, *lines))
            finally:
                for line in lines:
                    await line.leave()

        yield lambda scenario: asyncio.run(scene(scenario))


def _port_of(portal: SandboxThread) -> int:
    return int(portal.url.rsplit(":", 1)[1])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def work_while_down(counter: Counter, presses: int, dossiers: int) -> list[str]:
    """Nothing waits for the portal: tickets and calls go on as fast as before; the codes received."""
    before = await counter.p95(presses)
    codes = [await counter.receive() for _ in range(dossiers)]
    during = await counter.p95(presses)
    answer = await counter.clerk.press("/counter/1/calls", request_id=fresh_request(), seen=0)
    assert answer.status == 200
    assert number_in(answer.text, "own-number") == "A 001"
    report("portal_up_kiosk_p95_ms", f"{before:.1f}")
    report("portal_down_kiosk_p95_ms", f"{during:.1f}")
    check_unnoticed(before, during)
    return codes


def check_unnoticed(before: float, during: float) -> None:
    """The kiosk's 95th percentile (ms) is at most three times what it was."""
    assert during <= SLOWER_AT_MOST * max(before, NOISE_MS), (
        f"the queue noticed: {before:.0f} ms, then {during:.0f} ms"
    )


def test_a_portal_that_is_down_is_not_noticed_and_catches_up(quiet_path: Path):
    port, presses, dossiers = _free_port(), size("portal_presses", 100, 2000), size("portal_dossiers", 8, 100)

    async def scenario(counter: Counter) -> None:
        codes = await work_while_down(counter, presses, dossiers)
        assert {state for _, _, state in counter.states()} == {"queued"}
        with SandboxThread(CATALOGUE, port=port) as portal:
            await counter.all_known()
            check_portal(portal.state, codes)

    with centre(quiet_path, port) as play:
        play(scenario)


@pytest.mark.planted
def test_a_kiosk_that_waits_for_the_portal_is_caught(quiet_path: Path):
    async def scenario(counter: Counter) -> None:
        with pytest.raises(AssertionError, match="the queue noticed"):
            await work_while_down(counter, 1, 1)

    with centre(quiet_path, _free_port(), "waits_for_the_portal") as play:
        play(scenario)


FAULTS = ("timeout_after_commit", "drop_after_commit", "bad_gateway", "not_json", "empty_answer", "expired_token")


def strike(portal: SandboxThread, fault: str, service: str) -> None:
    """Set one fault; a silence lasts a second, in a full trial longer than the client's own limit of 65 s."""
    seconds = size("portal_silence", 1, 80) if fault == "timeout_after_commit" else None
    portal.faults.set(fault, 1, service=service, seconds=seconds)


async def receive_two(counter: Counter, portal: SandboxThread) -> None:
    codes = [await counter.receive(), await counter.receive()]
    silence = size("portal_silence", 1, 80)
    await until_async(lambda: _met(portal), ARRIVES_SECONDS + silence, "the fault is met")
    await counter.all_known(silence)
    check_portal(portal.state, codes)


async def _met(portal: SandboxThread) -> bool:
    return portal.state.counts.faults > 0


@pytest.mark.parametrize("service", WRITING)
@pytest.mark.parametrize("fault", FAULTS)
def test_after_every_fault_each_dossier_stands_there_once(quiet_path: Path, fault: str, service: str):
    with SandboxThread(CATALOGUE) as portal, centre(quiet_path, _port_of(portal)) as play:
        strike(portal, fault, service)
        play(lambda counter: receive_two(counter, portal))


@pytest.mark.planted
def test_an_answer_taken_for_granted_is_caught(quiet_path: Path):
    async def scenario(counter: Counter) -> None:
        code = await counter.receive()
        believed = lambda: (code, "dossier", "acknowledged") in counter.states()  # noqa: E731
        await until(believed, ARRIVES_SECONDS, "the bad gateway is taken for an acknowledgement")
        with pytest.raises(AssertionError, match="holds other dossiers than were received"):
            check_portal(portal.state, [code])

    with SandboxThread(CATALOGUE) as portal, centre(quiet_path, _port_of(portal), "takes_silence_for_yes") as play:
        strike(portal, "bad_gateway", "DongBoHoSoMC")
        play(scenario)


STEPS = ("before send dossier", "after send dossier", "before record dossier", "before send progress",
         "before record progress")  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_of_the_sync_each_dossier_stands_there_once(quiet_path: Path, step: str):
    """SIGKILL before it was sent, after it was sent, before the answer was written down; then a new start."""
    with SandboxThread(CATALOGUE) as portal:
        check_portal(portal.state, killed_and_started(quiet_path, portal, step))


@pytest.mark.planted
def test_a_start_that_takes_begun_for_done_is_caught(quiet_path: Path):
    with SandboxThread(CATALOGUE) as portal:
        codes = killed_and_started(quiet_path, portal, "before send progress", "takes_begun_for_done")
        with pytest.raises(AssertionError, match="0 steps of"):
            check_portal(portal.state, codes)


def killed_and_started(folder: Path, portal: SandboxThread, step: str, fault: str = "") -> list[str]:
    """Two dossiers; the server is killed at this step and started again; the codes when all is told."""
    place, settings = furnished(folder, _port_of(portal))
    (place.data / "die-at").write_text(step, encoding="utf-8")
    with serving(place, "dies_when_told", **settings) as process:
        asyncio.run(_work_until_killed(place, process))
    with serving(place, fault, **settings) as process:
        asyncio.run(_until_all_known(place, process))
    with place.rows() as db:
        return [code for (code,) in db.execute("SELECT code FROM dossiers")]


async def _work_until_killed(place: Furnished, process: Process) -> None:
    clerk = Browser(process.url, place.cookie("cb01"))
    counter = Counter(place, clerk, clerk, clerk)
    with suppress(Lost):
        for _ in range(2):
            await counter.receive()
    await clerk.leave()
    await until(lambda: process.process is not None and process.process.poll() is not None, 20, "it is killed")
    process.kill()


async def _until_all_known(place: Furnished, process: Process) -> None:
    clerk = Browser(process.url, place.cookie("cb01"))
    await Counter(place, clerk, clerk, clerk).all_known()


def test_a_refused_field_is_parked_with_its_reason_and_holds_back_nobody(quiet_path: Path):
    with SandboxThread(CATALOGUE) as portal, centre(quiet_path, _port_of(portal)) as play:
        portal.faults.set("refuse_field", field="ChuHoSo", pattern="*-0001")
        play(lambda counter: park_and_resend(counter, portal))


async def park_and_resend(counter: Counter, portal: SandboxThread) -> None:
    codes = [await counter.receive() for _ in range(3)]
    bad = next(code for code in codes if code.endswith("-0001"))
    await until_async(lambda: _settled(counter, bad), ARRIVES_SECONDS, "one is parked, the others have arrived")
    assert {state for code, _, state in counter.states() if code != bad} == {"acknowledged"}
    page = (await counter.desk.get("/admin/desk")).text
    found = re.search(rf"{bad}.*?Cổng từ chối:(.*?)</td>.*?/admin/messages/(\d+)/resends", page, re.DOTALL)
    assert found, "the desk does not show the parked dossier"
    assert "ChuHoSo" in found[1], f"the desk does not say why: {found[1]}"
    assert "NGUYỄN" not in page, "the desk shows what the portal quoted of the applicant"
    portal.faults.clear()
    answer = await counter.desk.press(f"/admin/messages/{found[2]}/resends", htmx=False)
    assert answer.status == 303
    await counter.all_known()
    check_portal(portal.state, codes)


async def _settled(counter: Counter, bad: str) -> bool:
    states = counter.states()
    rest = {state for code, _, state in states if code != bad}
    return (bad, "dossier", "parked") in states and rest == {"acknowledged"}

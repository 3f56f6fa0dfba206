"""The client against the sandbox over real HTTP: a dossier's life, and every fault of the contract."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from portal.answers import CatalogueEntry
from portal.client import Failure, Known, Outcome, Permanent, PortalClient, Profile, Temporary, Unclear, Unknown
from portal.messages import Record, Step, dossier_record, progress_items
from portal.sandbox import SandboxThread
from tests.portal.examples import CODE, FACTS

pytestmark = pytest.mark.anyio


@pytest.fixture
def sandbox(catalogue: Path) -> Iterator[SandboxThread]:
    """A portal of the test's own, which it may also end."""
    with SandboxThread(catalogue=catalogue) as sandbox:
        yield sandbox


def client_to(sandbox: SandboxThread, kind: type[PortalClient] = PortalClient) -> PortalClient:
    username, password = next(iter(sandbox.accounts.items()))
    adapter_url = f"{sandbox.url}/XrdAdapter/RestService/forward"
    profile = Profile(adapter_url=adapter_url, madonvi="H56.19", username=username)
    return kind(profile, password, read_seconds=1.5)


def record_of(entry: CatalogueEntry, *, status: int = 2) -> Record:
    return dossier_record(replace(FACTS, procedure_code=entry.code, status=status), entry)


def steps(count: int) -> list[Record]:
    times = [FACTS.received_at + timedelta(minutes=n) for n in range(count)]
    return progress_items(
        Step(CODE, f"s{n}", "Cán bộ 1", "", at, "Tư pháp", f"Bước {n}", 4 if n else 2, None, None)
        for n, at in enumerate(times)
    )


async def persist(client: PortalClient, record: Record) -> Outcome:
    """Deliver as the worker does: again after Temporary, with the question first after Unclear."""
    tried_before = False
    for _ in range(6):
        try:
            return await client.deliver(record, tried_before)
        except Temporary as error:
            tried_before = tried_before or isinstance(error, Unclear)
    raise AssertionError("six attempts were not enough")


async def test_life_of_a_dossier_at_the_sandbox(sandbox: SandboxThread) -> None:
    async with client_to(sandbox) as client:
        entry = await client.procedure("1.004873")
        received, examined = record_of(entry), record_of(entry, status=4)
        assert await client.look_up(CODE) == Unknown()
        assert await client.deliver(received, tried_before=False) is Outcome.INSERTED
        assert await client.deliver(examined, tried_before=False, known=True) is Outcome.UPDATED
        await client.send_progress(steps(12))
        assert await client.look_up(CODE) == Known(4)
    dossier = sandbox.state.dossiers[CODE]
    assert (dossier.record, dossier.version_count, list(dossier.steps)) == (examined, 2, steps(12))
    counts = sandbox.state.counts
    assert (counts.rejected, counts.warnings, counts.logins, counts.overlapping) == (0, 0, 1, 0)


@pytest.mark.fault
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(
    "fault",
    [
        "timeout_after_commit",
        "drop_after_commit",
        "bad_gateway",
        "not_json",
        "empty_answer",
        "expired_token",
        "duplicate_as_3",
    ],
)
async def test_dossier_stands_once_at_the_sandbox_after_any_fault(
    sandbox: SandboxThread, fault: str, times: int
) -> None:
    await expect_one_dossier(sandbox, PortalClient, fault, times)


@pytest.mark.planted
@pytest.mark.parametrize("fault", ["timeout_after_commit", "drop_after_commit"])
async def test_client_that_only_inserts_is_caught(sandbox: SandboxThread, fault: str) -> None:
    class OnlyInserts(PortalClient):
        async def deliver(self, record: Record, tried_before: bool, known: bool | None = None) -> Outcome:
            answer = await self._put(record, is_update=False)
            return Outcome.INSERTED if answer.is_success else Outcome.UPDATED

    with pytest.raises(AssertionError):
        await expect_one_dossier(sandbox, OnlyInserts, fault, 1)


async def expect_one_dossier(sandbox: SandboxThread, kind: type[PortalClient], fault: str, times: int) -> None:
    async with client_to(sandbox, kind) as client:
        entry = await client.procedure("1.004873")
        sandbox.faults.set(fault, times)
        await persist(client, record_of(entry))
        await persist(client, record_of(entry, status=4))
    assert list(sandbox.state.dossiers) == [CODE]
    assert sandbox.state.dossiers[CODE].record == record_of(entry, status=4)
    assert (sandbox.state.counts.inserts, sandbox.state.counts.rejected) == (1, 0)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("fault", "times"), [("timeout_after_commit", 1), ("drop_after_commit", 1), ("empty_answer", 2)]
)
async def test_steps_sent_again_after_a_lost_answer_stand_once(
    sandbox: SandboxThread, fault: str, times: int
) -> None:
    async with client_to(sandbox) as client:
        await client.deliver(record_of(await client.procedure("1.004873")), tried_before=False)
        sandbox.faults.set(fault, times, service="CapNhatTienDoHoSoMC")
        with pytest.raises(Unclear):
            await client.send_progress(steps(3))
        await client.send_progress(steps(3))
    assert list(sandbox.state.dossiers[CODE].steps) == steps(3)


@pytest.mark.parametrize("style", ["int", "0", "00"])
async def test_sandbox_may_write_success_as_it_likes(sandbox: SandboxThread, style: str) -> None:
    sandbox.faults.code_style = style
    async with client_to(sandbox) as client:
        record = record_of(await client.procedure("1.004873"))
        assert await client.deliver(record, tried_before=False) is Outcome.INSERTED
        assert await client.deliver(record, tried_before=False) is Outcome.UPDATED


@pytest.mark.fault
async def test_refusal_of_the_sandbox_names_the_field_and_leaves_others_alone(sandbox: SandboxThread) -> None:
    async with client_to(sandbox) as client:
        record = record_of(await client.procedure("1.004873"))
        sandbox.faults.set("refuse_field", field="TrichYeuHoSo", pattern=CODE)
        with pytest.raises(Permanent) as caught:
            await client.deliver(record, tried_before=False)
        assert await client.deliver({**record, "MaHoSo": "H56.19-260713-0043"}, False) is Outcome.INSERTED
    assert caught.value.field == "TrichYeuHoSo"


async def test_sandbox_refuses_what_it_does_not_know(sandbox: SandboxThread) -> None:
    async with client_to(sandbox) as client:
        with pytest.raises(Permanent, match="MaTTHC"):
            await client.procedure("9.999999")
        with pytest.raises(Permanent):
            await client.send_progress(steps(1))
        with pytest.raises(Permanent):
            await client.send_dossier(record_of(await client.procedure("1.004873")), True)
    assert sandbox.state.dossiers == {}


async def test_wrong_password_is_temporary_and_a_dead_adapter_too(sandbox: SandboxThread) -> None:
    profile = Profile(adapter_url=f"{sandbox.url}/VXPAdapter/RestService/forward", madonvi="H56", username="H56")
    async with PortalClient(profile, "wrong") as client:
        with pytest.raises(Temporary, match=str(Failure.LOGIN_REFUSED)):
            await client.look_up(CODE)
    sandbox.__exit__(None, None, None)
    async with client_to(sandbox) as client:
        with pytest.raises(Temporary, match=str(Failure.UNREACHABLE)):
            await client.look_up(CODE)


@pytest.mark.fault
async def test_wire_log_holds_no_secret(sandbox: SandboxThread, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with client_to(sandbox) as client:
        record = record_of(await client.procedure("1.004873"))
        sandbox.faults.set("drop_after_commit", 1)
        await persist(client, record)
        secrets = [*sandbox.accounts.values(), client._token or "?", "NGUYỄN", "038090000001", "0912345678"]
    assert caplog.text
    assert not [secret for secret in secrets if secret in caplog.text]

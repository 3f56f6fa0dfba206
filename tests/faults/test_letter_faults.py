"""A server killed while the axis has a letter and has not answered: it arrives once. More in tests/portal."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import clock
from domain.centre_axis import Axis
from domain.letters import Letter, LetterKind, Organisation, Trace
from operations import corresponding
from portal.sandbox import SandboxThread
from portal.sandbox.axis import ACCOUNTS
from portal.sandbox.axis_state import AxisState
from store.store import Store
from store.vault import Vault
from store.writer import Act
from tests.support.crowd import Furnished, Process, furnish, serving, until
from tests.support.halls import DEMO, demo_centre

pytestmark = pytest.mark.fault

CATALOGUE = DEMO / "procedures.jsonl"
SYSTEM = "H56.19"
ARRIVES_SECONDS = 45.0  # bounds a wait: two looks at the outbox, or a first wait of 30 s
Scene = Callable[[Furnished, Process, AxisState], Awaitable[None]]


def write(place: Furnished, number: str) -> str:
    """Somebody at the command line writes a letter while the server runs; gives its DocumentId."""
    letter = Letter(
        sender=Organisation(SYSTEM, "Trung tâm"), receivers=(Organisation("H56.07", "Văn phòng"),), number=number,
        notation="PXL", promulgated=clock.now().date(), subject="Xin lỗi",
        traces=(Trace(SYSTEM, datetime(2026, 11, 23, tzinfo=UTC)),),
    )  # fmt: skip
    store = Store(place.data / "motcua.sqlite", clock.now)
    store.start()
    try:
        new = corresponding.write_letter(letter, LetterKind.APOLOGY, Vault.open(place.data / "site.key").seal)
        store.write_now(Act("cb01"), corresponding.queue_letter, new)
    finally:
        store.close()
    return letter.document_id


def states(place: Furnished) -> set[str]:
    with place.rows() as db:
        return {state for (state,) in db.execute("SELECT state FROM letters")}


def check_axis(axis: AxisState, documents: list[str]) -> None:
    """Each letter stands at the axis once."""
    assert sorted(each.read.document for each in axis.documents) == sorted(documents), (
        "a letter came twice, or never"
    )


def play(quiet_path: Path, scene: Scene, fault: str = "") -> None:
    """The scene at a real server whose axis is the sandbox."""
    with SandboxThread(CATALOGUE) as sandbox:
        axis = Axis(sandbox.url, SYSTEM, SYSTEM)
        place = furnish(quiet_path / "data", ("K1",), {1: "cb01"}, centre=replace(demo_centre(), axis=axis))
        secret = quiet_path / "axis.secret"
        secret.write_text(ACCOUNTS[SYSTEM], encoding="utf-8")
        with serving(place, fault, MOTCUA_AXIS_SECRET_FILE=str(secret)) as process:
            asyncio.run(scene(place, process, sandbox.axis))


async def kill_in_silence(place: Furnished, process: Process, axis: AxisState) -> None:
    """The axis has the letter and says nothing; the server is killed, and another one starts."""
    axis.set_fault("timeout_after_commit")
    document = write(place, "1")
    await until(lambda: bool(axis.documents), ARRIVES_SECONDS, "the axis has the letter")
    process.kill()
    process.start()
    await until(lambda: states(place) == {"sent"}, ARRIVES_SECONDS, "the letter is known to be sent")
    check_axis(axis, [document])


def test_a_server_killed_while_the_axis_is_silent_sends_nothing_twice(quiet_path: Path):
    play(quiet_path, kill_in_silence)


@pytest.mark.planted
def test_a_server_that_forgets_that_it_tried_is_caught(quiet_path: Path):
    async def scene(place: Furnished, process: Process, axis: AxisState) -> None:
        with pytest.raises(AssertionError, match="came twice"):
            await kill_in_silence(place, process, axis)

    play(quiet_path, scene, "forgets_what_it_sent")

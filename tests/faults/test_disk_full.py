"""A full disk: refused clearly, nothing half done, and the same press succeeds when space returns."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.checks import check_file, check_numbers
from tests.support.crowd import (
    Answer,
    Browser,
    Furnished,
    Process,
    fresh_request,
    furnish,
    number_in,
    report,
    serving,
    tickets_of,
    until_async,
)

pytestmark = pytest.mark.fault

QUEUE = "ho-tich"
DISK = "96m"  # /readyz wants 64 MB free: with less it would never be ready
PRESSES_AT_MOST = 3000
BACK_SECONDS = 5.0
SAID = "Máy chủ tạm thời hết chỗ ghi"


@dataclass
class Disk:
    """The folder that can be filled and emptied; a real one answers /readyz by itself."""

    folder: Path
    real: bool

    @property
    def ballast(self) -> Path:
        return self.folder / ("ballast" if self.real else "data/full")

    def fill(self) -> None:
        """To the last byte."""
        with self.ballast.open("wb", buffering=0) as file, suppress(OSError):
            while self.real and file.write(b"\0" * 4096):
                pass

    def empty(self) -> None:
        """Space returns."""
        self.ballast.unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A small file system of its own. Mounting needs root on Linux; elsewhere the test says why it is skipped."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except OSError as error:
        pytest.skip(f"mount: {error}")
    if done.returncode:
        pytest.skip(f"no small file system could be mounted (needs root on Linux): {done.stderr.strip()}")
    try:
        yield Disk(folder, real=True)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True, timeout=10)


@contextmanager
def counted_pages(folder: Path) -> Iterator[Disk]:
    """The same refusal (SQLITE_FULL) by SQLite's own page limit: runs everywhere."""
    folder.mkdir()
    yield Disk(folder, real=False)


async def fill_and_empty(disk: Disk, process: Process, place: Furnished) -> list[str]:
    """The scenario: some tickets, no room, the clear page, room again; the numbers that the kiosk showed."""
    kiosk = Browser(process.url, place.cookie("K1"))
    clerk = Browser(process.url, place.cookie("cb01"))
    try:
        shown = [number_in((await take(kiosk, fresh_request())).text) for _ in range(3)]
        assert (await kiosk.get("/readyz")).status == 200
        disk.fill()
        refused = await press_until_refused(kiosk, shown)
        check_refused(await take(kiosk, refused))
        await check_while_full(disk, kiosk, clerk, place, shown)
        disk.empty()
        shown.append(await until_given(kiosk, refused))
        assert (await kiosk.get("/readyz")).status == 200
        shown.append(number_in((await take(kiosk, fresh_request())).text))
        return shown
    finally:
        await kiosk.leave()
        await clerk.leave()


async def take(kiosk: Browser, request: str, htmx: bool = True) -> Answer:
    return await kiosk.press("/kiosk/K1/tickets", htmx, queue=QUEUE, request_id=request)


async def press_until_refused(kiosk: Browser, shown: list[str]) -> str:
    """What is left in the log's last pages is used up; the request id that was refused first."""
    for _ in range(PRESSES_AT_MOST):
        answer = await take(kiosk, request := fresh_request())
        if answer.status != 200:
            check_refused(answer)
            return request
        shown.append(number_in(answer.text))
    raise AssertionError("the disk never was full")


def check_refused(answer: Answer) -> None:
    """503, when to come back, and a sentence that says what happened and what to do."""
    assert answer.status == 503, f"a full disk gave {answer.status}"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert SAID in answer.text
    assert 'role="alert"' in answer.text


async def check_while_full(disk: Disk, kiosk: Browser, clerk: Browser, place: Furnished, shown: list[str]) -> None:
    """The whole page says it too, the server lives, reading goes on, and the file holds what was acknowledged."""
    page = await take(kiosk, fresh_request(), htmx=False)
    check_refused(page)
    assert "<html" in page.text
    assert (await kiosk.get("/healthz")).status == 200
    assert (await kiosk.get("/kiosk/K1/queues")).status == 200
    assert (await clerk.get("/counter/1")).status == 200
    if disk.real:
        check_refused(await clerk.press("/counter/1/calls", request_id=fresh_request(), seen=0))
        assert (await kiosk.get("/readyz")).status == 503
    with place.rows() as db:
        assert len(tickets_of(db)) == len(shown), "a refused ticket stands in the file"


async def until_given(kiosk: Browser, request: str) -> str:
    """The refused press once more, under its own id, until it gives a number."""

    async def again() -> str:
        answer = await take(kiosk, request)
        return number_in(answer.text) if answer.status == 200 else ""

    return str(await until_async(again, BACK_SECONDS, "the same press succeeds when space has returned"))


def run(disk: Disk, fault: str) -> None:
    place = furnish(disk.folder / "data", ("K1",), {1: "cb01"})
    with serving(place, fault) as process:
        shown = asyncio.run(fill_and_empty(disk, process, place))
        assert process.process is not None
        assert process.process.poll() is None, "the full disk ended the server"
        process.stop()
    with place.rows() as db:
        check_numbers(shown, tickets_of(db))
    check_file(place.file)
    report("disk_full_tickets_" + ("tmpfs" if disk.real else "pages"), len(shown))


def test_a_full_disk(tmp_path: Path):
    with small_disk(tmp_path / "disk") as disk:
        run(disk, "")


def test_a_full_file(tmp_path: Path):
    with counted_pages(tmp_path / "disk") as disk:
        run(disk, "full_when_told")


@pytest.mark.planted
def test_a_half_kept_number_is_caught(tmp_path: Path):
    with counted_pages(tmp_path / "disk") as disk, pytest.raises(AssertionError, match="has gaps"):
        run(disk, "keeps_half_when_full")

"""Printers that are off, empty, silent or reset: the citizen sees the number, no slip comes twice unmarked."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageChops

from domain.days import local
from domain.routing import served_queues
from domain.slips import SlipKind
from printers import slips
from printers.simulator import Model, PrinterSimulator
from store import tickets
from store.vault import Vault
from tests.support.crowd import Browser, Furnished, Process, fresh_request, furnish, report, serving, until_async
from tests.support.halls import demo_centre
from web.languages import translator

pytestmark = pytest.mark.fault

QUEUE = "ho-tich"
PAPER_SECONDS = 20.0  # bounds a wait: a slip takes 0.1 s, a printer that came back is asked every 2 s
NO_PAPER = "Máy in chưa ra giấy"
HALF_A_SLIP = 6000
TAKE_IT = "Mời bạn lấy phiếu"


@dataclass
class Kiosk:
    """A kiosk with its printer, the server between them, and a supervisor who reads the desk."""

    place: Furnished
    process: Process
    printer: PrinterSimulator
    browser: Browser
    desk: Browser

    @property
    def url(self) -> str:
        return self.process.url

    async def take(self) -> int:
        """Press without htmx: the answer leads to the ticket's own page; the ticket's id."""
        fields = {"queue": QUEUE, "request_id": fresh_request()}
        answer = await self.browser.press("/kiosk/K1/tickets", htmx=False, **fields)
        assert answer.status == 303, answer.text[:200]
        found = re.search(r"/tickets/(\d+)", answer.headers["location"])
        assert found
        return int(found[1])

    async def page_says(self, ticket: int, *words: str) -> str:
        """Look at the ticket's page until it says one of these; the page."""

        async def look() -> str:
            text = (await self.browser.get(f"/kiosk/K1/tickets/{ticket}?lang=vi")).text
            return text if any(word in text for word in words) else ""

        return str(await until_async(look, PAPER_SECONDS, f"the kiosk says {words}"))

    async def job_is(self, ticket: int, *states: str) -> str:
        """Wait until the newest slip of the ticket came to one of these states."""

        async def look() -> str:
            state = self.state(ticket)
            return state if state in states else ""

        return str(await until_async(look, PAPER_SECONDS, f"the slip is {states}, not {self.state(ticket)}"))

    def state(self, ticket: int) -> str:
        """Of the ticket's newest slip, as the file has it."""
        with self.place.rows() as db:
            sql = "SELECT state FROM print_jobs WHERE kind = 'ticket' AND subject = ? ORDER BY copy DESC"
            return str(db.execute(sql, (str(ticket),)).fetchone()[0])

    async def reprint(self, ticket: int) -> None:
        """The desk lists the slip; the supervisor presses its button."""
        page = (await self.desk.get("/admin/desk")).text
        assert f'action="/admin/tickets/{ticket}/reprints"' in page, "the desk does not list the unknown slip"
        answer = await self.desk.press(f"/admin/tickets/{ticket}/reprints", htmx=False, printer="P1")
        assert answer.status == 303, answer.text[:200]

    def follow_address(self, ticket: int) -> str:
        """Where the slip's code must lead."""
        signature = Vault.open(self.place.data / "site.key").sign("follow", str(ticket))
        return f"{self.url}/follow/{ticket}-{signature}"

    def meant(self, ticket: int, copy: int = 1) -> Image.Image:
        """The picture that was meant, drawn here from the centre's file and the ticket."""
        with self.place.rows() as db:
            found = tickets.load(db, ticket)
        centre = demo_centre()
        queue = next(queue for queue in centre.queues if queue.id == QUEUE)
        slip = slips.TicketSlip(
            agency_lines=centre.agency_lines, centre=centre.name.vi, province=centre.province, queue=queue.title.vi,
            number=found.number, ahead=found.ahead, wait="", issued_at=local(found.arrived_at), copy=copy,
            practice=False, priority=False,
            counters=", ".join(str(c.number) for c in centre.counters if QUEUE in served_queues(c)),
            follow_url=self.follow_address(ticket),
        )  # fmt: skip
        look = slips.look_of(centre, SlipKind.TICKET, "vi")
        return slips.draw(slip, 576, translator("vi"), look).to_image()

    def copies(self, meant: Image.Image) -> int:
        """How many pieces of paper look exactly like this."""
        return sum(_same(slip, meant) for slip in self.printer.slips)


def _same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one.convert("L"), other.convert("L")).getbbox() is None


def check_paper(kiosk: Kiosk, ticket: int, unmarked: int) -> None:
    """So many slips without a mark came out for this ticket, never two."""
    found = kiosk.copies(kiosk.meant(ticket))
    assert found <= 1, f"{found} slips of one ticket without a mark"
    assert found == unmarked, f"{found} slips came out, not {unmarked}"


Scenario = Callable[[Kiosk], Awaitable[None]]


@contextmanager
def hall(quiet_path: Path, fault: str = "", **printer: Any) -> "Iterator[Callable[[Scenario], None]]":
    """A real server and a simulated printer over real TCP; calling what it gives plays a scenario."""
    place = furnish(quiet_path / "data", ("K1",), {}, others=("ql01",))
    with PrinterSimulator.threaded(576, **printer) as machine:
        port = _free_port()
        settings = {
            "MOTCUA_PRINTER_OF": f"P1=tcp://127.0.0.1:{machine.port},P2=tcp://127.0.0.1:1",
            "MOTCUA_FOLLOW_URL": f"http://127.0.0.1:{port}/follow",
        }
        with serving(place, fault, port, **settings) as process:
            yield lambda scenario: asyncio.run(_play(scenario, place, process, machine))


def _free_port() -> int:
    """The follow address names the server's port, so it must be known before the server starts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _play(scenario: Scenario, place: Furnished, process: Process, machine: PrinterSimulator) -> None:
    browser, desk = Browser(process.url, place.cookie("K1")), Browser(process.url, place.cookie("ql01"))
    try:
        await scenario(Kiosk(place, process, machine, browser, desk))
    finally:
        await browser.leave()
        await desk.leave()


def test_the_paper_is_what_was_meant_and_its_code_opens(quiet_path: Path):
    async def scenario(kiosk: Kiosk) -> None:
        ticket = await kiosk.take()
        page = await kiosk.page_says(ticket, TAKE_IT)
        check_paper(kiosk, ticket, 1)
        assert kiosk.printer.complaints == []
        address = check_code(kiosk.printer.slips[-1], kiosk.follow_address(ticket))
        followed = await _opened(kiosk.url, address)
        assert "A\u202f001" in followed
        assert "A\u202f001" in page
        report("printers_slip_pixels_compared", kiosk.printer.slips[-1].width * kiosk.printer.slips[-1].height)

    with hall(quiet_path) as play:
        play(scenario)


async def _opened(url: str, address: str) -> str:
    stranger = Browser(url)
    try:
        answer = await stranger.get(address.removeprefix(url))
        assert answer.status == 200
        return answer.text
    finally:
        await stranger.leave()


def check_code(slip: Image.Image, address: str) -> str:
    """A decoder that we did not write finds exactly one code on the paper, and it holds this address."""
    found = [code.text for code in zxingcpp.read_barcodes(slip.convert("L"))]
    assert found == [address]
    return found[0]


@pytest.mark.planted
def test_one_wrong_dot_is_caught(quiet_path: Path):
    async def scenario(kiosk: Kiosk) -> None:
        ticket = await kiosk.take()
        await kiosk.job_is(ticket, "confirmed")
        slip = kiosk.printer.records[-1].image
        slip.putpixel((300, 100), 255 - slip.getpixel((300, 100)))
        with pytest.raises(AssertionError, match="0 slips came out"):
            check_paper(kiosk, ticket, 1)

    with hall(quiet_path) as play:
        play(scenario)


@pytest.mark.parametrize("trouble", ["off", "paper_out", "cover_open"])
def test_a_printer_that_cannot_print(quiet_path: Path, trouble: str):
    """The page shows the number large and says that no paper came; when it can print again, each comes once."""

    async def scenario(kiosk: Kiosk) -> None:
        kiosk.printer.faults.set(trouble)
        waiting = [await kiosk.take() for _ in range(3)]
        page = await kiosk.page_says(waiting[0], NO_PAPER)
        assert re.search(r'<p class="number" id="number">A\u202f001</p>', page)
        assert TAKE_IT not in page
        assert kiosk.printer.printed == 0
        kiosk.printer.faults.clear(trouble)
        for ticket in waiting:
            await kiosk.job_is(ticket, "confirmed")
            check_paper(kiosk, ticket, 1)
        assert kiosk.printer.printed == len(waiting)
        assert kiosk.printer.complaints == []

    with hall(quiet_path) as play:
        play(scenario)


@pytest.mark.parametrize(("trouble", "printed"), [("silent", 0), ("mute", 1), ("swallow", 0)])
def test_a_printer_that_never_says_so_is_never_believed(quiet_path: Path, trouble: str, printed: int):
    """It takes every byte and confirms nothing: the page must not say that the slip is there."""

    async def scenario(kiosk: Kiosk) -> None:
        kiosk.printer.faults.set(trouble)
        ticket = await kiosk.take()
        state = await kiosk.job_is(ticket, "sent", "unknown", "confirmed")
        assert state != "confirmed", "paper is promised that nobody has seen"
        page = await kiosk.page_says(ticket, NO_PAPER, "Đã gửi máy in")
        assert TAKE_IT not in page
        check_paper(kiosk, ticket, printed)

    with hall(quiet_path) as play:
        play(scenario)


def test_a_reset_in_the_middle_is_unknown_and_its_reprint_is_marked(quiet_path: Path):
    async def scenario(kiosk: Kiosk) -> None:
        kiosk.printer.faults.set("reset_after", HALF_A_SLIP)
        ticket = await kiosk.take()
        await kiosk.job_is(ticket, "unknown")
        await kiosk.page_says(ticket, NO_PAPER)
        kiosk.printer.faults.clear()
        await kiosk.reprint(ticket)
        await kiosk.job_is(ticket, "confirmed")
        assert kiosk.copies(kiosk.meant(ticket, copy=2)) == 1, "the second slip is not marked as such"
        check_paper(kiosk, ticket, 0)
        following = await kiosk.take()
        await kiosk.job_is(following, "confirmed")
        check_paper(kiosk, following, 1)

    with hall(quiet_path) as play:
        play(scenario)


async def die_between(kiosk: Kiosk) -> int:
    """The slip is out, its proof never comes; the server is killed while it waits for it, and starts again."""
    ticket = await kiosk.take()
    await kiosk.printer.wait_for_slip(1, timeout=PAPER_SECONDS)
    assert kiosk.state(ticket) == "queued", "the printer's word came all the same"
    kiosk.process.kill()
    await asyncio.to_thread(kiosk.process.start)
    await kiosk.browser.leave()
    await kiosk.desk.leave()
    return ticket


UNPROVING = Model(answers_completion=False)


def test_a_server_killed_between_sending_and_recording(quiet_path: Path):
    async def scenario(kiosk: Kiosk) -> None:
        ticket = await die_between(kiosk)
        await kiosk.job_is(ticket, "unknown")
        following = await kiosk.take()  # once it is out, every slip before it has had its turn
        await kiosk.job_is(following, "confirmed", "unknown", "sent")
        check_paper(kiosk, ticket, 1)
        await kiosk.reprint(ticket)
        await kiosk.printer.wait_for_slip(3, timeout=PAPER_SECONDS)
        assert kiosk.copies(kiosk.meant(ticket, copy=2)) == 1
        check_paper(kiosk, ticket, 1)

    with hall(quiet_path, model=UNPROVING) as play:
        play(scenario)


def test_a_server_killed_after_half_a_slip(quiet_path: Path):
    """The printer still waits for the rest of a picture; the next person's slip must not fall into it."""

    async def scenario(kiosk: Kiosk) -> None:
        kiosk.printer.faults.set("reset_after", HALF_A_SLIP)
        ticket = await kiosk.take()
        await kiosk.job_is(ticket, "unknown")
        kiosk.process.kill()
        kiosk.printer.faults.clear()
        await asyncio.to_thread(kiosk.process.start)
        await kiosk.browser.leave()
        following = await kiosk.take()
        await kiosk.job_is(following, "confirmed", "sent", "unknown")
        check_paper(kiosk, following, 1)

    with hall(quiet_path) as play:
        play(scenario)


@pytest.mark.planted
def test_a_second_print_is_caught(quiet_path: Path):
    async def scenario(kiosk: Kiosk) -> None:
        ticket = await die_between(kiosk)
        await kiosk.printer.wait_for_slip(2, timeout=PAPER_SECONDS)
        with pytest.raises(AssertionError, match="2 slips of one ticket without a mark"):
            check_paper(kiosk, ticket, 1)

    with hall(quiet_path, "prints_unknown_again", model=UNPROVING) as play:
        play(scenario)

"""The printers' test page through the whole application: on paper, in its states, beside people's slips."""

import asyncio
from pathlib import Path

import pytest
import zxingcpp

from operations import managing, printing
from printers.simulator import EventKind
from store import jobs
from tests.faults.paper_hall import PaperHall, play, with_printers
from tests.support.crowd import fresh_request
from tests.support.halls import demo_calendar

pytestmark = pytest.mark.fault


def page_of(hall: PaperHall, printer: str = "P1"):
    return hall.store.read(jobs.print_job_of, "test", printer)


async def pressed(hall: PaperHall, printer: str = "P1") -> None:
    answer = await hall.ask("ql01", f"/admin/printers/{printer}/test-pages", request_id=fresh_request())
    assert answer.status == 303, answer.text[:300]


def test_a_page_by_the_button_comes_out_and_is_told(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        await pressed(hall)
        await hall.until(lambda: page_of(hall).is_over, 20, "the page ends")
        assert page_of(hall).state == "confirmed"
        (paper,) = hall.printers["P1"].slips
        assert [code.text for code in zxingcpp.read_barcodes(paper.convert("L"))] == [
            "http://127.0.0.1:8000/follow"
        ]
        page = (await hall.ask("ql01", "/admin/printers?lang=vi")).text
        assert "Trang thử gần nhất" in page
        assert "đã ra giấy" in page
        desk = (await hall.ask("ql01", "/admin/desk?lang=vi")).text
        assert "Mọi phiếu đều rõ" in desk
        await hall.check()

    play(scenario, quiet_path)


def test_a_page_waits_for_a_printer_in_trouble_and_never_goes_to_another(quiet_path: Path):
    """Nor is it on the desk: nobody stands there and waits for it."""

    async def scenario(hall: PaperHall) -> None:
        hall.printers["P1"].faults.set("off")
        await pressed(hall)
        refused = await hall.ask("ql01", "/admin/printers/P1/test-pages?lang=vi", request_id=fresh_request())
        assert refused.status == 409
        assert "Trang thử của máy in P1 đang chờ in" in refused.text
        await asyncio.sleep(5)
        assert "Mọi phiếu đều rõ" in (await hall.ask("ql01", "/admin/desk?lang=vi")).text
        taken = await hall.take()
        await hall.ended(taken, "confirmed", seconds=60)
        assert hall.job(taken).printer == "P2", "the ticket went on to the other printer"
        assert not page_of(hall).is_over
        hall.printers["P1"].faults.clear()
        await hall.until(lambda: page_of(hall).is_over, 60, "the page ends")
        assert (page_of(hall).state, page_of(hall).printer) == ("confirmed", "P1")
        await hall.check()

    play(scenario, quiet_path, centre=with_printers(P1={"fallback": "P2"}))


def test_a_printer_that_draws_codes_itself_gets_the_command_from_the_next_slip_on(quiet_path: Path):
    async def scenario(hall: PaperHall) -> None:
        printer = hall.printers["P1"]
        drawn = await hall.take()
        await hall.ended(drawn, "confirmed")
        await hall.do(managing.load_centre, with_printers(P1={"native_qr": True}), demo_calendar())
        own = await hall.take()
        await hall.ended(own, "confirmed")
        first, second = printer.slips
        codes = [zxingcpp.read_barcodes(paper.convert("L"))[0].text for paper in (first, second)]
        assert codes[0].startswith(f"http://127.0.0.1:8000/follow/{drawn.id}-")
        assert codes[1].startswith(f"http://127.0.0.1:8000/follow/{own.id}-")
        assert printer.received.count(b"\x1d(k") == 5
        assert EventKind.BAD_ARGUMENT not in [event.kind for event in printer.events]

    play(scenario, quiet_path)


@pytest.mark.planted
def test_a_page_that_goes_to_another_printer_is_caught(quiet_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("printers.worker.TEST_PAGE", "none")
    monkeypatch.setattr(printing, "TEST_PAGE", "none")
    with pytest.raises(AssertionError):
        test_a_page_waits_for_a_printer_in_trouble_and_never_goes_to_another(quiet_path)

"""Asking a printer how it is, without printing: what the check before opening rests on."""

import asyncio
from types import SimpleNamespace

import pytest

from printers.service import PrinterService
from printers.simulator import PrinterSimulator
from printers.status import Trouble
from printers.worker import PrinterWorker
from tests.support.halls import MORNING

PAPERS = SimpleNamespace(resync=b"\0" * 64)


def worker(address: str) -> PrinterWorker:
    return PrinterWorker(None, PAPERS, "P1", address, 576, lambda: MORNING)  # type: ignore[arg-type]


def looked(address: str):
    """What is known after one look."""

    async def look():
        asked = worker(address)
        await asked.look()
        return asked.health

    return asyncio.run(look())


def address(printer: PrinterSimulator) -> str:
    return f"tcp://127.0.0.1:{printer.port}"


def test_a_printer_that_is_well(printer):
    health = looked(address(printer))
    assert (health.trouble, health.answers, health.near_end, health.looked) == ("", True, False, MORNING)
    assert printer.slips == []


def test_a_printer_without_paper_and_one_that_is_not_there(printer):
    printer.faults.set("paper_out")
    assert looked(address(printer)).trouble == Trouble.PAPER_OUT
    printer.faults.clear()
    assert looked(address(printer)).trouble == ""
    assert looked("tcp://127.0.0.1:1").trouble == Trouble.REFUSED


def test_a_look_waits_for_the_slip_that_is_being_printed(printer):
    """A printer takes one connection: whoever looks must not stand in the way of paper."""

    async def scenario() -> None:
        asked = worker(address(printer))
        await asked._own.acquire()
        look = asyncio.create_task(asked.look())
        await asyncio.sleep(0)
        assert asked.health.looked is None
        asked._own.release()
        await look
        assert asked.health.looked == MORNING

    asyncio.run(scenario())


def test_the_service_asks_all_at_once_and_waits_no_longer_than_its_limit(monkeypatch):
    monkeypatch.setattr("printers.service.LOOK_SECONDS", 0.05)

    async def scenario() -> None:
        service = PrinterService.__new__(PrinterService)
        quick, stuck = SimpleNamespace(asked=0), asyncio.Event()

        async def look() -> None:
            quick.asked += 1

        looks = {"P1": look, "P2": stuck.wait, "P3": look}
        service._workers = {name: SimpleNamespace(look=own) for name, own in looks.items()}  # type: ignore[misc]
        await service.look()
        assert quick.asked == 2
        service._workers = {}
        await service.look()

    asyncio.run(scenario())


@pytest.mark.planted
def test_a_look_that_pushes_in_is_found(printer, monkeypatch):
    async def rude(self: PrinterWorker) -> None:
        self.health.trouble = await self._look()
        self.health.looked = MORNING

    monkeypatch.setattr(PrinterWorker, "look", rude)

    async def scenario() -> None:
        asked = worker(address(printer))
        await asked._own.acquire()
        await asked.look()
        assert asked.health.looked is None

    with pytest.raises(AssertionError):
        asyncio.run(scenario())

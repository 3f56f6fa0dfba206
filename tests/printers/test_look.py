"""Asking a printer how it is, without printing: what the check before opening rests on."""

import asyncio
from types import SimpleNamespace

import pytest

from printers.service import PrinterService
from printers.simulator import PrinterSimulator
from printers.status import Trouble
from printers.worker import Place, PrinterWorker
from store.store import Store
from tests.support.halls import MORNING, write_file

PAPERS = SimpleNamespace(resync=b"\0" * 64)


@pytest.fixture
def hall(tmp_path):
    """Runs a scenario on a real file; the scenario gets a maker of workers by address."""

    def run(scenario):
        async def whole():
            store = Store(write_file(tmp_path / "motcua.sqlite"), lambda: MORNING)
            store.start()
            try:
                return await scenario(
                    lambda address: PrinterWorker(store, PAPERS, Place("P1", address, 576), lambda: MORNING)  # type: ignore[arg-type]
                )
            finally:
                store.close()

        return asyncio.run(whole())

    return run


def looked(hall, *addresses: str):
    """What is known after one look at each address in turn."""

    async def scenario(worker):
        asked = [worker(address) for address in addresses]
        for one in asked:
            await one.look()
        return [one.health for one in asked]

    return hall(scenario)


def address(printer: PrinterSimulator) -> str:
    return f"tcp://127.0.0.1:{printer.port}"


def test_a_printer_that_is_well(printer, hall):
    (health,) = looked(hall, address(printer))
    assert (health.trouble, health.answers, health.near_end, health.looked) == ("", True, False, MORNING)
    assert printer.slips == []


def test_a_printer_without_paper_and_one_that_is_not_there(printer, hall):
    printer.faults.set("paper_out")
    assert [health.trouble for health in looked(hall, address(printer))] == [Trouble.PAPER_OUT]
    printer.faults.clear()
    troubles = [health.trouble for health in looked(hall, address(printer), "tcp://127.0.0.1:1")]
    assert troubles == ["", Trouble.REFUSED]


def test_a_look_waits_for_the_slip_that_is_being_printed(printer, hall):
    """A printer takes one connection: whoever looks must not stand in the way of paper."""

    async def scenario(worker) -> None:
        asked = worker(address(printer))
        await asked._own.acquire()
        look = asyncio.create_task(asked.look())
        await asyncio.sleep(0)
        assert asked.health.looked is None
        asked._own.release()
        await look
        assert asked.health.looked == MORNING

    hall(scenario)


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
def test_a_look_that_pushes_in_is_found(printer, hall, monkeypatch):
    async def rude(self: PrinterWorker) -> None:
        self.health.trouble = await self._look()
        self.health.looked = MORNING

    monkeypatch.setattr(PrinterWorker, "look", rude)

    async def scenario(worker) -> None:
        asked = worker(address(printer))
        await asked._own.acquire()
        await asked.look()
        assert asked.health.looked is None

    with pytest.raises(AssertionError):
        hall(scenario)

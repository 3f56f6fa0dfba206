"""How the simulated printer is held, and that it shares nothing with the house."""

import ast
import asyncio
from pathlib import Path

import pytest

from printers.simulator import PrinterSimulator
from tests.printers.simulated_hosts import CUT, black, say


def test_inside_an_event_loop():
    async def scenario() -> None:
        async with PrinterSimulator(width=576) as printer:
            _, writer = await asyncio.open_connection("127.0.0.1", printer.port)
            writer.write(black(576, 24) + CUT)
            assert (await printer.wait_for_slip(1, timeout=5)).size == (576, 24)
            writer.close()
            await writer.wait_closed()
            with pytest.raises(TimeoutError):
                await printer.wait_for_slip(2, timeout=0.01)

    asyncio.run(scenario())


def test_from_another_event_loop():
    async def scenario(printer: PrinterSimulator) -> None:
        with pytest.raises(TimeoutError):
            await printer.wait_for_slip(1, timeout=0.01)
        await asyncio.to_thread(say, printer, black(16, 3) + CUT)
        assert (await printer.wait_for_slip(1)).height == 3

    with PrinterSimulator.threaded(16) as printer:
        asyncio.run(scenario(printer))


def test_a_printer_never_switched_on_says_so():
    with pytest.raises(RuntimeError, match="switched on"):
        PrinterSimulator().faults.set("off")


def test_it_imports_nothing_of_the_house():
    files = sorted((Path(__file__).parents[2] / "printers" / "simulator").glob("*.py"))
    assert len(files) > 10
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        house = {"app", "settings", "clock", "domain", "operations", "store", "web", "printers", "portal"}
        foreign = {name for name in modules if name.split(".")[0] in house}
        assert {name for name in foreign if not f"{name}.".startswith("printers.simulator.")} == set(), file.name

"""Many tickets while printers fail at random: what the screen called printed lies whole on the paper exactly once,
every other number is on the screen and on the desk's list, and no number has two unmarked slips.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from operations import printing
from printers import conversations
from printers.simulator import Model, PrinterSimulator
from tests.faults.paper_hall import PaperHall, Taken, play, with_printers
from tests.support.crowd import report
from tests.support.sizes import size

pytestmark = pytest.mark.fault

BATCH = 50
SEED = 20261123
CLONE = Model(answers_completion=False, forgets_on_stop=True, eats_line_feed=True)
FAST = {"P1": {"speed": 900.0}, "P2": {"speed": 900.0, "model": CLONE}}
PRINTER_OF = {"K1": "P1", "K2": "P2"}
PLAIN = ("off", "paper_out", "cover_open", "offline", "cutter_jam", "head_hot", "silent", "mute", "paper_near_end")
COUNTED = {
    "reset_after": 36_000, "close_after": 36_000, "paper_out_after": 900, "cover_open_after": 900,
    "answer_delay_ms": 900,
}  # fmt: skip
STRAYS = (b"\x12", b"\x00", b"\x10", b"\x37", b"\x37\x22aaaa\x00", b"\x0f", b"\x7e", b"\x1a\x32")


@dataclass
class Storm:
    """Takes numbers and breaks things; the same dice give the same storm."""

    hall: PaperHall
    dice: random.Random
    ends: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    async def rage(self, tickets: int) -> None:
        """So many tickets in batches; after each everything is mended, checked and cleared from the desk."""
        for begun in range(0, tickets, BATCH):
            for _ in range(min(BATCH, tickets - begun)):
                await self._one()
            await self._settle()
            self.ends.update(await self.hall.check())
            await self._clear_the_desk()
            self.hall.taken.clear()

    async def _one(self) -> None:
        kiosk = self.dice.choice(("K1", "K1", "K2"))
        printer = self.hall.printers[PRINTER_OF[kiosk]]
        strikes = self.dice.random() < 0.4
        early = self.dice.random() < 0.5
        if strikes and early:
            self._strike(printer)
        taken = await self.hall.take(kiosk)
        if strikes and not early:
            await asyncio.sleep(self.dice.random() * 0.8)
            self._strike(printer)
        await asyncio.sleep(self.dice.choice((0.3, 1.5, 4.0)))
        await self.hall.screen(taken)
        self.hall.count()
        if self.dice.random() < 0.02:
            await self.hall.restart()
            self.faults["restart"] += 1
        if self.dice.random() < 0.6:
            await self._mend(printer)

    def _strike(self, printer: PrinterSimulator) -> None:
        fault = self.dice.choice((*PLAIN, *COUNTED, *COUNTED, "stray"))
        self.faults[fault] += 1
        if fault == "stray":
            printer.send_stray(self.dice.choice(STRAYS))
        else:
            printer.faults.set(fault, self.dice.randrange(1, COUNTED[fault]) if fault in COUNTED else 1)

    async def _mend(self, printer: PrinterSimulator) -> None:
        printer.faults.clear()
        await asyncio.sleep(self.dice.random() * 3)
        self.hall.count()

    async def _settle(self) -> None:
        for printer in self.hall.printers.values():
            printer.faults.clear()
        for taken in self.hall.taken:
            await self.hall.until(self._is_over(taken), 15 * 60, f"{taken.number} ends: {self.hall.job(taken)}")
        await asyncio.sleep(10)

    def _is_over(self, taken: Taken) -> Callable[[], object]:
        return lambda: self.hall.job(taken).is_over

    async def _clear_the_desk(self) -> None:
        """A person has every slip that nobody is sure of printed once more, marked."""
        for taken in self.hall.taken:
            if self.hall.job(taken).state in ("unknown", "expired"):
                where = self.dice.choice(("P1", "P2"))
                answer = await self.hall.ask("ql01", f"/admin/tickets/{taken.id}/reprints", printer=where)
                assert answer.status == 303
                await self.hall.ended(taken, "confirmed", seconds=120)
                assert self.hall.copies(taken, copy=2) == 1
                assert self.hall.copies(taken) <= 1


def storm(data: Path, tickets: int, seed: int = SEED) -> Storm:
    """One storm over two printers, the first of which falls back on the second."""
    kept: list[Storm] = []

    async def scenario(hall: PaperHall) -> None:
        kept.append(Storm(hall, random.Random(seed)))
        await kept[0].rage(tickets)

    play(scenario, data, machines=FAST, centre=with_printers(P1={"fallback": "P2"}))
    return kept[0]


def test_what_the_screens_promised_is_on_the_paper(quiet_path: Path):
    tickets = size("paper_tickets", 60, 2000)
    raged = storm(quiet_path, tickets)
    assert sum(raged.ends.values()) == tickets
    assert raged.ends["confirmed"] > tickets / 3, "hardly anything was printed: the storm proves little"
    assert raged.ends["unknown"] > 0
    report("paper_tickets", tickets)
    report("paper_faults", sum(raged.faults.values()))
    for state, count in sorted(raged.ends.items()):
        report(f"paper_{state}", count)


@pytest.mark.planted
@pytest.mark.parametrize("plant", ["believes_bytes", "sends_again", "never_resyncs", "trusts_the_torn"])
def test_a_storm_catches(quiet_path: Path, monkeypatch: pytest.MonkeyPatch, plant: str):
    PLANTS[plant](monkeypatch)
    with pytest.raises(AssertionError):
        storm(quiet_path, 150)


def _believes_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hopeful(self: Any, *_: Any) -> Any:
        return conversations.Ended("confirmed", "", "printed")

    monkeypatch.setattr(conversations.Conversation, "_proof", hopeful)


def _sends_again(monkeypatch: pytest.MonkeyPatch) -> None:
    end = printing.end_slip

    def again(tx: Any, job: int, state: str, note: str = "", *rest: Any) -> None:
        if state == "unknown" and rest:
            printing.give_back_slip(tx, job, note, None, rest[-1])
        else:
            end(tx, job, state, note, *rest)

    monkeypatch.setattr(printing, "end_slip", again)


def _never_resyncs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations.Conversation, "break_off", lambda self: None)


def _trusts_the_torn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The printer stopped within the slip, and its later word is taken all the same."""
    monkeypatch.setattr("printers.status.Replies.stopped_by", None)
    monkeypatch.setattr("printers.status.Replies.has_paused", False)


PLANTS = {
    "believes_bytes": _believes_bytes, "sends_again": _sends_again, "never_resyncs": _never_resyncs,
    "trusts_the_torn": _trusts_the_torn,
}  # fmt: skip

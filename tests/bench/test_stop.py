"""A benchmark ends its server by SIGTERM; a worker that swallows its cancellation keeps the process for ever."""

import asyncio

import pytest

from operations.printing import Claim
from printers.worker import Place, PrinterWorker
from tests.support.halls import MORNING


class NothingToPrint:
    async def write(self, *_):
        return Claim(None, 0)

    def read(self, *_):
        return "somebody else"  # holds the printer: nobody looks at it


@pytest.mark.parametrize("steps", range(6))
def test_a_printers_worker_ends_when_cancelled_just_after_it_was_woken(steps):
    async def main():
        worker = PrinterWorker(NothingToPrint(), None, Place("P1", "tcp://127.0.0.1:1", 576), lambda: MORNING)
        task = asyncio.create_task(worker.run())
        for _ in range(5):
            await asyncio.sleep(0)
        worker.wake()
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        ended, _ = await asyncio.wait({task}, timeout=0.2)
        task.cancel()
        await asyncio.wait({task}, timeout=0.2)
        assert ended

    asyncio.run(main())

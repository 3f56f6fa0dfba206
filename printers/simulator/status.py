"""What is wrong with the simulated printer, and the status bytes that say so."""

from collections.abc import Iterator

from printers.simulator.table import ASB_BITS, STATUS_BITS, STOPPING, Fault

_COUNTERS = {Fault.PAPER_OUT_AFTER: Fault.PAPER_OUT, Fault.COVER_OPEN_AFTER: Fault.COVER_OPEN}


class Health:
    """The faults that are set, each with its value."""

    def __init__(self) -> None:
        self._faults: dict[Fault, int] = {}

    def __contains__(self, fault: object) -> bool:
        return fault in self._faults

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._faults))

    def value(self, fault: Fault) -> int | None:
        """The number a fault was set with (bytes, rows, milliseconds); None while it is not set."""
        return self._faults.get(fault)

    def put(self, fault: Fault, value: int | None) -> None:
        """Set a fault; None clears it."""
        if value is None:
            self._faults.pop(fault, None)
        else:
            self._faults[fault] = value

    @property
    def is_stopped(self) -> bool:
        """Whether something keeps it from printing; what is buffered then waits."""
        return not STOPPING.isdisjoint(self._faults)

    def status(self, number: int) -> int:
        """The answer to DLE EOT `number` (1-4)."""
        answer = 0x12
        for fault in self._faults:
            answer |= STATUS_BITS.get(fault, (0, 0, 0, 0))[number - 1]
        return answer

    def asb(self) -> bytes:
        """The four bytes of automatic status back."""
        answer = [0x10, 0, 0, 0]
        for fault in self._faults:
            for place, bits in enumerate(ASB_BITS.get(fault, (0, 0, 0, 0))):
                answer[place] |= bits
        return bytes(answer)

    def strikes_after(self, rows: int) -> list[Fault]:
        """Count printed rows down; the faults whose moment has come with them."""
        struck = []
        for counter, fault in _COUNTERS.items():
            left = self._faults.get(counter)
            if left is None:
                continue
            self._faults[counter] = left - rows
            if left <= rows:
                del self._faults[counter]
                struck.append(fault)
        return struck

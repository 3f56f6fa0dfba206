"""The simulated ESC/POS printer: `PrinterSimulator` for tests, and a program with a page of printed slips.

    python -m printers.simulator --port 9100 --page-port 9180 --width 576
    python -m printers.simulator --printer "Kiosk 1:9100:576" --printer "Kiosk 2:9101:384" --page-port 9180

It imports nothing of the house outside this folder, because it checks what the house draws.
"""

from printers.simulator.device import Faults, PrinterSimulator
from printers.simulator.paper import Slip
from printers.simulator.program import main
from printers.simulator.table import Event, EventKind, Fault, Model

__all__ = ["Event", "EventKind", "Fault", "Faults", "Model", "PrinterSimulator", "Slip", "main"]

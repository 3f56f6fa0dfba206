"""One running hall whose clock stands still: its passes, and what people do there, by operations only."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from domain.applicants import applicant, particulars, to_bytes
from domain.events import PrinterTested
from operations import (
    booking,
    calling,
    intake,
    managing,
    printing,
    shifts,
    ticketing,
)
from store import jobs, tickets
from store.vault import Vault
from store.writer import Act
from tests.browser.screens import Pass, device_pass, person_pass
from tests.support.halls import HandClock
from tests.support.servers import Server
from web import appointments

NOWHERE = (("P1", "tcp://127.0.0.1:1"), ("P2", "tcp://127.0.0.1:1"))
IN_NO_HALL = "P9"  # a printer that nobody serves: its slips stay as they are
CLERKS = {n: f"cb{n:02d}" for n in range(1, 13)}


@dataclass
class Scene:
    """One running hall with the passes of its screens and people."""

    server: Server
    clock: HandClock
    _passes: dict[str, list[Pass]] = field(default_factory=dict)
    _codes: list[str] = field(default_factory=list)

    def passes(self, who: str | None) -> list[Pass]:
        """The cookies of 'device:K1' or 'person:cb01'; each is made once."""
        if who is None:
            return []
        if who not in self._passes:
            kind, name = who.split(":")
            self._passes[who] = (device_pass if kind == "device" else person_pass)(self.server, name)
        return self._passes[who]

    def ticket(self, queue: str, printer: str | None = None, priority: str | None = None) -> int:
        """A number that kiosk K1 gave."""
        act = Act("device:K1")
        return self.server.store.write_now(act, ticketing.take_ticket, queue, "vi", priority, printer).id

    def booked(self, queue: str = "ho-tich", hours: float = 1) -> str:
        """The code of an appointment so many hours from now."""
        code = f"CODE{len(self._codes):04d}"
        self._codes.append(code)
        house = self.server.app.state.house
        secrets = appointments.code_hash(house, code), appointments.holder_hash(house, f"09{len(self._codes):08d}")
        slot = self.clock().replace(minute=0, second=0) + timedelta(hours=hours)
        self.server.store.write_now(Act("anyone"), booking.book, queue, slot, *secrets)
        return code

    def sit(self, *counters: int) -> None:
        """Each at the own counter."""
        for counter in counters:
            self.server.store.write_now(Act(CLERKS[counter]), shifts.open_shift, counter, CLERKS[counter])

    def call(self, counter: int) -> int | None:
        """The next number to this counter."""
        called = self.server.store.write_now(Act("test"), calling.call_next, counter, CLERKS[counter])
        return called.ticket.id if called.ticket else None

    def end(self, counter: int, how: Callable[..., object]) -> None:
        """Finish or mark absent whoever is at this counter."""
        self.server.store.write_now(Act("test"), how, counter, CLERKS[counter])

    def over(self, language: str = "vi") -> int:
        """A visit that has just ended at counter 1, two minutes after the one before."""
        self.clock.forward(minutes=2)
        given = self.server.store.write_now(Act("device:K1"), ticketing.take_ticket, "ho-tich", language)
        self.call(1)
        while (at := self.server.store.read(tickets.at_counter, 1)) is not None and at.id != given.id:
            self.call(1)
        self.end(1, calling.finish)
        return int(given.id)

    def slip(self, ticket: int, state: str) -> None:
        """What became of a ticket's paper."""
        job = self.server.store.read(jobs.print_job_of, "ticket", str(ticket))
        assert job is not None
        self.server.store.write_now(Act("test"), printing.end_slip, job.id, state)

    def test_printer(self, printer: str, *answers: str, codes: bool = True) -> None:
        """What the self-test of a printer found, with almost a whole roll printed since."""
        result = PrinterTested(printer, list(answers), 576, 1, edges=True, letters=True, codes=codes, rows=350_000)
        self.server.store.write_now(Act("command-line"), printing.note_test, result)

    def dossier(self, counter: int, code: str) -> str:
        """A dossier received at this counter."""
        told = to_bytes(particulars(applicant("LÊ VĂN MẪU", "", "", ""), "", ()))
        sealed = Vault.open(self.server.data / "site.key").seal(told)
        act, taken = Act(CLERKS[counter]), intake.Intake(code, sealed)
        return self.server.store.write_now(act, intake.receive_dossier, counter, CLERKS[counter], taken).code

    def stop(self, queue: str, reason: str) -> None:
        """A queue takes nobody for a while."""
        self.server.store.write_now(Act("ql02"), managing.stop_queue, queue, reason)

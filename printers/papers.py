"""From a print job's row to its bytes: reads the ticket or dossier, draws the slip in the citizen's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from domain.applicants import from_bytes, names_somebody
from domain.centres import Centre
from domain.days import local
from domain.routing import counters_serving
from domain.slips import SlipKind
from domain.vietqr import NoTransferCode, transfer_code
from domain.waiting.ranges import STEP, Wait
from domain.waiting.wording import said
from store import dossiers, fees, procedures, tickets
from store.instants import moment
from store.jobs import PrintJob
from store.store import Store
from store.vault import Vault

if TYPE_CHECKING:
    from printers.raster import Picture
    from printers.slip_contents import Slip

Translator = Callable[[str], Callable[[str], str]]
OTHER_PAPER = "Giấy tờ khác (tên ghi trong hồ sơ)"  # a slip says nothing that tells whose it is
NO_ADDRESS = "https://motcua.example/"  # of a test page, which shows a code in any case


@dataclass(frozen=True, slots=True)
class Paper:
    """The pieces to send, and the id that the printer repeats when the paper is out.

    `rows` of dots is how much paper it takes; `sha256` and `layout` say later what was sent.
    """

    chunks: tuple[bytes, ...]
    confirm_id: bytes
    rows: int = 0
    sha256: str = ""
    layout: int = 0


class Papers:
    """Draws slips. The drawing is imported at the first use: its libraries take half a second to load."""

    def __init__(self, store: Store, vault: Vault, follow_url: str, translator: Translator, cache: Path,
                 practice: bool = False) -> None:  # fmt: skip
        self._store, self._vault, self._follow_url, self._translator = store, vault, follow_url, translator
        self._cache, self._practice = cache, practice

    @property
    def resync(self) -> bytes:
        """What frees a printer from a broken job."""
        from printers import thermal

        return thermal.RESYNC

    def load(self) -> None:
        """Import the drawing now, so that the first slip does not wait for it."""
        from printers import slips, thermal

        thermal.dialect("default", self._cache)
        del slips

    def job(self, job: PrintJob, width: int) -> Paper:
        """The bytes of one slip. Raises LookupError, PictureTooWide and what else may be wrong with its content."""
        from printers import thermal
        from printers.slips import LAYOUT_VERSION

        proof = confirm_id(job.id)
        made = thermal.job(self.picture(job, width), width, proof, thermal.dialect("default", self._cache))
        return Paper(made.chunks, proof, made.rows, made.sha256, LAYOUT_VERSION)

    def picture(self, job: PrintJob, width: int) -> "Picture":
        """The slip as it must look, by the layout in force."""
        from printers.slips import draw, look_of

        kind = SlipKind(job.kind)
        slip, language = self._contents[kind](self, job)
        centre = self._store.centre()
        native = any(printer.native_qr for printer in centre.printers if printer.id == job.printer)
        return draw(slip, width, self._translator(language), look_of(centre, kind, language, native_qr=native))

    def _ticket(self, job: PrintJob) -> "tuple[Slip, str]":
        from printers.slip_contents import TicketSlip

        ticket = self._store.read(tickets.load, int(job.subject))
        centre = self._store.centre()
        queue = next(q for q in centre.queues if q.id == ticket.queue)
        address = self._address(centre)
        slip = TicketSlip(
            agency_lines=centre.agency_lines, centre=centre.name.in_language(ticket.language),
            province=centre.province, queue=queue.title.in_language(ticket.language), number=ticket.number,
            ahead=ticket.ahead, wait=_wait(ticket.promised, self._translator(ticket.language)),
            counters=_counters(centre, queue.id), issued_at=local(ticket.arrived_at),
            follow_url=f"{address}/{ticket.id}-{self._vault.sign('follow', str(ticket.id))}" if address else "",
            copy=job.copy, practice=self._practice, priority=ticket.priority is not None,
        )  # fmt: skip
        return slip, ticket.language

    def _receipt(self, job: PrintJob) -> "tuple[Slip, str]":
        from printers.slip_contents import ReceiptSlip

        dossier = self._store.read(dossiers.find, job.subject)
        if dossier is None:
            raise LookupError(f"print job {job.id} names no dossier")
        sealed = self._store.read(dossiers.sealed_particulars, dossier.particulars)
        centre, told = self._store.centre(), from_bytes(self._vault.unseal(sealed))
        procedure = self._store.read(procedures.find, dossier.procedure)
        slip = ReceiptSlip(
            agency_lines=centre.agency_lines, centre=centre.name.vi, province=centre.province, code=dossier.code,
            procedure=procedure.title if procedure else dossier.procedure,
            received_at=local(dossier.received_at), due_at=local(dossier.due) if dossier.due else None, due_note="",
            counter=str(dossier.counter or ""),
            documents=tuple(
                (OTHER_PAPER if names_somebody(paper.name, told) else paper.name, max(1, paper.count))
                for paper in told.papers
            ),
            result_at="Qua bưu chính" if dossier.facts["delivery"] else "Tại quầy",
            copy=job.copy, **_to_pay(centre, dossier.code, self._store.read(fees.owed, dossier.code)),
        )  # fmt: skip
        return slip, "vi"

    def _test(self, job: PrintJob) -> "tuple[Slip, str]":
        from printers.slip_contents import TestSlip

        centre = self._store.centre()
        name = next((one.name for one in centre.printers if one.id == job.printer), "")
        asked, address = local(moment(job.asked_at)), self._address(centre) or NO_ADDRESS
        return TestSlip(centre.name.vi, f"{job.printer} · {name}", asked, address), "vi"

    def _address(self, centre: Centre) -> str:
        return self._follow_url or centre.follow_url

    _contents: "ClassVar[Mapping[SlipKind, Callable[[Papers, PrintJob], tuple[Slip, str]]]]" = {
        SlipKind.TICKET: _ticket, SlipKind.RECEIPT: _receipt, SlipKind.TEST: _test,
    }  # fmt: skip


def _to_pay(centre: Centre, code: str, owed: int) -> dict[str, Any]:
    """What a dossier still has to pay, and by which code where the centre names an account."""
    if not owed or centre.payment is None:
        return {"owed": owed}
    account = centre.payment.to
    try:
        transfer = transfer_code(account, owed, code)
    except NoTransferCode:
        return {"owed": owed}
    return {"owed": owed, "transfer": transfer, "payee": (f"{account.number} · {account.holder}",)}


def _wait(promised: Wait | None, translate: Callable[[str], str]) -> str:
    """What was promised when the number was given: a reprint says the same."""
    if promised is None:
        return ""
    if promised.high is not None and promised.high > STEP:
        return f"{promised.low}-{promised.high}"
    return said(promised, translate)


def _counters(centre: Centre, queue: str) -> str:
    return ", ".join(str(counter.number) for counter in counters_serving(centre.counters, queue))


def confirm_id(job: int) -> bytes:
    """Four printable bytes for a job (GS ( H takes 32-126); unique among 78 million jobs."""
    letters = []
    for _ in range(4):
        job, digit = divmod(job, 94)
        letters.append(33 + digit)
    return bytes(letters)

"""What stands on the one-stop forms of one dossier, from what was recorded of it. Identity numbers are masked.

Forms are Vietnamese documents: their words are not translated.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.applicants import Applicant, Paper, Particulars, Words, from_bytes, words_from_bytes
from domain.centres import Centre
from domain.days import local
from domain.deadlines import Due, Unit, Verdict, verdict
from domain.dossiers import Act
from domain.due_records import from_data
from domain.errors import NotFound, msgid
from domain.fees import FeeState
from domain.form_facts import (
    Apology,
    Batch,
    BatchRow,
    Control,
    HandOver,
    Head,
    Outcome,
    Party,
    Receipt,
    Refusal,
    Register,
    RegisterRow,
    Signatory,
    Stage,
    Stop,
    Supplement,
)
from domain.form_facts import Paper as FormPaper
from operations.intake import COMPLETE
from operations.processing import placement_of
from store import dossiers, fees, people, procedures
from store.database import Connection
from store.dossiers import Dossier, Step
from store.receptions import Turned
from store.vault import Vault
from web.fee_words import dong

LIMITS = {
    Unit.SAME_DAY: "trong ngày",
    Unit.WORKING_DAY: "%s ngày làm việc",
    Unit.DAY: "%s ngày",
    Unit.HOUR: "%s giờ làm việc",
    Unit.MONTH: "%s tháng",
}
DELIVERIES = ("Bộ phận Một cửa", "Bưu chính công ích", "Bản điện tử")
OUTCOMES = {Verdict.EARLY: Outcome.EARLY, Verdict.ON_TIME: Outcome.ON_TIME, Verdict.LATE: Outcome.LATE}


class NoSuchForm(NotFound):
    text = msgid("Hồ sơ này chưa có giấy tờ đó. Mời quay lại trang hồ sơ.")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a form is filled in: one view of the file, the centre, its key, and the instant."""

    db: Connection
    centre: Centre
    vault: Vault
    now: datetime

    def head(self, code: str = "", at: datetime | None = None) -> Head:
        """Above each form: the two lines of the agency, the place, the day."""
        return Head(
            self.centre.agency_lines, local(at or self.now), place=self.centre.province[:60], code=code,
        )  # fmt: skip

    def told(self, particulars: int) -> Particulars:
        """What is written of a dossier."""
        return from_bytes(self.vault.unseal(dossiers.sealed_particulars(self.db, particulars)))

    def words(self, words: int | None) -> Words:
        """What was written of a step; empty where nothing was."""
        return words_from_bytes(self.vault.unseal(dossiers.sealed_words(self.db, words))) if words else Words("")

    def name(self, person: str) -> str:
        """Who works here, by name."""
        found = people.by_id(self.db, person) if person else None
        return found.name if found else ""

    def agency(self, agency: str) -> str:
        """An agency of the centre by name; the centre's own for none."""
        return next((one.name.vi for one in self.centre.agencies if one.id == agency), self.centre.name.vi)

    def title(self, procedure: str) -> str:
        """The official title of a procedure."""
        found = procedures.find(self.db, procedure)
        return found.title if found else procedure


def receipt(desk: Desk, dossier: Dossier) -> Receipt:
    """Mẫu 01 as it was given at the reception."""
    told, due = desk.told(dossier.particulars), _due(dossier)
    placement = placement_of(desk.centre, dossier.procedure)
    return Receipt(
        head=desk.head(dossier.code, dossier.received_at), party=party(told), office=desk.centre.name.vi,
        request=told.summary or desk.title(dossier.procedure),
        first=Stage(
            limit=limit_text(due), received_at=local(dossier.received_at), due_at=_local(_first_due(dossier)),
            note="" if due else "Ngày hẹn trả do người tiếp nhận ghi",
        ),
        papers=papers(told.papers), certification=bool(placement and placement.at_once),
        delivery=DELIVERIES[dossier.facts["delivery"]], receiver=desk.name(dossier.person),
    )  # fmt: skip


def batch(desk: Desk, together: Iterable[Dossier]) -> Batch:
    """The list of the dossiers that one representative handed in together."""
    found = list(together)
    told = desk.told(found[0].particulars)
    rows = tuple(
        BatchRow(
            code=one.code, request=desk.title(one.procedure)[:1000], agency=desk.agency(one.facts["decides"]),
            received_at=local(one.received_at), due_at=_local(_first_due(one)), limit=limit_text(_due(one)),
            owner=desk.told(one.particulars).owner.name,
        )
        for one in found
    )  # fmt: skip
    head = desk.head(found[0].code, found[0].received_at)
    return Batch(head, party(told), desk.centre.name.vi, rows, desk.name(found[0].person))


def supplement(desk: Desk, dossier: Dossier, step: Step) -> Supplement:
    """Mẫu 02 of one request for papers."""
    told, words = desk.told(dossier.particulars), desk.words(step.words)
    until = step.facts.get("answer_by")
    return Supplement(
        head=desk.head(dossier.code, step.at), party=party(told), office=desk.centre.name.vi,
        request=told.summary or desk.title(dossier.procedure), reason=words.text, papers=papers(words.papers),
        legal_basis=words.basis, received_at=local(dossier.received_at),
        until=local(datetime.fromtimestamp(until / 1000, desk.now.tzinfo)) if until else None,
        website=desk.centre.online_url, contact=desk.name(step.person), adviser=desk.name(step.person),
    )  # fmt: skip


def refusal(desk: Desk, dossier: Dossier, step: Step) -> Refusal:
    """Mẫu 03 of an online dossier."""
    told, words = desk.told(dossier.particulars), desk.words(step.words)
    return Refusal(
        head=desk.head(dossier.code, step.at), party=party(told), office=desk.centre.name.vi,
        request=told.summary or desk.title(dossier.procedure), reason=words.text, legal_basis=words.basis,
        received_at=local(dossier.submitted_at), refuser=desk.name(step.person),
    )  # fmt: skip


def turned_away(desk: Desk, visit: Turned) -> Supplement | Refusal:
    """Mẫu 02 or 03 of a visit that ended without a dossier."""
    told, words = desk.told(visit.particulars), desk.words(visit.words)
    head, request = desk.head(at=visit.at), told.summary or desk.title(visit.procedure)
    if visit.way == COMPLETE:
        return Supplement(
            head, party(told), desk.centre.name.vi, request, words.text, papers(words.papers), words.basis,
            website=desk.centre.online_url, contact=desk.name(visit.person), adviser=desk.name(visit.person),
        )  # fmt: skip
    return Refusal(
        head, party(told), desk.centre.name.vi, request, words.text, words.basis, refuser=desk.name(visit.person)
    )


def apology(desk: Desk, dossier: Dossier, step: Step) -> Apology:
    """Mẫu 04 of an extension."""
    told = desk.told(dossier.particulars)
    before = next((one.before for one in _extensions(dossier) if local(one.after) == _local(step.due)), None)
    return Apology(
        head=desk.head(dossier.code, step.at), addressee=told.owner.name,
        request=told.summary or desk.title(dossier.procedure), agency=desk.agency(dossier.facts["decides"]),
        reason=desk.words(step.words).text, received_at=local(dossier.received_at), due_at=_local(before),
        new_due_at=_local(step.due), late=before is None or verdict(step.at, before) is Verdict.LATE,
        signatory=Signatory("GIÁM ĐỐC"),
    )  # fmt: skip


def stop(desk: Desk, dossier: Dossier, step: Step) -> Stop:
    """Mẫu 05: stopped, or withdrawn by the citizen."""
    told, words = desk.told(dossier.particulars), desk.words(step.words)
    return Stop(
        head=desk.head(dossier.code, step.at), party=party(told),
        request=told.summary or desk.title(dossier.procedure), reason=words.text, legal_basis=words.basis,
        received_at=local(dossier.received_at), papers=_handed_in(told), fees=_paid(desk, dossier),
        signatory=Signatory("GIÁM ĐỐC"),
    )  # fmt: skip


def _handed_in(told: Particulars) -> str:
    """How many kinds of papers lie with us; their names stand on the receipt."""
    count = len(told.papers)
    return f"{count} loại giấy tờ, ghi tại Giấy tiếp nhận hồ sơ và hẹn trả kết quả" if count else ""


def _paid(desk: Desk, dossier: Dossier) -> str:
    """What was paid and not given back, with the receipts' numbers."""
    paid = [one for one in fees.of_dossier(desk.db, dossier.code) if one.state is FeeState.PAID]
    said = ", ".join(f"{dong(one.fee.amount)} đồng (biên lai {one.receipt})" for one in paid)
    return said[:1000] or "không"


def control(desk: Desk, dossier: Dossier, steps: Iterable[Step]) -> Control:
    """Mẫu 06: who had it when; each passing on is one row, signed by both sides."""
    rows, giver = [], None
    done = list(steps)
    for step in done:
        if step.act is Act.HAND_OVER:
            giver = step
        elif step.act is Act.TAKE_OVER and giver is not None:
            rows.append(_passing(desk, giver, step, done))
            giver = None
    if giver is not None:
        rows.append(HandOver(desk.agency(giver.facts["to"]), local(giver.at), giver=desk.name(giver.person)))
    return Control(
        head=desk.head(dossier.code, dossier.received_at), owner=desk.told(dossier.particulars).owner.name,
        agency=desk.agency(dossier.facts["decides"]), partners=_partners(desk, dossier, done), rows=tuple(rows),
        received_at=local(dossier.received_at),
        due_at=_local(dossier.due), blank_rows=max(0, 4 - len(rows)),
    )  # fmt: skip


def _partners(desk: Desk, dossier: Dossier, done: list[Step]) -> str:
    """The agencies that had it beside the one that decides and the one-stop itself."""
    receiver = people.by_id(desk.db, dossier.person)
    ours = {dossier.facts["decides"], receiver.agency if receiver else "", ""}
    given = dict.fromkeys(one.facts["to"] for one in done if one.act is Act.HAND_OVER)
    return ", ".join(desk.agency(to) for to in given if to not in ours)[:300]


def _passing(desk: Desk, given: Step, taken: Step, done: list[Step]) -> HandOver:
    ended = next((one for one in done if one.number > taken.number and one.act is Act.RESOLVE), None)
    outcome = OUTCOMES[verdict(ended.at, ended.due)] if ended and ended.due else None
    return HandOver(
        desk.agency(given.facts["to"]), local(taken.at), desk.name(given.person), desk.name(taken.person), outcome
    )


def register(desk: Desk, found: Iterable[Dossier], since: datetime, until: datetime) -> Register:
    """Mẫu 07 of the dossiers received in a span."""
    return Register(desk.head(), local(since), local(until), tuple(_entry(desk, one) for one in found))


def _entry(desk: Desk, dossier: Dossier) -> RegisterRow:
    owner = desk.told(dossier.particulars).owner
    return RegisterRow(
        code=dossier.code, procedure=desk.title(dossier.procedure)[:1000], owner=owner.name[:300],
        contact=" · ".join(filter(None, (owner.address, owner.phone)))[:300],
        agency=desk.agency(dossier.facts["decides"]), received_at=local(dossier.received_at),
        due_at=_local(dossier.due), returned_at=_local(dossier.returned_at),
        delivery=DELIVERIES[dossier.facts["delivery"]],
    )  # fmt: skip


def party(told: Particulars) -> Party:
    """Whose dossier it is and who brings it."""
    owner, bringer = told.owner, told.representative or told.owner
    return Party(owner.name, _submitter(bringer), owner.address, owner.phone, owner.email, owner.masked_identity)


def _submitter(bringer: Applicant) -> str:
    return bringer.name


def papers(found: Iterable[Paper]) -> tuple[FormPaper, ...]:
    """The papers as a form lists them."""
    return tuple(
        FormPaper(paper.name, paper.originals, paper.certified, paper.copies, electronic=paper.digitised)
        for paper in found
    )


def limit_text(due: Due | None) -> str:
    """'3 ngày làm việc'; empty where no limit is known."""
    if due is None:
        return ""
    limit = due.explanation.limit
    text = LIMITS[limit.unit]
    return text % f"{limit.exact.normalize():f}".replace(".", ",") if "%s" in text else text


def _due(dossier: Dossier) -> Due | None:
    return from_data(dossier.facts["due_rule"]) if dossier.facts["due_rule"] else None


def _first_due(dossier: Dossier) -> datetime | None:
    """The date that the receipt named; later steps may have put it off."""
    first = dossier.facts["due_first"]
    return datetime.fromtimestamp(first / 1000, dossier.received_at.tzinfo) if first else dossier.due


def _extensions(dossier: Dossier) -> tuple:  # type: ignore[type-arg]
    due = _due(dossier)
    return due.explanation.extensions if due else ()


def _local(at: datetime | None) -> datetime | None:
    return local(at) if at else None

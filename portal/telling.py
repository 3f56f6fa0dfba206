"""What we recorded of a dossier, put as the portal wants to be told: the record after a step, and the step itself.

Every record is of the dossier as it stood then, so that the portal learns each status, in order (portal.md 14).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.applicants import Words, from_bytes, words_from_bytes
from domain.centres import Centre
from domain.dossiers import ACT_NAMES, Act, Status
from domain.fees import FeeState
from operations.inbound import PORTAL
from operations.processing import placement_of
from portal.answers import Permanent
from portal.messages import DossierFacts, Fee, Step, Supplement
from portal.payments import KINDS
from store import dossiers, fees, people
from store.database import Connection
from store.dossiers import Dossier
from store.dossiers import Step as Done
from store.outbox import PortalMessage
from store.store import Store
from store.vault import Vault

RECEIVED = "Tiếp nhận hồ sơ"
RECEPTION_OFFICER = "Công chức tiếp nhận"
ON_PORTAL = "Cổng Dịch vụ công quốc gia"  # who completed the dossier there did it themselves
ELECTRONIC = 2
LONGEST_CONTENT = 1000


@dataclass(frozen=True, slots=True)
class Story:
    """A dossier with all its steps, the centre it belongs to, and the words of its steps by number."""

    centre: Centre
    dossier: Dossier
    steps: tuple[Done, ...]
    words: dict[int, Words]
    names: dict[str, str]


def read_story(store: Store, vault: Vault, code: str) -> Story:
    """All that is known of a dossier. Raises Permanent when there is none."""
    dossier = store.read(dossiers.find, code)
    if dossier is None:
        raise Permanent("dossier missing", "MaHoSo")
    steps = tuple(store.read(dossiers.steps_of, code))
    sealed = {
        step.number: store.read(dossiers.sealed_words, step.words) for step in steps if step.words is not None
    }
    words = {number: words_from_bytes(vault.unseal(one)) for number, one in sealed.items()}
    who = store.read(_names, {dossier.person, *(step.person for step in steps)})
    return Story(store.centre(), dossier, steps, words, who)


def _names(db: Connection, persons: Iterable[str]) -> dict[str, str]:
    found = {one: people.by_id(db, one) for one in persons if one}
    return {one: person.name for one, person in found.items() if person}


def facts_after(store: Store, vault: Vault, story: Story, number: int) -> DossierFacts:
    """The record of the dossier as it stood after its step of this number (0: as it came in)."""
    stood = dossiers.as_of(story.dossier, story.steps, number)
    sealed = store.read(dossiers.sealed_particulars, story.dossier.particulars)
    told = from_bytes(vault.unseal(sealed))
    owner, facts = told.owner, stood.facts
    refused = stood.finished_at if stood.status is Status.REFUSED else None
    return DossierFacts(
        code=stood.code, procedure_code=stood.procedure, channel=facts["channel"],
        owner_kind=facts["owner_kind"], owner_name=owner.name, identity_kind=owner.identity_kind,
        identity_number=owner.identity, email=owner.email, phone=owner.phone,
        summary=told.summary or _short_title(story.centre, stood.procedure),
        submitted_at=stood.submitted_at, received_at=stood.received_at, due_at=stood.due,
        status=stood.status, delivery=0 if facts["delivery"] == ELECTRONIC else facts["delivery"],
        unit_name=_unit(story.centre, stood), digitised=any(paper.digitised for paper in told.papers),
        vneid_verified=False, online_payment=store.read(fees.paid_online, stood.code), note="",
        finished_at=stood.finished_at, returned_at=stood.returned_at, return_note=_returned(story, number),
        refused_at=refused, documents=(), fees=_fees(store, stood.code),
        supplements=tuple(_supplements(story, number)), filed_on_portal=stood.counter is None,
    )  # fmt: skip


def _fees(store: Store, code: str) -> tuple[Fee, ...]:
    """What the dossier costs, as known now; the means are said of a fee that is paid, and are those recorded."""
    return tuple(
        Fee(
            " ".join(kept.fee.text.split()), kept.fee.amount, kind=KINDS[kept.fee.kind],
            means=str(kept.means) if kept.state is FeeState.PAID and kept.means else "",
        )
        for kept in store.read(fees.of_dossier, code)
        if kept.state is not FeeState.CANCELLED
    )  # fmt: skip


def steps_for(story: Story, messages: Sequence[PortalMessage]) -> list[Step]:
    """What these messages of progress say, in their order."""
    by_number = {step.number: step for step in story.steps}
    return [_step(story, by_number.get(message.step), str(message.id)) for message in messages]


def _step(story: Story, done: Done | None, id_: str) -> Step:
    dossier, centre = story.dossier, story.centre
    if done is None:
        first = dossiers.as_of(dossier, (), 0)
        return Step(
            dossier_code=dossier.code, step_id=id_, officer=_name(story, dossier.person),
            office_title=RECEPTION_OFFICER, at=first.received_at, unit=centre.name.vi, content=RECEIVED,
            status=first.status, started_at=first.received_at, due_at=first.due,
        )  # fmt: skip
    return Step(
        dossier_code=dossier.code, step_id=id_, officer=_name(story, done.person), office_title="", at=done.at,
        unit=_agency(centre, done.unit), content=_content(story, done), status=done.after, started_at=done.at,
        due_at=done.due,
    )  # fmt: skip


def _content(story: Story, done: Done) -> str:
    words = story.words.get(done.number)
    text = f"{ACT_NAMES[done.act]}: {words.text}" if words else ACT_NAMES[done.act]
    if done.act in (Act.HAND_OVER, Act.TAKE_OVER):
        text = f"{ACT_NAMES[done.act]}: {_agency(story.centre, done.facts['to'])}"
    return text.replace("\n", " ")[:LONGEST_CONTENT]


def _supplements(story: Story, number: int) -> Iterable[Supplement]:
    """Each request with what came of it, up to the step of this number."""
    asked: Done | None = None
    done = [step for step in story.steps if step.number <= number]
    count = 0
    for step in done:
        if step.act is Act.ASK_SUPPLEMENT:
            if asked is not None:
                yield _supplement(story, count, asked, None)
            asked, count = step, count + 1
        elif step.act is Act.TAKE_SUPPLEMENT and asked is not None:
            yield _supplement(story, count, asked, step)
            asked = None
    if asked is not None:
        yield _supplement(story, count, asked, None)


def _supplement(story: Story, number: int, asked: Done, taken: Done | None) -> Supplement:
    words = story.words.get(asked.number)
    return Supplement(
        number=number, asked_by=_name(story, asked.person), content=words.text if words else "", asked_at=asked.at,
        papers=tuple((paper.name, max(1, paper.count)) for paper in words.papers) if words else (),
        due_before=asked.due, taken_by=_name(story, taken.person) if taken else "",
        taken_at=taken.at if taken else None, due_after=taken.due if taken else None,
    )  # fmt: skip


def _returned(story: Story, number: int) -> str:
    back = next((step for step in story.steps if step.act is Act.RETURN and step.number <= number), None)
    if back is None:
        return ""
    counter = back.facts.get("counter")
    return f"Trả trực tiếp tại quầy {counter:02d}" if counter else "Trả kết quả"


def _name(story: Story, person: str) -> str:
    if person == PORTAL:
        return ON_PORTAL
    return story.names.get(person, person) or story.centre.name.vi


def _agency(centre: Centre, agency: str) -> str:
    return next((one.name.vi for one in centre.agencies if one.id == agency), centre.name.vi)


def _unit(centre: Centre, dossier: Dossier) -> str:
    return _agency(centre, dossier.facts["decides"])


def _short_title(centre: Centre, procedure: str) -> str:
    placement = placement_of(centre, procedure)
    return placement.short_title if placement and placement.short_title else procedure

"""What is done with a dossier after it came in: one function for all acts, and those that are nothing more.

Every act is a step of the dossier, told to the portal as it was. Outside of the table of transitions only a
supervisor acts, with a reason.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from domain.centres import Centre, Placement
from domain.deadlines import Due
from domain.dossier_events import DossierCorrected, DossierStepped, IdentityRevealed
from domain.dossiers import RULES, Act, ActNotNow, ReasonMissing, RevealReason, is_open_to, target
from domain.due_records import from_data, to_data
from domain.errors import Invalid, NotAllowed, NotFound, StaleScreen, msgid
from domain.roles import LEADING_ROLES
from domain.tickets import milliseconds
from store import dossiers, holders, marks, people
from store.dossiers import Dossier
from store.writer import Tx


class UnknownDossier(NotFound):
    text = msgid("Hồ sơ %(code)s không có trong sổ của trung tâm.")


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does what with which dossier. `words`: what was written of it, sealed. `seen`: the number of steps that
    the screen showed (None: any). `beyond`: a supervisor acts outside of the table.
    """

    code: str
    person: str
    words: bytes | None = None
    seen: int | None = None
    beyond: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


def load(tx: Tx, code: str) -> Dossier:
    """The dossier. Raises UnknownDossier."""
    found = dossiers.find(tx.db, code)
    if found is None:
        raise UnknownDossier(code=code[:50])
    return found


def do(
    tx: Tx, act: Act, doing: Doing, *, unit: str | None = None, due: Due | None = None, restart: bool = False,
) -> int:  # fmt: skip
    """Take this step; gives its number. `due`: the new due date, where the act changes it.

    Raises UnknownDossier, StaleScreen, ActNotNow, ReasonMissing, NotAllowed, DataGone.
    """
    dossier = load(tx, doing.code)
    check(tx, act, dossier, doing, restart=restart)
    dossiers.check_kept(tx.db, dossier)
    words = dossiers.keep_words(tx.db, doing.words) if doing.words is not None else None
    due_at = milliseconds(due.at) if due else _as_it_was(dossier)
    tx.record(
        DossierStepped(
            code=dossier.code, number=dossier.steps + 1, act=act, before=dossier.status,
            after=target(act, dossier.status, restart=restart), person=doing.person, unit=unit or dossier.unit,
            words=words, due=due_at, due_rule=to_data(due) if due else {}, beyond=doing.beyond, facts=doing.facts,
        )
    )  # fmt: skip
    return dossier.steps + 1


def check(tx: Tx, act: Act, dossier: Dossier, doing: Doing, *, restart: bool = False) -> None:
    """Whether this person may do this here and now. Raises StaleScreen, ActNotNow, ReasonMissing, NotAllowed."""
    if doing.seen is not None and doing.seen != dossier.steps:
        raise StaleScreen()
    if RULES[act].words and doing.words is None:
        raise ReasonMissing(what=act)
    if doing.beyond:
        _supervisor_only(tx, doing)
        return
    placement = placement_of(tx.centre, dossier.procedure)
    at_once = placement is not None and placement.at_once
    if not is_open_to(act, dossier.status, tx.centre.dossiers.table, restart=restart, at_once=at_once):
        raise ActNotNow()


def _supervisor_only(tx: Tx, doing: Doing) -> None:
    person = people.by_id(tx.db, doing.person)
    if person is None or not person.roles & LEADING_ROLES:
        raise NotAllowed()
    if doing.words is None:
        raise ReasonMissing(what="beyond")


def _as_it_was(dossier: Dossier) -> int | None:
    return milliseconds(dossier.due) if dossier.due else None


def placement_of(centre: Centre, procedure: str) -> Placement | None:
    """How this centre deals with the procedure, None when it no longer receives it."""
    return next((one for one in centre.procedures if one.code == procedure), None)


def due_of(dossier: Dossier) -> Due | None:
    """The due date in force with its explanation, None where no limit is known."""
    return from_data(dossier.facts["due_rule"]) if dossier.facts["due_rule"] else None


def hand_over(tx: Tx, doing: Doing, to: str) -> int:
    """Give the dossier to another agency of the centre, with a control slip (Mẫu 06); it takes it over itself.

    Raises NotFound for an agency that is none, and what `do` raises.
    """
    if to not in {agency.id for agency in tx.centre.agencies}:
        raise NotFound(what=to[:40])
    dossier = load(tx, doing.code)
    facts = {**doing.facts, "from": dossier.unit, "to": to}
    return do(tx, Act.HAND_OVER, _with(doing, facts))


def take_over(tx: Tx, doing: Doing) -> int:
    """Whoever the dossier was handed to has it in hand: both sides of the control slip are signed now.

    Raises ActNotNow when nobody handed it over, and what `do` raises.
    """
    dossier = load(tx, doing.code)
    given = handed_over(tx, dossier)
    if given is None:
        raise ActNotNow()
    return do(tx, Act.TAKE_OVER, _with(doing, {**doing.facts, "from": dossier.unit, "to": given}), unit=given)


def handed_over(tx: Tx, dossier: Dossier) -> str | None:
    """To whom the dossier is on its way, None when nobody handed it over."""
    steps = [one for one in dossiers.steps_of(tx.db, dossier.code) if one.act in (Act.HAND_OVER, Act.TAKE_OVER)]
    return steps[-1].facts["to"] if steps and steps[-1].act is Act.HAND_OVER else None


def note(tx: Tx, act: Act, doing: Doing) -> int:
    """The acts that are nothing but a step: progress, payment asked and made, stop, withdrawal, resumption.

    Raises Invalid for one that has a function of its own, and what `do` raises.
    """
    if act not in PLAIN:
        raise Invalid(what=act)
    return do(tx, act, doing)


PLAIN = frozenset({
    Act.PROGRESS, Act.ASK_PAYMENT, Act.NOTE_PAYMENT, Act.STOP, Act.WITHDRAW, Act.RESUME, Act.REFUSE,
})  # fmt: skip


def correct(tx: Tx, doing: Doing, particulars: bytes, found_by: tuple[bytes, ...], card: bytes | None) -> int:
    """Write other particulars in place of those that were wrong; why stands in the step. The portal is told.

    `found_by`: the marks under which the dossier is found from now on. Raises what `do` raises.
    """
    number = do(tx, Act.CORRECT, doing)
    dossier = load(tx, doing.code)
    dossiers.forget_particulars(tx.db, dossier.particulars)  # nobody could ever ask for them again, nor any rule
    kept = dossiers.keep_particulars(tx.db, particulars)
    tx.record(DossierCorrected(dossier.code, kept, doing.person))
    marks.keep(tx.db, dossier.seq, found_by)
    if card is not None:
        holders.keep(tx.db, holders.DOSSIER, dossier.code, card)
    return number


def reveal_identity(tx: Tx, code: str, person: str, reason: str) -> None:
    """Somebody needs the whole identity number, and says why: noted before it is shown. Raises UnknownDossier,
    DataGone, Invalid.
    """
    dossier = load(tx, code)
    dossiers.check_kept(tx.db, dossier)
    if reason not in set(RevealReason):
        raise Invalid(what="reason")
    tx.record(IdentityRevealed(dossier.code, person, reason))


def _with(doing: Doing, facts: dict[str, Any]) -> Doing:
    return replace(doing, facts=facts)

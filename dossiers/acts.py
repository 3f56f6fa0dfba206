"""What may be done with a dossier now, what each act wants to know, and how a form becomes an operation.

The table of transitions says what is open (`domain.dossiers`), the operations refuse; here it is only offered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.datastructures import FormData

from domain.applicants import Paper, Particulars, applicant, to_bytes, words, words_to_bytes
from domain.calendar import YearUnknown
from domain.days import LOCAL, local
from domain.dossier_rules import Stage
from domain.dossiers import RULES, Act, Status, acts_for, target
from domain.errors import Invalid
from domain.roles import LEADING_ROLES, Role
from operations import arrivals, endings, processing, supplements
from operations.endings import FITTING, Handing, Proof, Taker
from operations.processing import PLAIN, Doing, placement_of
from store import calendars, dossiers, marks
from store.database import Connection
from store.dossier_lists import Sight
from store.dossiers import Dossier
from store.vault import Vault
from web import cards, forms
from web.house import House
from web.visitors import Visitor

# What an act asks beside words; the form draws these parts.
WANTS: Mapping[Act, tuple[str, ...]] = {
    Act.REFUSE: ("basis",),
    Act.HAND_OVER: ("unit",),
    Act.ASK_SUPPLEMENT: ("papers", "basis", "answer_by"),
    Act.EXTEND: ("day",),
    Act.WITHDRAW: ("basis",),
    Act.STOP: ("basis",),
    Act.RESOLVE: ("results",),
    Act.RETURN: ("handing",),
    Act.CORRECT: ("particulars",),
}
RESULT_ACTS = frozenset({Act.HAND_OVER, Act.TAKE_OVER, Act.NOTE_PAYMENT, Act.RETURN})
LIKELY = (
    Act.ACCEPT, Act.TAKE_OVER, Act.TAKE_SUPPLEMENT, Act.NOTE_PAYMENT, Act.RESUME, Act.RETURN, Act.RESOLVE,
    Act.HAND_OVER,
)  # fmt: skip
DAYS_PROPOSED = 5
HANDINGS = [(taker, proof) for taker in Taker for proof in Proof if proof in FITTING[taker]]
CLOSES = time(17)
Job = tuple[Callable[..., Any], tuple[Any, ...]]  # an operation and what follows the transaction


@dataclass(frozen=True, slots=True)
class Chosen:
    """An act that somebody is about to do: where it leads, and whether outside of the table."""

    act: Act
    before: Status
    after: Status
    beyond: bool

    @property
    def wants(self) -> tuple[str, ...]:
        """The parts of its form."""
        return WANTS.get(self.act, ())

    @property
    def needs_words(self) -> bool:
        """Whether it is refused without a word."""
        return self.beyond or RULES[self.act].words


def open_acts(house: House, dossier: Dossier, visitor: Visitor, sight: Sight) -> list[Act]:
    """What the table allows here, as far as it is this visitor's to do."""
    centre = house.store.centre()
    placement = placement_of(centre, dossier.procedure)
    at_once = placement is not None and placement.at_once
    found = acts_for(dossier.status, centre.dossiers.table, at_once=at_once)
    return [act for act in found if may_do(visitor, act) and _makes_sense(act, dossier, sight, visitor)]


def next_of(open_now: list[Act]) -> Act | None:
    """What is most likely the next thing to do."""
    return next((act for act in LIKELY if act in open_now), None)


def beyond_acts(dossier: Dossier, visitor: Visitor, open_now: list[Act]) -> list[Act]:
    """What only who leads may do, outside of the table and with a reason."""
    if not visitor.holds(*LEADING_ROLES):
        return []
    given = dossier.handed_to != ""
    return [act for act in Act if act not in open_now and (act is not Act.TAKE_OVER or given)]


def may_do(visitor: Visitor, act: Act) -> bool:
    """Result officers hand out; everything else is for clerks and for who leads."""
    return visitor.holds(Role.CLERK, *LEADING_ROLES) or (visitor.holds(Role.RESULT_OFFICER) and act in RESULT_ACTS)


def _makes_sense(act: Act, dossier: Dossier, sight: Sight, visitor: Visitor) -> bool:
    """What the operation would refuse by itself is not offered."""
    if act is Act.TAKE_OVER:
        return dossier.handed_to != "" and sight.agency in (None, dossier.handed_to)
    if act is Act.HAND_OVER:
        return dossier.handed_to == ""
    if act is Act.EXTEND:
        return dossier.due is not None and not dossier.extended
    return True


def choose(house: House, dossier: Dossier, act: Act, *, beyond: bool) -> Chosen:
    """The act as it would be done now."""
    restart = act is Act.TAKE_SUPPLEMENT and house.store.read(_restarts, house, dossier)
    return Chosen(act, dossier.status, target(act, dossier.status, restart=restart), beyond)


def _restarts(db: Connection, house: House, dossier: Dossier) -> bool:
    asked = supplements.last_asked(dossiers.steps_of(db, dossier.code))
    stage = Stage(asked.facts.get("stage", Stage.INTAKE)) if asked else None
    return house.store.centre().dossiers.restarts(stage or Stage.INTAKE)


def days_to_propose(house: House, dossier: Dossier) -> list[date]:
    """The next working days after the due date, and after today."""
    today = local(house.now()).date()
    day = max(today, local(dossier.due).date()) if dossier.due else today
    found: list[date] = []
    try:
        calendar = house.store.read(calendars.current)
        for _ in range(DAYS_PROPOSED):
            day = calendar.next_working(day)
            found.append(day)
    except (calendars.NoCalendar, YearUnknown):
        pass
    return found


def doing_of(form: FormData, vault: Vault, dossier: Dossier, person: str) -> Doing:
    """Who does it, on what screen, with which words sealed. Raises Invalid."""
    text, basis = typed(form, "words"), forms.text(form, "basis", 1000, required=False)
    papers = [Paper(name, originals=1) for name in _papers(form)]
    told = words(text, basis, papers) if text.strip() else None
    if told is None and (basis or papers):
        raise Invalid(what="words")
    return Doing(
        dossier.code, person, vault.seal(words_to_bytes(told)) if told else None,
        forms.number(form, "seen", 0, 1_000_000), form.get("beyond") == "1",
    )  # fmt: skip


def typed(form: FormData, name: str) -> str:
    """A field of several lines as it was typed."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _papers(form: FormData) -> list[str]:
    ticked = [value for value in form.getlist("paper") if isinstance(value, str)]
    return [*ticked, *(line for line in typed(form, "other_papers").splitlines() if line.strip())]


def job_of(act: Act, form: FormData, house: House, doing: Doing, told: Particulars) -> Job:
    """The operation with what the form says of this act. Raises Invalid."""
    if act in PLAIN:
        return processing.note, (act, doing)
    match act:
        case Act.HAND_OVER:
            return processing.hand_over, (doing, forms.text(form, "unit", 40))
        case Act.ASK_SUPPLEMENT:
            until = _day(form, "answer_by", required=False)
            return supplements.ask_supplement, (doing, datetime.combine(until, CLOSES, LOCAL) if until else None)
        case Act.EXTEND:
            return endings.extend, (doing, _day(form, "day"))
        case Act.RESOLVE:
            results = tuple(value for value in form.getlist("result") if isinstance(value, str))
            return endings.resolve, (doing, results)
        case Act.RETURN:
            return endings.return_result, (doing, _handing(form, counter_of(house, doing.person)))
        case Act.CORRECT:
            return processing.correct, (doing, *_correction(form, house.vault, told))
    return AS_THEY_ARE[act], (doing,)


AS_THEY_ARE: Mapping[Act, Callable[..., Any]] = {
    Act.ACCEPT: arrivals.accept,
    Act.TAKE_OVER: processing.take_over,
    Act.TAKE_SUPPLEMENT: supplements.take_supplement,
}


def _day(form: FormData, name: str, *, required: bool = True) -> date | None:
    text = forms.text(form, name, 10, required=required)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid(what=name) from error


def _handing(form: FormData, counter: int | None) -> Handing:
    taker, _, proof = forms.text(form, "handing", 40).partition(":")
    if taker not in set(Taker) or proof not in set(Proof):
        raise Invalid(what="proof")
    at_counter = counter if taker in (Taker.OWNER, Taker.REPRESENTATIVE) else None
    return Handing(Taker(taker), Proof(proof), at_counter)


def _correction(form: FormData, vault: Vault, told: Particulars) -> tuple[bytes, tuple[bytes, ...], bytes | None]:
    """Other particulars. An identity number that is left empty stays as it is: it need not be shown to be kept."""
    owner = applicant(
        forms.text(form, "owner_name", 200),
        forms.text(form, "identity", 14, required=False) or told.owner.identity,
        forms.text(form, "phone", 16, required=False), forms.text(form, "address", 300, required=False),
        forms.text(form, "email", 254, required=False),
    )  # fmt: skip
    changed = replace(told, owner=owner, summary=forms.text(form, "summary", 1000, required=False))
    card = cards.hash_of(vault, cards.DOSSIER, owner.identity) if owner.identity else None
    return vault.seal(to_bytes(changed)), marks.of_owner(vault, owner), card


def counter_of(house: House, person: str) -> int | None:
    """Where this person sits now."""
    places: Mapping[int, Any] = house.hub.board().places
    return next((n for n, place in places.items() if place.shift and place.shift.person == person), None)


def tomorrow(house: House) -> date:
    """The first day that a citizen may be given to answer."""
    return local(house.now()).date() + timedelta(days=1)

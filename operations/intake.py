"""Receiving a dossier at the counter."""

from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from domain import deadlines
from domain.centres import Centre, Placement
from domain.days import local
from domain.deadlines import Due, Limit, Unit
from domain.errors import Invalid, UnknownProcedure
from domain.events import DossierReceived
from domain.tickets import milliseconds
from operations.opening import check_clock
from operations.shifts import own_shift
from store import calendars, dossiers, holders, procedures, tickets
from store.writer import Tx

COUNTER_CHANNEL = 1


@dataclass(frozen=True, slots=True)
class Intake:
    """What the clerk took in. `particulars` are sealed; `delivery` 0 at the counter, 1 by post.

    `card`: the keyed hash by which a kiosk finds the dossier for its owner.
    """

    procedure: str
    particulars: bytes
    owner_kind: int = 1
    delivery: int = 0
    printer: str | None = None
    card: bytes | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """The receipt's facts."""

    code: str
    due: datetime | None
    explanation: dict[str, Any] = field(default_factory=dict)


def receive_dossier(tx: Tx, counter: int, person: str, intake: Intake) -> Received:
    """Enter the dossier in the book: code, due date, receipt and portal message in one transaction.

    The ticket being served at this counter is tied to it. Raises UnknownProcedure, Invalid, DayNeedsConfirmation
    and what own_shift raises.
    """
    check_clock(tx)  # no new day: whoever is served over midnight still stands here
    own_shift(tx, counter, person)
    centre = tx.centre
    placement = find_placement(centre, intake.procedure)
    _check(tx, intake)
    ticket = tickets.at_counter(tx.db, counter)
    due = due_of(tx, centre, placement)
    code = _next_code(tx, centre)
    rule = _rule(placement, due)
    tx.record(
        DossierReceived(
            code=code, ticket=ticket.id if ticket else None, counter=counter, person=person,
            procedure=placement.code, agency=centre.code,
            particulars=dossiers.keep_particulars(tx.db, intake.particulars),
            owner_kind=intake.owner_kind, channel=COUNTER_CHANNEL, delivery=intake.delivery,
            due=milliseconds(due.at) if due else None, due_rule=rule,
            calendar=due.explanation.calendar_version if due else "",
            printer=intake.printer,
        )
    )  # fmt: skip
    if intake.card is not None:
        holders.keep(tx.db, holders.DOSSIER, code, intake.card)
    return Received(code, due.at if due else None, rule)


def find_placement(centre: Centre, code: str) -> Placement:
    """The procedure as this centre receives it. Raises UnknownProcedure."""
    for placement in centre.procedures:
        if placement.code == code:
            return placement
    raise UnknownProcedure(procedure=code[:20])


def due_of(tx: Tx, centre: Centre, placement: Placement) -> Due | None:
    """The due date of a dossier received now; None where no person has set a limit: it is never guessed."""
    if placement.limit is None:
        return None
    limit = Limit(placement.limit.amount, Unit(placement.limit.unit))
    cut_off = time.fromisoformat(centre.hours.cut_off)
    return deadlines.due(tx.now, limit, calendars.current(tx.db), cut_off)


def _check(tx: Tx, intake: Intake) -> None:
    if procedures.find(tx.db, intake.procedure) is None:
        raise UnknownProcedure(procedure=intake.procedure[:20])
    if intake.owner_kind not in (1, 2, 3, 4) or intake.delivery not in (0, 1):
        raise Invalid(what="owner_kind, delivery")


def _rule(placement: Placement, due: Due | None) -> dict[str, Any]:
    if due is None or placement.limit is None:
        return {}
    return {
        "amount": placement.limit.amount,
        "unit": placement.limit.unit,
        "start": due.explanation.start.isoformat(),
        "skipped": [[day.date.isoformat(), day.reason] for day in due.explanation.skipped],
    }


def _next_code(tx: Tx, centre: Centre) -> str:
    """'<agency>-<yyMMdd>-<at least four digits>', counted per agency and day (TT 03/2025, mã số hồ sơ)."""
    prefix = f"{centre.code}-{local(tx.now):%y%m%d}-"
    return f"{prefix}{dossiers.last_number(tx.db, prefix) + 1:04d}"

"""Dossiers come in: received at the counter, alone or together; turned away in writing; noted by reference only."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from domain import deadlines
from domain.calendar import Calendar
from domain.centres import Centre, Placement
from domain.centres import Limit as SetLimit
from domain.days import local
from domain.deadlines import Due, Limit, Unit
from domain.dossier_events import DossierReceived, ReferenceNoted, VisitTurned
from domain.due_records import to_data
from domain.errors import Invalid, Refused, UnknownProcedure, msgid
from domain.fees import Fee
from domain.identities import is_somebodys
from domain.tickets import milliseconds
from operations.opening import check_clock
from operations.paying import ask_fee
from operations.shifts import own_shift
from store import calendars, dossiers, holders, lookups, marks, procedures, tickets
from store.writer import Tx

COUNTER_CHANNEL, ONLINE_CHANNEL, POST_CHANNEL = 1, 2, 3
AT_THE_COUNTER, BY_POST, ELECTRONIC = 0, 1, 2
COMPLETE, REFUSE = "complete", "refuse"
MOST_TOGETHER = 50
MOST_LOOKUPS = 5
_REFERENCE = re.compile(r"[\w./-]{3,60}")


class ElsewhereOnly(Refused):
    text = msgid(
        "Thủ tục này xử lý ở hệ thống %(system)s. Hãy nhập hồ sơ ở đó, rồi ghi mã hồ sơ của hệ thống ấy vào đây."
    )


@dataclass(frozen=True, slots=True)
class Intake:
    """What the clerk took in. `particulars` are sealed; `delivery` 0 at the counter, 1 by post, 2 electronically.

    `card`: the keyed hash by which a kiosk finds the dossier for its owner; `found_by`: the marks by which a clerk
    finds it. `channel` 1 at the counter, 3 by post. `case`: which case of the procedure it is. `lookups`: what was
    asked of national databases before there was a code. `fee`: what is asked for it, None when nobody has said yet.
    """

    procedure: str
    particulars: bytes
    owner_kind: int = 1
    delivery: int = AT_THE_COUNTER
    printer: str | None = None
    card: bytes | None = None
    found_by: tuple[bytes, ...] = ()
    channel: int = COUNTER_CHANNEL
    case: str = ""
    lookups: tuple[int, ...] = ()
    fee: Fee | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """The receipt's facts."""

    code: str
    due: datetime | None
    explanation: dict[str, Any] = field(default_factory=dict)


def receive_dossier(tx: Tx, counter: int, person: str, intake: Intake) -> Received:
    """Enter the dossier in the book: code, due date, receipt and portal message in one transaction.

    The ticket being served at this counter is tied to it; its fee is asked for in the same transaction. Raises
    UnknownProcedure, Invalid, ElsewhereOnly, FeeWrong, DayNeedsConfirmation and what own_shift raises.
    """
    return receive_together(tx, counter, person, (intake,))[0]


def receive_together(tx: Tx, counter: int, person: str, intakes: Sequence[Intake]) -> list[Received]:
    """Enter several dossiers that one representative hands in: all or none, tied by the code of the first.

    Raises what receive_dossier raises.
    """
    check_clock(tx)  # no new day: whoever is served over midnight still stands here
    own_shift(tx, counter, person)
    if not 0 < len(intakes) <= MOST_TOGETHER:
        raise Invalid(what="dossiers")
    ticket = tickets.at_counter(tx.db, counter)
    received: list[Received] = []
    for intake in intakes:
        batch = received[0].code if received else ""
        received.append(_enter(tx, counter, person, ticket.id if ticket else None, intake, batch))
    return received


def _enter(tx: Tx, counter: int, person: str, ticket: int | None, intake: Intake, batch: str) -> Received:
    centre = tx.centre
    placement = find_placement(centre, intake.procedure)
    _check(tx, intake, placement)
    due = due_of(tx, centre, placement, intake.channel)
    code = _next_code(tx, centre)
    rule = to_data(due) if due else {}
    recorded = tx.record(
        DossierReceived(
            code=code, ticket=ticket, counter=counter, person=person,
            procedure=placement.code, agency=centre.code,
            particulars=dossiers.keep_particulars(tx.db, intake.particulars),
            owner_kind=intake.owner_kind, channel=intake.channel, delivery=intake.delivery,
            due=milliseconds(due.at) if due else None, due_rule=rule,
            calendar=due.explanation.calendar_version if due else "",
            printer=intake.printer, decides=agency_of(centre, placement), batch=batch, case=intake.case,
            lookups=lookups.without_dossier(tx.db, person, intake.lookups[:MOST_LOOKUPS]),
        )
    )  # fmt: skip
    marks.keep(tx.db, recorded.seq, intake.found_by)
    if intake.card is not None:
        holders.keep(tx.db, holders.DOSSIER, code, intake.card)
    if intake.fee is not None:
        ask_fee(tx, code, person, intake.fee)
    return Received(code, due.at if due else None, rule)


def turn_away(
    tx: Tx, counter: int, person: str, way: str, procedure: str, particulars: bytes, words: bytes
) -> int:  # fmt: skip
    """No dossier yet: the citizen completes it ('complete', Mẫu 02) or it is refused ('refuse', Mẫu 03).

    Gives the number under which the paper is made. Raises UnknownProcedure, Invalid and what own_shift raises.
    """
    check_clock(tx)
    own_shift(tx, counter, person)
    if way not in (COMPLETE, REFUSE):
        raise Invalid(what="way")
    find_placement(tx.centre, procedure)
    ticket = tickets.at_counter(tx.db, counter)
    kept, told = dossiers.keep_particulars(tx.db, particulars), dossiers.keep_words(tx.db, words)
    return tx.record(VisitTurned(way, ticket.id if ticket else None, counter, person, procedure, kept, told)).seq


def note_reference(tx: Tx, counter: int, person: str, procedure: str, reference: str) -> int:
    """Note the code that a ministry's own system gave; nothing else of that dossier is kept (features N20).

    Raises UnknownProcedure, Invalid and what own_shift raises.
    """
    check_clock(tx)
    own_shift(tx, counter, person)
    placement = find_placement(tx.centre, procedure)
    if not placement.system or not _REFERENCE.fullmatch(reference) or is_somebodys(reference):
        raise Invalid(what="reference")
    ticket = tickets.at_counter(tx.db, counter)
    number = ticket.id if ticket else None
    return tx.record(ReferenceNoted(number, counter, person, procedure, placement.system, reference)).seq


def find_placement(centre: Centre, code: str) -> Placement:
    """The procedure as this centre receives it. Raises UnknownProcedure."""
    for placement in centre.procedures:
        if placement.code == code:
            return placement
    raise UnknownProcedure(procedure=code[:20])


def agency_of(centre: Centre, placement: Placement) -> str:
    """Who decides on this procedure: the agency of its queue."""
    return next((queue.agency for queue in centre.queues if queue.id == placement.queue), "")


def due_of(tx: Tx, centre: Centre, placement: Placement, channel: int = COUNTER_CHANNEL) -> Due | None:
    """The due date of a dossier received now; None where no person has set a limit: it is never guessed."""
    return due_at(centre, placement, channel, tx.now, calendars.current(tx.db))


def due_at(centre: Centre, placement: Placement, channel: int, now: datetime, calendar: Calendar) -> Due | None:
    """The same for who only wants to know it beforehand."""
    limit = limit_of(placement, channel)
    if limit is None:
        return None
    return deadlines.due(
        now, Limit(limit.amount, Unit(limit.unit)), calendar, time.fromisoformat(centre.hours.cut_off),
        day_zero_may_be_off=centre.dossiers.day_zero_may_be_off,
    )  # fmt: skip


def limit_of(placement: Placement, channel: int) -> SetLimit | None:
    """The limit of this channel: its own, else the counter's."""
    own = {ONLINE_CHANNEL: placement.limit_online, POST_CHANNEL: placement.limit_post}.get(channel)
    return own or placement.limit


def _check(tx: Tx, intake: Intake, placement: Placement) -> None:
    if placement.system:
        raise ElsewhereOnly(system=placement.system)
    if procedures.find(tx.db, intake.procedure) is None:
        raise UnknownProcedure(procedure=intake.procedure[:20])
    known = intake.owner_kind in (1, 2, 3, 4) and intake.delivery in (AT_THE_COUNTER, BY_POST, ELECTRONIC)
    if not known or intake.channel not in (COUNTER_CHANNEL, POST_CHANNEL):
        raise Invalid(what="owner_kind, delivery, channel")
    if len(intake.case) > 200 or not intake.case.isprintable():
        raise Invalid(what="case")


def _next_code(tx: Tx, centre: Centre) -> str:
    """'<agency>-<yyMMdd>-<at least four digits>', counted per agency and day (TT 03/2025, mã số hồ sơ)."""
    prefix = f"{centre.code}-{local(tx.now):%y%m%d}-"
    return f"{prefix}{dossiers.last_number(tx.db, prefix) + 1:04d}"

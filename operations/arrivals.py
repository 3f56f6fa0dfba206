"""Dossiers that come from the portal: they keep their code and wait to be accepted, completed or refused."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain import deadlines
from domain.deadlines import Limit, Unit
from domain.dossier_events import DossierArrived
from domain.dossiers import Act, ActNotNow, Status, is_open_to
from domain.errors import DossierExists, Invalid, StaleScreen
from domain.tickets import milliseconds
from operations.intake import ONLINE_CHANNEL, agency_of, due_of, find_placement
from operations.processing import Doing, do, load
from operations.supplements import ask_supplement
from store import calendars, dossiers, holders, marks
from store.writer import Tx

ANSWER_HOURS = 8  # working hours (one-stop.md 3.3)
LONGEST_CODE = 50


@dataclass(frozen=True, slots=True)
class Arrival:
    """A dossier as the portal sent it; `particulars` are sealed."""

    code: str
    procedure: str
    particulars: bytes
    submitted_at: datetime
    owner_kind: int = 1
    delivery: int = 0
    card: bytes | None = None
    found_by: tuple[bytes, ...] = ()


def take_in(tx: Tx, arrival: Arrival) -> str:
    """Put it on the reception list; its clock of 8 working hours runs from now. Raises DossierExists,
    UnknownProcedure, Invalid.
    """
    if not 0 < len(arrival.code) <= LONGEST_CODE or arrival.owner_kind not in (1, 2, 3, 4):
        raise Invalid(what="code, owner_kind")
    if dossiers.find(tx.db, arrival.code) is not None:
        raise DossierExists(code=arrival.code)
    centre = tx.centre
    placement = find_placement(centre, arrival.procedure)
    answer = deadlines.due(tx.now, Limit(ANSWER_HOURS, Unit.HOUR), calendars.current(tx.db))
    recorded = tx.record(
        DossierArrived(
            code=arrival.code, procedure=placement.code, agency=centre.code,
            particulars=dossiers.keep_particulars(tx.db, arrival.particulars), owner_kind=arrival.owner_kind,
            delivery=arrival.delivery, submitted_at=milliseconds(arrival.submitted_at),
            answer_by=milliseconds(answer.at), decides=agency_of(centre, placement),
        )
    )  # fmt: skip
    marks.keep(tx.db, recorded.seq, arrival.found_by)
    if arrival.card is not None:
        holders.keep(tx.db, holders.DOSSIER, arrival.code, arrival.card)
    return arrival.code


def accept(tx: Tx, doing: Doing) -> int:
    """Receive an online dossier: its limit runs from now. Raises UnknownProcedure and what processing.do raises."""
    dossier = load(tx, doing.code)
    placement = find_placement(tx.centre, dossier.procedure)
    due = due_of(tx, tx.centre, placement, ONLINE_CHANNEL)
    return do(tx, Act.ACCEPT, replace(doing, facts={**doing.facts, "channel": ONLINE_CHANNEL}), due=due)


def ask_to_complete(tx: Tx, doing: Doing, answer_by: datetime | None = None) -> int:
    """Ask in writing for what an online dossier lacks (Mẫu 02); gives the number of that step.

    The table of portal.md 5 knows no way from 1 to 5: there it is received first, in the same transaction, and its
    limit starts anew when it comes back complete (one-stop.md 3.5). A centre whose table has "1-5" asks at once.
    Raises StaleScreen, ActNotNow for one that is answered already, and what ask_supplement and accept raise.
    """
    dossier = load(tx, doing.code)
    if doing.seen not in (None, dossier.steps):
        raise StaleScreen()
    if dossier.status is not Status.NEW:
        raise ActNotNow()
    if not is_open_to(Act.ASK_SUPPLEMENT, dossier.status, tx.centre.dossiers.table):
        doing = replace(doing, seen=accept(tx, replace(doing, words=None)))
    return ask_supplement(tx, doing, answer_by)

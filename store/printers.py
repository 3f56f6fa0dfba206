"""What is remembered of printers: their answers, their self-test, when they last proved a slip, paper used."""

from dataclasses import dataclass
from datetime import datetime

from domain.events import PrinterLearned, PrinterTested, RollChanged, SlipEnded
from domain.papers import Abilities, Grade, SlipState, answers_in
from store.database import Connection
from store.instants import instant, moment
from store.journal import Recorded, projects

STRANGER = Abilities()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person saw on the page of the self-test, with which width and layout it was drawn, and when."""

    at: datetime
    width: int
    layout: int
    edges: bool
    letters: bool
    codes: bool


@dataclass(frozen=True, slots=True)
class PrinterPast:
    """All that is remembered of one printer; `rows` of paper since the roll was changed."""

    abilities: Abilities = STRANGER
    rows: int = 0
    roll_at: datetime | None = None
    confirmed_at: datetime | None = None
    seen: Seen | None = None


NOTHING_KNOWN = PrinterPast()


@projects(PrinterTested)
def _tested(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    _make_sure(db, e.printer)
    db.execute(
        "UPDATE printer_pasts SET answers = ?, tested_at = ?, width = ?, layout = ?, edges = ?, letters = ?,"
        " codes = ?, rows = rows + ? WHERE printer = ?",
        (
            " ".join(sorted(e.answers)), recorded.at, e.width, e.layout, int(e.edges), int(e.letters),
            int(e.codes), e.rows, e.printer,
        ),
    )  # fmt: skip


@projects(PrinterLearned)
def _learned(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    _make_sure(db, e.printer)
    (known,) = db.execute("SELECT answers FROM printer_pasts WHERE printer = ?", (e.printer,)).fetchone()
    both = " ".join(sorted({*known.split(), *e.answers}))
    db.execute("UPDATE printer_pasts SET answers = ? WHERE printer = ?", (both, e.printer))


@projects(RollChanged)
def _roll_changed(db: Connection, recorded: Recorded) -> None:
    _make_sure(db, recorded.event.printer)
    db.execute(
        "UPDATE printer_pasts SET rows = 0, roll_at = ? WHERE printer = ?", (recorded.at, recorded.event.printer)
    )


@projects(SlipEnded)
def _paper_used(db: Connection, recorded: Recorded) -> None:
    """By the printer that has the slip now: whoever ended it, no other can have printed it."""
    e = recorded.event
    proved = e.state == SlipState.CONFIRMED and e.grade != Grade.PERSON
    rows = e.sending.rows if e.sending else 0
    if not proved and not rows:
        return
    (printer,) = db.execute("SELECT printer FROM print_jobs WHERE id = ?", (e.job,)).fetchone()
    _make_sure(db, printer)
    db.execute(
        "UPDATE printer_pasts SET rows = rows + ?, confirmed_at = CASE WHEN ? THEN ? ELSE confirmed_at END"
        " WHERE printer = ?",
        (rows, proved, recorded.at, printer),
    )


def _make_sure(db: Connection, printer: str) -> None:
    db.execute("INSERT OR IGNORE INTO printer_pasts (printer, rows, answers) VALUES (?, 0, '')", (printer,))


def past(db: Connection, printer: str) -> PrinterPast:
    """What is remembered of this printer."""
    return pasts(db).get(printer, NOTHING_KNOWN)


def pasts(db: Connection) -> dict[str, PrinterPast]:
    """What is remembered of every printer that ever had paper to print."""
    rows = db.execute(
        "SELECT printer, answers, rows, roll_at, confirmed_at, tested_at, width, layout, edges, letters, codes"
        " FROM printer_pasts"
    )
    return {printer: _past(*rest) for printer, *rest in rows}


def _past(
    answers: str, rows: int, roll_at: int | None, confirmed_at: int | None, tested_at: int | None, *seen: int
) -> PrinterPast:
    width, layout, edges, letters, codes = seen
    return PrinterPast(
        Abilities(answers_in(answers.split()), tested=tested_at is not None),
        rows,
        instant(roll_at),
        instant(confirmed_at),
        Seen(moment(tested_at), width, layout, bool(edges), bool(letters), bool(codes)) if tested_at else None,
    )

"""Taking back the last press at a counter within ten seconds, as an event of its own: history keeps both."""

from dataclasses import dataclass
from datetime import timedelta

from domain.errors import ClerkElsewhere, NothingToUndo
from domain.queue_events import ActUndone, CounterResumed, ShiftTaken, TicketCalled
from operations.opening import ensure_day
from operations.shifts import own_shift
from store import counters, journal, moves
from store.journal import Recorded
from store.moves import Move
from store.writer import Tx

SECONDS = timedelta(seconds=10)
ON_THE_WAY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Undone:
    """Which act was taken back, and of which ticket (0: of the counter)."""

    kind: str
    ticket: int


def undo(tx: Tx, counter: int, person: str, act: int | None = None) -> Undone:
    """Take back the newest act of this clerk at this counter; `act` is the one that the screen offered.

    Raises NothingToUndo when it is older than ten seconds, of the day before, taken back already, or something
    came after it; ClerkElsewhere when the colleague taken over from sits at another counter by now.
    """
    day = ensure_day(tx)
    own_shift(tx, counter, person)
    move = moves.last_move_at(tx.db, counter)
    if (
        move is None
        or _recorded(tx, move).day != day.id
        or move.undone
        or move.kind == "undo"
        or move.who != tx.who
        or (act is not None and act != move.seq)
        or not timedelta(0) <= tx.now - move.at <= SECONDS + ON_THE_WAY
    ):
        raise NothingToUndo()
    if move.ticket == 0:
        _undo_of_counter(tx, move)
    else:
        _undo_of_ticket(tx, move)
        _undo_the_finish_before(tx, move)
    return Undone(move.kind, move.ticket)


def _recorded(tx: Tx, move: Move) -> Recorded:
    (recorded,) = journal.read(tx.db, move.seq - 1, 1)
    return recorded


def _undo_of_ticket(tx: Tx, move: Move) -> None:
    if moves.moves_of(tx.db, move.ticket)[-1].seq != move.seq:
        raise NothingToUndo()
    withdrawn = move.seq if move.kind == "call" else None  # after a recall too many the call still stands
    tx.record(ActUndone(move.seq, move.ticket, move.standing, withdrawn))


def _undo_the_finish_before(tx: Tx, move: Move) -> None:
    """One press of next ended a visit and called: both are taken back."""
    if move.kind != "call":
        return
    event = _recorded(tx, move).event
    finished = event.finished if isinstance(event, TicketCalled) else None
    before = moves.move(tx.db, finished) if finished else None
    if before is not None:
        _undo_of_ticket(tx, before)


def _undo_of_counter(tx: Tx, move: Move) -> None:
    if move.kind == "take-over":
        former = str(move.standing[0])
        elsewhere = counters.shift_of(tx.db, former)
        if elsewhere is not None:
            raise ClerkElsewhere(counter=elsewhere.counter)
        tx.record(ShiftTaken(move.counter, former, tx.who))
    elif counters.pause_at(tx.db, move.counter) is not None:
        tx.record(CounterResumed(move.counter))
    tx.record(ActUndone(move.seq, 0, []))

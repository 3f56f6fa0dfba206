"""Boards of estimates when a test wants them, in the test's own thread; and a hall with a line to estimate."""

from datetime import timedelta

from domain.tickets import milliseconds
from domain.waiting.boards import NOTHING_KNOWN, WaitBoard, next_board
from domain.waiting.kept import kept
from operations import calling, shifts
from operations.estimating import keep_estimates
from operations.ticketing import take_ticket
from store import estimates, snapshots
from store.writer import Act
from tests.support.halls import Hall
from tests.support.servers import Server


def make_board(hall: Hall, before: WaitBoard = NOTHING_KNOWN, rollouts: int = 10) -> WaitBoard:
    """The board of a hall in memory, as the server's thread makes it; what is new on it is kept."""
    learner, reading = estimates.learned(hall.db), snapshots.read_hall(hall.db, hall.clock())
    assert reading is not None
    new = [(who[0], place) for who, place in reading.newcomers.items()]
    found = learner.estimator.whole_board(reading.snapshot, reading.seq, rollouts, new)
    board = next_board(before, reading, found, learner.estimator.quantities, rollouts)
    known, at = learner.estimated, milliseconds(board.at)
    rows = [kept(ticket, at, told.estimate) for ticket, told in board.tickets.items() if ticket not in known]
    made = [row for row in rows if row is not None]
    if made:
        hall.do(keep_estimates, made, who="system")
    return board


def refresh(server: Server) -> None:
    """A new board of a running server, kept and published, as if its turn had come."""
    forecaster = server.app.state.house.forecaster
    made = forecaster._thread.submit(forecaster.refresh).result(timeout=20)
    if made:
        server.store.write_now(Act("system"), keep_estimates, made)


def work(hall: Hall, counter: int, person: str, minutes: float = 8.0) -> None:
    """One call and its visit."""
    hall.do(calling.call_next, counter, person, who=person)
    hall.clock.forward(minutes=minutes)
    hall.do(calling.finish, counter, person, who=person)


def hall_with_line(hall: Hall, queue: str, people: int, counter: int | None = None, person: str = "cb01") -> None:
    """So many people in one queue, half a minute apart; before them one opens a counter, if one is named."""
    if counter is not None:
        hall.do(shifts.open_shift, counter, person, who=person)
    for _ in range(people):
        hall.do(take_ticket, queue, who="device:K1")
        hall.clock.moment += timedelta(seconds=30)


def refresh_tonight(server: Server) -> None:
    """A new board and, from it, a new forecast to closing."""
    refresh(server)
    forecaster = server.app.state.house.forecaster
    forecaster._thread.submit(forecaster.refresh_tonight).result(timeout=60)

from datetime import timedelta

from operations import calling, managing, shifts, ticketing, undoing
from store import boards, figures, journal, tickets
from tests.support.halls import MORNING

take = ticketing.take_ticket


def test_an_empty_hall_has_a_board(hall):
    board = boards.read_board(hall.db)
    assert board.day is None
    assert board.calls == ()
    assert {line.waiting for line in board.lines.values()} == {0}
    assert len(board.lines) == 8
    assert sorted(board.places) == list(range(1, 13))


def test_the_board_shows_the_hall_as_it_is(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    first = hall.do(take, "ho-tich")
    hall.clock.forward(minutes=3)
    hall.do(take, "ho-tich")
    hall.do(take, "dat-dai")
    hall.do(managing.stop_queue, "dat-dai", "Họp")
    called = hall.do(calling.call_next, 1, "cb01")
    board = boards.read_board(hall.db)
    assert board.seq == called.seq == journal.head(hall.db)[0]
    line = board.lines["ho-tich"]
    assert (line.waiting, line.last_n, line.oldest) == (1, 2, MORNING + timedelta(minutes=3))
    assert board.lines["dat-dai"].stop.reason == "Họp"
    assert board.places[1].ticket.id == first.id
    assert board.places[1].shift.person == "cb01"
    assert board.places[2].ticket is None
    assert [(call.seq, call.n, call.counter, call.kind) for call in board.calls] == [(called.seq, 1, 1, "call")]
    assert board.waiting_for(("ho-tich", "dat-dai", "nowhere")) == 2


def test_a_place_in_the_line_counts_those_before(hall):
    given = [hall.do(take, "ho-tich") for _ in range(3)]
    early = hall.do(take, "ho-tich", priority="cao-tuoi")
    assert [boards.position(hall.db, tickets.load(hall.db, t.id)) for t in (*given, early)] == [1, 2, 3, 0]
    hall.do(shifts.open_shift, 1, "cb01")
    hall.do(calling.call_next, 1, "cb01")
    assert boards.position(hall.db, tickets.load(hall.db, early.id)) == 0
    assert boards.position(hall.db, given[0]) == 0


def test_the_figures_of_a_day(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    for _ in range(3):
        hall.do(take, "ho-tich")
    for wait, service, end in ((2, 4, calling.finish), (0, 6, calling.finish), (1, 1, calling.mark_absent)):
        hall.clock.forward(minutes=wait)
        hall.do(calling.call_next, 1, "cb01")
        hall.clock.forward(minutes=service)
        hall.do(end, 1, "cb01")
    day = hall.one("SELECT max(id) FROM days")
    found = figures.of_queues(hall.db, day)["ho-tich"]
    assert (found.given, found.served, found.absent) == (3, 2, 1)
    assert (found.median_wait, found.median_service) == (6.0, 5.0)
    assert figures.of_queues(hall.db, day + 1) == {}


def test_the_newest_calls_come_in_order(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    for _ in range(6):
        hall.do(take, "ho-tich")
        hall.do(calling.call_next, 1, "cb01")
    here = range(1, 13)
    every = tickets.calls_after(hall.db, 1, here, 0, 100)
    assert [call.n for call in every] == [1, 2, 3, 4, 5, 6]
    assert [call.n for call in tickets.newest_calls(hall.db, 1, here, 2)] == [6, 5]
    assert [call.n for call in tickets.calls_after(hall.db, 1, here, every[3].seq, 100)] == [5, 6]
    assert tickets.newest_calls(hall.db, 1, [2], 100) == tickets.newest_calls(hall.db, 2, here, 100) == []


def test_a_board_read_after_an_older_one_is_the_same(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    hall.do(shifts.open_shift, 2, "cb02")
    before = boards.read_board(hall.db)
    for _ in range(boards.CALLS_OF_A_HALL):
        hall.do(take, "ho-tich")
    for act in ((calling.call_next, 1, "cb01"), (calling.call_again, 1, "cb01"), (calling.call_next, 2, "cb02")):
        hall.do(*act)
        before = _read_twice(hall, before)
    hall.do(undoing.undo, 2, "cb02", act=before.seq)
    before = _read_twice(hall, before)
    assert [call.kind for call in before.calls] == ["call", "recall", "call", "withdrawn"]
    for _ in range(boards.CALLS_OF_A_HALL - 3):
        hall.do(calling.call_again, 1, "cb01")
    before = _read_twice(hall, before)
    assert len(before.calls) == boards.CALLS_OF_A_HALL
    hall.clock.forward(hours=24)
    hall.do(take, "ho-tich")
    assert _read_twice(hall, before).calls == ()


def _read_twice(hall, before):
    fresh = boards.read_board(hall.db)
    assert boards.read_board(hall.db, before) == fresh
    return fresh

from datetime import timedelta

import pytest

from domain.errors import ClerkElsewhere, CounterClosed, CounterTaken, NothingToUndo
from domain.queue_events import ActUndone, TicketCalled
from domain.tickets import TicketState
from operations import calling, moving, opening, shifts, ticketing, undoing
from store import counters, journal, moves, tickets
from tests.support.halls import calls_made, empty_hall

take = ticketing.take_ticket


@pytest.fixture
def open_hall(hall):
    hall.do(shifts.open_shift, 1, "cb01", who="cb01")
    hall.do(shifts.open_shift, 3, "cb03", who="cb03")
    return hall


def press(hall, operation, *args, person: str = "cb01", **kwargs):
    """What the clerk does, who is also who asks."""
    return hall.do(operation, int(person[-1]), person, *args, who=person, **kwargs)


def undo(hall, person: str = "cb01", act: int | None = None):
    return press(hall, undoing.undo, act, person=person)


def state(hall, ticket) -> tuple:
    now = tickets.load(hall.db, ticket.id)
    return str(now.state), now.counter


def kinds_of_calls(hall) -> list[tuple[int, str]]:
    return [(call.n, call.kind) for call in calls_made(hall.db, 1)]


@pytest.mark.parametrize("seconds", [0, 1, 10, 11])
def test_ten_seconds_and_one_for_the_way_are_enough(open_hall, seconds):
    ticket = open_hall.do(take, "ho-tich")
    press(open_hall, calling.call_next)
    open_hall.clock.forward(seconds=seconds)
    assert undo(open_hall) == undoing.Undone("call", ticket.id)
    assert tickets.load(open_hall.db, ticket.id) == ticket


@pytest.mark.parametrize("late", [timedelta(seconds=11, milliseconds=1), timedelta(seconds=12), timedelta(hours=1)])
def test_later_it_is_too_late(open_hall, late):
    ticket = open_hall.do(take, "ho-tich")
    press(open_hall, calling.call_next)
    open_hall.clock.moment += late
    with pytest.raises(NothingToUndo):
        undo(open_hall)
    assert state(open_hall, ticket) == ("called", 1)


def test_a_clock_that_went_back_takes_nothing_back(open_hall):
    ticket = open_hall.do(take, "ho-tich")
    press(open_hall, calling.call_next)
    open_hall.clock.forward(seconds=-1)
    with pytest.raises(NothingToUndo):
        undo(open_hall)
    assert state(open_hall, ticket) == ("called", 1)


def test_next_taken_back_restores_both_and_withdraws_the_announcement(open_hall):
    one, two = open_hall.do(take, "ho-tich"), open_hall.do(take, "ho-tich")
    press(open_hall, calling.call_next)
    before = press(open_hall, calling.start)
    open_hall.clock.forward(minutes=5)
    press(open_hall, calling.call_next)
    assert (state(open_hall, one), state(open_hall, two)) == (("finished", 1), ("called", 1))
    undo(open_hall)
    assert tickets.load(open_hall.db, one.id) == before
    assert tickets.load(open_hall.db, two.id) == two
    assert kinds_of_calls(open_hall) == [(1, "call"), (2, "call"), (2, "withdrawn")]
    assert [type(r.event) for r in open_hall.events[-2:]] == [ActUndone, ActUndone]
    assert press(open_hall, calling.call_next, one.id).ticket.id == two.id


def test_a_recall_taken_back_lets_the_call_stand(open_hall):
    """'Xin chờ' would tell somebody to wait whom the counter expects."""
    ticket = open_hall.do(take, "ho-tich")
    press(open_hall, calling.call_next)
    press(open_hall, calling.call_again)
    assert undo(open_hall).kind == "recall"
    assert state(open_hall, ticket) == ("called", 1)
    assert kinds_of_calls(open_hall) == [(1, "call"), (1, "recall")]


def finish(hall):
    press(hall, calling.finish, None, "advised")


def mark_absent(hall):
    press(hall, calling.mark_absent)


def set_aside(hall):
    press(hall, calling.set_aside, None, "form")


def transfer(hall):
    press(hall, moving.transfer, note="expert", queue="dat-dai", to_counter=10)


def start(hall):
    press(hall, calling.start)


@pytest.mark.parametrize(
    ("act", "kind"),
    [(finish, "finish"), (mark_absent, "absent"), (set_aside, "park"), (transfer, "transfer"), (start, "start")],
)
def test_every_end_of_a_visit_taken_back_leaves_it_as_it_was(open_hall, act, kind):
    open_hall.do(take, "ho-tich", priority="cao-tuoi")
    being_served = press(open_hall, calling.call_next).ticket
    lines = open_hall.db.execute("SELECT queue, waiting FROM lines WHERE waiting > 0").fetchall()
    open_hall.clock.forward(minutes=1)
    act(open_hall)
    assert undo(open_hall) == undoing.Undone(kind, being_served.id)
    assert tickets.load(open_hall.db, being_served.id) == being_served
    assert open_hall.db.execute("SELECT queue, waiting FROM lines WHERE waiting > 0").fetchall() == lines


def absent_here(hall):
    press(hall, calling.call_next)
    return press(hall, calling.mark_absent)


def come_back(hall, ticket):
    hall.do(moving.come_back, ticket.id, 1, "cb01", who="cb01")


def come_back_late(hall, ticket):
    hall.clock.forward(minutes=30)
    come_back(hall, ticket)


def change_class(hall, ticket):
    hall.do(moving.set_class, ticket.id, "khuyet-tat", "changed", 1, "cb01", who="cb01")


def give_time(hall, ticket):
    hall.do(moving.give_time, ticket.id, 1, "cb01", who="cb01")


def leave(hall, ticket):
    hall.do(moving.leave, ticket.id, 1, "cb01", who="cb01")


MOVED = [
    (come_back, "return", "absent"), (come_back_late, "return", "absent"), (change_class, "rekey", "waiting"),
    (change_class, "rekey", "called"), (give_time, "delay", "waiting"), (leave, "leave", "waiting"),
    (leave, "leave", "absent"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "kind", "was"), MOVED)
def test_what_a_clerk_did_to_a_number_in_a_list_is_taken_back(open_hall, act, kind, was):
    """Also where it had been called at, and now waits or is gone elsewhere: lines and standing are as before."""
    ticket = open_hall.do(take, "ho-tich", priority="cao-tuoi")
    for _ in range(4):
        open_hall.do(take, "ho-tich")
    if was == "absent":
        absent_here(open_hall)
    elif was == "called":
        open_hall.do(calling.call_next, 3, "cb03", who="cb03")
    before = tickets.load(open_hall.db, ticket.id)
    lines = open_hall.db.execute("SELECT * FROM lines").fetchall()
    act(open_hall, ticket)
    assert tickets.load(open_hall.db, ticket.id) != before
    assert moves.last_move_at(open_hall.db, 1).kind == kind
    open_hall.clock.forward(seconds=10)
    assert undo(open_hall) == undoing.Undone(kind, ticket.id)
    assert tickets.load(open_hall.db, ticket.id) == before
    assert open_hall.db.execute("SELECT * FROM lines").fetchall() == lines
    with pytest.raises(NothingToUndo):
        undo(open_hall)


@pytest.mark.parametrize(("act", "was"), [(moving.come_back, "absent"), (moving.leave, "absent")])
def test_what_a_phone_did_stands_between_no_clerk_and_the_own_last_press(open_hall, act, was):
    """The number was called here before: still its return is no act of this counter."""
    gone = open_hall.do(take, "ho-tich")
    absent_here(open_hall)
    waiting = open_hall.do(take, "ho-tich")
    press(open_hall, calling.call_next)
    open_hall.do(act, gone.id, who="anyone")
    assert undo(open_hall) == undoing.Undone("call", waiting.id)
    with pytest.raises(NothingToUndo):
        undo(open_hall)


def test_a_colleague_who_takes_back_an_own_act_on_my_number_takes_my_undo_from_nothing_else(open_hall):
    mine = open_hall.do(take, "ho-tich")
    press(open_hall, calling.call_next)
    press(open_hall, calling.set_aside, None, "form")
    other = open_hall.do(take, "ho-tich")
    press(open_hall, calling.call_next)
    open_hall.do(moving.set_class, mine.id, "cao-tuoi", "confirmed", 3, "cb03", who="cb03")
    assert undo(open_hall, "cb03") == undoing.Undone("rekey", mine.id)
    assert undo(open_hall) == undoing.Undone("call", other.id)


def test_who_does_not_sit_there_moves_nobody(open_hall):
    ticket = open_hall.do(take, "ho-tich")
    for counter, refusal in ((3, CounterTaken), (2, CounterClosed)):
        for act in (moving.leave, moving.give_time, moving.come_back):
            with pytest.raises(refusal):
                open_hall.do(act, ticket.id, counter, "cb01", who="cb01")
    assert state(open_hall, ticket) == ("waiting", None)


def test_what_was_set_aside_and_called_again_is_set_aside_once_more(open_hall):
    open_hall.do(take, "ho-tich")
    press(open_hall, calling.call_next)
    aside = press(open_hall, calling.set_aside, None, "paper")
    press(open_hall, calling.call_this, aside.id, "")
    undo(open_hall)
    assert tickets.load(open_hall.db, aside.id) == aside


def test_history_keeps_the_act_and_its_taking_back(open_hall):
    ticket = open_hall.do(take, "ho-tich")
    press(open_hall, calling.call_next)
    undo(open_hall)
    assert [(move.kind, move.undone) for move in moves.moves_of(open_hall.db, ticket.id)] == [
        ("call", True),
        ("undo", False),
    ]
    again = empty_hall()
    journal.replay(open_hall.db, again.db)
    assert tickets.load(again.db, ticket.id) == ticket


def test_twice_takes_back_once(open_hall):
    one, two = open_hall.do(take, "ho-tich"), open_hall.do(take, "ho-tich")
    press(open_hall, calling.call_next)
    press(open_hall, calling.call_next)
    undo(open_hall)
    with pytest.raises(NothingToUndo):
        undo(open_hall)
    assert (state(open_hall, one), state(open_hall, two)) == (("called", 1), ("waiting", None))


def test_with_nothing_done_here_there_is_nothing_to_take_back(open_hall):
    open_hall.do(take, "ho-tich")
    press(open_hall, calling.call_next)
    with pytest.raises(NothingToUndo):
        undo(open_hall, "cb03")


def test_only_the_act_that_the_screen_offered_is_taken_back(open_hall):
    ticket = open_hall.do(take, "ho-tich")
    called = press(open_hall, calling.call_next)
    press(open_hall, calling.start)
    with pytest.raises(NothingToUndo):
        undo(open_hall, act=called.seq)
    newest = moves.last_move_at(open_hall.db, 1)
    assert undo(open_hall, act=newest.seq) == undoing.Undone("start", ticket.id)


def test_another_clerks_act_stays(open_hall):
    """Whoever took the counter over takes back nothing of the colleague's, only the taking over."""
    ticket = open_hall.do(take, "ho-tich")
    press(open_hall, calling.call_next)
    open_hall.do(shifts.take_over, 1, "cb02", who="cb02")
    with pytest.raises(CounterTaken):
        undo(open_hall)
    open_hall.do(shifts.close_shift, 3, "cb03", who="cb03")
    assert open_hall.do(undoing.undo, 1, "cb02", who="cb02") == undoing.Undone("take-over", 0)
    assert counters.shift_at(open_hall.db, 1).person == "cb01"
    assert state(open_hall, ticket) == ("called", 1)
    with pytest.raises(NothingToUndo):
        undo(open_hall)


def test_a_managers_act_at_the_counter_is_not_the_clerks_to_take_back(open_hall):
    ticket = open_hall.do(take, "ho-tich")
    press(open_hall, calling.call_next)
    open_hall.do(moving.set_class, ticket.id, "cao-tuoi", "confirmed", who="ql01")
    with pytest.raises(NothingToUndo):
        undo(open_hall)
    assert tickets.load(open_hall.db, ticket.id).priority == "cao-tuoi"


def test_what_somebody_else_has_taken_further_stays(open_hall):
    ticket = open_hall.do(take, "ho-tich")
    press(open_hall, calling.call_next)
    press(open_hall, moving.transfer, note="other-queue", queue="chung-thuc")
    press(open_hall, calling.call_next, person="cb03")
    with pytest.raises(NothingToUndo):
        undo(open_hall)
    assert state(open_hall, ticket) == ("called", 3)


def test_a_take_over_is_not_taken_back_when_the_colleague_sits_elsewhere(open_hall):
    open_hall.do(shifts.take_over, 1, "cb02", who="cb02")
    open_hall.do(shifts.open_shift, 2, "cb01", who="cb01")
    with pytest.raises(ClerkElsewhere) as refusal:
        open_hall.do(undoing.undo, 1, "cb02", who="cb02")
    assert refusal.value.arguments == {"counter": 2}
    assert counters.shift_at(open_hall.db, 1).person == "cb02"


def test_a_pause_taken_back_is_over(open_hall):
    press(open_hall, shifts.pause, "break", 15)
    assert undo(open_hall) == undoing.Undone("pause", 0)
    assert counters.pause_at(open_hall.db, 1) is None
    with pytest.raises(NothingToUndo):
        undo(open_hall)


def call(hall):
    press(hall, calling.call_next)


@pytest.mark.parametrize("act", [call, finish])
def test_no_undo_reaches_into_the_day_before(open_hall, act):
    """Seconds before midnight somebody was called; the new day has ended that visit for good."""
    open_hall.clock.at("23:59")
    ticket = open_hall.do(take, "ho-tich")
    if act is finish:
        call(open_hall)
    open_hall.clock.forward(seconds=55)
    act(open_hall)
    open_hall.clock.forward(seconds=6)
    with pytest.raises(CounterClosed):
        undo(open_hall)
    press(open_hall, shifts.open_shift)
    over = state(open_hall, ticket)
    with pytest.raises(NothingToUndo):
        undo(open_hall)
    assert state(open_hall, ticket) == over
    assert over[0] in ("unserved", "finished")


def test_no_undo_reaches_behind_a_repaired_day(open_hall):
    ticket = open_hall.do(take, "ho-tich")
    call(open_hall)
    open_hall.do(opening.repair_day)
    press(open_hall, shifts.open_shift)
    with pytest.raises(NothingToUndo):
        undo(open_hall)
    assert state(open_hall, ticket) == ("unserved", 1)


def test_after_an_undone_call_the_turn_of_the_two_groups_is_as_before(hall):
    """Under n:1 a call that was taken back is no turn."""
    hall.do(shifts.open_shift, 1, "cb01", who="cb01")
    hall.do(take, "ho-tich", priority="cao-tuoi")
    press(hall, calling.call_next)
    assert tickets.lately_privileged(hall.db, 1, 10) == [True]
    undo(hall)
    assert tickets.lately_privileged(hall.db, 1, 10) == []
    assert isinstance(hall.events[-2].event, TicketCalled)


def test_a_number_given_at_the_counter_by_mistake_is_taken_back(open_hall):
    given = open_hall.do(ticketing.add_walk_up, 1, "ho-tich", who="cb01")
    assert open_hall.do(undoing.undo, 1, "cb01", who="cb01") == undoing.Undone("issue", given.id)
    assert tickets.load(open_hall.db, given.id).state is TicketState.LEFT
    assert tickets.line(open_hall.db, 1, "ho-tich").waiting == 0
    assert open_hall.do(ticketing.take_ticket, "ho-tich").n == given.n + 1, "the number is not given again"


def test_a_paper_visit_entered_meanwhile_does_not_stand_between_a_clerk_and_the_last_press(open_hall):
    waiting = open_hall.do(ticketing.take_ticket, "ho-tich")
    open_hall.do(calling.call_next, 1, "cb01", who="cb01")
    now = open_hall.clock()
    visit = ticketing.PaperNumber(700, now, 1, now, now)
    open_hall.do(ticketing.enter_paper_numbers, "xay-dung", [visit], who="ql01")
    open_hall.do(undoing.undo, 1, "cb01", who="cb01")
    assert tickets.load(open_hall.db, waiting.id).state is TicketState.WAITING

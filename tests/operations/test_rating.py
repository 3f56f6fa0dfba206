import pytest

from domain.errors import Invalid, RequestReused
from domain.satisfaction import REASONS, AlreadyRated, TooLateToRate, VisitNotOver
from operations import calling, rating, shifts, ticketing, undoing
from store.tickets import UnknownTicket

rate = rating.rate_visit


@pytest.fixture
def manned(hall):
    for counter in (1, 2):
        hall.do(shifts.open_shift, counter, f"cb0{counter}", who=f"cb0{counter}")
    return hall


def serve(hall, counter: int = 1) -> int:
    """Somebody comes and is called to this counter."""
    hall.do(ticketing.take_ticket, "ho-tich")
    return hall.do(calling.call_next, counter, f"cb0{counter}", who=f"cb0{counter}").ticket.id


def over(hall, counter: int = 1) -> int:
    """A visit that has just ended."""
    serve(hall, counter)
    return hall.do(calling.finish, counter, f"cb0{counter}", who=f"cb0{counter}").id


def kept(hall) -> list:
    return hall.db.execute("SELECT ticket, counter, queue, score, reason FROM ratings ORDER BY ticket").fetchall()


def seq(hall) -> int:
    return hall.one("SELECT max(seq) FROM journal")


def test_an_answer_is_kept_with_its_visit(manned):
    smiled, frowned = over(manned), over(manned, 2)
    manned.do(rate, smiled, 3, who="device:T1", counter=1)
    manned.do(rate, frowned, 1, "wait", b"sealed", who="anyone")
    assert kept(manned) == [(smiled, 1, "ho-tich", 3, ""), (frowned, 2, "ho-tich", 1, "wait")]
    assert manned.db.execute("SELECT * FROM rating_words").fetchall() == [(frowned, b"sealed")]


def test_the_journal_holds_no_word_of_what_was_written(manned):
    manned.do(rate, over(manned), 1, "manner", b"geheim")
    assert manned.one("SELECT count(*) FROM journal WHERE instr(payload, 'geheim')") == 0


def test_a_visit_that_is_not_over_cannot_be_rated(manned):
    waiting = manned.do(ticketing.take_ticket, "chung-thuc").id
    called = serve(manned)
    missed = manned.do(calling.mark_absent, 1, "cb01").id
    for ticket in (waiting, called, missed):
        with pytest.raises(VisitNotOver):
            manned.do(rate, ticket, 3)
    with pytest.raises(UnknownTicket):
        manned.do(rate, 10**6, 3)
    assert kept(manned) == []


@pytest.mark.parametrize(("minutes", "too_late"), [(29.9, False), (30, False), (30.1, True), (300, True)])
def test_an_answer_is_taken_for_half_an_hour(manned, minutes, too_late):
    ticket = over(manned)
    manned.clock.forward(minutes=minutes)
    if too_late:
        with pytest.raises(TooLateToRate):
            manned.do(rate, ticket, 3)
    else:
        manned.do(rate, ticket, 3)
    assert len(kept(manned)) == int(not too_late)


def test_a_visit_of_yesterday_cannot_be_rated(manned):
    manned.clock.at("23:50")
    ticket = over(manned)
    manned.clock.forward(minutes=15)
    with pytest.raises(VisitNotOver):
        manned.do(rate, ticket, 3)


def test_the_first_answer_counts(manned):
    ticket = over(manned)
    manned.do(rate, ticket, 1, "wait")
    for again in (3, 2):
        with pytest.raises(AlreadyRated):
            manned.do(rate, ticket, again)
    assert [row[3] for row in kept(manned)] == [1]


def test_the_same_request_is_the_same_answer_and_other_content_is_refused(manned):
    ticket = over(manned)
    first = manned.do(rate, ticket, 3, who="device:T1", request="rating-0001")
    before = seq(manned)
    assert manned.do(rate, ticket, 3, who="device:T1", request="rating-0001") == first
    assert seq(manned) == before
    with pytest.raises(RequestReused):
        manned.do(rate, ticket, 1, "wait", who="device:T1", request="rating-0001")


@pytest.mark.parametrize("said", [(0,), (4,), (-1,), (1,), (1, ""), (1, "no-such"), (3, "wait"), (2, "other")])
def test_an_answer_that_is_none_is_refused(manned, said):
    ticket = over(manned)
    with pytest.raises(Invalid):
        manned.do(rate, ticket, *said)
    assert kept(manned) == []


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_of_the_list_is_one(manned, reason):
    manned.do(rate, over(manned), 1, reason)
    assert kept(manned)[0][4] == reason


def test_a_tablet_speaks_only_for_its_own_counter(manned):
    ticket = over(manned, 2)
    with pytest.raises(Invalid):
        manned.do(rate, ticket, 3, counter=1)
    with pytest.raises(Invalid):
        manned.do(rating.skip_rating, ticket, counter=1)
    manned.do(rate, ticket, 3, counter=2)


def test_an_answer_survives_that_the_clerk_takes_the_end_back_and_ends_again(manned):
    ticket = over(manned)
    manned.do(rate, ticket, 3)
    manned.do(undoing.undo, 1, "cb01", who="cb01")
    with pytest.raises(VisitNotOver):
        manned.do(rate, ticket, 1, "wait")
    manned.do(calling.finish, 1, "cb01", who="cb01")
    with pytest.raises(AlreadyRated):
        manned.do(rate, ticket, 1, "wait")
    assert [row[3] for row in kept(manned)] == [3]


def test_an_answer_takes_no_undo_from_the_clerk(manned):
    """If it did, the button that is gone would tell the clerk that somebody has answered."""
    ticket = over(manned)
    manned.do(rate, ticket, 1, "manner")
    assert manned.do(undoing.undo, 1, "cb01", who="cb01").ticket == ticket


def test_whoever_skips_may_still_answer_by_phone_and_leaves_no_event(manned):
    ticket, before = over(manned), seq(manned)
    manned.do(rating.skip_rating, ticket, counter=1)
    manned.do(rating.skip_rating, ticket)
    assert seq(manned) == before
    manned.do(rate, ticket, 2)
    assert len(kept(manned)) == 1


def test_skips_of_former_days_are_forgotten(manned):
    manned.do(rating.skip_rating, over(manned))
    manned.clock.forward(days=1)
    manned.do(shifts.open_shift, 1, "cb01")
    today = over(manned)
    manned.do(rating.skip_rating, today)
    assert manned.db.execute("SELECT ticket FROM rating_skips").fetchall() == [(today,)]

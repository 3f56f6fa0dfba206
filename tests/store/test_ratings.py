"""What managers may see of the answers: no single one, no difference of two looks, no counter of today."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.satisfaction import ASKED_FOR, THANKED_FOR
from operations import calling, opening, rating, shifts, ticketing, undoing
from store import ratings
from store.ratings import FEWEST, Satisfaction
from tests.support.halls import new_hall

QUEUE, OTHER = "ho-tich", "chung-thuc"
COUNTER_OF = {QUEUE: 1, OTHER: 3}
TICK = timedelta(milliseconds=1)


@pytest.fixture
def manned(hall):
    return man(hall)


def man(hall):
    for counter in (1, 3):
        hall.do(shifts.open_shift, counter, f"cb0{counter}", who=f"cb0{counter}")
    return hall


def over(hall, queue: str = QUEUE) -> int:
    counter = COUNTER_OF[queue]
    hall.do(ticketing.take_ticket, queue)
    hall.do(calling.call_next, counter, f"cb0{counter}", who=f"cb0{counter}")
    return hall.do(calling.finish, counter, f"cb0{counter}", who=f"cb0{counter}").id


def say(hall, *scores: int, queue: str = QUEUE) -> None:
    for score in scores:
        hall.clock.forward(seconds=30)
        hall.do(rating.rate_visit, over(hall, queue), score, "wait" if score == 1 else "")


def today(hall) -> int:
    return hall.one("SELECT max(id) FROM days")


def of_queues(hall) -> dict:
    return ratings.of_queues(hall.db, today(hall))


def check_few_are_not_shown(hall) -> None:
    """Nothing of a queue before its fifth answer."""
    for n in range(1, FEWEST):
        say(hall, 3 if n % 2 else 1)
        assert of_queues(hall) == {}, f"{n} answers are shown"
    say(hall, 2)
    assert of_queues(hall) == {QUEUE: Satisfaction(5, 3)}


def check_no_difference_shows_one(hall) -> None:
    """Whoever looks after every answer sees the sum stand still or grow by five."""
    seen = [0]
    for n in range(12):
        say(hall, 1 + n % 3)
        shown = ratings.together(of_queues(hall).values())
        seen.append(shown.answers if shown else 0)
    assert {later - earlier for earlier, later in pairwise(seen)} == {0, FEWEST}


def check_no_counter_today(hall) -> None:
    """What was said at a counter is shown from the next day on."""
    say(hall, 3, 3, 2, 1, 2)
    said = today(hall)
    assert ratings.of_counters(hall.db, said) == {}
    hall.clock.forward(hours=20)
    hall.do(_open)
    assert today(hall) == said + 1
    assert ratings.of_counters(hall.db, said) == {1: Satisfaction(5, 4)}


def _open(tx) -> int:
    return opening.ensure_day(tx).id


def test_fewer_than_five_answers_are_not_shown(manned):
    check_few_are_not_shown(manned)


def test_no_two_looks_differ_by_one_answer(manned):
    check_no_difference_shows_one(manned)


def test_a_counter_is_not_shown_on_the_same_day(manned):
    check_no_counter_today(manned)


@pytest.mark.planted
def test_a_rule_that_shows_single_answers_is_found(manned, monkeypatch):
    monkeypatch.setattr(ratings, "FEWEST", 1)
    with pytest.raises(AssertionError, match="1 answers are shown"):
        check_few_are_not_shown(manned)
    with pytest.raises(AssertionError):
        check_no_difference_shows_one(man(new_hall()))


@pytest.mark.planted
def test_a_rule_that_shows_todays_counters_is_found(manned, monkeypatch):
    everything = "SELECT counter, score FROM ratings WHERE day = ?"
    monkeypatch.setattr(ratings, "of_counters", lambda db, day: ratings._sums(db.execute(everything, (day,))))
    with pytest.raises(AssertionError):
        check_no_counter_today(manned)


def test_a_day_begun_anew_on_the_same_date_does_not_open_the_counters(manned):
    say(manned, 3, 3, 3, 3, 3)
    manned.db.execute("INSERT INTO days SELECT id + 1, label, opened_at + 1 FROM days ORDER BY id DESC LIMIT 1")
    assert ratings.of_counters(manned.db, today(manned) - 1) == {}


def test_a_former_day_shows_no_counter_with_few_answers(manned):
    say(manned, 3, 3, 3, 3)
    manned.clock.forward(days=1)
    manned.do(_open)
    assert ratings.of_counters(manned.db, today(manned) - 1) == {}


def test_the_whole_house_adds_up_what_is_shown_apart_and_nothing_else(manned):
    say(manned, 3, 3, 3, 3, 3, 1)
    say(manned, 1, 1, queue=OTHER)
    assert ratings.together(of_queues(manned).values()) == Satisfaction(5, 5)
    assert ratings.together([]) is None


@pytest.mark.parametrize(("satisfied", "percent"), [(0, 0), (199, 99), (200, 100), (1, 0), (100, 50)])
def test_a_share_is_rounded_so_that_a_hundred_means_all(satisfied, percent):
    assert Satisfaction(200, satisfied).percent == percent


@settings(max_examples=25, deadline=None, database=None)
@given(st.lists(st.tuples(st.sampled_from([QUEUE, OTHER]), st.integers(1, 3)), max_size=14))
def test_a_sum_is_of_the_first_whole_fives(said):
    hall = man(new_hall())
    for queue, score in said:
        say(hall, score, queue=queue)
    if not said:
        return
    expected = {}
    for queue in (QUEUE, OTHER):
        scores = [score for q, score in said if q == queue]
        whole = scores[: len(scores) // FEWEST * FEWEST]
        if whole:
            expected[queue] = Satisfaction(len(whole), sum(score >= 2 for score in whole))
    assert of_queues(hall) == expected


# Whom the tablet asks


def asked(hall) -> int | None:
    found = ratings.to_ask(hall.db, 1, hall.clock())
    return found.id if found else None


def test_the_tablet_asks_when_a_visit_ends_and_for_a_minute(manned):
    assert asked(manned) is None
    ticket = over(manned)
    assert asked(manned) == ticket
    manned.clock.forward(seconds=(ASKED_FOR - TICK).total_seconds())
    assert asked(manned) == ticket
    manned.clock.forward(milliseconds=1)
    assert asked(manned) is None


def test_it_asks_though_the_next_has_been_called_but_not_once_that_visit_has_begun(manned):
    manned.do(ticketing.take_ticket, QUEUE)
    manned.do(ticketing.take_ticket, QUEUE)
    first = manned.do(calling.call_next, 1, "cb01", who="cb01").ticket.id
    manned.do(calling.call_next, 1, "cb01", who="cb01")
    assert asked(manned) == first
    manned.do(calling.start, 1, "cb01", who="cb01")
    assert asked(manned) is None


def test_it_asks_nobody_whose_end_was_taken_back(manned):
    over(manned)
    manned.do(undoing.undo, 1, "cb01", who="cb01")
    assert asked(manned) is None


def test_it_does_not_ask_twice_nor_after_a_skip(manned):
    manned.do(rating.rate_visit, over(manned), 3)
    assert asked(manned) is None
    manned.do(rating.skip_rating, over(manned))
    assert asked(manned) is None


def test_it_asks_nobody_of_another_counter(manned):
    over(manned, OTHER)
    assert asked(manned) is None


def test_it_thanks_for_five_seconds(manned):
    ticket = over(manned)
    manned.do(rating.rate_visit, ticket, 3)
    assert ratings.just_rated(manned.db, 1, manned.clock()).id == ticket
    assert ratings.just_rated(manned.db, 3, manned.clock()) is None
    manned.clock.forward(seconds=THANKED_FOR.total_seconds())
    assert ratings.just_rated(manned.db, 1, manned.clock()) is None

"""What managers may see of the answers: whole fives and nothing between them, and no counter of today."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.satisfaction import ASKED_FOR, THANKED_FOR
from operations import calling, opening, rating, shifts, ticketing, undoing
from store import ratings
from store.ratings import FEWEST, Five, Satisfaction
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


def over(hall, queue: str = QUEUE, counter: int = 0) -> int:
    counter = counter or COUNTER_OF[queue]
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
    assert ratings.fives_of(hall.db, [said]) == []
    hall.clock.forward(hours=20)
    hall.do(_open)
    assert today(hall) == said + 1
    assert ratings.fives_of(hall.db, [said, today(hall)]) == [Five(said, QUEUE, 1, 8, 5, 4, ("wait",))]


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
    monkeypatch.setattr(ratings, "past_days", lambda db, days: list(days))
    with pytest.raises(AssertionError):
        check_no_counter_today(manned)


def test_a_day_begun_anew_on_the_same_date_does_not_open_the_counters(manned):
    say(manned, 3, 3, 3, 3, 3)
    manned.db.execute("INSERT INTO days SELECT id + 1, label, opened_at + 1 FROM days ORDER BY id DESC LIMIT 1")
    assert ratings.fives_of(manned.db, [today(manned) - 1]) == []


def test_a_former_day_shows_no_counter_with_few_answers(manned):
    say(manned, 3, 3, 3, 3)
    manned.clock.forward(days=1)
    manned.do(_open)
    assert ratings.fives_of(manned.db, [today(manned) - 1]) == []
    assert ratings.of_queues(manned.db, today(manned) - 1) == {}


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


# No look tells fewer than five answers apart


Visits = list[tuple[str, int]]


def visits_of(seed: int, number: int = 26) -> Visits:
    """Visits to two queues at the three counters that share them."""
    chance = Random(seed)
    return [(chance.choice((QUEUE, OTHER)), chance.choice((1, 2, 3))) for _ in range(number)]


def every_look(visits: Visits, frowning: int) -> dict[tuple, int]:
    """Every figure that anybody could read, after each answer and on the next day; all smile but this one."""
    hall, seen = new_hall(), {}
    for counter in (1, 2, 3):
        hall.do(shifts.open_shift, counter, f"cb0{counter}", who=f"cb0{counter}")
    for turn, (queue, counter) in enumerate(visits):
        hall.clock.forward(minutes=7)
        score, reason = (1, "manner") if turn == frowning else (3, "")
        hall.do(rating.rate_visit, over(hall, queue, counter), score, reason)
        seen |= {(turn, *place): sums.satisfied for place, sums in _looked(hall).items()}
    hall.clock.forward(hours=20)
    hall.do(_open)
    seen |= {("past", *place): sums.satisfied for place, sums in _looked(hall, 1).items()}
    for number, five in enumerate(ratings.fives_of(hall.db, [1])):
        seen[number, "five"] = five.satisfied
        seen[number, "reasons"] = len(five.reasons)
    return seen


def _looked(hall, back: int = 0) -> dict[tuple, Satisfaction]:
    return {(queue,): sums for queue, sums in ratings.of_queues(hall.db, today(hall) - back).items()}


def check_no_look_tells_fewer_than_five_apart(visits: Visits) -> None:
    """Whoever sees every figure at every moment sees an answer in none of them, or five in exactly the same."""
    calm = every_look(visits, -1)
    alike: dict[frozenset, list[int]] = defaultdict(list)
    for turn in range(len(visits)):
        looked = every_look(visits, turn)
        alike[frozenset(place for place in calm if calm[place] != looked[place])].append(turn)
    assert len(alike) > 1, "nothing is ever shown"
    told = {len(turns) for places, turns in alike.items() if places}
    assert told == {FEWEST}, f"answers told apart in groups of {sorted(told)}"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_look_tells_fewer_than_five_answers_apart(seed):
    check_no_look_tells_fewer_than_five_apart(visits_of(seed))


def _cut_by_queue(answers):
    """The fives of a queue whatever the counter: with those of the counters they single out answers."""
    begun = defaultdict(list)
    for answer in answers:
        begun[answer.queue].append(answer)
        if len(begun[answer.queue]) == FEWEST:
            yield begun.pop(answer.queue)


@pytest.mark.planted
def test_two_ways_of_cutting_that_cross_are_found(monkeypatch):
    monkeypatch.setattr(ratings, "_cut_today", _cut_by_queue)
    with pytest.raises(AssertionError, match="told apart"):
        check_no_look_tells_fewer_than_five_apart(visits_of(1))


def check_no_five_of_a_counter_shows_today(visits: Visits) -> None:
    """A sum of a queue with several counters never grows by one counter's answers alone."""
    hall, before = new_hall(), {}
    for counter in (1, 2, 3):
        hall.do(shifts.open_shift, counter, f"cb0{counter}", who=f"cb0{counter}")
    heard, shown = defaultdict(Counter), defaultdict(int)
    for queue, counter in visits:
        hall.clock.forward(minutes=7)
        hall.do(rating.rate_visit, over(hall, queue, counter), 3)
        heard[queue][counter] += 1
        after = ratings.of_queues(hall.db, today(hall))
        grown = after[queue].answers - shown[queue] if queue in after else 0
        shown[queue] += grown
        assert not grown or len(heard[queue]) == 1 or grown >= 2 * FEWEST, f"{queue} grew by one counter's five"
        before = after
    assert before, "nothing is ever shown"


def test_todays_sum_never_grows_by_one_counters_five(manned):
    check_no_five_of_a_counter_shows_today(visits_of(4, 50))


@pytest.mark.planted
def test_a_five_of_one_counter_shown_at_once_is_found(monkeypatch):
    monkeypatch.setattr(ratings, "_cut_today", ratings._cut)
    with pytest.raises(AssertionError, match="one counter's five"):
        check_no_five_of_a_counter_shows_today(visits_of(4, 50))


def test_the_order_of_giving_is_the_journals_though_the_clock_went_back(manned):
    say(manned, 3, 3, 3)
    manned.clock.forward(minutes=-20)
    say(manned, 1, 1, 1)
    assert of_queues(manned) == {QUEUE: Satisfaction(5, 3)}


def test_a_five_stands_in_the_hour_of_its_middle_answer(manned):
    manned.clock.at("08:58")
    for forward in (0, 0, 3, 0, 60):
        manned.clock.forward(minutes=forward)
        say(manned, 3)
    said = today(manned)
    manned.clock.forward(hours=20)
    manned.do(_open)
    assert [five.hour for five in ratings.fives_of(manned.db, [said])] == [9]


# What was written


def write(hall, *words: str, queue: str = QUEUE) -> None:
    for word in words:
        hall.clock.forward(seconds=30)
        hall.do(rating.rate_visit, over(hall, queue), 1, "other", word.encode())


def read(hall, back: int = 1) -> dict:
    return ratings.words_of(hall.db, [today(hall) - back])


def tomorrow(hall):
    hall.clock.forward(hours=20)
    hall.do(_open)
    return hall


def test_words_are_read_on_another_day_and_from_five_on(manned):
    write(manned, "a", "b", "c", "d", "e")
    write(manned, "một", "hai", "ba", "bốn", queue=OTHER)
    say(manned, 3, queue=OTHER)
    assert read(manned, 0) == {}
    assert read(tomorrow(manned)) == {(1, QUEUE): [b"a", b"b", b"c", b"d", b"e"]}


def test_words_with_an_answer_that_is_in_no_five_stay_unread(manned):
    """Their number beside the sums would say of the last few answers that they were frowns."""
    write(manned, "a", "b", "c", "d", "e", "f")
    assert read(tomorrow(manned)) == {(1, QUEUE): [b"a", b"b", b"c", b"d", b"e"]}


def test_each_reading_is_noted_without_the_words(manned):
    write(manned, "một", "hai", "ba", "bốn", "năm")
    tomorrow(manned)
    for _ in range(2):
        assert manned.do(rating.read_words, 1, QUEUE, who="ql02").number == 5
    noted = manned.db.execute("SELECT who, payload FROM journal WHERE kind = 'WordsRead'").fetchall()
    assert [(who, bytes(said)) for who, said in noted] == [("ql02", b'{"business_day":1,"queue":"ho-tich"}')] * 2


@pytest.mark.parametrize(("day", "queue"), [(1, OTHER), (2, QUEUE), (9, QUEUE), (1, "khong-co")])
def test_where_nothing_may_be_read_nothing_is_noted(manned, day, queue):
    write(manned, "một", "hai", "ba", "bốn", "năm")
    tomorrow(manned)
    with pytest.raises(rating.NothingToRead):
        manned.do(rating.read_words, day, queue)
    assert manned.one("SELECT count(*) FROM journal WHERE kind = 'WordsRead'") == 0


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

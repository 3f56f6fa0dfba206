from hypothesis import given
from hypothesis import strategies as st

from domain.routing import Head, choose, served_queues
from tests.support.halls import demo_centre

heads = st.lists(
    st.builds(Head, st.integers(1, 50), st.sampled_from("ABC"), st.integers(0, 5)),
    max_size=8,
    unique_by=lambda h: h.ticket,
)


def test_nobody_waits():
    assert choose([]) is None


def test_the_earliest_due_moment_wins_and_the_issue_breaks_ties():
    assert choose([Head(7, "A", 100), Head(9, "B", 99), Head(8, "C", 101)]).ticket == 9
    assert choose([Head(9, "A", 100), Head(7, "B", 100), Head(8, "C", 100)]).ticket == 7


@given(heads, st.randoms(use_true_random=False))
def test_the_choice_does_not_depend_on_the_order_of_asking(found, random):
    shuffled = list(found)
    random.shuffle(shuffled)
    assert choose(found) == choose(shuffled)


@given(heads)
def test_nobody_is_due_before_the_one_chosen(found):
    chosen = choose(found)
    assert (chosen is None) == (not found)
    assert all((chosen.key, chosen.ticket) <= (head.key, head.ticket) for head in found)


def test_primary_queues_come_first():
    counter = next(c for c in demo_centre().counters if c.number == 9)
    assert served_queues(counter) == ("kinh-doanh", "dat-dai", "xay-dung")

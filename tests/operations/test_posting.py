"""Notices on the walls: who posts what for how long, and what is refused."""

from datetime import timedelta

import pytest

from domain.centre_rules import Text
from domain.errors import Invalid, NotFound
from operations import posting
from operations.posting import WallFull
from store import bulletins

WORDS = Text("Nghỉ chiều nay", "Closed this afternoon", "")


def posted(hall, name="tang-1"):
    return [one.text.vi for one in bulletins.of_hall(hall.db, name, hall.clock())]


def test_a_notice_is_posted_and_taken_down(hall):
    number = hall.do(posting.post_bulletin, "tang-1", WORDS, None, None)
    assert posted(hall) == [WORDS.vi]
    assert posted(hall, "tang-2") == []
    hall.do(posting.take_down, "tang-2", number)
    assert posted(hall) == [WORDS.vi], "another hall's page takes nothing down here"
    for _ in range(2):
        hall.do(posting.take_down, "tang-1", number)
    assert posted(hall) == []


def test_a_notice_ends_by_itself(hall):
    hall.do(posting.post_bulletin, "tang-1", WORDS, None, hall.clock() + timedelta(minutes=5))
    hall.clock.forward(minutes=5)
    assert posted(hall) == []


@pytest.mark.parametrize(
    ("text", "starts", "ends"),
    [
        (Text("", "x", "x"), None, None),
        (Text("x" * 141, "", ""), None, None),
        (Text("a\nb", "", ""), None, None),
        (WORDS, None, timedelta(minutes=-1)),
        (WORDS, timedelta(hours=2), timedelta(hours=1)),
        (WORDS, timedelta(days=400), None),
        (WORDS, None, timedelta(days=400)),
    ],
)
def test_what_nobody_could_read_is_refused(hall, text, starts, ends):
    span = [hall.clock() + one if one else None for one in (starts, ends)]
    with pytest.raises(Invalid):
        hall.do(posting.post_bulletin, "tang-1", text, *span)
    assert posted(hall) == []


def test_an_unknown_hall_and_the_thirteenth_are_refused(hall):
    with pytest.raises(NotFound):
        hall.do(posting.post_bulletin, "tang-9", WORDS, None, None)
    for _ in range(posting.MOST):
        hall.do(posting.post_bulletin, "tang-1", WORDS, None, None)
    with pytest.raises(WallFull):
        hall.do(posting.post_bulletin, "tang-1", WORDS, None, None)

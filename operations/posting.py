"""Texts on the walls of a hall, by those who lead: posted for a while, taken down."""

from datetime import datetime, timedelta

from domain.centre_rules import Text
from domain.errors import Invalid, NotFound, Refused, msgid
from domain.hall_events import BulletinPosted, BulletinTakenDown
from domain.tickets import milliseconds
from store import bulletins
from store.writer import Tx

LONGEST = 140  # characters: two lines on a wall
MOST = 12
LONGEST_AHEAD = timedelta(days=366)


class WallFull(Refused):
    """Nobody would read so many."""

    text = msgid("Sảnh này đã có %(most)s thông báo. Gỡ bớt trước khi thêm.")


def post_bulletin(tx: Tx, hall: str, text: Text, starts: datetime | None, ends: datetime | None) -> int:
    """Post a text on all walls of a hall, at once or from a moment on; gives its number.

    Raises NotFound, Invalid, WallFull.
    """
    if hall not in {one.id for one in tx.centre.halls}:
        raise NotFound(what=hall[:40])
    for words in (text.vi, text.en, text.fr):
        if len(words) > LONGEST or (words and not words.isprintable()):
            raise Invalid(what="text")
    begins = starts or tx.now
    _check_span(tx.now, begins, ends, is_worded=bool(text.vi))
    if len(bulletins.of_hall(tx.db, hall, tx.now)) >= MOST:
        raise WallFull(most=MOST)
    until = milliseconds(ends) if ends else None
    return tx.record(BulletinPosted(hall, text.vi, text.en, text.fr, milliseconds(begins), until)).seq


def _check_span(now: datetime, begins: datetime, ends: datetime | None, *, is_worded: bool) -> None:
    if not is_worded:
        raise Invalid(what="vi")
    if begins > now + LONGEST_AHEAD:
        raise Invalid(what="starts")
    if ends is not None and not max(now, begins) < ends <= begins + LONGEST_AHEAD:
        raise Invalid(what="ends")


def take_down(tx: Tx, hall: str, bulletin: int) -> None:
    """Take a text down from the walls of its hall; one that hangs there no more stays so."""
    if any(one.id == bulletin for one in bulletins.of_hall(tx.db, hall, tx.now)):
        tx.record(BulletinTakenDown(bulletin))

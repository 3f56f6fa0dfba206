"""What is said of a wait: one source for kiosks, walls, phones and programs, from the last board of estimates."""

from dataclasses import dataclass

from domain.centres import Queue
from domain.errors import msgid
from domain.tickets import Ticket
from domain.waiting.advice import closed_counters
from domain.waiting.boards import Cause, Outlook, Rise
from domain.waiting.estimates import Method, Silence
from domain.waiting.ranges import Wait
from domain.waiting.wording import said
from web import wording
from web.house import House
from web.languages import translator

NO_COUNTER = msgid("chưa có quầy phục vụ")
RESTING = msgid("quầy đang tạm nghỉ")
CLOSING = msgid("có thể không kịp trước giờ đóng cửa")
AFTER_OPENING = msgid("sau khi quầy mở lúc %(time)s")
SLOW = msgid("Chậm hơn thường lệ")
RISES = {
    Cause.PAUSED: msgid("Quầy %(counter)s tạm dừng"),
    Cause.CLOSED: msgid("Quầy %(counter)s đã đóng"),
    Cause.SLOW: SLOW,
    Cause.PEOPLE: msgid("Có thêm người đến"),
    Cause.LONGER: msgid("Các lượt trước lâu hơn dự tính"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A wait in words; `wait` None where no minutes are said. `note`: why it has risen, or that today is slow.

    `has_risen`: the note is the reason of a rise. `is_told`: that no minutes are said has a reason of use.
    """

    words: str
    wait: Wait | None = None
    note: str = ""
    is_told: bool = False
    has_risen: bool = False

    @property
    def says_something(self) -> bool:
        """Whether the words are worth a line: minutes, or why there are none."""
        return self.is_known or self.is_told

    @property
    def is_known(self) -> bool:
        """Whether minutes are said."""
        return self.wait is not None


def of_queue(house: House, queue: str, language: str, credit: int | None = None) -> Told:
    """What somebody is told who would take a number of this queue now."""
    waits, lines = house.store.waits, house.hub.board().lines
    more = waits.more_than(queue, lines[queue].waiting) if queue in lines else 0
    return _told(house, queue, waits.newcomer(queue, credit, house.now()), more, language)


def of_ticket(house: House, ticket: Ticket, language: str) -> Told:
    """What the owner of a waiting ticket is told; for a few seconds after it was given, what its slip promises."""
    found = house.store.waits.ticket(ticket.id, house.now())
    if found is not None and found.estimate.queue == ticket.queue:
        return _told(house, ticket.queue, found, 0, language)
    is_new = house.store.waits.is_fresh(house.now()) and ticket.id > house.store.waits.seq
    wait = ticket.promised if is_new else None
    return Told(said(wait, translator(language)), wait)


def promised(house: House, ticket: Ticket, language: str) -> Told:
    """What the slip of this ticket says; where it promises nothing, why the queue has no range."""
    if ticket.promised is not None:
        return Told(said(ticket.promised, translator(language)), ticket.promised)
    nothing_said = Told(said(None, translator(language)))
    if house.store.waits.newcomer(ticket.queue, None, house.now()) is None:
        return nothing_said  # without reading the hall: it would be read anew for every number given
    now = of_queue(house, ticket.queue, language)
    return nothing_said if now.is_known else now


def is_slow(house: House) -> bool:
    """Whether today goes slower than usual, as far as is known now."""
    return house.store.waits.is_slow and house.store.waits.is_fresh(house.now())


def has_counter(house: House, queue: str) -> bool:
    """Whether a counter with a clerk serves this queue now, at rest or not."""
    return any(place.shift and queue in place.skills.all for place in house.hub.board().places.values())


def is_resting(house: House, queue: str) -> bool:
    """Whether every counter with a clerk that serves this queue rests."""
    manned = [one for one in house.hub.board().places.values() if one.shift and queue in one.skills.all]
    return bool(manned) and all(one.pause for one in manned)


def chance(house: House, queue: Queue) -> float | None:
    """The chance that somebody who comes now is called before closing; None where it is not asked."""
    found = house.store.waits.newcomer(queue.id, None, house.now())
    return found.chance if found else None


def is_first_days(house: House, queue: str) -> bool:
    """Whether the estimate is that of a centre's first days: said to those who lead only (waiting.md 6)."""
    found = house.store.waits.newcomer(queue, None, house.now())
    return found is not None and found.estimate.method is Method.FIRST_DAYS


def could_open(house: House, queue: str) -> bool:
    """Whether a counter without a clerk could serve this queue."""
    snapshot = house.store.waits.snapshot
    return snapshot is not None and bool(closed_counters(snapshot, queue))


def _told(house: House, queue: str, found: Outlook | None, more: int, language: str) -> Told:
    translate = translator(language)
    if found is None:
        return Told(said(None, translate))
    estimate, is_served = found.estimate, has_counter(house, queue)
    if estimate.opens_at is not None and not is_served:
        return Told(translate(AFTER_OPENING) % {"time": wording.clock(estimate.opens_at)}, is_told=True)
    if not is_served:
        return Told(translate(NO_COUNTER), is_told=True)
    if estimate.silence is Silence.NO_COUNTER and is_resting(house, queue):
        return Told(translate(RESTING), is_told=True)
    if estimate.silence is Silence.CLOSING:
        return Told(translate(CLOSING), is_told=True)
    wait = found.wait(more)
    note = _note(house, found.rise, language) if wait else ""
    return Told(said(wait, translate), wait, note, has_risen=bool(note) and found.rise is not None)


def _note(house: House, rise: Rise | None, language: str) -> str:
    if rise is None:
        return translator(language)(SLOW) if is_slow(house) else ""
    return translator(language)(RISES[rise.cause]) % {"counter": rise.counter}

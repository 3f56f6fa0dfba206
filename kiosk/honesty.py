"""What is said before a number is taken: people ahead, a range of minutes, and what to do where none is given."""

from dataclasses import dataclass

from starlette.requests import Request

from domain.admission import Admission
from domain.centres import Queue
from domain.days import is_over, local
from kiosk.asking import device_of
from kiosk.memory import memory_of
from operations.admitting import admission, refusal
from store import days
from store.boards import Board
from web import failures, waits, wording
from web.house import House, house_of
from web.languages import translator
from web.waits import Told


@dataclass(frozen=True, slots=True)
class Instead:
    """What somebody can do who gets no number now; empty where there is no such way."""

    opens: str = ""
    booking: str = ""
    online: str = ""

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.opens or self.booking or self.online)


@dataclass(frozen=True, slots=True)
class Before:
    """One queue, told before the ticket: how many wait, how long, why it gives no number if it gives none."""

    ahead: int
    told: Told
    stopped: str
    closed: str
    instead: Instead

    @property
    def wait(self) -> str:
        """How long, in words."""
        return self.told.words

    @property
    def gives(self) -> bool:
        """Whether a number can be had now."""
        return not (self.stopped or self.closed)


def before(request: Request, queue: Queue) -> Before:
    """What is true of this queue now."""
    house, language = house_of(request), request.state.language
    board = house.hub.board()
    ahead = board.lines[queue.id].waiting
    stopped = stop_words(house, board, queue.id, language)
    found = admission_of(request, queue)
    centre, now = house.store.centre(), house.now()
    closed = "" if found.ok else failures.sentence(refusal(found, centre, queue, now), language)
    told = waits.of_queue(house, queue.id, language, _credit(request))
    return Before(
        ahead, told, stopped, closed,
        _instead(house, queue, found) if closed or stopped else Instead(),
    )  # fmt: skip


def admission_of(request: Request, queue: Queue) -> Admission:
    """Whether this queue gives whoever stands here a number now."""
    house = house_of(request)
    centre, day, now = house.store.centre(), house.store.read(days.newest), house.now()
    waits_now, credit = house.store.waits, _credit(request)
    today = day.id if day and not is_over(day, now) else 0  # the next number opens a new one
    return house.store.read(admission, centre, queue, now, today, waits_now, credit)


def stop_words(house: House, board: Board, queue: str, language: str) -> str:
    """Why this queue takes nobody new, and until when; empty when it does."""
    return wording.stop(board.stop_of(queue, house.now()), translator(language))


def follow_base(house: House) -> str:
    """Where phones follow a ticket: the setting, else the centre's own; empty for nowhere."""
    return house.follow_url or house.store.centre().follow_url


def beside_follow(house: House, page: str) -> str:
    """Where phones find another page of ours, beside the place where they follow a ticket; empty for nowhere."""
    base = follow_base(house).rstrip("/")
    return f"{base.rpartition('/')[0]}/{page}" if base.endswith("/follow") else ""


def _instead(house: House, queue: Queue, found: Admission) -> Instead:
    opens = f"{local(found.opens_at):%H:%M %d/%m}" if found.opens_at else ""
    booking = beside_follow(house, "booking") if queue.booking is not None else ""
    return Instead(opens, booking, house.store.centre().online_url)


def _credit(request: Request) -> int | None:
    """The minutes of the class that is chosen at this kiosk, by its own word; None for ordinary people."""
    declared = memory_of(request).declarations.of(device_of(request).id)
    classes = house_of(request).store.centre().classes
    return next((one.credit_minutes for one in classes if declared and one.id == declared.priority), None)

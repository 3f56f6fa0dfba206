"""Pre-printed emergency numbers, entered when the system is back: who came and who was served, when and where."""

import re
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import views
from domain.days import local
from domain.errors import Invalid, msgid
from domain.roles import LEADING_ROLES, open_to
from operations.ticketing import PaperNumber, enter_paper_numbers
from web import forms
from web.house import act_of, house_of
from web.languages import translator
from web.pages import page, text_of
from web.scope import check_counter_now, own_scope

MOST_LINES, LONGEST = 500, 20_000
LEADERS = tuple(sorted(LEADING_ROLES))
# '12 08:15', or '12 08:15 3 08:40 08:55': number, arrival, and if served the counter, called, ended.
LINE = re.compile(r"[A-Z]?\s*(\d{1,4})\s+(\d{1,2}:\d\d)(?:\s+(\d{1,3})\s+(\d{1,2}:\d\d)\s+(\d{1,2}:\d\d))?")
ENTERED = msgid("Đã nhập %(count)s số.")


class LineUnreadable(Invalid):
    text = msgid("Dòng %(line)s chưa đúng: ghi số, giờ đến, và nếu đã phục vụ thì quầy, giờ gọi, giờ xong.")


@open_to(*LEADERS)
async def show_paper_numbers(request: Request) -> Response:
    """The form."""
    return page(request, "admin/paper_numbers.html", **_context(request, ""))


@open_to(*LEADERS, body_limit=65_536)
async def enter(request: Request) -> Response:
    """All of them or none."""
    house, form = house_of(request), await forms.read_form(request)
    queue, text = forms.text(form, "queue", 40), str(form.get("lines", ""))
    own_scope(request).check_queue(queue)
    numbers = read_lines(text, house.now())
    for counter in {number.counter for number in numbers if number.counter is not None}:
        check_counter_now(request, counter)
    count = await house.store.write(act_of(request, form), enter_paper_numbers, queue, numbers)
    said = translator(request.state.language)(ENTERED) % {"count": count}
    return page(request, "admin/paper_numbers.html", **_context(request, said))


def read_lines(text: str, now: datetime) -> list[PaperNumber]:
    """The numbers that a person typed, one a line, with times of today. Raises LineUnreadable, Invalid."""
    if len(text) > LONGEST:
        raise Invalid(what="lines")
    found = [_number(line, at, now) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not 1 <= len(found) <= MOST_LINES:
        raise Invalid(what="lines")
    return found


def _number(line: str, at: int, now: datetime) -> PaperNumber:
    parts = LINE.fullmatch(line.strip().upper())
    if parts is None:
        raise LineUnreadable(line=at)
    n, came, counter, called, ended = parts.groups()
    try:
        times = [_today(clock, now) if clock else None for clock in (came, called, ended)]
    except ValueError:
        raise LineUnreadable(line=at) from None
    arrival = times[0]
    if arrival is None:
        raise LineUnreadable(line=at)
    return PaperNumber(int(n), arrival, int(counter) if counter else None, times[1], times[2])


def _today(clock: str, now: datetime) -> datetime:
    hour, minute = clock.split(":")
    return local(now).replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)


def _context(request: Request, said: str) -> dict[str, object]:
    centre, scope = house_of(request).store.centre(), own_scope(request)
    own = [queue for queue in centre.queues if scope.has_queue(queue.id)]
    queues = [(queue.id, queue.prefix, text_of(queue.title, request.state.language)) for queue in own]
    return {**views.frame(request), "queues": queues, "entered": said}


ROUTES: list[BaseRoute] = [
    Route("/admin/paper-numbers", show_paper_numbers),
    Route("/admin/paper-numbers", enter, methods=["POST"]),
]

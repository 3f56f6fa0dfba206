"""What people wrote of their visits, for managers: by day and queue, in random order, never with whom or when."""

import secrets
from contextlib import suppress
from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import views
from admin.report_names import By, Names
from admin.report_spans import Span, SpanWrong, newest_days, wanted_span
from domain.centres import Queue
from domain.days import local
from domain.errors import Refused, UnknownQueue
from domain.roles import Role, open_to
from operations import rating
from store import centres, ratings
from store import reports as rows
from store.vault import Unreadable
from store.writer import Act
from web import failures, forms
from web.house import House, house_of, visitor_of
from web.pages import page
from web.scope import Scope, scope_of

WORDS = "/admin/reports/words"
Written = list[tuple[int, date, str, int]]


@open_to(Role.MANAGER)
async def show_days(request: Request) -> Response:
    """Which days and queues have words to read, and how many; none of the words."""
    house, query = house_of(request), request.query_params
    default = house.store.read(newest_days, local(house.now()).date())
    wrong: Refused | None = None
    try:
        span = wanted_span(query.get("from", ""), query.get("to", ""), default)
    except SpanWrong as error:
        span, wrong = default, error
    found, gone = await views.in_thread(_written, house, span, _scope(request))
    names = Names(house.store.centre(), request.state.language, gone)
    found.sort(key=lambda row: (-row[0], names.rank(By.QUEUE, row[2])))
    context = {
        "tab": "words", "span": span,
        "rows": [(day, on, queue, names.queue(queue), number) for day, on, queue, number in found],
        "wrong": failures.sentence(wrong, request.state.language) if wrong else "",
    }  # fmt: skip
    status = failures.status_of(wrong) if wrong else 200
    return page(request, "admin/report_days.html", status, **views.frame(request), **context)


@open_to(Role.MANAGER, body_limit=1024)
async def read_words(request: Request) -> Response:
    """The words of one day and queue. Each reading is noted, so no request id makes two of them one."""
    house, form = house_of(request), await forms.read_form(request)
    day, queue = forms.number(form, "day", 1, 2**31), forms.text(form, "queue", 40)
    once = house.store.read(centres.queue_once, queue)
    if not _is_for(_scope(request), once):
        raise UnknownQueue(queue=queue)
    await house.store.write(Act(visitor_of(request).who), rating.read_words, day, queue)
    words = await views.in_thread(_opened, house, day, queue)
    secrets.SystemRandom().shuffle(words)
    label = house.store.read(rows.date_of, day)
    names = Names(house.store.centre(), request.state.language, (once,) if once else ())
    context = {"tab": "words", "words": words, "on": label, "queue": names.queue(queue)}
    return page(request, "admin/report_words.html", **views.frame(request), **context)


def _scope(request: Request) -> Scope:
    return scope_of(visitor_of(request).person, house_of(request).store.centre())


def _is_for(scope: Scope, queue: Queue | None) -> bool:
    """Whether the words about this queue are for this reader; those about one that is gone, for its last agency."""
    return scope.agency is None or (queue is not None and queue.agency == scope.agency)


def _written(house: House, span: Span, scope: Scope) -> tuple[Written, tuple[Queue, ...]]:
    """What there is to read, and of its queues those that are gone, as they were."""
    with house.store.own_reader() as db:
        labels = {day.id: day.label for day in rows.days_between(db, span.first, span.last)}
        words = ratings.words_of(db, labels)
        once = {queue: centres.queue_once(db, queue) for queue in {queue for _, queue in words}}
        known = {queue.id for queue in centres.current(db).queues}
    found = [
        (day, labels[day], queue, len(said)) for (day, queue), said in words.items() if _is_for(scope, once[queue])
    ]
    return found, tuple(queue for queue in once.values() if queue is not None and queue.id not in known)


def _opened(house: House, day: int, queue: str) -> list[str]:
    """The words in clear; what another key sealed stays out."""
    with house.store.own_reader() as db:
        sealed = ratings.words_of(db, [day]).get((day, queue), [])
    words = []
    for one in sealed:
        with suppress(Unreadable):
            words.append(house.vault.unseal(one).decode())
    return words


ROUTES: list[BaseRoute] = [
    Route(WORDS, show_days),
    Route(WORDS, read_words, methods=["POST"]),
]

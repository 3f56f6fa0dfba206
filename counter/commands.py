"""The buttons of the clerk's screen: each is one operation, answered with the counter's newest picture."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from counter import views
from domain.errors import Invalid, NotAllowed, msgid
from domain.roles import COUNTER_ROLES, Role, open_to
from domain.scans import SlipNumber, read_number
from domain.tickets import Ticket
from operations import calling, moving, printing, shifts, ticketing, undoing
from store import days, tickets
from store.people import Person
from store.tickets import UnknownTicket
from web import forms
from web.house import House, act_of, house_of, visitor_of
from web.languages import translator
from web.live import DESK_PACE
from web.pages import go, is_fragment

WORKERS = (*sorted(COUNTER_ROLES), Role.SUPERVISOR)
NOBODY_WAITS = msgid("Không có ai đang chờ quầy này.")
GIVEN = msgid("Đã thêm số %(number)s.")
REPRINTED = msgid("Đang in lại phiếu số %(number)s.")
NO_PRINTER = msgid("Khu vực này chưa có máy in phiếu.")
LARGEST_TICKET_ID = 2**53

More = Callable[[Request, FormData], Mapping[str, Any]]
Said = Callable[[Any, Callable[[str], str]], str]


def person_of(request: Request) -> Person:
    """The clerk who asks; `safety` has let in nobody else."""
    person = visitor_of(request).person
    if person is None:
        raise NotAllowed()
    return person


def topic_of(connection: Any, number: int) -> Any:
    """The live topic of one counter."""
    house = house_of(connection)
    return house.hub.topic(
        f"counter:{number}",
        lambda language: house.pages.render(
            "counter/_live.html", language, **views.picture(house, number, language)
        ),
        DESK_PACE,
    )


def answer(request: Request, number: int, said: str = "") -> Response:
    """The counter's newest picture and one sentence; without script the way back to the page."""
    if not is_fragment(request):
        return go(f"/counter/{number}")
    language = request.state.language
    line = house_of(request).pages.render("counter/_said.html", language, said=said) if said else ""
    picture = topic_of(request, number).picture(language)
    return HTMLResponse(picture + line, headers={"Cache-Control": "no-store"})


def _nothing(_: Request, __: FormData) -> Mapping[str, Any]:
    return {}


def _silence(_: Any, __: Callable[[str], str]) -> str:
    return ""


def press(operation: Callable[..., Any], more: More = _nothing, said: Said = _silence) -> Any:
    """A handler for one button of the ticket at this counter; the operation gets what its clerk saw."""

    async def perform(request: Request, form: FormData, number: int) -> str:
        seen = forms.number(form, "seen", 0, LARGEST_TICKET_ID, default=0) if "seen" in form else None
        done = await house_of(request).store.write(
            act_of(request, form), operation, number, person_of(request).id, seen=seen, **more(request, form)
        )
        return said(done, translator(request.state.language))

    return _handler(perform)


def of_counter(operation: Callable[..., Any], more: More = _nothing) -> Any:
    """A handler for one button of the counter itself."""

    async def perform(request: Request, form: FormData, number: int) -> str:
        await house_of(request).store.write(
            act_of(request, form), operation, number, person_of(request).id, **more(request, form)
        )
        return ""

    return _handler(perform)


def of_ticket(operation: Callable[..., Any], more: More) -> Any:
    """A handler for one button of a ticket that is not, or not only, at this counter."""

    async def perform(request: Request, form: FormData, number: int) -> str:
        by = {"counter": number, "person": person_of(request).id}
        await house_of(request).store.write(act_of(request, form), operation, **more(request, form), **by)
        return ""

    return _handler(perform)


def _handler(perform: Callable[[Request, FormData, int], Awaitable[str]]) -> Any:
    @open_to(*WORKERS, body_limit=2048)
    async def pressed(request: Request) -> Response:
        number = request.path_params["counter"]
        form = await forms.read_form(request)
        return answer(request, number, await perform(request, form, number))

    return pressed


def own_shift_only(request: Request, number: int) -> None:
    """Refuse whoever does not sit at this counter. Raises CounterTaken, CounterClosed, UnknownCounter."""
    person = person_of(request).id
    house_of(request).store.read(lambda db: shifts.shift_here(db, house_of(request).store.centre(), number, person))


def ticket_id(form: FormData) -> int:
    """The ticket that a button of a list names. Raises Invalid."""
    return forms.number(form, "ticket", 1, LARGEST_TICKET_ID)


def ticket_named(request: Request, form: FormData) -> int:
    """The ticket that the clerk typed, 'A12' or 'a 012', or that a button names. Raises UnknownTicket, Invalid."""
    if "ticket" in form:
        return ticket_id(form)
    named = read_number(str(form.get("number", ""))[:24])
    if named is None:
        raise Invalid(what="number")
    return of_today(house_of(request), named).id


def of_today(house: House, named: SlipNumber) -> Ticket:
    """The ticket that people mean by this number today. Raises UnknownTicket."""
    today = house.store.read(days.newest)
    found = house.store.read(tickets.by_number, today.id if today else 0, named.prefix, named.n)
    if not found:
        raise UnknownTicket()
    return found[0]


def _transfer(request: Request, form: FormData) -> Mapping[str, Any]:
    to_counter = forms.number(form, "to_counter", 0, 999, default=0)
    return {
        "queue": forms.text(form, "queue", 40, required=False),
        "to_counter": to_counter or None,
        "to_person": forms.text(form, "to_person", 40, required=False) or None,
        "note": forms.text(form, "note", 20),
    }


def _class(_: Request, form: FormData) -> Mapping[str, Any]:
    priority = forms.text(form, "priority", 40, required=False) or None
    return {"ticket": ticket_id(form), "priority": priority, "reason": forms.text(form, "reason", 20)}


def _called(done: calling.Called, translate: Callable[[str], str]) -> str:
    return "" if done.ticket else translate(NOBODY_WAITS)


@open_to(*WORKERS, body_limit=2048)
async def take_back(request: Request) -> Response:
    """Undo the act that the screen offered."""
    number, form = request.path_params["counter"], await forms.read_form(request)
    offered = forms.number(form, "act", 1, LARGEST_TICKET_ID)
    await house_of(request).store.write(act_of(request, form), undoing.undo, number, person_of(request).id, offered)
    return answer(request, number)


@open_to(*WORKERS, body_limit=2048)
async def add_walk_up(request: Request) -> Response:
    """A number for somebody who cannot use a kiosk; with a reason also where the queue is closed."""
    number, form = request.path_params["counter"], await forms.read_form(request)
    own_shift_only(request, number)
    given = await house_of(request).store.write(
        act_of(request, form),
        ticketing.add_walk_up,
        number,
        forms.text(form, "queue", 40),
        forms.text(form, "language", 2, required=False) or "vi",
        forms.text(form, "priority", 40, required=False) or None,
        views.printer_of(house_of(request), number) if form.get("print") == "1" else None,
        forms.text(form, "override", 120, required=False),
    )
    said = translator(request.state.language)(GIVEN) % {"number": given.number}
    return answer(request, number, said)


@open_to(*WORKERS, body_limit=2048)
async def reprint_slip(request: Request) -> Response:
    """A lost slip once more, marked as a copy."""
    number, form = request.path_params["counter"], await forms.read_form(request)
    own_shift_only(request, number)
    house, translate = house_of(request), translator(request.state.language)
    printer = views.printer_of(house, number)
    if printer is None:
        return answer(request, number, translate(NO_PRINTER))
    wanted = ticket_named(request, form)
    await house.store.write(act_of(request, form), printing.reprint, wanted, printer)
    shown = house.store.read(tickets.load, wanted).number
    return answer(request, number, translate(REPRINTED) % {"number": shown})


def _posts(path: str, handler: Any) -> Route:
    return Route(f"/counter/{{counter:int}}/{path}", handler, methods=["POST"])


COMMANDS: list[BaseRoute] = [
    _posts("calls", press(calling.call_next, said=_called)),
    _posts(
        "picks",
        press(
            calling.call_this,
            lambda request, form: {
                "ticket": ticket_named(request, form),
                "reason": forms.text(form, "reason", 20, required=False),
            },
        ),
    ),
    _posts("recalls", press(calling.call_again)),
    _posts("starts", press(calling.start)),
    _posts("absences", press(calling.mark_absent)),
    _posts(
        "finishes",
        press(
            calling.finish,
            lambda _, form: {"outcome": forms.text(form, "outcome", 20, required=False) or "served"},
        ),
    ),
    _posts(
        "parks",
        press(calling.set_aside, lambda _, form: {"note": forms.text(form, "note", 20, required=False) or "other"}),
    ),
    _posts("transfers", press(moving.transfer, _transfer)),
    _posts("returns", of_ticket(moving.come_back, lambda _, form: {"ticket": ticket_id(form)})),
    _posts("delays", of_ticket(moving.give_time, lambda _, form: {"ticket": ticket_id(form)})),
    _posts("departures", of_ticket(moving.leave, lambda _, form: {"ticket": ticket_id(form)})),
    _posts("classes", of_ticket(moving.set_class, _class)),
    _posts("undos", take_back),
    _posts(
        "pauses",
        of_counter(
            shifts.pause,
            lambda _, form: {
                "reason": forms.text(form, "reason", 20),
                "minutes": forms.number(form, "minutes", 1, shifts.LONGEST_PAUSE),
            },
        ),
    ),
    _posts("pauses/end", of_counter(shifts.resume)),
    _posts("help", of_counter(shifts.call_for_help)),
    _posts("walk-ups", add_walk_up),
    _posts("reprints", reprint_slip),
]

"""Appointments from home, on a phone: choose a queue, a day and a time, get a code; see, move or cancel by it."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from domain.appointments import Appointment, CancelReason, is_missed, plain_code, shown_code
from domain.centres import Queue
from domain.errors import Refused, TooManyTries
from domain.roles import Role, open_to
from domain.tickets import milliseconds
from operations import booking
from operations.ticketing import find_queue
from store import appointments as rows
from web import appointments, cards, failures, forms
from web.house import act_of, house_of
from web.pages import page, text_of

BODY = 2048
OfCode = Callable[[Request, FormData, str, Appointment], Awaitable[Response]]


@open_to(Role.ANYONE)
async def show_booking(request: Request) -> Response:
    """One step a page: the queue, then day and time, then the phone number."""
    return _step(request, request.query_params.get("queue", ""), request.query_params.get("slot", ""))


@open_to(Role.ANYONE, body_limit=BODY)
async def book(request: Request) -> Response:
    """Take the place and show its code, once; the same press shows the same code again."""
    house, form = house_of(request), await forms.read_form(request)
    queue, slot = forms.text(form, "queue", 40), forms.text(form, "slot", 15)
    phone = forms.text(form, "phone", appointments.PHONE_AT_MOST, required=False)
    act = act_of(request, form)
    try:
        _count(request)
        at, holder = appointments.slot_of(slot), appointments.holder_hash(house, phone)
        code = appointments.new_code(house, act.request, queue, slot, holder.hex())
        card = cards.typed(house.vault, cards.APPOINTMENT, forms.text(form, "identity", 20, required=False))
        hashed = appointments.code_hash(house, code)
        booked = await house.store.write(act, booking.book, queue, at, hashed, holder, card=card)
    except Refused as error:
        return _step(request, queue, slot, error, phone)
    return page(request, "web/booked.html", **_seen(request, booked, code))


@open_to(Role.ANYONE)
async def ask_code(request: Request) -> Response:
    """Where the code is typed."""
    return page(request, "web/booking_code.html", wrong="", **_frame(request))


def _by_code(handler: OfCode) -> Callable[[Request], Awaitable[Response]]:
    """Gives the handler the appointment of the code; what is refused is shown where it can be mended."""

    async def asked(request: Request) -> Response:
        form = await forms.read_form(request)
        try:
            code = forms.text(form, "code", appointments.CODE_AT_MOST)
            found = appointments.found_by_code(request, code)
        except Refused as error:
            return _code_again(request, error)
        try:
            return await handler(request, form, plain_code(code), found)
        except Refused as error:
            return _mine(request, found, plain_code(code), error)

    return asked


@open_to(Role.ANYONE, body_limit=BODY)
@_by_code
async def show_mine(request: Request, form: FormData, code: str, found: Appointment) -> Response:
    """The appointment of a code, with what can still be done about it."""
    return _mine(request, found, code)


@open_to(Role.ANYONE, body_limit=BODY)
@_by_code
async def move(request: Request, form: FormData, code: str, found: Appointment) -> Response:
    """Another time, under the same code."""
    _count(request)
    slot = appointments.slot_of(forms.text(form, "slot", 15))
    moved = await house_of(request).store.write(act_of(request, form), booking.move_booking, found.id, slot)
    return _mine(request, moved, code, done="moved")


@open_to(Role.ANYONE, body_limit=BODY)
@_by_code
async def cancel(request: Request, form: FormData, code: str, found: Appointment) -> Response:
    """Give the place back to others."""
    act, reason = act_of(request, form), str(CancelReason.CITIZEN)
    await house_of(request).store.write(act, booking.cancel_booking, found.id, reason)
    return page(request, "web/booking_cancelled.html", **_frame(request))


def _count(request: Request) -> None:
    name = appointments.name_of(request)
    appointments.bookings.check(name)
    appointments.bookings.note(name)


def _frame(request: Request) -> dict[str, Any]:
    centre = house_of(request).store.centre()
    return {"centre": centre, "centre_name": text_of(centre.name, request.state.language)}


def _code_again(request: Request, error: Refused) -> Response:
    wrong = failures.sentence(error, request.state.language)
    again = page(request, "web/booking_code.html", failures.status_of(error), wrong=wrong, **_frame(request))
    return _after(again, error)


def _after(answer: Response, error: Refused) -> Response:
    if isinstance(error, TooManyTries):
        answer.headers["Retry-After"] = "60"
    return answer


def _step(request: Request, queue: str, slot: str, error: Refused | None = None, phone: str = "") -> Response:
    """The page for what has been chosen so far; a refusal is shown where it can be mended."""
    frame = _frame(request)
    status = failures.status_of(error) if error else 200
    shown = frame | {"wrong": failures.sentence(error, request.state.language) if error else ""}
    if not queue:
        return page(request, "web/booking.html", status, queues=_bookable(request), **shown)
    found = find_queue(frame["centre"], queue)
    days = appointments.days_offered(house_of(request), found)
    open_slots = {str(milliseconds(s.at)): s for day in days for s in day.slots if s.left}
    shown |= {"queue": found, "queue_title": text_of(found.title, request.state.language)}
    if slot in open_slots:
        answer = page(
            request, "web/booking_phone.html", status, slot=slot, at=open_slots[slot].at, phone=phone, **shown
        )
        return _after(answer, error) if error else answer
    chosen = appointments.day_of(days, request.query_params.get("day", ""))
    return page(request, "web/booking_slots.html", status, days=days, chosen=chosen, ms=milliseconds, **shown)


def _bookable(request: Request) -> list[tuple[Queue, str]]:
    centre = house_of(request).store.centre()
    return [(q, text_of(q.title, request.state.language)) for q in centre.queues if q.booking is not None]


def _seen(request: Request, found: Appointment, code: str) -> dict[str, Any]:
    frame = _frame(request)
    queue = next((q for q in frame["centre"].queues if q.id == found.queue), None)
    late = frame["centre"].calling.late_minutes
    width, path = appointments.code_picture(code)
    return frame | {
        "appointment": found,
        "code": shown_code(code),
        "code_width": width,
        "code_path": path,
        "queue": queue,
        "queue_title": text_of(queue.title, request.state.language) if queue else found.queue,
        "late_minutes": late,
        "missed": is_missed(found, house_of(request).now(), late),
    }


def _mine(
    request: Request, found: Appointment, code: str, error: Refused | None = None, done: str = ""
) -> Response:
    house = house_of(request)
    seen = _seen(request, house.store.read(rows.load, found.id), code)
    can_change = seen["appointment"].state == "booked" and not seen["missed"]
    queue = seen["queue"]
    days = appointments.days_offered(house, queue) if can_change and queue and queue.booking else []
    wrong = failures.sentence(error, request.state.language) if error else ""
    status = failures.status_of(error) if error else 200
    answer = page(
        request, "web/booking_mine.html", status, days=days, can_change=can_change, wrong=wrong, done=done,
        ms=milliseconds, **seen,
    )  # fmt: skip
    return _after(answer, error) if error else answer


ROUTES: list[BaseRoute] = [
    Route("/booking", show_booking),
    Route("/booking/appointments", book, methods=["POST"]),
    Route("/booking/mine", ask_code),
    Route("/booking/mine", show_mine, methods=["POST"]),
    Route("/booking/moves", move, methods=["POST"]),
    Route("/booking/cancellations", cancel, methods=["POST"]),
]

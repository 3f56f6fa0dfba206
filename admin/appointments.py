"""Appointments for staff: the slots of a day with how many are booked, and booking for somebody on the phone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import views
from domain.appointments import Appointment, AppointmentState, is_missed, shown_code, slots_on
from domain.calendar import ONE_DAY
from domain.centres import Queue
from domain.days import LOCAL, local
from domain.errors import Refused
from domain.roles import Role, open_to
from domain.tickets import milliseconds
from operations import booking
from operations.ticketing import find_queue
from store import appointments as rows
from store import calendars
from web import appointments, failures, forms
from web.house import act_of, house_of
from web.pages import page, text_of
from web.scope import own_scope

BOOKERS = (Role.CLERK, Role.GUIDE, Role.SUPERVISOR)
MISSED = "missed"


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One slot of one queue: its places, and how many people are expected, have come, or have not."""

    at: datetime
    capacity: int
    booked: int
    kept: int
    missed: int


@open_to(*BOOKERS)
async def show_appointments(request: Request) -> Response:
    """One day's slots of every queue with appointments, and the form that books."""
    return _day_page(request)


@open_to(*BOOKERS, body_limit=2048)
async def book(request: Request) -> Response:
    """Book for somebody on the phone; the code is read out to them."""
    house, form = house_of(request), await forms.read_form(request)
    place = forms.text(form, "place", 60)
    phone = forms.text(form, "phone", appointments.PHONE_AT_MOST, required=False)
    queue, _, slot = place.rpartition("@")
    act = act_of(request, form)
    try:
        own_scope(request).check_queue(queue)
        at, holder = appointments.slot_of(slot), appointments.holder_hash(house, phone)
        code = appointments.new_code(house, act.request, queue, slot, holder.hex())
        hashed = appointments.code_hash(house, code)
        booked = await house.store.write(act, booking.book, queue, at, hashed, holder, by_staff=True)
    except Refused as error:
        return _day_page(request, error, place, phone)
    found = find_queue(house.store.centre(), booked.queue)
    return page(
        request, "admin/appointment_booked.html", appointment=booked, code=shown_code(code), queue=found,
        day=f"{local(booked.slot):%Y-%m-%d}",
        queue_title=text_of(found.title, request.state.language), **views.frame(request),
    )  # fmt: skip


def _day_page(request: Request, error: Refused | None = None, place: str = "", phone: str = "") -> Response:
    house, language = house_of(request), request.state.language
    centre, scope = house.store.centre(), own_scope(request)
    queues = [queue for queue in centre.queues if queue.booking is not None and scope.has_queue(queue.id)]
    today = local(house.now()).date()
    day = _wanted_day(request.query_params.get("day", ""), today)
    found = _of_day(request, day)
    ahead = max((queue.booking.days_ahead for queue in queues if queue.booking), default=0)
    context = {
        "day": _midnight(day),
        "days": [_midnight(today + n * ONE_DAY) for n in range(ahead + 1)],
        "tables": [
            (q, text_of(q.title, language), _rows(request, q, day, (a for a in found if a.queue == q.id)))
            for q in queues
        ],
        "offers": [(q, text_of(q.title, language), appointments.days_offered(house, q)) for q in queues],
        "ms": milliseconds,
        "place": place,
        "phone": phone,
        "wrong": failures.sentence(error, language) if error else "",
    }
    status = failures.status_of(error) if error else 200
    return page(request, "admin/appointments.html", status, **context, **views.frame(request))


def _of_day(request: Request, day: date) -> list[Appointment]:
    return house_of(request).store.read(rows.between, _midnight(day), _midnight(day + ONE_DAY))


def _rows(request: Request, queue: Queue, day: date, found: Iterable[Appointment]) -> list[SlotRow]:
    """The day's slots by the rules of now, and those of older rules that somebody has booked."""
    house = house_of(request)
    late, now = house.store.centre().calling.late_minutes, house.now()
    counted: dict[datetime, Counter[Any]] = {}
    for appointment in found:
        kind = MISSED if is_missed(appointment, now, late) else appointment.state
        counted.setdefault(local(appointment.slot), Counter())[kind] += 1
    rules = queue.booking
    regular = slots_on(rules, day, house.store.read(calendars.current)) if rules else ()
    capacity = rules.capacity if rules else 0
    return [
        SlotRow(at, capacity, of[AppointmentState.BOOKED], of[AppointmentState.KEPT], of[MISSED])
        for at in sorted({*regular, *counted})
        for of in (counted.get(at, Counter()),)
    ]


def _wanted_day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs((day - today).days) <= 366 else today


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)


ROUTES: list[BaseRoute] = [
    Route("/admin/appointments", show_appointments),
    Route("/admin/appointments", book, methods=["POST"]),
]

"""Who sees which queues and counters: a department's manager the own agency's, the centre's own people all."""

from dataclasses import replace

import pytest

from domain.appointments import Appointment, AppointmentState, UnknownAppointment
from domain.errors import UnknownCounter, UnknownQueue
from domain.roles import Role
from domain.routing import served_queues
from domain.tickets import Ticket, TicketState
from store.people import Person
from store.tickets import UnknownTicket
from tests.support.halls import MORNING, demo_centre
from web.scope import scope_of

PERSON = Person("x", "x", "X", frozenset({Role.MANAGER}), "dat-dai", None)
WHOLE = scope_of(None, demo_centre())


def a_ticket(queue: str) -> Ticket:
    """A number that this queue gave."""
    return Ticket(1, 1, queue, "A", 1, TicketState.WAITING, 0, MORNING, 0, "vi", home=queue)


@pytest.mark.parametrize("person", [
    None,
    replace(PERSON, agency=None),
    replace(PERSON, agency="phuong"),
    replace(PERSON, roles=frozenset({Role.SUPERVISOR})),
    replace(PERSON, roles=frozenset({Role.MANAGER, Role.ADMINISTRATOR})),
])  # fmt: skip
def test_who_leads_the_centre_sees_all_of_it(person):
    centre = demo_centre()
    scope = scope_of(person, centre)
    assert scope == WHOLE
    assert scope.queues == {queue.id for queue in centre.queues}
    assert scope.counters == {counter.number for counter in centre.counters}


@pytest.mark.parametrize("roles", [{Role.MANAGER}, {Role.MANAGER, Role.SUPERVISOR}])
def test_a_departments_manager_sees_its_queues_and_the_counters_that_serve_them(roles):
    centre = demo_centre()
    scope = scope_of(replace(PERSON, roles=frozenset(roles)), centre)
    assert scope.queues == {"dat-dai"}
    assert scope.counters == {c.number for c in centre.counters if "dat-dai" in served_queues(c)}
    assert 0 < len(scope.counters) < len(centre.counters)


@pytest.mark.parametrize("agency", ["khong-co", "het-hang"])
def test_an_agency_without_a_queue_or_unknown_sees_none(agency):
    centre = demo_centre()
    empty = replace(centre.agencies[-1], id="het-hang", code="H56.77")
    scope = scope_of(replace(PERSON, agency=agency), replace(centre, agencies=(*centre.agencies, empty)))
    assert scope.queues == scope.counters == frozenset()


@pytest.mark.parametrize(("code", "aliases", "leads"), [
    ("H56.19", (), True), ("H56", (), True), ("X99", ("H56.19",), True),
    ("H56.1", (), False), ("H56.19.DD", (), False), ("H5", (), False),
])  # fmt: skip
def test_the_leading_agency_has_the_centres_code_or_stands_above_it(code, aliases, leads):
    centre = demo_centre()
    assert centre.code == "H56.19"
    agencies = [replace(a, code=code, aliases=aliases) if a.id == "dat-dai" else a for a in centre.agencies]
    found = scope_of(PERSON, replace(centre, agencies=tuple(agencies)))
    assert (found.agency is None) is leads


def test_what_is_not_seen_is_as_unknown_as_what_is_not_there():
    scope = scope_of(PERSON, demo_centre())
    scope.check_queue("dat-dai")
    for queue in ("ho-tich", "khong-co"):
        with pytest.raises(UnknownQueue):
            scope.check_queue(queue)
    scope.check_counter(10)
    for number in (1, 99):
        with pytest.raises(UnknownCounter):
            scope.check_counter(number)


def test_numbers_appointments_and_colleagues_are_of_the_own_agency():
    scope = scope_of(PERSON, demo_centre())
    own, other = (a_ticket(queue) for queue in ("dat-dai", "ho-tich"))
    for seen in (own, replace(other, queue="dat-dai"), replace(other, home="dat-dai")):
        scope.check_ticket(seen)
    with pytest.raises(UnknownTicket):
        scope.check_ticket(other)
    scope.check_appointment(Appointment(1, "dat-dai", MORNING, AppointmentState.BOOKED, False, None))
    with pytest.raises(UnknownAppointment):
        scope.check_appointment(Appointment(1, "ho-tich", MORNING, AppointmentState.BOOKED, False, None))
    assert [scope.has_person(replace(PERSON, agency=agency)) for agency in ("dat-dai", "phuong", None)] == [
        True, False, False,
    ]  # fmt: skip


def test_who_leads_the_centre_sees_also_what_is_configured_no_more():
    WHOLE.check_queue("hang-cu")
    WHOLE.check_ticket(a_ticket("hang-cu"))
    assert WHOLE.has_person(PERSON)


def test_a_counter_lent_to_the_agency_today_is_seen():
    scope = scope_of(PERSON, demo_centre())
    assert not scope.has_counter(1, ("ho-tich",))
    assert scope.has_counter(1, ("ho-tich", "dat-dai"))

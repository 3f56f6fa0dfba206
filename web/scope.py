"""Whose queues and counters somebody who leads may see: a department's manager those of the own agency only."""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import HTTPConnection, Request

from domain.appointments import Appointment, UnknownAppointment
from domain.centres import Agency, Centre
from domain.errors import UnknownCounter, UnknownQueue
from domain.roles import COUNTER_ROLES, LEADING_ROLES, Role
from domain.routing import served_queues
from domain.tickets import Ticket
from operations.processing import UnknownDossier
from store import dossiers, people
from store.dossier_lists import Sight
from store.dossiers import Dossier
from store.people import Person
from store.tickets import UnknownTicket
from web.house import house_of, visitor_of


@dataclass(frozen=True, slots=True)
class Scope:
    """Queues by id, and the counters configured for one of them; `agency` None: the whole centre."""

    agency: str | None
    queues: frozenset[str]
    counters: frozenset[int]

    def has_counter(self, number: int, today: Iterable[str] = ()) -> bool:
        """Whether this counter is seen; `today` is what it serves now, perhaps lent by another agency."""
        return number in self.counters or not self.queues.isdisjoint(today)

    def has_queue(self, queue: str) -> bool:
        """Whether this queue is seen; who sees the whole centre sees also what is no longer configured."""
        return self.agency is None or queue in self.queues

    def has_ticket(self, ticket: Ticket) -> bool:
        """Whether this number is seen: where it waits, or where it was given."""
        return self.has_queue(ticket.queue) or self.has_queue(ticket.home)

    def has_person(self, person: Person) -> bool:
        """Whether this colleague is of the own agency."""
        return self.agency in (None, person.agency)

    def check_queue(self, queue: str) -> None:
        """Another agency's queue is as unknown as one that is not there. Raises UnknownQueue."""
        if not self.has_queue(queue):
            raise UnknownQueue(queue=queue[:40])

    def check_counter(self, number: int, today: Iterable[str] = ()) -> None:
        """The same for a counter. Raises UnknownCounter."""
        if not self.has_counter(number, today):
            raise UnknownCounter(counter=number)

    def check_ticket(self, ticket: Ticket) -> None:
        """The same for a number. Raises UnknownTicket."""
        if not self.has_ticket(ticket):
            raise UnknownTicket()

    def check_appointment(self, appointment: Appointment) -> None:
        """The same for an appointment. Raises UnknownAppointment."""
        if not self.has_queue(appointment.queue):
            raise UnknownAppointment()


def own_scope(connection: HTTPConnection) -> Scope:
    """What whoever asks may see; a screen and a kiosk the whole centre."""
    return scope_of(visitor_of(connection).person, house_of(connection).store.centre())


def check_counter_now(connection: HTTPConnection, number: int) -> None:
    """Refuse another agency's counter, unless it serves a queue of the own today. Raises UnknownCounter."""
    place = house_of(connection).hub.board().places.get(number)
    own_scope(connection).check_counter(number, place.skills.all if place else ())


def scope_of(person: Person | None, centre: Centre) -> Scope:
    """What this person may see of queues and counters.

    The centre's own managers have no agency or the one that leads the centre. An agency without a queue sees none.
    """
    return scope_of_agency(_department(person, centre), centre)


def scope_of_agency(agency: str | None, centre: Centre) -> Scope:
    """What the managers of this agency see, None: the whole centre."""
    queues = frozenset(queue.id for queue in centre.queues if agency in (None, queue.agency))
    counters = (c.number for c in centre.counters if agency is None or queues & set(served_queues(c)))
    return Scope(agency, queues, frozenset(counters))


def own_sight(connection: HTTPConnection) -> Sight:
    """Whose dossiers whoever asks may see: who leads as far as elsewhere, who works at a counter the own agency's.

    To the agency that leads the centre, and to whoever has none, all of them.
    """
    person, house = visitor_of(connection).person, house_of(connection)
    agency = _agency_of_dossiers(person, house.store.centre())
    if agency is None:
        return Sight()
    everybody = house.store.read(people.everybody)
    return Sight(agency, tuple(one.id for one in everybody if one.agency == agency))


def own_dossier(request: Request) -> Dossier:
    """The dossier that the address names; another agency's is as unknown as one that is not there.

    Raises UnknownDossier.
    """
    code = request.path_params["code"]
    found = house_of(request).store.read(dossiers.find, code[:50])
    if found is None or not own_sight(request).sees(found):
        raise UnknownDossier(code=code[:50])
    return found


def _agency_of_dossiers(person: Person | None, centre: Centre) -> str | None:
    if person is None or person.roles & LEADING_ROLES or not person.roles & COUNTER_ROLES:
        return _department(person, centre)
    return None if person.agency in _heads(centre) else person.agency


def _department(person: Person | None, centre: Centre) -> str | None:
    if person is None or Role.MANAGER not in person.roles or Role.ADMINISTRATOR in person.roles:
        return None
    return None if person.agency is None or person.agency in _heads(centre) else person.agency


def _heads(centre: Centre) -> set[str]:
    return {agency.id for agency in centre.agencies if _leads(agency, centre)}


def _leads(agency: Agency, centre: Centre) -> bool:
    """The agency with the centre's own code, or one above it; codes begin at the top (QĐ 20/2020/QĐ-TTg)."""
    return centre.code in (agency.code, *agency.aliases) or centre.code.startswith(f"{agency.code}.")

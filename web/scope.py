"""Whose queues and counters somebody who leads may see: a department's manager those of the own agency only."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.centres import Agency, Centre
from domain.errors import UnknownCounter, UnknownQueue
from domain.roles import Role
from domain.routing import served_queues
from store.people import Person


@dataclass(frozen=True, slots=True)
class Scope:
    """Queues by id, and the counters configured for one of them; `agency` None: the whole centre."""

    agency: str | None
    queues: frozenset[str]
    counters: frozenset[int]

    def has_counter(self, number: int, today: Iterable[str] = ()) -> bool:
        """Whether this counter is seen; `today` is what it serves now, perhaps lent by another agency."""
        return number in self.counters or not self.queues.isdisjoint(today)

    def check_queue(self, queue: str) -> None:
        """Another agency's queue is as unknown as one that is not there. Raises UnknownQueue."""
        if queue not in self.queues:
            raise UnknownQueue(queue=queue[:40])

    def check_counter(self, number: int, today: Iterable[str] = ()) -> None:
        """The same for a counter. Raises UnknownCounter."""
        if not self.has_counter(number, today):
            raise UnknownCounter(counter=number)


def scope_of(person: Person | None, centre: Centre) -> Scope:
    """What this person may see of queues and counters.

    The centre's own managers have no agency or the one that leads the centre. An agency without a queue sees none.
    """
    agency = _department(person, centre)
    queues = frozenset(queue.id for queue in centre.queues if agency in (None, queue.agency))
    counters = (c.number for c in centre.counters if agency is None or queues & set(served_queues(c)))
    return Scope(agency, queues, frozenset(counters))


def _department(person: Person | None, centre: Centre) -> str | None:
    if person is None or Role.MANAGER not in person.roles or Role.ADMINISTRATOR in person.roles:
        return None
    heads = {agency.id for agency in centre.agencies if _leads(agency, centre)}
    return None if person.agency is None or person.agency in heads else person.agency


def _leads(agency: Agency, centre: Centre) -> bool:
    """The agency with the centre's own code, or one above it; codes begin at the top (QĐ 20/2020/QĐ-TTg)."""
    return centre.code in (agency.code, *agency.aliases) or centre.code.startswith(f"{agency.code}.")

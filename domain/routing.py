"""Who is called next, and why: one key a ticket, compared among all the queues that a counter serves (ADR 7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.centre_rules import Calling, Policy
from domain.centres import Centre, Counter
from domain.tickets import Ticket, milliseconds

APPOINTMENT_RANK, PRIORITY_RANK = 1, 2
# Longer than any queue lasts, so that a rank decides before any arrival does.
RANK_STEP = timedelta(days=10_000) // timedelta(milliseconds=1)
LONGEST_MEMORY = 10  # of calls, for `ratio`
MINUTE = 60_000


class OutOfOrder(StrEnum):
    """Why a clerk may call somebody who is not first."""

    RETURNED = "returned"
    PARKED = "parked"
    URGENT = "urgent"
    FRAIL = "frail"
    SAME_VISIT = "same-visit"
    MISTAKE = "mistake"


@dataclass(frozen=True, slots=True)
class Head:
    """The first waiting ticket of one queue, of the privileged or of the ordinary; `key` is its due moment (ms).

    `turn` is its place among equal keys, None: that of its issue.
    """

    ticket: int
    queue: str
    key: int
    privileged: bool = False
    turn: float | None = None

    @property
    def place(self) -> tuple[int, float, int]:
        """What orders the line; explicit down to the last, so that it never depends on how a database sorts."""
        return self.key, self.ticket if self.turn is None else self.turn, self.ticket


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is next, and who would have been next without that ticket: the runner-up explains the call."""

    head: Head
    runner_up: Head | None


def served_queues(counter: Counter) -> tuple[str, ...]:
    """Every queue the counter serves, primary ones first."""
    return (*counter.queues, *counter.secondary)


def counters_serving(counters: Iterable[Counter], queue: str) -> list[Counter]:
    """Those of the counters that serve this queue, first or second."""
    return [counter for counter in counters if queue in served_queues(counter)]


def key_of(
    policy: Policy,
    came: datetime,
    *,
    credit_minutes: int | None = None,
    slot: datetime | None = None,
    calling: Calling | None = None,
) -> int:
    """The order key in milliseconds: the smallest is called first. `credit_minutes` None: no priority class.

    `due` (ADR 7): arrival minus the class's one credit; who is booked counts from the slot, however early they
    come, and from the arrival once they are later than the lateness allowed, minus the appointments' credit. Of a
    class and an appointment the better claim counts, never their sum. `strict`: by rank, then arrival; who is too
    late for the slot has the rank of anybody. `ratio` and `first-come`: arrival.
    """
    rules = calling or Calling()
    arrival = milliseconds(came)
    in_time = slot is not None and came <= slot + timedelta(minutes=rules.late_minutes)
    if policy is Policy.STRICT:
        rank = PRIORITY_RANK if credit_minutes is not None else APPOINTMENT_RANK if in_time else 0
        return arrival - rank * RANK_STEP
    if policy is not Policy.DUE:
        return arrival
    claims = [] if credit_minutes is None else [arrival - credit_minutes * MINUTE]
    if slot is not None:
        base = milliseconds(slot) if in_time else arrival
        claims.append(base - rules.appointment_credit_minutes * MINUTE)
    return min(claims, default=arrival)


def own_key(centre: Centre, ticket: Ticket) -> int:
    """The key that the centre's rules give this ticket by its base, class and slot."""
    credit = next((group.credit_minutes for group in centre.classes if group.id == ticket.priority), None)
    rules, came = centre.calling, ticket.base or ticket.arrived_at
    return key_of(rules.policy, came, credit_minutes=credit, slot=ticket.slot, calling=rules)


def choose(heads: Iterable[Head], policy: Policy, ratio: int = 2, lately: Sequence[bool] = ()) -> Choice | None:
    """The ticket to call next among the heads of a counter's queues, or None when nobody waits.

    Smallest key first, ties by the order of issue; secondary queues compete without delay. Under `ratio` n:1,
    `lately` says of the counter's last calls, newest first, which were privileged: after n of these an ordinary
    ticket has its turn, and where one of the two groups is empty the other is called.
    """
    line = sorted(heads, key=lambda head: head.place)
    if policy is Policy.RATIO:
        ordinary_has_its_turn = len(lately) >= ratio and all(lately[:ratio])
        line.sort(key=lambda head: head.privileged is ordinary_has_its_turn)
    return Choice(line[0], line[1] if len(line) > 1 else None) if line else None


def largest_lead(calling: Calling, credits: Iterable[int]) -> int:
    """Minutes: nobody who came later than this after an ordinary ticket passes it, under `due` (ADR 7)."""
    return max([*credits, calling.appointment_credit_minutes + calling.late_minutes, 0])


def place_between(before: Ticket, after: Ticket | None) -> tuple[int, float]:
    """The key and the turn of somebody who goes right behind one ticket and in front of another, if there is one.

    A later key would not do: appointments of one slot, and all who came while the clock stood still, have equal
    ones. Whoever takes such a key afterwards has a later turn.
    """
    if after is not None and after.key == before.key:
        return before.key, (before.turn + after.turn) / 2
    return before.key, before.turn + 0.5


def line_under(before: Centre, after: Centre, line: Sequence[Ticket]) -> list[Ticket]:
    """A queue's line by the rules of another configuration, with the keys and turns that it gives.

    Who gave way to others does so again: to as many of them as still wait and would follow by the new rules.
    """
    anew = [_by_own_key(after, ticket) for ticket in line if not ticket.gave_way]
    for ticket in sorted((ticket for ticket in line if ticket.gave_way), key=_place):
        anew.sort(key=_place)
        was, own = _by_own_key(before, ticket), _by_own_key(after, ticket)
        let_pass = {other.id for other in line if _place(was) < _place(other) < _place(ticket)}
        following = [other for other in anew if _place(other) > _place(own)]
        count = sum(other.id in let_pass for other in following)
        if count:
            key, turn = place_between(following[count - 1], following[count] if count < len(following) else None)
            own = replace(own, key=key, turn=turn)
        anew.append(own)
    return sorted(anew, key=_place)


def _by_own_key(centre: Centre, ticket: Ticket) -> Ticket:
    return replace(ticket, key=own_key(centre, ticket), turn=float(ticket.id))


def _place(ticket: Ticket) -> tuple[int, float, int]:
    return ticket.key, ticket.turn, ticket.id

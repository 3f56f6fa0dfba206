"""One consistent reading of the hall as the estimate needs it (waiting.md 2)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from math import inf

from domain.admission import closes_at, windows_on
from domain.calendar import Calendar
from domain.centre_rules import Policy, WindowKind
from domain.centres import Centre, Counter
from domain.days import Day, local
from domain.routing import LONGEST_MEMORY, PRIORITY_RANK, RANK_STEP, key_of
from domain.tickets import Ticket, milliseconds
from domain.waiting.boards import Newcomer, Reading, newcomer_place
from domain.waiting.ranges import Wait
from domain.waiting.snapshots import Booked, CallingRule, Desk, Group, Place, Snapshot, Standing
from store import appointments, calendars, centres, counters, days, journal, tickets
from store.counters import Pause
from store.database import Connection

MINUTE = 60_000
MOST_WAITING = 2000  # beyond, nobody in the hall is told a range that would mean anything
Span = tuple[float, float]


class Clock:
    """Minutes from the midnight before an instant; keys and instants of the file are milliseconds."""

    def __init__(self, now: datetime) -> None:
        here = local(now)
        self._origin = here.replace(hour=0, minute=0, second=0, microsecond=0)
        self._stored = milliseconds(self._origin)
        self.now = self.minutes(now)

    def minutes(self, instant: datetime) -> float:
        """The minutes of an instant."""
        return (instant - self._origin) / timedelta(minutes=1)

    def of(self, stored: float) -> float:
        """The minutes of a stored number of milliseconds."""
        return (stored - self._stored) / MINUTE


def read_hall(db: Connection, now: datetime) -> Reading | None:
    """The hall inside the caller's snapshot; None where too many wait to be estimated. Raises NoCentre."""
    centre, day = centres.current(db), days.newest(db)
    if waiting_now(db) > MOST_WAITING:
        return None
    clock, calendar = Clock(now), calendars.newest(db)
    lines, promised = _lines(db, clock)
    spans = {queue.id: _spans(centre, queue.id, now, clock, calendar) for queue in centre.queues}
    snapshot = Snapshot(
        clock.now,
        lines,
        _desks(db, centre, day, clock, spans),
        _booked(db, centre, now, clock),
        _closings(centre, now, clock, calendar),
        calling_rule(centre, now),
        _lately(db, centre),
    )
    return Reading(
        day.id if day else 0, journal.head(db)[0], now, snapshot, promised, _newcomers(centre, now, clock)
    )


def waiting_now(db: Connection) -> int:
    """How many wait in all queues."""
    return int(db.execute("SELECT count(*) FROM tickets WHERE state = 'waiting'").fetchone()[0])


def calling_rule(centre: Centre, now: datetime) -> CallingRule:
    """What the estimate replays of the centre's policy."""
    rules, credits = centre.calling, [chosen.credit_minutes for chosen in centre.classes_on(local(now).date())]
    lead = {
        Policy.DUE: float(max(credits, default=0)),
        Policy.STRICT: PRIORITY_RANK * RANK_STEP / MINUTE,
        Policy.RATIO: inf,
        Policy.FIRST_COME: 0.0,
    }
    return CallingRule(rules.policy, rules.ratio, lead[rules.policy] if credits else 0.0)


def _lines(db: Connection, clock: Clock) -> tuple[dict[str, list[Place]], dict[int, Wait]]:
    rows = db.execute(
        "SELECT id, queue, key, turn, min(arrived_at, base), slot IS NOT NULL, priority IS NOT NULL, wait"
        " FROM tickets WHERE state = 'waiting' ORDER BY queue, key, turn, id"
    )
    lines: dict[str, list[Place]] = {}
    promised = {}
    for ticket, queue, key, turn, came, is_booked, is_priority, wait in rows:
        group = Group.BOOKED if is_booked else Group.PRIORITY if is_priority else Group.ORDINARY
        lines.setdefault(queue, []).append(Place(clock.of(key), turn, ticket, clock.of(came), group))
        if (said := tickets.promise(wait)) is not None:
            promised[ticket] = said
    return lines, promised


def _newcomers(centre: Centre, now: datetime, clock: Clock) -> dict[Newcomer, Place]:
    """Somebody of every queue and every credit who would come now."""
    credits = {chosen.credit_minutes for chosen in centre.classes_on(local(now).date())}
    found: dict[Newcomer, Place] = {}
    for queue in centre.queues:
        for credit in (None, *sorted(credits)):
            key = clock.of(key_of(centre.calling.policy, now, credit_minutes=credit, calling=centre.calling))
            group = Group.ORDINARY if credit is None else Group.PRIORITY
            found[queue.id, credit] = newcomer_place(len(found), key, clock.now, group)
    return found


def _spans(centre: Centre, queue: str, now: datetime, clock: Clock, calendar: Calendar | None) -> list[Span]:
    """Today's serving windows of a queue, in minutes; none where it is always served."""
    spans = windows_on(centre, WindowKind.SERVICE, queue, local(now).date(), calendar)
    return [(clock.minutes(opens), clock.minutes(closes)) for opens, closes in spans or ()]


def _closings(centre: Centre, now: datetime, clock: Clock, calendar: Calendar | None) -> dict[str, float]:
    """When each queue closes today; one that should have closed is called as long as somebody waits."""
    ends = {queue.id: closes_at(centre, queue.id, now, calendar) for queue in centre.queues}
    return {queue: clock.minutes(end) for queue, end in ends.items() if end is not None and end > now}


def _desks(
    db: Connection, centre: Centre, day: Day | None, clock: Clock, spans: Mapping[str, list[Span]]
) -> list[Desk]:
    manned, pauses = counters.open_shifts(db), counters.pauses(db)
    serving = {ticket.counter: ticket for ticket in tickets.served(db)}
    expected = _expected(db, centre, day)
    return [
        _desk(db, counter, clock, spans, serving.get(counter.number), pauses.get(counter.number))
        if counter.number in manned
        else _closed(db, counter, clock, spans, is_expected=counter.number in expected)
        for counter in centre.counters
    ]


def _desk(
    db: Connection, counter: Counter, clock: Clock, spans: Mapping[str, list[Span]], ticket: Ticket | None,
    pause: Pause | None,
) -> Desk:  # fmt: skip
    queues = counters.skills_of(db, counter).all
    if pause is not None:
        ends = clock.minutes(pause.at) + pause.minutes
        until = ends if ends > clock.now else None  # overdue: nobody knows
        breaks = _breaks(queues, spans, None)
        return Desk(counter.number, queues, Standing.PAUSED, until=until, breaks=breaks)
    if ticket is None:
        return Desk(counter.number, queues, Standing.IDLE, breaks=_breaks(queues, spans, clock.now))
    since = clock.minutes(ticket.called_at or ticket.arrived_at)
    breaks = _breaks(queues, spans, since)
    return Desk(counter.number, queues, Standing.SERVING, ticket.queue, since, breaks=breaks)


def _closed(
    db: Connection, counter: Counter, clock: Clock, spans: Mapping[str, list[Span]], *, is_expected: bool
) -> Desk:
    """A counter without a clerk: planned for the next serving window, unless one is open without it."""
    queues = counters.skills_of(db, counter).all
    windows = sorted(span for queue in queues for span in spans.get(queue, ()))
    is_late = any(opens <= clock.now < closes for opens, closes in windows)
    coming = [opens for opens, _ in windows if opens > clock.now]
    until = min(coming) if coming and is_expected and not is_late else None
    return Desk(counter.number, queues, Standing.CLOSED, until=until, breaks=_breaks(queues, spans, None))


def _expected(db: Connection, centre: Centre, day: Day | None) -> set[int]:
    """The counters that were open today or, before anybody sat down, on the business day before; else all."""
    for since in (day.id, day.id - 1) if day else ():
        rows = db.execute(
            "SELECT DISTINCT counter FROM shifts WHERE opened_at >= (SELECT opened_at FROM days WHERE id = ?)",
            (since,),
        ).fetchall()
        if rows:
            return {row[0] for row in rows}
    return {counter.number for counter in centre.counters}


def _breaks(queues: tuple[str, ...], spans: Mapping[str, list[Span]], at_work: float | None) -> tuple[Span, ...]:
    """The gaps between the serving windows of these queues; not one in which this counter is at work."""
    windows = sorted(span for queue in queues for span in spans.get(queue, ()))
    gaps: list[Span] = []
    reached = windows[0][1] if windows else 0.0
    for opens, closes in windows[1:]:
        if opens > reached:
            gaps.append((reached, opens))
        reached = max(reached, closes)
    return tuple(gap for gap in gaps if at_work is None or not gap[0] <= at_work < gap[1])


def _booked(db: Connection, centre: Centre, now: datetime, clock: Clock) -> list[Booked]:
    """Who has an appointment today and is not here yet."""
    here, rules = local(now), centre.calling
    tomorrow = here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    found = appointments.booked_between(db, now - timedelta(minutes=rules.late_minutes), tomorrow)
    return [
        Booked(queue, clock.minutes(slot), clock.of(key_of(rules.policy, slot, slot=slot, calling=rules)))
        for queue, slot in found
    ]


def _lately(db: Connection, centre: Centre) -> dict[int, list[bool]]:
    if centre.calling.policy is not Policy.RATIO:
        return {}
    numbers: Iterator[int] = (counter.number for counter in centre.counters)
    return {number: tickets.lately_privileged(db, number, LONGEST_MEMORY) for number in numbers}

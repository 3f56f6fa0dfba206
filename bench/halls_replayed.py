"""The Warsaw halls walked through in clock order: predicted when a number is taken, learned when it is called."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from pathlib import Path

from bench.scores import Board
from bench.waited import LONGEST_WAIT, GroupDay, Poll, read_warsaw
from domain.waiting.estimates import Estimate, Estimator
from domain.waiting.predictors import Predictors, simple

TEACHING_DAYS = 4
FEWEST_WAITING = 3
FIRST_SPENT = (50.0, 5)  # counter-minutes and people before anybody was called


@dataclass(frozen=True, slots=True)
class Ticket:
    """A number taken at poll `place` of a group-day, and its wait in minutes, None: dropped."""

    day: GroupDay
    place: int
    wait: float | None

    @property
    def poll(self) -> Poll:
        """What was seen when it was taken."""
        return self.day.polls[self.place]


def replay_halls(folder: Path) -> Board:
    """The scores of all halls together; each hall learns by itself. Kinds are the halls and their queues."""
    board = Board("warsaw")
    days = read_warsaw(folder)
    for hall in sorted({day.hall for day in days}):
        _Hall(board, hall).walk([day for day in days if day.hall == hall])
    return board


class _Hall:
    """One hall with an estimator of its own."""

    def __init__(self, board: Board, hall: str) -> None:
        self.board, self.hall = board, hall
        self.estimator = Estimator({})
        self.known: list[tuple[float, int, Ticket, Estimate | None]] = []
        self.order = count()
        self.spent: dict[str, tuple[float, int]] = {}

    def walk(self, days: list[GroupDay]) -> None:
        """All days in order; the first four only teach."""
        dates = sorted({day.day for day in days})
        for number, today in enumerate(dates):
            self.estimator.begin_day()
            self._walk_day([day for day in days if day.day == today], is_scored=number >= TEACHING_DAYS)

    def _walk_day(self, days: list[GroupDay], *, is_scored: bool) -> None:
        self.known.clear()
        looks = sorted(
            (day.polls[place].moment, number, place)
            for number, day in enumerate(days)
            for place in range(len(day.polls))
        )
        for moment, number, place in looks:
            self._learn_until(moment, is_scored=is_scored)
            day = days[number]
            if place:
                self._note_pace(day.group, day.polls[place - 1], day.polls[place])
            if _is_taken(day, place):
                self._predict(Ticket(day, place, _wait(day, place)))
        self._learn_until(float("inf"), is_scored=is_scored)

    def _note_pace(self, group: str, before: Poll, after: Poll) -> None:
        """QL has the plain ratio of counter-minutes while people waited to people called; a poll's is a visit."""
        if not before.waiting:
            return
        spent, called = before.counters * (after.moment - before.moment), after.number - before.number
        minutes, people = self.spent.get(group, FIRST_SPENT)
        self.spent[group] = minutes + spent, people + called
        if called:
            self.estimator.quantities.service(group).note(spent / called)

    def _predict(self, ticket: Ticket) -> None:
        if ticket.wait is None:
            return
        estimate = None
        if ticket.poll.waiting >= FEWEST_WAITING and ticket.poll.counters:
            estimate = self.estimator.by_predictors(ticket.day.group, self._predictors(ticket))
        heappush(self.known, (ticket.poll.moment + ticket.wait, next(self.order), ticket, estimate))

    def _predictors(self, ticket: Ticket) -> Predictors:
        """QL-skill by the learned service, alone: nobody knows which counters other groups share."""
        poll, group = ticket.poll, ticket.day.group
        taken = _taken(ticket, poll.number + 1)
        minutes, people = self.spent.get(group, FIRST_SPENT)
        return Predictors(
            ql=poll.waiting * minutes / people / poll.counters,
            ql_skill=poll.waiting * self.estimator.quantities.service(group).mean / poll.counters,
            les=self.estimator.recent.les(group),
            hol=None if taken is None else poll.moment - taken,
            ma10=self.estimator.recent.ma10(group),
            waiting=poll.waiting - 1,
            counters=poll.counters,
            minute_of_day=poll.moment,
        )

    def _learn_until(self, moment: float, *, is_scored: bool) -> None:
        while self.known and self.known[0][0] <= moment:
            _, _, ticket, estimate = heappop(self.known)
            wait = ticket.wait or 0.0
            if estimate is not None:
                self._score(ticket, estimate, is_scored=is_scored)
                self.estimator.learn(estimate, wait)
            self.estimator.note_called(ticket.day.group, wait)

    def _score(self, ticket: Ticket, estimate: Estimate, *, is_scored: bool) -> None:
        wait = ticket.wait or 0.0
        for method, raw in _rules(ticket, estimate):
            baseline = self.board.baseline(method, self.hall)
            corrected = baseline.interval(raw)
            if is_scored:
                self.board.note(method, raw, wait, *corrected[1:])
                self.board.note_rule(self.hall, method, raw, wait, *corrected[1:])
            baseline.learn(raw, corrected, wait)
        if is_scored:
            shown = (estimate.point, wait, estimate.low, estimate.high)
            self.board.note("estimate", *shown)
            self.board.note_kinds([self.hall, f"{self.hall}_{ticket.day.group}"], *shown)


def _rules(ticket: Ticket, estimate: Estimate) -> Iterator[tuple[str, float]]:
    yield "published", ticket.poll.published
    if estimate.values is not None:
        yield from ((name, value) for name, value in simple(estimate.values).items() if name != "ql_skill")


def _is_taken(day: GroupDay, place: int) -> bool:
    return place == 0 or day.polls[place].issued > day.polls[place - 1].issued


def _wait(day: GroupDay, place: int) -> float | None:
    poll = day.polls[place]
    reached = day.reached(poll.issued, place)
    if reached is None or reached - poll.moment > LONGEST_WAIT:
        return None
    return reached - poll.moment


def _taken(ticket: Ticket, number: int) -> float | None:
    """When this number was taken, as far as the polls until now tell it."""
    return next((poll.moment for poll in ticket.day.polls[: ticket.place + 1] if poll.issued >= number), None)

"""The bank's calls walked through in clock order; who works is inferred, since the log has no roster.

On duty is who serves now or has finished less than 90 s ago. The moments after a call, in which
somebody on duty is not free yet, count as a queue of their own. Times are minutes since midnight.
"""

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from pathlib import Path

from bench.scores import Board
from bench.waited import Call, read_bank
from domain.waiting.estimates import Estimate, Estimator
from domain.waiting.predictors import simple
from domain.waiting.snapshots import CallingRule, Desk, Group, Place, Snapshot, Standing
from domain.waiting.twins import BOARD_ROLLOUTS

TEACHING_DAYS = 7
QUEUE, WRAPPING = "calls", "wrapping"
FIRST_MINUTES = 3.0
CREDIT_MINUTES, ON_DUTY_MINUTES = 1.5, 1.5
SECOND = 1 / 60
LONGEST_GAP = 60.0  # minutes between two events of one day; more is the night


@dataclass(slots=True)
class Operator:
    """One operator: serving since `begins`, or free since `ended`."""

    number: int
    begins: float | None = None
    ended: float = 0.0


def replay_calls(folder: Path, rollouts: int = BOARD_ROLLOUTS) -> Board:
    """The scores of the bank log, in seconds. Kinds are the classes."""
    calls = read_bank(folder)
    bank = _Bank(rollouts)
    for number, day in enumerate(sorted({call.day for call in calls})):
        bank.play([call for call in calls if call.day == day], is_scored=number >= TEACHING_DAYS)
    return bank.board


class _Bank:
    """The call centre through its days."""

    def __init__(self, rollouts: int) -> None:
        self.board, self.rollouts = Board("technion", "s", SECOND), rollouts
        self.estimator = Estimator({QUEUE: FIRST_MINUTES, WRAPPING: 0.3})
        self.operators: dict[str, Operator] = {}
        self.line: list[Place] = []
        self.asked: dict[int, tuple[float, Estimate]] = {}
        self.order = count()
        self.now = 0.0
        self.is_scored = False

    def play(self, calls: list[Call], *, is_scored: bool) -> None:
        """One day of calls, from the first to the last event."""
        self.estimator.begin_day()
        self.is_scored = is_scored
        self.line.clear()
        self.asked.clear()
        events: list[tuple[float, int, Callable[[], None]]] = []
        for operator in self.operators.values():
            operator.begins, operator.ended = None, -ON_DUTY_MINUTES
        for number, call in enumerate(calls):
            for moment, act in self._acts(number, call):
                heappush(events, (moment, next(self.order), act))
        while events:
            moment, _, act = heappop(events)
            self.estimator.quantities.note_window(min(moment - self.now, LONGEST_GAP) if self.now < moment else 0.0)
            self.now = moment
            act()

    def _acts(self, number: int, call: Call) -> list[tuple[float, Callable[[], None]]]:
        found: list[tuple[float, Callable[[], None]]] = []
        if call.left_queue is not None:
            found.append((call.arrived * SECOND, lambda: self._join(number, call)))
            found.append((call.left_queue * SECOND, lambda: self._leave(number, call)))
        if call.service is not None and call.server is not None:
            begins, ends = call.service
            found.append((begins * SECOND, lambda: self._begin(call)))
            found.append((ends * SECOND, lambda: self._end(call)))
        return found

    def _join(self, number: int, call: Call) -> None:
        key = self.now - CREDIT_MINUTES if call.is_priority else self.now
        group = Group.PRIORITY if call.is_priority else Group.ORDINARY
        place = Place(key, number, number, self.now, group)
        if call.is_priority:
            self.estimator.quantities.note_priority_arrival(QUEUE)
        snapshot = self._snapshot()
        if call.service is not None:
            estimate = self.estimator.newcomer(snapshot, QUEUE, place, number, self.rollouts)
            self.asked[number] = (self.now, estimate)
        self.line.append(place)
        self.line.sort()

    def _leave(self, number: int, call: Call) -> None:
        self.line = [place for place in self.line if place.ticket != number]
        came = call.service is not None
        self.estimator.quantities.note_answer(came, None if came else 0.0)
        if number in self.asked:
            at, estimate = self.asked.pop(number)
            self._score(call, self.now - at, estimate)
            self.estimator.note_called(QUEUE, self.now - at)

    def _begin(self, call: Call) -> None:
        operator = self._operator(call)
        gap = self.now - operator.ended
        if operator.begins is None and 0 <= gap <= ON_DUTY_MINUTES:
            self.estimator.quantities.note_service(WRAPPING, operator.number, gap)
        operator.begins = self.now

    def _end(self, call: Call) -> None:
        operator = self._operator(call)
        if operator.begins is not None:
            self.estimator.quantities.note_service(QUEUE, operator.number, self.now - operator.begins)
        operator.begins, operator.ended = None, self.now

    def _operator(self, call: Call) -> Operator:
        name = call.server or ""
        return self.operators.setdefault(name, Operator(len(self.operators)))

    def _snapshot(self) -> Snapshot:
        desks = [desk for operator in self.operators.values() if (desk := self._desk(operator))]
        return Snapshot(
            self.now,
            {QUEUE: self.line},
            desks,
            rule=CallingRule(priority_lead=CREDIT_MINUTES),
            is_known=bool(desks),
        )

    def _desk(self, operator: Operator) -> Desk | None:
        if operator.begins is not None:
            return Desk(operator.number, (QUEUE,), Standing.SERVING, QUEUE, operator.begins)
        if self.now - operator.ended < ON_DUTY_MINUTES:
            return Desk(operator.number, (QUEUE, WRAPPING), Standing.SERVING, WRAPPING, operator.ended)
        return None

    def _score(self, call: Call, wait: float, estimate: Estimate) -> None:
        values = estimate.values
        if values is not None:
            rules = list(simple(values).items())
            rules += [] if values.twin is None else [("twin", values.twin)]
            for method, raw in rules:
                baseline = self.board.baseline(method)
                corrected = baseline.interval(raw)
                if self.is_scored:
                    self.board.note(method, raw, wait, *corrected[1:])
                baseline.learn(raw, corrected, wait)
        if self.is_scored:
            shown = (estimate.point, wait, estimate.low, estimate.high)
            self.board.note("estimate", *shown)
            self.board.note_kinds(["class_p" if call.is_priority else "class_n"], *shown)
        self.estimator.learn(estimate, wait)

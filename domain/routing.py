"""Who is called next: the smallest due moment among all the queues that a counter serves."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.centres import Counter


@dataclass(frozen=True, slots=True)
class Head:
    """The first waiting ticket of one queue; `key` is its due moment in milliseconds."""

    ticket: int
    queue: str
    key: int


def served_queues(counter: Counter) -> tuple[str, ...]:
    """Every queue the counter serves, primary ones first."""
    return (*counter.queues, *counter.secondary)


def choose(heads: Iterable[Head]) -> Head | None:
    """The ticket to call next among the heads of a counter's queues, or None when nobody waits.

    Smallest due moment first, ties by the order of issue: the tie rule is explicit so that it never
    depends on how a database sorts (ADR 7; secondary queues compete without delay).
    """
    return min(heads, key=lambda head: (head.key, head.ticket), default=None)

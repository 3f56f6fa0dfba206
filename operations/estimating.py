"""Keeping what was estimated, so that it can be judged and learned from."""

from collections.abc import Sequence

from domain.queue_events import EstimatesKept
from domain.waiting.kept import KeptEstimate
from store.writer import Tx

MOST_AT_ONCE = 500


def keep_estimates(tx: Tx, made: Sequence[KeptEstimate]) -> None:
    """Keep the first estimates of tickets that have come since the last time."""
    for begins in range(0, len(made), MOST_AT_ONCE):
        tx.record(EstimatesKept(list(made[begins : begins + MOST_AT_ONCE])))

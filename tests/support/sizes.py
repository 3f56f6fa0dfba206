"""How large a test runs: small with `scripts/test`, full with `scripts/trial NAME --full`."""

import os
from collections.abc import Sequence
from itertools import cycle, product

TAKEN: dict[str, int] = {}


def size(name: str, small: int, full: int) -> int:
    """`small`, or `full` when MOTCUA_TRIAL=full. `TAKEN` keeps what each name got, for a trial's report."""
    chosen = full if os.environ.get("MOTCUA_TRIAL") == "full" else small
    TAKEN[name] = chosen
    return chosen


def crossed(name: str, *ways: Sequence[str]) -> list[tuple[str, ...]]:
    """Each of every way at least once, the shorter ways begun again; with a trial's full size each with each."""
    if size(name, 0, 1):
        return list(product(*ways))
    longest = max(map(len, ways))
    return [found for found, _ in zip(zip(*map(cycle, ways), strict=False), range(longest), strict=False)]

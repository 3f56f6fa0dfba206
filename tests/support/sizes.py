"""How large a test runs: small with `scripts/test`, full with `scripts/trial NAME --full`."""

import os

TAKEN: dict[str, int] = {}


def size(name: str, small: int, full: int) -> int:
    """`small`, or `full` when MOTCUA_TRIAL=full. `TAKEN` keeps what each name got, for a trial's report."""
    chosen = full if os.environ.get("MOTCUA_TRIAL") == "full" else small
    TAKEN[name] = chosen
    return chosen

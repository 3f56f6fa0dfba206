"""How the dossiers of a period stood at its end: carried over, received, done, under way, at rest, taken back.

Every dossier of the period stands in exactly one column of what came in, and in exactly one of what became of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from domain.dossiers import Status
from store.database import Connection
from store.dossier_lists import OWN
from store.indicators import NOT_ACCEPTED, WITH_RESULT, Period, date_of, list_of, values_of

# Report group of portal.md 5; where nobody works the clock is no measure.
SUSPENDED = (Status.SUPPLEMENT, Status.PAYMENT, Status.STOPPED)
POST, ONLINE = 3, 2


@dataclass(frozen=True, slots=True)
class Progress:
    """Dossiers: what came in (`before` the period, and in it by channel), what became of them by its end.

    `early`, `on_time` and `late` have a result and compare dates; what has no due date is on time. `back`: taken
    back by their owners.
    """

    before: int = 0
    online: int = 0
    direct: int = 0
    post: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    within: int = 0
    overdue: int = 0
    suspended: int = 0
    back: int = 0

    @property
    def received(self) -> int:
        """In the period."""
        return self.online + self.direct + self.post

    @property
    def resolved(self) -> int:
        """With a result, in the period."""
        return self.early + self.on_time + self.late


COLUMNS = tuple(field.name for field in fields(Progress))
_OVER = (*WITH_RESULT, Status.WITHDRAWN)
_STANDING = """coalesce((SELECT s.after FROM dossier_steps s WHERE s.dossier = d.code AND s.at <= :judged
  ORDER BY s.number DESC LIMIT 1), json_extract(d.facts, '$.status_first'))"""
# What a supervisor took up again is open, however often it was finished before.
_FOUND = f"""
SELECT coalesce(nullif(d.decides, ''), d.agency) AS agency, d.procedure, d.received_at < :since AS is_old,
  json_extract(d.facts, '$.channel') AS channel, {_STANDING} AS standing,
  {date_of("d.due")} AS due, {date_of("d.finished_at")} AS ended, {date_of(":judged")} AS judged
FROM dossiers d WHERE :since <= :judged AND d.received_at <= :judged AND d.status NOT IN ({list_of(NOT_ACCEPTED)})
  AND (d.finished_at IS NULL OR d.finished_at >= :since OR d.status NOT IN ({list_of(_OVER)})) AND {OWN}
"""
_IS_DONE = f"standing IN ({list_of(WITH_RESULT)})"
_IS_OPEN = f"standing NOT IN ({list_of((*_OVER, *SUSPENDED))})"
_COUNTED = (
    "is_old",
    f"NOT is_old AND channel = {ONLINE}",
    f"NOT is_old AND channel NOT IN ({ONLINE}, {POST})",
    f"NOT is_old AND channel = {POST}",
    f"{_IS_DONE} AND ended < due",
    f"{_IS_DONE} AND coalesce(ended = due, 1)",
    f"{_IS_DONE} AND ended > due",
    f"{_IS_OPEN} AND coalesce(judged <= due, 1)",
    f"{_IS_OPEN} AND judged > due",
    f"standing IN ({list_of(SUSPENDED)})",
    f"standing = {Status.WITHDRAWN.value}",
)


def progress(db: Connection, period: Period) -> dict[tuple[str, str], Progress]:
    """By the agency that decides and the procedure; none where the period has not begun."""
    totals = ", ".join(f"CAST(total({condition}) AS INTEGER)" for condition in _COUNTED)
    rows = db.execute(
        f"WITH found AS MATERIALIZED ({_FOUND}) SELECT agency, procedure, {totals} FROM found GROUP BY 1, 2",
        values_of(period),
    )
    return {(agency, procedure): Progress(*counts) for agency, procedure, *counts in rows}


def together(some: Iterable[Progress]) -> Progress:
    """All of these as one row."""
    found = list(some)
    return Progress(*(sum(getattr(one, name) for one in found) for name in COLUMNS))

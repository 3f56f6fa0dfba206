"""By which rules a centre's dossiers live: part of the centre file; `domain.centres` puts it together."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from domain.dossiers import TRANSITIONS, Transition, read_transitions
from domain.errors import msgid
from domain.keeping import Keeping, owner_last
from domain.records import Count, Pattern

Pair = Annotated[
    str, Pattern(r"([1-9]|10)-([1-9]|10)", msgid("ghi dạng 2-4: từ trạng thái nào sang trạng thái nào"))
]


USUAL_KEEPING = Keeping()


class Stage(StrEnum):
    """Where a supplement was asked for: at the counter, or while the dossier was being appraised."""

    INTAKE = "intake"
    APPRAISAL = "appraisal"


class Resuming(StrEnum):
    """What a completed dossier's clock does: it starts anew, or goes on (one-stop.md 3.5)."""

    RESTART = "restart"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class DossierRules:
    """`transitions` of the centre's own, empty for the usual table; what the clock does after a supplement.

    `day_zero_may_be_off`: who is received on a Saturday opening has that day as day 0. `keep`: how long personal
    data are kept.
    """

    transitions: Annotated[tuple[Pair, ...], Count(0, 100)] = ()
    after_intake: Resuming = Resuming.RESTART
    after_appraisal: Resuming = Resuming.PAUSE
    day_zero_may_be_off: bool = False
    keep: Annotated[Keeping, owner_last] = USUAL_KEEPING

    @property
    def table(self) -> frozenset[Transition]:
        """The transitions in force."""
        return read_transitions(self.transitions) if self.transitions else TRANSITIONS

    def restarts(self, stage: Stage) -> bool:
        """Whether a supplement asked for at this stage sends the dossier back to its first step."""
        return (self.after_intake if stage is Stage.INTAKE else self.after_appraisal) is Resuming.RESTART

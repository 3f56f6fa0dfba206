"""What happens between us and the portal beside the dossiers. Part of `domain.events`, by the same rules."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PortalStopped:
    """Nothing more is sent to the portal, asked of it or fetched, until somebody resumes."""

    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class PortalResumed:
    person: str


@dataclass(frozen=True, slots=True)
class DossierRetold:
    """The portal is told of a dossier once more: the whole record, asked first whether it is there; `steps`: and
    every step again, of which the portal drops those that it has.
    """

    code: str
    person: str
    steps: bool


@dataclass(frozen=True, slots=True)
class DifferenceFound:
    """The portal was asked for a dossier and knows it otherwise than we do (`domain.differences.Difference`).

    `ours` and `theirs` are statuses 1..10, None where there is none.
    """

    code: str
    kind: str
    ours: int | None
    theirs: int | None


@dataclass(frozen=True, slots=True)
class DifferenceGone:
    """Asked again, the portal knows the dossier as we do."""

    code: str


@dataclass(frozen=True, slots=True)
class DifferenceExplained:
    """A person knows why the two differ; `reason` is picked, never typed."""

    code: str
    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReconciliationEnded:
    """So many dossiers were compared with the portal. `begun` is the number of the event before it began; `whole`
    is false when the portal could not be asked for all.
    """

    begun: int
    looked: int
    found: int
    whole: bool


@dataclass(frozen=True, slots=True)
class ProcedureDropped:
    """The portal lists this procedure no more, and a manager put that into force: no new dossiers of it."""

    code: str


@dataclass(frozen=True, slots=True)
class ArrivalRefused:
    """What a portal pushed or a system gave was not taken. `code` and `part` (a letter of `store.inbox`) are empty
    where it named no possible dossier; `reason` is the refusal's code, `digest` a keyed one of its content. What
    was refused of the same content before, for another reason, is replaced.
    """

    source: str
    code: str
    part: str
    reason: str
    digest: str


@dataclass(frozen=True, slots=True)
class ArrivalDismissed:
    """A person says why what was refused need not be taken; `reason` is picked, never typed."""

    arrival: int
    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class ArrivalTaken:
    """What was refused was taken since, by this person (empty: it came again by itself, and rightly)."""

    arrival: int
    person: str


PortalEvent = (
    PortalStopped
    | PortalResumed
    | DossierRetold
    | DifferenceFound
    | DifferenceGone
    | DifferenceExplained
    | ReconciliationEnded
    | ProcedureDropped
    | ArrivalRefused
    | ArrivalDismissed
    | ArrivalTaken
)

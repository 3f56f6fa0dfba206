"""The fault switches of the sandbox portal: which call goes wrong next, and how.

A switch waits until a call that it fits comes by, then counts itself down. Set from the test's thread,
taken on the server's, so every touch holds the lock.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from fnmatch import fnmatchcase

SLOW_SECONDS = 20.0
SILENCE_SECONDS = 90.0
MAX_TIMES = 1_000_000
UNTIL_CLEARED = -1
LOGIN = "login"
WRITING = ("DongBoHoSoMC", "CapNhatTienDoHoSoMC")
# Other people's services on the same port: a switch for the portal must not be used up by them.
BESIDE_THE_PORTAL = frozenset({"INIT", "population", "land"})
CODE_STYLES = ("0", "00", "int")


class FaultName(Enum):
    """What can go wrong. The values are the names of the HTTP interface."""

    TIMEOUT_AFTER_COMMIT = "timeout_after_commit"
    DROP_AFTER_COMMIT = "drop_after_commit"
    BAD_GATEWAY = "bad_gateway"
    NOT_JSON = "not_json"
    EMPTY_ANSWER = "empty_answer"
    EXPIRED_TOKEN = "expired_token"  # noqa: S105
    SLOW = "slow"
    REFUSE_FIELD = "refuse_field"
    REFUSE_TRANSITIONS = "refuse_transitions"
    DUPLICATE_AS_3 = "duplicate_as_3"
    PAYMENT_REFUSED = "payment_refused"
    PAYMENT_FAILS = "payment_fails"
    CONFIRM_TWICE = "confirm_twice"
    CONFIRM_LATE = "confirm_late"
    CONFIRM_WRONG_SEAL = "confirm_wrong_seal"
    CONFIRM_OTHER_AMOUNT = "confirm_other_amount"
    SAYS_TOO_MUCH = "says_too_much"


AFTER_COMMIT = frozenset({FaultName.TIMEOUT_AFTER_COMMIT, FaultName.DROP_AFTER_COMMIT})
WRITING_ONLY = AFTER_COMMIT | {FaultName.REFUSE_FIELD}
LASTING = frozenset({FaultName.REFUSE_FIELD, FaultName.REFUSE_TRANSITIONS, FaultName.DUPLICATE_AS_3})
OF_THOSE_BESIDE = frozenset({
    FaultName.PAYMENT_REFUSED, FaultName.PAYMENT_FAILS, FaultName.CONFIRM_TWICE, FaultName.CONFIRM_LATE,
    FaultName.CONFIRM_WRONG_SEAL, FaultName.CONFIRM_OTHER_AMOUNT, FaultName.SAYS_TOO_MUCH,
})  # fmt: skip
ADAPTER_FAULTS = (FaultName.BAD_GATEWAY, FaultName.NOT_JSON, FaultName.EMPTY_ANSWER)


@dataclass(frozen=True, slots=True)
class Fault:
    """One switch that is on. Without `service` it is for all services but the login, or all that write."""

    name: FaultName
    times: int = 1
    service: str = ""
    seconds: float = 0.0
    field: str = ""
    pattern: str = "*"

    def __post_init__(self) -> None:
        if not UNTIL_CLEARED <= self.times <= MAX_TIMES:
            raise ValueError(f"times must be {UNTIL_CLEARED}..{MAX_TIMES}")
        if not 0 <= self.seconds <= SILENCE_SECONDS:
            raise ValueError(f"seconds must be 0..{SILENCE_SECONDS:g}")
        if self.name is FaultName.REFUSE_FIELD and self.times and not self.field:
            raise ValueError("refuse_field needs the name of a field")


class Faults:
    """The switches of one sandbox: one Fault a name, plus the style of `error_code`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._active: dict[FaultName, Fault] = {}
        self._code_style = "0"
        self.generation = 0

    @property
    def code_style(self) -> str:
        """How success is written in `error_code`: "0", "00" or the number 0 ("int")."""
        return self._code_style

    @code_style.setter
    def code_style(self, style: str) -> None:
        if style not in CODE_STYLES:
            raise ValueError(f"error_code_style must be one of {', '.join(CODE_STYLES)}")
        with self._lock:
            self._code_style = style
            self.generation += 1

    def set(
        self,
        name: FaultName | str,
        times: int | None = None,
        *,
        service: str = "",
        seconds: float | None = None,
        field: str = "",
        pattern: str = "*",
    ) -> None:
        """Turns a switch on for `times` calls; 0 turns it off, -1 leaves it on until cleared.

        Without `times` it is one call, for refusals until cleared. Raises ValueError on a name or
        number that does not exist.
        """
        which = FaultName(name)
        usual_times = UNTIL_CLEARED if which in LASTING else 1
        usual_seconds = SLOW_SECONDS if which is FaultName.SLOW else SILENCE_SECONDS
        fault = Fault(
            which,
            usual_times if times is None else times,
            service,
            usual_seconds if seconds is None else seconds,
            field,
            pattern,
        )
        with self._lock:
            self._put(fault)

    def clear(self) -> None:
        """Turns everything off and writes `error_code` as "0" again."""
        with self._lock:
            self._active.clear()
            self._code_style = "0"
            self.generation += 1

    def active(self) -> list[Fault]:
        """The switches that are on, in the order they were set."""
        with self._lock:
            return list(self._active.values())

    def take(self, name: FaultName, service: str) -> Fault | None:
        """The switch if it is on for this service, counted down by one."""
        with self._lock:
            fault = self._active.get(name)
            if fault is None or not _fits(fault, service):
                return None
            self._count_down(fault)
            return fault

    def refused_field(self, service: str, dossier_codes: Sequence[str]) -> str:
        """The field to refuse, if one of these dossiers is poisoned; else an empty string."""
        with self._lock:
            fault = self._active.get(FaultName.REFUSE_FIELD)
            if fault is None or not _fits(fault, service):
                return ""
            if not any(fnmatchcase(code, fault.pattern) for code in dossier_codes):
                return ""
            self._count_down(fault)
            return fault.field

    def _put(self, fault: Fault) -> None:
        self._active.pop(fault.name, None)
        if fault.times != 0:
            self._active[fault.name] = fault
        self.generation += 1

    def _count_down(self, fault: Fault) -> None:
        if fault.times != UNTIL_CLEARED:
            self._put(replace(fault, times=fault.times - 1))


def _fits(fault: Fault, service: str) -> bool:
    if fault.service:
        return service == fault.service
    if service in BESIDE_THE_PORTAL:
        return fault.name in OF_THOSE_BESIDE
    # Without this the look-up before the insert would use up a fault that is meant for the insert.
    return service in WRITING if fault.name in WRITING_ONLY else service != LOGIN

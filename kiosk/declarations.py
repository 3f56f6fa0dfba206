"""Which priority class somebody at a kiosk has chosen: only in memory, only for this visit, good for one number.

It is known by an opaque id that stands in forms alone. What a page says is what its button asks for: a form without
the id gets an ordinary number, whatever was chosen at this kiosk before.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from domain.errors import Refused, msgid

LIVES_SECONDS = 300.0  # a page that waits for so long has gone home by itself


class DeclarationOver(Refused):
    text = msgid("Ki-ốt không còn nhớ diện ưu tiên đã chọn. Mời bấm “Bỏ chọn”, rồi lấy số hoặc chọn lại.")


@dataclass(frozen=True, slots=True)
class Declaration:
    """A class by its own word; `asked` and `given_for` are the requests that chose it and that got the number."""

    id: str
    priority: str
    until: float
    asked: str = ""
    given_for: str = ""


class Declarations:
    """At most one for each kiosk; `timer` counts seconds from anywhere."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer
        self._known: dict[str, Declaration] = {}

    def __len__(self) -> int:
        """How many are remembered, those included whose time is over."""
        return len(self._known)

    def declare(self, device: str, priority: str, request: str = "") -> Declaration:
        """Chosen at this kiosk, in the place of what was chosen before; the same press again changes nothing."""
        self.sweep()
        held = self._known.get(device)
        if held is not None and request and held.asked == request and held.priority == priority:
            return held
        fresh = Declaration(secrets.token_urlsafe(16), priority, self._timer() + LIVES_SECONDS, request)
        self._known[device] = fresh
        return fresh

    def of(self, device: str) -> Declaration | None:
        """What a page of this kiosk says, which gives it its time anew; None when there is nothing to say."""
        self.sweep()
        found = self._known.get(device)
        if found is None or found.given_for:
            return None
        self._known[device] = again = replace(found, until=self._timer() + LIVES_SECONDS)
        return again

    def priority_for(self, device: str, declaration: str, request: str) -> str | None:
        """The class for this request's number; the same press again finds it too. Raises DeclarationOver."""
        if not declaration:
            return None
        self.sweep()
        found = self._known.get(device)
        if found is None or found.id != declaration or found.given_for not in ("", request):
            raise DeclarationOver()
        return found.priority

    def given(self, device: str, request: str) -> None:
        """The number is given: the next person here has chosen nothing."""
        if device in self._known:
            self._known[device] = replace(self._known[device], given_for=request)

    def end(self, device: str) -> None:
        """Nobody stands at this kiosk any more, or the choice is taken back."""
        self._known.pop(device, None)

    def sweep(self) -> None:
        """Forget what is over."""
        now = self._timer()
        for device in [device for device, found in self._known.items() if found.until <= now]:
            del self._known[device]

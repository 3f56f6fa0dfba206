"""Who may do what: the roles of people, devices and programs, and the declaration that every handler carries."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

Handler = TypeVar("Handler", bound=Callable[..., object])


class Role(StrEnum):
    """One word for one kind of visitor; a person may hold several, a device holds one."""

    ANYONE = "anyone"
    KIOSK = "kiosk"
    WALL = "wall"
    TABLET = "tablet"
    AGENT = "agent"
    CLERK = "clerk"
    RESULT_OFFICER = "result-officer"
    GUIDE = "guide"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    RECEIVER = "receiver"


DEVICE_ROLES = frozenset({Role.KIOSK, Role.WALL, Role.TABLET, Role.AGENT})
PROGRAM_ROLES = frozenset({Role.RECEIVER})
PERSON_ROLES = frozenset(Role) - DEVICE_ROLES - PROGRAM_ROLES - {Role.ANYONE}
COUNTER_ROLES = frozenset({Role.CLERK, Role.RESULT_OFFICER})
LEADING_ROLES = frozenset({Role.SUPERVISOR, Role.MANAGER})


def open_to(*roles: Role, body_limit: int = 8192) -> Callable[[Handler], Handler]:
    """Declare on a handler who may enter and how large a body (bytes) it reads.

    `app.py` refuses to mount a handler without this declaration, so that a forgotten one never becomes
    an open door.
    """

    def declare(handler: Handler) -> Handler:
        handler.roles = frozenset(roles)  # type: ignore[attr-defined]
        handler.body_limit = body_limit  # type: ignore[attr-defined]
        return handler

    return declare

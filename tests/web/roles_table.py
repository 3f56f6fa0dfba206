"""docs/roles.md, made from the routes: `python -m tests.web.roles_table` writes it anew."""

from pathlib import Path

from app import ROUTES
from domain.roles import DEVICE_ROLES, PERSON_ROLES, PROGRAM_ROLES, Role
from tests.web.walks import key_of, roles_of

PLACE = Path(__file__).parent.parent.parent / "docs" / "roles.md"
COLUMNS = [*sorted(DEVICE_ROLES), *sorted(PERSON_ROLES), *sorted(PROGRAM_ROLES)]
HEAD = """\
# Who may do what

Made from the routes by `python -m tests.web.roles_table`; a test compares it with them, and every route is
tried by every role (`tests/web/test_roles.py`). ● may enter, · is refused; *anyone* needs no sign-in and no
pairing. A kiosk or wall enters only where its own id stands in the path. WS is a live socket.
"""


def table() -> str:
    """The whole page: one row a route, one column a role."""
    rows = [("route", *(role.value for role in COLUMNS)), ("---", *("---" for _ in COLUMNS))]
    rows += [_row(route) for route in ROUTES]
    return HEAD + "\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(route: object) -> tuple[str, ...]:
    roles = roles_of(route)
    if Role.ANYONE in roles:
        return (f"`{key_of(route)}`", *("anyone" for _ in COLUMNS))
    return (f"`{key_of(route)}`", *("●" if role in roles else "·" for role in COLUMNS))


if __name__ == "__main__":
    PLACE.write_text(table(), encoding="utf-8")

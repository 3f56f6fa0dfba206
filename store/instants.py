"""Instants as the file keeps them: whole milliseconds since 1970."""

from datetime import UTC, datetime


def moment(milliseconds: int) -> datetime:
    """The aware UTC instant of a stored number of milliseconds."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def instant(milliseconds: int | None) -> datetime | None:
    """The same for a column that may be empty."""
    return None if milliseconds is None else moment(milliseconds)

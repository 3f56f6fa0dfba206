"""How a dossier stands, in the few words that its owner needs: from the portal's ten numbers (portal.md 5)."""

from enum import StrEnum


class Standing(StrEnum):
    """What somebody who asks after a dossier can do next."""

    UNDER_WAY = "under-way"
    READY = "ready"
    PAPERS = "papers"
    PAYMENT = "payment"
    COLLECTED = "collected"
    CLOSED = "closed"


READY_STATUS, COLLECTED_STATUS = 9, 10
_STANDINGS = {
    1: Standing.UNDER_WAY,
    2: Standing.UNDER_WAY,
    4: Standing.UNDER_WAY,
    5: Standing.PAPERS,
    6: Standing.PAYMENT,
    READY_STATUS: Standing.READY,
    COLLECTED_STATUS: Standing.COLLECTED,
}
OPEN_STATUSES = (1, 2, 4, 5, 6, READY_STATUS)
TAIL = 4


def standing(status: int) -> Standing:
    """The standing of a status 1..10; not accepted, withdrawn and stopped are closed."""
    return _STANDINGS.get(status, Standing.CLOSED)


def tail(code: str) -> str:
    """'…0042': enough for its owner, nothing for who stands behind."""
    return f"…{code[-TAIL:]}"

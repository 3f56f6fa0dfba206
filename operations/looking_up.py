"""Keeping that somebody asked a national database, for what and with what outcome. Never what was asked."""

from dataclasses import dataclass

from domain.errors import Invalid
from domain.lookup_events import LookupMade
from domain.lookups import DOSSIER, Answer, Database, Purpose, Unverified, outcome_of
from store.writer import Tx


@dataclass(frozen=True, slots=True)
class Noted:
    """An answer, and the number under which the question stands in the book."""

    number: int
    answer: Answer


def note_lookup(
    tx: Tx, database: Database, purpose: Purpose, person: str, dossier: str, answer: Answer, milliseconds: int
) -> int:
    """Enter the question in the book; gives its number. `dossier` is empty before there is one. Raises Invalid."""
    if not DOSSIER.fullmatch(dossier):
        raise Invalid(what="dossier")
    reason = str(answer.reason) if isinstance(answer, Unverified) else ""
    made = LookupMade(
        str(database), str(purpose), person, dossier, str(outcome_of(answer)), reason, max(0, milliseconds)
    )
    return tx.record(made).seq

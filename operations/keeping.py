"""Personal data past their time leave by the rules of `domain.keeping`, in small transactions of whole rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.centres import Centre
from domain.keeping import Held
from domain.keeping_events import DataRemoved
from operations.attaching import remove_by_rule
from store import keeping
from store.database import Connection
from store.keeping import NOTHING_YET, Removed, Term
from store.store import Store
from store.writer import Act, Tx

AT_ONCE = 100  # dossiers in one transaction: nobody waits longer for a number than for a batch of them
FILES_AT_ONCE = 5  # of up to 100 files each
SOON = timedelta(days=30)
RULES = Act("system")


@dataclass(frozen=True, slots=True)
class Gone:
    """What one transaction removed: of how many, how many rows, and where the files lay that went."""

    subjects: int = 0
    rows: int = 0
    addresses: tuple[str, ...] = ()


def remove(tx: Tx, held: Held, numbers: list[int]) -> Gone:
    """Remove this kind of data of those of these dossiers (visits, letters) that are past their time now."""
    found = keeping.past(tx.db, term_of(tx.centre, held, tx.now), among=numbers)
    if not found:
        return Gone()
    files = remove_by_rule(tx, keeping.files_of(tx.db, found)) if held is Held.FILES else []
    rows = keeping.leave(tx.db, held, found) + len(files)
    tx.record(DataRemoved(held.value, tx.centre.dossiers.keep.days(held), found, rows))
    return Gone(len(found), rows, tuple(files))


def term_of(centre: Centre, held: Held, now: datetime) -> Term:
    """What the centre's rule for this kind means today."""
    before = now - timedelta(days=centre.dossiers.keep.days(held))
    return Term(held, before, centre.portal is not None, centre.axis is not None)


def apply_rules(
    store: Store, let_go: Callable[[str], object], act: Act = RULES, goes_on: Callable[[], bool] = lambda: True
) -> dict[Held, Gone]:
    """Remove all that is past its time; gives what went by each rule that removed anything.

    For a thread of its own: it waits for the writer. `let_go` deletes the file at an address from the disk, and
    where it no longer `goes_on` the rest waits for the next time.
    Raises NoCentre.
    """
    done: dict[Held, Gone] = {}
    for held in Held:
        for gone in _removals(store, held, act, goes_on):
            for address in gone.addresses:
                let_go(address)
            before = done.get(held, Gone())
            done[held] = Gone(before.subjects + gone.subjects, before.rows + gone.rows)
    return done


def _removals(store: Store, held: Held, act: Act, goes_on: Callable[[], bool]) -> Iterable[Gone]:
    most, after = FILES_AT_ONCE if held is Held.FILES else AT_ONCE, 0
    while goes_on():
        numbers = store.read(keeping.past, term_of(store.centre(), held, store.writer.clock()), most, after)
        if not numbers:
            return
        gone = store.write_now(act, remove, held, numbers)
        if gone.subjects:
            yield gone
        after = numbers[-1]


@dataclass(frozen=True, slots=True)
class Outlook:
    """How one rule stands: how many go with the next run, how many more within 30 days, how many wait for something
    else to end, and what has gone so far.
    """

    held: Held
    days: int
    due: int
    soon: int
    held_back: int
    removed: Removed


def outlook(db: Connection, centre: Centre, now: datetime) -> list[Outlook]:
    """Every rule of the centre; reads every ended dossier, so in a thread."""
    gone, rows = keeping.so_far(db), []
    for held in Held:
        term = term_of(centre, held, now)
        due, later = len(keeping.past(db, term)), len(keeping.past(db, replace(term, before=term.before + SOON)))
        rows.append(
            Outlook(
                held, centre.dossiers.keep.days(held), due, max(0, later - due), keeping.held_back(db, term),
                gone.get(held, NOTHING_YET),
            )
        )  # fmt: skip
    return rows

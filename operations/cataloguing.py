"""The portal's catalogue: fetched into a draft, compared with ours, and put into force by a manager, wholly or in
parts. A dossier keeps the version that it was received under (`store.procedures.as_received`).
"""

from collections.abc import Sequence

from domain.catalogue_differences import CatalogueChange, Change, differences
from domain.errors import Invalid, Refused, msgid
from domain.events import ProcedureListed
from domain.portal_events import ProcedureDropped
from domain.procedures import MOST_ROWS, Procedure
from store import catalogue_drafts, procedures
from store.database import Connection
from store.writer import Tx


class CatalogueMoved(Refused):
    text = msgid("Danh mục vừa được tải lại hoặc áp dụng ở nơi khác. Hãy xem lại khác biệt rồi quyết định lần nữa.")


def start_run(tx: Tx, codes: Sequence[str]) -> int:
    """A new list of the portal; gives its number. Raises Invalid for an empty or an endless one."""
    if not 0 < len(codes) <= MOST_ROWS:
        raise Invalid(what="LayDanhSachTTHC")
    return catalogue_drafts.start(tx.db, tx.now, list(codes))


def keep_row(tx: Tx, run: int, code: str, found: Procedure | None) -> None:
    """What the portal said of a procedure. Raises CatalogueMoved when another list was fetched since."""
    _check(tx, run)
    catalogue_drafts.keep_row(tx.db, code, found, tx.now)


def end_run(tx: Tx, run: int) -> None:
    """All of the list has been fetched. Raises CatalogueMoved."""
    _check(tx, run)
    catalogue_drafts.end(tx.db, tx.now)


def read_differences(db: Connection) -> list[CatalogueChange]:
    """What the draft would change; a procedure is gone only by a list that was fetched to its end."""
    run = catalogue_drafts.newest(db)
    if run is None:
        return []
    ours = {one.code: one for one in procedures.everything(db)}
    listed = set(run.codes) if run.ended_at else set(ours)
    return differences(ours, catalogue_drafts.rows(db), listed)


def put_in_force(tx: Tx, run: int, codes: Sequence[str]) -> int:
    """These differences take effect from now on; how many. Raises CatalogueMoved for one that is there no more."""
    _check(tx, run)
    there = {change.procedure.code: change for change in read_differences(tx.db)}
    if not codes or not set(codes) <= there.keys():
        raise CatalogueMoved()
    for code in dict.fromkeys(codes):
        change = there[code]
        if change.kind is Change.GONE:
            tx.record(ProcedureDropped(code))
        else:
            tx.record(ProcedureListed(procedures.to_record(change.procedure)))
    return len(set(codes))


def refuse(tx: Tx, run: int, codes: Sequence[str]) -> int:
    """These differences are not wanted; they come again with the next fetching. Raises CatalogueMoved."""
    _check(tx, run)
    for code in codes:
        catalogue_drafts.drop(tx.db, code)
    return len(codes)


def _check(tx: Tx, run: int) -> None:
    newest = catalogue_drafts.newest(tx.db)
    if newest is None or newest.number != run:
        raise CatalogueMoved()

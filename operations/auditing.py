"""Taking a copy of the journal away. Reading it is noted nowhere; what leaves the house is."""

from domain.errors import NotFound, msgid
from domain.events import JournalExported
from store.journal import head
from store.journal_rows import Wanted, clipped
from store.writer import Tx


class NothingToCopy(NotFound):
    text = msgid("Không có việc nào như vậy để chép. Mời chọn lại.")


def note_export(tx: Tx, wanted: Wanted) -> int:
    """Note each span that is copied out; gives the number up to which they are. Raises NothingToCopy."""
    spans = clipped(wanted.spans, head(tx.db)[0])
    if not spans:
        raise NothingToCopy()
    for first, last in spans:
        tx.record(JournalExported(first, last, wanted.kind, wanted.who, wanted.counter, wanted.ticket))
    return spans[-1][1]

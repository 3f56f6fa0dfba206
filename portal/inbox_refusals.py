"""What came in and was not taken: noted with its reason for the desk, content and all, and never in clear."""

import msgspec
import structlog

from domain import refused_arrivals as refused
from domain.attachments import FilesBusy
from domain.errors import Refused, StoreFull, StoreUnavailable
from domain.refused_arrivals import NothingKept, Source
from operations import declining, inbound
from operations.declining import Declined
from operations.inbound import NonceUsed
from portal.inbox_files import LinkSilent
from portal.inbox_messages import named_in
from store import inbox, refused_arrivals
from store.store import Store
from store.vault import Vault
from store.writer import Act

# What may be taken the next time as it is, and what somebody only repeats, is no matter for a person.
PASSING = (StoreFull, StoreUnavailable, FilesBusy, LinkSilent, NonceUsed)
ACT = Act(inbound.PORTAL)
log = structlog.get_logger("portal")


class Refusals:
    """The desk's list of what was not taken."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store, self._vault = store, vault

    async def note(self, source: Source, body: bytes, error: Refused) -> None:
        """Put it on the desk, once. It never hides why the thing was refused."""
        if isinstance(error, PASSING):
            return
        code, part = _named(body)
        sealed = self._vault.seal(refused.to_bytes(refused.kept(error, body)))
        digest = self._vault.digest("refused", body.decode("latin-1")).hex()[:32]
        try:
            await self._store.write(
                ACT, declining.note_refusal, Declined(source, code, part, error.code, digest, sealed)
            )
        except (StoreFull, StoreUnavailable):
            log.warning("a refusal could not be noted", error=error.code)

    def content(self, arrival: int) -> bytes:
        """What was sent. Raises ArrivalEnded, NothingKept."""
        sealed = self._store.read(refused_arrivals.sealed_content, arrival)
        if sealed is None:
            raise refused.ArrivalEnded(what=f"#{arrival}")
        body = refused.from_bytes(self._vault.unseal(sealed)).body
        if not body:
            raise NothingKept()
        return body


def _named(body: bytes) -> tuple[str, str]:
    try:
        code, number = named_in(msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "", ""
    return code, (inbound.part_of(number) if number else inbox.WHOLE) if code else ""

"""The portal's letters to us: whose they are, whether they are fresh and new, and what became of each.

A letter is signed: HMAC-SHA256 over timestamp, nonce and body with a secret that both sides keep in a file. It is
taken whole and once, or not at all. What systems that are polled give goes through the same door, unsigned.
"""

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import structlog

from domain.applicants import words_to_bytes
from domain.attachments import FilesBusy
from domain.differences import Difference
from domain.errors import DossierExists, Refused, StoreFull, StoreUnavailable, msgid
from domain.refused_arrivals import Source
from operations import inbound, reconciling
from operations.arrivals import Arrival
from operations.inbound import WINDOW, Letter, Taken
from operations.processing import UnknownDossier
from portal.inbox_files import InboxFiles, LinkSilent
from portal.inbox_messages import BodyTooLarge, Message, OnlineDossier, read_body
from portal.inbox_refusals import Refusals
from store import inbox, marks, refused_arrivals
from store.store import Store
from store.vault import Vault
from store.writer import Act

ACT = Act(inbound.PORTAL)
SCHEME = "HMAC-SHA256"
SHORTEST_SECRET = 16
AT_ONCE = 2  # a letter takes four times its size while it is read
OK, AGAIN, WRONG, KEY_EMPTY, KEY_WRONG, UNIT_WRONG = 0, 1, -1, -301, -302, -303
TAKEN, EXISTS = "tiếp nhận thành công", "đã tồn tại"
_HEADER = re.compile(
    rf"{SCHEME} Timestamp=([0-9]{{9,11}}), ?Nonce=([A-Za-z0-9_-]{{16,64}}), ?Signature=([0-9a-f]{{64}})", re.ASCII
)
log = structlog.get_logger("portal")


class LetterUnsigned(Refused):
    text = msgid("Thư không có chữ ký, hoặc trung tâm chưa đặt khóa nhận thư. Hãy kiểm tra cấu hình hai bên.")


class SignatureWrong(Refused):
    text = msgid("Chữ ký của thư không đúng. Hãy kiểm tra khóa chung của hai bên.")


class LetterLate(Refused):
    text = msgid("Thời điểm của thư lệch quá 5 phút so với máy chủ này. Hãy kiểm tra đồng hồ hai bên rồi gửi lại.")


@dataclass(frozen=True, slots=True)
class Seal:
    """What a letter's header says; not yet believed."""

    at: datetime
    nonce: str
    signature: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer in the portal's dialect with its HTTP status."""

    status: int
    code: int
    message: str


class Inbox:
    """Takes messages, and their files with them."""

    def __init__(self, store: Store, vault: Vault, now: Callable[[], datetime], secret_file: Path | None,
                 files: InboxFiles) -> None:  # fmt: skip
        self._store, self._vault, self._now, self._secret_file = store, vault, now, secret_file
        self._files, self._refusals = files, Refusals(store, vault)
        self.room = asyncio.Semaphore(AT_ONCE)

    def examine(self, header: str) -> Seal:
        """What the header says, before a byte of the body is read. Raises LetterUnsigned, LetterLate."""
        found = _HEADER.fullmatch(header)
        if found is None or not self._secrets():
            raise LetterUnsigned()
        at = datetime.fromtimestamp(int(found[1]), UTC)
        if abs(at - self._now()) > WINDOW:
            raise LetterLate()
        return Seal(at, found[2], found[3])

    async def take(self, seal: Seal, body: bytes) -> Taken:
        """A whole letter. Raises what is wrong with it; then nothing has changed, and the desk has the reason."""
        self._verify(seal, body)
        return await self._take(Source.PUSH, body, seal.nonce)

    async def take_row(self, row: object) -> Taken:
        """What a system gave that is asked. Raises as `take`."""
        return await self._take(Source.POLL, msgspec.json.encode(row))

    async def take_again(self, arrival: int, person: str) -> Taken:
        """What was refused, once its cause is mended. Raises ArrivalEnded, NothingKept, and as `take`."""
        body, found = self._refusals.content(arrival), self._store.read(refused_arrivals.find, arrival)
        return await self._take(found.source if found else Source.PUSH, body, person=person)

    async def _take(self, source: Source, body: bytes, nonce: str = "", person: str = "") -> Taken:
        try:
            return await self._take_message(read_body(body), nonce, person)
        except Refused as error:
            await self._refusals.note(source, body, error)
            raise

    async def _take_message(self, message: Message, nonce: str, person: str) -> Taken:
        letter = self._letter(message, nonce, person)
        if self._is_known(message, letter):
            return await self._enter(message, letter)  # its files are not fetched or read again
        proven = await self._files.proven(message.files)
        room = self._files.room
        async with room.holding(proven.contents) as addresses:
            return await self._enter(message, replace(letter, sent=proven.sent(addresses), limits=room.limits))

    async def _enter(self, message: Message, letter: Letter) -> Taken:
        if isinstance(message, OnlineDossier):
            return await self._store.write(ACT, inbound.take_dossier, self._arrival(message), letter)
        words = self._vault.seal(words_to_bytes(message.words)) if message.words else None
        try:
            return await self._store.write(
                ACT, inbound.take_completion, message.code, message.number, words, letter
            )
        except UnknownDossier:
            # The portal completes what we never had: a person must know of it.
            await self._store.write(ACT, reconciling.note_difference, message.code, Difference.MISSING_HERE)
            raise

    def _is_known(self, message: Message, letter: Letter) -> bool:
        part = inbox.WHOLE if isinstance(message, OnlineDossier) else inbound.part_of(message.number)
        before = self._store.read(inbox.content, message.code, part)
        return before is not None and before.digest == letter.digest

    def _arrival(self, message: OnlineDossier) -> Arrival:
        return Arrival(
            code=message.code, procedure=message.procedure, particulars=self._vault.seal(message.particulars),
            submitted_at=min(message.submitted_at, self._now()), owner_kind=message.owner_kind,
            delivery=message.delivery, found_by=marks.of_owner(self._vault, message.owner),
        )  # fmt: skip

    def _letter(self, message: Message, nonce: str, person: str) -> Letter:
        """The digest is keyed: what people wrote could be guessed from a plain one."""
        digest = self._vault.digest("inbox", _canonical(message))
        if not isinstance(message, OnlineDossier):
            return Letter(message.made_at, digest, nonce, message.agency, person=person)
        form = self._vault.seal(message.form) if message.form else b""
        return Letter(message.submitted_at, digest, nonce, message.agency, form=form, person=person)

    def _verify(self, seal: Seal, body: bytes) -> None:
        text = f"{int(seal.at.timestamp())}\n{seal.nonce}\n".encode() + body
        right = [hmac.new(secret, text, hashlib.sha256).hexdigest() for secret in self._secrets()]
        if not any(hmac.compare_digest(one, seal.signature) for one in right):
            raise SignatureWrong()

    def _secrets(self) -> list[bytes]:
        """One secret a line, read each time: the old and the new one while both sides change it."""
        try:
            text = self._secret_file.read_text(encoding="utf-8") if self._secret_file else ""
        except (OSError, UnicodeDecodeError):
            log.warning("the inbox's secret cannot be read")
            return []
        return [line.strip().encode() for line in text.splitlines() if len(line.strip()) >= SHORTEST_SECRET]


def accepted(taken: Taken, code: str = "") -> Reply:
    """The answer to a message that was taken, now or before."""
    again = taken is Taken.AGAIN
    return Reply(200, AGAIN if again else OK, f"{code} {EXISTS}".strip() if again else TAKEN)


def refused(error: Refused) -> Reply:
    """The answer to a message that was not taken; the words are Vietnamese, as the portal's are."""
    status, code = next(
        (pair for kind, pair in _ANSWERS.items() if isinstance(error, kind)), (200, WRONG)
    )  # fmt: skip
    return Reply(status, code, error.text % error.arguments)


_ANSWERS: dict[type[Refused], tuple[int, int]] = {
    LetterUnsigned: (401, KEY_EMPTY),
    SignatureWrong: (401, KEY_WRONG),
    LetterLate: (401, KEY_WRONG),
    inbound.NonceUsed: (401, KEY_WRONG),
    inbound.AgencyUnknown: (200, UNIT_WRONG),
    DossierExists: (200, AGAIN),
    BodyTooLarge: (413, WRONG),
    FilesBusy: (503, WRONG),
    LinkSilent: (503, WRONG),
    StoreFull: (503, WRONG),
    StoreUnavailable: (503, WRONG),
}


def _canonical(message: Message) -> str:
    files = [
        [one.name, one.component, one.link or hashlib.sha256(one.content).hexdigest()] for one in message.files
    ]
    if isinstance(message, OnlineDossier):
        parts = [
            message.code, message.procedure, message.submitted_at.isoformat(), message.owner_kind, message.delivery,
            message.particulars.decode(), message.agency, message.form.decode(),
        ]  # fmt: skip
    else:
        written = words_to_bytes(message.words).decode() if message.words else ""
        parts = [message.code, message.number, message.made_at.isoformat(), written, message.agency]
    return json.dumps([*parts, files], ensure_ascii=False)

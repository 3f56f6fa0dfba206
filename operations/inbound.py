"""What the portal sends us is taken once, whole and in order: an online dossier, or what completes one."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from domain.attachments import FileHereAlready, Limits, Part
from domain.centres import Centre
from domain.dossiers import Status
from domain.errors import DossierExists, Refused, msgid
from operations import arrivals, attaching, declining
from operations.arrivals import Arrival
from operations.attaching import Sent
from operations.processing import Doing, load
from operations.supplements import last_asked, take_supplement
from store import dossiers, inbox
from store.dossiers import Dossier
from store.inbox import Content
from store.writer import Tx

PORTAL = "portal"
WINDOW = timedelta(minutes=5)  # two clocks may differ by so much; a nonce is kept for twice as long
SUPPLEMENT = "supplement"


class NonceUsed(Refused):
    """Somebody repeats a letter that was taken: the same message again would have a new nonce."""

    text = msgid("Số dùng một lần (nonce) của thư này đã được dùng. Hãy gửi lại với số mới.")


class ContentDiffers(Refused):
    text = msgid("Mã hồ sơ %(code)s đã tồn tại với nội dung khác. Không có gì thay đổi; hãy gửi yêu cầu bổ sung.")


class NotAskedFor(Refused):
    text = msgid("Hồ sơ %(code)s không ở trạng thái chờ bổ sung nên chưa nhận được phần bổ sung này.")


class OlderMessage(Refused):
    text = msgid("Đã có thông tin mới hơn về hồ sơ %(code)s. Thư cũ này không được nhận.")


class AgencyUnknown(Refused):
    text = msgid("Đơn vị %(agency)s không thuộc trung tâm này.")


@dataclass(frozen=True, slots=True)
class Letter:
    """What every message carries: when it was made, a keyed digest of what it says, its nonce (empty: it was not
    pushed), the agency that it names (empty: none), its checked files that lie in the strongbox, how much a dossier
    holds, the form that was filled in on the portal, sealed (empty: none), and who takes it after it was refused
    before (empty: nobody, it came by itself).
    """

    at: datetime
    digest: bytes
    nonce: str = ""
    agency: str = ""
    sent: tuple[Sent, ...] = ()
    limits: Limits = field(default_factory=Limits)
    form: bytes = field(default=b"", repr=False)
    person: str = ""


class Taken(Enum):
    """Whether a message was new, or the same had been taken before."""

    NEW = "new"
    AGAIN = "again"


def take_dossier(tx: Tx, arrival: Arrival, letter: Letter) -> Taken:
    """An online dossier stands on the reception list with its files. Raises NonceUsed, AgencyUnknown,
    ContentDiffers, DossierExists for one that was received here, and what arrivals.take_in and
    attaching.attach_file raise.
    """
    _check_letter(tx, letter)
    found = dossiers.find(tx.db, arrival.code)
    if found is not None:
        if found.counter is not None:
            raise DossierExists(code=arrival.code)
        return _again(tx, arrival.code, inbox.WHOLE, letter)
    arrivals.take_in(tx, arrival)
    return _keep(tx, arrival.code, inbox.WHOLE, letter)


def take_completion(tx: Tx, code: str, number: str, words: bytes | None, letter: Letter) -> Taken:
    """The applicant completed the dossier on the portal; `number` is the portal's of this supplement.

    Raises NonceUsed, AgencyUnknown, UnknownDossier, ContentDiffers, NotAskedFor, OlderMessage and what
    supplements.take_supplement and attaching.attach_file raise.
    """
    _check_letter(tx, letter)
    dossier, part = load(tx, code), part_of(number)
    if inbox.content(tx.db, code, part) is not None:
        return _again(tx, code, part, letter)
    check_order(tx, dossier, letter.at)
    take_supplement(tx, Doing(code, PORTAL, words, facts={"supplement": number}))
    return _keep(tx, code, part, letter)


def part_of(number: str) -> str:
    """The name under which a supplement with this number of the portal's is kept."""
    return f"{SUPPLEMENT} {number}"


def check_order(tx: Tx, dossier: Dossier, made_at: datetime) -> None:
    """Whether a supplement of that moment may come now. Raises NotAskedFor, OlderMessage."""
    if dossier.status is not Status.SUPPLEMENT:
        raise NotAskedFor(code=dossier.code)
    newest, asked = inbox.newest(tx.db, dossier.code), last_asked(dossiers.steps_of(tx.db, dossier.code))
    if (newest and made_at < newest) or (asked and made_at < asked.at - WINDOW):
        raise OlderMessage(code=dossier.code)


def _check_letter(tx: Tx, letter: Letter) -> None:
    if letter.nonce and inbox.is_used(tx.db, letter.nonce):
        raise NonceUsed()
    if letter.agency and letter.agency not in _own_codes(tx.centre):
        raise AgencyUnknown(agency=letter.agency[:40])


def _own_codes(centre: Centre) -> set[str]:
    return {centre.code, *(code for agency in centre.agencies for code in (agency.code, *agency.aliases))}


def _again(tx: Tx, code: str, part: str, letter: Letter) -> Taken:
    before = inbox.content(tx.db, code, part)
    if before is None or before.digest != letter.digest:
        raise ContentDiffers(code=code)
    _settle(tx, code, part, letter)
    return Taken.AGAIN


def _keep(tx: Tx, code: str, part: str, letter: Letter) -> Taken:
    inbox.keep_content(tx.db, code, part, Content(letter.digest, letter.at))
    if letter.form:
        inbox.keep_form(tx.db, code, part, letter.form)
    for one in letter.sent:
        _attach(tx, load(tx, code), one, letter.limits)
    _settle(tx, code, part, letter)
    return Taken.NEW


def _attach(tx: Tx, dossier: Dossier, sent: Sent, limits: Limits) -> None:
    """A paper that our catalogue does not name belongs to none; what the dossier has already is not there twice."""
    if sent.component not in attaching.components(tx, dossier, Part(sent.part)):
        sent = replace(sent, component="")
    with suppress(FileHereAlready):
        attaching.attach_file(tx, dossier.code, sent, limits)


def _settle(tx: Tx, code: str, part: str, letter: Letter) -> None:
    declining.end_those_of(tx, code, part, letter.person)
    if letter.nonce:
        inbox.use_nonce(tx.db, letter.nonce, tx.now, tx.now - 2 * WINDOW)

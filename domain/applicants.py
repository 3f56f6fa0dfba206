"""Who a dossier belongs to and what its clerk wrote: leaves this shape only sealed or towards the portal."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from unicodedata import normalize

from domain.errors import Invalid, msgid

LONGEST_SUMMARY = 1000  # characters, as in the portal's record
MOST_PAPERS = 40
LONGEST_PAPER = 1000
MOST_COPIES = 999
_CITIZEN, _OLD_CITIZEN, _PHONE = re.compile(r"[0-9]{12}"), re.compile(r"[0-9]{9}"), re.compile(r"\+?[0-9]{8,14}")


class IdentityWrong(Invalid):
    text = msgid("Số giấy tờ phải có 12 chữ số (căn cước) hoặc 9 chữ số (chứng minh cũ). Mời xem lại.")


class PhoneWrong(Invalid):
    text = msgid("Số điện thoại chưa đúng. Chỉ gồm chữ số, có thể có dấu + ở đầu.")


class NameWrong(Invalid):
    text = msgid("Tên và địa chỉ chủ hồ sơ phải là chữ đọc được trên một dòng. Mời nhập lại.")


@dataclass(frozen=True, slots=True)
class Applicant:
    """The dossier's owner as typed or scanned; empty strings where nothing was given."""

    name: str
    identity: str = ""
    phone: str = ""
    address: str = ""

    @property
    def identity_kind(self) -> int | None:
        """The portal's LoaiDinhDanh: 1 for 12 digits, 2 for 9, None without a number."""
        return {12: 1, 9: 2}.get(len(self.identity))

    @property
    def masked_identity(self) -> str:
        """'*********123': the first digits tell province, sex and birth century, so only the last three show."""
        return "*" * (len(self.identity) - 3) + self.identity[-3:] if self.identity else ""


def applicant(name: str, identity: str, phone: str, address: str) -> Applicant:
    """A checked applicant, in NFC. Raises NameWrong, IdentityWrong, PhoneWrong."""
    if not name.strip() or not (name.isprintable() and address.isprintable()):
        raise NameWrong()
    identity = identity.replace(" ", "")
    if identity and not (_CITIZEN.fullmatch(identity) or _OLD_CITIZEN.fullmatch(identity)):
        raise IdentityWrong()
    phone = phone.replace(" ", "")
    if phone and not _PHONE.fullmatch(phone):
        raise PhoneWrong()
    return Applicant(normalize("NFC", name.strip()), identity, phone, normalize("NFC", address))


@dataclass(frozen=True, slots=True)
class Particulars:
    """All that a dossier says in free words: its owner, a summary, the papers taken in and how many of each."""

    owner: Applicant
    summary: str = ""
    papers: tuple[tuple[str, int], ...] = ()


def particulars(owner: Applicant, summary: str, papers: Iterable[tuple[str, int]]) -> Particulars:
    """Checked particulars. Raises Invalid."""
    found = tuple((normalize("NFC", name.strip()), count) for name, count in papers if name.strip())
    if len(summary) > LONGEST_SUMMARY or len(found) > MOST_PAPERS:
        raise Invalid(what="summary, documents")
    if not all(text.isprintable() and len(text) <= LONGEST_PAPER for text, _ in found) or not summary.isprintable():
        raise Invalid(what="summary, documents")
    if not all(1 <= count <= MOST_COPIES for _, count in found):
        raise Invalid(what="documents")
    return Particulars(owner, normalize("NFC", summary.strip()), found)


def to_bytes(told: Particulars) -> bytes:
    """Canonical text, ready to be sealed."""
    return json.dumps(asdict(told), ensure_ascii=False, sort_keys=True).encode()


def from_bytes(plain: bytes) -> Particulars:
    """What `to_bytes` was given."""
    told = json.loads(plain)
    papers = tuple((name, count) for name, count in told["papers"])
    return Particulars(Applicant(**told["owner"]), told["summary"], papers)

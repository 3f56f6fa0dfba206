"""Who a dossier belongs to and what its clerk wrote: leaves this shape only sealed or towards the portal."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from unicodedata import normalize

from domain.errors import Invalid, msgid
from domain.procedures import fold

LONGEST_SUMMARY = 1000  # characters, as in the portal's record
MOST_PAPERS = 40
LONGEST_PAPER = 1000
MOST_COPIES = 999
LONGEST_CODE = 60
LONGEST_WORDS = 2000
LONGEST_ADDRESS = 300
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s]{2,24}")
_LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){8}")
_CITIZEN, _OLD_CITIZEN, _PHONE = re.compile(r"[0-9]{12}"), re.compile(r"[0-9]{9}"), re.compile(r"\+?[0-9]{8,14}")


class IdentityWrong(Invalid):
    text = msgid("Số giấy tờ phải có 12 chữ số (căn cước) hoặc 9 chữ số (chứng minh cũ). Mời xem lại.")


class PhoneWrong(Invalid):
    text = msgid("Số điện thoại chưa đúng. Chỉ gồm chữ số, có thể có dấu + ở đầu.")


class NameWrong(Invalid):
    text = msgid("Tên và địa chỉ chủ hồ sơ phải là chữ đọc được trên một dòng. Mời nhập lại.")


class EmailWrong(Invalid):
    text = msgid("Địa chỉ thư điện tử chưa đúng. Mời xem lại hoặc để trống.")


@dataclass(frozen=True, slots=True)
class Applicant:
    """The dossier's owner as typed or scanned; empty strings where nothing was given."""

    name: str
    identity: str = ""
    phone: str = ""
    address: str = ""
    email: str = ""

    @property
    def identity_kind(self) -> int | None:
        """The portal's LoaiDinhDanh: 1 for 12 digits, 2 for 9, None without a number."""
        return {12: 1, 9: 2}.get(len(self.identity))

    @property
    def masked_identity(self) -> str:
        """'*********123': the first digits tell province, sex and birth century, so only the last three show."""
        return "*" * (len(self.identity) - 3) + self.identity[-3:] if self.identity else ""


def applicant(name: str, identity: str, phone: str, address: str, email: str = "") -> Applicant:
    """A checked applicant, in NFC. Raises NameWrong, IdentityWrong, PhoneWrong, EmailWrong."""
    if not name.strip() or not (name.isprintable() and address.isprintable()):
        raise NameWrong()
    identity = identity.replace(" ", "")
    if identity and not (_CITIZEN.fullmatch(identity) or _OLD_CITIZEN.fullmatch(identity)):
        raise IdentityWrong()
    phone = phone.replace(" ", "")
    if phone and not _PHONE.fullmatch(phone):
        raise PhoneWrong()
    email = email.strip()
    if email and not _EMAIL.fullmatch(email):
        raise EmailWrong()
    return Applicant(normalize("NFC", name.strip()), identity, phone, normalize("NFC", address), email)


@dataclass(frozen=True, slots=True)
class Paper:
    """One component of a dossier and in which shapes it was handed in; `code` is the catalogue's."""

    name: str
    originals: int = 0
    certified: int = 0
    copies: int = 0
    digitised: bool = False
    reused: bool = False
    code: str = ""

    @property
    def count(self) -> int:
        """How many sheets of paper or copies of it were taken in."""
        return self.originals + self.certified + self.copies


@dataclass(frozen=True, slots=True)
class Particulars:
    """All that a dossier says in free words: its owner, a summary, the papers taken in.

    `representative`: who hands it in for the owner, with an authorisation where the law wants one. `deliver_to`:
    where the post takes the result, empty for the owner's address.
    """

    owner: Applicant
    summary: str = ""
    papers: tuple[Paper, ...] = ()
    representative: Applicant | None = None
    authorisation: str = ""
    deliver_to: str = ""


def particulars(
    owner: Applicant, summary: str, papers: Iterable[Paper], representative: Applicant | None = None,
    authorisation: str = "", deliver_to: str = "",
) -> Particulars:  # fmt: skip
    """Checked particulars. Raises Invalid."""
    found = tuple(
        replace(paper, name=normalize("NFC", paper.name.strip())) for paper in papers if paper.name.strip()
    )
    if len(found) > MOST_PAPERS:
        raise Invalid(what="documents")
    for paper in found:
        counts = (paper.originals, paper.certified, paper.copies)
        if not _is_line(paper.name, LONGEST_PAPER) or not all(0 <= one <= MOST_COPIES for one in counts):
            raise Invalid(what="documents")
        if not _is_line(paper.code, LONGEST_CODE) or not (paper.count or paper.digitised or paper.reused):
            raise Invalid(what="documents")
    if not _is_line(summary, LONGEST_SUMMARY) or not _is_line(authorisation, LONGEST_SUMMARY):
        raise Invalid(what="summary, authorisation")
    if not _is_line(deliver_to, LONGEST_ADDRESS):
        raise Invalid(what="address")
    summary, authorisation, deliver_to = (
        normalize("NFC", text.strip()) for text in (summary, authorisation, deliver_to)
    )
    return Particulars(owner, summary, found, representative, authorisation, deliver_to)


def _is_line(text: str, longest: int) -> bool:
    return len(text) <= longest and text.isprintable()


def names_somebody(text: str, told: Particulars) -> bool:
    """Whether what was typed, as the name of a paper, says whose dossier it is: by a number or by a name in it."""
    people, folded = [one for one in (told.owner, told.representative) if one], fold(text)
    names = [part for one in people for part in (one.name, one.address) if part]
    return bool(_LONG_NUMBER.search(text)) or any(fold(name) in folded for name in names)


def to_bytes(told: Particulars) -> bytes:
    """Canonical text, ready to be sealed."""
    return json.dumps(asdict(told), ensure_ascii=False, sort_keys=True).encode()


def from_bytes(plain: bytes) -> Particulars:
    """What `to_bytes` was given."""
    told = json.loads(plain)
    acting = told["representative"]
    return Particulars(
        Applicant(**told["owner"]), told["summary"], tuple(Paper(**paper) for paper in told["papers"]),
        Applicant(**acting) if acting else None, told["authorisation"], told["deliver_to"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """What was written of a step: the content or reason, its legal basis, the papers that are missing."""

    text: str
    basis: str = ""
    papers: tuple[Paper, ...] = ()


def words(text: str, basis: str = "", papers: Iterable[Paper] = ()) -> Words:
    """Checked words; line breaks are kept. Raises Invalid."""
    text, basis = normalize("NFC", text.strip()), normalize("NFC", basis.strip())
    told = text.replace("\r\n", "\n")
    if not told or len(told) > LONGEST_WORDS or not told.replace("\n", "").isprintable():
        raise Invalid(what="words")
    if not _is_line(basis, LONGEST_SUMMARY):
        raise Invalid(what="basis")
    return Words(told, basis, particulars(Applicant("-"), "", papers).papers)


def words_to_bytes(told: Words) -> bytes:
    """Canonical text, ready to be sealed."""
    return json.dumps(asdict(told), ensure_ascii=False, sort_keys=True).encode()


def words_from_bytes(plain: bytes) -> Words:
    """What `words_to_bytes` was given."""
    told = json.loads(plain)
    return Words(told["text"], told["basis"], tuple(Paper(**paper) for paper in told["papers"]))

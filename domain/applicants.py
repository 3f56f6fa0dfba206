"""Who a dossier belongs to: personal data, which leaves this shape only sealed or towards the portal."""

import json
import re
from dataclasses import asdict, dataclass
from unicodedata import normalize

from domain.errors import Invalid, msgid

_CITIZEN, _OLD_CITIZEN, _PHONE = re.compile(r"\d{12}"), re.compile(r"\d{9}"), re.compile(r"\+?[\d ]{8,15}")


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
    if phone and not _PHONE.fullmatch(phone):
        raise PhoneWrong()
    return Applicant(normalize("NFC", name.strip()), identity, phone.replace(" ", ""), normalize("NFC", address))


def to_bytes(person: Applicant) -> bytes:
    """Canonical text, ready to be sealed."""
    return json.dumps(asdict(person), ensure_ascii=False, sort_keys=True).encode()


def from_bytes(plain: bytes) -> Applicant:
    """What `to_bytes` was given."""
    return Applicant(**json.loads(plain))

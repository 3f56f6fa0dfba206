"""A VietQR: what a bank's app reads to fill in a transfer to one account, as one line of text.

EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1, in the form of the Vietnamese switch
(NAPAS, GUID A000000727, service QRIBFTTA: transfer to an account). Draws nothing and knows no fee.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from domain.errors import Refused, msgid
from domain.records import Pattern, Words

GUID, TO_ACCOUNT = "A000000727", "QRIBFTTA"
DYNAMIC, DONG, COUNTRY = "12", "704", "VN"
MOST_DONG = 9_999_999_999_999  # thirteen characters, EMVCo table 3.7 (ID 54)
LONGEST_REFERENCE = 25  # EMVCo table 3.8: every field of template 62 has at most 25 characters
_REFERENCE = re.compile(r"[A-Za-z0-9 ./_-]+")

BankBin = Annotated[str, Pattern(r"\d{6}", msgid("ghi mã BIN của ngân hàng, 6 chữ số"))]
AccountNumber = Annotated[str, Pattern(r"[0-9A-Za-z]{4,19}", msgid("ghi số tài khoản, nhiều nhất 19 chữ và số"))]
Holder = Annotated[str, Words(70)]


class NoTransferCode(Refused):
    """This amount or reference does not go into a code: the person pays in another way."""

    text = msgid("Không làm được mã chuyển khoản cho khoản này: %(why)s. Mời thu tiền mặt hoặc qua Cổng.")


@dataclass(frozen=True, slots=True)
class Account:
    """Where the money goes: the bank's six digits, the number there, and in whose name."""

    bank: BankBin
    number: AccountNumber
    holder: Holder


def transfer_code(account: Account, dong: int, reference: str) -> str:
    """The text of the code for one transfer, with `reference` for the bank statement. Raises NoTransferCode."""
    if not 1 <= dong <= MOST_DONG:
        raise NoTransferCode(why=str(dong))
    if len(reference) > LONGEST_REFERENCE or not _REFERENCE.fullmatch(reference):
        raise NoTransferCode(why=reference[:40])
    beneficiary = _template([("00", account.bank), ("01", account.number)])
    fields = [
        ("00", "01"),
        ("01", DYNAMIC),
        ("38", _template([("00", GUID), ("01", beneficiary), ("02", TO_ACCOUNT)])),
        ("53", DONG),
        ("54", str(dong)),
        ("58", COUNTRY),
        ("62", _template([("08", reference)])),
    ]
    # The check covers its own tag and length (EMVCo 4.7.3).
    checked = _template(fields) + "6304"
    return f"{checked}{crc16(checked.encode('ascii')):04X}"


def _template(fields: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{tag}{len(value):02d}{value}" for tag, value in fields)


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 1021, start FFFF, nothing reflected (ISO/IEC 13239)."""
    check = 0xFFFF
    for byte in data:
        check ^= byte << 8
        for _ in range(8):
            check = (check << 1 ^ 0x1021 if check & 0x8000 else check << 1) & 0xFFFF
    return check

"""A reader of EMVCo payment codes, written for the tests from the specification: it shares nothing with the maker.

The check is done by polynomial division on bits, not by the usual register.
"""

from dataclasses import dataclass


class NotAPaymentCode(ValueError):
    """What was read is no EMVCo code, or is damaged."""


@dataclass(frozen=True)
class Transfer:
    """What a banking app would fill in."""

    bank: str
    account: str
    dong: int
    reference: str


def fields_of(text: str) -> dict[str, str]:
    """Tag to value; every tag once, nothing left over."""
    found: dict[str, str] = {}
    while text:
        tag, size = text[:2], text[2:4]
        if len(text) < 4 or not (tag + size).isdigit() or tag in found:
            raise NotAPaymentCode(text)
        end = 4 + int(size)
        if end == 4 or len(text) < end:
            raise NotAPaymentCode(text)
        found[tag], text = text[4:end], text[end:]
    return found


def remainder(data: bytes) -> int:
    """CRC-16/CCITT-FALSE as long division by x^16 + x^12 + x^5 + 1, the first sixteen bits inverted."""
    number = int.from_bytes(data + b"\0\0", "big") ^ (0xFFFF << (8 * len(data)))
    while number.bit_length() > 16:
        number ^= 0x11021 << (number.bit_length() - 17)
    return number


def read_transfer(text: str) -> Transfer:
    """The transfer in a VietQR. Raises NotAPaymentCode."""
    body, check = text[:-4], text[-4:]
    if not body.endswith("6304") or f"{remainder(body.encode()):04X}" != check:
        raise NotAPaymentCode("check")
    fields = fields_of(text)
    first, *_, last = fields
    if (first, fields["00"], last) != ("00", "01", "63"):
        raise NotAPaymentCode("frame")
    if (fields["01"], fields["53"], fields["58"]) != ("12", "704", "VN"):
        raise NotAPaymentCode("currency")
    merchant = fields_of(fields["38"])
    if merchant["00"] != "A000000727" or merchant["02"] != "QRIBFTTA":
        raise NotAPaymentCode("switch")
    account = fields_of(merchant["01"])
    more = fields_of(fields["62"])
    if any(len(value) > 25 for value in more.values()) or len(fields["54"]) > 13:
        raise NotAPaymentCode("length")
    return Transfer(account["00"], account["01"], int(fields["54"]), more["08"])

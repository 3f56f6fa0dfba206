"""What the twelve digits of a citizen's number say (one-stop.md 12): no check digit, but sex and year of birth."""

import re
from dataclasses import dataclass
from datetime import date

from domain.errors import Invalid, msgid

_NUMBER = re.compile(r"[0-9]{12}")
# Provinces 001 to 096, then century and sex; and a telephone of Viet Nam with or without its country.
_SOMEBODYS = re.compile(r"0(?!00)[0-9]{2}[0-3][0-9]{8}|(?:\+?84|0)[35789][0-9]{8}")


class NumberImpossible(Invalid):
    text = msgid("Số này ghi năm sinh %(year)s, chưa tới. Mời đối chiếu lại từng chữ số với thẻ.")


@dataclass(frozen=True, slots=True)
class Told:
    """The fourth digit tells century and sex (even: a man), the next two the year of birth."""

    is_man: bool
    year: int


def told_by(number: str) -> Told | None:
    """What a number of twelve digits says, None for any other text."""
    if not _NUMBER.fullmatch(number):
        return None
    return Told(int(number[3]) % 2 == 0, 1900 + 100 * (int(number[3]) // 2) + int(number[4:6]))


def is_somebodys(code: str) -> bool:
    """Whether what stands in the place of a code is a citizen's number or a telephone: codes are kept in clear."""
    return _SOMEBODYS.fullmatch(re.sub(r"[ ._/-]", "", code)) is not None


def check(number: str, today: date) -> None:
    """Refuse a number of somebody not born yet. Raises NumberImpossible."""
    told = told_by(number)
    if told is not None and told.year > today.year:
        raise NumberImpossible(year=told.year)

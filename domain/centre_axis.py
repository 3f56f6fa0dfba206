"""Where a centre reaches the national document exchange axis."""

from dataclasses import dataclass
from typing import Annotated

from domain.centre_codes import AgencyCode, Url
from domain.errors import msgid
from domain.records import Pattern


@dataclass(frozen=True, slots=True)
class Axis:
    """Where the document exchange axis is reached, as which system, and the agency code that letters are sent from.

    The secret is no part of the file.
    """

    address: Url
    system_id: Annotated[str, Pattern(r"[\w.-]{1,60}", msgid("ghi mã hệ thống do Trục cấp"))]
    organ: AgencyCode

"""Why this number: one sentence for every call, from its key, class and times alone; never from free text."""

from dataclasses import dataclass
from datetime import datetime

from domain.centre_rules import Policy
from domain.days import local
from domain.errors import msgid
from domain.tickets import Ticket, milliseconds

BOOKED = msgid("hẹn %(slot)s, tính như đến lúc %(due)s, sớm nhất trong các hàng của quầy này")
PRIORITY = msgid("diện ưu tiên, đến %(came)s, tính như đến lúc %(due)s, sớm nhất trong các hàng của quầy này")
RETURNED = msgid("vắng quá hạn và quay lại lúc %(base)s, tính từ lúc đó")
ARRIVED = msgid("đến %(came)s, không ai đang chờ có mốc sớm hơn")
MORE_TIME = msgid("xin thêm thời gian, xếp sau vài số; mốc gọi %(due)s")
RANKED = msgid("diện được gọi trước theo quy định của trung tâm, đến %(came)s")
TURN = msgid("đến %(came)s, đến lượt nhóm này theo tỷ lệ của trung tâm")
OUT_OF_ORDER = msgid("gọi ngoài thứ tự")


@dataclass(frozen=True, slots=True)
class Why:
    """A Vietnamese sentence to translate, then to fill with `times` ('09:10')."""

    text: str
    times: dict[str, str]


def why(ticket: Ticket, policy: Policy, reason: str, key: int | None) -> Why:
    """Why this ticket was called: `reason` is empty for a call in order, `key` what decided then."""
    if reason:
        return Why(OUT_OF_ORDER, {})
    base = ticket.base or ticket.arrived_at
    times = {"came": _clock(ticket.arrived_at), "base": _clock(base)}
    if policy is Policy.RATIO:
        return Why(TURN, times)
    if policy is Policy.STRICT and ticket.privileged:
        return Why(RANKED, times)
    if policy is not Policy.DUE or key is None:
        return Why(ARRIVED, times)
    due = datetime.fromtimestamp(key / 1000, ticket.arrived_at.tzinfo)
    times["due"] = _clock(due)
    if key > milliseconds(base):
        return Why(MORE_TIME, times)
    if ticket.slot is not None:
        return Why(BOOKED, times | {"slot": _clock(ticket.slot)})
    if base > ticket.arrived_at:
        return Why(RETURNED, times)
    return Why(PRIORITY if ticket.priority else ARRIVED, times)


def _clock(instant: datetime) -> str:
    return f"{local(instant):%H:%M}"

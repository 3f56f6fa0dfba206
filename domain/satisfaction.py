"""What people may say of a visit that is over: one of three faces, and a reason where they are not satisfied.

The faces and the question are those of the one-stop centres' tablets (shared/one-stop.md, section 10).
"""

from datetime import datetime, timedelta
from enum import IntEnum

from domain.days import local
from domain.errors import Invalid, Refused, msgid
from domain.tickets import Ticket, TicketState

ASKED_FOR = timedelta(seconds=60)
THANKED_FOR = timedelta(seconds=5)
MAY_BE_SAID_FOR = timedelta(minutes=30)
MOST_WORDS = 200  # characters


class Score(IntEnum):
    """The three faces; whoever shows one of the first two is satisfied."""

    VERY_SATISFIED = 3
    SATISFIED = 2
    NOT_SATISFIED = 1


FACES = {
    Score.VERY_SATISFIED: msgid("RẤT HÀI LÒNG"),
    Score.SATISFIED: msgid("HÀI LÒNG"),
    Score.NOT_SATISFIED: msgid("KHÔNG HÀI LÒNG"),
}
REASONS = {
    "wait": msgid("Chờ đợi lâu"),
    "manner": msgid("Thái độ phục vụ chưa tốt"),
    "unclear": msgid("Hướng dẫn chưa rõ ràng"),
    "papers": msgid("Phải bổ sung giấy tờ nhiều lần"),
    "late": msgid("Kết quả trễ hẹn"),
    "place": msgid("Chỗ ngồi, thiết bị chưa tốt"),
    "other": msgid("Lý do khác"),
}


class VisitNotOver(Refused):
    text = msgid("Lượt %(number)s chưa phục vụ xong hôm nay nên chưa đánh giá được.")


class AlreadyRated(Refused):
    text = msgid("Lượt %(number)s đã được đánh giá. Cảm ơn bạn.")


class TooLateToRate(Refused):
    text = msgid("Đã quá 30 phút từ khi phục vụ xong lượt %(number)s nên không đánh giá được nữa.")


def check_time(ticket: Ticket, now: datetime) -> None:
    """The visit ended today and not long ago. Raises VisitNotOver, TooLateToRate."""
    over = ticket.state is TicketState.FINISHED and ticket.counter is not None and ticket.ended_at
    if not over or local(over).date() != local(now).date():
        raise VisitNotOver(number=ticket.number)
    if now - over > MAY_BE_SAID_FOR:
        raise TooLateToRate(number=ticket.number)


def check_answer(score: int, reason: str) -> None:
    """One of the faces; a reason of the list with the last one, and none with the others. Raises Invalid."""
    if score not in set(Score):
        raise Invalid(what="score")
    if (score == Score.NOT_SATISFIED) != bool(reason) or (reason and reason not in REASONS):
        raise Invalid(what="reason")

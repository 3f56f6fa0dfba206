"""Programs elsewhere that are told how a number moves: a province's app, a gateway for short messages."""

from datetime import timedelta
from enum import StrEnum

from domain.errors import Invalid, Refused, msgid

MOST_AHEAD = 20
LONGEST_LABEL = 60
# Nobody is helped by hearing after an hour that the turn was near.
LATE_AFTER = timedelta(hours=1)


class MessageKind(StrEnum):
    """What a receiver is told; WAITING: a call or a leaving was taken back, or somebody absent has come."""

    NEAR = "near"
    CALLED = "called"
    WAITING = "waiting"
    LEFT = "left"


class NotTaken(StrEnum):
    """Why a message was not taken, as the journal keeps it."""

    UNREACHABLE = "unreachable"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    REFUSED = "refused"
    ADDRESS = "address"
    KEY = "key"
    LATE = "late"


TAKEN = "taken"  # how the answer to a test begins where it was one


class AddressNotAllowed(Invalid):
    text = msgid(
        "Địa chỉ nhận tin phải có dạng https://ten-may/duong-dan, không kèm tên đăng nhập hay dấu hỏi."
        " Máy trong mạng nội bộ chỉ dùng được khi máy chủ cho phép."
    )


class LabelTaken(Refused):
    text = msgid("Đã có bên nhận tin tên %(label)s. Mời đặt tên khác.")

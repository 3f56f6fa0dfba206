"""What came from outside and was not taken: kept word for word for a person, with the reason in words."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from domain.errors import NotFound, Refused, msgid

LARGEST_KEPT = 4 * 1024 * 1024  # a larger one is named and not kept: its sender has it
MOST_OPEN = 500
LONGEST_ARGUMENT = 300
_HEAD = 4


class Source(StrEnum):
    """By which way it came."""

    PUSH = "push"
    POLL = "poll"


SOURCES = {Source.PUSH: msgid("Cổng gửi đến"), Source.POLL: msgid("lấy từ hệ thống khác")}


class Dismissal(StrEnum):
    """Why it need not be taken: picked, never typed, for it stands in the journal."""

    SENDER_TOLD = "sender-told"
    SENT_RIGHT = "sent-right"
    NOT_OURS = "not-ours"
    TEST = "test"


DISMISSALS = {
    Dismissal.SENDER_TOLD: msgid("đã báo nơi gửi sửa"),
    Dismissal.SENT_RIGHT: msgid("đã có bản đúng"),
    Dismissal.NOT_OURS: msgid("không thuộc trung tâm này"),
    Dismissal.TEST: msgid("hồ sơ thử nghiệm"),
}


class NothingKept(Refused):
    text = msgid("Nội dung này quá lớn nên trung tâm không giữ. Hãy báo nơi gửi gửi lại.")


class ArrivalEnded(NotFound):
    text = msgid("Việc này đã được giải quyết rồi. Hãy tải lại trang.")


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal's own text (a msgid) with its arguments; `reason`: the refusal behind it, told as its argument."""

    text: str
    arguments: Mapping[str, str] = field(repr=False)
    reason: "Told | None" = None

    def sentence(self, translate: Callable[[str], str]) -> str:
        """In the reader's language."""
        inner = {"reason": self.reason.sentence(translate)} if self.reason else {}
        return translate(self.text) % {**self.arguments, **inner}


@dataclass(frozen=True, slots=True)
class Kept:
    """Why it was refused, and what was sent; `body` empty: it was too large."""

    told: Told
    body: bytes = field(repr=False)


def kept(error: Refused, body: bytes) -> Kept:
    """What is kept of something that was refused for this."""
    return Kept(_told(error), body if len(body) <= LARGEST_KEPT else b"")


def _told(error: Refused) -> Told:
    arguments = {name: str(value)[:LONGEST_ARGUMENT] for name, value in error.arguments.items()}
    behind = error.__cause__
    return Told(
        error.text, arguments, _told(behind) if "reason" in arguments and isinstance(behind, Refused) else None
    )


def to_bytes(one: Kept) -> bytes:
    """In one piece, ready to be sealed."""
    head = json.dumps(asdict(one.told), ensure_ascii=False).encode()
    return len(head).to_bytes(_HEAD, "big") + head + one.body


def from_bytes(plain: bytes) -> Kept:
    """What `to_bytes` was given."""
    end = _HEAD + int.from_bytes(plain[:_HEAD], "big")
    return Kept(_told_by(json.loads(plain[_HEAD:end])), plain[end:])


def _told_by(head: dict[str, Any]) -> Told:
    reason = head["reason"]
    return Told(head["text"], head["arguments"], _told_by(reason) if reason else None)

"""A range in words, the same on screens and on slips: never one figure, never a countdown (waiting.md 7)."""

from collections.abc import Callable

from domain.errors import msgid
from domain.waiting.ranges import LONGEST, STEP, Wait

UNKNOWN = msgid("chưa đủ số liệu")
SOON = msgid("dưới 5 phút")
BETWEEN = msgid("%(low)s–%(high)s phút")
LONG = msgid("từ %(low)s phút đến hơn 2 giờ")
VERY_LONG = msgid("trên 2 giờ")


def said(wait: Wait | None, translate: Callable[[str], str]) -> str:
    """The range in words; without one, that nobody knows yet."""
    if wait is None:
        return translate(UNKNOWN)
    if wait.high is None:
        return translate(LONG if wait.low < LONGEST else VERY_LONG) % {"low": wait.low}
    return translate(BETWEEN if wait.low or wait.high > STEP else SOON) % {"low": wait.low, "high": wait.high}

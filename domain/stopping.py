"""Why a queue may be stopped: reasons that every language says and speaks. Others are shown as written."""

import unicodedata

from domain.errors import msgid

REASONS = {
    "power": msgid("mất điện"),
    "network": msgid("mất mạng"),
    "system": msgid("hệ thống trục trặc"),
    "meeting": msgid("họp"),
    "staff": msgid("thiếu cán bộ"),
    "full": msgid("đã đủ người"),
    "storm": msgid("mưa bão"),
    "drill": msgid("diễn tập chữa cháy"),
}


def listed(reason: str) -> str:
    """The key of a reason from the list, however it was typed; empty for any other."""
    return _KEYS.get(_plain(reason), "")


def _plain(reason: str) -> str:
    return unicodedata.normalize("NFC", reason).casefold().strip(" .!")


_KEYS = {_plain(text): key for key, text in REASONS.items()}

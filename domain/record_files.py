"""Records as JSON files that people write: the file as a table, with what is wrong said like any other mistake."""

import json

from domain.errors import msgid
from domain.records import Mistake


class FileWrong(Exception):
    """The file describes nothing of its kind; `mistakes` say where and what would be right."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(", ".join(mistake.path for mistake in mistakes[:10]))
        self.mistakes = mistakes


def table(text: str, largest: int) -> dict[str, object]:
    """The object in a JSON text of at most `largest` bytes. Raises FileWrong."""
    if len(text.encode(errors="replace")) > largest:
        raise unreadable("file", msgid("tệp lớn quá"), msgid("giữ tệp dưới %(size)s KiB"), size=largest // 1024)
    try:
        raw = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        remedy = msgid("kiểm tra dấu nháy, dấu phẩy và ngoặc ở chỗ này")
        raise unreadable(where, msgid("không đúng cú pháp JSON"), remedy) from None
    except (ValueError, RecursionError):
        reason = msgid("có số quá dài hoặc ngoặc lồng quá sâu")
        raise unreadable("file", reason, msgid("bỏ số hoặc ngoặc đó")) from None
    if not isinstance(raw, dict):
        raise unreadable("file", msgid("sai kiểu"), msgid("cần một bảng gồm các khóa"))
    return raw


def unreadable(path: str, reason: str, remedy: str, **words: object) -> FileWrong:
    """One mistake that leaves nothing else to look at."""
    return FileWrong((Mistake(path, "", reason, remedy, words),))


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise unreadable(key[:40], msgid("khóa này ghi hai lần"), msgid("giữ một lần"))
        found[key] = value
    return found

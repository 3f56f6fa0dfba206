"""The text of a centre file as plain data: too large, no TOML, or read; and the error that names every mistake."""

import re
import tomllib

from domain.errors import msgid
from domain.records import Mistake, shown

LONGEST_TEXT = 1024 * 1024
# tomllib needs time quadratic in the depth of a dotted key (minutes for one line of 1 MiB).
DEEP_KEY = re.compile(r"""(?:\.[ \t]*+(?:[\w-]++|"[^"\n]*"|'[^'\n]*')[ \t]*){16}""")
SYNTAX_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)$")


class CentreFileWrong(Exception):
    """The file describes no centre. Its text names only paths: values may be people's names."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(", ".join(mistake.path for mistake in mistakes[:10]))
        self.mistakes = mistakes


def parsed(text: str) -> dict[str, object]:
    """The plain data of a file of at most 1 MiB. Raises CentreFileWrong."""
    if len(text.encode(errors="replace")) > LONGEST_TEXT:
        raise _unreadable("file", "", msgid("tệp lớn quá"), msgid("giữ tệp dưới 1 MiB"))
    if deep := DEEP_KEY.search(text):
        raise _no_toml(text, *_line_and_column(text, deep.start()))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = SYNTAX_PLACE.search(str(error))
        at = (int(place[1]), int(place[2])) if place else _line_and_column(text, len(text))
        raise _no_toml(text, *at) from None
    except (ValueError, RecursionError):
        # int() of more than 4300 digits, or brackets nested a thousand deep: neither says where.
        reason = msgid("có số quá dài hoặc ngoặc lồng quá sâu")
        raise _unreadable("file", "", reason, msgid("bỏ số hoặc ngoặc đó")) from None


def _line_and_column(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _no_toml(text: str, line: int, column: int) -> CentreFileWrong:
    where = f"line {line}, column {column}"
    remedy = msgid("kiểm tra dấu nháy, dấu bằng, ngoặc và khóa ghi hai lần ở chỗ này")
    return _unreadable(where, shown(text.split("\n")[line - 1]), msgid("không đúng cú pháp TOML"), remedy)


def _unreadable(path: str, value: str, reason: str, remedy: str) -> CentreFileWrong:
    return CentreFileWrong((Mistake(path, value, reason, remedy),))

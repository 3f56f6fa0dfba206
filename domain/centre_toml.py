"""A centre written as the one TOML file that `domain.centres.read_centre` reads back to the same centre.

What belongs to the vault is written as the centre has it: without names and logins the file is refused on reading.
"""

from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from domain.centres import Centre

HEADING = "# Tệp cấu hình trung tâm do MotCua ghi ra. Kiểm tra sau khi sửa: motcua centre check TỆP\n"
# A reader refuses a line with sixteen dotted pieces (`domain.centre_syntax.DEEP_KEY`); three texts stand on a line.
MOST_DOTS = 4
ESCAPES = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def write_centre(centre: Centre) -> str:
    """The file: plain keys first, then one table a part, one `[[table]]` an entry. Unset keys are left out."""
    plain, tables = [], []
    for name, value in _set(centre):
        if is_dataclass(value):
            tables.append(_table(f"[{name}]", value))
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            tables += [_table(f"[[{name}]]", entry) for entry in value]
        else:
            plain.append(f"{name} = {_value(value)}\n")
    return "\n".join([HEADING, "".join(plain), *tables])


def _set(record: Any) -> Iterator[tuple[str, Any]]:
    """The fields that have to be written: an empty list stays where the file must have the key."""
    for entry in fields(record):
        value = getattr(record, entry.name)
        if value is None or (value == () and entry.default is not MISSING):
            continue
        yield entry.name, value


def _table(heading: str, record: Any) -> str:
    return "".join([f"{heading}\n", *(f"{name} = {_value(value)}\n" for name, value in _set(record))])


def _value(value: Any) -> str:
    if is_dataclass(value):
        return "{ " + ", ".join(f"{name} = {_value(inner)}" for name, inner in _set(value)) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, Enum):
        return _quoted(str(value.value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(text: str) -> str:
    """A basic string of TOML 1.0 on one line: everything that is not printable is spelled out."""
    escaped = "".join(ESCAPES.get(c) or (c if c.isprintable() else _code_point(c)) for c in text)
    return '"' + (escaped.replace(".", "\\u002E") if text.count(".") > MOST_DOTS else escaped) + '"'


def _code_point(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04X}" if number < 0x10000 else f"\\U{number:08X}"

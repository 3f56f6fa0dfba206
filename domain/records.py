"""Records read from files that people write: all mistakes at once, each with its remedy.

A record is a frozen dataclass whose annotations carry the rules, `Annotated[str, Words(80)]`; the `Reader` builds
it from plain data and notes what is wrong. This module knows nothing of what the records are about.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date, datetime
from difflib import get_close_matches
from enum import Enum
from functools import lru_cache
from itertools import repeat
from types import NoneType, UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

from domain.days import LOCAL, local
from domain.errors import msgid

# A hostile file must not turn into a million sentences; a person mends the first three hundred and reads again.
MOST_MISTAKES = 300
SHOWN = 40
LONG_NUMBER = 10**18
BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
ONE_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
MANY_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong: where, what stands there as shown to a person, why, and what would be right.

    `reason` and `remedy` are Vietnamese texts to translate, then to fill with `arguments`.
    """

    path: str
    value: str
    reason: str
    remedy: str
    arguments: Mapping[str, object] = field(default_factory=dict, hash=False)

    def sentence(self, translate: Callable[[str], str]) -> str:
        """The mistake as one line: path, value, reason and remedy."""
        where = f"{self.path} = {self.value}" if self.value else self.path
        reason, remedy = (translate(text) % self.arguments for text in (self.reason, self.remedy))
        return f"{where}: {reason}; {remedy}."


class Wrong(Exception):
    """A rule's answer to a value it cannot take; `at` names the part of the value that is meant."""

    def __init__(self, reason: str, remedy: str, at: str = "", **arguments: object) -> None:
        super().__init__(reason)
        self.reason, self.remedy, self.at, self.arguments = reason, remedy, at, arguments


Rule = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Words:
    """Text of at most `longest` characters, in NFC; `many_lines` leaves line ends, tabs and spaces as they are."""

    longest: int
    may_be_empty: bool = False
    many_lines: bool = False

    def __call__(self, text: str) -> str:
        """The text in NFC. Raises Wrong."""
        text = unicodedata.normalize("NFC", text if self.many_lines else text.strip())
        if not text.strip() and not self.may_be_empty:
            raise Wrong(msgid("để trống"), msgid("hãy ghi nội dung"))
        if len(text) > self.longest:
            remedy = msgid("rút xuống nhiều nhất %(longest)s ký tự")
            raise Wrong(msgid("dài quá"), remedy, longest=self.longest)
        if (MANY_LINES if self.many_lines else ONE_LINE).search(text):
            raise Wrong(msgid("có ký tự điều khiển"), msgid("gõ lại nội dung này trên một dòng, không sao chép"))
        return text


@dataclass(frozen=True, slots=True)
class Pattern:
    """Text that a regular expression matches as a whole; `remedy` says the form to a person."""

    form: str
    remedy: str

    def __call__(self, text: str) -> str:
        """The text in NFC. Raises Wrong."""
        text = unicodedata.normalize("NFC", text)
        if not re.fullmatch(self.form, text, re.ASCII):
            raise Wrong(msgid("sai dạng"), self.remedy)
        return text


@dataclass(frozen=True, slots=True)
class Between:
    """A number from `least` to `most`, both included."""

    least: float
    most: float

    def __call__(self, number: float) -> float:
        """The number. Raises Wrong, for NaN too."""
        if not self.least <= number <= self.most:
            remedy = msgid("ghi một số từ %(least)s đến %(most)s")
            raise Wrong(msgid("ngoài khoảng cho phép"), remedy, least=self.least, most=self.most)
        return number


@dataclass(frozen=True, slots=True)
class Among:
    """One of a few values."""

    choices: Collection[object]

    def __call__(self, value: object) -> object:
        """The value. Raises Wrong."""
        if value not in self.choices:
            raise _not_among(sorted(map(str, self.choices)))
        return value


@dataclass(frozen=True, slots=True)
class Count:
    """A list with `least` to `most` entries."""

    least: int
    most: int

    def __call__(self, entries: tuple[object, ...]) -> tuple[object, ...]:
        """The list. Raises Wrong."""
        if not self.least <= len(entries) <= self.most:
            remedy = msgid("ghi từ %(least)s đến %(most)s mục")
            raise Wrong(msgid("số mục không đúng"), remedy, least=self.least, most=self.most)
        return entries


TYPE_REMEDIES = {
    str: msgid("cần chữ trong dấu nháy kép"),
    int: msgid("cần một số nguyên"),
    float: msgid("cần một số"),
    bool: msgid("cần true hoặc false"),
    date: msgid("cần một ngày dạng 2026-09-02"),
    datetime: msgid("ghi ngày giờ dạng 2026-11-21T09:41"),
    list: msgid("cần một danh sách trong ngoặc vuông"),
    dict: msgid("cần một bảng gồm các khóa"),
}


class Reader:
    """Builds records from plain data (TOML, JSON) and collects the mistakes; a value with one is None."""

    def __init__(self, *, foreign_keys: bool = False) -> None:
        self.mistakes: list[Mistake] = []
        self._foreign_keys = foreign_keys

    @property
    def is_full(self) -> bool:
        """Whether so much is wrong that nothing more is looked at."""
        return len(self.mistakes) >= MOST_MISTAKES

    def read(self, hint: Any, raw: object, path: str) -> Any:
        """The value that the annotation `hint` describes, or None with the mistakes noted."""
        before = len(self.mistakes)
        try:
            value = self._typed(hint, raw, path)
            if get_origin(hint) is Annotated and len(self.mistakes) == before:
                for rule in hint.__metadata__:
                    value = rule(value)
        except Wrong as wrong:
            self._note(path, raw, wrong)
        return value if len(self.mistakes) == before else None

    def _note(self, path: str, raw: object, wrong: Wrong) -> None:
        if wrong.at:
            path, raw = joined(path, wrong.at), cast(dict[str, object], raw)[wrong.at]
        self.mistakes.append(Mistake(path, shown(raw), wrong.reason, wrong.remedy, wrong.arguments))

    def _typed(self, hint: Any, raw: object, path: str) -> Any:
        if get_origin(hint) is Annotated:
            for rule in hint.__metadata__:
                if isinstance(rule, Among) and isinstance(raw, str):
                    rule(raw)  # names no choice that the rule would refuse afterwards
            return self._typed(hint.__origin__, raw, path)
        if get_origin(hint) in (Union, UnionType):
            return None if raw is None else self.read(_inner(hint), raw, path)
        if get_origin(hint) is tuple:
            return self._entries(get_args(hint), _of_type(list, raw), path)
        if is_dataclass(hint):
            return self._record(cast(type, hint), _of_type(dict, raw), path)
        if issubclass(hint, Enum):
            return _member(hint, _of_type(str, raw))
        if hint is datetime:
            return _instant(raw)
        return _date(raw) if hint is date else _of_type(hint, raw)

    def _entries(self, hints: tuple[Any, ...], raw: list[object], path: str) -> tuple[Any, ...]:
        is_fixed = hints[-1] is not Ellipsis
        if is_fixed and len(raw) != len(hints):
            raise Wrong(msgid("số mục không đúng"), msgid("ghi đúng %(count)s mục"), count=len(hints))
        entries = []
        for i, entry in enumerate(raw):
            if self.is_full:
                break
            entries.append(self.read(hints[i] if is_fixed else hints[0], entry, f"{path}[{i}]"))
        return tuple(entries)

    def _record(self, cls: type, raw: dict[str, object], path: str) -> Any:
        before, hints = len(self.mistakes), hints_of(cls)
        if not self._foreign_keys:
            self._refuse_unknown(raw, hints, path)
        values = {}
        for entry in fields(cls):
            if entry.name in raw:
                values[entry.name] = self.read(hints[entry.name], raw[entry.name], joined(path, entry.name))
            elif entry.default is MISSING:
                remedy = msgid("thêm khóa %(key)s")
                missing = Mistake(joined(path, entry.name), "", msgid("còn thiếu"), remedy, {"key": entry.name})
                self.mistakes.append(missing)
        return cls(**values) if len(self.mistakes) == before else None

    def _refuse_unknown(self, raw: dict[str, object], known: Collection[str], path: str) -> None:
        for key in raw:
            if key in known:
                continue
            if self.is_full:
                break
            remedy, words = suggestion(key, list(known))
            where = joined(path, key)
            self.mistakes.append(Mistake(where, shown(raw[key]), msgid("không có khóa này"), remedy, words))


@lru_cache
def hints_of(cls: type) -> dict[str, Any]:
    """The annotations of a record's fields, with their rules."""
    return get_type_hints(cls, include_extras=True)


def _of_type(kind: type, raw: object) -> Any:
    if kind is float and type(raw) is int:
        # Beyond this an int has no float of its own and may not even convert; a rule of range refuses it.
        return float(raw) if abs(raw) < 2**53 else raw
    if type(raw) is not kind:
        raise Wrong(msgid("sai kiểu"), TYPE_REMEDIES[kind])
    return raw


def _date(raw: object) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    try:
        return date.fromisoformat(_of_type(str, raw))
    except ValueError:
        raise Wrong(msgid("sai dạng"), TYPE_REMEDIES[date]) from None


def _instant(raw: object) -> datetime:
    """A written time; without a zone it is the centre's own."""
    try:
        found = raw if isinstance(raw, datetime) else datetime.fromisoformat(_of_type(str, raw))
        return local(found) if found.tzinfo else found.replace(tzinfo=LOCAL)
    except (ValueError, OverflowError):
        raise Wrong(msgid("không có ngày giờ này"), TYPE_REMEDIES[datetime]) from None


def _member(kind: type[Enum], value: str) -> Enum:
    try:
        return kind(value)
    except ValueError:
        raise _not_among([str(member.value) for member in kind]) from None


def _not_among(choices: list[str]) -> Wrong:
    return Wrong(msgid("không phải giá trị dùng được"), msgid("chọn: %(choices)s"), choices=", ".join(choices))


def suggestion(name: str, choices: list[str]) -> tuple[str, dict[str, object]]:
    """The remedy for a name that is none of the choices, with its arguments: the nearest one or the list."""
    if not choices:
        return msgid("thêm mục này hoặc bỏ chỗ nhắc đến nó"), {}
    nearest = get_close_matches(name[:SHOWN], choices, 1)
    remedy = msgid("có lẽ là %(nearest)s") if nearest else msgid("chọn: %(choices)s")
    shown_choices = ", ".join(_printable(choice) for choice in choices[:20])
    return remedy, {"nearest": _printable("".join(nearest)), "choices": shown_choices}


def plain(record: Any) -> Any:
    """The record as JSON has it: dictionaries, lists, words, numbers."""
    if is_dataclass(record):
        return {entry.name: plain(getattr(record, entry.name)) for entry in fields(record)}
    if isinstance(record, tuple):
        return [plain(entry) for entry in record]
    if isinstance(record, Enum):
        return record.value
    return record.isoformat() if isinstance(record, date) else record


def rebuilt(hint: Any, data: Any) -> Any:
    """The record that `plain` gave. No rule is asked: what the journal took in stays readable for ever."""
    hint = hint.__origin__ if get_origin(hint) is Annotated else hint
    if data is None:
        return None
    if get_origin(hint) in (Union, UnionType):
        return rebuilt(_inner(hint), data)
    if get_origin(hint) is tuple:
        arms = get_args(hint)
        each: Iterable[Any] = repeat(arms[0]) if arms[-1] is Ellipsis else arms
        return tuple(rebuilt(inner, entry) for inner, entry in zip(each, data, strict=False))
    if is_dataclass(hint):
        hints = hints_of(cast(type, hint))
        return cast(type, hint)(**{key: rebuilt(hints[key], data[key]) for key in hints if key in data})
    return hint.fromisoformat(data) if hint in (date, datetime) else hint(data)


def _inner(optional: Any) -> Any:
    return next(arm for arm in get_args(optional) if arm is not NoneType)


def shown(raw: object) -> str:
    """A value as a person recognises it: shortened, control characters spelled out, tables and lists closed."""
    if isinstance(raw, str):
        return f'"{_printable(raw)}"'
    if isinstance(raw, list | dict):
        return ("[…]" if raw else "[]") if isinstance(raw, list) else "{…}"
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) >= LONG_NUMBER:
        return "…"  # str() of a number of many thousand digits raises ValueError
    return "null" if raw is None else str(raw).lower() if isinstance(raw, bool) else str(raw)


def _printable(text: str) -> str:
    cut = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)


def joined(path: str, key: str) -> str:
    """The path one key further in; a key that is no plain word is quoted as it would stand in TOML."""
    key = key if BARE_KEY.fullmatch(key) else shown(key)
    return f"{path}.{key}" if path else key

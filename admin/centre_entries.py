"""One entry of the configuration's plain data: shown as a form, read back from it, put in its place again.

Nothing is judged here: what was typed stays as it is, and `domain.centres.read_draft` says what is wrong with it.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from itertools import count, takewhile
from typing import Any

from starlette.datastructures import FormData

from admin import centre_words
from admin.centre_fields import Field, Kind, Sheet
from domain.errors import NotFound, msgid
from domain.records import plain
from web.languages import LANGUAGES

Data = dict[str, Any]
Told = tuple[str, str]  # the path of a mistake inside its entry, and its words
YES = "yes"
LEFT_OUT = object()
FEWEST_SPANS = 3
LONGEST_NUMBER = 18
STEP = 10  # between two places, so that a part is moved by one number
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?", re.ASCII)
WHOLE = re.compile(r"[+-]?\d+", re.ASCII)


class EntryGone(NotFound):
    text = msgid("Không có mục này trong cấu hình. Mời quay lại trang cấu hình và chọn lại.")


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as the form shows it: `value` is text, or what its kind needs; `is_on`: a part that is there."""

    field: Field
    name: str
    value: Any
    options: tuple[Option, ...]
    mistakes: tuple[str, ...]
    is_on: bool = False
    parts: "tuple[Shown, ...]" = ()


def place_of(raw: Data, sheet: Sheet, reference: str) -> int:
    """Where an entry stands in its list. Raises EntryGone."""
    for place in range(len(raw.get(sheet.key, ()))):
        if centre_words.reference(raw, sheet, place) == reference:
            return place
    raise EntryGone()


def fresh(record: type) -> Data:
    """What stands in a new entry: the values that its record has by itself."""
    values = {entry.name: entry.default for entry in fields(record) if entry.default is not MISSING}
    return {name: plain(value) for name, value in values.items() if value is not None}


def changed(raw: Data, sheet: Sheet, at: int | None, form: FormData) -> Data:
    """The data with one entry as the form has it: the one at this place, or a new one behind the others."""
    if not sheet.is_list:
        return _read(sheet.fields, form, raw, raw, "")
    entries = list(raw.get(sheet.key, ()))
    if at is None:
        return {**raw, sheet.key: [*entries, _read(sheet.fields, form, {}, raw, "")]}
    entries[at] = _read(open_fields(sheet, is_new=False), form, entries[at], raw, "")
    return {**raw, sheet.key: entries}


def removed(raw: Data, sheet: Sheet, at: int) -> Data:
    """The data without the entry at this place."""
    entries = raw[sheet.key]
    return {**raw, sheet.key: [*entries[:at], *entries[at + 1 :]]}


def open_fields(sheet: Sheet, *, is_new: bool) -> tuple[Field, ...]:
    """What may be filled in: by its identity an entry is known for ever."""
    return tuple(entry for entry in sheet.fields if is_new or entry.key != sheet.identity)


def _read(asked: tuple[Field, ...], form: FormData, before: Data, raw: Data, prefix: str) -> Data:
    entry = before
    for one in asked:
        entry = _put(entry, one.key, READERS[one.kind](one, form, prefix + one.key, _get(before, one.key), raw))
    return entry


def _get(data: Data, key: str) -> Any:
    head, _, rest = key.partition(".")
    return _get(data.get(head, {}), rest) if rest else data.get(head)


def _put(data: Data, key: str, value: Any) -> Data:
    head, _, rest = key.partition(".")
    if rest:
        return {**data, head: _put(data.get(head, {}), rest, value)}
    if value is LEFT_OUT:
        return {name: kept for name, kept in data.items() if name != head}
    return {**data, head: value}


def _word(one: Field, form: FormData, name: str, before: Any, raw: Data) -> Any:
    text = str(form.get(name, "")).strip()
    return text if text or one.needed else LEFT_OUT


def _picture(one: Field, form: FormData, name: str, before: Any, raw: Data) -> Any:
    return "".join(str(form.get(name, "")).split())


def _lines(one: Field, form: FormData, name: str, before: Any, raw: Data) -> Any:
    return [line.strip() for line in str(form.get(name, "")).split("\n") if line.strip()]


def _texts(one: Field, form: FormData, name: str, before: Any, raw: Data) -> Any:
    texts = {language: str(form.get(f"{name}.{language}", "")).strip() for language in LANGUAGES}
    return texts if one.needed or any(texts.values()) else LEFT_OUT


def _order(one: Field, form: FormData, name: str, before: Any, raw: Data) -> Any:
    """The choices that have a place, by their places; the order that is meant without any is left to itself."""
    places = {str(value): str(form.get(f"{name}.{value}", "")).strip() for value in one.choices}
    order = sorted((value for value in places if places[value]), key=lambda value: _place(places[value]))
    return before or [] if ",".join(order) == str(form.get(f"{name}.usual", "")) else order


def _place(text: str) -> float:
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else math.inf


def _number(one: Field, form: FormData, name: str, before: Any, raw: Data) -> Any:
    """The number; what is none stays the text that it is, and is refused as such."""
    text = _word(one, form, name, before, raw)
    if text is LEFT_OUT or not NUMBER.fullmatch(text):
        return text
    if WHOLE.fullmatch(text):
        return int(text) if len(text) <= LONGEST_NUMBER else text
    number = float(text.replace(",", "."))
    return number if math.isfinite(number) else text


def _yes(one: Field, form: FormData, name: str, before: Any, raw: Data) -> Any:
    return form.get(name) == YES


def _choice(one: Field, form: FormData, name: str, before: Any, raw: Data) -> Any:
    sent = _word(one, form, name, before, raw)
    return next((value for value in centre_words.choices(one, raw) if str(value) == sent), sent)


def _several(one: Field, form: FormData, name: str, before: Any, raw: Data) -> Any:
    """What is ticked, in the order in which it stood; what is new behind, in the order of the choices."""
    sent = [str(value) for value in form.getlist(name)]
    stayed = [value for value in before or () if str(value) in sent]
    added = [value for value in centre_words.choices(one, raw) if str(value) in sent and value not in stayed]
    known = {str(value) for value in (*stayed, *added)}
    return [*stayed, *added, *(value for value in sent if value not in known)]


def _spans(one: Field, form: FormData, name: str, before: Any, raw: Data) -> Any:
    rows = takewhile(lambda row: f"{name}.{row}.from" in form, count())
    spans = [[str(form.get(f"{name}.{row}.{end}", "")).strip() for end in ("from", "to")] for row in rows]
    return [span for span in spans if any(span)]


def _part(one: Field, form: FormData, name: str, before: Any, raw: Data) -> Any:
    return _read(one.parts, form, before or {}, raw, f"{name}.") if form.get(name) == YES else LEFT_OUT


READERS: Mapping[Kind, Callable[[Field, FormData, str, Any, Data], Any]] = {
    Kind.WORD: _word,
    Kind.LINES: _lines,
    Kind.TEXTS: _texts,
    Kind.NUMBER: _number,
    Kind.YES: _yes,
    Kind.CHOICE: _choice,
    Kind.SEVERAL: _several,
    Kind.TIME: _word,
    Kind.SPANS: _spans,
    Kind.DATE: _word,
    Kind.PART: _part,
    Kind.ORDER: _order,
    Kind.PICTURE: _picture,
}


def shown(
    asked: tuple[Field, ...], data: Data, raw: Data, language: str, mistakes: Sequence[Told] = (), prefix: str = ""
) -> tuple[Shown, ...]:
    """The fields of a form; choices are those of `raw`."""
    return tuple(_shown(one, data, raw, language, mistakes, prefix + one.key) for one in asked)


def _shown(one: Field, data: Data, raw: Data, language: str, mistakes: Sequence[Told], name: str) -> Shown:
    value = _get(data, one.key)
    told = tuple(text for path, text in mistakes if is_at(path, name))
    if one.kind is Kind.PART and one.record:
        inside = shown(one.parts, value or fresh(one.record), raw, language, mistakes, f"{name}.")
        own = tuple(text for path, text in mistakes if path == name)
        return Shown(one, name, None, (), own, value is not None, inside)
    if one.orders:
        return _shown_order(one, name, value, one.orders(data), language, told)
    return Shown(one, name, _as_typed(one.kind, value), _options(one, value, raw, language), told)


def _shown_order(
    one: Field, name: str, value: Any, orders: tuple[Sequence[str], Sequence[str]], language: str,
    told: tuple[str, ...],
) -> Shown:  # fmt: skip
    """Every choice with its place; `usual` among the values is the order that counts where none is set."""
    able, usual = orders
    order = [str(part) for part in value or usual]
    places: dict[str, str] = {part: str(STEP * at) for at, part in enumerate(order, 1)}
    names = dict.fromkeys([*order, *map(str, able)])
    words = (Option(part, centre_words.label(one, part, {}, language), part in places) for part in names)
    return Shown(one, name, places | ({} if value else {"usual": ",".join(order)}), tuple(words), told)


def is_at(path: str, name: str) -> bool:
    """Whether a path inside an entry means this field or something in it."""
    return path == name or path.startswith((f"{name}.", f"{name}["))


def _as_typed(kind: Kind, value: Any) -> Any:
    if kind is Kind.TEXTS:
        return {language: (value or {}).get(language, "") for language in LANGUAGES}
    if kind is Kind.SPANS:
        spans = [tuple(span) for span in value or ()]
        return spans + [("", "")] * max(1, FEWEST_SPANS - len(spans))
    if kind is Kind.LINES:
        return "\n".join(value or ())
    return value is True if kind is Kind.YES else centre_words.figure(value)


def _options(one: Field, value: Any, raw: Data, language: str) -> tuple[Option, ...]:
    """The choices; what is chosen and no longer there stays to be seen."""
    if one.kind not in (Kind.CHOICE, Kind.SEVERAL):
        return ()
    known = centre_words.choices(one, raw)
    chosen = [value] if one.kind is Kind.CHOICE else list(value or ())
    lost = [str(other) for other in chosen if other not in known and other not in (None, "")]
    every = [(other, centre_words.label(one, other, raw, language)) for other in known] + list(
        zip(lost, lost, strict=True)
    )
    return tuple(Option(str(other), word, other in chosen or str(other) in lost) for other, word in every)

"""The configuration in people's words: names of its entries, values, places that are wrong or different."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from admin.centre_fields import Field, Kind, Sheet
from admin.centre_sheets import GROUPS, SHEETS
from domain.centres import Centre
from domain.errors import msgid
from domain.records import Mistake, plain
from web.languages import LANGUAGES, translator

Data = dict[str, Any]
MOST_WHOLE = 10**15
# queues[ho-tich].title.vi, or with the place in the file: queues[0].title.vi
IN_LIST = re.compile(r"(\w+)(?:\[([^\]]*)\])?(?:\.(.*))?")


def counted(centre: Centre) -> list[tuple[str, list[tuple[Sheet, int | None]]]]:
    """The sections by group, each list with how many it holds."""
    return [
        (title, [(sheet, len(getattr(centre, sheet.key)) if sheet.is_list else None) for sheet in sheets])
        for title, sheets in GROUPS
    ]


def reference(raw: Data, sheet: Sheet, place: int) -> str:
    """What an entry is called in addresses: its identity, or its place from 1."""
    return str(raw[sheet.key][place].get(sheet.identity, "")) if sheet.identity else str(place + 1)


def choices(one: Field, raw: Data) -> list[Any]:
    """The values that a field may have."""
    if not one.source:
        return plain(tuple(one.choices))  # type: ignore[no-any-return]
    return [entry.get(SHEETS[one.source].identity) for entry in raw.get(one.source, ())]


def label(one: Field, value: Any, raw: Data, language: str) -> str:
    """The words for one choice."""
    if not one.source:
        return translator(language)(one.choices[value]) if value in one.choices else str(value)
    sheet = SHEETS[one.source]
    found = next((entry for entry in raw.get(one.source, ()) if entry.get(sheet.identity) == value), None)
    return name_of(sheet, found, raw, language) if found else str(value)


def name_of(sheet: Sheet, entry: Data, raw: Data, language: str) -> str:
    """An entry's name."""
    return " · ".join(filter(None, (said(sheet.field(key), entry.get(key), raw, language) for key in sheet.named)))


def said(one: Field, value: Any, raw: Data, language: str) -> str:
    """A value in words; empty where there is none."""
    if value is None or value == []:
        return ""
    match one.kind:
        case Kind.TEXTS:
            return str(value.get(language) or value["vi"])
        case Kind.YES:
            return translator(language)(msgid("có") if value else msgid("không"))
        case Kind.CHOICE:
            return label(one, value, raw, language)
        case Kind.SEVERAL:
            return ", ".join(label(one, other, raw, language) for other in value)
        case Kind.ORDER:
            return ", ".join(label(one, other, {}, language) for other in value)
        case Kind.SPANS:
            return ", ".join("–".join(span) for span in value)
        case Kind.DATE if isinstance(value, date):
            return f"{value:%d/%m/%Y}"
        case Kind.PART:
            return " ".join(said(part, value.get(part.key), raw, language) for part in one.parts)
    return figure(value)


def figure(value: Any) -> str:
    """A word or number as it is typed."""
    if value is None:
        return ""
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < MOST_WHOLE
    return str(int(value)) if is_whole else str(value)


def place(language: str, path: str, raw: Data | None = None) -> str:
    """Where something is, in words: 'Hàng chờ · ho-tich · Chữ cái'. With `raw` entries are named by their place."""
    translate = translator(language)
    found = IN_LIST.fullmatch(path)
    sheet = SHEETS.get(found[1]) if found else None
    if found is None or sheet is None or not sheet.is_list:
        fields = [one for other in SHEETS.values() if not other.is_list for one in other.fields]
        return " · ".join(_labels(fields, path, language)) or path
    entry = found[2] or ""
    if raw is not None and entry.isdigit() and int(entry) < len(raw.get(sheet.key, ())):
        entry = reference(raw, sheet, int(entry))
    key = found[3] or ""
    labels = _labels(sheet.fields, key, language) if key != sheet.identity else []
    return " · ".join(filter(None, (translate(sheet.title), entry, *labels)))


def _labels(fields: Sequence[Field], path: str, language: str) -> list[str]:
    for one in fields:
        rest = path.removeprefix(one.key)
        if rest == path or (rest and rest[0] not in ".["):
            continue
        word = translator(language)(one.label)
        if rest[1:] in LANGUAGES:
            return [f"{word} ({rest[1:]})"]
        return [word, *_labels(one.parts, rest[1:], language)]
    return []


def reason(mistake: Mistake, raw: Data, language: str) -> str:
    """Why something is wrong and what would be right, as one sentence."""
    translate, words = translator(language), dict(mistake.arguments)
    if "parts" in words:
        parts = SHEETS["slips"].field("parts")
        words["parts"] = ", ".join(label(parts, part, raw, language) for part in str(words["parts"]).split(", "))
    if "first" in words:
        words["first"] = place(language, str(words["first"]), raw)
    return f"{translate(mistake.reason) % words}; {translate(mistake.remedy) % words}."


def told(mistakes: Iterable[Mistake], raw: Data, language: str) -> list[str]:
    """Each mistake with its place."""
    where = partial(place, language, raw=raw)
    return [f"{where(mistake.path)}: {reason(mistake, raw, language)}" for mistake in mistakes]

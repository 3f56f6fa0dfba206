"""What is different between two configurations, as lines that a person reads before agreeing to them.

Parts are named by their ids. People's names and logins never stand in a line: it may be shown, kept or sent.
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from domain.centres import Centre
from domain.records import joined, plain

LONGEST = 300
HIDDEN = "…"
# By what an entry of a list is the same one before and after; the others are told apart by their place.
IDENTITY = {"counters": "number", "procedures": "code", "days": "date", "slips": "kind"}
NAMED = frozenset({"agencies", "halls", "zones", "classes", "queues", "people", "printers", "devices"})
PERSONAL = frozenset({"login", "name"})
PICTURE = "logo"


@dataclass(frozen=True, slots=True)
class Difference:
    """One line: the path, what stood there before and what after; None where the part was added or removed."""

    path: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    def line(self) -> str:
        """The difference as one line of text: + added, - removed, ~ changed."""
        if self.before is None:
            return f"+ {self.path} = {self.after}"
        if self.after is None:
            return f"- {self.path} = {self.before}"
        return f"~ {self.path}: {self.before} -> {self.after}"


def differences(before: Centre, after: Centre) -> tuple[Difference, ...]:
    """Every difference, in the file's order. A name or login that one side does not know counts as the same."""
    return tuple(_of_tables(plain(before), plain(after), ""))


def _of_tables(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[Difference]:
    for key in dict.fromkeys((*before, *after)):
        yield from _of_values(before.get(key), after.get(key), joined(path, key), key)


def _of_values(before: Any, after: Any, path: str, key: str) -> Iterator[Difference]:
    if before == after:
        return
    if path == PICTURE:
        yield Difference(path, _pictured(before), _pictured(after))
    elif _is_personal(path):
        if before and after:
            yield Difference(path, HIDDEN, HIDDEN)
    elif isinstance(before, dict) and isinstance(after, dict):
        yield from _of_tables(before, after, path)
    elif _is_records(before) and _is_records(after) and (before or after):
        yield from _of_lists(_by_identity(before, key), _by_identity(after, key), path)
    else:
        yield Difference(path, _said(before), _said(after))


def _is_personal(path: str) -> bool:
    return path.startswith("people[") and path.rpartition(".")[2] in PERSONAL


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _by_identity(entries: list[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    name = IDENTITY.get(key, "id" if key in NAMED else "")
    return {str(entry[name] if name else place): entry for place, entry in enumerate(entries, 1)}


def _of_lists(
    before: Mapping[str, dict[str, Any]], after: Mapping[str, dict[str, Any]], path: str
) -> Iterator[Difference]:
    for identity, entry in before.items():
        where = f"{path}[{identity}]"
        if identity in after:
            yield from _of_tables(entry, after[identity], where)
        else:
            yield Difference(where, _part(entry, path), None)
    for identity, entry in after.items():
        if identity not in before:
            yield Difference(f"{path}[{identity}]", None, _part(entry, path))
    stayed = [identity for identity in before if identity in after]
    now = [identity for identity in after if identity in before]
    if stayed != now:
        yield Difference(path, _said(stayed), _said(now))


def _part(entry: dict[str, Any], path: str) -> str:
    """A whole part that came or went, without what is nobody's business."""
    kept = {key: value for key, value in entry.items() if path != "people" or key not in PERSONAL}
    return _said({key: value for key, value in kept.items() if value not in (None, [])}) or ""


def _pictured(line: str) -> str | None:
    """A picture as somebody can tell it from another one: kilobytes in letters say nothing."""
    return f"PNG {zlib.crc32(line.encode()):08x}" if line else None


def _said(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

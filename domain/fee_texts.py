"""What the catalogue's own words on a fee let a person be offered. Never more than an offer: a person confirms it.

The words are dirty ("100 VNĐ" means 100.000; "Miễn phí(135.000 đồng…)"): an amount is offered where the whole cell
is one sum of at least a thousand, and "free" where it says nothing else. A price a page or a copy is nobody's sum.
"""

import re
from dataclasses import dataclass

from domain.fees import LONGEST_TEXT, Timing

_SUM = re.compile(r"(\d{1,3}(?:[.,]\d{3})+) ?(?:VNĐ|Việt Nam Đồng|đồng)", re.IGNORECASE)
_FREE = re.compile(r"miễn phí\.?", re.IGNORECASE)
_LIGHTENS = re.compile(r"\b(?:miễn|giảm)\b", re.IGNORECASE)
# Where one sentence ends, and where the cell's own word or sum ends and its conditions begin.
_ENDS = re.compile(r"(?<=\.)\s+|\n+|(?<=[Mm]iễn phí)\(+|(?<=Đồng)\(+|(?<=VNĐ)\(+")
_EDGES = " \t+*-–()"
LONGEST_RULE = 1000
MOST_RULES = 12


@dataclass(frozen=True, slots=True)
class Offer:
    """What the cell says without doubt; `rule` are its words, where nothing is to be paid."""

    timing: Timing
    amount: int = 0
    rule: str = ""


def published(text: str) -> str:
    """The words of the catalogue as they may stand on a fee: no control letters, cut where they are endless."""
    readable = "".join(one if one.isprintable() or one in "\n\t" else " " for one in text).strip()
    return readable if len(readable) <= LONGEST_TEXT else readable[: LONGEST_TEXT - 1] + "…"


def offer(text: str) -> Offer | None:
    """What can be offered of this cell, None where a person must read it."""
    cell = published(text)
    if _FREE.fullmatch(cell):
        return Offer(Timing.EXEMPT, rule=cell)
    found = _SUM.fullmatch(cell)
    if not found:
        return None
    return Offer(Timing.BEFORE, int(re.sub(r"[.,]", "", found[1])))


def rules(text: str) -> tuple[str, ...]:
    """The sentences by which somebody pays less or nothing, word for word, in their order."""
    cell = published(text)
    if _FREE.fullmatch(cell):
        return (cell,)
    sentences = (sentence.strip(_EDGES) for sentence in _ENDS.split(cell))
    found = [
        one for one in sentences if _LIGHTENS.search(one) and not _FREE.fullmatch(one) and len(one) <= LONGEST_RULE
    ]
    return tuple(dict.fromkeys(found))[:MOST_RULES]

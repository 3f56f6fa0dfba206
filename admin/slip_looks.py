"""Which pictures of slips stand beside the forms of their layouts: what is printed, in which language, how wide."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from admin.centre_choices import WIDTHS
from admin.centre_fields import Sheet
from admin.slip_sheets import EMBLEM, PAPER, SLIPS
from domain.centres import Centre
from domain.slips import SlipKind
from web.languages import NAMES, offered, translator


@dataclass(frozen=True, slots=True)
class Look:
    """One picture: what it shows in words, and its address."""

    caption: str
    address: str


def of(centre: Centre, sheet: Sheet, reference: str, sections: str, language: str, asked: str) -> dict[str, Any]:
    """What a page of this section shows of paper; `asked` is the width that was asked for, if it is one.

    Without a reference all kinds of slip, else the one that it names.
    """
    kinds = _kinds(sheet, reference)
    width = int(asked) if asked in map(str, WIDTHS) else _usual_width(centre)
    said = translator(language)
    looks = [
        Look(f"{said(SLIPS[kind])} · {name}", f"{sections}/slips/pictures/{kind}/{tongue}/{width}")
        for kind in kinds
        for tongue, name in _tongues(kind).items()
    ]
    return {"looks": looks, "width": width, "widths": WIDTHS if looks else {}}


def _tongues(kind: SlipKind) -> dict[str, str]:
    """The languages in which it is printed; receipts and test pages in Vietnamese alone."""
    return offered() if kind is SlipKind.TICKET else {"vi": NAMES["vi"]}


def _kinds(sheet: Sheet, reference: str) -> Iterable[SlipKind]:
    if sheet is EMBLEM:
        return (SlipKind.TICKET,)
    if sheet is not PAPER:
        return ()
    if reference:
        return (SlipKind(reference),) if reference in set(SlipKind) else ()
    return tuple(SlipKind)


def _usual_width(centre: Centre) -> int:
    return centre.printers[0].width if centre.printers else max(WIDTHS)

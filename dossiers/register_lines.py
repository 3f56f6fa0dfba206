"""The register of dossiers (Mẫu 07) as lines of a page."""

from dataclasses import dataclass

from domain.errors import msgid
from dossiers.rows import Lines, unit_name
from dossiers.searches import told_of
from store.database import Connection
from store.dossiers import Dossier
from web.languages import translator


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One line of the register (Mẫu 07, one-stop.md 4)."""

    dossier: Dossier
    title: str
    owner: str
    reach: str
    decides: str
    delivery: str


DELIVERIES = (msgid("tại quầy"), msgid("qua bưu chính"), msgid("bản điện tử"))


def register_lines(db: Connection, lines: Lines, found: list[Dossier]) -> list[RegisterLine]:
    """A line of the register for each; name, address and telephone only to who may know them."""
    centre, said = lines.house.store.centre(), translator(lines.language)
    made = []
    for dossier in found:
        told = told_of(db, lines.house.vault, dossier) if lines.may_name else None
        owner = told.owner if told else None
        made.append(
            RegisterLine(
                dossier, lines.line(db, dossier, named=False).title, owner.name if owner else "",
                " · ".join(filter(None, (owner.address, owner.phone))) if owner else "",
                unit_name(centre, dossier.facts["decides"], lines.language),
                said(DELIVERIES[dossier.facts["delivery"]]),
            )
        )  # fmt: skip
    return made

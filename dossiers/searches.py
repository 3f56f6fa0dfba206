"""One field that finds a dossier: its code or a part, its owner's name without diacritics, a whole identity number.

What was typed is looked up and forgotten: it stands in no address, no log and no row.
"""

from dataclasses import dataclass
from unicodedata import normalize

from domain.applicants import Particulars, from_bytes
from domain.errors import Invalid, msgid
from domain.keeping import DataGone
from domain.scans import Card, DossierCode, recognise
from store import dossier_lists, dossiers, marks
from store.database import Connection
from store.dossier_lists import REACH, Sight
from store.dossiers import Dossier
from store.vault import Vault

MOST = 30
SHORTEST_PART = 3  # the index of codes knows three letters and more
IDENTITY_LENGTHS = (9, 12)


class TooLittle(Invalid):
    text = msgid("Mời gõ thêm: ít nhất ba ký tự của mã hồ sơ, hoặc một từ trong tên chủ hồ sơ.")


@dataclass(frozen=True, slots=True)
class Found:
    """The newest dossiers that fit; `is_cut`: there are more than are shown."""

    dossiers: list[Dossier]
    is_cut: bool


def find(db: Connection, vault: Vault, text: str, sight: Sight, *, by_owner: bool) -> Found:
    """The dossiers that fit the text, as far as may be seen. Raises TooLittle.

    `by_owner`: whoever asks may know names, so names and numbers are looked up too.
    """
    text = normalize("NFC", text).strip()
    known = recognise(text)
    if isinstance(known, DossierCode) and (exact := dossiers.find(db, known.code)) is not None:
        return Found([exact] if sight.sees(exact) else [], is_cut=False)
    reach = MOST + 1 if sight.agency is None else REACH
    numbers = _numbers(db, vault, known.identity if isinstance(known, Card) else text, reach, by_owner=by_owner)
    seen = dossier_lists.visible(db, numbers, sight, MOST + 1)
    return Found(seen[:MOST], len(seen) > MOST)


def _numbers(db: Connection, vault: Vault, text: str, reach: int, *, by_owner: bool) -> list[int]:
    digits = "".join(text.split())
    if not any(letter.isalnum() for letter in text):
        raise TooLittle(what="text")
    if by_owner and digits.isascii() and digits.isdigit() and len(digits) in IDENTITY_LENGTHS:
        return marks.find(db, marks.of_identity(vault, digits), reach)
    if not by_owner or any(letter.isdigit() for letter in text):
        if len(digits) < SHORTEST_PART:
            raise TooLittle(what="text")
        return marks.find_by_part(db, digits, reach)
    return _by_name(db, vault, text, reach)


def _by_name(db: Connection, vault: Vault, text: str, reach: int) -> list[int]:
    """The words beside each other, and where those are few, the same words anywhere in the name."""
    whole, words = marks.of_name(vault, text), marks.of_words(vault, text)
    together = marks.find(db, whole, reach)
    if len(together) >= reach or whole == words:
        return together
    return list(dict.fromkeys((*together, *marks.find(db, words, reach))))


def owner_of(db: Connection, vault: Vault, dossier: Dossier) -> str:
    """The name of who the dossier belongs to; empty where it was removed by rule."""
    told = told_of(db, vault, dossier)
    return told.owner.name if told else ""


def told_of(db: Connection, vault: Vault, dossier: Dossier) -> Particulars | None:
    """What is written of a dossier; None where it was removed by rule."""
    try:
        return from_bytes(vault.unseal(dossiers.sealed_particulars(db, dossier.particulars)))
    except DataGone:
        return None

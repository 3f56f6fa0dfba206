"""The number of a citizen's card as a keyed hash, by which the same person is known again; nothing else is kept."""

import re

from domain.applicants import IdentityWrong
from store.vault import Vault

TICKET, APPOINTMENT, DOSSIER = "card-ticket", "card-appointment", "card-dossier"
PURPOSES = (TICKET, APPOINTMENT, DOSSIER)
_NUMBER = re.compile(r"[0-9]{12}")


def hash_of(vault: Vault, purpose: str, identity: str) -> bytes:
    """What is kept of a number for one purpose."""
    return vault.digest(purpose, identity)


def typed(vault: Vault, purpose: str, number: str) -> bytes | None:
    """The same of a number typed into a form; None where it was left empty. Raises IdentityWrong."""
    number = "".join(c for c in number if not c.isspace())
    if not number:
        return None
    if not _NUMBER.fullmatch(number):
        raise IdentityWrong()
    return hash_of(vault, purpose, number)

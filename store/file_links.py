"""Addresses by which the portal fetches one file each: signed, for one purpose, with their own end."""

import hmac
from datetime import datetime

from store.attachments import Link
from store.instants import moment
from store.vault import Vault

PURPOSE = "portal file"


def path(vault: Vault, link: Link) -> str:
    """'<link>-<end, seconds since 1970>-<signature>', the last part of the address."""
    stem = f"{link.number}-{int(link.expires.timestamp())}"
    return f"{stem}-{vault.sign(PURPOSE, stem)}"


def is_signed(vault: Vault, number: int, expires: int, signature: str) -> bool:
    """Whether this centre has signed exactly this link with this end."""
    own = vault.sign(PURPOSE, f"{number}-{expires}")
    return hmac.compare_digest(own.encode(), signature.encode())


def ends(expires: int) -> datetime:
    """The end that an address names."""
    return moment(min(expires, 10**11) * 1000)

"""Signing in, pairing screens, giving tokens. Only hashes are kept."""

from dataclasses import dataclass
from datetime import timedelta

from domain.centres import Centre, Device
from domain.errors import Invalid, NotFound
from domain.events import (
    DevicePaired,
    DeviceRevoked,
    PasswordSet,
    PersonLocked,
    PersonSignedIn,
    PersonSignedOut,
    PersonUnlocked,
    TokenGiven,
    TokenRevoked,
)
from domain.tickets import milliseconds
from store import people
from store.writer import Tx

SIGN_IN_LASTS = timedelta(hours=12)
PAIRING_LASTS = timedelta(minutes=15)
PAIRING_TRIES = 5


@dataclass(frozen=True, slots=True)
class Pairing:
    """Whether the code was right. A wrong one is an answer, not an exception: the try must be counted."""

    right: bool


def sign_in(tx: Tx, person: str, token_hash: bytes) -> str:
    """Remember a sign-in whose password was checked before; a new token every time."""
    now = milliseconds(tx.now)
    people.keep_sign_in(tx.db, token_hash, person, now, milliseconds(tx.now + SIGN_IN_LASTS))
    tx.record(PersonSignedIn(person))
    return person


def sign_out(tx: Tx, token_hash: bytes) -> None:
    """End the sign-in for good; the cookie opens nothing any more."""
    person = people.end_sign_in(tx.db, token_hash)
    if person is not None:
        tx.record(PersonSignedOut(person))


def lock(tx: Tx, token_hash: bytes) -> None:
    """The person went away: this sign-in opens nothing until it is unlocked; counter and ticket stay."""
    person = people.mark_locked(tx.db, token_hash, locked=True)
    if person is not None:
        tx.record(PersonLocked(person))


def unlock(tx: Tx, token_hash: bytes) -> None:
    """The person is back, with a PIN that was checked before."""
    person = people.mark_locked(tx.db, token_hash, locked=False)
    if person is not None:
        tx.record(PersonUnlocked(person))


def set_pin(tx: Tx, person: str, pin_hash: str) -> None:
    """The short number that opens this person's locked screen."""
    people.keep_pin(tx.db, person, pin_hash)


def set_password(tx: Tx, person: str, password_hash: str) -> None:
    """Replace the password and end all sign-ins made with the old one."""
    people.keep_password(tx.db, person, password_hash)
    people.end_all_sign_ins(tx.db, person)
    tx.record(PasswordSet(person))


def offer_pairing(tx: Tx, device: str, code_hash: bytes, lasts: timedelta = PAIRING_LASTS) -> str:
    """Offer a one-time code for a screen of this centre. Raises NotFound."""
    find_device(tx.centre, device)
    people.keep_pairing_code(tx.db, device, code_hash, milliseconds(tx.now + lasts), PAIRING_TRIES)
    return device


def pair_device(tx: Tx, device: str, code_hash: bytes, token_hash: bytes) -> Pairing:
    """Exchange the code for the device's token; the token of an older pairing dies."""
    if not people.try_pairing_code(tx.db, device, code_hash, milliseconds(tx.now)):
        return Pairing(False)
    people.keep_device_token(tx.db, device, token_hash)
    tx.record(DevicePaired(device))
    return Pairing(True)


def revoke_device(tx: Tx, device: str) -> None:
    """The lost or replaced screen opens nothing any more. Raises NotFound."""
    find_device(tx.centre, device)
    people.drop_device_token(tx.db, device)
    people.drop_pairing_code(tx.db, device)
    tx.record(DeviceRevoked(device))


def give_token(tx: Tx, kind: str, holder: str, label: str, token_hash: bytes) -> int:
    """A bearer token for a program acting as this person or device; gives its number."""
    if kind == "person" and people.by_id(tx.db, holder) is None:
        raise NotFound(what=holder[:40])
    if kind == "device":
        find_device(tx.centre, holder)
    if kind not in ("person", "device"):
        raise Invalid(what=kind[:20])
    number = tx.seq + 1
    tx.record(TokenGiven(number, holder, kind, label))
    people.keep_token(tx.db, number, token_hash)
    return number


def revoke_token(tx: Tx, token: int) -> None:
    """The token opens nothing any more. Raises NotFound."""
    if token not in {row[0] for row in people.tokens(tx.db)}:
        raise NotFound(what=f"#{token}")
    tx.record(TokenRevoked(token))


def find_device(centre: Centre, device: str) -> Device:
    """The device of this id. Raises NotFound."""
    for candidate in centre.devices:
        if candidate.id == device:
            return candidate
    raise NotFound(what=device[:40])

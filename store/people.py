"""People, devices, their tokens and sign-ins. Names and secrets stand in the vault tables only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.centres import Centre
from domain.centres import Person as Employee
from domain.events import DevicePaired, DeviceRevoked, PersonAdded, TokenGiven, TokenRevoked
from domain.roles import Role
from store.database import Connection
from store.journal import Recorded, projects


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here."""

    id: str
    login: str
    name: str
    roles: frozenset[Role]
    agency: str | None
    counter: int | None


@dataclass(frozen=True, slots=True)
class DeviceState:
    """Whether a screen has been paired, in milliseconds since 1970, and revoked since."""

    id: str
    paired_at: int | None
    revoked_at: int | None


_SELECT = "SELECT p.id, p.login, p.name, s.roles, s.agency, s.counter FROM people p JOIN staff s ON s.id = p.id"


def _person(row: tuple) -> Person:  # type: ignore[type-arg]
    return Person(row[0], row[1], row[2], frozenset(Role(r) for r in json.loads(row[3])), row[4], row[5])


def everybody(db: Connection) -> list[Person]:
    """All people, by name."""
    return [_person(row) for row in db.execute(f"{_SELECT} ORDER BY p.name")]


def by_id(db: Connection, person: str) -> Person | None:
    """The person with this id."""
    row = db.execute(f"{_SELECT} WHERE p.id = ?", (person,)).fetchone()
    return _person(row) if row else None


def by_login(db: Connection, login: str) -> tuple[Person, str | None] | None:
    """The person who signs in by this name, with the stored password hash (None: may not sign in yet)."""
    row = db.execute(f"{_SELECT} WHERE p.login = ?", (login,)).fetchone()
    if row is None:
        return None
    secret = db.execute("SELECT password_hash FROM people WHERE id = ?", (row[0],)).fetchone()[0]
    return _person(row), secret


def keep_person(db: Connection, person: str, login: str, name: str) -> None:
    """Put login and name into the vault; a password that is already there stays."""
    db.execute(
        "INSERT INTO people (id, login, name) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET login = excluded.login, name = excluded.name",
        (person, login, name),
    )


def keep_people(db: Connection, named: Mapping[str, tuple[str, str]]) -> None:
    """Put logins and names, by id, into the vault; people may have swapped their logins. Passwords stay."""
    # No login contains a space: nobody's way is blocked while they change hands.
    db.executemany("UPDATE people SET login = ' ' || id WHERE id = ?", [(person,) for person in named])
    for person, (login, name) in named.items():
        keep_person(db, person, login, name)


def names(db: Connection) -> dict[str, tuple[str, str]]:
    """Login and name of everybody whom the vault knows, by id."""
    return {row[0]: (row[1], row[2]) for row in db.execute("SELECT id, login, name FROM people")}


def named(centre: Centre, known: Mapping[str, tuple[str, str]]) -> Centre:
    """The configuration with these logins and names; who is not known keeps empty ones."""
    return replace(centre, people=tuple(_with_name(person, known) for person in centre.people))


def _with_name(person: Employee, known: Mapping[str, tuple[str, str]]) -> Employee:
    login, name = known.get(person.id, (person.login, person.name))
    return replace(person, login=login, name=name)


def keep_password(db: Connection, person: str, password_hash: str) -> None:
    """Put an Argon2 hash into the vault."""
    db.execute("UPDATE people SET password_hash = ? WHERE id = ?", (password_hash, person))


def signed_in(db: Connection, token_hash: bytes, now: int) -> str | None:
    """Whose sign-in this is, None when it ended, never was, or is locked."""
    return _holder(db, token_hash, now, locked=False)


def locked_in(db: Connection, token_hash: bytes, now: int) -> str | None:
    """Whose locked sign-in this is, None when it is not locked."""
    return _holder(db, token_hash, now, locked=True)


def _holder(db: Connection, token_hash: bytes, now: int, *, locked: bool) -> str | None:
    row = db.execute(
        "SELECT person FROM sign_ins WHERE hash = ? AND expires_at > ? AND locked = ?", (token_hash, now, locked)
    ).fetchone()
    return row[0] if row else None


def mark_locked(db: Connection, token_hash: bytes, *, locked: bool) -> str | None:
    """Lock or unlock one sign-in; gives whose it is, None when nothing changed."""
    row = db.execute(
        "UPDATE sign_ins SET locked = ? WHERE hash = ? AND locked = ? RETURNING person",
        (locked, token_hash, not locked),
    ).fetchone()
    return row[0] if row else None


def keep_pin(db: Connection, person: str, pin_hash: str) -> None:
    """Put the Argon2 hash of a PIN into the vault."""
    db.execute("UPDATE people SET pin_hash = ? WHERE id = ?", (pin_hash, person))


def secrets_of(db: Connection, person: str) -> tuple[str | None, str | None]:
    """The stored hashes of this person's PIN and password."""
    row = db.execute("SELECT pin_hash, password_hash FROM people WHERE id = ?", (person,)).fetchone()
    return (row[0], row[1]) if row else (None, None)


def keep_sign_in(db: Connection, token_hash: bytes, person: str, now: int, expires_at: int) -> None:
    """Remember a sign-in, and forget those that have ended."""
    db.execute("DELETE FROM sign_ins WHERE expires_at <= ?", (now,))
    db.execute("INSERT INTO sign_ins VALUES (?, ?, ?, ?, 0)", (token_hash, person, now, expires_at))


def end_sign_in(db: Connection, token_hash: bytes) -> str | None:
    """End one sign-in; gives whose it was."""
    row = db.execute("DELETE FROM sign_ins WHERE hash = ? RETURNING person", (token_hash,)).fetchone()
    return row[0] if row else None


def end_all_sign_ins(db: Connection, person: str) -> None:
    """End every sign-in of one person."""
    db.execute("DELETE FROM sign_ins WHERE person = ?", (person,))


def device_of(db: Connection, token_hash: bytes) -> str | None:
    """Which device holds this token, None when it was revoked or replaced."""
    row = db.execute("SELECT device FROM device_tokens WHERE hash = ?", (token_hash,)).fetchone()
    return row[0] if row else None


def keep_device_token(db: Connection, device: str, token_hash: bytes) -> None:
    """Give the device its one token; an older one is dead from now on."""
    db.execute("INSERT OR REPLACE INTO device_tokens VALUES (?, ?)", (device, token_hash))


def drop_device_token(db: Connection, device: str) -> None:
    """The device's token opens nothing any more."""
    db.execute("DELETE FROM device_tokens WHERE device = ?", (device,))


def device_states(db: Connection) -> dict[str, DeviceState]:
    """What is known of every device that was ever paired."""
    return {row[0]: DeviceState(*row) for row in db.execute("SELECT id, paired_at, revoked_at FROM devices")}


def keep_pairing_code(db: Connection, device: str, code_hash: bytes, expires_at: int, tries: int) -> None:
    """Offer a one-time code for the device; an older code is dead."""
    db.execute("INSERT OR REPLACE INTO pairing_codes VALUES (?, ?, ?, ?)", (device, code_hash, expires_at, tries))


def drop_pairing_code(db: Connection, device: str) -> None:
    """No code pairs this device any more."""
    db.execute("DELETE FROM pairing_codes WHERE device = ?", (device,))


def try_pairing_code(db: Connection, device: str, code_hash: bytes, now: int) -> bool:
    """Use the code up when it is right; otherwise count the try. After the last try the code is dead."""
    row = db.execute(
        "SELECT hash, expires_at, tries_left FROM pairing_codes WHERE device = ?", (device,)
    ).fetchone()
    if row is None or row[1] <= now or row[2] <= 0:
        return False
    if row[0] == code_hash:
        db.execute("DELETE FROM pairing_codes WHERE device = ?", (device,))
        return True
    db.execute("UPDATE pairing_codes SET tries_left = tries_left - 1 WHERE device = ?", (device,))
    return False


def keep_token(db: Connection, token: int, token_hash: bytes) -> None:
    """Put the hash of a bearer token into the vault."""
    db.execute("INSERT INTO token_hashes VALUES (?, ?)", (token_hash, token))


def token_holder(db: Connection, token_hash: bytes) -> tuple[str, str] | None:
    """Kind (person or device) and id of the bearer, None when the token is unknown or revoked."""
    row = db.execute(
        "SELECT t.kind, t.holder FROM token_hashes h JOIN tokens t ON t.id = h.token"
        " WHERE h.hash = ? AND t.revoked_at IS NULL",
        (token_hash,),
    ).fetchone()
    return (row[0], row[1]) if row else None


def tokens(db: Connection) -> list[tuple[int, str, str, str, int | None]]:
    """All bearer tokens: id, kind, holder, label, instant of revocation."""
    return list(db.execute("SELECT id, kind, holder, label, revoked_at FROM tokens ORDER BY id"))


@projects(PersonAdded)
def _person_added(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT OR REPLACE INTO staff VALUES (?, ?, ?, ?)",
        (e.person, json.dumps(e.roles), e.agency, e.counter),
    )


@projects(TokenGiven)
def _token_given(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, NULL)", (e.token, e.holder, e.kind, e.label, recorded.at))


@projects(TokenRevoked)
def _token_revoked(db: Connection, recorded: Recorded) -> None:
    db.execute("UPDATE tokens SET revoked_at = ? WHERE id = ?", (recorded.at, recorded.event.token))


@projects(DevicePaired)
def _device_paired(db: Connection, recorded: Recorded) -> None:
    db.execute("INSERT OR REPLACE INTO devices VALUES (?, ?, NULL)", (recorded.event.device, recorded.at))


@projects(DeviceRevoked)
def _device_revoked(db: Connection, recorded: Recorded) -> None:
    db.execute("UPDATE devices SET revoked_at = ? WHERE id = ?", (recorded.at, recorded.event.device))

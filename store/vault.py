"""The centre's key: seals particulars and signs links. The key lies beside the database, never inside it."""

import hashlib
import hmac
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from store.database import flush

KEY_BYTES = 32


class Unreadable(ValueError):
    """This was not sealed with this centre's key, or there is no usable key."""


class Vault:
    """Sealing is deterministic (AES-SIV), so that a repeated request has the same content."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._box = AESSIV(self._derive("particulars", 64))

    @classmethod
    def open(cls, path: Path) -> "Vault":
        """Read the key file, or make it (mode 0600) at the first start. Raises Unreadable for a damaged one."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(path.name + ".new")
            fresh.unlink(missing_ok=True)
            fresh.touch(mode=0o600)
            fresh.write_bytes(secrets.token_bytes(KEY_BYTES))
            flush(fresh)
            fresh.rename(path)
            flush(path.parent)
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise Unreadable(f"{path} holds {len(key)} bytes instead of {KEY_BYTES}: put the centre's own key back")
        return cls(key)

    def seal(self, plain: bytes) -> bytes:
        """Encrypt and authenticate."""
        return self._box.encrypt(plain, [b"particulars"])

    def unseal(self, sealed: bytes) -> bytes:
        """The plain bytes. Raises Unreadable when altered or sealed elsewhere."""
        try:
            return self._box.decrypt(sealed, [b"particulars"])
        except InvalidTag as error:
            raise Unreadable("sealed with another key, or altered") from error

    def sign(self, purpose: str, text: str) -> str:
        """A 26-letter signature of the text for one purpose: links that cannot be guessed, nothing stored."""
        digest = hmac.new(self._derive(purpose, 32), text.encode(), hashlib.sha256).digest()
        number, letters = int.from_bytes(digest[:16], "big"), ""
        for _ in range(26):
            number, index = divmod(number, 32)
            letters += "abcdefghijkmnpqrstuvwxyz23456789"[index]
        return letters

    def digest(self, purpose: str, text: str) -> bytes:
        """32 bytes by which a short secret is recognised again; without the key nobody can try all of them."""
        return hmac.new(self._derive(purpose, 32), text.encode(), hashlib.sha256).digest()

    def derived(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose."""
        return self._derive(purpose, 32)

    def _derive(self, purpose: str, length: int) -> bytes:
        return hashlib.blake2b(purpose.encode(), key=self._key, digest_size=length).digest()

"""The centre's key: seals applicants and signs links. The key lies beside the database, never inside it."""

import hashlib
import hmac
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV


class Unreadable(ValueError):
    """This was not sealed with this centre's key."""


class Vault:
    """Sealing is deterministic (AES-SIV), so that a repeated request has the same content."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._box = AESSIV(self._derive("applicants", 64))

    @classmethod
    def open(cls, path: Path) -> "Vault":
        """Read the key file, or make it (mode 0600) at the first start."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_bytes(secrets.token_bytes(32))
        return cls(path.read_bytes())

    def seal(self, plain: bytes) -> bytes:
        """Encrypt and authenticate."""
        return self._box.encrypt(plain, [b"applicant"])

    def unseal(self, sealed: bytes) -> bytes:
        """The plain bytes. Raises Unreadable when altered or sealed elsewhere."""
        try:
            return self._box.decrypt(sealed, [b"applicant"])
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

    def _derive(self, purpose: str, length: int) -> bytes:
        return hashlib.blake2b(purpose.encode(), key=self._key, digest_size=length).digest()

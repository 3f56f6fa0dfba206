"""Files of dossiers on the disk: sealed with the centre's key, outside the web root, each content once.

A file lies under the keyed hash of its content, in pieces of AES-GCM under a key of its own; nothing in clear ever
touches the disk. It is written whole or not at all. Knows no dossier: who names a file says so when one is let go.
"""

import hashlib
import hmac
import os
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.attachments import FileLost
from domain.errors import StoreFull
from store.database import flush
from store.vault import Vault

FOLDER = "files"
MAGIC = b"MotCua sealed 1\n"
PIECE = 64 * 1024
TAG = 16
ADDRESS = re.compile(r"[0-9a-f]{64}")
UNFINISHED = ".unfinished"
LAST = 1 << 63  # in the number of the last piece: a file that was cut off has none


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file whose every piece has been proven; `pieces` gives it in clear, proven once more."""

    size: int
    pieces: Callable[[], Iterator[bytes]]


class Strongbox:
    """The folder of sealed files of one centre."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self.folder = folder
        self._name_key, self._file_key = vault.derived("file names"), vault.derived("file contents")
        self._lock = threading.Lock()
        self._held: Counter[str] = Counter()

    def put(self, content: bytes) -> str:
        """Seal the content on the disk and give its address; nobody lets it go before `release`.

        Raises StoreFull, and then nothing is left and nothing is to be released.
        """
        address = hmac.new(self._name_key, content, hashlib.sha256).hexdigest()
        with self._lock:
            self._held[address] += 1
        try:
            self._write(address, content)
        except OSError as error:
            self.release(address)
            if error.errno in (ENOSPC, EDQUOT):
                raise StoreFull() from error
            raise
        return address

    def release(self, address: str) -> None:
        """What was put is named in the book now, or never will be."""
        with self._lock:
            self._held[address] -= 1
            if not self._held[address]:
                del self._held[address]

    def open(self, address: str) -> Sealed:
        """The file at this address, all of it proven before a byte of it is given. Raises FileLost."""
        size = sum(len(piece) for piece in self._pieces(address))
        return Sealed(size, lambda: self._pieces(address))

    def let_go(self, address: str, is_named: Callable[[str], bool]) -> bool:
        """Delete the file unless something names it or is about to; whether it was deleted."""
        with self._lock:
            if self._held[address] or is_named(address):
                return False
            self._path(address).unlink(missing_ok=True)
        return True

    def addresses(self) -> Iterator[str]:
        """Every file that lies here."""
        for path in self.folder.glob("??/*"):
            if ADDRESS.fullmatch(path.name):
                yield path.name

    def tidy(self, named: Set[str]) -> tuple[int, int]:
        """Before anybody works here: delete what is unfinished or unnamed; how many went, how many are missing."""
        for path in self.folder.glob(f"??/*{UNFINISHED}"):
            path.unlink(missing_ok=True)
        there = set(self.addresses())
        for address in there - named:
            self._path(address).unlink(missing_ok=True)
        return len(there - named), len(named - there)

    def room(self) -> tuple[int, int]:
        """How many files, and the bytes that they take."""
        sizes = [path.stat().st_size for path in self.folder.glob("??/*") if ADDRESS.fullmatch(path.name)]
        return len(sizes), sum(sizes)

    def _path(self, address: str) -> Path:
        if not ADDRESS.fullmatch(address):
            raise FileLost()
        return self.folder / address[:2] / address

    def _write(self, address: str, content: bytes) -> None:
        path = self._path(address)
        if path.exists():
            with suppress(FileLost):
                self.open(address)
                return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.{threading.get_ident()}{UNFINISHED}")
        try:
            with unfinished.open("wb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(MAGIC)
                for piece in self._sealed(address, content):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
            flush(path.parent)
            flush(self.folder)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise

    def _sealed(self, address: str, content: bytes) -> Iterator[bytes]:
        box, count = self._box(address), max(1, -(-len(content) // PIECE))
        for number in range(count):
            piece = content[number * PIECE : (number + 1) * PIECE]
            yield box.encrypt(_nonce(number, is_last=number == count - 1), piece, MAGIC)

    def _pieces(self, address: str) -> Iterator[bytes]:
        """The pieces in clear, each proven before it is given. Raises FileLost."""
        box = self._box(address)
        try:
            with self._path(address).open("rb") as file:
                if file.read(len(MAGIC)) != MAGIC:
                    raise FileLost()
                number, piece = 0, file.read(PIECE + TAG)
                while True:
                    after = file.read(PIECE + TAG)
                    yield box.decrypt(_nonce(number, is_last=not after), piece, MAGIC)
                    if not after:
                        return
                    number, piece = number + 1, after
        except (OSError, InvalidTag, ValueError) as error:
            raise FileLost() from error

    def _box(self, address: str) -> AESGCM:
        # A key of its own for every content, so that counted nonces never meet another plain text.
        return AESGCM(hmac.new(self._file_key, address.encode(), hashlib.sha256).digest())


def _nonce(number: int, *, is_last: bool) -> bytes:
    return (number | (LAST if is_last else 0)).to_bytes(12, "big")

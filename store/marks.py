"""By what a dossier is found though its owner stands sealed: keyed marks of names and of numbers, in the vault.

A mark is twelve bytes that only the centre's key makes. Names are marked word by word and in pairs, without
diacritics, so that "nguyen van an" finds Nguyễn Văn Án; of a number only the whole is marked.
"""

from collections.abc import Iterable
from itertools import pairwise

from domain.applicants import Applicant
from domain.procedures import fold
from store.database import Connection
from store.vault import Vault

MARK_BYTES = 12
NAME, IDENTITY = "dossier-name", "dossier-identity"
MOST_WORDS = 12
FEW = 8_000  # counted no further: of several words the rarest leads, for each of its dossiers is looked at


def of_name(vault: Vault, name: str) -> tuple[bytes, ...]:
    """The marks of a name: its words, and each two that follow each other."""
    words = fold(name).split()[:MOST_WORDS]
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    return tuple(vault.digest(NAME, text)[:MARK_BYTES] for text in dict.fromkeys((*words, *pairs)))


def of_words(vault: Vault, name: str) -> tuple[bytes, ...]:
    """The marks of the words of a name alone, wherever they stand in it."""
    return tuple(vault.digest(NAME, text)[:MARK_BYTES] for text in dict.fromkeys(fold(name).split()[:MOST_WORDS]))


def of_identity(vault: Vault, number: str) -> tuple[bytes, ...]:
    """The mark of a whole identity number; none for none."""
    return (vault.digest(IDENTITY, number)[:MARK_BYTES],) if number else ()


def of_owner(vault: Vault, owner: Applicant) -> tuple[bytes, ...]:
    """All by which a dossier of this owner is found."""
    return (*of_name(vault, owner.name), *of_identity(vault, owner.identity))


def keep(db: Connection, dossier: int, marks: Iterable[bytes]) -> None:
    """From now on the dossier of this number in the journal is found by these marks alone."""
    db.execute("DELETE FROM dossier_marks WHERE seq = ?", (dossier,))
    db.executemany("INSERT OR IGNORE INTO dossier_marks VALUES (?, ?)", [(mark, dossier) for mark in marks])


def find(db: Connection, marks: Iterable[bytes], count: int = 50) -> list[int]:
    """The numbers of the dossiers that bear all these marks, newest first."""
    wanted = list(dict.fromkeys(marks))
    if not wanted:
        return []
    wanted.insert(0, wanted.pop(wanted.index(_rarest(db, wanted))))
    others = "".join(
        f" AND EXISTS (SELECT 1 FROM dossier_marks o WHERE o.mark = ?{n} AND o.seq = m.seq)"
        for n in range(3, len(wanted) + 2)
    )
    rows = db.execute(
        f"SELECT m.seq FROM dossier_marks m WHERE m.mark = ?1{others} ORDER BY m.seq DESC LIMIT ?2",
        (wanted[0], count, *wanted[1:]),
    )
    return [row[0] for row in rows]


def _rarest(db: Connection, wanted: list[bytes]) -> bytes:
    """The mark that the fewest bear. Pairs and given names stand last and are rare; none is counted further."""
    found, fewest = wanted[-1], FEW
    for mark in reversed(wanted):
        count = _how_many(db, mark, fewest)
        if count < fewest:
            found, fewest = mark, count
    return found


def _how_many(db: Connection, mark: bytes, most: int) -> int:
    row = db.execute("SELECT count(*) FROM (SELECT 1 FROM dossier_marks WHERE mark = ? LIMIT ?)", (mark, most))
    return int(row.fetchone()[0])


def find_by_part(db: Connection, part: str, count: int = 50) -> list[int]:
    """The numbers of the dossiers whose code holds these letters (three or more), newest first."""
    quoted = '"' + part.upper().replace('"', '""') + '"'
    rows = db.execute(
        "SELECT rowid FROM dossier_codes WHERE dossier_codes MATCH ? ORDER BY rowid DESC LIMIT ?", (quoted, count)
    )
    return [row[0] for row in rows]

"""The files of a centre that stand beside its database: kept next to a copy, each content once, and put back.

A list beside the copy names them; it knows no more of a file than its place, its size and its hash.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path, PurePosixPath

from store.database import flush

LIST, KEPT = ".files", "files"
LARGEST_BYTES = 400_000_000  # a file: the longest film of the walls
MOST_BYTES, MOST_FILES = 10_000_000_000, 20_000
LONGEST_LIST = 400_000_000
PIECE = 1 << 20
LINE = re.compile(r"([0-9a-f]{64}) (\d{1,11}) (\S.*)")
UNFINISHED = (".new", ".unfinished")


class FilesBad(RuntimeError):
    """The files are too large to be kept, or one that a list names is not as it was kept."""


@dataclass(frozen=True, slots=True)
class OwnFile:
    """One file: where it stands in the data folder, with '/', and what it holds."""

    path: str
    size: int
    sha256: str


def keep(data: Path, folders: Sequence[str], copy: Path, unchanging: Sequence[str] = ()) -> list[OwnFile]:
    """Keep everything in these folders of the data beside a copy. Raises FilesBad, OSError.

    A content that an earlier copy has kept is not written again; what no list there names any more is removed.
    In `unchanging` folders a file never changes, so one that is known is not read again, and there may be any
    number; one of them may vanish meanwhile, and then it is no part of the copy.
    """
    named, kept = copy.with_name(copy.name + LIST), copy.with_name(KEPT)
    kept.mkdir(mode=0o700, exist_ok=True)
    files = [_keep(data, path, kept) for path in list(_found(data, folders))]
    files += _keep_unchanging(data, unchanging, kept)
    unfinished = named.with_name(named.name + ".unfinished")
    unfinished.write_text("".join(f"{one.sha256} {one.size} {one.path}\n" for one in files), encoding="utf-8")
    unfinished.chmod(0o600)
    flush(unfinished)
    unfinished.rename(named)
    flush(named.parent)
    _forget(kept)
    return files


def put_back(copy: Path, data: Path, folders: Sequence[str]) -> list[OwnFile] | None:
    """Put the files of a copy into the data folder; None where no list lies beside it. Raises FilesBad, OSError.

    All of them are looked at before the first is written; a folder that is there is kept as '.before-restore'.
    """
    files = listed(copy, folders)
    if files is None:
        return None
    kept = copy.with_name(KEPT)
    for one in files:
        if not (kept / one.sha256).is_file() or _hash(kept / one.sha256) != one.sha256:
            raise FilesBad(f"{one.path}: không có trong {kept} hoặc đã hỏng")
    for folder in folders:
        place = data / folder
        if place.exists():
            place.replace(unused(place.with_name(f"{folder}.before-restore")))
    for one in files:
        target = data / one.path
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(kept / one.sha256, target)
    return files


def listed(copy: Path, folders: Sequence[str]) -> list[OwnFile] | None:
    """The files that a copy's list names, None where there is no list. Raises FilesBad."""
    named = copy.with_name(copy.name + LIST)
    if not named.exists():
        return None
    if named.stat().st_size > LONGEST_LIST:
        raise FilesBad(f"{named.name}: danh sách quá dài")
    return [_read(line, named.name, folders) for line in named.read_text(encoding="utf-8").splitlines()]


def _keep_unchanging(data: Path, folders: Sequence[str], kept: Path) -> Iterator[OwnFile]:
    known = {one.path: one for name in kept.parent.glob(f"*{LIST}") for one in _lines(name, folders)}
    for path in list(_walk(data, folders)):
        relative, one = path.relative_to(data).as_posix(), known.get(path.relative_to(data).as_posix())
        try:
            is_kept = one is not None and one.size == path.stat().st_size and (kept / one.sha256).exists()
            yield one if is_kept and one is not None else _keep(data, relative, kept)
        except FileNotFoundError:
            continue


def _lines(named: Path, folders: Sequence[str]) -> Iterator[OwnFile]:
    """The files of a list that stand in these folders; what cannot be read is not known."""
    with named.open(encoding="utf-8") as lines:
        for line in lines:
            found = LINE.fullmatch(line.rstrip("\n"))
            if found and found[3].partition("/")[0] in folders:
                yield OwnFile(found[3], int(found[2]), found[1])


def _read(line: str, where: str, folders: Sequence[str]) -> OwnFile:
    found = LINE.fullmatch(line)
    parts = PurePosixPath(found[3]).parts if found else ()
    if not found or len(parts) < 2 or parts[0] not in folders or ".." in parts:
        raise FilesBad(f"{where}: dòng không đọc được")
    return OwnFile(found[3], int(found[2]), found[1])


def _found(data: Path, folders: Sequence[str]) -> Iterator[str]:
    """Every file, by name; neither links nor what is being written now. Raises FilesBad above the limits."""
    number = size = 0
    for path in _walk(data, folders):
        number, size = number + 1, size + path.stat().st_size
        if path.stat().st_size > LARGEST_BYTES or size > MOST_BYTES or number > MOST_FILES:
            raise FilesBad(
                f"{path}: quá lớn; mỗi tệp tối đa {LARGEST_BYTES // 10**6} MB,"
                f" tất cả tối đa {MOST_BYTES // 10**9} GB và {MOST_FILES} tệp"
            )
        yield path.relative_to(data).as_posix()


def _walk(data: Path, folders: Sequence[str]) -> Iterator[Path]:
    for folder in folders:
        for place, inner, names in os.walk(data / folder):
            inner[:] = sorted(name for name in inner if not name.endswith(UNFINISHED))
            for name in sorted(names):
                path = Path(place, name)
                if (
                    path.is_file()
                    and not path.is_symlink()
                    and not name.endswith(UNFINISHED)
                    and name.isprintable()
                ):
                    yield path


def _keep(data: Path, path: str, kept: Path) -> OwnFile:
    source = data / path
    digest = _hash(source)
    target = kept / digest
    if not target.exists():
        # What is written to while it is read has another hash in the end, and the next copy keeps it.
        unfinished = kept / f"{digest}.unfinished"
        digest = _write(source, unfinished)
        unfinished.rename(kept / digest)
        flush(kept)
    return OwnFile(path, (kept / digest).stat().st_size, digest)


def _forget(kept: Path) -> None:
    """Remove what belonged to copies whose list is gone."""
    lists = kept.parent.glob(f"*{LIST}")
    named = {line[:64] for one in lists for line in one.read_text(encoding="utf-8").splitlines()}
    for content in kept.iterdir():
        if content.name not in named and not content.name.endswith(UNFINISHED):
            content.unlink()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(source: Path, target: Path) -> str:
    """Copy a file and give its hash."""
    told = hashlib.sha256()
    with source.open("rb") as from_, target.open("wb") as to:
        os.fchmod(to.fileno(), 0o600)
        while piece := from_.read(PIECE):
            told.update(piece)
            to.write(piece)
        to.flush()
        os.fsync(to.fileno())
    return told.hexdigest()


def unused(path: Path) -> Path:
    """The path, numbered when it is taken: a second restore must not destroy what the first one kept."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return next(candidate for candidate in chain([path], numbered) if not candidate.exists())

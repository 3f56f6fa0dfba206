"""The one place that runs the typesetting engine (typst): a layout and its data become pages. Knows no layout.

The data reaches a layout only as JSON, `json(bytes(sys.inputs.data))`, never as part of its source, so that nothing
typed can run. The house's own layouts run here; those that a centre brings run in a process of their own, limited
in time and memory (`web.typesetting_apart`), in a copy of their folder where nothing leads out.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from domain.errors import Refused, TooManyTries, msgid
from web.assets import FONTS, ROOT

if TYPE_CHECKING:
    from typst import Compiler, Fonts

WAIT_SECONDS = 20.0
APART_SECONDS = 10.0  # a receipt takes 0.15; somebody may stand at the counter and wait
APART_BYTES = 2 << 30  # of memory: the engine itself takes 0.3 GB of addresses
LARGEST_DATA = 4_000_000  # characters; a register of a month is a tenth of it
LARGEST_ANSWER = 40_000_000
LARGEST_FOLDER, MOST_FILES = 4_000_000, 60
LAYOUT_KINDS = frozenset({".typ", ".png", ".jpg", ".svg", ".json", ".txt"})
PLACE = re.compile(r"┌─ (?P<file>[^\n]+?):(?P<line>\d+):\d+")
_one_at_a_time, _one_apart = Lock(), Lock()  # a slow layout of the centre holds up none of ours


class TypesettingBusy(TooManyTries):
    text = msgid("Nhiều người đang lập PDF cùng lúc. Mời chờ một phút rồi bấm lại.")


class TypesettingFailed(Refused):
    text = msgid("Chưa lập được tệp PDF. Mời bấm lại; nếu vẫn không được, hãy báo kỹ thuật viên.")


class TooMuchToSet(Refused):
    text = msgid("Nội dung dài quá, không lập được PDF. Hãy chia thành nhiều tệp ngắn hơn.")


class LayoutRefused(Refused):
    """A layout of the centre's own that cannot be used."""


class LayoutWrong(LayoutRefused):
    """It does not compile; `reason` is the engine's own sentence, which may quote the data."""

    text = msgid("%(file)s, dòng %(line)s: %(reason)s. Hãy sửa tệp này, hoặc bỏ tệp đi để dùng mẫu có sẵn.")


class LayoutTooSlow(LayoutRefused):
    text = msgid("%(file)s: mẫu này chạy quá %(seconds)s giây hoặc cần quá nhiều chỗ. Hãy rút gọn mẫu.")


class LayoutFolderWrong(LayoutRefused):
    text = msgid(
        "%(file)s: thư mục mẫu chỉ nhận tệp thường loại %(kinds)s, nhiều nhất "
        "%(count)s tệp, tất cả dưới %(size)s MB. Hãy bỏ tệp này ra."
    )


@dataclass(frozen=True, slots=True)
class Job:
    """What to set: the data under the names that the layout reads it by, the instant that stands in the file."""

    data: Mapping[str, str]
    made_at: datetime | None = None
    kind: str = "pdf"
    dots: int = 72  # an inch, of a picture: an A4 page is 595 by 842

    def options(self) -> dict[str, Any]:
        """What the engine is asked for."""
        wanted: dict[str, Any] = {"format": self.kind, "sys_inputs": dict(self.data)}
        if self.made_at is not None:
            wanted["timestamp"] = self.made_at.replace(microsecond=0)  # the engine takes whole seconds
        if self.kind == "png":
            wanted["ppi"] = self.dots
        return wanted


def typeset(layout: Path, job: Job) -> list[bytes]:
    """The file, or for pictures one a page, by a layout of ours; takes up to a second, so in a thread.

    Raises TooMuchToSet, TypesettingBusy, TypesettingFailed.
    """
    _check_size(job)
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise TypesettingBusy()
    try:
        return files_of(_compiler(layout).compile(**job.options()))
    except (RuntimeError, ImportError, OSError) as error:  # the engine's own errors are RuntimeErrors
        raise TypesettingFailed() from error
    finally:
        _one_at_a_time.release()


def typeset_apart(layout: str, folders: tuple[Path, ...], job: Job) -> list[bytes]:
    """The same by the layout of this name in the last folder that has it; later folders lie over earlier ones.

    Raises LayoutWrong, LayoutTooSlow, LayoutFolderWrong, TooMuchToSet, TypesettingBusy, TypesettingFailed.
    """
    _check_size(job)
    if not _one_apart.acquire(timeout=WAIT_SECONDS):
        raise TypesettingBusy()
    try:
        with tempfile.TemporaryDirectory(prefix="motcua-layout-") as copy:
            for folder in folders:
                _copy(folder, Path(copy))
            return _run_apart(layout, Path(copy), job)
    except OSError as error:
        raise TypesettingFailed() from error
    finally:
        _one_apart.release()


def _check_size(job: Job) -> None:
    if sum(map(len, job.data.values())) > LARGEST_DATA:
        raise TooMuchToSet()


def _copy(folder: Path, target: Path) -> None:
    """Plain files only: a link could lead out of the folder, and the engine would follow it."""
    size = 0
    for number, path in enumerate(sorted(folder.iterdir()), 1):
        size += path.lstat().st_size
        plain = path.is_file() and not path.is_symlink() and path.suffix in LAYOUT_KINDS
        if not plain or number > MOST_FILES or size > LARGEST_FOLDER:
            kinds, most = " ".join(sorted(LAYOUT_KINDS)), LARGEST_FOLDER // 1_000_000
            raise LayoutFolderWrong(file=path.name, kinds=kinds, count=MOST_FILES, size=most)
        (target / path.name).write_bytes(path.read_bytes())


def _run_apart(layout: str, folder: Path, job: Job) -> list[bytes]:
    asked = {
        "layout": layout, "folder": str(folder), "data": dict(job.data), "kind": job.kind, "memory": APART_BYTES,
        "most": LARGEST_ANSWER, "seconds": int(APART_SECONDS),
        "made_at": job.made_at.isoformat() if job.made_at else None, "dots": job.dots,
    }  # fmt: skip
    # No word of this reaches an argument or the environment, which other accounts could read.
    command, request = [sys.executable, "-m", "web.typesetting_apart"], json.dumps(asked).encode()
    try:
        done = subprocess.run(  # noqa: S603
            command, input=request, capture_output=True, timeout=APART_SECONDS, cwd=ROOT, env=_surroundings(),
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise LayoutTooSlow(file=layout, seconds=int(APART_SECONDS)) from None
    if done.returncode != 0:
        raise LayoutTooSlow(file=layout, seconds=int(APART_SECONDS))
    return _answer(layout, done.stdout)


def _surroundings() -> dict[str, str]:
    """Only what Python needs, and no way out: a package of typst's own would be fetched from the internet."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    nowhere = "http://127.0.0.1:9"
    return kept | dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"), nowhere)


def _answer(layout: str, answer: bytes) -> list[bytes]:
    """The files: one line of JSON with their sizes or the mistake, then the files one after the other."""
    head, _, rest = answer.partition(b"\n")
    said = json.loads(head)
    if "message" in said:
        place = PLACE.search(said["diagnostic"])
        file, line = (Path(place["file"]).name, int(place["line"])) if place else (layout, 1)
        raise LayoutWrong(file=file, line=line, reason=" ".join(said["message"].split())[:200].rstrip("."))
    files = []
    for size in said["sizes"]:
        files.append(rest[:size])
        rest = rest[size:]
    return files


def files_of(made: "bytes | list[bytes] | None") -> list[bytes]:
    """The engine's answer as a list. Raises RuntimeError for none."""
    if made is None:
        raise RuntimeError("the engine gave no file")
    return [made] if isinstance(made, bytes) else made


@cache
def fonts() -> "Fonts":
    """Those of the screens and no others, so that paper looks the same on every machine; read once."""
    import fontpkg
    from typst import Fonts  # an eighth of a second that no other page needs

    folders = {str(Path(fontpkg.path(family)).parent) for family, _ in FONTS.values()}
    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=sorted(folders))


@lru_cache(maxsize=32)
def _compiler(layout: Path) -> "Compiler":
    """One a layout for the life of the server."""
    from typst import Compiler

    return Compiler(layout, root=layout.parent, font_paths=fonts())

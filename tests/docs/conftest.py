"""What the tests of documents share: the pages, and the commands that they show."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NOT_OURS = {"node_modules", "data"}


@cache
def pages() -> dict[str, str]:
    """Every Markdown page of ours, by its path."""
    found = sorted(p for p in ROOT.rglob("*.md") if not any(map(_is_foreign, p.relative_to(ROOT).parts)))
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in found}


def _is_foreign(part: str) -> bool:
    return part.startswith(".") or part in NOT_OURS


def shown_commands(text: str) -> Iterator[list[str]]:
    """The commands in the fenced `sh` blocks of a page, in words."""
    for language, block in FENCE.findall(text):
        if language == "sh":
            yield from (shlex.split(line) for line in block.splitlines() if line.strip())

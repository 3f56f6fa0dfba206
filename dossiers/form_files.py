"""The facts of a form as a JSON file that a person writes, to see how a template looks; a sample of each form."""

from functools import cache
from pathlib import Path
from typing import Annotated, cast

from domain.errors import msgid
from domain.form_facts import FACTS, FormFacts
from domain.forms import FormKind
from domain.record_files import FileWrong, table, unreadable
from domain.records import Among, Reader

LARGEST = 1 << 20
SAMPLES = Path(__file__).parent / "samples"
Kind = Annotated[str, Among(tuple(map(str, FormKind)))]


def read_form(text: str) -> FormFacts:
    """What a file says: `kind`, and the facts by their names. Raises FileWrong with all its mistakes."""
    raw, reader = table(text, LARGEST), Reader()
    if "kind" not in raw:
        raise unreadable("kind", msgid("còn thiếu"), msgid("thêm khóa %(key)s"), key="kind")
    kind = reader.read(Kind, raw.pop("kind"), "kind")
    found = reader.read(FACTS[FormKind(kind)], raw, "") if kind else None
    if found is None:
        raise FileWrong(tuple(reader.mistakes))
    return cast(FormFacts, found)


@cache
def samples() -> dict[FormKind, FormFacts]:
    """One invented dossier on every form."""
    found = [read_form(file.read_text(encoding="utf-8")) for file in sorted(SAMPLES.glob("*.json"))]
    return {facts.kind: facts for facts in found}

"""The one-stop forms as A4 PDF: facts in, pages out, by our templates or by those that a province lies over them.

A template `NN.typ` in the centre's folder `forms` replaces ours of that name, a `head.typ` the head of all; what
else lies there, an emblem, they can read, and nothing outside. Knows no request and no store.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

import segno
import structlog

from domain.errors import Refused, msgid
from domain.form_facts import FACTS, FormFacts, Register, edition_day
from domain.forms import EDITION_2025, FormKind, day_in_words, form_of, moment_in_figures, moment_in_words
from web.typesetting import (
    Job,
    LayoutFolderWrong,
    LayoutRefused,
    TypesettingFailed,
    typeset,
    typeset_apart,
)

TEMPLATES = Path(__file__).parent / "forms"
HEAD = "head.typ"
OWN_FOLDER = "forms"  # inside the data folder
QR_MODULES = 4  # white around the code
MOST_ON_PAPER = 500  # lines of the register: one second and 300 MB; 2,000 take 930 MB
log = structlog.get_logger("dossiers")


class RegisterTooLong(Refused):
    text = msgid(
        "Sổ theo dõi có %(rows)s hồ sơ, một tệp PDF nhận nhiều nhất %(most)s. Hãy chọn ít ngày hơn, hoặc tải XLSX."
    )


@dataclass(frozen=True, slots=True)
class PrintedForm:
    """The file; `mistake`: why ours was used although the centre has a template of its own."""

    body: bytes
    mistake: LayoutRefused | TypesettingFailed | None = None


def template_of(kind: FormKind) -> str:
    """The file of a form's template: by its number of 2025, which also prints the older editions."""
    number, _ = EDITION_2025.forms[kind]
    return f"{number}-batch.typ" if kind is FormKind.BATCH else f"{number}.typ"


def print_form(facts: FormFacts, own: Path | None = None) -> PrintedForm:
    """The PDF; takes up to a second, so in a thread. `own`: the centre's folder of templates, which need not exist.

    A template of the centre that fails on these facts must not leave anybody without a receipt: ours is taken.
    Raises RegisterTooLong, TooMuchToSet, TypesettingBusy, TypesettingFailed.
    """
    name, job = template_of(facts.kind), _job(facts)
    mistake: LayoutRefused | TypesettingFailed | None = None
    if own is not None and is_own(facts.kind, own):
        try:
            return PrintedForm(typeset_apart(name, (TEMPLATES, own), job)[0])
        except (LayoutRefused, TypesettingFailed) as wrong:
            # Its place and not its words: the engine may quote what stands on the form.
            log.error("own form failed", file=wrong.arguments.get("file", name), line=wrong.arguments.get("line"))
            mistake = wrong
    return PrintedForm(typeset(TEMPLATES / name, job)[0], mistake)


def draw_form(facts: FormFacts, own: Path | None = None, dots: int = 72) -> list[bytes]:
    """The pages as PNG of so many dots an inch, to be looked at. Raises as `print_form`, and LayoutRefused."""
    name, job = template_of(facts.kind), _job(facts, "png", dots)
    if own is not None and is_own(facts.kind, own):
        return typeset_apart(name, (TEMPLATES, own), job)
    return typeset(TEMPLATES / name, job)


def check_templates(own: Path, samples: Mapping[FormKind, FormFacts]) -> list[LayoutRefused]:
    """What is wrong with the centre's own templates, each tried on a sample of its form."""
    wrong: list[LayoutRefused] = []
    for kind in FACTS:
        if is_own(kind, own):
            try:
                typeset_apart(template_of(kind), (TEMPLATES, own), _job(samples[kind]))
            except LayoutFolderWrong as mistake:
                return [mistake]  # the same for every template
            except LayoutRefused as mistake:
                wrong.append(mistake)
    return wrong


def is_own(kind: FormKind, own: Path) -> bool:
    """Whether the centre's folder changes this form."""
    return (own / template_of(kind)).exists() or (own / HEAD).exists()


def _job(facts: FormFacts, kind: str = "pdf", dots: int = 72) -> Job:
    if isinstance(facts, Register) and len(facts.rows) > MOST_ON_PAPER:
        raise RegisterTooLong(rows=len(facts.rows), most=MOST_ON_PAPER)
    return Job({"facts": to_json(facts)}, facts.head.made_at, kind, dots)


def to_json(facts: FormFacts) -> str:
    """What a template reads: the facts by their names, the form's number and title, the code's QR as a drawing."""
    form = form_of(facts.kind, edition_day(facts))
    code = facts.head.code
    data = {
        **_said(facts),
        "form": {"kind": form.kind, "number": form.number, "title": form.title, "source": form.source},
        "qr": segno.make_qr(code, error="m").svg_inline(border=QR_MODULES) if code else "",
    }
    return json.dumps(data, ensure_ascii=False)


def _said(fact: Any) -> Any:
    """A fact as templates read it; an instant in words, in figures, and its day."""
    if is_dataclass(fact):
        return {entry.name: _said(getattr(fact, entry.name)) for entry in fields(fact)}
    if isinstance(fact, tuple):
        return [_said(entry) for entry in fact]
    if isinstance(fact, datetime):
        return {"long": moment_in_words(fact), "short": moment_in_figures(fact), "day": day_in_words(fact)}
    return fact.value if isinstance(fact, Enum) else fact

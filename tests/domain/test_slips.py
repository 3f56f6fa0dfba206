"""Layouts of slips as data: what a centre may change, and what must not be left out."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from domain.centre_toml import write_centre
from domain.centres import CentreFileWrong, Text, read_centre
from domain.records import Mistake, Wrong
from domain.slips import (
    MARKED,
    NEEDED,
    STANDARD,
    SlipKind,
    SlipLayout,
    SlipPart,
    TextSize,
    layout_of,
    parts_of,
    whole_layout,
)
from tests.domain.test_centre_toml import DEMO

WORDS = Text("Xin chào", "Welcome", "Bienvenue")


def refusal(layout: SlipLayout) -> Wrong:
    with pytest.raises(Wrong) as wrong:
        whole_layout(layout)
    return wrong.value


@pytest.mark.parametrize("kind", SlipKind)
def test_the_standard_layouts_are_whole(kind):
    assert whole_layout(SlipLayout(kind, STANDARD[kind])).order == SlipLayout(kind).order == STANDARD[kind]
    assert set(NEEDED[kind]) <= set(STANDARD[kind]) <= set(parts_of(kind))
    whole_layout(SlipLayout(kind, NEEDED[kind]))


@pytest.mark.parametrize(("kind", "part"), [(kind, part) for kind in SlipKind for part in NEEDED[kind]])
def test_a_part_that_is_needed_cannot_be_left_out(kind, part):
    wrong = refusal(SlipLayout(kind, tuple(one for one in STANDARD[kind] if one is not part)))
    assert (wrong.at, wrong.arguments) == ("parts", {"parts": part})
    assert wrong.reason == "thiếu phần không được bỏ: %(parts)s"


@pytest.mark.parametrize("kind", MARKED)
def test_the_mark_of_a_reprint_is_read_before_what_it_marks(kind):
    parts = tuple(part for part in STANDARD[kind] if part is not SlipPart.MARKS)
    assert "trước" in refusal(SlipLayout(kind, (*parts, SlipPart.MARKS))).reason
    at = parts.index(MARKED[kind])
    whole_layout(SlipLayout(kind, (*parts[:at], SlipPart.MARKS, *parts[at:])))


def test_parts_of_another_slip_and_parts_twice_are_refused():
    ticket = STANDARD[SlipKind.TICKET]
    assert refusal(SlipLayout(SlipKind.TICKET, (*ticket, SlipPart.SIGNATURES))).arguments == {"parts": "signatures"}
    assert refusal(SlipLayout(SlipKind.TICKET, (*ticket, SlipPart.RULE))).reason == "ghi hai lần: %(parts)s"


@pytest.mark.parametrize(
    ("layout", "at"),
    [
        (SlipLayout(SlipKind.RECEIPT, number_mm=12), "number_mm"),
        (SlipLayout(SlipKind.RECEIPT, hint=WORDS), "hint"),
        (SlipLayout(SlipKind.TEST, caption=WORDS), "caption"),
        (SlipLayout(SlipKind.TICKET, NEEDED[SlipKind.TICKET], closing=WORDS), "closing"),
    ],
)
def test_what_would_never_be_printed_is_said_at_its_place(layout, at):
    assert refusal(layout).at == at


def test_the_centre_file_has_its_layouts_and_goes_there_and_back():
    own = SlipLayout(
        SlipKind.TICKET, (*NEEDED[SlipKind.TICKET], SlipPart.CLOSING), 18, TextSize.LARGE, closing=WORDS
    )
    centre = replace(DEMO, slips=(own,))
    assert read_centre(write_centre(centre)) == centre
    assert layout_of(centre.slips, SlipKind.TICKET) == own
    assert layout_of(centre.slips, SlipKind.RECEIPT) == SlipLayout(SlipKind.RECEIPT)


def mistakes_in(slips: str) -> list[Mistake]:
    with pytest.raises(CentreFileWrong) as wrong:
        read_centre(f"{write_centre(replace(DEMO, slips=()))}\n{slips}")
    return list(wrong.value.mistakes)


@pytest.mark.parametrize(
    ("slips", "paths"),
    [
        ('[[slips]]\nkind = "tiket"', ["slips[0].kind"]),
        ('[[slips]]\nkind = "ticket"\nparts = ["marks", "nummer"]', ["slips[0].parts[1]"]),
        ('[[slips]]\nkind = "ticket"\nparts = ["marks", "moment"]', ["slips[0].parts"]),
        ('[[slips]]\nkind = "ticket"\nnumber_mm = 9', ["slips[0].number_mm"]),
        ('[[slips]]\nkind = "ticket"\nclosing = { vi = "a", en = "b" }', ["slips[0].closing.fr"]),
        ('[[slips]]\nkind = "ticket"\nfoot = "x"', ["slips[0].foot"]),
        ('[[slips]]\nkind = "test"\n[[slips]]\nkind = "test"', ["slips[1].kind"]),
        (
            f'[[slips]]\nkind = "test"\nopening = {{ vi = "{"a" * 201}", en = "b", fr = "c" }}',
            ["slips[0].opening.vi"],
        ),
    ],
)
def test_mistakes_are_told_with_their_path(slips, paths):
    assert [mistake.path for mistake in mistakes_in(slips)] == paths


def test_all_kinds_have_the_parts_that_every_slip_shows():
    for first, second in pairwise(SlipKind):
        assert {SlipPart.LOGO, SlipPart.OPENING, SlipPart.CLOSING} <= {*parts_of(first)} & {*parts_of(second)}


@pytest.mark.planted
def test_a_layout_that_forgets_the_hour_is_caught(monkeypatch):
    monkeypatch.setattr("domain.slips.NEEDED", dict.fromkeys(SlipKind, ()))
    with pytest.raises(pytest.fail.Exception):
        test_a_part_that_is_needed_cannot_be_left_out(SlipKind.TICKET, SlipPart.MOMENT)


def test_the_example_of_the_manual_is_taken_as_it_stands():
    manual = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    shown = next(part for part in manual.split("```toml\n") if part.startswith("logo =")).split("```")[0]
    slips = shown[shown.index("[[slips]]") :]
    (layout,) = read_centre(f"{write_centre(replace(DEMO, slips=()))}\n{slips}").slips
    assert (layout.kind, layout.number_mm, layout.text_size) == (SlipKind.TICKET, 18, TextSize.LARGE)

"""A centre that was written reads back as the same centre."""

import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.calendar import DayKind
from domain.centre_outside import Lookup, Payment
from domain.centre_rules import Booking, Calling, DayOverride, Policy, Scanner, Window, WindowKind
from domain.centre_toml import write_centre
from domain.centres import Centre, CentreFileWrong, Limit, Text, as_data, from_data, read_centre
from domain.deadlines import Unit
from domain.lookups import Database
from domain.records import ONE_LINE
from domain.slips import NEEDED, STANDARD, WORDED, SlipKind, SlipLayout, SlipPart, TextSize, parts_of
from tests.support.sizes import size

DEMO = read_centre((Path(__file__).parents[2] / "commands" / "demo" / "centre.toml").read_text(encoding="utf-8"))
LETTERS = st.characters(exclude_categories=["Cs", "Cc"]).filter(lambda c: not ONE_LINE.match(c))
# A black square of 16 x 8 dots.
EMBLEM = "iVBORw0KGgoAAAANSUhEUgAAABAAAAAIAQAAAADYDUI6AAAAC0lEQVR42mNgwA4AABgAAUbbswsAAAAASUVORK5CYII="
SPECIAL = st.sampled_from(['"', "\\", "'", "#", "=", "[", "]", "{", ".", "\\u0041", '"""', "ễ", "🙂", "\u2003"])


def is_kept(text: str) -> bool:
    """Whether the reader takes the text as it is."""
    return text == unicodedata.normalize("NFC", text.strip()) != ""


words = st.lists(st.one_of(LETTERS, SPECIAL, st.just("a.b.c.d.e")), min_size=1, max_size=12).map("".join)
words = words.filter(lambda text: is_kept(text) and len(text) <= 60)
texts = st.builds(Text, words, words, words)
clocks = st.lists(st.integers(0, 24 * 60 - 1), min_size=2, max_size=6, unique=True).map(sorted)


def half_days(minutes: list[int]) -> tuple[tuple[str, str], ...]:
    times = [f"{m // 60:02d}:{m % 60:02d}" for m in minutes]
    return tuple(zip(times[::2], times[1::2], strict=False))


@st.composite
def bookings(draw: st.DrawFn) -> Booking:
    times = half_days(draw(clocks))
    shortest = min(int(b[:2]) * 60 + int(b[3:]) - int(a[:2]) * 60 - int(a[3:]) for a, b in times)
    assume(shortest >= 5)
    weekdays = tuple(draw(st.lists(st.integers(1, 7), min_size=1, max_size=7)))
    return Booking(times, draw(st.integers(5, min(shortest, 240))), draw(st.integers(1, 100)), 3, weekdays)


@st.composite
def layouts(draw: st.DrawFn) -> tuple[SlipLayout, ...]:
    """Own layouts of some kinds of slip: any order that the rules take, any words."""
    found = []
    for kind in draw(st.lists(st.sampled_from(SlipKind), unique=True)):
        parts = [part for part in parts_of(kind) if part in NEEDED[kind] or draw(st.booleans())]
        first, *rest = draw(st.sampled_from([parts, draw(st.permutations(parts))]))
        ordered = [first, *rest] if SlipPart.MARKS not in rest else [SlipPart.MARKS, first, *rest]
        order = draw(st.sampled_from([(), tuple(dict.fromkeys(ordered))]))
        able = [part for part in WORDED if part in (order or STANDARD[kind])]
        worded = {part.value: draw(texts) for part in able if draw(st.booleans())}
        height = draw(st.none() | st.integers(10, 20)) if kind is SlipKind.TICKET else None
        found.append(SlipLayout(kind, order, height, draw(st.sampled_from(TextSize)), **worded))
    return tuple(found)


@st.composite
def centres(draw: st.DrawFn) -> Centre:
    """The demo centre with everything about it changed that may be changed freely."""
    minutes = st.one_of(st.integers(1, 240).map(float), st.floats(0.5, 240))
    queue = replace(
        DEMO.queues[0], title=draw(texts), mean_minutes=draw(minutes),
        daily_limit=draw(st.none() | st.integers(1, 9999)), booking=draw(st.none() | bookings()),
    )  # fmt: skip
    group = replace(
        DEMO.classes[0], label=draw(texts), legal_basis=draw(words), evidence=draw(st.booleans()),
        effective_from=draw(st.none() | st.dates()),
    )  # fmt: skip
    limits = st.none() | st.builds(Limit, st.integers(1, 90).map(float), st.just(Unit.WORKING_DAY))
    days = draw(st.lists(st.dates(date(2020, 1, 1), date(2030, 1, 1)), max_size=3, unique=True))
    return replace(
        DEMO,
        name=draw(texts),
        agency_lines=(draw(words), draw(words)),
        follow_url=draw(st.sampled_from(["", "https://a.b.c.d.e.f.g.h.vn/follow"])),
        queues=(queue, *DEMO.queues[1:]),
        classes=draw(st.sampled_from([(), (group, *DEMO.classes[1:])])),
        procedures=draw(st.sampled_from([(), (replace(DEMO.procedures[0], limit=draw(limits)),)])),
        people=draw(st.sampled_from([(), (replace(DEMO.people[0], name=draw(words)),)])),
        printers=DEMO.printers,
        devices=draw(st.sampled_from([(), DEMO.devices])),
        days=tuple(DayOverride(day, draw(st.sampled_from(DayKind)), draw(words)) for day in days),
        portal=draw(st.sampled_from([None, DEMO.portal])),
        payment=draw(st.none() | st.builds(Payment, st.just("970436"), st.just("1017595600"), words)),
        lookups=draw(st.sampled_from([(), (Lookup(Database.LAND, "https://a.b.c.d.e.f.g.h.vn/x"),)])),
        calling=Calling(draw(st.sampled_from(Policy)), draw(st.integers(1, 9)), auto_call=draw(st.booleans())),
        windows=tuple(
            Window(
                draw(st.sampled_from(WindowKind)), half_days(m), (1, 6), draw(st.sampled_from([(), ("ho-tich",)]))
            )
            for m in draw(st.lists(clocks, max_size=2))
        ),
        scanner=Scanner(draw(st.sampled_from(["F9", "STX"]))),
        slips=draw(layouts()),
        logo=draw(st.sampled_from(["", EMBLEM])),
    )


@settings(max_examples=size("centre-toml", 60, 3000), deadline=None)
@given(centres())
def test_what_is_written_reads_back_the_same(centre: Centre) -> None:
    assert read_centre(write_centre(centre)) == centre


def test_the_demo_centre_is_written_and_read_back() -> None:
    text = write_centre(DEMO)
    assert read_centre(text) == DEMO
    assert write_centre(read_centre(text)) == text
    assert "[[queues]]\n" in text
    assert 'name = { vi = "Sảnh tầng 1", en = "Hall on level 1", fr = "Hall du niveau 1" }' in text


@pytest.mark.parametrize(
    "text",
    [
        'nói "được"', "C:\\trung-tam", "'đơn'", "# không là chú thích", "a\\", '"', "{ vi = 1 }", "1.2.3.4.5.6.7",
        "." * 60, "🙂 gia đình", "]]", "x = 1",
    ],
)  # fmt: skip
def test_signs_that_mean_something_to_toml(text: str) -> None:
    centre = replace(DEMO, province=text, name=Text(text, text, text), agency_lines=(text, text))
    assert read_centre(write_centre(centre)) == centre


def test_control_signs_are_spelled_out_and_refused_on_reading_with_their_place() -> None:
    text = write_centre(replace(DEMO, province="a\x07b\u202e\nc\U000e0001"))
    assert 'province = "a\\u0007b\\u202E\\nc\\U000E0001"' in text
    with pytest.raises(CentreFileWrong) as wrong:
        read_centre(text)
    assert [mistake.path for mistake in wrong.value.mistakes] == ["province"]


def test_a_file_without_names_is_refused_with_their_places() -> None:
    with pytest.raises(CentreFileWrong) as wrong:
        read_centre(write_centre(from_data(as_data(DEMO))))
    paths = {mistake.path for mistake in wrong.value.mistakes}
    assert {"people[0].login", "people[0].name"} <= paths
    assert all(path.startswith("people[") for path in paths)


@pytest.mark.planted
def test_a_writer_that_forgets_to_escape_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.centre_toml.ESCAPES", {})
    with pytest.raises(CentreFileWrong):
        read_centre(write_centre(replace(DEMO, province='nói "được"')))


def test_the_hour_at_which_the_day_opens_is_written_where_it_is_set() -> None:
    centre = replace(DEMO, hours=replace(DEMO.hours, opens_day="06:45"))
    assert 'opens_day = "06:45"' in write_centre(centre)
    assert read_centre(write_centre(centre)) == centre
    assert "opens_day" not in write_centre(DEMO)

import gzip
import json
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.deadlines import Unit
from domain.procedures import (
    COPIES,
    LONGEST_ROW,
    MOST_ROWS,
    TABLE_HEAD,
    Channel,
    DirtyRow,
    Procedure,
    documents,
    fold,
    read_catalogue,
    read_row,
)
from tests.support.sizes import size

ROOT = Path(__file__).parents[2]
DEMO_ROWS = (ROOT / "commands" / "demo" / "procedures.jsonl").read_bytes().splitlines()
WHOLE = ROOT.parent / "shared" / "data" / "procedures.jsonl.gz"
# The whole extract is not part of the project; where it is at hand it is read too.
CATALOGUES = {"demo": DEMO_ROWS}
if WHOLE.exists():
    CATALOGUES["whole"] = gzip.decompress(WHOLE.read_bytes()).splitlines()


@cache
def catalogue(name: str) -> tuple[list[Procedure], list[DirtyRow]]:
    """The procedures and the dirty rows of a catalogue, read once a run."""
    return read_catalogue(CATALOGUES[name])


ROW = {
    "code": "1.001193",
    "title": "Thủ tục đăng ký khai sinh",
    "sector": "Hộ tịch",
    "levels": ["Cấp xã"],
    "ministry": "bo-tu-phap",
    "applicants": ["Công dân Việt Nam"],
    "decision_no": "163/QĐ-BTP",
    "channels": [{"channel": "direct", "limit": 1, "unit": None, "fee_text": "Miễn phí"}],
    "documents_text": "",
    "results": [{"code": None, "name": "Giấy khai sinh"}],
}


def row(**changes: object) -> str:
    return json.dumps({key: value for key, value in {**ROW, **changes}.items() if value is not ...})


def channel(**changes: object) -> list[object]:
    return [{**ROW["channels"][0], **changes}]  # type: ignore[index,dict-item]


def with_papers(text: str) -> Procedure:
    return read_row(row(documents_text=text), 1)


def test_a_row_is_read_verbatim() -> None:
    procedure = read_row(row(), 1)
    assert procedure.title == "Thủ tục đăng ký khai sinh"
    assert procedure.channels[0].channel is Channel.DIRECT
    assert (procedure.channels[0].limit, procedure.channels[0].fee_text) == (1, "Miễn phí")
    assert procedure.results[0].code is None


def test_a_missing_unit_stays_unknown() -> None:
    assert read_row(row(), 1).channels[0].unit is None
    assert read_row(row(channels=channel(unit="working_day")), 1).channels[0].unit is Unit.WORKING_DAY


@pytest.mark.parametrize("name", CATALOGUES)
def test_the_catalogue_has_no_dirty_row(name: str) -> None:
    procedures, dirty = catalogue(name)
    assert dirty == []
    assert [p.code for p in procedures] == [json.loads(line)["code"] for line in CATALOGUES[name]]


def test_the_demo_has_the_thirty_two_procedures() -> None:
    assert len(catalogue("demo")[0]) == 32


def test_the_demo_rows_are_those_of_the_whole_file() -> None:
    assert set(DEMO_ROWS) <= set(CATALOGUES.get("whole", DEMO_ROWS))


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (row(code="1.00119"), "code"),
        (row(code="1.001193\n"), "code"),
        (row(code=1.001193), "code"),
        (row(code=...), "code"),
        (row(title=...), "title"),
        (row(title="  "), "title"),
        (row(title="Đăng ký\u0000"), "title"),
        (row(title="Đăng ký\nkhai sinh"), "title"),
        (row(title="a" * 2001), "title"),
        (row(title=["x"]), "title"),
        (row(sector=None), "sector"),
        (row(levels="Cấp xã"), "levels"),
        (row(levels=["Cấp xã", 2]), "levels[1]"),
        (row(channels=[]), "channels"),
        (row(channels=...), "channels"),
        (row(channels=channel(unit="ngày")), "channels[0].unit"),
        (row(channels=channel(unit="unknown")), "channels[0].unit"),
        (row(channels=channel(channel="fax")), "channels[0].channel"),
        (row(channels=channel(limit="1")), "channels[0].limit"),
        (row(channels=channel(limit=True)), "channels[0].limit"),
        (row(channels=channel(limit=-1)), "channels[0].limit"),
        (row(channels=channel(limit=1)).replace('"limit": 1', '"limit": NaN'), "channels[0].limit"),
        (row(channels=channel(limit=1)).replace('"limit": 1', '"limit": 1e999'), "channels[0].limit"),
        (row(channels=channel(fee_text=100)), "channels[0].fee_text"),
        (row(documents_text="Đơn\u0007"), "documents_text"),
        (row(documents_text="Đơn\ud800"), "documents_text"),
        (row(results=[{"name": "x"}]), "results[0].code"),
        (row(results=[None]), "results[0]"),
        ("", "row"),
        ("[]", ""),
        ('{"code": ', "row"),
        ("9" * 5000, "row"),
        ("[" * 100_000, "row"),
        (b"\xff\xfe{}", "row"),
        (" " * (LONGEST_ROW + 1), "row"),
    ],
)
def test_a_dirty_row_names_its_number_and_field(line: str | bytes, field: str) -> None:
    with pytest.raises(DirtyRow) as dirty:
        read_row(line, 17)
    assert dirty.value.number == 17
    assert dirty.value.fields == (field,)
    assert dirty.value.sentences(str)


def test_a_dirty_row_names_all_its_fields() -> None:
    with pytest.raises(DirtyRow) as dirty:
        read_row(row(code="x", title="", channels=channel(unit="ngày")), 1)
    assert dirty.value.fields == ("code", "title", "channels[0].unit")


def test_a_dirty_row_does_not_stop_the_others() -> None:
    lines = [row().encode(), b"\n", row(code="x").encode(), row(code="1.000894").encode()]
    procedures, dirty = read_catalogue(lines)
    assert [p.code for p in procedures] == ["1.001193", "1.000894"]
    assert [(d.number, d.fields) for d in dirty] == [(3, ("code",))]


def test_of_a_repeated_code_the_first_row_is_kept() -> None:
    procedures, dirty = read_catalogue([row(), row(title="Khác")])
    assert [p.title for p in procedures] == ["Thủ tục đăng ký khai sinh"]
    assert [(d.number, d.fields) for d in dirty] == [(2, ("code",))]


def test_a_file_without_end_is_left_at_the_limit() -> None:
    _, dirty = read_catalogue("\n" for _ in range(MOST_ROWS + 10))
    assert [d.number for d in dirty] == [MOST_ROWS + 1]


def test_a_byte_order_mark_is_no_dirt() -> None:
    assert read_row(b"\xef\xbb\xbf" + row().encode(), 1).code == "1.001193"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(ROW)), inner),
    max_leaves=6,
)


@settings(max_examples=size("catalogue-rows", 60, 3000), deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(ROW)), ANYTHING) | st.binary() | st.text())
def test_any_line_is_a_procedure_or_dirty(content: dict[str, object] | bytes | str) -> None:
    line = row(**content) if isinstance(content, dict) else content
    try:
        read_row(line, 1)
    except DirtyRow as dirty:
        assert all(sentence.isprintable() for sentence in dirty.sentences(str))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đổi giấy phép", "doi giay phep"),
        ("đăng  ký\tKHAI SINH ", "dang ky khai sinh"),
        ("Ð ð Đ đ", "d d d d"),
        ("Ho\u0323\u0302 ti\u0323ch", "ho tich"),
        ("HỘ TỊCH", "ho tich"),
        ("", ""),
    ],
)
def test_words_fold_to_plain_letters(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
@example("İ")
@example("ẞ")
@example("\u0345\u1fb3")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_title_folds_to_letters_that_every_keyboard_has(name: str) -> None:
    titles = {json.loads(line)["title"] for line in CATALOGUES[name]}
    foreign = {c for title in titles for c in fold(title) if c.isalpha() and not c.isascii()}
    assert foreign <= set("αβµωδθπσμ")


def test_a_flat_table_is_split_into_papers_with_their_copies() -> None:
    papers = "- Đơn đề nghị;1 bản chính- Bản vẽ0 bản chính,2 bản saoBản gốc giấy phép1 bản chính,1 bản sao "
    text = f"--{TABLE_HEAD}{papers}"
    assert documents(with_papers(text)) == [
        "Đơn đề nghị; (1 bản chính)",
        "Bản vẽ (2 bản sao)",
        "Bản gốc giấy phép (1 bản chính, 1 bản sao)",
    ]


def test_headings_stand_between_their_papers() -> None:
    text = f"* Giấy tờ phải nộp:{TABLE_HEAD}Tờ khai1 bản chính* Lưu ý:{TABLE_HEAD}Có thể nộp trực tuyến.0 bản chính"
    assert documents(with_papers(text)) == [
        "* Giấy tờ phải nộp:",
        "Tờ khai (1 bản chính)",
        "* Lưu ý:",
        "Có thể nộp trực tuyến.",
    ]


def test_digits_before_the_copies_belong_to_the_paper() -> None:
    text = f"--{TABLE_HEAD}Đơn theo Nghị định ngày 30/12/20241 bản chínhTờ khai Mẫu số 181 bản chính"
    assert documents(with_papers(text)) == [
        "Đơn theo Nghị định ngày 30/12/2024 (1 bản chính)",
        "Tờ khai Mẫu số 18 (1 bản chính)",
    ]


def test_copies_in_running_text_split_nothing() -> None:
    text = f"--{TABLE_HEAD}Nộp 01 bản chính tờ khai và giấy phép: 01 bản chính1 bản chính"
    assert documents(with_papers(text)) == ["Nộp 01 bản chính tờ khai và giấy phép: 01 bản chính (1 bản chính)"]


def test_a_text_that_is_no_table_is_shown_as_it_is() -> None:
    assert documents(with_papers("Theo quy định của cơ quan.\nXem phụ lục.")) == [
        "Theo quy định của cơ quan.\nXem phụ lục."
    ]
    assert documents(with_papers("-- ")) == []


def words_of(text: str) -> list[str]:
    """The words in order, without the copies: those of the source and those that `documents` wrote."""
    return re.findall(r"\w+", re.sub(r"\d+ bản (chính|sao)", "", text))


@pytest.mark.parametrize("name", CATALOGUES)
def test_no_word_of_the_papers_is_lost(name: str) -> None:
    for procedure in catalogue(name)[0]:
        source = COPIES.sub("\n", procedure.documents_text.replace(TABLE_HEAD, "\n"))
        assert words_of("\n".join(documents(procedure))) == words_of(source), procedure.code


def test_a_lost_word_would_be_seen() -> None:
    assert words_of("Đơn (1 bản chính)\nTờ khai") == words_of("Đơn\nTờ khai") != words_of("Đơn\nTờ")


@pytest.mark.planted
def test_a_row_that_breaks_the_reading_and_a_fold_that_goes_on_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = fold
    monkeypatch.setitem(globals(), "fold", lambda text: real(text)[:-1])
    with pytest.raises(AssertionError):
        test_folding_twice_changes_nothing()
    monkeypatch.setitem(globals(), "read_row", lambda line, number: json.loads(line)["code"])
    with pytest.raises(Exception):  # noqa: B017 – whatever it is, it is not DirtyRow
        test_any_line_is_a_procedure_or_dirty()

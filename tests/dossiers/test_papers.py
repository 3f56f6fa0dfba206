"""The one-stop forms on A4: what they say, how they look, and that no words, however typed, run or break them."""

import io
import unicodedata
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from domain.days import LOCAL
from domain.form_facts import FACTS, BatchRow, HandOver, Head, Paper, Party, Refusal, Stage
from domain.forms import FormKind
from dossiers import papers
from dossiers.form_files import samples
from dossiers.papers import RegisterTooLong, check_templates, draw_form, print_form, template_of
from tests.dossiers.sheets import (
    GOLDEN,
    LARGEST_GOLDEN,
    MOST_DIFFERENT,
    certified,
    difference,
    letters,
    pages,
    reader_of,
    small,
    wanted,
    words_of,
)
from web import typesetting
from web.typesetting import LayoutWrong

A4 = (595, 842)
FLIPPED = (FormKind.BATCH, FormKind.REGISTER)
HOSTILE = (
    '#read("/etc/passwd") #eval("1+1") $x^2$ *đậm* _n_ `c` \\ \\u{41} <nhãn> @ref // c /* c */ = - + #panic("a") '
)
MANY = {"papers": 40, "rows": 5}
WIDE = (HOSTILE + "W" * 300)[:300]
LONG = (HOSTILE + "Ằ" * 500 + " nghiêng" * 500)[:3900]
KINDS = pytest.mark.parametrize("kind", FormKind)


def sample(kind: FormKind, **changed):
    return replace(samples()[kind], **changed)


def words_in(fact) -> list[str]:
    """Every text of a record."""
    if isinstance(fact, str):
        return [fact] if fact else []
    if isinstance(fact, tuple):
        return [text for entry in fact for text in words_in(entry)]
    if is_dataclass(fact):
        return [text for field in fields(fact) for text in words_in(getattr(fact, field.name))]
    return []


# What they say


@KINDS
def test_every_form_says_its_title_all_its_facts_and_its_number(kind):
    facts = sample(kind)
    said = words_of(facts)
    form = papers.form_of(kind, datetime(2026, 11, 23, tzinfo=LOCAL))
    assert form.title.upper() in said
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in said and "Độc lập - Tự do - Hạnh phúc" in said
    assert f"Mẫu số {form.number} – {form.source}" in said
    assert unicodedata.is_normalized("NFC", said)
    shown = letters(said).casefold()
    outcomes = {"early": "Trước hạn", "on-time": "Đúng hạn", "late": "Quá hạn"}
    missing = [text for text in words_in(facts) if letters(outcomes.get(text, text)).casefold() not in shown]
    party = getattr(facts, "party", Party(""))
    asked_of_some = {party.identity, party.submitter}  # only 01 has the identity, not every form the submitter
    assert set(missing) <= (set() if kind in (FormKind.RECEIPT, FormKind.BATCH) else asked_of_some)


def test_the_receipt_word_by_word():
    said = words_of(sample(FormKind.RECEIPT))
    for text in (
        "UBND PHƯỜNG BẾN LỤA TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", "Bến Lụa, ngày 23 tháng 11 năm 2026",
        "Mã hồ sơ: H42.19-261123-0042", "Quyển số: 03/2026", "Số thứ tự: 1042", "(Liên: Lưu)",
        "(Liên: Giao khách hàng)", "Bộ phận tiếp nhận và trả kết quả:", "Tiếp nhận hồ sơ của: Nguyễn Thị Ánh Tuyết",
        "Người nộp: Trần Văn Ngữ", "Số CMND/Thẻ căn cước/Hộ chiếu: *********042", "Nội dung yêu cầu giải quyết:",
        "1. Thành phần hồ sơ, số lượng mỗi loại giấy tờ:", "Bản chính Bản chứng thực Bản photo",
        "2. Số lượng hồ sơ: 1 (bộ)", "3. Thời gian giải quyết hồ sơ theo quy định là: 05 ngày làm việc",
        "4. Thời gian nhận hồ sơ: 09 giờ 05 phút, ngày 23 tháng 11 năm 2026",
        "5. Thời gian trả kết quả giải quyết hồ sơ: 17 giờ 00 phút, ngày 01 tháng 12 năm 2026",
        "Đăng ký nhận kết quả tại: Quầy trả kết quả số 12", "NGƯỜI NỘP HỒ SƠ", "NGƯỜI TIẾP NHẬN HỒ SƠ",
    ):  # fmt: skip
        assert text in said, text


def test_certification_has_its_own_columns_and_the_second_stage_its_numbers():
    said = words_of(certified())
    assert "Số trang Số bản giấy Ký bản điện tử" in said and "Bản photo" not in said
    assert "6. Thời gian giải quyết hồ sơ theo quy định là: 02 ngày làm việc" in said
    assert "7. Thời gian trả kết quả giải quyết hồ sơ: 17 giờ 00 phút, ngày 01 tháng 12 năm 2026" in said


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (FormKind.BATCH, ("Đơn vị Ngày nhận Ngày hẹn trả Thời hạn xử lý Số lượng Họ và tên",)),
        (FormKind.SUPPLEMENT, (
            "Yêu cầu Ông/Bà hoàn thiện hồ sơ gồm những nội dung như sau:", "Lý do:",
            "Trong quá trình hoàn thiện hồ sơ nếu có vướng mắc, Ông/Bà có thể tra cứu", "NGƯỜI HƯỚNG DẪN",
        )),
        (FormKind.REFUSAL, (
            "thông báo không tiếp nhận, giải quyết hồ sơ này với lý do cụ thể như sau:",
            "Xin thông báo cho Ông/Bà được biết và thực hiện.", "NGƯỜI TỪ CHỐI",
            "Thời gian nộp: 20 giờ 14 phút, ngày 22 tháng 11 năm 2026",
        )),
        (FormKind.APOLOGY, (
            "Số: 9/PXL-TTHCC", "Kính gửi: Bà Nguyễn Thị Ánh Tuyết", "Tuy nhiên đến nay,",
            "chưa trả kết quả giải quyết hồ sơ của Ông/Bà đúng thời hạn quy định", "phiền hà, tốn kém",
            "sẽ trả kết quả vào 17 giờ 00 phút, ngày 03 tháng 12 năm 2026",
        )),
        (FormKind.STOP, ("Căn cứ pháp lý:", "Giấy tờ đã nộp:", "Phí, lệ phí đã nộp:", "GIÁM ĐỐC")),
        (FormKind.CONTROL, (
            "Kèm theo hồ sơ của:", "Cơ quan phối hợp giải quyết hồ sơ:", "THỜI GIAN GIAO, NHẬN HỒ SƠ", "GHI CHÚ",
            "Người giao", "Người nhận", "Trước hạn", "Đúng hạn",
        )),
        (FormKind.REGISTER, (
            "STT Mã hồ sơ Tên TTHC Số lượng hồ sơ (bộ) Tên cá nhân, tổ chức Địa chỉ, SĐT",
            "Nhận hồ sơ Hẹn trả Trả kết quả Phương thức nhận kết quả Ký nhận Ghi chú",
            "Từ ngày 23 tháng 11 năm 2026 đến ngày 30 tháng 11 năm 2026",
        )),
    ],
)  # fmt: skip
def test_each_form_has_its_own_words(kind, texts):
    said = words_of(sample(kind))
    for text in texts:
        assert text in said, (text, said)


def test_an_old_dossier_gets_the_old_number_and_title():
    old = datetime(2025, 9, 1, 8, 0, tzinfo=LOCAL)
    said = words_of(sample(FormKind.APOLOGY, received_at=old))
    assert "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ" in said and "Mẫu số 04 – TT 01/2018/TT-VPCP" in said


def test_title_and_maker_stand_in_the_file_and_the_owner_does_not():
    found = reader_of(sample(FormKind.RECEIPT)).metadata
    assert found.title == "Giấy tiếp nhận hồ sơ và hẹn trả kết quả H42.19-261123-0042"
    assert found.author == "Trung tâm Phục vụ hành chính công"
    assert "Tuyết" not in str(dict(found))


def test_the_same_facts_give_the_same_file():
    assert print_form(sample(FormKind.STOP)).body == print_form(sample(FormKind.STOP)).body


# How they look


@KINDS
def test_every_page_is_a4(kind):
    size = A4[::-1] if kind in FLIPPED else A4
    assert {(round(p.mediabox.width), round(p.mediabox.height)) for p in reader_of(sample(kind)).pages} == {size}


def test_each_copy_of_the_receipt_is_numbered_for_itself():
    many = tuple(Paper(f"Giấy tờ thứ {n}", originals=1) for n in range(40))
    found = [
        " ".join(page.extract_text().split()) for page in reader_of(sample(FormKind.RECEIPT, papers=many)).pages
    ]
    assert [text[-9:] for text in found] == ["Trang 1/2", "Trang 2/2"] * 2
    assert "(Liên: Lưu)" in found[0] and "(Liên: Giao khách hàng)" in found[2]


@pytest.mark.parametrize("kind", [kind for kind in FormKind if kind not in FLIPPED])
def test_the_code_is_read_back_from_the_paper(kind):
    facts = sample(kind)
    page = Image.open(io.BytesIO(draw_form(facts, dots=150)[0])).convert("L")
    assert [found.text for found in zxingcpp.read_barcodes(page)] == [facts.head.code]


def test_a_long_table_goes_on_under_its_head():
    rows = tuple(HandOver(f"Cơ quan {n}", giver="A", receiver="B") for n in range(30))
    batch = tuple(BatchRow(f"H42.19-261123-{n:04d}", f"Việc thứ {n}") for n in range(200))
    book = samples()[FormKind.REGISTER].rows * 40
    for facts, head in (
        (
            sample(FormKind.SUPPLEMENT, papers=tuple(Paper(f"Giấy {n}") for n in range(60))),
            "Số lượng TT Thành phần hồ sơ",
        ),
        (sample(FormKind.CONTROL, rows=rows), "TÊN CƠ QUAN"),
        (sample(FormKind.BATCH, rows=batch), "STT Nội dung Đơn vị"),
        (sample(FormKind.REGISTER, rows=book), "STT Mã hồ sơ Tên TTHC"),
    ):
        found = [" ".join(page.extract_text().split()) for page in reader_of(facts).pages]
        assert len(found) > 1
        assert [text[:80] for text in found[1:-1] if not text.startswith(head)] == [], facts.kind
    assert "Việc thứ 199" in words_of(sample(FormKind.BATCH, rows=batch))


def check_golden() -> None:
    found = {
        name: difference(small(pages(facts)[0]), Image.open(GOLDEN / f"{name}.png"))
        for name, facts in wanted().items()
    }
    assert [(name, share) for name, share in found.items() if share > MOST_DIFFERENT] == []


def test_every_form_looks_as_it_was_looked_at():
    """Where a change is wanted: `python -m tests.dossiers.sheets`, and look at every page."""
    check_golden()
    assert {file.stem for file in GOLDEN.iterdir()} == set(wanted())
    assert max(file.stat().st_size for file in GOLDEN.iterdir()) < LARGEST_GOLDEN


@pytest.mark.planted
@pytest.mark.parametrize(
    ("file", "text", "instead"),
    [
        ("01.typ", '  field("Người nộp", facts.party.submitter)\n', ""),
        ("head.typ", "width: 22mm", "width: 12mm"),
        ("06.typ", '  field("Cơ quan phối hợp giải quyết hồ sơ", facts.partners)\n', ""),
    ],
)
def test_planted_a_page_that_looks_otherwise_is_found(tmp_path, monkeypatch, file, text, instead):
    alter(tmp_path, monkeypatch, file, text, instead)
    with pytest.raises(AssertionError):
        check_golden()


def alter(folder, monkeypatch, file: str, text: str, instead: str) -> None:
    """Our templates with one of them changed."""
    for template in papers.TEMPLATES.iterdir():
        (folder / template.name).write_bytes(template.read_bytes())
    altered = (folder / file).read_text().replace(text, instead)
    assert altered != (folder / file).read_text()
    (folder / file).write_text(altered)
    monkeypatch.setattr(papers, "TEMPLATES", folder)


# Hostile and empty


def swollen(fact, name: str = ""):
    """The facts with every text as long and as hostile as its field takes, forty papers, five rows."""
    if isinstance(fact, str):
        long = name in ("request", "reason", "legal_basis", "papers", "fees") and not isinstance(fact, tuple)
        kept = name in ("code", "outcome", "copies")
        return (
            fact
            if kept
            else HOSTILE[:60]
            if name in ("place", "number", "book", "entry")
            else LONG
            if long
            else WIDE
        )
    if isinstance(fact, tuple):
        many = (fact * 40)[: MANY.get(name, len(fact))]
        return tuple(swollen(entry, name) for entry in many)
    if is_dataclass(fact):
        return replace(
            fact, **{field.name: swollen(getattr(fact, field.name), field.name) for field in fields(fact)}
        )
    return fact


def check_nothing_runs_or_breaks(kind: FormKind) -> None:
    facts = swollen(sample(kind))
    if kind is FormKind.BATCH:
        facts = replace(facts, rows=tuple(replace(row, request=(HOSTILE + "W" * 900)[:1000]) for row in facts.rows))
    shown = letters(words_of(facts))
    assert letters(HOSTILE) in shown or letters(HOSTILE).upper() in shown
    assert "root:" not in shown
    left, right = (42, 42) if kind in FLIPPED else (79, 42)  # points: our margins
    for page in pages(facts):
        edges = (
            page.crop((0, 0, left - 4, page.height)),
            page.crop((page.width - right + 4, 0, page.width, page.height)),
        )
        assert [edge.getextrema()[0] for edge in edges] == [255, 255], "ink in the margin"


@KINDS
def test_no_words_run_or_break_a_page(kind):
    check_nothing_runs_or_breaks(kind)


@pytest.mark.planted
@pytest.mark.parametrize(
    ("file", "text", "instead"),
    [
        ("head.typ", "  show: broken.with(60mm, 16)\n", ""),
        (
            "head.typ",
            "{ value } else",
            '{ if type(value) == str { eval(value, mode: "markup") } else { value } } else',
        ),
    ],
)
def test_planted_a_template_that_lets_words_run_is_found(tmp_path, monkeypatch, file, text, instead):
    alter(tmp_path, monkeypatch, file, text, instead)
    with pytest.raises((AssertionError, typesetting.TypesettingFailed)):
        check_nothing_runs_or_breaks(FormKind.REFUSAL)


NOW = datetime(2026, 11, 23, 9, 5, tzinfo=LOCAL)
EMPTY_HEAD = Head(("Trung tâm",), NOW)


@KINDS
def test_a_form_without_facts_is_one_to_fill_in_by_hand(kind):
    facts = empty(kind)
    said = words_of(facts)
    assert papers.form_of(kind, NOW).title.upper() in said
    assert "none" not in said
    if kind not in (FormKind.REGISTER,):
        assert "....." in said
    assert len(reader_of(facts).pages) == (2 if kind is FormKind.RECEIPT else 1)


def empty(kind: FormKind):
    """The form with nothing that may be left out."""
    given = {
        "head": EMPTY_HEAD, "party": Party(""), "first": Stage(), "since": NOW - timedelta(days=1), "until": NOW,
        "rows": (BatchRow("", ""),) if kind is FormKind.BATCH else (),
    }  # fmt: skip
    needed = [field.name for field in fields(FACTS[kind]) if field.name in given or field.default is MISSING]
    return FACTS[kind](**{name: given.get(name, "") for name in needed})


OURS = (
    "".join(map(chr, range(0x21, 0x7F)))
    + "ăâđêôơưĂÂĐÊÔƠƯáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ–…“”"
)
texts = st.lists(st.text(OURS, min_size=1, max_size=12), min_size=1, max_size=12).map(" ".join)
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check_any_text_comes_out_as_text(text: str) -> None:
    marked = unicodedata.normalize("NFC", f"Từ {text} Hết")
    shown = letters(words_of(Refusal(EMPTY_HEAD, Party(marked), marked, marked, marked, marked)))
    assert shown.count(letters(marked)) == 6, "owner twice, office, request, reason, basis"


@QUICK
@given(texts)
def test_any_text_comes_out_as_text(text):
    check_any_text_comes_out_as_text(text)


@pytest.mark.planted
def test_planted_a_reason_that_is_read_as_markup_is_found(tmp_path, monkeypatch):
    alter(tmp_path, monkeypatch, "03.typ", "filled(facts.reason, lines: 3)", 'eval(facts.reason, mode: "markup")')
    with pytest.raises((AssertionError, typesetting.TypesettingFailed)):
        check_any_text_comes_out_as_text("một *hai* ba")


def test_several_lines_of_a_reason_stay_lines():
    page = reader_of(sample(FormKind.REFUSAL, reason="Thứ nhất: thiếu đơn.\nThứ hai: sai mẫu.")).pages[0]
    assert "Thứ nhất: thiếu đơn.\nThứ hai: sai mẫu." in page.extract_text()


def test_a_register_that_is_too_long_for_paper_says_what_to_do():
    rows = samples()[FormKind.REGISTER].rows * 167
    with pytest.raises(RegisterTooLong) as refused:
        print_form(sample(FormKind.REGISTER, rows=rows))
    assert "501 hồ sơ" in refused.value.text % refused.value.arguments
    assert "tải XLSX" in refused.value.text


# A province's own


OWN = """#import "head.typ": *
#sheet(copy => [MẪU RIÊNG CỦA TỈNH: #facts.party.owner, #facts.first.due_at.short])"""


def test_an_own_template_takes_the_place_of_ours_and_uses_our_head(tmp_path):
    (tmp_path / "01.typ").write_text(OWN, encoding="utf-8")
    paper = print_form(sample(FormKind.RECEIPT), tmp_path)
    assert paper.mistake is None
    said = words_of(sample(FormKind.RECEIPT), tmp_path)
    assert "MẪU RIÊNG CỦA TỈNH: Nguyễn Thị Ánh Tuyết, 01/12/2026 17:00" in said
    assert "MẪU RIÊNG" not in words_of(sample(FormKind.STOP), tmp_path)
    assert check_templates(tmp_path, samples()) == []


def test_an_own_head_changes_all_forms(tmp_path):
    head = (papers.TEMPLATES / "head.typ").read_text(encoding="utf-8")
    (tmp_path / "head.typ").write_text(
        head.replace("Mẫu số #form.number", "Mẫu của tỉnh #form.number"), encoding="utf-8"
    )
    assert "Mẫu của tỉnh 05" in words_of(sample(FormKind.STOP), tmp_path)
    assert check_templates(tmp_path, samples()) == []


def test_an_own_template_reads_its_own_picture_and_nothing_else(tmp_path):
    Image.new("L", (8, 8)).save(tmp_path / "emblem.png")
    (tmp_path / "02.typ").write_text('#image("emblem.png", alt: "huy hiệu")', encoding="utf-8")
    (tmp_path / "03.typ").write_text('#read("/etc/passwd")', encoding="utf-8")
    (mistake,) = check_templates(tmp_path, samples())
    assert mistake.arguments["file"] == "03.typ"


def test_a_template_that_fails_leaves_nobody_without_a_paper(tmp_path, capsys):
    (tmp_path / "04.typ").write_text("\n#panic(json(bytes(sys.inputs.facts)).addressee)", encoding="utf-8")
    paper = print_form(sample(FormKind.APOLOGY), tmp_path)
    assert isinstance(paper.mistake, LayoutWrong)
    assert (paper.mistake.arguments["file"], paper.mistake.arguments["line"]) == ("04.typ", 2)
    assert paper.body == print_form(sample(FormKind.APOLOGY)).body
    shown = capsys.readouterr()
    assert "Tuyết" not in shown.out + shown.err, "the log has the place, not the words"


def test_a_folder_that_cannot_be_read_leaves_nobody_without_a_paper(tmp_path, monkeypatch):
    (tmp_path / "04.typ").write_text("của tỉnh", encoding="utf-8")

    def unreadable(folder, target):
        raise PermissionError

    monkeypatch.setattr(typesetting, "_copy", unreadable)
    paper = print_form(sample(FormKind.APOLOGY), tmp_path)
    assert isinstance(paper.mistake, typesetting.TypesettingFailed)
    assert paper.body == print_form(sample(FormKind.APOLOGY)).body


def test_every_wrong_template_is_told(tmp_path):
    for name in ("01", "05", "07"):
        (tmp_path / f"{name}.typ").write_text("#nothing", encoding="utf-8")
    found = [mistake.text % mistake.arguments for mistake in check_templates(tmp_path, samples())]
    assert [text[:14] for text in found] == ["01.typ, dòng 1", "05.typ, dòng 1", "07.typ, dòng 1"]


def test_a_folder_that_is_not_there_changes_nothing(tmp_path):
    assert print_form(sample(FormKind.STOP), tmp_path / "forms") == print_form(sample(FormKind.STOP))
    assert check_templates(tmp_path / "forms", samples()) == []


def test_every_kind_has_template_and_sample():
    assert {template_of(kind) for kind in FormKind} | {"head.typ"} == {
        file.name for file in papers.TEMPLATES.iterdir()
    }
    assert set(samples()) == set(FormKind) == set(FACTS)
    assert all(isinstance(samples()[kind], FACTS[kind]) for kind in FormKind)
    assert all(one < two for one, two in pairwise(sorted(file.name for file in papers.TEMPLATES.iterdir())))

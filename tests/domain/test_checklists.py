from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import checklists
from domain.checklists import Wanted, cases, mark_of, notes, wanted
from domain.procedures import Channel, ChannelRow, Procedure, documents
from tests.support.halls import demo_procedures

HEAD = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"


def of(text: str) -> Procedure:
    """A procedure that asks for these papers."""
    return Procedure("1.000001", "Thử", "Thử", (), (), "", (ChannelRow(Channel.DIRECT),), text, ())


TWO_CASES = of(
    f"a) Trường hợp mới:{HEAD}- Đơn mới1 bản chínhGiấy gốc1 bản chính,2 bản sao"
    f"b) Trường hợp đổi:{HEAD}- Đơn đổi1 bản chính"
)  # fmt: skip


def test_each_case_has_its_own_papers_with_their_numbers():
    first, second = cases(TWO_CASES)
    asked = [(p.name, p.originals, p.copies) for p in wanted(TWO_CASES, first)]
    assert asked == [("Đơn mới", 1, 0), ("Giấy gốc", 1, 2)]
    assert [p.name for p in wanted(TWO_CASES, second)] == ["Đơn đổi"]
    assert len(wanted(TWO_CASES)) == 3


def test_headings_that_are_no_case_belong_to_everybody():
    one = of(f"* Giấy tờ phải nộp:{HEAD}- Tờ khai1 bản chính* Lưu ý:{HEAD}- Xem kỹ.")
    assert cases(one) == ()
    assert wanted(one) == (Wanted("Tờ khai"),)
    assert notes(one) == ("Xem kỹ.",)


def test_where_nothing_is_counted_every_line_is_a_paper():
    one = of("Bản chính giấy tờ")
    assert [p.name for p in wanted(one)] == ["Bản chính giấy tờ"]
    assert notes(one) == ()


def test_every_demo_procedure_has_papers_and_loses_no_line():
    for procedure in demo_procedures():
        assert wanted(procedure), procedure.code
        assert all(len(case) <= 200 and wanted(procedure, case) for case in cases(procedure))
        heads = sum(line.endswith(":") for line in documents(procedure))
        assert len(wanted(procedure)) + len(notes(procedure)) + heads >= len(documents(procedure)), procedure.code


def test_another_list_has_another_mark():
    papers = wanted(TWO_CASES)
    assert mark_of(papers) != mark_of(papers[:-1]) != mark_of((replace(papers[0], copies=1), *papers[1:]))


@pytest.mark.planted
def test_a_case_that_is_taken_for_everybodys_is_found(monkeypatch):
    monkeypatch.setattr(checklists, "_GENERAL", checklists.re.compile("."))
    with pytest.raises(ValueError, match="unpack"):
        test_each_case_has_its_own_papers_with_their_numbers()


@given(st.text(max_size=400))
def test_any_text_of_a_catalogue_is_read(text):
    one = of(text)
    for case in ("", *cases(one)):
        assert all(0 < len(paper.name) <= 1000 for paper in wanted(one, case))

"""Reports as PDF, and the month before by one press: read and measured by somebody else's code."""

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from pypdf import PdfReader

from admin import pdfs
from domain.admission import Reason
from domain.events import PersonAdded
from operations import calling, managing, opening, rating, shifts, ticketing
from operations.admitting import note_refusal
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser
from tests.support.halls import MORNING, HandClock, demo_centre
from tests.support.servers import running
from web import typesetting

DAY = "2026-11-23"
SPAN = f"from={DAY}&to={DAY}"
A4_LANDSCAPE = (842, 595)  # points
HOSTILE = '#read("/etc/passwd") $x$ *đậm* <nhãn> @ref \\u{41} // Ằ Ẫ Ộ Ự ặ ỡ'


def do(server, operation, *arguments, who="t", **named):
    return server.store.write_now(Act(who), operation, *arguments, **named)


def live_a_day(server, clock) -> None:
    """Twenty-two numbers of A and of E at a counter each, rated; seven refusals."""
    for queue, counter in (("ho-tich", 1), ("dat-dai", 10)):
        clerk = f"cb{counter:02d}"
        clock.at("08:00")
        do(server, shifts.open_shift, counter, clerk, who=clerk)
        for turn in range(22):
            do(server, ticketing.take_ticket, queue, who="device:K1")
            clock.forward(minutes=5 + turn % 9)
            do(server, calling.call_next, counter, clerk, who=clerk)
            clock.forward(minutes=4)
            over = do(server, calling.finish, counter, clerk, who=clerk)
            do(server, rating.rate_visit, over.id, 1 if turn % 4 == 0 else 3, "wait" if turn % 4 == 0 else "")
    for _ in range(4):
        do(server, note_refusal, "ho-tich", Reason.CLOSING)
    for _ in range(3):
        do(server, note_refusal, "dat-dai", Reason.DAILY_LIMIT)


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    clock = HandClock()
    with running(tmp_path_factory.mktemp("files") / "data", clock, printer_of=NO_PRINTERS) as server:
        live_a_day(server, clock)
        clock.moment = MORNING + timedelta(days=1)
        do(server, opening.ensure_day)
        yield server


@pytest.fixture(scope="module")
def people(centre):
    land = do(centre, managing.add_person, "truong.dat", "Vũ Thị Thổ", ["manager"], None)
    watcher = do(centre, managing.add_person, "giam.dat", "Vũ Văn Sát", ["supervisor"], None)
    for person, role in ((land, "manager"), (watcher, "supervisor")):
        do(centre, lambda tx, p=person, r=role: tx.record(PersonAdded(p, [r], "dat-dai", None)).seq)
    named = {"manager": "ql02", "supervisor": "ql01", "department": land, "watcher": watcher}
    return {n: browser(centre, f"motcua-person={centre.person_cookie(person)}") for n, person in named.items()}


def pdf_of(people, path: str, who: str = "manager") -> PdfReader:
    answer = people[who].get(f"/admin/reports{path}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.content))


def words_of(reader: PdfReader) -> str:
    """All that it says, line breaks taken as spaces."""
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def document(*parts: pdfs.Part) -> pdfs.Document:
    return pdfs.Document("vi", "Trung tâm", "Báo cáo", "Lập lúc 8:00", "Trang %(page)s/%(pages)s", "Trống", parts)


# What it says


def test_the_month_is_a4_with_its_owner_span_date_and_page_numbers(people):
    found = pdf_of(people, f"/month?as=pdf&{SPAN}")
    assert {(round(p.mediabox.width), round(p.mediabox.height)) for p in found.pages} == {A4_LANDSCAPE}
    count = len(found.pages)
    for number, page in enumerate(found.pages, 1):
        said = " ".join(page.extract_text().split())
        assert f"Trang {number}/{count}" in said
        assert "Trung tâm Phục vụ hành chính công phường Bến Lụa" in said
        assert "Lập lúc 08:00 24/11/2026" in said
        assert "Báo cáo tháng · 23/11/2026" in said
    assert found.metadata.title == "Báo cáo tháng · 23/11/2026"


def test_every_table_of_the_page_is_in_it_and_its_pictures_too(people):
    page = people["manager"].get(f"/admin/reports/month?{SPAN}").text
    said = words_of(pdf_of(people, f"/month?as=pdf&{SPAN}"))
    titles = re.findall(r"<section><header><h2>([^<]+)</h2><a", page)
    assert len(titles) > 10
    assert [title for title in titles if title not in said] == []
    seen = re.findall(r'font-weight="600">([^<]+)</text>', page)
    assert "Thời gian chờ không quá, theo hàng" in seen
    assert [title for title in seen if title not in said] == [], "pictures with their words"
    assert "A · Hộ tịch" in said and "không kịp trước giờ đóng cửa" in said


def test_other_languages(people):
    said = words_of(pdf_of(people, f"/month?as=pdf&{SPAN}&lang=fr"))
    assert "État civil" in said and "Page 1/" in said and "Lập lúc" not in said


def test_every_report_has_its_pdf(people):
    for path in ("?", "?by=hour&", "/calls?", "/satisfaction?", "/estimates?"):
        assert "23/11/2026" in words_of(pdf_of(people, f"{path}as=pdf&{SPAN}"))


def test_a_span_without_anything_says_so(people):
    assert "Không có gì trong những ngày này." in words_of(pdf_of(people, "/satisfaction?as=pdf&from=2026-01-05"))


def test_the_month_before_is_one_press_on_every_report(people):
    for path in ("", "/calls", "/satisfaction", "/estimates", "/month"):
        page = people["manager"].get(f"/admin/reports{path}").text
        assert "Báo cáo tháng 10/2026" in page
        for kind in ("pdf", "xlsx"):
            (way,) = re.findall(rf'href="(/admin/reports/month\?as={kind})"', page)
            answer = people["manager"].get(way)
            assert answer.headers["content-disposition"] == (
                f'attachment; filename="month-2026-10-01-2026-10-31.{kind}"'
            )


def check_nothing_typed_runs() -> None:
    row = tuple((HOSTILE, "1") for _ in range(3))
    said = words_of(PdfReader(io.BytesIO(pdfs.as_pdf(document(pdfs.Part(HOSTILE, (HOSTILE, "2"), row))))))
    assert said.count('#read("/etc/passwd")') == 5
    assert "root:" not in said and "*đậm* <nhãn> @ref" in said and "Ằ Ẫ Ộ Ự ặ ỡ" in said


def test_nothing_typed_runs():
    check_nothing_typed_runs()


@pytest.mark.planted
def test_planted_a_layout_that_reads_words_as_markup_is_found(tmp_path, monkeypatch):
    layout = pdfs.LAYOUT.read_text()
    altered = layout.replace("weight: weight, cell", 'weight: weight, eval(cell, mode: "markup")')
    assert altered != layout
    (tmp_path / "report.typ").write_text(altered)
    monkeypatch.setattr(pdfs, "LAYOUT", tmp_path / "report.typ")
    with pytest.raises((AssertionError, pdfs.PdfFailed)):
        check_nothing_typed_runs()


# Limits and refusals


def test_a_report_that_is_too_long_says_what_to_do(people, monkeypatch):
    monkeypatch.setattr(pdfs, "MOST_ROWS", 3)
    answer = people["manager"].get(f"/admin/reports/month?as=pdf&{SPAN}")
    assert answer.status_code == 409
    assert "một tệp PDF nhận nhiều nhất 3" in answer.text and "XLSX" in answer.text


def test_two_thousand_rows_fit():
    rows = tuple((f"Hàng {n}", str(n)) for n in range(pdfs.MOST_ROWS))
    found = PdfReader(io.BytesIO(pdfs.as_pdf(document(pdfs.Part("Dài", ("Hàng", "Số"), rows)))))
    assert "Hàng 1999" in found.pages[-1].extract_text()
    assert "Hàng Số" in " ".join(found.pages[-1].extract_text().split()), "the head of the table on every page"


def test_who_finds_the_engine_busy_is_asked_to_come_again(people, monkeypatch):
    monkeypatch.setattr(typesetting, "WAIT_SECONDS", 0)
    with typesetting._one_at_a_time:
        answer = people["manager"].get(f"/admin/reports/month?as=pdf&{SPAN}")
    assert answer.status_code == 429
    assert "Mời chờ một phút" in answer.text


@pytest.mark.parametrize("error", [RuntimeError("x"), ImportError("typst"), OSError()])
def test_a_pdf_that_cannot_be_made_is_said_and_the_next_one_is_made(people, monkeypatch, error):
    def fails(layout):
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(typesetting, "_compiler", fails)
        answer = people["manager"].get(f"/admin/reports/month?as=pdf&{SPAN}&lang=en")
        assert answer.status_code == 409
        assert "press Ctrl+P" in answer.text
    assert pdf_of(people, f"/calls?as=pdf&{SPAN}").pages


def test_an_unknown_kind_of_file(people):
    assert people["manager"].get("/admin/reports?as=docx").status_code == 404


# Who sees what


def test_a_departments_pdf_says_nothing_of_the_others(people):
    said = words_of(pdf_of(people, f"/month?as=pdf&{SPAN}", "department"))
    assert "E · Đất đai" in said and "Chi nhánh Văn phòng đăng ký đất đai" in said
    assert "Hộ tịch" not in said and "Máy in" not in said


def rows_of(people, who: str, by: str, table: str) -> dict[str, list[str]]:
    answer = people[who].get(f"/admin/reports?as=csv&by={by}&table={table}&{SPAN}")
    lines = answer.content.decode("utf-8-sig").strip().splitlines()
    return {line.split(",")[0]: line.split(",")[1:] for line in lines[1:]}


def test_refusals_are_counted_by_queue_hour_and_weekday_and_for_the_own_agency_only(people):
    assert rows_of(people, "manager", "queue", "refusals-queue") == {
        "A · Hộ tịch": ["4", "0", "0", "4"], "E · Đất đai": ["0", "3", "0", "3"], "Tất cả": ["4", "3", "0", "7"],
    }  # fmt: skip
    hours = rows_of(people, "manager", "hour", "refusals-hour")
    assert len(hours) == 2 and hours["Tất cả"] == ["4", "3", "0", "7"]
    assert list(rows_of(people, "manager", "weekday", "refusals-weekday")) == ["Thứ Hai", "Tất cả"]
    assert list(rows_of(people, "department", "queue", "refusals-queue")) == ["E · Đất đai", "Tất cả"]
    assert people["manager"].get(f"/admin/reports?as=csv&by=class&table=refusals-class&{SPAN}").status_code == 404


def test_figures_by_clerk_are_for_their_own_supervisor(people, centre):
    everybody = {person.id: person for person in demo_centre().people}
    own, other = everybody["cb01"].name, everybody["cb10"].name
    assert everybody["ql01"].agency == everybody["cb01"].agency != everybody["cb10"].agency
    assert list(rows_of(people, "supervisor", "person", "figures-person")) == [own, "Tất cả"]
    assert other not in people["supervisor"].get(f"/admin/reports?by=person&{SPAN}").text
    assert list(rows_of(people, "watcher", "person", "figures-person")) == [other, "Tất cả"]
    for who in ("manager", "department"):
        page = people[who].get(f"/admin/reports?by=person&{SPAN}").text
        assert own not in page and other not in page and "by=person" not in page


def test_a_clerk_with_few_numbers_is_not_shown(people, monkeypatch):
    monkeypatch.setattr("domain.reports.FEWEST_OF_A_PERSON", 23)
    assert rows_of(people, "supervisor", "person", "figures-person") == {}


@pytest.mark.planted
def test_planted_clerks_shown_to_every_supervisor_are_found(people, centre, monkeypatch):
    from admin import reports

    found = reports._people_of
    monkeypatch.setattr(reports, "_people_of", lambda db, one: found(db, one and replace(one, agency=None)))
    with pytest.raises(AssertionError):
        test_figures_by_clerk_are_for_their_own_supervisor(people, centre)

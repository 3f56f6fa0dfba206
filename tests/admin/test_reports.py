"""The managers' reports without a browser: what they say, to whom, for which days, on the page and as CSV."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from html import escape

import pytest
from sqlite_utils.utils import sqlite3

from admin import reports
from admin.report_spans import Span, SpanWrong, month_before, wanted_span
from admin.sheets import Sheet, as_csv, as_workbook, shown
from domain.applicants import applicant, particulars, to_bytes
from domain.centres import Centre
from domain.events import PersonAdded
from domain.queue_events import WordsRead
from operations import calling, intake, managing, opening, rating, shifts, ticketing
from store import journal
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser, seq
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre
from tests.support.servers import running
from tests.support.workbooks import leaves

NEXT = {"ho-tich": 1, "dat-dai": 10}
DAY = "2026-11-23"
BEYOND = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1")
WORDS = [
    "Chờ <b>cả</b> buổi sáng",
    "Không ai giải thích",
    "Phải về lấy giấy ba lần",
    "Ghế hỏng",
    "Quầy bên cạnh đóng",
]


def do(server, operation, *arguments, who="t", **named):
    return server.store.write_now(Act(who), operation, *arguments, **named)


def live_a_day(server, clock) -> None:
    """Ten visits to A at counter 1 and ten to E at counter 10; each waits 20 minutes and takes five."""
    for queue, counter in NEXT.items():
        do(server, shifts.open_shift, counter, f"cb{counter:02d}", who=f"cb{counter:02d}")
        for turn in range(10):
            do(server, ticketing.take_ticket, queue, "vi", "cao-tuoi" if turn == 9 else None, who="device:K1")
            clock.forward(minutes=20)
            do(server, calling.call_next, counter, f"cb{counter:02d}", who=f"cb{counter:02d}")
            clock.forward(minutes=5)
            over = do(server, calling.finish, counter, f"cb{counter:02d}", who=f"cb{counter:02d}")
            frowns = turn < 5 if queue == "ho-tich" else turn == 0
            word = server.app.state.house.vault.seal(WORDS[turn % 5].encode()) if frowns else b""
            do(server, rating.rate_visit, over.id, 1 if frowns else 3, "manner" if frowns else "", word)
        clock.at("08:00")
    _jump(server)
    clock.at("16:00")
    do(server, shifts.pause, 1, "cb01", "meeting", 15, who="cb01")
    clock.forward(minutes=18)
    do(server, shifts.resume, 1, "cb01", who="cb01")
    do(server, shifts.call_for_help, 10, "cb10", who="cb10")
    do(server, shifts.end_help, 10, True)


def _jump(server) -> None:
    do(server, ticketing.take_ticket, "ho-tich", who="device:K1")
    wanted = do(server, ticketing.take_ticket, "ho-tich", who="device:K1")
    do(server, calling.call_this, 1, "cb01", wanted.id, "frail", who="cb01")
    do(server, calling.mark_absent, 1, "cb01", who="cb01")


@pytest.fixture(scope="module")
def clock():
    return HandClock()


@pytest.fixture(scope="module")
def centre(tmp_path_factory, clock):
    """Monday lies behind; on Tuesday one number was taken. Its land office has a manager of its own."""
    with running(tmp_path_factory.mktemp("reports") / "data", clock, printer_of=NO_PRINTERS) as server:
        live_a_day(server, clock)
        clock.moment = MORNING + timedelta(days=1)
        do(server, opening.ensure_day)
        do(server, ticketing.take_ticket, "ho-tich", who="device:K1")
        yield server


@pytest.fixture(scope="module")
def department(centre):
    """Somebody who manages the land office only."""
    person = do(centre, managing.add_person, "truong.dat", "Vũ Thị Thổ", ["manager"], None)
    do(centre, lambda tx: tx.record(PersonAdded(person, ["manager"], "dat-dai", None)).seq)
    return browser(centre, f"motcua-person={centre.person_cookie(person)}")


@pytest.fixture(scope="module")
def people(centre, department):
    named = {"manager": "ql02", "supervisor": "ql01", "administrator": "ql03", "auditor": "ql04", "clerk": "cb01"}
    found = {n: browser(centre, f"motcua-person={centre.person_cookie(person)}") for n, person in named.items()}
    return found | {"department": department}


def table(people, path: str = "", who: str = "manager", **query) -> list[dict[str, str]]:
    """One table as a spreadsheet reads it."""
    answer = people[who].get(f"/admin/reports{path}", params={"as": "csv", "from": DAY, "to": DAY} | query)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def row(rows: list[dict[str, str]], name: str) -> dict[str, str]:
    return next(found for found in rows if next(iter(found.values())) == name)


# Figures


def test_figures_by_queue(people):
    rows = table(people)
    civil = row(rows, "A · Hộ tịch")
    assert [civil[name] for name in ("Đã cấp", "Phục vụ xong", "Vắng mặt", "Không được phục vụ")] == [
        "12", "10", "1", "1"
    ]  # fmt: skip
    assert (civil["Chờ trung vị (phút)"], civil["8/10 chờ không quá"]) == ("20.0", "20.0")
    assert (civil["Phục vụ trung vị (phút)"], civil["8/10 phục vụ không quá"]) == ("5.0", "5.0")
    assert (civil["Gọi trong 15 phút (%)"], civil["Gọi trong 30 phút (%)"]) == ("9.1", "100.0")
    assert (civil["Gọi trong hẹn (%)"], civil["19/20 chờ không quá"]) == ("100.0", "20.0")
    assert [next(iter(found.values())) for found in rows] == ["A · Hộ tịch", "E · Đất đai", "Tất cả"]
    assert row(rows, "Tất cả")["Đã cấp"] == "22"


@pytest.mark.parametrize(("by", "given"), [
    ("counter", {"1": "11", "10": "10", "Chưa gọi": "1"}),
    ("agency", {"Ủy ban nhân dân phường Bến Lụa": "12", "Chi nhánh Văn phòng đăng ký đất đai": "10"}),
    ("class", {"Mọi người khác": "20", "Người cao tuổi": "2"}),
    ("hour", {"8:00–8:59": "8", "9:00–9:59": "4", "10:00–10:59": "6", "11:00–11:59": "4"}),
    ("weekday", {"Thứ Hai": "22"}),
])  # fmt: skip
def test_one_switch_groups_the_same_numbers(people, by, given):
    rows = table(people, by=by)
    found = {next(iter(row.values())): row["Đã cấp"] for row in rows}
    label = next(group.label.vi for group in demo_centre().classes if group.id == "cao-tuoi")
    assert found == {label if name == "Người cao tuổi" else name: n for name, n in given.items()} | {"Tất cả": "22"}
    page = people["manager"].get(f"/admin/reports?by={by}&from={DAY}&to={DAY}").text
    assert re.search(rf'href="\?by={by}&[^"]*" aria-current="true"', page)


def test_what_the_configuration_has_no_longer_is_still_counted_but_for_no_department(centre, people):
    """By its id: the past does not change with the configuration."""
    before = [found["Đã cấp"] for found in table(people)]
    less, every = demo_centre(), demo_centre()
    less = replace(less, queues=tuple(queue for queue in less.queues if queue.id != "ho-tich"))
    less = replace(less, counters=tuple(counter for counter in less.counters if counter.number != 1))
    do(centre, managing.load_centre, less, demo_calendar())
    try:
        assert row(table(people), "ho-tich")["Đã cấp"] == "12"
        assert sorted(found["Đã cấp"] for found in table(people)) == sorted(before)
        assert "1" in [found["Quầy"] for found in table(people, "/calls", table="counters")]
        assert "ho-tich" not in [found["Hàng"] for found in table(people, who="department")]
    finally:
        do(centre, managing.load_centre, every, demo_calendar())


def test_an_unknown_group_is_the_queue(people):
    assert table(people, by="'; DROP")[0].keys() == table(people, by="queue")[0].keys()


# Days


def test_the_last_business_days_are_shown_unless_others_are_wanted(people):
    page = people["manager"].get("/admin/reports").text
    assert "23/11/2026–24/11/2026" in page
    assert re.search(r'name="from"[^>]* value="2026-11-23"', page)
    assert "–24/11/2026" not in people["manager"].get(f"/admin/reports?from={DAY}").text


@pytest.mark.parametrize(("first", "last"), [
    ("2026-11-24", "2026-11-23"), ("2025-10-01", "2026-11-01"), ("hôm qua", ""), ("2026-13-40", ""),
    ("9" * 300, ""),
])  # fmt: skip
@pytest.mark.parametrize("path", ["", "/calls", "/satisfaction", "/words", "/month"])
def test_a_span_that_cannot_be_is_said_and_the_usual_one_shown(people, path, first, last):
    answer = people["manager"].get(f"/admin/reports{path}", params={"from": first, "to": last})
    assert answer.status_code == 422
    assert "cách nhau nhiều nhất 366 ngày" in answer.text
    assert '<form class="inline span"' in answer.text
    csv_of_it = people["manager"].get("/admin/reports", params={"from": first, "to": last, "as": "csv"})
    assert csv_of_it.status_code == 422


def test_a_leap_year_and_no_more():
    default = Span(MORNING.date(), MORNING.date())
    longest = wanted_span("2028-01-01", "2028-12-31", default)
    assert (longest.last - longest.first).days == 365
    with pytest.raises(SpanWrong):
        wanted_span("2028-01-01", "2029-01-01", default)
    assert wanted_span("", "", default) is default


@pytest.mark.parametrize("path", ["", "/month"])
def test_a_year_is_read_and_more_numbers_than_fit_are_refused_in_words(people, path, monkeypatch):
    year = {"from": "2026-01-01", "to": "2026-12-31"}
    manager = people["manager"]
    assert manager.get(f"/admin/reports{path}", params=year).status_code == 200
    real = reports.rows.tickets_of

    def too_many(db, days):
        return reports.MOST_TICKETS + 1 if len(days) > 1 else real(db, days)

    monkeypatch.setattr(reports.rows, "tickets_of", too_many)
    monkeypatch.setattr(reports, "newest_days", lambda db, today: Span(MORNING.date(), MORNING.date()))
    refused = manager.get(f"/admin/reports{path}", params=year)
    assert (refused.status_code, "Hãy chọn ít ngày hơn" in refused.text) == (422, True)
    assert '<form class="inline span"' in refused.text
    assert manager.get(f"/admin/reports{path}", params=year | {"as": "csv"}).status_code == 422


@pytest.mark.parametrize("path", ["", "/calls", "/satisfaction", "/estimates", "/words", "/month"])
@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "9999-12-31", "2026-02-29"])
def test_a_date_beyond_all_calendars_is_refused_in_words(people, path, day):
    answer = people["manager"].get(f"/admin/reports{path}", params={"from": day, "to": day})
    assert (answer.status_code, "Hãy chọn ngày đầu" in answer.text) == (422, True)


@pytest.mark.parametrize("day", ["1970-01-01", "2024-02-29", "2026-11-22", "2099-12-31", "9998-12-31"])
@pytest.mark.parametrize("path", ["", "/calls", "/satisfaction", "/estimates", "/month"])
def test_days_without_anybody_are_said_on_the_page_and_in_each_file(people, path, day):
    asked = {"from": day, "to": day}
    assert "Không có gì trong những ngày này." in people["manager"].get(f"/admin/reports{path}", params=asked).text
    book = people["manager"].get(f"/admin/reports{path}", params=asked | {"as": "xlsx"})
    ((_, rows),) = leaves(book.content).items()
    assert rows[1] == [("s", "Không có gì trong những ngày này.")]
    assert people["manager"].get(f"/admin/reports{path}", params=asked | {"as": "csv"}).status_code == 200


def test_the_month_before():
    assert [str(day) for day in (month_before(MORNING.date()).first, month_before(MORNING.date()).last)] == [
        "2026-10-01", "2026-10-31"
    ]  # fmt: skip


def test_looking_records_nothing(centre, people):
    before = seq(centre)
    for path in ("", "?by=class", "/calls", "/satisfaction", "/month", "/words", "?as=csv"):
        assert people["manager"].get(f"/admin/reports{path}").status_code == 200
    assert seq(centre) == before


# Calls out of order


def test_calls_out_of_order_are_counted_by_reason_counter_and_queue(people):
    reasons = table(people, "/calls", table="reasons")
    assert row(reasons, "người yếu, không chờ được") == {
        "Lý do": "người yếu, không chờ được", "Số lần": "1", "Trên mọi lần gọi (%)": "4.8"
    }  # fmt: skip
    assert row(reasons, "Tất cả")["Số lần"] == "1"
    assert row(table(people, "/calls", table="queues"), "A · Hộ tịch")["Ngoài thứ tự"] == "1"
    counters = table(people, "/calls", table="counters")
    assert (row(counters, "1")["Ngoài thứ tự"], row(counters, "10")["Ngoài thứ tự"]) == ("1", "0")
    assert (row(counters, "1")["Báo vắng"], row(counters, "10")["Bấm nhầm"]) == ("1", "1")


def test_each_is_listed_with_whom_it_passed(people):
    (jump,) = table(people, "/calls", table="list")
    assert list(jump.values()) == [
        "23/11/2026", "08:00", "A\u202f012", "người yếu, không chờ được", "1", name_of("cb01"), "A\u202f011"
    ]  # fmt: skip


def name_of(person: str) -> str:
    return next(one.name for one in demo_centre().people if one.id == person)


def test_pauses_by_reason_with_what_was_said_and_what_was(people):
    (meeting,) = table(people, "/calls", table="rests")
    assert list(meeting.values()) == ["họp", "1", "15.0", "18.0", "18.0", "18.0"]


# Satisfaction


def test_satisfaction_by_queue_counter_and_hour_beside_the_wait(people):
    queues = table(people, "/satisfaction", table="satisfaction-queue")
    civil = row(queues, "A · Hộ tịch")
    assert (civil["Ý kiến"], civil["Hài lòng (%)"], civil["Chờ trung vị (phút)"]) == ("10", "50.0", "20.0")
    assert civil["Thái độ phục vụ chưa tốt"] == "5"
    assert row(queues, "E · Đất đai")["Hài lòng (%)"] == "90.0"
    assert row(table(people, "/satisfaction", table="satisfaction-counter"), "10")["Ý kiến"] == "10"
    hours = table(people, "/satisfaction", table="satisfaction-hour")
    assert [found["Giờ"] for found in hours] == ["9:00–9:59", "11:00–11:59", "Tất cả"]


def test_today_has_no_satisfaction_in_the_reports(people):
    page = people["manager"].get("/admin/reports/satisfaction?from=2026-11-24&to=2026-11-24").text
    assert page.count("Không có gì trong những ngày này.") == 3


# What was written


def read(people, who="manager", day="1", queue="ho-tich"):
    return people[who].post("/admin/reports/words", data={"day": day, "queue": queue})


def test_a_manager_reads_the_words_of_a_past_day_and_that_is_noted(centre, people):
    page = people["manager"].get("/admin/reports/words").text
    assert not [word for word in WORDS if word in page]
    assert re.search(r"A · Hộ tịch</td><td class=\"figures\">5</td>", page)
    before = seq(centre)
    answers = [read(people) for _ in range(2)]
    assert seq(centre) == before + 2
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        said = re.findall(r"<li>(.*?)</li>", answer.text[answer.text.index('class="words"') :])
        assert sorted(said) == sorted(escape(word) for word in WORDS)
        for telling in ("Quầy 1<", "A\u202f0", "08:", "09:"):
            assert telling not in answer.text
    noted = centre.store.read(lambda db: [r for r in journal.read(db, before) if isinstance(r.event, WordsRead)])
    assert [(r.who, r.event.business_day, r.event.queue) for r in noted] == [("ql02", 1, "ho-tich")] * 2


def test_the_order_of_the_words_is_chance(people):
    orders = {tuple(re.findall(r"<li>(.*?)</li>", read(people).text)) for _ in range(12)}
    assert len(orders) > 1, "twelve times the same order of five has a chance of 1 in 10^22"


@pytest.mark.parametrize(("day", "queue", "status"), [
    ("1", "dat-dai", 404), ("2", "ho-tich", 404), ("99", "ho-tich", 404), ("1", "khong-co", 404),
    ("0", "ho-tich", 422), ("x", "ho-tich", 422), ("1", "", 422), ("1", "a" * 41, 422),
])  # fmt: skip
def test_fewer_than_five_words_are_not_read_nor_any_of_today(centre, people, day, queue, status):
    before = seq(centre)
    assert read(people, day=day, queue=queue).status_code == status
    assert seq(centre) == before


@pytest.mark.parametrize("who", ["supervisor", "administrator", "auditor", "clerk"])
def test_nobody_but_managers_sees_words(centre, people, who):
    before = seq(centre)
    assert people[who].get("/admin/reports/words").status_code == 403
    assert read(people, who).status_code == 403
    assert seq(centre) == before
    if who == "supervisor":
        assert "/admin/reports/words" not in people[who].get("/admin/reports").text


def without(queue: str) -> Centre:
    """The demo centre after this queue was given up; its counters serve B."""
    centre = demo_centre()
    counters = []
    for counter in centre.counters:
        first, second = ([q for q in some if q != queue] for some in (counter.queues, counter.secondary))
        counters.append(replace(counter, queues=tuple(first) or ("chung-thuc",), secondary=tuple(second)))
    return replace(
        centre,
        queues=tuple(q for q in centre.queues if q.id != queue),
        counters=tuple(counters),
        procedures=tuple(p for p in centre.procedures if p.queue != queue),
    )


@pytest.fixture
def given_up(tmp_path):
    """The same Monday; on Tuesday the centre has no queue A any more, and its letter is another queue's."""
    clock = HandClock()
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        live_a_day(server, clock)
        clock.moment = MORNING + timedelta(days=1)
        do(server, opening.ensure_day)
        centre = without("ho-tich")
        others = tuple(replace(q, prefix="A") if q.id == "xay-dung" else q for q in centre.queues)
        do(server, managing.load_centre, replace(centre, queues=others), demo_calendar())
        yield server


def manager_of(server, agency: str | None):
    person = do(server, managing.add_person, f"ql.{agency}", "Nguyễn Văn Quản", ["manager"], None)
    do(server, lambda tx: tx.record(PersonAdded(person, ["manager"], agency, None)).seq)
    return browser(server, f"motcua-person={server.person_cookie(person)}")


@pytest.mark.parametrize(("language", "name"), [("vi", "A · Hộ tịch"), ("en", "A · Civil status")])
def test_words_about_a_queue_that_is_gone_stay_readable_under_its_old_name(given_up, language, name):
    manager = manager_of(given_up, None)
    page = manager.get(f"/admin/reports/words?lang={language}&from={DAY}&to={DAY}").text
    assert re.findall(r"<td>([^<]+)</td><td class=\"figures\">5</td>", page) == [name]
    answer = manager.post(f"/admin/reports/words?lang={language}", data={"day": "1", "queue": "ho-tich"})
    assert answer.status_code == 200
    assert name in answer.text
    assert sorted(re.findall(r"<li>(.*?)</li>", answer.text[answer.text.index('class="words"') :])) == sorted(
        escape(word) for word in WORDS
    )


def test_words_about_a_queue_that_no_configuration_knows_have_its_code(given_up):
    alter = "UPDATE centre SET document = replace(document, '\"ho-tich\"', '\"khac\"')"
    db = sqlite3.connect(str(given_up.data / "motcua.sqlite"), isolation_level=None)
    db.execute(alter)
    db.close()
    manager = manager_of(given_up, None)
    assert "<td>ho-tich</td>" in manager.get(f"/admin/reports/words?from={DAY}&to={DAY}").text
    answer = manager.post("/admin/reports/words", data={"day": "1", "queue": "ho-tich"})
    assert answer.status_code == 200
    assert "· ho-tich ·" in answer.text


@pytest.mark.parametrize(("moved_to", "reader", "reads"), [
    ("dat-dai", "dat-dai", True), ("dat-dai", "so-tai-chinh", False), ("so-tai-chinh", "dat-dai", False),
])  # fmt: skip
def test_words_about_a_queue_that_is_gone_are_for_its_last_agency(given_up, moved_to, reader, reads):
    moved = tuple(replace(q, agency=moved_to) if q.id == "ho-tich" else q for q in demo_centre().queues)
    do(given_up, managing.load_centre, replace(demo_centre(), queues=moved), demo_calendar())
    do(given_up, managing.load_centre, without("ho-tich"), demo_calendar())
    manager = manager_of(given_up, reader)
    page = manager.get(f"/admin/reports/words?from={DAY}&to={DAY}").text
    assert ("Hộ tịch" in page) is reads
    answer = manager.post("/admin/reports/words", data={"day": "1", "queue": "ho-tich"})
    assert answer.status_code == (200 if reads else 404)


# A department


@pytest.mark.parametrize(("path", "query"), [
    ("", {"by": "queue"}), ("", {"by": "agency"}), ("", {"by": "class"}), ("", {"by": "counter"}),
    ("/calls", {"table": "reasons"}), ("/calls", {"table": "queues"}), ("/calls", {"table": "counters"}),
    ("/calls", {"table": "list"}), ("/calls", {"table": "rests"}),
    ("/satisfaction", {"table": "satisfaction-queue"}), ("/satisfaction", {"table": "satisfaction-counter"}),
    ("/satisfaction", {"table": "satisfaction-hour"}),
])  # fmt: skip
def test_a_departments_manager_sees_only_the_own_agency(people, path, query):
    own, whole = (str(table(people, path, who, **query)) for who in ("department", "manager"))
    assert own != whole
    for telling in ("Hộ tịch", "'Ủy ban", "'Quầy': '1'", "A\u202f", name_of("cb01")):
        assert telling not in own


def test_a_departments_figures_are_those_of_its_queue(people):
    rows = table(people, who="department")
    assert [next(iter(found.values())) for found in rows] == ["E · Đất đai", "Tất cả"]
    assert row(rows, "Tất cả")["Đã cấp"] == "10"
    assert row(table(people, "/calls", "department", table="reasons"), "Tất cả")["Số lần"] == "0"
    assert row(table(people, "/satisfaction", "department", table="satisfaction-queue"), "Tất cả")["Ý kiến"] == "10"
    page = people["department"].get(f"/admin/reports?from={DAY}").text
    assert "Chi nhánh Văn phòng đăng ký đất đai" in page
    assert "Hộ tịch" not in page


def test_the_supervisor_sees_what_the_centres_manager_sees(people):
    assert table(people, who="supervisor") == table(people)


def test_a_departments_manager_reads_no_words_about_others(centre, people):
    before = seq(centre)
    assert "Hộ tịch" not in people["department"].get("/admin/reports/words").text
    assert read(people, "department").status_code == 404
    assert seq(centre) == before


def test_the_managers_wall_shows_a_department_its_own_line(people):
    own = people["department"].get("/display/managers").text
    assert re.findall(r'<b class="letter">(\w)</b>', own) == ["E"]
    shown_counters = {int(n) for n in re.findall(r'<li class="(?:open|closed)"><b class="figures">(\d+)<', own)}
    assert shown_counters == {c.number for c in demo_centre().counters if "dat-dai" in (*c.queues, *c.secondary)}
    assert "Điều hành · Chi nhánh Văn phòng đăng ký đất đai" in own
    whole = people["manager"].get("/display/managers").text
    assert "Chi nhánh Văn phòng" not in whole
    assert len(re.findall(r'<b class="letter">(\w)</b>', whole)) == len(demo_centre().queues)


@pytest.mark.planted
def test_a_report_that_shows_a_department_everything_is_found(people, monkeypatch):
    monkeypatch.setattr("web.scope._department", lambda person, centre: None)
    with pytest.raises(AssertionError):
        test_a_departments_figures_are_those_of_its_queue(people)


# Sheets


def test_csv_is_utf8_with_bom_plain_numbers_and_no_formula():
    sheet = Sheet(
        "x", "X", ("Tên", "Số", "Phút", "Không"), tuple((text, 1234567, 1234.56, None) for text in BEYOND)
    )
    data = as_csv(sheet)
    assert data.startswith(b"\xef\xbb\xbfT\xc3\xaan,")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:]
    assert [found[0] for found in rows] == [f"'{text}" for text in BEYOND]
    assert rows[0][1:] == ["1234567", "1234.6", ""]


def test_a_negative_number_is_no_formula_and_an_ordinary_word_stays_as_it_is():
    data = as_csv(Sheet("x", "X", ("a", "b"), (('A\u202f012, "x"', -5),))).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(data.split("\r\n", 1)[1]))) == ['A\u202f012, "x"', "-5"]


@pytest.mark.parametrize(("cell", "vi", "en", "fr"), [
    (1234567, "1.234.567", "1,234,567", "1\u202f234\u202f567"),
    (1234.56, "1.234,6", "1,234.6", "1\u202f234,6"),
    (12, "12", "12", "12"), (None, "–", "–", "–"), ("1.5", "1.5", "1.5", "1.5"),
])  # fmt: skip
def test_numbers_on_pages_have_the_separators_of_the_language(cell, vi, en, fr):
    assert [shown(cell, language) for language in ("vi", "en", "fr")] == [vi, en, fr]


def test_numbers_in_a_language_that_a_centre_added_are_written_as_at_home():
    assert shown(1234.5, "tyz") == "1.234,5"


def test_a_table_that_is_not_there(people):
    answer = people["manager"].get("/admin/reports?as=csv&table=khong-co")
    assert answer.status_code == 404


def test_the_csv_has_a_plain_name(people):
    answer = people["manager"].get(f"/admin/reports?as=csv&by=class&from={DAY}&to={DAY}")
    assert answer.headers["content-disposition"] == f'attachment; filename="figures-class-{DAY}.csv"'
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


def test_the_month_holds_every_table_but_the_list(people):
    page = people["manager"].get(f"/admin/reports/month?from={DAY}&to={DAY}").text
    assert len(re.findall(r"<section><header><h2>", page)) == 2 + 6 + 2 + 4 + 3 + 3 + 2
    assert name_of("cb01") not in page
    assert "01/10/2026–31/10/2026" in people["manager"].get("/admin/reports/month").text


def test_the_month_begins_with_the_dossiers_that_a_province_asks_for(centre, people):
    sealed = centre.app.state.house.vault.seal(to_bytes(particulars(applicant("LÊ VĂN MẪU", "", "", ""), "", ())))
    do(centre, shifts.open_shift, 1, "cb01", who="cb01")
    do(centre, intake.receive_dossier, 1, "cb01", intake.Intake("1.001193", sealed), who="cb01")
    today = "2026-11-24"
    query = {"from": today, "to": today, "as": "csv"}
    page = people["manager"].get("/admin/reports/month", params={"from": today, "to": today})
    paper = people["manager"].get("/admin/reports/month", params=query)
    assert page.text.index("Hồ sơ tiếp nhận và giải quyết theo cơ quan") < page.text.index("Lượt, chờ và phục vụ")
    (first, every) = csv.DictReader(io.StringIO(paper.content.decode("utf-8-sig")))
    assert (first["Cơ quan"], every["Nhận trực tiếp"]) == ("Ủy ban nhân dân phường Bến Lụa", "1")
    assert (every["Đang giải quyết trong hạn"], every["Trực tuyến (%)"], every["Đúng hạn (%)"]) == ("1", "0.0", "")
    sectors = people["department"].get("/admin/reports/month", params=query | {"table": "progress-sectors"})
    assert len(sectors.text.splitlines()) == 1, "another agency's dossiers are not read"


@pytest.mark.parametrize(("language", "words"), [("en", "Civil status"), ("fr", "État civil")])
def test_the_reports_speak_the_readers_language(people, language, words):
    page = people["manager"].get(f"/admin/reports?lang={language}&from={DAY}").text
    assert words in page


# Workbooks


def check_nothing_runs(make) -> None:
    """Words that a spreadsheet would run stay words, letter by letter; numbers are numbers."""
    sheet = Sheet("x", "=X[1]", ("=Tên", "Số", "Phút"), tuple((text, -5, 1234.56) for text in BEYOND))
    ((name, rows),) = leaves(make([sheet])).items()
    assert name == "1. =X 1"
    assert not [cell for row in rows for cell in row if cell[0] == "f"]
    assert rows[1][0] == ("s", "=Tên")
    shown_words = [row[0][1].replace("_x000D_", "\r") for row in rows[2:]]
    assert shown_words == list(BEYOND)
    assert rows[2][1:] == [("n", "-5"), ("n", "1234.56")]


def test_a_workbook_runs_nothing():
    check_nothing_runs(as_workbook)


@pytest.mark.planted
def test_a_workbook_that_lets_words_run_is_found(monkeypatch):
    from xlsxwriter.worksheet import Worksheet

    monkeypatch.setattr(Worksheet, "write_string", lambda self, *cell: self.write(*cell))
    with pytest.raises(AssertionError):
        check_nothing_runs(as_workbook)


def test_the_month_is_one_workbook_by_one_press(people):
    page = people["manager"].get(f"/admin/reports/month?from={DAY}&to={DAY}").text
    (link,) = re.findall(r'href="(\?as=xlsx[^"]*)"', page)
    answer = people["manager"].get("/admin/reports/month" + link.replace("&amp;", "&"))
    assert answer.headers["content-disposition"] == f'attachment; filename="month-{DAY}.xlsx"'
    found = leaves(answer.content)
    assert len(found) == len(re.findall(r"<table>", page))
    by_queue = next(rows for rows in found.values() if rows[0][0][1] == "Lượt, chờ và phục vụ theo hàng")
    assert [row[0][1] for row in by_queue[2:5]] == ["A · Hộ tịch", "E · Đất đai", "Tất cả"]
    assert by_queue[2][1] == ("n", "12")


def test_a_departments_workbook_says_nothing_of_the_house(people):
    answer = people["department"].get(f"/admin/reports/month?as=xlsx&from={DAY}&to={DAY}")
    words = {text for rows in leaves(answer.content).values() for row in rows for _, text in row}
    assert "E · Đất đai" in words
    assert not [text for text in words if "Hộ tịch" in text or text.startswith("P1")]

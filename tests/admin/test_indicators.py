"""The indicators of Decision 766 without a browser: what pages and files say, to whom, and no owner anywhere."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.applicants import applicant, particulars, to_bytes
from domain.dossiers import Act
from domain.events import PersonAdded
from operations import endings, intake, managing, processing, shifts, syncing
from operations.processing import Doing
from store import outbox
from store.writer import Act as Who
from tests.support.asking import NO_PRINTERS, browser, seq
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre
from tests.support.servers import running
from tests.support.workbooks import leaves

HERE = "/admin/reports/766"
OWNER = "LÊ THỊ KHÔNG AI BIẾT"
CIVIL, LAND = "1.004873", "1.001193"


def do(server, operation, *arguments):
    return server.store.write_now(Who("cb01"), operation, *arguments)


def take(server, procedure: str = CIVIL) -> str:
    told = to_bytes(particulars(applicant(OWNER, "", "", ""), "", ()))
    sealed = server.app.state.house.vault.seal(told)
    return do(server, intake.receive_dossier, 1, "cb01", intake.Intake(procedure, sealed)).code


def of_two_agencies():
    """The demo's centre, where the land office decides on one procedure of the examples."""
    centre = demo_centre()
    placements = tuple(replace(p, queue="dat-dai") if p.code == LAND else p for p in centre.procedures)
    return replace(centre, procedures=placements)


@pytest.fixture(scope="module")
def clock():
    return HandClock()


@pytest.fixture(scope="module")
def centre(tmp_path_factory, clock):
    """Four dossiers of November, all known to the portal but the last: one done, three late; December has begun."""
    with running(tmp_path_factory.mktemp("index") / "data", clock, printer_of=NO_PRINTERS) as server:
        do(server, managing.load_centre, of_two_agencies(), demo_calendar())
        do(server, shifts.open_shift, 1, "cb01")
        codes = [take(server), take(server), take(server, LAND), take(server, LAND)]
        for code in codes[:2]:
            do(server, processing.note, Act.PROGRESS, Doing(code, "cb01", b"sealed"))
        do(server, endings.resolve, Doing(codes[0], "cb01", None))
        for code in codes[:3]:
            told = [message.id for message in server.store.read(outbox.portal_messages_of, code)]
            do(server, syncing.acknowledge, told, "0")
        clock.moment = MORNING + timedelta(days=10)
        server.codes = codes
        yield server


@pytest.fixture(scope="module")
def people(centre):
    person = do(centre, managing.add_person, "truong.dat", "Vũ Thị Thổ", ["manager"], None)
    do(centre, lambda tx: tx.record(PersonAdded(person, ["manager"], "dat-dai", None)).seq)
    named = {"manager": "ql02", "supervisor": "ql01", "clerk": "cb01", "department": person}
    return {n: browser(centre, f"motcua-person={centre.person_cookie(person)}") for n, person in named.items()}


def table(people, path: str = "", who: str = "manager", **query) -> list[dict[str, str]]:
    """A table of November as a spreadsheet reads it."""
    answer = people[who].get(f"{HERE}{path}", params={"as": "csv", "month": "2026-11"} | query)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def row(people, id: str, who: str = "manager") -> tuple[str, ...]:
    found = next(one for one in table(people, who=who) if next(iter(one.values())).startswith(id))
    return tuple(found.values())[1:]


def test_each_indicator_has_what_was_counted_and_what_is_missing_in_words(people):
    assert row(people, "1.4") == ("1 hồ sơ", "3", "4", "75.0", "", "", "", "không rõ")
    assert row(people, "2.1")[:4] == ("3 hồ sơ", "1", "4", "25.0")
    assert row(people, "2.1")[-2:] == ("5.0", "20.0")
    assert row(people, "2.2")[0] == "Không tính điểm"
    assert row(people, "3.6") == ("Chưa có gì để tính", "0", "0", "", "", "", "", "không rõ")
    assert row(people, "5.4")[-2:] == ("1.7", "6.0"), "25 of the 90 that are wanted"


def test_a_department_counts_its_own_procedures_only(people, centre):
    assert row(people, "1.4", "department")[1:3] == ("1", "2")
    codes = [one["Mã hồ sơ"] for one in table(people, "/4.3", "department")]
    assert codes == centre.codes[2:]
    page = people["department"].get(f"{HERE}?month=2026-11").text
    assert "Đất đai" in page or "đất đai" in page


def test_the_dossiers_behind_a_lost_point_are_named_with_what_repairs_them(people, centre):
    (found,) = table(people, "/1.4")
    assert (found["Mã hồ sơ"], found["Còn thiếu"]) == (centre.codes[3], "Cổng chưa nhận, đang chờ gửi")
    assert found["Việc cần làm"]
    page = people["manager"].get(f"{HERE}/1.4?month=2026-11").text
    assert f'href="/dossiers/{centre.codes[3]}"' in page and centre.codes[0] not in page


def test_no_owner_is_named_on_any_page_or_in_any_file(people):
    for path in ("", "/1.4", "/2.1", "/4.2", "/4.3"):
        for query in ("", "&as=csv", "&as=xlsx"):
            answer = people["manager"].get(f"{HERE}{path}?month=2026-11{query}")
            assert answer.status_code == 200
            assert OWNER not in answer.text
    assert OWNER not in str(leaves(people["manager"].get(f"{HERE}/4.3?month=2026-11&as=xlsx").content))


def test_the_files_hold_every_table(people):
    book = leaves(people["manager"].get(f"{HERE}?month=2026-11&as=xlsx").content)
    assert len(book) == 3
    paper = people["manager"].get(f"{HERE}?month=2026-11&as=pdf")
    assert paper.headers["content-type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    assert paper.headers["content-disposition"] == 'attachment; filename="766-2026-11.pdf"'


def test_months_and_pages_that_cannot_be(people, centre):
    before = seq(centre)
    wrong = people["manager"].get(f"{HERE}?month=2026-13")
    assert wrong.status_code == 422 and "Hãy chọn một tháng" in wrong.text
    assert people["manager"].get(f"{HERE}?month=x&as=csv").status_code == 422
    for path in ("/2.2", "/9.9", "/x", "/1.4?as=doc"):
        assert people["manager"].get(f"{HERE}{path}").status_code == 404
    for at in ("0", "-1", "x", "9999", "40"):
        assert people["manager"].get(f"{HERE}/1.4?month=2026-11&page={at}").status_code == 200
    assert people["clerk"].get(HERE).status_code == 403
    assert seq(centre) == before, "nothing was changed by looking"


def test_a_long_list_is_in_pages(people, monkeypatch):
    monkeypatch.setattr("admin.indicators.PAGE", 3)
    first = people["manager"].get(f"{HERE}/4.3?month=2026-11")
    assert "page=2" in first.text and "Trang sau" in first.text
    second = people["manager"].get(f"{HERE}/4.3?month=2026-11&page=2")
    assert "Trang trước" in second.text and "Trang sau" not in second.text

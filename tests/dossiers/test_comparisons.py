"""Look-ups on a dossier's page by HTTP: listed, asked again with a purpose, seen by nobody who may not."""

import re
from pathlib import Path

import pytest

import commands.demo
from domain.lookups import Database, Found, Purpose
from operations import looking_up
from portal.sandbox import SandboxThread
from store import journal, lookups
from tests.dossiers.desks import LAND, Desk
from tests.support.asking import NO_PRINTERS, request_id
from tests.support.halls import MORNING, HandClock
from tests.support.registers import connect_sandbox, write_keys
from tests.support.servers import running

NAME, NUMBER = "NGUYỄN VĂN A", "001090123456"
CATALOGUE = Path(commands.demo.__file__).parent / "procedures.jsonl"
PLOT = {"commune": "14764", "map_sheet": "12", "plot": "346"}


@pytest.fixture(scope="module")
def sandbox():
    with SandboxThread(catalogue=CATALOGUE) as found:
        yield found


@pytest.fixture
def desk(tmp_path, sandbox):
    """cb01 sits at counter 1; the sandbox's databases answer."""
    clock, secrets = HandClock(MORNING), write_keys(tmp_path / "keys")
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS, lookup_secrets=secrets) as server:
        connect_sandbox(server, sandbox.url)
        server.open_shift("cb01", 1)
        yield Desk(server, clock)


def ask(desk: Desk, code: str, who: str = "cb01", **form: str):
    sent = {"request_id": request_id(), "database": "population", "purpose": "appraisal", **form}
    return desk.of(who).post(f"/dossiers/{code}/comparisons", data=sent)


def rows(page: str) -> list[list[str]]:
    """The table of what was asked, cell by cell."""
    part = page.split('id="comparisons"')[1].split("</section>")[0]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", part)]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells if row]


def check_listed(desk: Desk) -> None:
    """Asked for a purpose: the answer once, the question for ever, with who and what for."""
    code = desk.received(NAME, NUMBER)
    page = desk.of("cb01").get(f"/dossiers/{code}").text
    assert "Chưa đối chiếu lần nào" in page
    answer = ask(desk, code)
    assert answer.status_code == 200 and answer.text.count("<b>khớp</b>") == 3
    later = desk.of("cb01").get(f"/dossiers/{code}").text
    assert "<b>khớp</b>" not in later
    ((_, database, purpose, who, outcome),) = rows(later)
    assert (database, purpose, outcome) == ("dân cư", "thẩm tra hồ sơ", "đã đối chiếu") and who
    assert NUMBER not in answer.text


def test_it_is_asked_with_a_purpose_and_listed(desk):
    check_listed(desk)


@pytest.mark.planted
def test_a_question_that_is_not_of_its_dossier_is_found(desk, monkeypatch):
    whole = looking_up.note_lookup
    monkeypatch.setattr(
        "portal.national.note_lookup",
        lambda tx, base, why, who, dossier, *more: whole(tx, base, why, who, "", *more),
    )
    with pytest.raises(ValueError, match="unpack"):
        check_listed(desk)


def test_it_is_asked_again_for_another_purpose_and_the_reception_stands_there_too(desk):
    code = desk.received(NAME, NUMBER)
    desk.do(looking_up.note_lookup, Database.POPULATION, Purpose.RECEPTION, "cb01", code, Found({}), 3)
    ask(desk, code)
    ask(desk, code, purpose="hand-over")
    purposes = [row[2] for row in rows(desk.of("cb01").get(f"/dossiers/{code}").text)]
    assert purposes == ["trả kết quả", "thẩm tra hồ sơ", "tiếp nhận tại quầy"]


def test_without_a_purpose_nobody_is_asked(desk):
    code = desk.received(NAME, NUMBER)
    for form in ({"purpose": ""}, {"purpose": "curiosity"}, {"database": "insurance"}, {"plot": "x" * 99}):
        answer = ask(desk, code, **form)
        assert answer.status_code == 422 and 'role="alert"' in answer.text, form
    assert desk.server.store.read(lookups.listed, code) == []


def test_land_is_asked_about_with_its_plot(desk):
    code = desk.received(NAME, NUMBER, LAND)
    answer = ask(desk, code, database="land", **PLOT)
    assert answer.text.count("<b>khớp</b>") == 4
    wrong = ask(desk, code, database="land", commune="14764")
    assert wrong.status_code == 409 and "tờ bản đồ, thửa đất" in wrong.text and 'value="14764"' in wrong.text


def test_a_dossier_without_a_number_says_what_is_missing(desk):
    code = desk.received(NAME, "")
    answer = ask(desk, code)
    assert answer.status_code == 409 and "số căn cước, năm sinh" in answer.text


def test_an_auditor_sees_what_was_asked_and_asks_nothing(desk):
    code = desk.received(NAME, NUMBER)
    ask(desk, code)
    page = desk.of("ql04").get(f"/dossiers/{code}").text
    assert len(rows(page)) == 1 and f"/dossiers/{code}/comparisons" not in page
    assert ask(desk, code, "ql04").status_code == 403


def test_the_journal_says_for_what_it_was_asked(desk):
    code = desk.received(NAME, NUMBER)
    ask(desk, code)
    (event,) = [
        one.event for one in desk.server.store.read(lambda db: list(journal.read(db)))
        if type(one.event).__name__ == "LookupMade"
    ]  # fmt: skip
    assert (event.purpose, event.person, event.dossier) == ("appraisal", "cb01", code)
    page = desk.of("ql04").get("/admin/journal").text
    assert "để thẩm tra hồ sơ" in page and NUMBER not in page

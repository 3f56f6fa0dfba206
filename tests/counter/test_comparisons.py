"""Look-ups at the counter over HTTP: field by field, never filling in, never in the way of a reception."""

import html
import logging
import re
import time
from pathlib import Path

import pytest
import structlog

import commands.demo
from domain.centre_outside import Lookup
from domain.lookups import Database
from portal.sandbox import SandboxThread
from portal.sandbox.faults import FaultName
from store import journal, lookups
from tests.counter.test_commands import clear
from tests.counter.test_receptions import PATH, received, send, sheet
from tests.counter.test_routes import desk
from tests.support.asking import NO_PRINTERS
from tests.support.registers import Silent, connect, connect_sandbox, write_keys
from tests.support.servers import running

NUMBER, NAME = "001090123456", "Nguyễn Văn A"
PERSON = {"identity": NUMBER, "owner_name": NAME}
LAND = "1.012783"
CATALOGUE = Path(commands.demo.__file__).parent / "procedures.jsonl"
PLOT = {"commune": "14764", "map_sheet": "12", "plot": "346"}


@pytest.fixture(scope="module")
def sandbox():
    with SandboxThread(catalogue=CATALOGUE) as found:
        yield found


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compare")
    secrets = write_keys(folder / "keys")
    with running(folder / "data", printer_of=NO_PRINTERS, lookup_secrets=secrets) as found:
        yield found


@pytest.fixture
def clerk(server, sandbox):
    """Clerk cb01 at counter 1; both databases answer, and nothing of the test before is remembered."""
    sandbox.faults.clear()
    connect_sandbox(server, sandbox.url)
    rested(server)
    clear(server)
    return desk(server, "cb01", 1)


def rested(server) -> None:
    """Every line of the port is as new, nothing is remembered."""
    asker = server.app.state.lookups
    for line in asker._lines.values():
        line.rests_until, line.has_failed = 0.0, False
    asker._memory.answers.clear()


def ask(clerk, database: str = "population", procedure: str = "", htmx: bool = True, **typed: str):
    headers = {"hx-request": "true"} if htmx else {}
    form = sheet(clerk, procedure, **{**PERSON, **typed})
    return clerk.post(f"/counter/1/comparisons/{database}", data=form, headers=headers)


def told(answer) -> dict[str, str]:
    """What was said of each field."""
    return dict(re.findall(r"</span> ([^<:]+): <b>([^<]+)</b></li>", answer.text))


def hidden(answer, name: str) -> str:
    """The sealed answer that goes along with the page."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]+)">', answer.text)
    assert found, answer.text
    return html.unescape(found[1])


def made(server) -> list:
    rows = server.store.read(lambda db: [one.event for one in journal.read(db)])
    return [event for event in rows if type(event).__name__ == "LookupMade"]


def check_compared(server, clerk) -> None:
    """Each field has its word, the purpose is in the book, nothing is filled in."""
    answer = ask(clerk, identity="001090123456", owner_name="NGUYEN VAN B", htmx=False)
    assert told(answer) == {"số căn cước": "khớp", "họ tên": "không khớp", "năm sinh": "khớp"}
    assert 'value="NGUYEN VAN B"' in answer.text and "NGUYỄN VĂN A" not in answer.text
    assert (made(server)[-1].purpose, made(server)[-1].person) == ("reception", "cb01")


def test_a_person_is_compared_field_by_field_and_nothing_is_filled_in(server, clerk):
    check_compared(server, clerk)
    answer = ask(clerk)
    assert set(told(answer).values()) == {"khớp"} and "<h1" not in answer.text


@pytest.mark.planted
def test_a_database_whose_words_are_all_believed_is_found(server, clerk, monkeypatch):
    monkeypatch.setattr("web.lookups.AGREEMENTS", dict.fromkeys(("agrees", "differs", "unknown"), "khớp"))
    with pytest.raises(AssertionError):
        check_compared(server, clerk)


def test_land_is_asked_about_where_the_procedure_is_of_land(clerk):
    page = clerk.get(f"{PATH}?procedure={LAND}").text
    assert 'name="plot"' in page and 'name="plot"' not in clerk.get(f"{PATH}?procedure=1.001193").text
    assert set(told(ask(clerk, "land", LAND, **PLOT)).values()) == {"khớp"}
    other = told(ask(clerk, "land", LAND, **{**PLOT, "plot": "345"}))
    assert other["người sử dụng đất"] == "không khớp"
    assert "không có trong cơ sở dữ liệu" in ask(clerk, "land", LAND, **{**PLOT, "plot": "9"}).text


@pytest.mark.parametrize(
    ("typed", "missing"),
    [({"identity": ""}, "số căn cước, năm sinh"), ({"owner_name": ""}, "họ tên"),
     ({"identity": "012345678"}, "năm sinh")],
)  # fmt: skip
def test_half_a_question_is_not_asked_and_says_what_is_missing(server, clerk, typed, missing):
    before = len(made(server))
    answer = ask(clerk, htmx=False, **typed)
    assert answer.status_code == 409 and f"mời xem lại: {missing}." in answer.text
    assert len(made(server)) == before
    assert ("Năm sinh trên thẻ" in answer.text) is (typed.get("identity") == "012345678")


def test_an_old_number_is_compared_with_the_year_of_the_card(clerk):
    assert "không có trong cơ sở dữ liệu" in ask(clerk, identity="012345678", born="1990").text


def test_words_that_were_changed_since_are_not_called_compared(server, clerk):
    kept = hidden(ask(clerk), "population")
    same = clerk.post(PATH, data={**sheet(clerk, **PERSON, population=kept), "way": "show"}).text
    assert "mời đối chiếu lại" in same and 'class="compared stale"' not in same
    assert 'class="compared"' in same
    changed = {**PERSON, "identity": "038199000001", "population": kept}
    assert 'class="compared stale"' in clerk.post(PATH, data={**sheet(clerk, **changed), "way": "show"}).text
    forged = {**PERSON, "population": kept[:-6] + "AAAAA="}
    assert 'class="compared' not in clerk.post(PATH, data={**sheet(clerk, **forged), "way": "show"}).text


def check_tied(server, clerk) -> None:
    """What was asked before there was a code is known of the dossier; what was asked about other words is not."""
    kept = hidden(ask(clerk), "population")
    code = received(send(clerk, "receive", again="1", **PERSON, population=kept))
    assert [one.purpose for one in server.store.read(lookups.listed, code)] == ["reception"]
    twice = received(send(clerk, "receive", again="1", **PERSON, population=kept))
    assert server.store.read(lookups.listed, twice) == []
    fresh = hidden(ask(clerk, owner_name="TRẦN THỊ B"), "population")
    other = received(send(clerk, "receive", again="1", **PERSON, population=fresh))
    assert server.store.read(lookups.listed, other) == []


def test_what_was_asked_before_there_was_a_code_is_known_of_the_dossier(server, clerk):
    check_tied(server, clerk)


@pytest.mark.planted
def test_an_answer_that_counts_for_other_words_is_found(server, clerk, monkeypatch):
    monkeypatch.setattr("web.lookups.is_about", lambda *_: True)
    with pytest.raises(AssertionError):
        check_tied(server, clerk)


@pytest.mark.parametrize(
    ("fault", "words"),
    [(FaultName.BAD_GATEWAY, "không kết nối được"), (FaultName.NOT_JSON, "trả lời không đọc được")],
)
def test_a_database_in_trouble_says_so_and_reception_goes_on(server, clerk, sandbox, fault, words):
    sandbox.faults.set(fault, service="population")
    answer = ask(clerk)
    assert f"chưa đối chiếu: {words}" in answer.text and "Cứ tiếp tục" in answer.text
    kept = hidden(answer, "population")
    code = received(send(clerk, "receive", again="1", **PERSON, population=kept))
    assert [str(one.outcome) for one in server.store.read(lookups.listed, code)] == ["unverified"]


def test_a_centre_without_databases_says_so(server, clerk):
    connect(server, [])
    assert "chưa đối chiếu: trung tâm chưa kết nối" in ask(clerk).text


def check_pace(server, clerk, limit: float = 0.5) -> None:
    """Nobody waits longer than the limit of the centre's file, and somebody else nothing at all."""
    with Silent() as silent:
        connect(server, [Lookup(Database.POPULATION, silent.url, limit)])
        begun = time.perf_counter()
        answer = ask(clerk)
        took = time.perf_counter() - begun
        assert "chưa đối chiếu: không trả lời kịp" in answer.text
        assert took < limit + 1, f"the clerk waited {took:.1f} s"
        assert received(send(clerk, "receive", again="1", **PERSON))


def test_a_silent_database_is_waited_for_no_longer_than_its_limit(server, clerk):
    ask(clerk)  # the first loads the client
    rested(server)
    check_pace(server, clerk)


@pytest.mark.planted
def test_a_look_up_without_a_limit_is_found(server, clerk, monkeypatch):
    ask(clerk)
    rested(server)
    monkeypatch.setattr(Lookup, "seconds", property(lambda _: 5.0, lambda *_: None), raising=False)
    with pytest.raises(AssertionError, match="waited"):
        check_pace(server, clerk)


def test_nothing_of_a_person_is_in_address_journal_or_log(server, clerk, caplog):
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as logs:
        answer = ask(clerk, "land", LAND, **PLOT)
        answer = ask(clerk, htmx=False)
    rows = repr(server.store.read(lambda db: db.execute("SELECT * FROM journal").fetchall()))
    rows += repr(server.store.read(lambda db: db.execute("SELECT * FROM lookups").fetchall()))
    told_elsewhere = rows + caplog.text + repr(logs) + str(answer.url) + str(answer.headers)
    assert NUMBER not in told_elsewhere and "Văn A" not in told_elsewhere
    assert NUMBER not in hidden(answer, "population")


def test_only_where_one_sits_and_only_known_databases(server, clerk):
    assert clerk.post("/counter/2/comparisons/population", data=PERSON).status_code == 409
    assert ask(clerk, "insurance").status_code == 404
    assert ask(clerk, "x").status_code == 404

"""The clerk's screen without a browser: every button, two clerks at one instant, a screen that is behind."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from operations import managing, shifts, ticketing
from store import dossiers, jobs, outbox, tickets
from store.writer import Act
from tests.support.asking import NO_PRINTERS, a_procedure, browser, request_id, seq
from tests.support.servers import Server, running

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def centre(tmp_path):
    with running(tmp_path / "data", printer_of=NO_PRINTERS) as server:
        yield server


def desk(server: Server, person: str, counter: int):
    """A signed-in clerk who has sat down."""
    clerk = browser(server, f"motcua-person={server.person_cookie(person)}")
    assert clerk.post(f"/counter/{counter}/shifts", data={"request_id": request_id()}).status_code == 303
    return clerk


@pytest.fixture
def clerk(centre):
    """Clerk cb01 at counter 1, which serves ho-tich first."""
    return desk(centre, "cb01", 1)


def wait(server: Server, *queues: str) -> list[int]:
    """People who have taken a number."""
    return [server.store.write_now(Act("t"), ticketing.take_ticket, queue).id for queue in queues]


def press(clerk, button: str, counter: int = 1, **form: str):
    """Press a button as htmx does."""
    return clerk.post(f"/counter/{counter}/{button}", data={"request_id": request_id(), **form}, headers=FRAGMENT)


def own_number(text: str) -> str:
    """The number at the counter, '–' for none."""
    return re.search(r'id="own-number">([^<]*)<', text)[1]


def state(server: Server, ticket: int) -> str:
    return str(server.store.read(tickets.load, ticket).state)


def test_a_clerk_sits_down_calls_and_serves(centre, clerk):
    first, second = wait(centre, "ho-tich", "ho-tich")
    assert own_number(press(clerk, "calls", seen="0").text) == "A\u202f001"
    assert state(centre, first) == "called"
    again = press(clerk, "recalls", seen=str(first))
    assert own_number(again.text) == "A\u202f001"
    following = press(clerk, "calls", seen=str(first))
    assert own_number(following.text) == "A\u202f002"
    assert (state(centre, first), state(centre, second)) == ("finished", "called")
    assert own_number(press(clerk, "absences", seen=str(second)).text) == "–"
    assert state(centre, second) == "absent"
    (third,) = wait(centre, "ho-tich")
    press(clerk, "calls", seen="0")
    assert own_number(press(clerk, "finishes", seen=str(third)).text) == "–"
    assert state(centre, third) == "finished"


def test_every_button_works_without_javascript(centre, clerk):
    (ticket,) = wait(centre, "ho-tich")
    for button in ("calls", "recalls", "finishes"):
        answer = clerk.post(f"/counter/1/{button}", data={"request_id": request_id()})
        assert (answer.status_code, answer.headers["location"]) == (303, "/counter/1")
    assert state(centre, ticket) == "finished"


def test_with_nobody_waiting_the_answer_says_so_in_three_languages(clerk):
    said = set()
    for language in ("vi", "en", "fr"):
        answer = press(clerk, f"calls?lang={language}", seen="0")
        assert answer.status_code == 200
        said.add(answer.text.rsplit("</hx-partial>", 1)[1].strip())
    assert len(said) == 3
    assert "" not in said


def check_stale(server: Server, clerk, button: str) -> None:
    """A screen that is behind changes nothing, and says why."""
    first, second = wait(server, "ho-tich", "ho-tich")
    press(clerk, "calls", seen="0")
    press(clerk, "calls", seen=str(first))
    before = seq(server)
    answer = press(clerk, button, seen=str(first))
    assert answer.status_code == 409
    assert "Màn hình vừa thay đổi ở nơi khác" in answer.text
    assert seq(server) == before
    assert state(server, second) == "called"


@pytest.mark.parametrize("button", ["calls", "recalls", "absences", "finishes"])
def test_a_screen_that_is_behind_changes_nothing(centre, clerk, button):
    check_stale(centre, clerk, button)


@pytest.mark.planted
def test_a_button_that_does_not_look_is_found(centre, clerk, monkeypatch):
    monkeypatch.setattr("operations.calling._as_seen", lambda tx, counter, seen: tickets.at_counter(tx.db, counter))
    with pytest.raises(AssertionError):
        check_stale(centre, clerk, "finishes")


@pytest.mark.parametrize("button", ["recalls", "absences", "finishes"])
def test_an_empty_counter_says_that_nobody_is_there(centre, clerk, button):
    before = seq(centre)
    answer = press(clerk, button, seen="0")
    assert answer.status_code == 409
    assert "Quầy 1 không có số nào đang phục vụ" in answer.text
    assert seq(centre) == before


def test_two_clerks_at_the_same_instant_get_two_people(centre):
    clerks = [(desk(centre, "cb01", 1), 1), (desk(centre, "cb02", 2), 2), (desk(centre, "cb03", 3), 3)]
    wait(centre, "ho-tich", "ho-tich")
    with ThreadPoolExecutor(3) as hands:
        list(hands.map(lambda pair: press(pair[0], "calls", pair[1], seen="0"), clerks))
    called = centre.store.read(lambda db: db.execute("SELECT ticket FROM calls").fetchall())
    assert len(called) == len(set(called)) == 2


def test_a_counter_serves_one_clerk_and_a_clerk_one_counter(centre, clerk):
    other = browser(centre, f"motcua-person={centre.person_cookie('cb02')}")
    taken = other.post("/counter/1/shifts", data={})
    assert taken.status_code == 409
    assert "Quầy 1 đang có người khác" in taken.text
    elsewhere = clerk.post("/counter/2/shifts", data={})
    assert elsewhere.status_code == 409
    assert "Bạn đang phục vụ ở quầy 1" in elsewhere.text


def test_nobody_presses_the_buttons_of_a_colleague(centre, clerk):
    wait(centre, "ho-tich")
    other = desk(centre, "cb02", 2)
    before = seq(centre)
    for button in ("calls", "recalls", "absences", "finishes", "shifts/end"):
        assert press(other, button, seen="0").status_code == 409
    form = {"procedure": a_procedure(), "owner_name": "LÊ THỬ"}
    assert other.post("/counter/1/dossiers", data=form).status_code == 409
    assert seq(centre) == before
    assert "Hôm nay bạn ngồi quầy nào?" in other.get("/counter/1").text


def test_getting_up_finishes_whoever_is_there_and_frees_the_counter(centre, clerk):
    (ticket,) = wait(centre, "ho-tich")
    press(clerk, "calls", seen="0")
    assert clerk.post("/counter/1/shifts/end", data={}).headers["location"] == "/counter"
    assert state(centre, ticket) == "finished"
    assert press(clerk, "calls", seen="0").status_code == 409
    desk(centre, "cb02", 1)


def test_after_getting_up_and_down_again_the_counter_works_at_once(centre, clerk):
    page = clerk.get("/counter/1").text
    up = re.search(r'shifts/end"><input type="hidden" name="request_id" value="([^"]+)"', page)[1]
    assert clerk.post("/counter/1/shifts/end", data={"request_id": up}).status_code == 303
    places = clerk.get("/counter").text
    form = re.search(r'action="/counter/1/shifts"><input type="hidden" name="request_id" value="([^"]+)"', places)
    assert clerk.post("/counter/1/shifts", data={"request_id": form[1]}).status_code == 303
    assert "own-number" in clerk.get("/counter/1").text


def test_the_papers_of_a_procedure_are_listed(clerk):
    page = clerk.get(f"/counter/1/papers?procedure={a_procedure()}").text
    assert page.count('type="checkbox" name="paper"') >= 1
    assert clerk.get("/counter/1/papers?procedure=9.999999").status_code == 404


def receive(clerk, counter: int = 1, **more):
    """Receive a dossier."""
    form = {"request_id": request_id(), "procedure": a_procedure(), "owner_name": "LÊ THỊ THỬ", **more}
    return clerk.post(f"/counter/{counter}/dossiers", data=form, headers=FRAGMENT)


def test_a_dossier_is_received_with_code_receipt_and_a_message_for_the_portal(centre, clerk):
    (ticket,) = wait(centre, "ho-tich")
    press(clerk, "calls", seen="0")
    answer = receive(clerk, identity="038190000001", phone="0900 000 001", paper=["Tờ khai", "Giấy chứng sinh"])
    assert answer.status_code == 200
    code = re.search(r'<b class="figures">(H56\.19-\d{6}-\d{4})</b>', answer.text)[1]
    dossier = centre.store.read(dossiers.find, code)
    assert dossier.ticket == ticket
    assert centre.store.read(jobs.print_job_of, "receipt", code).state == "queued"
    assert [m.kind for m in centre.store.read(outbox.portal_messages_of, code)]
    everything = centre.store.path.read_bytes() + centre.store.path.with_name("motcua.sqlite-wal").read_bytes()
    assert b"038190000001" not in everything
    assert "LÊ THỊ THỬ".encode() not in everything
    assert "038190000001" not in answer.text


def check_one_call(server: Server, clerk) -> None:
    """The same press twice calls one person."""
    wait(server, "ho-tich", "ho-tich")
    form = {"request_id": request_id(), "seen": "0"}
    with ThreadPoolExecutor(4) as fingers:
        answers = list(fingers.map(lambda _: clerk.post("/counter/1/calls", data=form, headers=FRAGMENT), range(4)))
    assert {answer.status_code for answer in answers} == {200}
    called = server.store.read(lambda db: db.execute("SELECT count(*) FROM calls").fetchone()[0])
    assert called == 1


def check_one_dossier(server: Server, clerk) -> None:
    """The same press twice is one dossier."""
    press_id = request_id()
    answers = [receive(clerk, request_id=press_id) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert server.store.read(lambda db: db.execute("SELECT count(*) FROM dossiers").fetchone()[0]) == 1


@pytest.mark.parametrize("check", [check_one_call, check_one_dossier])
def test_an_impatient_press_counts_once(centre, clerk, check):
    check(centre, clerk)


@pytest.mark.planted
@pytest.mark.parametrize("check", [check_one_call, check_one_dossier])
def test_a_press_that_is_forgotten_is_found(centre, clerk, monkeypatch, check):
    for room in ("counter.routes", "counter.commands"):
        monkeypatch.setattr(f"{room}.act_of", lambda request, form: Act("cb01"))
    with pytest.raises(AssertionError):
        check(centre, clerk)


def test_a_refused_dossier_leaves_no_code_behind(centre, clerk):
    before = seq(centre)
    assert receive(clerk, identity="123").status_code == 422
    assert seq(centre) == before
    assert "-0001</b>" in receive(clerk).text
    assert "-0002</b>" in receive(clerk).text


def test_a_code_page_forty_papers_and_not_one_more(centre, clerk):
    assert receive(clerk, paper=[f"Giấy {n}" for n in range(40)]).status_code == 200
    before = seq(centre)
    assert receive(clerk, paper=[f"Giấy {n}" for n in range(41)]).status_code == 422
    assert seq(centre) == before


def test_a_closed_counter_says_so(centre):
    clerk = browser(centre, f"motcua-person={centre.person_cookie('cb01')}")
    answer = press(clerk, "calls", seen="0")
    assert answer.status_code == 409
    assert "Quầy 1 chưa mở" in answer.text


def test_priority_is_called_by_due_moment_and_marked(centre, clerk):
    wait(centre, "ho-tich")
    centre.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich", "vi", "cao-tuoi")
    answer = press(clerk, "calls", seen="0")
    assert own_number(answer.text) == "A\u202f002"
    assert "ưu tiên" in answer.text


def test_a_supervisor_may_sit_down_too(centre):
    supervisor = desk(centre, "ql01", 12)
    assert press(supervisor, "calls", 12, seen="0").status_code == 200


def test_a_person_who_is_no_longer_here_loses_the_counter_page(centre, clerk):
    assert clerk.get("/counter/1").status_code == 200
    person = centre.store.write_now(Act("t"), managing.add_person, "moi", "Mới", ["auditor"], None)
    other = browser(centre, f"motcua-person={centre.person_cookie(person)}")
    assert other.get("/counter/1").status_code == 403
    centre.store.write_now(Act("t"), shifts.close_shift, 1, "cb01")
    assert "own-number" not in clerk.get("/counter/1").text

"""Every button of the clerk's screen over HTTP: works for who sits there, changes nothing for anybody else."""

import re

import pytest

from domain.days import local
from domain.queue_events import TicketFinished, TicketLeft
from operations import managing, shifts, ticketing
from store import counters, explanations, jobs, tickets
from store.writer import Act
from tests.counter.test_routes import FRAGMENT, own_number, press, state, wait
from tests.support.asking import browser, follow_path, request_id, seq
from tests.support.servers import Server

STOPPED = ("xay-dung", "họp")


def clear(server: Server) -> None:
    """Everybody goes home: no shift, no ticket, no pause, no alarm is left over from the test before."""
    for ticket in open_tickets(server):
        server.store.write_now(Act("t"), send_home, ticket)
    for counter, shift in server.store.read(counters.open_shifts).items():
        server.store.write_now(Act("t"), shifts.resume, counter, shift.person)
        server.store.write_now(Act("t"), shifts.end_help, counter, False)
        server.store.write_now(Act("t"), shifts.close_shift, counter, shift.person)


def open_tickets(server: Server) -> list[int]:
    sql = "SELECT id FROM tickets WHERE state IN ('waiting', 'called', 'parked', 'absent')"
    return [row[0] for row in server.store.read(lambda db: db.execute(sql).fetchall())]


def send_home(tx, ticket: int) -> None:
    """Over, however it stands."""
    found = tickets.load(tx.db, ticket)
    tx.record(TicketFinished(ticket, found.counter, "served") if found.state == "called" else TicketLeft(ticket))


def called(server: Server, clerk, counter: int = 1) -> int:
    """Somebody called to this counter."""
    (ticket,) = wait(server, "ho-tich")
    assert press(clerk, "calls", counter, seen="0").status_code == 200
    return ticket


def parked(server: Server, clerk) -> int:
    ticket = called(server, clerk)
    assert press(clerk, "parks", seen=str(ticket), note="form").status_code == 200
    return ticket


def absent(server: Server, clerk) -> int:
    ticket = called(server, clerk)
    assert press(clerk, "absences", seen=str(ticket)).status_code == 200
    return ticket


def load(server: Server, ticket: int):
    return server.store.read(tickets.load, ticket)


def said(answer) -> str:
    """The sentence after the picture."""
    return answer.text.rsplit("</hx-partial>", 1)[1]


def undo_of(answer) -> str:
    """The act that the screen offers to take back."""
    return re.search(r'name="act" value="(\d+)"', answer.text)[1]


def alarm_counters(server: Server) -> list[int]:
    return [alarm.counter for alarm in server.store.read(counters.alarms)]


def test_whoever_has_come_is_started_and_then_done(server, clerk):
    ticket = called(server, clerk)
    started = press(clerk, "starts", seen=str(ticket))
    assert load(server, ticket).started_at is not None
    assert "/finishes" in started.text and "/starts" not in started.text
    done = press(clerk, "finishes", seen=str(ticket), outcome="received")
    assert (state(server, ticket), load(server, ticket).outcome) == ("finished", "received")
    assert own_number(done.text) == "–"


def test_somebody_set_aside_is_listed_and_called_again_from_here(server, clerk):
    ticket = parked(server, clerk)
    page = clerk.get("/counter/1").text
    assert "viết tờ khai" in page
    assert f"-pick-{ticket}" in page
    answer = press(clerk, "picks", ticket=str(ticket), seen="0", reason="parked")
    assert own_number(answer.text) == load(server, ticket).number
    assert "tạm gác ở quầy này" in answer.text


@pytest.mark.parametrize("typed", ["{}", "{} ", "a{n}", "A {n:03}", "a\u202f{n:03}"])
def test_a_number_is_called_out_of_order_however_it_is_typed(server, clerk, typed):
    _, later = wait(server, "ho-tich", "ho-tich")
    wanted = load(server, later)
    answer = press(clerk, "picks", number=typed.format(wanted.number, n=wanted.n), reason="frail", seen="0")
    assert own_number(answer.text) == wanted.number
    assert "người yếu, không chờ được" in answer.text
    reason = server.store.read(explanations.last_call, later).reason
    assert reason == "frail"


def test_a_number_is_called_by_its_ticket_and_ends_the_visit_before(server, clerk):
    before, (_, later) = called(server, clerk), wait(server, "ho-tich", "ho-tich")
    press(clerk, "picks", ticket=str(later), reason="urgent", seen=str(before))
    assert (state(server, before), state(server, later)) == ("finished", "called")


@pytest.mark.parametrize(
    ("form", "line", "counter", "person"),
    [
        ({"queue": "cu-tru", "note": "other-queue"}, "cu-tru", None, None),
        ({"to_counter": "3", "note": "expert"}, "ho-tich", 3, None),
        ({"to_person": "cb02", "note": "next-step", "queue": "chung-thuc"}, "chung-thuc", None, "cb02"),
    ],
    ids=["queue", "counter", "person"],
)
def test_a_transfer_keeps_number_and_first_arrival(server, clerk, form, line, counter, person):
    ticket = called(server, clerk)
    before = load(server, ticket)
    answer = press(clerk, "transfers", seen=str(ticket), **form)
    after = load(server, ticket)
    assert own_number(answer.text) == "–"
    assert (after.number, after.arrived_at, str(after.state)) == (before.number, before.arrived_at, "waiting")
    assert (after.queue, after.for_counter, after.for_person) == (line, counter, person)


def test_somebody_absent_is_listed_and_comes_back(server, clerk):
    ticket = absent(server, clerk)
    assert f"-back-{ticket}" in clerk.get("/counter/1").text
    answer = press(clerk, "returns", ticket=str(ticket))
    assert answer.status_code == 200
    assert state(server, ticket) == "waiting"
    assert f"-back-{ticket}" not in answer.text


def test_more_time_puts_a_ticket_behind_the_next_few(server, clerk):
    first, *others = wait(server, *["ho-tich"] * 6)
    assert press(clerk, "delays", ticket=str(first)).status_code == 200
    line = [ticket.id for ticket in server.store.read(tickets.waiting_in, "ho-tich", 9)]
    places = server.store.centre().calling.places_back
    assert line == [*others[:places], first, *others[places:]]


def test_whoever_says_so_is_gone(server, clerk):
    (ticket,) = wait(server, "ho-tich")
    assert press(clerk, "departures", ticket=str(ticket)).status_code == 200
    assert state(server, ticket) == "left"


def test_a_class_is_confirmed_and_taken_away(server, clerk):
    _, later = wait(server, "ho-tich", "ho-tich")
    ordinary = load(server, later).key
    assert press(clerk, "classes", ticket=str(later), priority="cao-tuoi", reason="confirmed").status_code == 200
    confirmed = load(server, later)
    assert (confirmed.priority, confirmed.key < ordinary) == ("cao-tuoi", True)
    assert press(clerk, "classes", ticket=str(later), reason="denied").status_code == 200
    assert (load(server, later).priority, load(server, later).key) == (None, ordinary)


@pytest.mark.parametrize(
    ("button", "form", "after"),
    [
        ("recalls", {}, "called"),
        ("starts", {}, "called"),
        ("absences", {}, "called"),
        ("finishes", {}, "called"),
        ("parks", {}, "called"),
        ("transfers", {"queue": "cu-tru", "note": "other-queue"}, "called"),
    ],
)
def test_every_act_on_a_ticket_can_be_taken_back(server, clerk, button, form, after):
    ticket = called(server, clerk)
    before = load(server, ticket)
    answer = press(clerk, button, seen=str(ticket), **form)
    assert "Hoàn tác" in answer.text
    undone = press(clerk, "undos", act=undo_of(answer))
    assert undone.status_code == 200
    assert load(server, ticket) == before
    assert own_number(undone.text) == before.number
    assert "/undos" not in undone.text


@pytest.mark.parametrize(
    ("button", "form", "words"),
    [
        ("returns", {}, "đã quay lại"),
        ("classes", {"priority": "cao-tuoi", "reason": "changed"}, "sửa diện ưu tiên"),
        ("delays", {}, "cho thêm thời gian"),
        ("departures", {}, "không chờ nữa"),
    ],
)
def test_every_act_on_a_number_that_is_not_here_can_be_taken_back(server, clerk, button, form, words):
    ticket = absent(server, clerk) if button == "returns" else wait(server, *["ho-tich"] * 3)[0]
    before = load(server, ticket)
    answer = press(clerk, button, ticket=str(ticket), **form)
    assert load(server, ticket) != before
    assert f"Hoàn tác: {words} {before.number}" in answer.text
    assert press(clerk, "undos", act=undo_of(answer)).status_code == 200
    assert load(server, ticket) == before


def test_a_phone_that_moves_a_number_offers_the_clerk_nothing_to_take_back(server, clerk):
    ticket = absent(server, clerk)
    phone = browser(server)
    assert phone.post(follow_path(server, ticket) + "/returns").status_code == 303
    assert state(server, ticket) == "waiting"
    assert "/undos" not in clerk.get("/counter/1").text


def test_taking_back_next_brings_back_the_visit_that_it_ended(server, clerk):
    first, (second,) = called(server, clerk), wait(server, "ho-tich")
    answer = press(clerk, "calls", seen=str(first))
    press(clerk, "undos", act=undo_of(answer))
    assert (state(server, first), state(server, second)) == ("called", "waiting")


def test_only_the_act_that_the_screen_offered_is_taken_back_and_only_once(server, clerk):
    ticket = called(server, clerk)
    act = undo_of(press(clerk, "recalls", seen=str(ticket)))
    assert press(clerk, "undos", act=act).status_code == 200
    before = seq(server)
    for again in (act, "1"):
        refused = press(clerk, "undos", act=again)
        assert (refused.status_code, "Không còn việc nào để hoàn tác" in refused.text) == (409, True)
    assert seq(server) == before


def test_a_counter_rests_and_serves_again(server, clerk):
    answer = press(clerk, "pauses", reason="errand", minutes="15")
    assert "lấy hồ sơ, giấy tờ" in answer.text
    pause = server.store.read(counters.pause_at, 1)
    assert (pause.reason, pause.minutes) == ("errand", 15)
    assert "Chưa gọi số nào" in press(clerk, "pauses/end").text
    assert server.store.read(counters.pause_at, 1) is None


def test_calling_ends_a_pause_and_a_pause_can_be_taken_back(server, clerk):
    answer = press(clerk, "pauses", reason="break", minutes="10")
    press(clerk, "undos", act=undo_of(answer))
    assert server.store.read(counters.pause_at, 1) is None
    press(clerk, "pauses", reason="break", minutes="10")
    called(server, clerk)
    assert server.store.read(counters.pause_at, 1) is None


def test_nobody_rests_while_serving(server, clerk):
    called(server, clerk)
    before = seq(server)
    refused = press(clerk, "pauses", reason="break", minutes="10")
    assert (refused.status_code, "Quầy còn đang phục vụ số" in refused.text) == (409, True)
    assert seq(server) == before


def test_a_call_for_help_is_silent_here_and_loud_at_the_colleagues(server, clerk, colleague):
    quiet = press(clerk, "help")
    assert "gọi hỗ trợ" not in re.sub(r'title="[^"]*"', "", quiet.text).replace("Hủy gọi hỗ trợ", "")
    assert said(quiet).strip() == ""
    assert alarm_counters(server) == [1]
    assert "Quầy 1 gọi hỗ trợ" in colleague.get("/counter/2").text
    ended = press(colleague, "help/end", back="2")
    assert "Quầy 1 gọi hỗ trợ" not in ended.text
    assert 'id="own-number"' in ended.text
    assert alarm_counters(server) == []


def test_a_call_for_help_by_mistake_is_ended_from_the_own_counter(server, clerk, colleague):
    press(clerk, "help")
    offered = re.search(
        r'id="help-off"><input type="hidden" name="request_id" value="([^"]+)">'
        r'<input type="hidden" name="false_alarm" value="1"><input type="hidden" name="back" value="1">',
        clerk.get("/counter/1").text,
    )
    ended = press(clerk, "help/end", request_id=offered[1], false_alarm="1", back="1")
    assert ('id="help"' in ended.text, 'id="help-off"' in ended.text) == (True, False)
    assert "gọi hỗ trợ" not in colleague.get("/counter/2").text.replace("để gọi hỗ trợ", "")
    assert alarm_counters(server) == []
    kept = server.store.read(lambda db: db.execute("SELECT false_alarm FROM alarms ORDER BY seq").fetchall())
    assert kept[-1] == (1,)


def test_help_is_called_a_second_time_from_the_same_page(server, clerk, colleague):
    """The request id of the button changes with every picture: else the second cry would be the first one again."""
    for _ in range(2):
        form = re.search(
            r'/counter/1/help"[^>]*><input type="hidden" name="request_id" value="([^"]+)"',
            clerk.get("/counter/1").text,
        )
        assert press(clerk, "help", request_id=form[1]).status_code == 200
        assert alarm_counters(server) == [1]
        press(colleague, "help/end", back="2")


def test_a_walk_up_gets_a_number_and_a_slip(server, clerk):
    before = len(open_tickets(server))
    answer = press(clerk, "walk-ups", queue="chung-thuc", priority="khuyet-tat", print="1")
    (ticket,) = open_tickets(server)
    found = load(server, ticket)
    assert (before, found.queue, found.priority) == (0, "chung-thuc", "khuyet-tat")
    assert f"Đã thêm số {found.number}" in said(answer)
    assert server.store.read(jobs.print_job_of, "ticket", str(ticket)) is not None


def test_a_walk_up_without_paper(server, clerk):
    press(clerk, "walk-ups", queue="ho-tich")
    (ticket,) = open_tickets(server)
    assert server.store.read(jobs.print_job_of, "ticket", str(ticket)) is None


def test_a_stopped_queue_takes_a_walk_up_only_with_a_reason(server, clerk):
    server.store.write_now(Act("ql02"), managing.stop_queue, *STOPPED)
    before = seq(server)
    refused = press(clerk, "walk-ups", queue=STOPPED[0])
    assert (refused.status_code, "đang tạm dừng: họp" in refused.text) == (409, True)
    assert seq(server) == before
    assert press(clerk, "walk-ups", queue=STOPPED[0], override="hẹn trước").status_code == 200
    assert load(server, *open_tickets(server)).queue == STOPPED[0]
    server.store.write_now(Act("ql02"), managing.resume_queue, STOPPED[0])


def test_a_lost_slip_is_found_by_queue_and_time_and_printed_as_a_copy(server, clerk):
    (ticket,) = wait(server, "giay-to")
    found = load(server, ticket)
    at = f"{local(found.arrived_at):%H:%M}"
    listed = clerk.get("/counter/1/slips", params={"queue": "giay-to", "at": at}, headers=FRAGMENT).text
    assert found.number in listed
    assert found.number not in clerk.get("/counter/1/slips?queue=cu-tru&at=" + at).text
    plain = clerk.get("/counter/1/slips", params={"queue": "giay-to", "at": at}).text
    assert all(words in plain for words in ("<html", 'href="/counter/1"', found.number))
    assert "<html" not in listed
    answer = press(clerk, "reprints", ticket=str(ticket))
    assert f"Đang in lại phiếu số {found.number}" in said(answer)
    assert server.store.read(jobs.print_job_of, "ticket", str(ticket)).copy == 2
    press(clerk, "reprints", number=f"{found.prefix}{found.n}")
    assert server.store.read(jobs.print_job_of, "ticket", str(ticket)).copy == 3


@pytest.mark.parametrize("at", ["", "99:99", "xx:yy", "1", "٣٤:٥٦", "25:00"])
def test_a_time_that_is_none_finds_slips_around_now(server, clerk, at):
    assert clerk.get("/counter/1/slips", params={"queue": "ho-tich", "at": at}).status_code == 200


def test_a_counter_is_taken_over_with_whom_it_serves_and_given_back(server, clerk):
    ticket = called(server, clerk)
    other = browser(server, f"motcua-person={server.person_cookie('cb03')}")
    offered = re.search(
        r'action="/counter/1/shifts/taken"><input type="hidden" name="request_id" value="([^"]+)"',
        other.get("/counter").text,
    )
    taken = other.post("/counter/1/shifts/taken", data={"request_id": offered[1]})
    assert (taken.status_code, taken.headers["location"]) == (303, "/counter/1")
    page = other.get("/counter/1")
    assert own_number(page.text) == load(server, ticket).number
    assert "own-number" not in clerk.get("/counter/1").text
    assert press(clerk, "recalls", seen=str(ticket)).status_code == 409
    assert press(other, "undos", act=undo_of(page)).status_code == 200
    assert own_number(clerk.get("/counter/1").text) == load(server, ticket).number


def test_nobody_takes_over_an_empty_chair_nor_sits_on_two(server, clerk, colleague):
    before = seq(server)
    empty = press(browser(server, f"motcua-person={server.person_cookie('cb03')}"), "shifts/taken", 4)
    assert (empty.status_code, "Quầy 4 chưa mở" in empty.text) == (409, True)
    second = press(colleague, "shifts/taken", 1)
    assert (second.status_code, "Bạn đang phục vụ ở quầy 2" in second.text) == (409, True)
    assert seq(server) == before + 1  # the sign-in of the third


OF_TICKET = {
    "starts": {},
    "parks": {"note": "form"},
    "finishes": {"outcome": "received"},
    "transfers": {"queue": "cu-tru", "note": "other-queue"},
    "picks": {"number": "A 001", "reason": "urgent"},
}
OF_LIST = {
    "returns": {},
    "delays": {},
    "departures": {},
    "classes": {"priority": "cao-tuoi", "reason": "confirmed"},
}
OF_COUNTER = {
    "undos": {"act": "1"},
    "pauses": {"reason": "break", "minutes": "5"},
    "pauses/end": {},
    "help": {},
    "walk-ups": {"queue": "ho-tich"},
    "reprints": {},
}
EVERY = OF_TICKET | OF_LIST | OF_COUNTER


@pytest.mark.parametrize("button", EVERY)
def test_a_colleague_is_refused_in_every_language_and_changes_nothing(server, clerk, colleague, button):
    ticket = called(server, clerk)
    form = EVERY[button] | ({"ticket": str(ticket)} if button in OF_LIST or button == "reprints" else {})
    before = seq(server)
    refusals = set()
    for language in ("vi", "en", "fr"):
        refused = press(colleague, f"{button}?lang={language}", seen=str(ticket), **form)
        assert refused.status_code == 409
        refusals.add(re.sub("<[^>]+>", "", refused.text).strip())
    assert len(refusals) == 3
    assert "Quầy 1 đang có người khác phục vụ." in refusals
    assert seq(server) == before


@pytest.mark.parametrize("button", OF_TICKET)
def test_a_stale_press_changes_nothing_and_says_why(server, clerk, button):
    first = called(server, clerk)
    wait(server, "ho-tich", "ho-tich")
    press(clerk, "calls", seen=str(first))
    before = seq(server)
    refused = press(clerk, button, seen=str(first), **EVERY[button])
    if button == "picks":  # the number that was typed is read before anything else
        (waiting,) = server.store.read(tickets.waiting_in, "ho-tich", 1)
        refused = press(clerk, button, seen=str(first), ticket=str(waiting.id), reason="urgent")
    assert (refused.status_code, "Màn hình vừa thay đổi ở nơi khác" in refused.text) == (409, True)
    assert seq(server) == before


@pytest.mark.parametrize(
    ("button", "form"),
    [
        ("starts", {"seen": "-1"}),
        ("starts", {"seen": "x"}),
        ("starts", {"request_id": "short"}),
        ("picks", {"number": "Đ12", "reason": "urgent"}),
        ("picks", {"number": "A" * 300, "reason": "urgent"}),
        ("picks", {"number": "A٣", "reason": "urgent"}),
        ("picks", {"number": "", "reason": "urgent"}),
        ("picks", {"ticket": "0", "reason": "urgent"}),
        ("picks", {"ticket": "TICKET", "reason": "because"}),
        ("picks", {"ticket": "TICKET", "reason": "parked" * 9}),
        ("parks", {"note": "coffee"}),
        ("finishes", {"outcome": "vanished"}),
        ("transfers", {"queue": "cu-tru"}),
        ("transfers", {"queue": "cu-tru", "note": "because"}),
        ("transfers", {"note": "expert"}),
        ("transfers", {"note": "expert", "to_counter": "3", "to_person": "cb02"}),
        ("transfers", {"note": "expert", "to_counter": "1000"}),
        ("transfers", {"note": "expert", "to_person": "ql03"}),
        ("returns", {}),
        ("returns", {"ticket": "1e3"}),
        ("delays", {"ticket": "-5"}),
        ("departures", {"ticket": str(2**60)}),
        ("classes", {"ticket": "TICKET", "priority": "vip", "reason": "confirmed"}),
        ("classes", {"ticket": "TICKET", "priority": "cao-tuoi", "reason": "because"}),
        ("classes", {"ticket": "TICKET", "priority": "cao-tuoi"}),
        ("undos", {}),
        ("undos", {"act": "last"}),
        ("pauses", {"reason": "break"}),
        ("pauses", {"reason": "break", "minutes": "0"}),
        ("pauses", {"reason": "break", "minutes": "241"}),
        ("pauses", {"reason": "nap", "minutes": "10"}),
        ("help/end", {"back": "-1"}),
        ("help/end", {"back": "two"}),
        ("walk-ups", {}),
        ("walk-ups", {"queue": "ho-tich", "priority": "vip"}),
        ("walk-ups", {"queue": "ho-tich", "language": "de"}),
        ("walk-ups", {"queue": "ho-tich", "override": "x" * 121}),
        ("walk-ups", {"queue": "ho-tich", "override": "a\x00b"}),
        ("reprints", {}),
        ("reprints", {"number": "??"}),
    ],
)
def test_a_malformed_field_changes_nothing(server, clerk, colleague, button, form):
    needs_ticket = button in {**OF_TICKET, **OF_LIST}
    ticket = called(server, clerk) if needs_ticket else 0
    if button == "picks" and form.get("ticket") == "TICKET":
        (waiting,) = wait(server, "ho-tich")
    else:
        waiting = ticket
    press(colleague, "help")
    filled = {name: str(waiting) if value == "TICKET" else value for name, value in form.items()}
    before = seq(server)
    counter = 2 if button == "help/end" else 1
    refused = press(clerk, button, counter, **filled)
    assert refused.status_code == 422, refused.text
    no_class = form.get("priority") == "vip"
    assert ("Diện ưu tiên này không có" if no_class else "Dữ liệu gửi lên chưa đúng") in refused.text
    assert seq(server) == before


@pytest.mark.parametrize(
    ("button", "form", "status"),
    [
        ("picks", {"number": "Z 999", "reason": "urgent"}, 404),
        ("picks", {"ticket": "999999", "reason": "urgent"}, 404),
        ("transfers", {"queue": "khong-co", "note": "expert"}, 404),
        ("transfers", {"to_counter": "99", "note": "expert"}, 404),
        ("returns", {"ticket": "999999"}, 404),
        ("delays", {"ticket": "999999"}, 404),
        ("departures", {"ticket": "999999"}, 404),
        ("classes", {"ticket": "999999", "reason": "denied"}, 404),
        ("walk-ups", {"queue": "khong-co"}, 404),
        ("reprints", {"ticket": "999999"}, 404),
        ("help/end", {"back": "99"}, 404),
    ],
)
def test_what_does_not_exist_is_not_found_and_changes_nothing(server, clerk, button, form, status):
    called(server, clerk)
    press(clerk, "help")
    before = seq(server)
    assert press(clerk, button, **form).status_code == status
    assert seq(server) == before


@pytest.mark.parametrize("button", ["returns", "delays", "departures", "classes"])
def test_a_ticket_that_moved_on_is_refused(server, clerk, button):
    ticket = called(server, clerk)
    press(clerk, "finishes", seen=str(ticket))
    before = seq(server)
    refused = press(clerk, button, ticket=str(ticket), reason="denied")
    assert (refused.status_code, "không còn ở chỗ đó" in refused.text) == (409, True)
    assert seq(server) == before


@pytest.mark.parametrize("button", OF_TICKET.keys() - {"picks"})
def test_with_nobody_there_a_button_of_the_ticket_says_so(server, clerk, button):
    before = seq(server)
    refused = press(clerk, button, seen="0", **EVERY[button])
    assert (refused.status_code, "không có số nào đang phục vụ" in refused.text) == (409, True)
    assert seq(server) == before


@pytest.mark.parametrize("button", [*EVERY, "help/end"])
def test_every_button_works_without_javascript(server, clerk, button):
    ticket = called(server, clerk) if button in {**OF_TICKET, "undos": {}} else wait(server, "ho-tich")[0]
    form = EVERY.get(button, {"back": "1"}) | ({"ticket": str(ticket)} if button in OF_LIST else {})
    if button == "returns":
        press(clerk, "calls", seen="0")
        press(clerk, "absences", seen=str(ticket))
    if button == "picks":
        form = {"ticket": str(wait(server, "ho-tich")[0]), "reason": "urgent"}
    if button == "reprints":
        form = {"ticket": str(ticket)}
    if button == "undos":
        form = {"act": undo_of(clerk.get("/counter/1"))}
    answer = clerk.post(f"/counter/1/{button}", data={"request_id": request_id(), **form})
    assert (answer.status_code, answer.headers.get("location")) == (303, "/counter/1")


def check_once(server: Server, clerk, button: str, form: dict[str, str]) -> None:
    """The same press three times is one."""
    before, press_id = seq(server), request_id()
    answers = [press(clerk, button, request_id=press_id, **form) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert seq(server) == before + 1


@pytest.mark.parametrize(
    ("button", "form"),
    [("walk-ups", {"queue": "ho-tich"}), ("pauses", {"reason": "break", "minutes": "5"}), ("help", {})],
)
def test_an_impatient_press_counts_once(server, clerk, button, form):
    check_once(server, clerk, button, form)


@pytest.mark.planted
def test_a_press_that_is_forgotten_is_found(server, clerk, monkeypatch):
    monkeypatch.setattr("counter.commands.act_of", lambda request, form: Act("cb01"))
    with pytest.raises(AssertionError):
        check_once(server, clerk, "walk-ups", {"queue": "ho-tich"})


def test_nobody_is_called_to_a_counter_by_somebody_who_never_sat_down(server, clerk):
    stranger = browser(server, f"motcua-person={server.person_cookie('cb04')}")
    server.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich")
    before = seq(server)
    for button, form in EVERY.items():
        filled = {"ticket": str(open_tickets(server)[0])} | form
        assert press(stranger, button, 4, **filled).status_code == 409
    assert seq(server) == before

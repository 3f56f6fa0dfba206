"""The kiosk's scanner: cards, dossiers, appointments; one active number a person; nothing kept that names one."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from domain.appointments import code_from
from domain.tickets import TicketState
from kiosk import scans
from kiosk.memory import memory_of
from operations import booking, calling, intake, opening, ticketing
from store import holders, tickets
from store.days import newest
from store.writer import Act
from tests.support.asking import NO_PRINTERS, QUEUE, browser, follow_path, request_id, seq
from tests.support.halls import MORNING, HandClock
from tests.support.servers import Server, running
from web import appointments, cards

FRAGMENT = {"HX-Request": "true"}


def card(n: int, *, dropped: bool = False, extra: str = "") -> str:
    """The code of a card that nobody has used; `dropped` without the old number, `extra` with later fields."""
    old = "" if dropped else "|"
    return f"0010901{n:05d}|{old}Nguyễn Văn {'ABCDEFGHIJ'[n % 10]}|01011990|Nam|Phường Bến Nghé|15042021{extra}"


@pytest.fixture(scope="module")
def clock():
    return HandClock(MORNING)


@pytest.fixture(scope="module")
def centre(tmp_path_factory, clock):
    with running(tmp_path_factory.mktemp("scans") / "data", clock, printer_of=NO_PRINTERS) as server:
        yield server


@pytest.fixture(scope="module")
def kiosk(centre):
    return browser(centre, f"motcua-device-K1={centre.device_cookie('K1')}")


@pytest.fixture(scope="module")
def neighbour(centre):
    return browser(centre, f"motcua-device-K2={centre.device_cookie('K2')}")


def scan(kiosk, text: str, device: str = "K1", lang: str = "vi", **headers: str):
    return kiosk.post(f"/kiosk/{device}/scans?lang={lang}", data={"text": text}, headers=headers or FRAGMENT)


def journey_in(page: str) -> str:
    return re.search(r'name="journey" value="([^"]+)"', page)[1]


def number_in(page: str) -> str | None:
    found = re.search(r'class="number"[^>]*>([^<]+)<', page)
    return found[1] if found else None


def press(kiosk, path: str, journey: str, device: str = "K1", **fields: str):
    form = {"journey": journey, "request_id": request_id(), **fields}
    return kiosk.post(f"/kiosk/{device}/{path}", data=form, headers=FRAGMENT)


def take(kiosk, text: str, queue: str = QUEUE, device: str = "K1"):
    """Scan a card and press a queue."""
    return press(kiosk, "tickets", journey_in(scan(kiosk, text, device).text), device, queue=queue)


def waiting(centre: Server) -> int:
    return centre.store.read(lambda db: db.execute("SELECT count(*) FROM tickets").fetchone()[0])


def check_one_number(centre: Server, kiosk, neighbour, person: int) -> None:
    """However often, wherever and for whatever one asks, a person has one number that waits."""
    before = waiting(centre)
    first = number_in(take(kiosk, card(person)).text)
    for text in (card(person), card(person, dropped=True), card(person, extra="|001090000009|cha|mẹ")):
        page = scan(neighbour, text, "K2").text
        assert number_in(page) == first
        assert "Thôi chờ số này" in page
    journeys = [journey_in(scan(kiosk, card(person)).text)] * 4
    with ThreadPoolExecutor(4) as fingers:
        answers = list(fingers.map(lambda j: press(kiosk, "tickets", j, queue="chung-thuc"), journeys))
    assert {number_in(answer.text) for answer in answers} == {first}
    assert waiting(centre) == before + 1


def test_one_active_number_a_person(centre, kiosk, neighbour):
    check_one_number(centre, kiosk, neighbour, 1)


@pytest.mark.planted
def test_planted_a_centre_that_does_not_know_people_again_is_found(centre, kiosk, neighbour, monkeypatch):
    monkeypatch.setattr("operations.ticketing.holders.active_ticket", lambda db, holder: None)
    monkeypatch.setattr("kiosk.scans.holders.active_ticket", lambda db, holder: None)
    with pytest.raises(AssertionError):
        check_one_number(centre, kiosk, neighbour, 2)


def test_without_a_card_one_can_always_take_a_number(centre, kiosk):
    take(kiosk, card(3))
    before = waiting(centre)
    answer = kiosk.post("/kiosk/K1/tickets", data={"queue": QUEUE, "request_id": request_id()}, headers=FRAGMENT)
    assert answer.status_code == 200
    assert waiting(centre) == before + 1


def test_who_leaves_the_number_may_take_another(centre, kiosk):
    first = number_in(take(kiosk, card(4)).text)
    page = scan(kiosk, card(4)).text
    left = press(kiosk, "departures", journey_in(page))
    assert first in left.text
    assert 'name="queue"' in left.text
    second = number_in(press(kiosk, "tickets", journey_in(left.text), queue=QUEUE).text)
    assert second and second != first


def test_who_is_served_is_sent_to_the_counter_and_who_was_served_is_free(centre, kiosk):
    queue = "xay-dung"
    first = number_in(take(kiosk, card(5), queue).text)
    centre.open_shift("cb12", 12)
    called = centre.store.write_now(Act("cb12"), calling.call_next, 12, "cb12")
    assert called.ticket.number == first
    page = scan(kiosk, card(5)).text
    assert first in page and "quầy 12" in page
    assert "Thôi chờ số này" not in page
    centre.store.write_now(Act("cb12"), calling.finish, 12, "cb12")
    assert number_in(take(kiosk, card(5), queue).text) != first


def test_the_same_press_is_the_same_number_also_with_a_card(centre, kiosk):
    journey, again = journey_in(scan(kiosk, card(6)).text), request_id()
    form = {"journey": journey, "request_id": again, "queue": QUEUE}
    answers = [kiosk.post("/kiosk/K1/tickets", data=form, headers=FRAGMENT) for _ in range(3)]
    assert len({number_in(answer.text) for answer in answers}) == 1


def test_a_journey_is_worth_nothing_at_another_kiosk_or_after_the_first_screen(centre, kiosk, neighbour):
    journey = journey_in(scan(kiosk, card(7)).text)
    assert press(neighbour, "departures", journey, "K2").status_code == 409
    kiosk.get("/kiosk/K1")
    assert press(kiosk, "departures", journey).status_code == 409
    before = waiting(centre)
    assert number_in(press(kiosk, "tickets", journey, queue=QUEUE).text)
    assert waiting(centre) == before + 1
    assert number_in(scan(kiosk, card(7)).text) is None


@pytest.mark.parametrize(
    "text",
    ["", "893", "x" * 1500, "A012", "\x02\x03", "http://evil.example/x", "WIFI:S:a;P:b;;", card(1)[1:], "|||||||",
     card(1).replace("Phường", "Ph\x00ường"), card(1).replace("|", ","), "https://hall.lan/follow/1-" + "a" * 26],
)  # fmt: skip
@pytest.mark.parametrize("lang", ["vi", "en", "fr"])
def test_what_is_none_of_ours_is_refused_in_words_and_leaves_nothing(centre, kiosk, text, lang):
    before, remembered = seq(centre), len(memory_of_(centre).journeys)
    for headers in (FRAGMENT, {"Accept": "text/html"}):
        answer = scan(kiosk, text, "K1", lang, **headers)
        assert answer.status_code in (404, 422)
        assert "failure" in answer.text
        assert text not in answer.text or len(text) < 6
    assert seq(centre) == before
    assert len(memory_of_(centre).journeys) <= remembered


def memory_of_(centre: Server):
    class Connection:
        app = centre.app

    return memory_of(Connection())


def test_what_is_too_large_is_refused(kiosk):
    assert scan(kiosk, "x" * 5000).status_code == 413


def test_a_slip_shows_its_number_and_gives_no_way_to_leave_it(centre, kiosk):
    ticket = centre.store.write_now(Act("device:K2"), ticketing.take_ticket, QUEUE)
    page = scan(kiosk, "https://hall.lan" + follow_path(centre, ticket.id)).text
    assert number_in(page) == ticket.number
    assert "Thôi chờ số này" not in page
    assert press(kiosk, "departures", journey_in_memory(centre)).status_code == 200
    assert centre.store.read(tickets.load, ticket.id).state is TicketState.WAITING


def journey_in_memory(centre: Server) -> str:
    return list(memory_of_(centre).journeys._known)[-1]


def booked(centre: Server, clock, identity: str, hours: float = 2, code: bytes = b"sixteen bytes or more") -> str:
    house, letters = centre.app.state.house, code_from(hashlib.sha256(code).digest())
    slot = (clock() + timedelta(hours=hours)).replace(minute=0, second=0)
    secrets = appointments.code_hash(house, letters), appointments.holder_hash(house, f"09{identity[-8:]}")
    hashed = cards.hash_of(house.vault, cards.APPOINTMENT, identity)
    centre.store.write_now(Act("anyone"), booking.book, QUEUE, slot, *secrets, card=hashed)
    return letters


def test_a_card_finds_its_appointment_and_one_tap_checks_in(centre, kiosk, clock):
    text = card(20)
    booked(centre, clock, text[:12], code=b"appointment by card")
    page = scan(kiosk, text).text
    assert "10:00" in page
    number = number_in(press(kiosk, "arrivals", journey_in(page)).text)
    assert number
    assert number_in(scan(kiosk, text).text) == number, "the number of the appointment is the person's one number"


def test_the_code_of_an_appointment_is_read_too(centre, kiosk, clock):
    code = booked(centre, clock, card(21)[:12], code=b"appointment by code")
    page = scan(kiosk, code).text
    assert number_in(press(kiosk, "arrivals", journey_in(page)).text)
    assert scan(kiosk, "ACEFHJKM").status_code == 404


def test_an_appointment_of_another_day_is_told_and_not_kept(centre, kiosk, clock):
    text = card(22)
    booked(centre, clock, text[:12], hours=50, code=b"appointment tomorrow")
    page = scan(kiosk, text).text
    assert "Chưa phải hôm nay" in page
    assert press(kiosk, "arrivals", journey_in(page)).status_code == 409


def received(centre: Server, identity: str = "") -> str:
    house = centre.app.state.house
    hashed = cards.hash_of(house.vault, cards.DOSSIER, identity) if identity else None
    taken = intake.Intake("1.001193", house.vault.seal(b"{}"), card=hashed)
    if centre.store.read(lambda db: db.execute("SELECT 1 FROM shifts WHERE counter = 1").fetchone()) is None:
        centre.open_shift("cb01", 1)
    return centre.store.write_now(Act("cb01"), intake.receive_dossier, 1, "cb01", taken).code


def resolved(centre: Server, code: str, status: int = 9) -> None:
    centre.store.write_now(
        Act("t"), lambda tx: tx.db.execute("UPDATE dossiers SET status = ? WHERE code = ?", (status, code)).rowcount
    )


def test_a_dossier_tells_how_it_stands_by_its_last_digits_alone(centre, kiosk):
    code = received(centre)
    page = scan(kiosk, code).text
    assert "đang được giải quyết" in page
    assert code not in page and code[-4:] in page
    resolved(centre, code)
    page = scan(kiosk, code).text
    assert "Kết quả của bạn đã có: hàng K" in page
    assert 'value="tra-ket-qua"' in page
    assert code not in page and "khai sinh" not in page


@pytest.mark.parametrize(
    ("status", "words", "queue"),
    [(5, "bổ sung giấy tờ", QUEUE), (6, "nộp phí", QUEUE), (8, "đã dừng", ""), (10, "đã được trao", "")],
)
def test_each_standing_has_its_words_and_its_queue(centre, kiosk, status, words, queue):
    code = received(centre)
    resolved(centre, code, status)
    page = scan(kiosk, code).text
    assert words in page
    assert (f'dossier-1"><input type="hidden" name="queue" value="{queue}"' in page) is bool(queue)


def test_a_card_finds_its_own_dossiers_only(centre, kiosk):
    mine, others = received(centre, card(30)[:12]), received(centre, card(31)[:12])
    resolved(centre, mine)
    page = scan(kiosk, card(30)).text
    assert "Kết quả của bạn đã có: hàng K" in page
    assert mine[-4:] in page and others[-4:] not in page


def test_foreign_dossiers_are_not_guessed(centre, kiosk):
    scans.unknown_codes.forget()
    code = received(centre)
    answers = [scan(kiosk, f"H99-261123-{n:04d}") for n in range(22)]
    assert [answer.status_code for answer in answers[:20]] == [404] * 20
    assert answers[21].status_code == 429
    assert "H99-261123" not in answers[0].text
    scans.unknown_codes.forget()
    assert scan(kiosk, code).status_code == 200


def test_without_script_the_plain_field_leads_through(centre, kiosk):
    assert 'name="text"' in kiosk.get("/kiosk/K1/scans").text
    page = scan(kiosk, card(40), "K1", "en", Accept="text/html").text
    assert '<html lang="en">' in page
    form = {"journey": journey_in(page), "queue": QUEUE, "request_id": request_id()}
    answer = kiosk.post("/kiosk/K1/tickets", data=form)
    assert answer.status_code == 200 and number_in(answer.text)


def check_forgotten(server: Server, clock) -> None:
    """With the day goes whose numbers they were, whether or not a new day opens."""
    kiosk = browser(server, f"motcua-device-K1={server.device_cookie('K1')}")
    first = number_in(take(kiosk, card(50)).text)
    assert server.store.read(holders.holds_tickets)
    clock.forward(days=1)
    assert server.store.read(opening.has_stale_holders, clock())
    kiosk = browser(server, f"motcua-device-K1={server.device_cookie('K1')}")
    fresh = take(kiosk, card(51)).text
    assert number_in(fresh) == first
    assert server.store.read(lambda db: db.execute("SELECT count(*) FROM card_holders").fetchone()[0]) == 1


def test_whose_numbers_they_were_goes_with_the_day(tmp_path):
    clock = HandClock(MORNING)
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        check_forgotten(server, clock)


@pytest.mark.planted
def test_planted_a_centre_that_remembers_people_over_night_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("operations.opening.holders.forget_tickets", lambda db: None)
    clock = HandClock(MORNING)
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server, pytest.raises(AssertionError):
        check_forgotten(server, clock)


def test_no_new_day_is_needed_to_forget(tmp_path):
    clock = HandClock(MORNING)
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        take(browser(server, f"motcua-device-K1={server.device_cookie('K1')}"), card(60))
        before = seq(server)
        server.store.write_now(Act("system"), opening.forget_holders)
        assert not server.store.read(holders.holds_tickets)
        assert seq(server) == before
        assert server.store.read(newest).id == 1

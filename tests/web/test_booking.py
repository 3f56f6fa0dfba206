"""The pages for appointments without a browser: from home, at the kiosk, by staff; codes, tries, languages."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image

from domain.appointments import CODE_LETTERS, plain_code
from domain.errors import TooManyTries
from domain.tickets import milliseconds
from operations import managing
from store import appointments as rows
from store import tickets
from store.writer import Act
from tests.support.asking import NO_PRINTERS, QUEUE, a_phone, browser, request_id, seq
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre
from tests.support.servers import running
from web import appointments
from web.tries import Tries

CODE = re.compile(rf'id="code">([{CODE_LETTERS}]{{4}} [{CODE_LETTERS}]{{4}})<')
NINE = milliseconds(MORNING + timedelta(hours=1))
TEN = milliseconds(MORNING + timedelta(hours=2))
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def clock():
    return HandClock(MORNING)


@pytest.fixture
def centre(tmp_path, clock, monkeypatch):
    """A centre on a Monday morning in which nobody has tried anything yet."""
    monkeypatch.setattr(appointments, "wrong_codes", Tries(8, 60, lambda: 0.0))
    monkeypatch.setattr(appointments, "bookings", Tries(30, 600, lambda: 0.0))
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        yield server


@pytest.fixture
def phone(centre):
    """Somebody at home."""
    return browser(centre)


@pytest.fixture
def kiosk(centre):
    return browser(centre, f"motcua-device-K1={centre.device_cookie('K1')}")


def book(phone, slot: int = NINE, number: str | None = None, request: str | None = None, lang: str = "vi"):
    """Press 'book'."""
    form = {"queue": QUEUE, "slot": slot, "phone": number or a_phone(), "request_id": request or request_id()}
    return phone.post(f"/booking/appointments?lang={lang}", data=form)


def code_on(answer) -> str:
    """The code that the page shows."""
    assert answer.status_code == 200, answer.text
    found = CODE.search(answer.text)
    assert found, answer.text
    return found[1]


def test_queue_day_time_and_phone_number_lead_to_a_code(phone):
    start = phone.get("/booking").text
    assert re.findall(r'href="/booking\?queue=([a-z-]+)', start) == ["ho-tich", "dat-dai"]
    slots = phone.get(f"/booking?queue={QUEUE}").text
    assert f"slot={NINE}" in slots
    assert slots.count("còn 4 chỗ") == 10
    wednesday = phone.get(f"/booking?queue={QUEUE}&day=2026-11-25").text
    assert f"slot={NINE}" not in wednesday
    assert 'name="phone"' in phone.get(f"/booking?queue={QUEUE}&slot={NINE}").text
    assert code_on(book(phone))
    assert phone.get(f"/booking?queue={QUEUE}").text.count("còn 3 chỗ") == 1


def test_the_code_is_a_qr_too_that_a_scanner_types_at_the_kiosk(phone, kiosk):
    """No address of its own: the code must not stand in a log."""
    answer = book(phone)
    code = code_on(answer)
    width = int(re.search(r'viewBox="0 0 (\d+) \1"', answer.text)[1])
    picture = Image.new("L", (width * 8, width * 8), 255)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", answer.text):
        picture.paste(0, (int(x) * 8, int(y) * 8, int(x) * 8 + 8, int(y) * 8 + 8))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [plain_code(code)]
    assert "autofocus" in re.search(r'<input id="code"[^>]*>', kiosk.get("/kiosk/K1/appointments").text)[0]


def test_the_same_press_shows_the_same_code_again(centre, phone):
    number, request = a_phone(), request_id()
    first = code_on(book(phone, number=number, request=request))
    before = seq(centre)
    assert code_on(book(phone, number=number, request=request)) == first
    assert seq(centre) == before


def test_neither_code_nor_number_is_kept_in_clear(centre, phone):
    number = a_phone()
    code = code_on(book(phone, number=number))
    plain = code.replace(" ", "")
    for path in centre.data.glob("motcua.sqlite*"):
        data = path.read_bytes()
        for secret in (plain, code, number):
            assert secret.encode() not in data, path.name


def test_a_second_appointment_is_refused_where_the_first_can_be_found(phone):
    number = a_phone()
    book(phone, number=number)
    again = book(phone, slot=TEN, number=f"+84 {number[1:]}")
    assert again.status_code == 409
    assert 'role="alert"' in again.text
    assert "mã hẹn" in again.text
    assert NINE not in map(int, re.findall(r"\d{13}", re.search(r'role="alert">([^<]*)', again.text)[1]))


@pytest.mark.parametrize(
    ("slot", "number", "status", "shows"),
    [
        (NINE, "12", 422, 'name="phone"'),
        (NINE, "", 422, 'name="phone"'),
        (NINE + 60_000, "0912345678", 409, 'class="slots"'),
        (milliseconds(MORNING) - 86_400_000, "0912345678", 409, 'class="slots"'),
        ("x", "0912345678", 422, 'class="slots"'),
    ],
)
def test_what_is_wrong_is_said_on_the_step_where_it_can_be_mended(centre, phone, slot, number, status, shows):
    before = seq(centre)
    form = {"queue": QUEUE, "slot": slot, "phone": number, "request_id": request_id()}
    answer = phone.post("/booking/appointments", data=form)
    assert (answer.status_code, shows in answer.text, 'role="alert"' in answer.text) == (status, True, True)
    assert seq(centre) == before


def test_a_slot_that_filled_up_meanwhile_offers_the_others(phone):
    for _ in range(4):
        code_on(book(phone))
    late = book(phone)
    assert late.status_code == 409
    assert "hết chỗ" in late.text
    assert f"slot={NINE}" not in late.text
    assert f"slot={TEN}" in late.text


def test_a_code_opens_moves_and_cancels_its_appointment(centre, phone):
    code = code_on(book(phone))
    typed = code.lower().replace(" ", "-")
    mine = phone.post("/booking/mine", data={"code": typed})
    assert code_on(mine) == code
    moved = phone.post("/booking/moves", data={"code": code, "slot": TEN, "request_id": request_id()})
    assert code_on(moved) == code
    assert "17:00" not in moved.text
    assert "10:00" in moved.text
    gone = phone.post("/booking/cancellations", data={"code": code, "request_id": request_id()})
    assert gone.status_code == 200
    again = phone.post("/booking/mine", data={"code": code})
    assert "Lịch hẹn này đã hủy" in again.text
    assert "/booking/moves" not in again.text
    late = phone.post("/booking/moves", data={"code": code, "slot": NINE, "request_id": request_id()})
    assert late.status_code == 409


def test_a_wrong_code_is_limited_for_one_address_and_the_right_one_too(phone, centre):
    code = code_on(book(phone))
    for _ in range(8):
        assert phone.post("/booking/mine", data={"code": "AAAA CCCC"}).status_code == 404
    for guess in ("AAAA CCCE", code):
        refused = phone.post("/booking/mine", data={"code": guess})
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "60"
        assert code not in refused.text


def test_right_codes_are_no_tries(phone):
    code = code_on(book(phone))
    for _ in range(12):
        assert phone.post("/booking/mine", data={"code": code}).status_code == 200


def test_one_address_does_not_book_the_whole_week(phone, monkeypatch):
    monkeypatch.setattr(appointments, "bookings", Tries(3, 600, lambda: 0.0))
    for slot in (NINE, TEN, NINE):
        assert book(phone, slot=slot).status_code == 200
    assert book(phone, slot=TEN).status_code == 429


def test_tries_come_free_with_time_and_names_do_not_pile_up(monkeypatch):
    now = [0.0]
    tries = Tries(2, 60, lambda: now[0])
    for _ in range(2):
        tries.check("a")
        tries.note("a")
    with pytest.raises(TooManyTries):
        tries.check("a")
    tries.check("b")
    now[0] = 60.5
    tries.check("a")
    monkeypatch.setattr("web.tries.REMEMBERED", 5)
    for n in range(50):
        tries.note(f"n{n}")
    assert len(tries._noted) <= 5


def check_in(kiosk, code: str, device: str = "K1", **headers: str):
    """Type the code at a kiosk and press."""
    form = {"code": code, "request_id": request_id()}
    return kiosk.post(f"/kiosk/{device}/check-ins", data=form, headers=headers)


def test_the_kiosk_gives_the_number_of_an_appointment_and_prints_it(centre, phone, kiosk):
    code = code_on(book(phone))
    assert "/kiosk/K1/appointments" in kiosk.get("/kiosk/K1").text
    assert 'data-rows="' in kiosk.get("/kiosk/K1/appointments").text
    answer = check_in(kiosk, code, **FRAGMENT)
    assert re.search(r'id="number">A\u202f001<', answer.text)
    assert "Phiếu đang in" in answer.text
    found = centre.store.read(rows.of_code, appointments.code_hash(centre.app.state.house, code))
    assert centre.store.read(tickets.load, found.ticket).slot == MORNING + timedelta(hours=1)
    by_form = check_in(kiosk, code)
    assert by_form.headers["location"].startswith(f"/kiosk/K1/tickets/{found.ticket}")


def test_another_kiosk_shows_the_same_number_and_prints_no_second_slip(centre, phone, kiosk):
    code = code_on(book(phone))
    check_in(kiosk, code)
    other = browser(centre, f"motcua-device-K2={centre.device_cookie('K2')}")
    for headers in (FRAGMENT, {}):
        again = check_in(other, code, "K2", **headers)
        assert again.status_code == 200
        assert re.search(r'id="number">A\u202f001<', again.text)
        assert "Bạn đã lấy số này rồi" in again.text
        assert "qr.svg" not in again.text
    assert centre.store.read(lambda db: db.execute("SELECT count(*) FROM print_jobs").fetchone()[0]) == 1


def test_a_wrong_or_future_code_gives_no_number_at_the_kiosk(centre, phone, kiosk):
    before = seq(centre)
    assert check_in(kiosk, "AAAA CCCC", **FRAGMENT).status_code == 404
    assert seq(centre) == before
    thursday = code_on(book(phone, slot=NINE + 3 * 86_400_000))
    refused = check_in(kiosk, thursday, **FRAGMENT)
    assert refused.status_code == 409
    assert "26/11/2026" in refused.text
    assert refused.headers["hx-retarget"] == "#failure"


def test_without_bookable_queues_nothing_of_it_is_offered(centre, phone, kiosk):
    plain = demo_centre()
    none = replace(plain, queues=tuple(replace(queue, booking=None) for queue in plain.queues))
    centre.store.write_now(Act("test"), managing.load_centre, none, demo_calendar())
    assert "/appointments" not in kiosk.get("/kiosk/K1").text
    assert "chưa nhận hẹn trước" in phone.get("/booking").text
    refused = phone.get(f"/booking?queue={QUEUE}")
    assert refused.status_code == 409


def test_staff_book_and_see_the_days_slots(centre, phone, kiosk, clock):
    guide = browser(centre, f"motcua-person={centre.person_cookie('cb13')}")
    form = {"place": f"{QUEUE}@{NINE}", "phone": a_phone(), "request_id": request_id()}
    answer = guide.post("/admin/appointments", data=form)
    code = re.search(rf'pairing-code">([{CODE_LETTERS} ]{{9}})<', answer.text)[1]
    book(phone)
    check_in(kiosk, code)
    clock.moment = MORNING + timedelta(hours=1, minutes=11)
    page = guide.get("/admin/appointments").text
    row = re.search(r"09:00</th>(.*?)</tr>", page, re.DOTALL)[1]
    assert re.findall(r">(\d+)<", row) == ["4", "0", "1", "1"], "places, expected, come, missed"
    other_day = guide.get("/admin/appointments?day=2026-11-24").text
    assert "Ngày này không có khung giờ hẹn" in other_day


@pytest.mark.parametrize("place", ["", "x", f"{QUEUE}@", "@1", f"{QUEUE}@{NINE + 1}", f"khong-co@{NINE}"])
def test_staff_too_are_told_what_is_wrong(centre, place):
    clerk = browser(centre, f"motcua-person={centre.person_cookie('cb01')}")
    before = seq(centre)
    answer = clerk.post("/admin/appointments", data={"place": place, "phone": a_phone()})
    assert answer.status_code in (404, 409, 422)
    assert 'role="alert"' in answer.text
    assert seq(centre) == before


@pytest.mark.parametrize(("language", "word"), [("vi", "Đã đặt lịch"), ("en", "booked"), ("fr", "réservé")])
def test_the_pages_speak_three_languages(phone, language, word):
    answer = book(phone, lang=language)
    assert f'<html lang="{language}"' in answer.text
    assert word in answer.text


def test_api_books_moves_cancels_and_checks_in(centre):
    clerk = browser(centre)
    del clerk.headers["Origin"]
    clerk.headers["Authorization"] = f"Bearer {centre.bearer('person', 'cb01')}"
    slots = clerk.get("/api/v1/slots", params={"queue": QUEUE}).json()
    assert slots[0] == {"queue": QUEUE, "slot": "2026-11-23T08:30:00+07:00", "left": 4}
    wanted = {"queue": QUEUE, "slot": slots[1]["slot"], "phone": a_phone()}
    key = {"Idempotency-Key": request_id()}
    booked = clerk.post("/api/v1/appointments", json=wanted, headers=key)
    assert booked.status_code == 201
    assert clerk.post("/api/v1/appointments", json=wanted, headers=key).json() == booked.json()
    found = booked.json()
    place = f"/api/v1/appointments/{found['id']}"
    moved = clerk.post(f"{place}/moves", json={"slot": slots[2]["slot"]}).json()
    assert (moved["slot"], moved["code"]) == (slots[2]["slot"], None)
    ticket = clerk.post("/api/v1/check-ins", json={"code": found["code"], "language": "en"})
    assert ticket.status_code == 201
    assert ticket.json()["queue"] == QUEUE
    assert clerk.post(f"{place}/cancellations", json={}).status_code == 409
    for path, body, status in (
        ("/api/v1/check-ins", {"code": "AAAACCCC"}, 404),
        ("/api/v1/check-ins", {"code": found["code"], "printer": "P9"}, 422),
        ("/api/v1/appointments", {**wanted, "slot": "9999-12-31T23:59:59+00:00"}, 422),
        ("/api/v1/appointments", {**wanted, "slot": "2026-11-23T09:00:00"}, 422),
        ("/api/v1/appointments", {**wanted, "phone": "1"}, 422),
        ("/api/v1/appointments/999999/moves", {"slot": slots[2]["slot"]}, 404),
        ("/api/v1/appointments/1/cancellations", {"reason": "bà Lan ốm"}, 422),
    ):
        assert clerk.post(path, json=body).status_code == status, (path, body)

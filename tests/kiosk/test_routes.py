"""The citizen's screen without a browser: one press one number, with and without JavaScript, and its paper."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from domain.days import local
from domain.events import SlipEnded
from operations import managing, printing, ticketing
from store import jobs, journal, people, tickets
from store.days import newest
from store.writer import Act
from tests.support.asking import NO_PRINTERS, QUEUE, a_procedure, browser, follow_path, request_id, seq
from tests.support.halls import MORNING, HandClock
from tests.support.servers import Server, running

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def clock():
    return HandClock(MORNING)


@pytest.fixture(scope="module")
def centre(tmp_path_factory, clock):
    """A centre on a Monday morning; its printers are off."""
    with running(tmp_path_factory.mktemp("kiosk") / "data", clock, printer_of=NO_PRINTERS) as server:
        yield server


@pytest.fixture(scope="module")
def kiosk(centre):
    """The paired kiosk K1."""
    return browser(centre, f"motcua-device-K1={centre.device_cookie('K1')}")


@pytest.fixture(scope="module")
def neighbour(centre):
    """The paired kiosk K2."""
    return browser(centre, f"motcua-device-K2={centre.device_cookie('K2')}")


def take(kiosk, request: str | None = None, queue: str = QUEUE, device: str = "K1", **headers: str):
    """Press a queue's button."""
    form = {"queue": queue, "request_id": request or request_id()}
    return kiosk.post(f"/kiosk/{device}/tickets", data=form, headers=headers)


def given(server: Server) -> int:
    """How many numbers were given today."""
    return len(server.store.read(lambda db: tickets.of_day(db, newest(db).id) if newest(db) else []))


def number_on(page: str) -> str:
    """The large number."""
    return re.search(r'class="number" id="number">([^<]+)<', page)[1]


def test_without_javascript_one_is_led_to_the_number_by_a_303(centre, kiosk):
    answer = take(kiosk)
    assert answer.status_code == 303
    assert re.fullmatch(r"/kiosk/K1/tickets/\d+\?lang=vi", answer.headers["location"])
    page = kiosk.get(answer.headers["location"])
    assert page.status_code == 200
    assert re.fullmatch(r"A\u202f\d{3}", number_on(page.text))


def test_with_javascript_the_number_comes_as_a_fragment(centre, kiosk):
    answer = take(kiosk, **FRAGMENT)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert number_on(answer.text)


def test_numbers_follow_each_other_in_a_queue_and_begin_anew_in_the_next(centre, kiosk):
    first = int(number_on(take(kiosk, **FRAGMENT).text)[2:])
    second = int(number_on(take(kiosk, **FRAGMENT).text)[2:])
    other = number_on(take(kiosk, queue="chung-thuc", **FRAGMENT).text)
    assert second == first + 1
    assert other == "B\u202f001"


def check_double_tap(server: Server, kiosk, taps: int = 6) -> None:
    """The same press, however often it arrives and however many at once, is one number."""
    press, before = request_id(), given(server)
    with ThreadPoolExecutor(taps) as fingers:
        answers = list(fingers.map(lambda _: take(kiosk, press, **FRAGMENT), range(taps)))
    answers.append(take(kiosk, press, **FRAGMENT))
    assert {answer.status_code for answer in answers} == {200}
    assert len({number_on(answer.text) for answer in answers}) == 1
    assert given(server) == before + 1


def test_an_impatient_finger_gets_one_number(centre, kiosk):
    check_double_tap(centre, kiosk)


@pytest.mark.planted
def test_a_kiosk_that_forgets_the_press_is_found(centre, kiosk, monkeypatch):
    monkeypatch.setattr("kiosk.routes.act_of", lambda request, form: Act("device:K1"))
    with pytest.raises(AssertionError):
        check_double_tap(centre, kiosk)


def test_the_same_press_with_and_without_javascript_is_the_same_number(centre, kiosk):
    press = request_id()
    led = take(kiosk, press)
    page = kiosk.get(led.headers["location"])
    assert number_on(page.text) == number_on(take(kiosk, press, **FRAGMENT).text)


def test_every_button_of_a_page_has_a_press_of_its_own(kiosk):
    pages = [kiosk.get("/kiosk/K1/queues").text for _ in range(2)]
    ids = [re.findall(r'name="request_id" value="([^"]+)"', page) for page in pages]
    assert len(ids[0]) == len(set(ids[0])) == 8
    assert not set(ids[0]) & set(ids[1])


def test_a_ticket_keeps_the_language_in_which_it_was_taken(centre, kiosk):
    form = {"queue": QUEUE, "request_id": request_id()}
    led = kiosk.post("/kiosk/K1/tickets?lang=fr", data=form)
    assert led.headers["location"].endswith("?lang=fr")
    ticket = int(re.search(r"tickets/(\d+)", led.headers["location"])[1])
    assert centre.store.read(tickets.load, ticket).language == "fr"
    assert '<html lang="fr">' in kiosk.get(led.headers["location"]).text


@pytest.mark.parametrize("mode", ["big", "contrast"])
def test_large_letters_and_contrast_stay_on_the_way_to_the_number(kiosk, mode):
    page = kiosk.get(f"/kiosk/K1/queues?lang=en&{mode}=1").text
    action = re.search(r'method="post" action="([^"]+tickets[^"]*)"', page)[1].replace("&amp;", "&")
    assert f"{mode}=1" in action
    led = kiosk.post(action, data={"queue": QUEUE, "request_id": request_id()})
    assert f"{mode}=1" in led.headers["location"]


def test_another_kiosks_number_is_nobodys_business(centre, kiosk, neighbour):
    path = take(kiosk).headers["location"].partition("?")[0]
    assert kiosk.get(path).status_code == 200
    for more in ("", "/paper", "/qr.svg"):
        assert neighbour.get(path.replace("K1", "K2") + more).status_code == 404
        assert neighbour.get(path + more).status_code in (401, 403)


def test_a_number_of_another_day_is_gone_from_the_screen(tmp_path):
    clock = HandClock(MORNING)
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        kiosk = browser(server, f"motcua-device-K1={server.device_cookie('K1')}")
        path = take(kiosk).headers["location"]
        assert kiosk.get(path).status_code == 200
        clock.forward(days=1)
        fresh = browser(server, f"motcua-device-K1={server.device_cookie('K1')}")
        assert number_on(take(fresh, **FRAGMENT).text) == "A\u202f001"
        assert fresh.get(path).status_code == 404


def test_a_day_far_ahead_is_not_opened_by_a_citizen(tmp_path):
    clock = HandClock(MORNING)
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        kiosk = browser(server, f"motcua-device-K1={server.device_cookie('K1')}")
        assert take(kiosk).status_code == 303
        clock.forward(days=17)
        kiosk = browser(server, f"motcua-device-K1={server.device_cookie('K1')}")
        before = seq(server)
        said = {
            kiosk.post(f"/kiosk/K1/tickets?lang={language}", data={"queue": QUEUE}).text
            for language in ("vi", "en", "fr")
        }
        assert len(said) == 3
        assert take(kiosk).status_code == 409
        since = server.store.read(lambda db: list(journal.read(db, before)))
        assert {type(entry.event) for entry in since} <= {SlipEnded}
        administrator = browser(server, f"motcua-person={server.person_cookie('ql03')}")
        assert administrator.post("/admin/days").status_code == 303
        assert take(kiosk).status_code == 303


def test_a_stopped_queue_says_until_when(centre, kiosk):
    until = centre.app.state.house.now() + timedelta(hours=1)
    centre.store.write_now(Act("t"), managing.stop_queue, "cu-tru", "mất điện", until)
    try:
        assert f"mất điện, đến {local(until):%H:%M}" in kiosk.get("/kiosk/K1/queues").text
        assert f"power cut, until {local(until):%H:%M}" in kiosk.get("/kiosk/K1/queues?lang=en").text
    finally:
        centre.store.write_now(Act("t"), managing.resume_queue, "cu-tru")


def test_a_stopped_queue_takes_nobody_and_says_why(centre, kiosk):
    centre.store.write_now(Act("t"), managing.stop_queue, "cu-tru", "mất điện")
    try:
        page = kiosk.get("/kiosk/K1/queues").text
        assert "mất điện" in page
        button = re.search(r'value="cu-tru">.*?<button([^>]*)>', page, re.DOTALL)[1]
        assert "disabled" in button
        before = given(centre)
        refused = take(kiosk, queue="cu-tru", **FRAGMENT)
        assert refused.status_code == 409
        assert refused.headers["hx-retarget"] == "#failure"
        assert given(centre) == before
    finally:
        centre.store.write_now(Act("t"), managing.resume_queue, "cu-tru")


def paper_of(centre: Server, kiosk, state: str, note: str = "") -> str:
    """A fresh number whose slip has come to this state, and what the kiosk says of it."""
    path = take(kiosk).headers["location"].partition("?")[0]
    ticket = path.rsplit("/", 1)[1]
    job = centre.store.read(jobs.print_job_of, "ticket", ticket)
    if state:
        centre.store.write_now(Act("t"), printing.end_slip, job.id, state, note)
    answer = kiosk.get(path + "/paper")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    ("state", "shown", "word"),
    [
        ("confirmed", "here", "Mời bạn lấy phiếu."),
        ("sent", "sent", "Đã gửi máy in."),
        ("unknown", "late", "Máy in chưa ra giấy."),
        ("expired", "late", "Máy in chưa ra giấy."),
    ],
)
def test_the_kiosk_says_where_the_paper_is(centre, kiosk, state, shown, word):
    text = paper_of(centre, kiosk, state)
    assert f'class="paper {shown}"' in text
    assert word in text
    assert "hx-trigger" not in text, "it goes on asking although the paper has come to its end"


def test_a_printer_that_is_off_leaves_the_number_large_and_says_so(centre, kiosk, clock):
    path = take(kiosk).headers["location"].partition("?")[0]
    assert number_on(kiosk.get(path).text)
    clock.forward(seconds=7)
    text = kiosk.get(path + "/paper").text
    assert "Máy in chưa ra giấy" in text
    assert re.search(r'<b class="number">A\u202f\d+</b>', text)


def test_nothing_is_called_printed_before_the_printer_said_so(tmp_path):
    clock = HandClock(MORNING)
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        ticket = server.store.write_now(Act("device:K1"), ticketing.take_ticket, QUEUE)
        kiosk = browser(server, f"motcua-device-K1={server.device_cookie('K1')}")
        text = kiosk.get(f"/kiosk/K1/tickets/{ticket.id}/paper").text
        assert "Ki-ốt này không in phiếu" in text
        assert "Mời bạn lấy phiếu" not in text


def test_the_code_for_the_phone_leads_to_the_own_number(centre, kiosk):
    path = take(kiosk).headers["location"].partition("?")[0]
    ticket = int(path.rsplit("/", 1)[1])
    picture = kiosk.get(path + "/qr.svg")
    assert picture.status_code == 200
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "<svg" in picture.text[:200]
    assert kiosk.get(follow_path(centre, ticket)).status_code == 200
    assert kiosk.get(f"/follow/{ticket}-{'0' * 16}").status_code == 404
    assert kiosk.get(follow_path(centre, ticket).replace(f"/{ticket}-", f"/{ticket - 1}-")).status_code == 404


@pytest.mark.parametrize(
    "words", ["khai sinh", "KHAI SINH", "khai  sinh", "đăng ký khai sinh", "dang ky khai sinh"]
)
def test_procedures_are_found_without_diacritics(kiosk, words):
    page = kiosk.get("/kiosk/K1/procedures", params={"q": words}, headers=FRAGMENT)
    assert "<html" not in page.text
    assert "khai sinh" in page.text.lower()


def test_a_procedure_shows_its_papers_and_leads_to_its_queue(kiosk):
    page = kiosk.get(f"/kiosk/K1/procedures/{a_procedure()}").text
    assert a_procedure() in page
    queue = re.search(r'name="queue" value="([^"]+)"', page)[1]
    assert take(kiosk, queue=queue).status_code == 303


def test_results_are_fetched_in_their_own_queue(kiosk):
    page = kiosk.get("/kiosk/K1/queues?kind=results").text
    assert re.findall(r'name="queue" value="([^"]+)"', page) == ["tra-ket-qua"]


@pytest.mark.parametrize(("language", "words"), [("vi", "Lấy số"), ("en", "number"), ("fr", "numéro")])
def test_the_first_screen_speaks_three_languages(kiosk, language, words):
    page = kiosk.get(f"/kiosk/K1?lang={language}").text
    assert f'<html lang="{language}">' in page
    assert words.lower() in page.lower()


def test_no_page_of_the_kiosk_shows_a_person(centre, kiosk):
    names = [person.name for person in centre.store.read(people.everybody)]
    for path in ("/kiosk/K1", "/kiosk/K1/queues", "/kiosk/K1/procedures"):
        page = kiosk.get(path).text
        assert not [name for name in names if name in page]

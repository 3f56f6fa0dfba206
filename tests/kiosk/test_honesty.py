"""What is said before a number is taken: how many, how long, and where none is given what to do instead."""

import re
from dataclasses import replace

import pytest
from markupsafe import escape

from domain.centre_rules import Window, WindowKind
from domain.waiting.ranges import Wait
from domain.waiting.wording import said
from operations import calling, managing, shifts
from store.writer import Act
from tests.kiosk.test_scanning import memory_of_
from tests.support.asking import NO_PRINTERS, QUEUE, browser, request_id
from tests.support.forecasts import refresh
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre, demo_procedures
from tests.support.servers import Server, running
from web.languages import translator

BIRTH, LAND = "1.001193", "1.012783"
FRAGMENT = {"HX-Request": "true"}
MORNINGS = Window(WindowKind.TICKETS, (("07:30", "11:00"),))


@pytest.fixture
def clock():
    return HandClock(MORNING)


@pytest.fixture
def centre(tmp_path, clock):
    """A centre that gives numbers in the mornings only."""
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS, follow_url="https://hall.lan/follow") as server:
        changed = replace(demo_centre(), windows=(MORNINGS,))
        server.store.write_now(Act("t"), managing.load_centre, changed, demo_calendar())
        yield server


@pytest.fixture
def kiosk(centre):
    return browser(centre, f"motcua-device-K1={centre.device_cookie('K1')}")


def fresh(centre: Server) -> None:
    """What was looked up a moment ago counts no longer."""
    refresh(centre)


def live_a_little(centre: Server, clock: HandClock, visits: int = 4) -> None:
    """Counter 1 has served some, ten minutes each; three still wait."""
    kiosk = browser(centre, f"motcua-device-K2={centre.device_cookie('K2')}")
    centre.open_shift("cb01", 1)
    for _ in range(visits + 3):
        kiosk.post("/kiosk/K2/tickets", data={"queue": QUEUE, "request_id": request_id()}, headers=FRAGMENT)
    for _ in range(visits):
        centre.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")
        clock.forward(minutes=10)
        centre.store.write_now(Act("cb01"), calling.finish, 1, "cb01")
    fresh(centre)


def test_where_no_counter_is_open_no_minutes_are_promised(centre, kiosk):
    fresh(centre)
    page = kiosk.get(f"/kiosk/K1/procedures/{BIRTH}").text
    assert "chưa có quầy phục vụ" in page
    assert not re.search(r"\d+–\d+ phút", page)
    ticket = kiosk.post("/kiosk/K1/tickets", data={"queue": QUEUE, "request_id": request_id()}, headers=FRAGMENT)
    assert "chưa có quầy phục vụ" in ticket.text
    centre.open_shift("cb01", 1)
    assert "chưa đủ số liệu" in kiosk.get(f"/kiosk/K1/procedures/{BIRTH}").text, "until the next board"
    fresh(centre)
    assert re.search(r"\d+–\d+ phút", kiosk.get(f"/kiosk/K1/procedures/{BIRTH}").text)


def test_of_a_pause_that_lasts_longer_than_said_it_is_told_that_the_counter_rests(centre, kiosk, clock):
    """Not that there are too few figures: nobody knows when the clerk is back, and that is what is said."""
    live_a_little(centre, clock)
    centre.store.write_now(Act("cb01"), shifts.pause, 1, "cb01", "break", 10)
    fresh(centre)
    assert re.search(r"\d+–\d+ phút", kiosk.get(f"/kiosk/K1/procedures/{BIRTH}").text)
    clock.forward(minutes=11)
    fresh(centre)
    page = kiosk.get(f"/kiosk/K1/procedures/{BIRTH}").text
    assert "quầy đang tạm nghỉ" in page and not re.search(r"\d+–\d+ phút", page)


def test_an_old_board_says_nothing(centre, kiosk, clock):
    live_a_little(centre, clock)
    clock.forward(seconds=31)
    page = kiosk.get(f"/kiosk/K1/procedures/{BIRTH}").text
    assert "chưa đủ số liệu" in page and not re.search(r"\d+–\d+ phút", page)


def test_page_and_ticket_say_the_same_range(centre, kiosk, clock):
    live_a_little(centre, clock)
    page = kiosk.get(f"/kiosk/K1/procedures/{BIRTH}").text
    promised = re.search(r"(\d+)–(\d+) phút", page)
    assert promised and all(int(n) % 5 == 0 for n in promised.groups())
    assert "3 người đang chờ" in page
    assert promised[0] in kiosk.get("/kiosk/K1/queues").text
    ticket = kiosk.post("/kiosk/K1/tickets", data={"queue": QUEUE, "request_id": request_id()}, headers=FRAGMENT)
    assert promised[0] in ticket.text


def test_a_chosen_class_is_told_its_own_wait(centre, kiosk, clock):
    live_a_little(centre, clock)
    ordinary = re.search(r"(\d+)–(\d+) phút", kiosk.get(f"/kiosk/K1/procedures/{BIRTH}").text)
    memory_of_(centre).declarations.declare("K1", "cao-tuoi")
    chosen = re.search(r"(\d+)–(\d+) phút", kiosk.get(f"/kiosk/K1/procedures/{BIRTH}").text)
    assert ordinary and chosen and int(chosen[2]) < int(ordinary[2])


def check_closed(kiosk) -> None:
    """No button that would be refused; when numbers are given again, where to book, where to file online."""
    page = kiosk.get(f"/kiosk/K1/procedures/{LAND}").text
    assert 'name="queue"' not in page
    assert "07:30 25/11" in page, "Tuesday the 24th is a holiday"
    assert "https://hall.lan/booking" in page
    assert "https://dichvucong.gov.vn" in page


def test_after_hours_the_page_says_what_to_do_instead(centre, kiosk, clock):
    clock.at("14:00")
    check_closed(kiosk)
    queues = kiosk.get("/kiosk/K1/queues").text
    assert "https://dichvucong.gov.vn" in queues
    assert queues.count(' aria-disabled="true"') == 8
    scanned = kiosk.post("/kiosk/K1/scans", data={"text": "001090123456||An|01011990|Nam|Huế|15042021"}).text
    assert scanned.count(' aria-disabled="true"') == 8


def test_what_was_used_up_yesterday_is_there_in_the_morning(tmp_path, clock):
    """Also before the first number opens the new business day."""
    with running(tmp_path / "one", clock, printer_of=NO_PRINTERS) as server:
        queues = tuple(
            replace(queue, daily_limit=1 if queue.id == QUEUE else None) for queue in demo_centre().queues
        )
        limited = replace(demo_centre(), queues=queues)
        server.store.write_now(Act("t"), managing.load_centre, limited, demo_calendar())
        kiosk = browser(server, f"motcua-device-K1={server.device_cookie('K1')}")
        kiosk.post("/kiosk/K1/tickets", data={"queue": QUEUE, "request_id": request_id()}, headers=FRAGMENT)
        assert 'name="queue"' not in kiosk.get(f"/kiosk/K1/procedures/{BIRTH}").text
        clock.forward(days=2)
        assert 'name="queue"' in kiosk.get(f"/kiosk/K1/procedures/{BIRTH}").text


@pytest.mark.planted
def test_planted_a_page_that_offers_a_button_after_hours_is_found(centre, kiosk, clock, monkeypatch):
    monkeypatch.setattr("kiosk.honesty.Before.gives", True)
    clock.at("14:00")
    with pytest.raises(AssertionError):
        check_closed(kiosk)


@pytest.mark.parametrize(
    ("lang", "words"), [("vi", "Nộp hồ sơ trực tuyến"), ("en", "File online"), ("fr", "Déposer en ligne")]
)
def test_the_ways_are_told_in_each_language(centre, kiosk, clock, lang, words):
    clock.at("14:00")
    assert words in kiosk.get(f"/kiosk/K1/procedures/{LAND}?lang={lang}").text


def test_a_centre_without_addresses_names_none(tmp_path, clock):
    with running(tmp_path / "bare", clock, printer_of=NO_PRINTERS) as server:
        bare = replace(demo_centre(), windows=(MORNINGS,), online_url="", follow_url="")
        server.store.write_now(Act("t"), managing.load_centre, bare, demo_calendar())
        clock.at("14:00")
        kiosk = browser(server, f"motcua-device-K1={server.device_cookie('K1')}")
        page = kiosk.get(f"/kiosk/K1/procedures/{LAND}").text
        assert "07:30 25/11" in page
        assert "http" not in re.sub(
            r'(src|href|action|xmlns)="[^"]*"', "", page.split("<main")[1].split("</main")[0]
        )


def test_ranges_in_words():
    assert said(None, translator("en")) == "not known yet"
    assert said(Wait(0, 5), translator("vi")) == "dưới 5 phút"
    assert said(Wait(0, 10), translator("vi")) == "0–10 phút"
    assert said(Wait(15, 25), translator("en")) == "15–25 min"
    assert said(Wait(95, None), translator("en")) == "from 95 min to over 2 hours"
    assert said(Wait(120, None), translator("vi")) == "trên 2 giờ"


def test_common_needs_are_three_taps_away(centre, kiosk):
    """Start, 'find', a picture, and the page that carries the button."""
    start = kiosk.get("/kiosk/K1").text
    assert "/kiosk/K1/procedures?" in start
    pictures = re.findall(r"/kiosk/K1/procedures/(\d\.\d{6})\?", kiosk.get("/kiosk/K1/procedures").text)
    assert set(pictures) == {p.code for p in demo_centre().procedures if p.common}
    for code in pictures:
        assert 'name="queue"' in kiosk.get(f"/kiosk/K1/procedures/{code}").text
    twenty = replace(
        demo_centre(), procedures=tuple(replace(p, common=n < 20) for n, p in enumerate(demo_centre().procedures))
    )
    centre.store.write_now(Act("t"), managing.load_centre, twenty, demo_calendar())
    assert "/kiosk/K1/needs?" in kiosk.get("/kiosk/K1/procedures").text
    assert len(re.findall(r"/kiosk/K1/procedures/\d\.\d{6}\?", kiosk.get("/kiosk/K1/needs").text)) == 20


def test_every_received_procedure_is_reached_by_its_sector(centre, kiosk):
    found = set()
    first = kiosk.get("/kiosk/K1/sectors").text
    sheets = [first] + [kiosk.get(f"/kiosk/K1/sectors?leaf={n}").text for n in (2, 3)]
    for number in sorted({int(n) for sheet in sheets for n in re.findall(r"/sectors/(\d+)\?", sheet)}):
        for leaf in (1, 2):
            page = kiosk.get(f"/kiosk/K1/sectors/{number}?leaf={leaf}").text
            found |= set(re.findall(r"/procedures/(\d\.\d{6})\?", page))
    assert found == {p.code for p in demo_centre().procedures}
    assert kiosk.get("/kiosk/K1/sectors/99").status_code == 404
    assert kiosk.get("/kiosk/K1/sectors?leaf=9999x").status_code == 200


def test_fee_and_notes_stand_word_for_word(centre, kiosk):
    row = next(row for row in demo_procedures_by_code()[LAND].channels if row.channel == "direct")
    page = kiosk.get(f"/kiosk/K1/procedures/{LAND}").text
    assert escaped(row.fee_text) in page
    assert not row.note or escaped(row.note) in page


def demo_procedures_by_code():
    return {procedure.code: procedure for procedure in demo_procedures()}


def escaped(text: str) -> str:
    return str(escape(text))


def test_a_catalogue_that_changes_is_found_anew(centre, kiosk):
    def asked() -> str:
        return kiosk.get("/kiosk/K1/procedures", params={"q": "nuôi lạc đà"}, headers=FRAGMENT).text

    assert "lạc đà" not in asked()
    camel = replace(demo_procedures_by_code()[BIRTH], code="9.000009", title="Đăng ký nuôi lạc đà")
    centre.store.write_now(Act("t"), managing.list_procedures, [camel])
    assert "lạc đà" in asked()

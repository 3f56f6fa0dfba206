"""The phone's page without a browser: who went before and why, why I am called, and more time, once."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from display import phones
from domain.days import local
from domain.explaining import Passed, Passing
from domain.tickets import TicketState
from operations import calling, managing, moving, opening, shifts, ticketing
from store import tickets
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser, follow_path
from tests.support.forecasts import refresh
from tests.support.halls import ROOT, demo_calendar, demo_centre
from tests.support.servers import Server, running
from web.tries import Tries

NARROW = "\u202f"


@pytest.fixture
def hall(tmp_path, clock):
    """A hall of its own for each test: places in the line are counted here."""
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        for counter in (1, 2):
            server.store.write_now(Act(f"cb0{counter}"), shifts.open_shift, counter, f"cb0{counter}")
        yield server


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    monkeypatch.setattr(phones, "presses", Tries(10, 60, lambda: 0.0))


def take(hall: Server, clock, queue: str = "ho-tich", priority: str | None = None) -> int:
    clock.forward(seconds=30)
    return hall.store.write_now(Act("t"), ticketing.take_ticket, queue, "vi", priority).id


def call(hall: Server, counter: int = 1) -> int:
    person = f"cb0{counter}"
    return hall.store.write_now(Act(person), calling.call_next, counter, person).ticket.id


def page(hall: Server, ticket: int, language: str = "vi") -> str:
    """The words of the phone's page."""
    answer = browser(hall).get(follow_path(hall, ticket) + f"?lang={language}", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.text


def ask(hall: Server, ticket: int, request: str = "phone-asks-1", **headers: str):
    form = {"request_id": request}
    return browser(hall).post(follow_path(hall, ticket) + "/delays", data=form, headers=headers)


def line(hall: Server) -> list[int]:
    return [ticket.id for ticket in hall.store.read(tickets.waiting_in, "ho-tich", 100)]


# -- who went before


def test_the_phone_says_who_went_before_and_nothing_of_who_it_was(hall, clock):
    mine = take(hall, clock)
    assert "vừa được gọi trước bạn" not in page(hall, mine)
    frail, elder = take(hall, clock), take(hall, clock, priority="cao-tuoi")
    assert call(hall) == elder
    hall.store.write_now(Act("cb02"), calling.call_this, 2, "cb02", frail, "frail")
    text = page(hall, mine)
    assert "2 số vừa được gọi trước bạn: 1 diện ưu tiên, 1 gọi ngoài thứ tự (lý do đã được ghi)." in text
    assert "Không ai đến sau bạn quá 60 phút được gọi trước bạn" in text
    assert "cao tuổi" not in text.lower()
    assert "yếu" not in text
    own = hall.store.read(tickets.load, mine).number
    assert set(re.findall(rf"[A-Z]{NARROW}\d{{3}}", text)) == {own}


def test_what_is_long_past_is_no_longer_told(hall, clock):
    mine = take(hall, clock)
    take(hall, clock, priority="cao-tuoi")
    call(hall)
    clock.forward(minutes=9)
    assert "vừa được gọi trước bạn" in page(hall, mine)
    clock.forward(minutes=2)
    assert "vừa được gọi trước bạn" not in page(hall, mine)


def test_a_call_at_a_counter_that_does_not_serve_my_queue_passes_nobody(hall, clock):
    hall.store.write_now(Act("ql"), shifts.set_skills, 2, ["cu-tru"], [])
    mine = take(hall, clock)
    take(hall, clock, "cu-tru", "cao-tuoi")
    call(hall, 2)
    assert "vừa được gọi trước bạn" not in page(hall, mine)


@pytest.mark.parametrize(
    ("language", "begins", "causes"),
    [
        ("vi", "3 số vừa được gọi trước bạn:", "2 lịch hẹn 09:15, 1 gọi ngoài thứ tự (việc khẩn)."),
        (
            "en",
            "3 numbers were just called before you:",
            "2 appointments 09:15, 1 called out of order (urgent matter).",
        ),
        (
            "fr",
            "3 numéros viennent d’être appelés avant vous\u00a0:",
            "2 rendez-vous de 09:15, 1 appelé hors ordre (affaire urgente).",
        ),
    ],
)
def test_the_sentence_in_three_languages(language, begins, causes):
    groups = [Passed(Passing.APPOINTMENT, 2, "09:15"), Passed(Passing.OUT_OF_ORDER, 1, reason="urgent")]
    assert phones.went_before(groups, language) == f"{begins} {causes}"


@pytest.mark.parametrize("language", ["vi", "en", "fr"])
@pytest.mark.parametrize("kind", Passing)
def test_every_cause_has_words(kind, language):
    one, many = (phones.went_before([Passed(kind, n, "09:15", "mistake")], language) for n in (1, 4))
    assert one
    assert many
    assert not re.search(r"%\(|None", one + many)


# -- why me


def test_who_is_called_reads_why(hall, clock):
    mine = take(hall, clock, priority="cao-tuoi")
    assert "Vì sao số này?" not in page(hall, mine)
    call(hall)
    text = page(hall, mine)
    assert "Vì sao số này?" in text
    assert re.search(r"diện ưu tiên, đến \d\d:\d\d, tính như đến lúc \d\d:\d\d", text)


# -- more time


def test_more_time_is_offered_with_what_it_means_and_given_once(hall, clock):
    ahead, mine, *others = [take(hall, clock) for _ in range(7)]
    text = page(hall, mine)
    assert "Bạn nhường 3 số đến sau, và sẽ được gọi sau 4 số nữa." in text
    assert ask(hall, mine, **{"HX-Request": "true"}).status_code == 200
    assert line(hall) == [ahead, *others[:3], mine, *others[3:]]
    text = page(hall, mine)
    assert "Còn 4 người trước bạn" in text
    assert "Bạn đã xin thêm thời gian" in text
    assert "/delays" not in text
    again = ask(hall, mine, "phone-asks-2", **{"HX-Request": "true"})
    assert again.status_code == 409
    assert "đã xin thêm thời gian một lần rồi" in again.text
    assert again.headers["hx-retarget"] == "#failure"
    assert line(hall).index(mine) == 4


def test_a_press_that_is_repeated_moves_once_and_shows_how_it_is_now(hall, clock):
    mine, *_ = [take(hall, clock) for _ in range(9)]
    first = ask(hall, mine)
    assert first.status_code == 303
    assert first.headers["location"] == follow_path(hall, mine)
    for _ in range(3):
        call(hall)
    repeated = ask(hall, mine, **{"HX-Request": "true"})
    assert repeated.status_code == 200
    assert "Bạn là người tiếp theo" in repeated.text


def test_a_clerk_may_give_time_again_and_that_is_not_my_wish(hall, clock):
    mine, *_ = [take(hall, clock) for _ in range(9)]
    hall.store.write_now(Act("cb01"), moving.give_time, mine, 1, "cb01")
    assert "Cho tôi thêm thời gian" in page(hall, mine)
    ask(hall, mine)
    assert line(hall).index(mine) == 6
    hall.store.write_now(Act("cb01"), moving.give_time, mine, 1, "cb01")
    assert line(hall).index(mine) == 8


def test_who_is_last_has_nothing_to_ask_for(hall, clock):
    mine = take(hall, clock)
    assert "Cho tôi thêm thời gian" not in page(hall, mine)
    assert ask(hall, mine, **{"HX-Request": "true"}).status_code == 200
    take(hall, clock)
    assert "Cho tôi thêm thời gian" in page(hall, mine), "nothing was given, so nothing is used up"


def test_who_is_called_cannot_ask(hall, clock):
    mine, _ = take(hall, clock), take(hall, clock)
    call(hall)
    assert "/delays" not in page(hall, mine)
    assert ask(hall, mine).status_code == 409


def test_my_own_wish_is_named_when_others_go_before(hall, clock):
    mine, *_ = [take(hall, clock) for _ in range(4)]
    ask(hall, mine)
    clock.forward(seconds=1)
    call(hall)
    text = page(hall, mine)
    assert "1 số vừa được gọi trước bạn: 1 vì bạn xin thêm thời gian." in text
    assert "Không ai đến sau bạn quá" not in text


def test_a_phone_that_presses_without_end_is_turned_away(hall, clock):
    mine = take(hall, clock)
    answers = [ask(hall, mine, f"phone-asks-{n}").status_code for n in range(11)]
    assert answers[:10] == [303] * 10
    assert answers[10] == 429
    assert browser(hall).get(follow_path(hall, mine)).status_code == 200
    other = take(hall, clock)
    assert ask(hall, other, "another-phone").status_code == 303


def test_a_foreign_link_asks_for_nothing(hall, clock):
    mine, _ = take(hall, clock), take(hall, clock)
    path = follow_path(hall, mine)[:-1] + "0"
    assert path == follow_path(hall, mine) or browser(hall).post(path + "/delays").status_code == 404
    assert line(hall)[0] == mine


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_number_of_a_queue_that_is_no_more_is_unknown_and_breaks_nothing(hall, clock, is_kept):
    mine, centre = take(hall, clock), demo_centre()
    if is_kept:
        hall.store.write_now(Act("t"), managing.keep_queue, "ho-tich", "Họp")
    clock.forward(days=1)
    hall.store.write_now(Act("t"), opening.ensure_day)
    left = replace(centre, queues=tuple(queue for queue in centre.queues if queue.id != "ho-tich"))
    hall.store.write_now(Act("t"), managing.load_centre, left, demo_calendar())
    assert browser(hall).get(follow_path(hall, mine)).status_code == 404


def test_the_phone_says_until_when_its_queue_is_stopped(hall, clock):
    mine = take(hall, clock)
    end = clock.at("10:00")
    clock.at("09:00")
    hall.store.write_now(Act("ql02"), managing.stop_queue, "ho-tich", "mất điện", end)
    assert "Hàng tạm dừng: mất điện, đến 10:00. Số của bạn vẫn giữ nguyên thứ tự." in page(hall, mine)


# -- late


def absent(hall: Server, clock) -> int:
    mine = take(hall, clock)
    assert call(hall) == mine
    hall.store.write_now(Act("cb01"), calling.mark_absent, 1, "cb01")
    return mine


def test_who_is_late_is_told_until_when_the_place_is_kept_and_what_is_so_after_it(hall, clock):
    mine = absent(hall, clock)
    minutes = hall.store.centre().calling.grace_minutes
    until = clock() + timedelta(minutes=minutes)
    assert f"được giữ đến {local(until):%H:%M}" in page(hall, mine)
    clock.forward(minutes=minutes)
    assert f"được giữ đến {local(until):%H:%M}" in page(hall, mine)
    clock.forward(seconds=1)
    assert f"Đã quá giờ giữ chỗ ({local(until):%H:%M})" in page(hall, mine)


# -- the same for an app


def feed(hall: Server, ticket: int, tag: str = ""):
    headers = {"If-None-Match": tag} if tag else {}
    return browser(hall).get(follow_path(hall, ticket) + "/feed.json?lang=vi", headers=headers)


def test_the_feed_says_what_the_page_says(hall, clock):
    first, mine = take(hall, clock), take(hall, clock)
    refresh(hall)
    text, told = page(hall, mine), feed(hall, mine).json()
    assert (told["stage"], told["ahead"], told["number"]) == ("near", 1, f"A{NARROW}002")
    assert told["wait"] and f"<b>{told['wait_words']}</b>" in text
    assert f'data-again="{told["again"]}"' in text
    assert call(hall) == first and call(hall) == mine
    told = feed(hall, mine).json()
    assert (told["stage"], told["counter"], told["ahead"], told["wait"]) == ("called", 1, None, None)
    assert told["way"] in page(hall, mine)
    hall.store.write_now(Act("cb01"), calling.mark_absent, 1, "cb01")
    told = feed(hall, mine).json()
    assert told["stage"] == "absent" and f"{local(datetime.fromisoformat(told['kept_until'])):%H:%M}" in page(
        hall, mine
    )


def test_a_feed_that_has_not_changed_is_not_sent_again(hall, clock):
    mine = take(hall, clock)
    tag = feed(hall, mine).headers["etag"]
    again = feed(hall, mine, tag)
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "private, no-cache")
    call(hall)
    assert feed(hall, mine, tag).status_code == 200


def test_the_feed_opens_by_its_own_link_only(hall, clock):
    mine = take(hall, clock)
    assert browser(hall).get(f"/follow/{mine}-{'0' * 16}/feed.json").status_code == 404


def test_the_example_of_the_documentation_has_the_feeds_fields(hall, clock):
    text = (ROOT / "docs" / "receivers.md").read_text(encoding="utf-8")
    example = re.search(r"```json follow\n(.*?)```", text, re.S)
    assert example
    meant, told = json.loads(example[1]), feed(hall, take(hall, clock)).json()
    assert [*meant] == [*told]
    for name in ("number", "queue", "stage", "ahead", "again", "counters", "way", "stopped"):
        assert type(meant[name]) is type(told[name]), name
    stages = set(re.findall(r"`(\w+)`", text[example.end() :].split("Ask again")[0])) - {"stage", "kept_until"}
    assert stages == {"near", "called"} | {state.value for state in TicketState}

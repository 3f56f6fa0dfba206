"""A phone that asks again and again: what it keeps is never stale, and asking for what it has costs little."""

import re

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from display import phones
from operations import calling, managing, moving, rating, shifts, ticketing
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser, follow_path
from tests.support.halls import MORNING, HandClock
from tests.support.servers import Server, running

ACTS = ("take", "priority", "call", "finish", "absent", "leave", "time", "stop", "resume", "seat", "back")


@pytest.fixture
def hall(tmp_path, clock):
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        server.store.write_now(Act("cb01"), shifts.open_shift, 1, "cb01")
        yield server


def do(hall: Server, operation, *args, who="cb01"):
    return hall.store.write_now(Act(who), operation, *args)


def take(hall: Server, clock, priority=None) -> int:
    clock.forward(milliseconds=1)
    return do(hall, ticketing.take_ticket, "ho-tich", "vi", priority).id


def ask(hall: Server, ticket: int, tag: str = ""):
    headers = {"HX-Request": "true"} | ({"If-None-Match": tag} if tag else {})
    return browser(hall).get(follow_path(hall, ticket), headers=headers)


def test_who_asks_again_and_nothing_has_changed_gets_nothing(hall, clock):
    mine = [take(hall, clock) for _ in range(3)][2]
    first = ask(hall, mine)
    again = ask(hall, mine, first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"] == "private, no-cache"
    do(hall, calling.call_next, 1, "cb01")
    changed = ask(hall, mine, first.headers["etag"])
    assert changed.status_code == 200
    assert "Còn 1 người trước bạn" in changed.text


def test_who_comes_behind_changes_nothing_for_those_before(hall, clock):
    mine, *_ = [take(hall, clock) for _ in range(9)]
    tag = ask(hall, mine).headers["etag"]
    take(hall, clock)
    assert ask(hall, mine, tag).status_code == 304


def test_the_whole_page_is_never_kept_and_languages_are_kept_apart(hall, clock):
    mine = take(hall, clock)
    assert browser(hall).get(follow_path(hall, mine)).headers["cache-control"] == "no-store"
    tag = ask(hall, mine).headers["etag"]
    english = browser(hall).get(
        follow_path(hall, mine) + "?lang=en", headers={"HX-Request": "true", "If-None-Match": tag}
    )
    assert english.status_code == 200


def act(hall: Server, clock, name: str, mine: list[int]) -> None:
    """One act of the hall; what a rule refuses happens not at all."""
    acts = {
        "take": lambda: take(hall, clock),
        "priority": lambda: take(hall, clock, "cao-tuoi"),
        "call": lambda: do(hall, calling.call_next, 1, "cb01"),
        "finish": lambda: do(hall, calling.finish, 1, "cb01"),
        "absent": lambda: do(hall, calling.mark_absent, 1, "cb01"),
        "leave": lambda: do(hall, moving.leave, mine[1]),
        "time": lambda: do(hall, moving.give_time, mine[0]),
        "stop": lambda: do(hall, managing.stop_queue, "ho-tich", "Họp"),
        "resume": lambda: do(hall, managing.resume_queue, "ho-tich"),
        "seat": lambda: do(hall, shifts.open_shift, 2, "cb02", who="cb02"),
        "back": lambda: do(hall, moving.come_back, mine[0]),
    }
    clock.forward(milliseconds=1)
    try:
        acts[name]()
    except Exception as refused:
        assert type(refused).__module__ != "builtins", refused


def no_kept_picture_is_stale(hall: Server, clock, names: list[str]) -> None:
    """Pictures of one ticket with the same tag are the same, whatever happened between them."""
    do(hall, managing.resume_queue, "ho-tich")
    mine = [take(hall, clock) for _ in range(3)]
    pictures: dict[tuple[int, str], str] = {}
    for name in ["", *names]:
        if name:
            act(hall, clock, name, mine)
        for ticket in mine:
            answer = ask(hall, ticket)
            picture = answer.text
            assert pictures.setdefault((ticket, answer.headers["etag"]), picture) == picture, (name, ticket)


@pytest.mark.parametrize(
    "names",
    [
        ["priority", "call", "take", "take", "take", "take", "time", "call", "finish"],
        ["call", "absent", "back", "call", "finish", "stop", "resume"],
        ["seat", "stop", "call", "leave", "priority", "priority", "call", "call", "time"],
    ],
    ids=["passed", "absent", "stopped"],
)
def test_no_kept_picture_is_stale(hall, clock, names):
    no_kept_picture_is_stale(hall, clock, names)


@pytest.mark.planted
def test_a_tag_that_forgets_the_place_is_caught(hall, clock, monkeypatch):
    monkeypatch.setattr(phones, "repr", lambda facts: str(facts[2].id), raising=False)
    with pytest.raises(AssertionError):
        no_kept_picture_is_stale(hall, clock, ["call", "call"])


@pytest.fixture(scope="module")
def one_hall(tmp_path_factory):
    clock = HandClock(MORNING)
    with running(tmp_path_factory.mktemp("watching") / "data", clock, printer_of=NO_PRINTERS) as server:
        server.store.write_now(Act("cb01"), shifts.open_shift, 1, "cb01")
        yield server, clock


@seed(20261123)
@settings(max_examples=15, deadline=None, database=None)
@given(st.lists(st.sampled_from(ACTS), max_size=10))
def test_whatever_happens_no_kept_picture_is_stale(one_hall, names):
    no_kept_picture_is_stale(*one_hall, names)


def stage(hall: Server, ticket: int) -> tuple[str, int]:
    found = re.search(r'data-state="([a-z-]+)" data-again="(\d+)"', ask(hall, ticket).text)
    assert found
    return found[1], int(found[2])


def test_the_nearer_the_turn_the_oftener_it_asks_and_in_the_end_no_more(hall, clock):
    line = [take(hall, clock) for _ in range(13)]
    assert [stage(hall, line[n]) for n in (0, 2, 3, 10, 11)] == [
        ("near", 10), ("near", 10), ("waiting", 15), ("waiting", 15), ("waiting", 30),
    ]  # fmt: skip
    do(hall, calling.call_next, 1, "cb01")
    assert stage(hall, line[0]) == ("called", 10)
    do(hall, calling.finish, 1, "cb01")
    assert stage(hall, line[0]) == ("finished", 30)
    do(hall, moving.leave, line[5])
    assert stage(hall, line[5]) == ("left", 0)


def test_nobody_is_sent_to_a_counter_that_is_closed_or_a_queue_that_is_stopped(hall, clock):
    mine = take(hall, clock)
    assert "Mời đến gần quầy 1 ngay bây giờ." in ask(hall, mine).text.replace("\u202f", " ")
    do(hall, managing.stop_queue, "ho-tich", "Họp")
    assert stage(hall, mine)[0] == "waiting"
    assert "ngay bây giờ" not in ask(hall, mine).text


def test_a_rating_given_on_the_tablet_is_seen_on_the_phone(hall, clock):
    mine = take(hall, clock)
    do(hall, calling.call_next, 1, "cb01")
    do(hall, calling.finish, 1, "cb01")
    tag = ask(hall, mine).headers["etag"]
    do(hall, rating.rate_visit, mine, 3, who="anyone")
    assert "Cảm ơn bạn đã đánh giá" in ask(hall, mine, tag).text

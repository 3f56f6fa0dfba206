"""The hall hears why a queue stops, once, between the calls; and a call taken back only where it heard the call."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from operations import calling, managing, ticketing, undoing
from store import journal
from store.writer import Act
from tests.browser.beside import Beside, beside
from tests.browser.scenes import CLERKS
from tests.browser.screens import Screens, connected, device_pass
from tests.browser.sounds import LISTEN_TO_SOUNDS, assert_one_at_a_time, sounds, wait_for_sounds


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Beside]:
    """A server process, three counters manned, people waiting."""
    with beside(tmp_path / "data") as server:
        for counter in (1, 2, 3):
            server.sit(counter)
        server.wait_in_line("ho-tich", 6)
        yield server


def write(centre: Beside, operation: object, *args: object, who: str = "ql02") -> int:
    """One operation; gives the number of its last event."""
    centre.store.write_now(Act(who), operation, *args)  # type: ignore[arg-type]
    return int(centre.store.read(journal.head)[0])


def undo(centre: Beside, counter: int) -> int:
    return write(centre, undoing.undo, counter, CLERKS[counter], who=CLERKS[counter])


def call(centre: Beside, counter: int) -> int:
    """By its own clerk, who alone may take it back."""
    person = CLERKS[counter]
    return write(centre, calling.call_next, counter, person, who=person)


def heard(page: Page) -> list[int]:
    return [entry["seq"] for entry in sounds(page, "playing")]


def test_a_stop_and_its_end_are_heard_once_and_never_with_a_call(wall: Page, centre: Beside) -> None:
    said = [call(centre, 1), write(centre, managing.stop_queue, "ho-tich", "mất điện"), call(centre, 2)]
    wait_for_sounds(wall, 3)
    assert_one_at_a_time(sounds(wall), said)
    expect(wall.locator(".stop-line")).to_contain_text("mất điện")
    wall.reload()
    connected(wall)
    resumed = write(centre, managing.resume_queue, "ho-tich")
    wait_for_sounds(wall, 1)
    assert heard(wall) == [resumed], "a reload repeats nothing"


def test_a_stop_that_is_over_before_its_turn_is_not_said(wall: Page, centre: Beside) -> None:
    centre.freeze()
    first, _ = call(centre, 1), write(centre, managing.stop_queue, "ho-tich", "họp")
    resumed = write(centre, managing.resume_queue, "ho-tich")
    centre.thaw()
    wait_for_sounds(wall, 2)
    assert heard(wall) == [first, resumed]


def test_a_call_that_was_heard_is_heard_to_be_taken_back_also_after_a_reload(wall: Page, centre: Beside) -> None:
    seq = call(centre, 1)
    wait_for_sounds(wall, 1)
    assert heard(wall) == [seq]
    wall.reload()
    connected(wall)
    withdrawn = undo(centre, 1)
    wait_for_sounds(wall, 1)
    assert heard(wall) == [withdrawn]


def check_nothing_is_said_of_a_call_unheard(centre: Beside, open_screen: Screens, planted: str = "") -> None:
    """The wall was switched on after the call: it shows 'xin chờ' and says nothing of it."""
    seq = call(centre, 1)
    page = open_screen.blank("wall", device_pass(centre, "W1"))
    page.add_init_script(LISTEN_TO_SOUNDS + planted.replace("SEQ", str(seq)))
    page.goto(f"{centre.url}/display/W1")
    connected(page)
    undo(centre, 1)
    expect(page.locator(".taken-back")).to_have_text(re.compile("xin chờ"))
    write(centre, ticketing.take_ticket, "ho-tich")
    next_one = call(centre, 2)
    wait_for_sounds(page, 1)
    assert heard(page) == [next_one]


def test_a_call_that_nobody_heard_is_not_taken_back_aloud(centre: Beside, open_screen: Screens) -> None:
    check_nothing_is_said_of_a_call_unheard(centre, open_screen)


@pytest.mark.planted
def test_planted_wall_that_believes_it_has_spoken_is_heard(centre: Beside, open_screen: Screens) -> None:
    with pytest.raises(AssertionError):
        believing = "localStorage.setItem('heard-W1', '[SEQ]'); localStorage.setItem('spoken-W1', 'SEQ');"
        check_nothing_is_said_of_a_call_unheard(centre, open_screen, believing)


def test_a_broken_call_is_not_taken_back_aloud(wall: Page, centre: Beside, open_screen: Screens) -> None:
    """A clip that could not be played was not heard."""
    open_screen.allow(wall, "ERR_FAILED")
    broken: list[str] = []
    wall.route("**/voice/**", lambda route: (broken.append(route.request.url), route.abort())[1])
    call(centre, 1)
    wall.wait_for_function("() => window.sounds.some(s => s.kind === 'error')")
    wall.unroute("**/voice/**")
    undo(centre, 1)
    expect(wall.locator(".taken-back")).to_have_text(re.compile("xin chờ"))
    next_one = call(centre, 2)
    wait_for_sounds(wall, 1)
    assert len(broken) == 1 and heard(wall) == [next_one]

"""The hall hears why a queue stops, once, between the calls; and a call taken back only where it heard the call."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain.announcements import Outcome
from operations import calling, managing, speaking, ticketing, undoing
from operations.speaking import Ended
from store import journal
from store.writer import Act
from tests.browser.beside import Beside, beside
from tests.browser.scenes import CLERKS
from tests.browser.screens import Screens, connected, device_pass
from tests.browser.sounds import LISTEN_TO_SOUNDS, assert_one_at_a_time, sounds, wait_for_sounds
from tests.support.asking import browser
from web.visitors import SIGN_IN_COOKIE


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
    newest = "SELECT max(seq) FROM journal WHERE kind <> 'AnnouncementEnded'"
    return int(centre.store.read(lambda db: db.execute(newest).fetchone()[0]))


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


def check_nothing_is_said_of_a_call_unheard(centre: Beside, open_screen: Screens) -> None:
    """The wall was switched on after the call was taken back: it says nothing of it."""
    call(centre, 1)
    undo(centre, 1)
    page = open_screen.blank("wall", device_pass(centre, "W1"))
    page.add_init_script(LISTEN_TO_SOUNDS)
    page.goto(f"{centre.url}/display/W1")
    connected(page)
    write(centre, ticketing.take_ticket, "ho-tich")
    next_one = call(centre, 2)
    wait_for_sounds(page, 1)
    assert heard(page) == [next_one]


def test_a_call_that_nobody_heard_is_not_taken_back_aloud(centre: Beside, open_screen: Screens) -> None:
    check_nothing_is_said_of_a_call_unheard(centre, open_screen)


@pytest.mark.planted
def test_planted_journal_that_believes_it_was_spoken_is_heard(centre: Beside, open_screen: Screens) -> None:
    """A call that is noted as spoken and was not: its withdrawal would be said."""
    begun = centre.store.read(journal.head)[0]
    write(centre, speaking.end_announcements, "khu-1", [Ended(begun + 2, Outcome.SPOKEN)])
    with pytest.raises(AssertionError):
        check_nothing_is_said_of_a_call_unheard(centre, open_screen)


def test_two_speakers_of_a_zone_have_one_voice_and_the_other_takes_over(
    centre: Beside, open_screen: Screens
) -> None:
    """Two pages of one wall are two speakers; when the one that spoke is gone the other speaks."""
    passes = device_pass(centre, "W1")
    first, other = (open_screen.blank("wall", passes) for _ in range(2))
    said = [call(centre, 1)]
    for page in (first, other):
        page.add_init_script(LISTEN_TO_SOUNDS)
        page.goto(f"{centre.url}/display/W1")
        connected(page)
        wait_for_sounds(first, 1)
    said.append(call(centre, 2))
    wait_for_sounds(first, 2)
    assert (heard(first), heard(other)) == (said, [])
    first.close()
    last = call(centre, 3)
    wait_for_sounds(other, 1)
    assert heard(other) == [last]


def test_a_test_is_heard_on_the_wall_that_is_asked(wall: Page, centre: Beside) -> None:
    manager = browser(centre, f"{SIGN_IN_COOKIE}={centre.person_cookie('ql03')}")
    assert manager.post("/admin/voice/tests/W1", data={}).status_code == 303
    manager.close()
    wait_for_sounds(wall, 1)
    assert heard(wall) == [0]


def test_a_broken_call_is_not_taken_back_aloud(wall: Page, centre: Beside, open_screen: Screens) -> None:
    """A clip that could not be played was not heard."""
    open_screen.allow(wall, "ERR_FAILED")
    broken: list[str] = []
    wall.route("**/voice/**/*.wav", lambda route: (broken.append(route.request.url), route.abort())[1])
    call(centre, 1)
    wall.wait_for_function("() => window.sounds.some(s => s.kind === 'error')")
    wall.unroute("**/voice/**/*.wav")
    undo(centre, 1)
    expect(wall.locator(".taken-back")).to_have_text(re.compile("xin chờ"))
    next_one = call(centre, 2)
    wait_for_sounds(wall, 1)
    assert len(broken) == 1 and heard(wall) == [next_one]

"""A centre records its own voice in the browser: one press begins, one ends, and the clip can be heard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.beside import Beside, beside
from tests.browser.screens import Screens, person_pass
from web.recordings import Recordings
from web.sounds import RATE

# A microphone into which somebody hums: a tone of half loudness.
HUMMING = """
  navigator.mediaDevices.getUserMedia = async () => {
    const room = new AudioContext(), tone = room.createOscillator(), ear = room.createMediaStreamDestination();
    const gain = room.createGain();
    gain.gain.value = LOUDNESS;
    tone.connect(gain).connect(ear);
    tone.start();
    return ear.stream;
  };
"""


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Beside]:
    """A server process."""
    with beside(tmp_path / "data") as server:
        yield server


@pytest.fixture
def recordings(centre: Beside) -> Recordings:
    """The packs in the making beside the running server, with one just begun."""
    found = Recordings(centre.data / "packs")
    found.begin("giong-ta", "vi", ())
    return found


def clip_page(centre: Beside, open_screen: Screens, loudness: float) -> Page:
    page = open_screen.blank("counter", person_pass(centre, "ql03"))
    page.add_init_script(HUMMING.replace("LOUDNESS", str(loudness)))
    page.goto(f"{centre.url}/admin/voice/recordings/giong-ta/clips/7")
    return page


def record(page: Page, milliseconds: int = 900) -> None:
    page.click("#record")
    expect(page.locator("#record")).to_have_text("Đang thu… bấm để dừng")
    page.wait_for_timeout(milliseconds)  # a recording lasts as long as it lasts
    page.click("#record")


def check_it_is_kept(centre: Beside, open_screen: Screens, recordings: Recordings, loudness: float) -> None:
    """The clip is there afterwards, as long as was hummed, and can be heard."""
    page = clip_page(centre, open_screen, loudness)
    expect(page.get_by_text("Chưa có đoạn này.")).to_be_visible()
    record(page)
    expect(page.locator("audio")).to_be_visible()
    assert "7" in recordings.find("giong-ta").clips
    seconds = (len(recordings.sound("giong-ta", "7")) - 44) / 2 / RATE
    assert 0.4 < seconds < 5
    page.evaluate("document.querySelector('audio').play()")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0")


def test_a_clip_is_recorded_heard_and_recorded_again(
    centre: Beside, open_screen: Screens, recordings: Recordings
) -> None:
    check_it_is_kept(centre, open_screen, recordings, 0.5)
    page = clip_page(centre, open_screen, 0.5)
    before = recordings.find("giong-ta").clips["7"]
    record(page, 600)
    expect(page.locator(f"audio[src*='{before[:12]}']")).to_have_count(0)
    assert recordings.find("giong-ta").clips["7"] != before


@pytest.mark.planted
def test_planted_microphone_that_hears_nothing_is_noticed(
    centre: Beside, open_screen: Screens, recordings: Recordings
) -> None:
    page = clip_page(centre, open_screen, 0.0)
    open_screen.allow(page, "409")
    record(page)
    expect(page.locator("#record-said")).to_contain_text("Không nghe thấy tiếng")
    assert recordings.find("giong-ta").clips == {}

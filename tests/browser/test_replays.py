"""A day played again in a real browser: it runs at its speed, stands still, leaps, ends, and is never heard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from operations import calling, shifts, ticketing
from store.writer import Act
from tests.browser.screens import Screens, person_pass
from tests.support.asking import NO_PRINTERS
from tests.support.halls import MORNING, HandClock
from tests.support.servers import Server, running

NARROW = "\u202f"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Server]:
    """The day after one with four calls, ten minutes apart."""
    clock = HandClock(MORNING)
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        server.store.write_now(Act("cb01"), shifts.open_shift, 1, "cb01")
        for _ in range(4):
            clock.forward(minutes=10)
            server.store.write_now(Act("cb01"), ticketing.take_ticket, "ho-tich", "vi", None)
            server.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")
        clock.forward(days=1)
        yield server


def played(hall: Server, open_screen: Screens, query: str) -> tuple[Page, list[str]]:
    """The page of that day, and what it has asked for."""
    page, asked = open_screen("wall", "about:blank", passes=person_pass(hall, "ql02")), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{hall.url}/display/replays/1/khu-1?{query}")
    return page, asked


def test_a_day_runs_until_its_end_without_a_sound(hall: Server, open_screen: Screens) -> None:
    page, asked = played(hall, open_screen, "at=08:18&speed=300")
    number = page.locator("#now .number")
    expect(number).to_have_text(f"A{NARROW}002", timeout=8000)
    expect(number).to_have_text(f"A{NARROW}004", timeout=15000)
    expect(page.locator("#pause")).to_have_text("Chạy tiếp", timeout=15000)
    expect(page.locator("#clock .figures")).to_have_text("08:45")
    assert not [url for url in asked if "voice" in url or url.endswith(".wav") or "/live" in url]


def test_a_day_stands_still_and_leaps(hall: Server, open_screen: Screens) -> None:
    page, _ = played(hall, open_screen, "at=08:12&speed=60")
    page.click("#pause")
    page.fill("#at", "08:33")
    page.click("#jump button")
    expect(page.locator("#now .number")).to_have_text(f"A{NARROW}003", timeout=8000)
    page.click("#pause")
    stood = page.locator("#reached").inner_text()
    page.locator("#axis").fill(str(8 * 3600 + 11 * 60))
    expect(page.locator("#now .number")).to_have_text(f"A{NARROW}001", timeout=8000)
    assert stood >= "08:33"
    expect(page.locator("#pause")).to_have_text("Chạy tiếp")

"""Walls in a real browser: the page loads itself anew at night and when it is sent away, and says since when."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain import devices
from operations import calling, entering, managing, shifts, ticketing
from store.writer import Act
from tests.browser.screens import Screens, advance, connected, device_pass, person_pass
from tests.support.halls import MORNING, HandClock, centre_with_walls, demo_calendar
from tests.support.servers import Server, running

OLD = 20  # seconds; a page of three hours would have been silent for most of them


@pytest.fixture
def clock() -> HandClock:
    """Moved by hand."""
    return HandClock(MORNING)


@pytest.fixture
def hall(tmp_path: Path, clock: HandClock) -> Iterator[Server]:
    """Walls of every layout, one counter manned."""
    with running(tmp_path / "data", clock) as server:
        server.store.write_now(Act("t"), managing.load_centre, centre_with_walls(), demo_calendar())
        server.store.write_now(Act("cb03"), shifts.open_shift, 3, "cb03")
        yield server


def hung(hall: Server, open_screen: Screens, device: str = "W1", kind: str = "wall") -> Page:
    """This wall, with a list of the pages that it has loaded since."""
    page = open_screen(kind, f"{hall.url}/display/{device}", passes=device_pass(hall, device))
    return connected(page)


def some_time(page: Page) -> None:
    """Half a minute on the page, during which the server was heard."""
    for _ in range(2):
        advance(page, 14, clock="page")
        page.wait_for_function("() => document.getElementById('link').hidden", timeout=8000)
        page.wait_for_timeout(2200)


@pytest.mark.parametrize(("at", "anew"), [("03:10", True), ("12:00", False)])
def test_a_wall_loads_its_page_anew_at_night(
    hall: Server, open_screen: Screens, clock: HandClock, monkeypatch: pytest.MonkeyPatch, at: str, anew: bool
) -> None:
    monkeypatch.setattr(devices, "OLD_PAGE_SECONDS", OLD)
    clock.at("02:50")
    page = hung(hall, open_screen)
    page.evaluate("window.keptPage = true")
    clock.at(at)
    some_time(page)
    if anew:
        page.wait_for_function("() => !window.keptPage", timeout=8000)
        connected(page)
        assert page.url == f"{hall.url}/display/W1"
    else:
        assert page.evaluate("window.keptPage") is True


@pytest.mark.parametrize("path", ["W1", "managers"])
def test_a_wall_says_since_when_by_the_servers_clock(
    hall: Server, open_screen: Screens, clock: HandClock, path: str
) -> None:
    clock.at("09:41")
    page = open_screen.blank("wall", device_pass(hall, "W1") + person_pass(hall, "ql02"))
    page.route_web_socket(re.compile("/live"), lambda socket: None)
    page.route("**/healthz", lambda route: route.abort())
    open_screen.allow(page, "ERR_FAILED")
    page.goto(f"{hall.url}/display/{path}")
    advance(page, 5, clock="page")
    expect(page.locator("#link [data-since]")).to_have_text("09:41")


def test_a_wall_that_is_sent_away_asks_first_whether_anybody_is_there(hall: Server, open_screen: Screens) -> None:
    page = hung(hall, open_screen)
    open_screen.allow(page, "status of 401", "ERR_FAILED", "htmx:ws:error", "WebSocket connection")
    page.route("**/healthz", lambda route: route.abort())
    hall.store.write_now(Act("ql03"), entering.revoke_device, "W1")
    page.wait_for_timeout(1500)
    assert page.locator("#wall").count() == 1, "no blind step to an error page"
    page.unroute("**/healthz")
    expect(page.locator("#wall")).to_have_count(0, timeout=8000)


def test_a_wall_that_is_set_up_otherwise_shows_it_by_itself(hall: Server, open_screen: Screens) -> None:
    page = hung(hall, open_screen, "W4")
    expect(page.locator("body.door")).to_have_count(1)
    found = centre_with_walls()
    changed = tuple(replace(one, screen=None) if one.id == "W4" else one for one in found.devices)
    hall.store.write_now(Act("t"), managing.load_centre, replace(found, devices=changed), demo_calendar())
    expect(page.locator("body.hall")).to_have_count(1, timeout=8000)


def test_a_picture_gives_way_to_a_call_at_once(hall: Server, open_screen: Screens, clock: HandClock) -> None:
    shelf = hall.app.state.house.pictures
    shelf.folder.mkdir()
    # One pixel: no test needs more to see that it is drawn.
    pixel = (
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49"
        "444154789c6360f8cf500f00038601807a36d5e60000000049454e44ae426082"
    )
    (shelf.folder / "sen.png").write_bytes(bytes.fromhex(pixel))
    page = hung(hall, open_screen)
    page.wait_for_function("() => document.querySelector('#now img')?.naturalWidth === 1")
    hall.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich")
    hall.store.write_now(Act("cb03"), calling.call_next, 3, "cb03")
    expect(page.locator("#now .call")).to_be_visible(timeout=2000)
    expect(page.locator("#now img")).to_have_count(0)


@pytest.mark.parametrize("device", ["W3", "W4"])
def test_every_layout_hides_its_numbers_after_a_minute(hall: Server, open_screen: Screens, device: str) -> None:
    hall.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich")
    hall.store.write_now(Act("cb03"), calling.call_next, 3, "cb03")
    page = open_screen.blank("wall", device_pass(hall, device))
    page.route_web_socket(re.compile("/live"), lambda socket: None)
    page.route("**/healthz", lambda route: route.abort())
    open_screen.allow(page, "ERR_FAILED")
    page.goto(f"{hall.url}/display/{device}")
    expect(page.locator("#now .number")).to_be_visible()
    advance(page, 5, clock="page")
    expect(page.locator("body.stale #lines")).to_be_hidden()
    expect(page.locator("#now .number")).to_be_visible()
    advance(page, 60, clock="page")
    expect(page.locator("body.lost #now .number")).to_be_hidden()


def test_without_scripts_the_wall_is_the_plain_page(hall: Server, open_screen: Screens) -> None:
    page = open_screen("wall", f"{hall.url}/display/W1", passes=device_pass(hall, "W1"), java_script_enabled=False)
    page.click(".unscripted a")
    expect(page.locator(".old")).to_be_visible()
    with page.expect_navigation(url="**/display/W1?plain=1", timeout=9000):
        pass
    expect(page.locator(".old")).to_be_visible()


PANELS = {
    "W1": [(1366, 768), (1280, 720), (1280, 800), (3840, 2160)],
    "W3": [(768, 1366), (2160, 3840)],
    "W4": [(1366, 768)],
}


@pytest.mark.parametrize("device", PANELS)
def test_any_panel_shows_the_wall_as_large(hall: Server, open_screen: Screens, device: str) -> None:
    """Nothing is cut off on a panel of fewer pixels, and a number is no smaller on one of more."""
    hall.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich")
    hall.store.write_now(Act("cb03"), calling.call_next, 3, "cb03")
    page = hung(hall, open_screen, device, "standing" if device == "W3" else "wall")
    usual = share_of_glass(page)
    for width, height in PANELS[device]:
        page.set_viewport_size({"width": width, "height": height})
        assert share_of_glass(page) == pytest.approx(usual, rel=0.02), (width, height)
        assert page.evaluate(CUT_OFF) == [], (width, height)


def share_of_glass(page: Page) -> float:
    """How wide the number stands, of the width of the glass."""
    page.evaluate(
        "Promise.all(document.getAnimations().filter(one => one.animationName === 'grow').map(one => one.finished))"
    )
    box = page.locator("#now .call.number, #now .call .number").bounding_box()
    size = page.viewport_size
    assert box is not None and size is not None
    return box["width"] / size["width"]


CUT_OFF = """() => {
  const parts = document.querySelectorAll('#now .number, #now .way, #now b, #lines li, #clock .figures');
  return [...parts].filter(part => {
    const box = part.getBoundingClientRect();
    const room = part.closest('section, footer, header').getBoundingClientRect();
    const lowest = Math.min(room.bottom, innerHeight);
    return box.right > room.right + 1 || box.top < room.top - 1 || box.bottom > lowest + 1;
  }).map(part => part.outerHTML);
}"""


def test_a_burst_of_calls_stays_to_be_read(hall: Server, open_screen: Screens) -> None:
    """W3: with more calls at once than the list has rows, each stands on the glass for six seconds at least."""
    clerks = {1: "cb01", 2: "cb02", 3: "cb03", 4: "cb04", 5: "cb05", 6: "cb06", 7: "cb07", 8: "cb08"}
    for counter in sorted(clerks.keys() - {3}):
        hall.store.write_now(Act(clerks[counter]), shifts.open_shift, counter, clerks[counter])
    for queue in ("ho-tich", "chung-thuc", "cu-tru", "giay-to", "tra-ket-qua") * 2:
        hall.store.write_now(Act("t"), ticketing.take_ticket, queue)
    page = hung(hall, open_screen)
    called = [hall.store.write_now(Act(who), calling.call_next, n, who).ticket.number for n, who in clerks.items()]
    standing = page.locator("#now .number, #missed .number")
    expect(standing).to_have_count(len(called))
    assert sorted(standing.all_inner_texts()) == sorted(called)
    advance(page, 5, clock="page")
    page.wait_for_timeout(600)
    expect(page.locator("#missed")).to_be_visible()
    advance(page, 2, clock="page")
    expect(page.locator("#missed")).to_be_hidden(timeout=3000)
    assert page.locator("#before .number").count() == 5


def test_what_was_called_while_a_page_was_away_is_read_after_it_comes_back(
    hall: Server, open_screen: Screens
) -> None:
    """A page loaded anew goes on where it stopped: who is still called stands on it, who is served does not."""
    for counter in (1, 2):
        hall.store.write_now(Act(f"cb0{counter}"), shifts.open_shift, counter, f"cb0{counter}")
    for _ in range(40):
        hall.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich")
    page = hung(hall, open_screen)
    hall.store.write_now(Act("cb03"), calling.call_next, 3, "cb03")
    expect(page.locator("#now .call")).to_be_visible()
    page.goto("about:blank")
    still = hall.store.write_now(Act("cb01"), calling.call_next, 1, "cb01").ticket.number
    over = hall.store.write_now(Act("cb02"), calling.call_next, 2, "cb02").ticket.number
    for _ in range(30):
        hall.store.write_now(Act("cb02"), calling.call_next, 2, "cb02")
    with page.expect_request("**/calls?after=*"):
        page.goto(f"{hall.url}/display/W1")
    expect(page.locator("#missed .number", has_text=still)).to_be_visible()
    expect(page.locator("#missed .number", has_text=over)).to_have_count(0)


def test_a_hall_of_fourteen_queues_leaves_the_number_its_room(hall: Server, open_screen: Screens) -> None:
    """They stand in columns; with two causes of stops and French words nothing is cut off."""
    found = centre_with_walls()
    here = tuple(replace(queue, hall=found.zones[0].hall) for queue in found.queues)
    more = tuple(replace(here[5], id=f"hang-{prefix}", prefix=prefix) for prefix in "LMNPQR")
    hall.store.write_now(Act("t"), managing.load_centre, replace(found, queues=here + more), demo_calendar())
    for queue, reason in (("ho-tich", "mất điện"), ("xay-dung", "cán bộ đi họp đột xuất ở ủy ban")):
        hall.store.write_now(Act("ql02"), managing.stop_queue, queue, reason)
    hall.store.write_now(Act("t"), ticketing.take_ticket, "chung-thuc")
    hall.store.write_now(Act("cb03"), calling.call_next, 3, "cb03")
    for device, kind in (("W1", "wall"), ("W3", "standing")):
        page = open_screen(kind, f"{hall.url}/display/{device}?lang=fr", passes=device_pass(hall, device))
        assert connected(page).locator("#lines li").count() == 14
        assert page.evaluate(CUT_OFF) == []
        columns = page.evaluate(
            "[...document.querySelectorAll('#lines li')].map(row => row.getBoundingClientRect().left)"
        )
        assert len(set(columns)) == (6 if device == "W1" else 3)
        assert page.evaluate("document.getElementById('lines').getBoundingClientRect().bottom <= innerHeight + 1")

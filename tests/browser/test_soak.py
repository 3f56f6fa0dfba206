"""A day and a night of pictures on one wall: as many nodes and as much memory at the end as in the morning.

A wall gets a picture with every change, 17 280 in 24 hours from the clock alone. Here they come as fast as they go.
"""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page

from operations import calling, shifts, ticketing
from store.writer import Act
from tests.browser.screens import Screens, connected, device_pass
from tests.browser.test_network import NOTE
from tests.support.crowd import report
from tests.support.halls import MORNING, HandClock
from tests.support.servers import Server, running
from tests.support.sizes import size

DAY = 17_280
MOST_NODES, MOST_MB = 40, 1.5
COUNT = """
  window.pictures = 0;
  setInterval(() => { window.asked = []; window.shown = []; }, 200);
  document.addEventListener('htmx:ws:before:message:incoming', event => {
    if (!String(event.detail.message.data).startsWith('{')) window.pictures++;
  });
"""
LEAK = "document.addEventListener('htmx:after:swap', () => (window.kept ||= []).push(document.createElement('b')));"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Server]:
    """One counter manned; the clock goes one second with every change: a day of pictures ends before midnight."""
    clock = HandClock(MORNING)
    with running(tmp_path / "data", clock) as server:
        server.store.write_now(Act("cb01"), shifts.open_shift, 1, "cb01")
        server.app.state.clock = clock
        yield server


def weigh(page: Page, cdp: CDPSession) -> tuple[int, float]:
    """How many nodes the page holds, those in nobody's sight among them, and how many MB its script needs."""
    for _ in range(2):
        cdp.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
    return int(found["Nodes"]), found["JSHeapUsedSize"] / 1e6


def live(hall: Server, page: Page, pictures: int) -> None:
    """A ticket and a call, again and again, until the wall has shown so many pictures since its page was loaded."""
    queues = cycle(["ho-tich", "chung-thuc"])
    while page.evaluate("window.pictures") < pictures:
        hall.app.state.clock.forward(seconds=1)
        hall.store.write_now(Act("test"), ticketing.take_ticket, next(queues))
        hall.app.state.clock.forward(seconds=1)
        call = hall.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")
        page.wait_for_function("n => Number(document.querySelector('#now .call')?.dataset.seq) >= n", arg=call.seq)


def soak(hall: Server, open_screen: Screens, pictures: int, leak: str = "") -> None:
    """The second half of the day needs no more than the first."""
    page = open_screen.blank("wall", device_pass(hall, "W1"))
    page.add_init_script(NOTE + COUNT + leak)
    for _ in range(3):
        hall.store.write_now(Act("test"), ticketing.take_ticket, "ho-tich")
    page.goto(f"{hall.url}/display/W1")
    connected(page)
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")
    live(hall, page, pictures // 2)
    nodes, heap = weigh(page, cdp)
    live(hall, page, pictures)
    more_nodes, more_heap = weigh(page, cdp)
    report("soak_pictures", page.evaluate("window.pictures"))
    report("soak_nodes", f"{nodes}..{more_nodes}")
    report("soak_heap_mb", f"{heap:.1f}..{more_heap:.1f}")
    assert more_nodes - nodes <= MOST_NODES, f"{nodes} nodes in the morning, {more_nodes} in the evening"
    assert more_heap - heap <= MOST_MB, f"{heap:.1f} MB in the morning, {more_heap:.1f} in the evening"


def test_a_day_leaves_nothing_behind_on_a_wall(hall: Server, open_screen: Screens) -> None:
    soak(hall, open_screen, size("soak_pictures", 200, DAY))


@pytest.mark.planted
def test_planted_leak_of_one_node_a_picture_is_found(hall: Server, open_screen: Screens) -> None:
    with pytest.raises(AssertionError, match="nodes in the morning"):
        soak(hall, open_screen, 200, LEAK)

"""A wall behind a bad network: delays, freezes, cuts, refusals. Once it heals the wall is as the file says.

TCP doubles and reorders nothing inside a connection (`tests.support.network`): what a wall meets is answers that
pass each other and the same asked for again.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, TimeoutError

from display.announcing import IN_PICTURE
from domain.tickets import shown_number
from tests.browser.beside import Beside, beside
from tests.browser.screens import Screens, connected, device_pass
from tests.support.crowd import _on_wall, should_show
from tests.support.halls import demo_centre
from tests.support.network import Network, network
from tests.support.sizes import size

CUT = (
    "WebSocket connection to .* failed", "htmx:ws:error", "Failed to load resource",
    r"ERR_(CONNECTION_\w+|FAILED|EMPTY_RESPONSE|NETWORK_CHANGED|SOCKET_NOT_CONNECTED|ABORTED)",
)  # fmt: skip
HEALED_SECONDS = 12
# Which call stood largest, one after the other, which stood anywhere, and which were spoken: clips of no length.
NOTE = r"""
  window.asked = []; window.shown = []; window.read = [];
  Object.defineProperty(HTMLMediaElement.prototype, 'src', { set(url) { this.dataset.url = url; } });
  HTMLMediaElement.prototype.play = function () {
    const found = this.dataset.url.match(/(\d+)\.wav/);
    if (found) window.asked.push(Number(found[1]));
    setTimeout(() => this.dispatchEvent(new Event('ended')));
    return Promise.resolve();
  };
  document.addEventListener('htmx:after:swap', () => {
    const call = document.querySelector('#now .call'), seq = call && Number(call.dataset.seq);
    if (call && window.shown.at(-1) !== seq) window.shown.push(seq);
  });
  document.addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
    for (const number of document.querySelectorAll('#now .number, #before .number, #missed .number')) {
      if (!window.read.includes(number.textContent)) window.read.push(number.textContent);
    }
  }).observe(document.getElementById('wall'), { childList: true, subtree: true }));
"""


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Beside]:
    """A server process, three counters of one hall manned, people waiting."""
    with beside(tmp_path / "data") as server:
        for counter in (1, 2, 5):
            server.sit(counter)
        for queue in ("ho-tich", "chung-thuc", "cu-tru"):
            server.wait_in_line(queue, 8)
        yield server


@pytest.fixture
def relay(centre: Beside) -> Iterator[Network]:
    """The bad network in front of it."""
    port = urlsplit(centre.url).port
    assert port is not None
    with network(port, seed=62) as found:
        yield found


def far_wall(centre: Beside, relay: Network, open_screen: Screens) -> Page:
    """The hall's wall at the other end of the network."""
    page = open_screen.blank("wall", device_pass(centre, "W1"))
    open_screen.allow(page, *CUT)
    page.add_init_script(NOTE)
    page.goto(f"http://127.0.0.1:{relay.port}/display/W1")
    return connected(page)


def one_fault(relay: Network, dice: random.Random) -> None:
    """Something goes wrong on the way."""
    match dice.choice(("slow", "frozen", "cut", "down")):
        case "slow":
            relay.delay_seconds = dice.uniform(0.1, 1.0)
        case "frozen":
            relay.is_frozen = True
        case "cut":
            relay.cut()
        case "down":
            relay.is_down = True
            relay.cut()


def assert_whole(page: Page, centre: Beside, seqs: list[int]) -> None:
    """The wall is what the file says; every call was spoken once, in order, and no old one came back."""
    newest = f"() => Number(document.querySelector('#now .call')?.dataset.seq) === {seqs[-1]}"
    page.wait_for_function(newest, timeout=HEALED_SECONDS * 1000)
    page.wait_for_function("() => document.getElementById('link').hidden", timeout=HEALED_SECONDS * 1000)
    page.wait_for_timeout(300)  # what is spoken next to nothing is spoken by now
    wanted = centre.store.read(lambda db: should_show(db, "/display/W1/live", demo_centre()))
    assert _on_wall(page.inner_html("#wall")) == wanted
    shown = page.evaluate("window.shown")
    assert shown == sorted(set(shown)), f"an old call came back: {shown}"
    page.wait_for_function("count => window.asked.length >= count", arg=len(seqs), timeout=HEALED_SECONDS * 1000)
    assert page.evaluate("window.asked") == seqs
    for number in still_called(centre):
        page.wait_for_function("number => window.read.includes(number)", arg=number, timeout=5000)


def still_called(centre: Beside) -> list[str]:
    """The numbers of those who are wanted at a counter now."""
    rows = centre.store.read(
        lambda db: db.execute("SELECT prefix, n FROM tickets WHERE state = 'called'").fetchall()
    )
    return [shown_number(prefix, n) for prefix, n in rows]


def wait_for_news(page: Page, centre: Beside, seq: int) -> None:
    """The server has heard of what was written beside it: its next picture begins behind the gap."""
    for _ in range(200):
        if page.request.get(f"{centre.url}/display/W1/calls?after={seq - 1}").json()["calls"]:
            return
        page.wait_for_timeout(50)
    raise AssertionError("the server has not heard of the calls")


def live_through(page: Page, centre: Beside, relay: Network, rounds: int) -> None:
    """Calls go on while the network fails in one way after the other."""
    dice, seqs = random.Random(1962), list[int]()
    for turn in range(rounds):
        one_fault(relay, dice)
        if turn % 3 == 2:  # cut off for more calls than a picture holds
            relay.is_down = True
            relay.cut()
            centre.wait_in_line("ho-tich", IN_PICTURE + 3)
            seqs += [centre.call(counter) for counter in (2, *[1] * (IN_PICTURE + 1))]
            wait_for_news(page, centre, seqs[-1])
        centre.wait_in_line("cu-tru", 1)
        seqs.append(centre.call(5))
        page.wait_for_timeout(dice.uniform(200, 1200))
        relay.heal()
        page.wait_for_timeout(dice.uniform(0, 400))
    assert_whole(page, centre, seqs)


def test_a_wall_lives_through_a_bad_network(centre: Beside, relay: Network, open_screen: Screens) -> None:
    live_through(far_wall(centre, relay, open_screen), centre, relay, size("network_rounds", 7, 80))


@pytest.mark.planted
def test_planted_wall_that_fetches_nothing_is_found(centre: Beside, relay: Network, open_screen: Screens) -> None:
    """Who is called beside more calls than a picture holds stays unread."""

    def refuse(route: Route) -> None:
        route.abort()

    page = far_wall(centre, relay, open_screen)
    page.route("**/calls?*", refuse)
    with pytest.raises(TimeoutError):
        live_through(page, centre, relay, 3)


@pytest.mark.planted
def test_planted_wall_that_shows_an_old_call_again_is_found(
    centre: Beside, relay: Network, open_screen: Screens
) -> None:
    page = far_wall(centre, relay, open_screen)
    seqs = [centre.call(1), centre.call(2)]
    page.wait_for_function("seq => window.shown.at(-1) === seq", arg=seqs[-1])
    page.evaluate("seq => window.shown.push(seq)", seqs[0])
    with pytest.raises(AssertionError, match="came back"):
        assert_whole(page, centre, seqs)

"""Screens that live: silent, frozen, killed and restarted servers; announcements; hostile pushes and pages."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from operations import managing
from store.writer import Act
from tests.browser.beside import Beside, beside
from tests.browser.screens import Screens, advance, connected, device_pass, person_pass
from tests.browser.sounds import LISTEN_TO_SOUNDS, assert_one_at_a_time, sounds, wait_for_sounds

CUT = (
    r"WebSocket connection to .* failed",
    "htmx:ws:error",
    r"ERR_(CONNECTION_REFUSED|FAILED|EMPTY_RESPONSE|CONNECTION_RESET)",
)
STALE_SECONDS, FRESH_SECONDS, RIGHT_AGAIN_SECONDS = 4.7, 1.0, 5.0
NOISE_SECONDS = 0.8  # the machine of the tests has other things to do


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Beside]:
    """A server process, four counters manned, people waiting."""
    with beside(tmp_path / "data") as server:
        for counter in (1, 2, 3, 5):
            server.sit(counter)
        for queue in ("ho-tich", "chung-thuc", "cu-tru"):
            server.wait_in_line(queue, 6)
        yield server


def seconds_until(page: Page, condition: str, limit: float) -> float:
    """How long the page takes until this holds."""
    began = time.monotonic()
    page.wait_for_function(condition, timeout=limit * 1000, polling=50)
    return time.monotonic() - began


IS_STALE = "() => document.body.matches('.stale') && !document.getElementById('link').hidden"
IS_FRESH = "() => !document.body.matches('.stale') && document.getElementById('link').hidden"


def assert_says_so_when_frozen(page: Page, centre: Beside) -> None:
    """W5: old after 4 s, no numbers after a minute, fresh a second after the server goes on."""
    centre.freeze()
    assert seconds_until(page, IS_STALE, 8) <= STALE_SECONDS + NOISE_SECONDS
    expect(page.locator("#now .number")).to_be_visible()
    expect(page.locator(".figures-live").first).to_be_hidden()
    advance(page, 60, clock="page")
    seconds_until(page, "() => document.body.matches('.lost')", 3)
    expect(page.locator("#now .number")).to_be_hidden()
    centre.thaw()
    seconds_until(page, IS_FRESH, 4 + NOISE_SECONDS)
    expect(page.locator("#now .number")).to_be_visible()


def test_a_frozen_server_is_seen_on_the_wall(wall: Page, centre: Beside) -> None:
    centre.call(1)
    expect(wall.locator("#now .number")).to_be_visible()
    assert_says_so_when_frozen(wall, centre)


def test_a_short_freeze_is_over_within_a_second(wall: Page, centre: Beside) -> None:
    centre.freeze()
    seconds_until(wall, IS_STALE, 8)
    centre.thaw()
    assert seconds_until(wall, IS_FRESH, 4) <= FRESH_SECONDS + NOISE_SECONDS


@pytest.mark.planted
def test_planted_wall_without_a_watch_is_seen(centre: Beside, open_screen: Screens) -> None:
    """A wall whose script never looks at the age of what it shows."""
    page = open_screen.blank("wall", device_pass(centre, "W1"))
    page.add_init_script("window.setInterval = () => 0;" + LISTEN_TO_SOUNDS)
    page.goto(f"{centre.url}/display/W1")
    with pytest.raises(Exception, match="Timeout"):
        assert_says_so_when_frozen(page, centre)


def test_after_a_kill_the_wall_is_right_again(wall: Page, centre: Beside, open_screen: Screens) -> None:
    """Killed at a call, more calls before the restart: the right picture within 5 s, never an error page."""
    open_screen.allow(wall, *CUT)
    centre.call(1)
    addresses: list[str] = []
    wall.on("framenavigated", lambda frame: addresses.append(frame.url))
    centre.process.kill()
    seconds_until(wall, IS_STALE, 8)
    centre.call(2)
    centre.call(5)
    centre.process.start()
    newest = "() => document.querySelector('#now .counter b')?.textContent === '5'"
    assert seconds_until(wall, newest, 10) <= RIGHT_AGAIN_SECONDS + NOISE_SECONDS
    assert not addresses, "the picture came by the socket, without loading the page again"
    wait_for_sounds(wall, 3)


def test_a_long_absence_ends_without_an_error_page(wall: Page, centre: Beside, open_screen: Screens) -> None:
    """After 25 s of silence the page asks before it loads itself again; while nobody answers it stays itself."""
    open_screen.allow(wall, *CUT)
    addresses: list[str] = []
    wall.on("framenavigated", lambda frame: addresses.append(frame.url))
    centre.process.kill()
    advance(wall, 30, clock="page")
    seconds_until(wall, IS_STALE, 3)
    wall.wait_for_timeout(1200)  # two looks of its watch: it must still be itself
    assert not addresses and wall.locator("#wall").count() == 1
    centre.process.start()
    advance(wall, 5, clock="page")
    connected(wall)
    seconds_until(wall, IS_FRESH, 8)
    assert all(address.startswith(centre.url) for address in addresses)


def test_a_kiosk_without_server_cannot_be_led_to_an_error_page(centre: Beside, open_screen: Screens) -> None:
    """Where the server is away no button may lead to the browser's own error page, where the kiosk would end."""
    page = open_screen("kiosk", f"{centre.url}/kiosk/K1", passes=device_pass(centre, "K1"))
    open_screen.allow(page, *CUT)
    connected(page)
    centre.process.kill()
    seconds_until(page, IS_STALE, 8)
    spot = page.locator(".choices .primary").bounding_box()
    assert spot is not None
    page.touchscreen.tap(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert page.url == f"{centre.url}/kiosk/K1"
    assert page.locator("#screen").count() == 1
    centre.process.start()
    seconds_until(page, IS_FRESH, 10)


def test_a_screen_that_was_sent_away_from_a_dead_server_says_so(centre: Beside, open_screen: Screens) -> None:
    """Its page asks before it loads itself again; meanwhile it is as old as any other that hears nothing."""
    page = open_screen.blank("wall", device_pass(centre, "W1"))
    open_screen.allow(page, *CUT)
    with pushing(page, f"{centre.url}/display/W1") as push:
        centre.process.kill()
        push('{"t":"gone"}')
        seconds_until(page, IS_STALE, 8)


def test_three_quick_calls_are_spoken_one_after_the_other(wall: Page, centre: Beside) -> None:
    seqs = [centre.call(counter) for counter in (1, 2, 5)]
    wait_for_sounds(wall, 3)
    assert_one_at_a_time(sounds(wall), seqs)


def test_more_calls_than_a_picture_holds_are_fetched(centre: Beside, open_screen: Screens) -> None:
    """Thirty calls while the wall hears nothing: none is lost. Clips of no length keep the test short."""
    page = open_screen.blank("wall", device_pass(centre, "W1"))
    page.add_init_script("""
      window.asked = [];
      Object.defineProperty(HTMLMediaElement.prototype, 'src', { set(url) { this.dataset.url = url; } });
      HTMLMediaElement.prototype.play = function () {
        window.asked.push(Number(this.dataset.url.match(/(\\d+)\\.wav/)[1]));
        setTimeout(() => this.dispatchEvent(new Event('ended')));
        return Promise.resolve();
      };
    """)
    first = centre.call(1)
    page.goto(f"{centre.url}/display/W1")
    connected(page)
    centre.freeze()
    centre.wait_in_line("ho-tich", 32)
    seqs = [centre.call(2) for _ in range(30)]
    centre.thaw()
    page.wait_for_function("count => window.asked.length >= count", arg=31, timeout=15_000)
    assert page.evaluate("window.asked") == [first, *seqs]


def test_a_reload_repeats_nothing(wall: Page, centre: Beside) -> None:
    centre.call(1)
    wait_for_sounds(wall, 1)
    wall.reload()
    connected(wall)
    seq = centre.call(2)
    wait_for_sounds(wall, 1)
    assert [entry["seq"] for entry in sounds(wall, "playing")] == [seq]


@pytest.mark.parametrize("earlier", [0, 1])
def test_a_reload_in_the_middle_of_a_sentence_says_it_again(earlier: int, wall: Page, centre: Beside) -> None:
    """A call that was cut off was not heard: it is the next to be spoken; also when it is the first of the day."""
    for counter in range(2, 2 + earlier):
        centre.call(counter)
        wait_for_sounds(wall, 1)
    seq = centre.call(1)
    wait_for_sounds(wall, 1 + earlier, "playing")
    wall.reload()
    wait_for_sounds(wall, 1, seconds=12)
    assert [entry["seq"] for entry in sounds(wall, "playing")] == [seq]


def test_a_broken_clip_does_not_silence_the_next(wall: Page, centre: Beside, open_screen: Screens) -> None:
    open_screen.allow(wall, *CUT)
    whole: list[int] = []

    def break_the_second(route: Route) -> None:
        whole.append(1)
        if len(whole) == 2:
            route.abort()
        else:
            route.continue_()

    wall.route("**/voice/**/*.wav", break_the_second)
    first, _, last = centre.call(1), centre.call(2), centre.call(5)
    wait_for_sounds(wall, 2, seconds=25)
    assert [entry["seq"] for entry in sounds(wall, "ended")] == [first, last]


@pytest.mark.planted
def test_planted_two_voices_at_once_are_heard(wall: Page, centre: Beside) -> None:
    """A second player that does not wait for the first."""
    seqs = [centre.call(1), centre.call(2)]
    wall.evaluate("seq => new Audio(`/display/W1/voice/vi/${seq}.wav`).play()", seqs[1])
    wait_for_sounds(wall, 3)
    with pytest.raises(AssertionError):
        assert_one_at_a_time(sounds(wall), seqs)


@contextmanager
def pushing(page: Page, address: str) -> Iterator[Any]:
    """The page at this address with a hand on its socket: what is sent here comes as if from the server."""
    hands: list[WebSocketRoute] = []

    def take(route: WebSocketRoute) -> None:
        route.connect_to_server()
        hands.append(route)

    page.route_web_socket(re.compile("/live"), take)
    page.goto(address)
    connected(page)
    yield lambda frame: hands[-1].send(frame)


def into_now(inner: str) -> str:
    """A picture of the hall that says this in its middle."""
    return f'<hx-partial hx-target="#now" hx-swap="innerMorph">{inner}</hx-partial>'


def test_a_pushed_script_is_refused_whole(centre: Beside, open_screen: Screens) -> None:
    """Should a script ever get into a fragment, the old content stays and nothing runs."""
    page = open_screen.blank("wall", device_pass(centre, "W1"))
    open_screen.allow(page, "no script in fragments", "TrustedScript", "htmx", "POLICY", "Trusted")
    with pushing(page, f"{centre.url}/display/W1") as push:
        before = page.locator("#now").inner_html()
        push(into_now("<p>new</p><script>window.hit = 1</script>"))
        push(into_now('<p>new</p><script src="/static/wall.js"></script>'))
        page.wait_for_timeout(300)
        assert page.locator("#now").inner_html() == before
        assert page.evaluate("window.hit") is None
        push(into_now("<p id='good'>good</p>"))
        expect(page.locator("#good")).to_be_visible()


def test_a_pushed_handler_and_style_do_nothing(centre: Beside, open_screen: Screens) -> None:
    page = open_screen.blank("wall", device_pass(centre, "W1"))
    open_screen.allow(page, "POLICY", "Content Security Policy", "status of 404", "htmx")
    with pushing(page, f"{centre.url}/display/W1") as push:
        push(
            into_now(
                "<img src='/static/khong-co.png' onerror='window.hit = 1'><p id='p' onclick='window.hit = 2'>p</p>"
            )
        )
        page.dispatch_event("#p", "click")  # a push of the hall may take it away before a pointer gets there
        page.wait_for_timeout(300)
        assert page.evaluate("window.hit") is None
    assert any("POLICY script-src" in error for error in open_screen.errors(page))


TRIES = """
async url => {
  const tell = {};
  tell.socket = await new Promise(done => {
    const socket = new WebSocket(url.replace("http", "ws") + "/kiosk/K1/live");
    socket.onmessage = () => done("read");
    socket.onclose = () => done("refused");
  });
  for (const path of ["/kiosk/K1/tickets", "/counter/1/calls"]) tell[path] = await fetch(url + path,
    { method: "POST", mode: "no-cors", credentials: "include", body: new URLSearchParams({ queue: "ho-tich" }) })
    .then(answer => answer.type, () => "blocked");
  tell.page = await fetch(url + "/counter/1", { credentials: "include" }).then(() => "read", () => "blocked");
  return tell;
}
"""
HOSTILE = """<!doctype html><meta charset=utf-8><link rel=icon href=data:,><title>elsewhere</title>
<form id=f method=post action="{url}/kiosk/K1/tickets"><input name=queue value=ho-tich></form>"""


@contextmanager
def hostile_page(url: str) -> Iterator[str]:
    """A page on another port of the same host: same site, so that the cookies go with its requests."""
    page = HOSTILE.format(url=url).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join(5)


def counted(centre: Beside) -> tuple[int, ...]:
    """What a foreign page would change: tickets and calls."""

    def count(db: Any) -> tuple[int, ...]:
        return tuple(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("tickets", "calls"))

    return centre.store.read(count)


def assert_nothing_gained(report: dict[str, str], before: tuple[int, ...], after: tuple[int, ...]) -> None:
    """The other page read nothing and changed nothing."""
    assert report["socket"] == "refused" and report["page"] == "blocked"
    assert before == after


def test_a_page_on_another_port_can_neither_post_nor_read(centre: Beside, open_screen: Screens) -> None:
    passes = device_pass(centre, "K1") + person_pass(centre, "cb01")
    page = open_screen.blank("admin", passes)
    open_screen.allow(
        page, "CORS", "WebSocket connection", "status of 403", "ERR_FAILED", "favicon", "ERR_BLOCKED_BY_RESPONSE"
    )
    before = counted(centre)
    with hostile_page(centre.url) as address:
        page.goto(address)
        assert_nothing_gained(page.evaluate(TRIES, centre.url), before, counted(centre))
        with page.expect_navigation():
            page.evaluate("document.getElementById('f').submit()")
    assert counted(centre) == before
    page.goto(f"{centre.url}/counter/1")
    expect(page.locator("#own")).to_be_visible()


@pytest.mark.planted
def test_planted_page_of_our_own_origin_gains_all_of_it(centre: Beside, open_screen: Screens) -> None:
    """The same tries from our own origin succeed: the check is not green because the tries are broken."""
    page = open_screen.blank("admin", device_pass(centre, "K1") + person_pass(centre, "cb01"))
    open_screen.allow(page, "status of")
    before = counted(centre)
    page.goto(f"{centre.url}/healthz")
    with pytest.raises(AssertionError):
        assert_nothing_gained(page.evaluate(TRIES, centre.url), before, counted(centre))


def test_a_revoked_wall_is_sent_away(wall: Page, centre: Beside, open_screen: Screens) -> None:
    """A lost screen loses its picture at once."""
    from operations import entering

    open_screen.allow(wall, "status of 401", *CUT)
    centre.store.write_now(Act("ql03"), entering.revoke_device, "W1")
    expect(wall.locator("#wall")).to_have_count(0, timeout=5000)


def test_a_stopped_queue_reaches_every_wall(wall: Page, centre: Beside) -> None:
    centre.store.write_now(Act("ql02"), managing.stop_queue, "ho-tich", "mất điện")
    expect(wall.locator("#lines .stopped")).to_have_count(1, timeout=2000)

"""Every state of every screen, in one table: tests, screenshots and translations all walk it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from domain.errors import StoreFull
from operations import calling
from tests.browser.scenes import IN_NO_HALL, Scene
from tests.browser.screens import advance

NOTHING = r"(?!)"


@dataclass(frozen=True)
class State:
    """One face of one screen: which scene it needs, who looks, the address, and what is done there.

    `before` acts on the page before its first address, `act` after it. `fold`: everything must be on the glass.
    `alike`: other words in the same boxes as another state; only a trial walks it in all languages and by axe.
    `noise`: the console lines that it cannot be without.
    """

    name: str
    kind: str
    scene: str
    who: str | None
    path: str | Callable[[Scene], str]
    act: Callable[[Page, Scene], None] | None = None
    before: Callable[[Page], None] | None = None
    fold: bool = True
    alike: bool = False
    noise: str = NOTHING

    @property
    def dimmed(self) -> bool:
        """Whether its numbers are known to be old."""
        return self.before is _silent

    def address(self, scene: Scene) -> str:
        """The whole address in this scene."""
        path = self.path if isinstance(self.path, str) else self.path(scene)
        return scene.server.url + path


def _slip(printer: str | None, slip: str = "", wait_seconds: float = 0, query: str = "") -> Callable[[Scene], str]:
    def path(scene: Scene) -> str:
        ticket = scene.ticket("giay-to", printer)
        if slip:
            scene.slip(ticket, slip)
        scene.clock.forward(seconds=wait_seconds)
        return f"/kiosk/K1/tickets/{ticket}{query}"

    return path


def _follow(scene: Scene, ticket: int) -> str:
    return f"/follow/{ticket}-{scene.server.app.state.house.vault.sign('follow', str(ticket))}"


def _followed(counter: int, end: Callable[..., object] | None = None) -> Callable[[Scene], str]:
    def path(scene: Scene) -> str:
        ticket = scene.call(counter)
        assert ticket is not None
        if end is not None:
            scene.end(counter, end)
        return _follow(scene, ticket)

    return path


def _silent(page: Page) -> None:
    """The socket stays open and says nothing; the probe does not answer either."""
    page.route_web_socket(re.compile("/live"), lambda socket: None)
    page.route("**/healthz", lambda route: route.abort())


def _after_silence(seconds: float) -> Callable[[Page, Scene], None]:
    def act(page: Page, scene: Scene) -> None:
        advance(page, seconds, clock="page")
        page.wait_for_selector("body.lost #link" if seconds > 60 else "body.stale #link")

    return act


def _ask_for_time(page: Page, scene: Scene) -> None:
    advance(page, 45)
    page.wait_for_selector("#more-time:visible")


def _press_what_is_gone(page: Page, scene: Scene) -> None:
    page.evaluate("document.querySelector('[name=queue]').value = 'khong-co'")
    page.click(".queues button >> nth=0")
    page.wait_for_selector("#failure .failure")


def _wrong_code(page: Page, scene: Scene) -> None:
    page.fill("#code", "AAAA-BBBB")
    page.click("form.fields button")
    page.wait_for_selector(".failure")


def _wrong_password(page: Page, scene: Scene) -> None:
    page.fill("#login", "quantri")
    page.fill("#password", "khong-dung")
    page.click("form.fields button")
    page.wait_for_selector(".failure")


def _choose(code: str) -> Callable[[Page, Scene], None]:
    def act(page: Page, scene: Scene) -> None:
        page.select_option("#procedure", code)
        page.wait_for_selector("#papers li")

    return act


def _receive(name: str) -> Callable[[Page, Scene], None]:
    def act(page: Page, scene: Scene) -> None:
        _choose("1.001193")(page, scene)
        page.evaluate("() => { document.getElementById('owner_name').maxLength = 500; }")
        page.fill("#owner_name", name)
        page.click("#intake .second")
        page.wait_for_selector("#result [data-done], #result .failure")

    return act


def _no_sound(page: Page) -> None:
    page.add_init_script(
        "HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )


def _call_somebody(page: Page, scene: Scene) -> None:
    scene.ticket("ho-tich")
    scene.call(1)
    page.wait_for_selector("#sound:visible")


def _full_disk(page: Page, scene: Scene) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise StoreFull()

    store = scene.server.store
    store.write = refuse  # type: ignore[method-assign, assignment]
    try:
        with page.expect_navigation():
            page.evaluate("document.querySelector('.queues form').submit()")
    finally:
        del store.write


def _offer_code(page: Page, scene: Scene) -> None:
    page.click("[action$='/K2/codes'] button")
    page.wait_for_selector(".pairing-code")


KIOSK, WALL = "device:K1", "device:W1"
CLERK, CLERK_2, MANAGER, ADMINISTRATOR = "person:cb01", "person:cb02", "person:ql02", "person:ql03"
REFUSED = r"the server responded with a status of (401|403|404|409|422|503)"
SILENT_5, SILENT_61 = (_after_silence(5), _silent), (_after_silence(61), _silent)

STATES = [
    State("kiosk-start", "kiosk", "quiet", KIOSK, "/kiosk/K1"),
    State("kiosk-start-big", "kiosk", "quiet", KIOSK, "/kiosk/K1?big=1", fold=False),
    State("kiosk-start-contrast", "kiosk", "quiet", KIOSK, "/kiosk/K1?contrast=1"),
    State("kiosk-queues", "kiosk", "busy", KIOSK, "/kiosk/K1/queues"),
    State("kiosk-queues-nobody", "kiosk", "quiet", KIOSK, "/kiosk/K1/queues", alike=True),
    State("kiosk-queues-stopped", "kiosk", "troubled", KIOSK, "/kiosk/K1/queues"),
    State("kiosk-queues-big", "kiosk", "busy", KIOSK, "/kiosk/K1/queues?big=1", fold=False),
    State("kiosk-queues-contrast", "kiosk", "troubled", KIOSK, "/kiosk/K1/queues?contrast=1"),
    State("kiosk-results", "kiosk", "busy", KIOSK, "/kiosk/K1/queues?kind=results", alike=True),
    State("kiosk-procedures", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures"),
    State("kiosk-procedures-big", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures?big=1", fold=False),
    State("kiosk-found", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures?q=khai+sinh"),
    State("kiosk-found-elsewhere", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures?q=khai+thac+khoang+san"),
    State("kiosk-found-nothing", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures?q=xyzzy"),
    State("kiosk-procedure", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures/1.001193"),
    State("kiosk-procedure-long", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures/1.013831", alike=True),
    State("kiosk-procedure-big", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures/1.001193?big=1", fold=False),
    State("kiosk-procedure-elsewhere", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures/9.000001"),
    State("kiosk-procedure-stopped", "kiosk", "troubled", KIOSK, "/kiosk/K1/procedures/2.000815"),
    State("kiosk-result-printing", "kiosk", "busy", KIOSK, _slip(IN_NO_HALL)),
    State("kiosk-result-here", "kiosk", "busy", KIOSK, _slip(IN_NO_HALL, "confirmed")),
    State("kiosk-result-sent", "kiosk", "busy", KIOSK, _slip(IN_NO_HALL, "sent"), alike=True),
    State("kiosk-result-late", "kiosk", "busy", KIOSK, _slip(IN_NO_HALL, wait_seconds=7)),
    State("kiosk-result-unknown", "kiosk", "busy", KIOSK, _slip(IN_NO_HALL, "unknown"), alike=True),
    State("kiosk-result-no-paper", "kiosk", "busy", KIOSK, _slip(None), alike=True),
    State("kiosk-result-big", "kiosk", "busy", KIOSK, _slip(IN_NO_HALL, "", 7, "?big=1"), fold=False),
    State("kiosk-result-contrast", "kiosk", "busy", KIOSK, _slip(IN_NO_HALL, "confirmed", query="?contrast=1")),
    State("kiosk-more-time", "kiosk", "busy", KIOSK, "/kiosk/K1/queues", _ask_for_time),
    State("kiosk-failure", "kiosk", "busy", KIOSK, "/kiosk/K1/queues", _press_what_is_gone, noise=REFUSED),
    State("kiosk-lost", "kiosk", "busy", KIOSK, "/kiosk/K1", *SILENT_5),
    State("kiosk-not-found", "kiosk", "busy", KIOSK, "/kiosk/K1/procedures/0.000000", noise=REFUSED),
    State("kiosk-not-paired", "kiosk", "busy", None, "/kiosk/K2", noise=REFUSED, alike=True),
    State("kiosk-disk-full", "kiosk", "quiet", KIOSK, "/kiosk/K1/queues", _full_disk, noise=REFUSED, alike=True),
    State("pair", "pairing", "quiet", None, "/pair/K2"),
    State("pair-wrong", "pairing", "quiet", None, "/pair/K2", _wrong_code, noise=REFUSED),
    State("sign-in", "counter", "quiet", None, "/sign-in"),
    State("sign-in-wrong", "counter", "quiet", None, "/sign-in", _wrong_password, noise=REFUSED),
    State("counters", "counter", "busy", "person:cb12", "/counter", fold=False),
    State("counters-own-open", "counter", "busy", CLERK, "/counter", fold=False, alike=True),
    State("counter-empty", "counter", "quiet", CLERK, "/counter/1"),
    State("counter-waiting", "counter", "busy", "person:cb11", "/counter/11", alike=True),
    State("counter-serving", "counter", "busy", CLERK_2, "/counter/2"),
    State("counter-papers", "counter", "busy", CLERK_2, "/counter/2", _choose("1.001193")),
    State("counter-received", "counter", "busy", CLERK, "/counter/1", _receive("NGUYỄN THỊ MẪU")),
    State("counter-refused", "counter", "quiet", CLERK, "/counter/1", _receive("A" * 210), noise=REFUSED),
    State("counter-troubled", "counter", "troubled", CLERK_2, "/counter/2", alike=True),
    State("counter-stale", "counter", "busy", CLERK_2, "/counter/2", *SILENT_5, alike=True),
    State("wall-empty", "wall", "quiet", WALL, "/display/W1"),
    State("wall-one-call", "wall", "one", WALL, "/display/W1"),
    State("wall-busy", "wall", "busy", WALL, "/display/W1"),
    State("wall-upstairs", "wall", "busy", "device:W2", "/display/W2", alike=True),
    State("wall-stopped", "wall", "troubled", WALL, "/display/W1"),
    State("wall-stale", "wall", "busy", WALL, "/display/W1", *SILENT_5, alike=True),
    State("wall-lost", "wall", "busy", WALL, "/display/W1", *SILENT_61, alike=True),
    State("wall-sound-blocked", "wall", "one", WALL, "/display/W1", _call_somebody, _no_sound),
    State("managers-calm", "wall", "quiet", MANAGER, "/display/managers"),
    State("managers-busy", "wall", "busy", MANAGER, "/display/managers", alike=True),
    State("managers-alarm", "wall", "troubled", MANAGER, "/display/managers"),
    State("managers-stale", "wall", "busy", MANAGER, "/display/managers", *SILENT_5, alike=True),
    State("follow-waiting", "phone", "busy", None, lambda s: _follow(s, s.ticket("giay-to"))),
    State("follow-next", "phone", "one", None, lambda s: _follow(s, s.ticket("tra-ket-qua")), alike=True),
    State("follow-called", "phone", "busy", None, _followed(6)),
    State("follow-finished", "phone", "busy", None, _followed(7, calling.finish), alike=True),
    State("follow-absent", "phone", "busy", None, _followed(3, calling.mark_absent), alike=True),
    State("follow-over", "phone", "overnight", None, lambda s: _follow(s, _first_ticket(s)), alike=True),
    State("follow-wrong", "phone", "busy", None, "/follow/12-abcdef", noise=REFUSED),
    State("admin-administrator", "admin", "busy", ADMINISTRATOR, "/admin", fold=False),
    State("admin-manager", "admin", "troubled", MANAGER, "/admin", fold=False),
    State("admin-without-centre", "admin", "bare", "person:u-quantri", "/admin", fold=False),
    State("admin-procedures", "admin", "busy", MANAGER, "/admin/procedures", fold=False),
    State("admin-procedures-found", "admin", "busy", MANAGER, "/admin/procedures?q=dat", fold=False, alike=True),
    State("admin-procedures-none", "admin", "busy", MANAGER, "/admin/procedures?q=xyzzy", fold=False),
    State("admin-procedures-empty", "admin", "bare", "person:u-quantri", "/admin/procedures", fold=False),
    State("admin-procedure", "admin", "busy", MANAGER, "/admin/procedures/1.013831", fold=False),
    State("admin-pairing", "admin", "quiet", ADMINISTRATOR, "/admin", _offer_code),
    State("admin-desk-empty", "admin", "quiet", MANAGER, "/admin/desk", fold=False),
    State("admin-desk", "admin", "troubled", MANAGER, "/admin/desk", fold=False),
    State("api", "admin", "quiet", None, "/api/v1", fold=False),
    State("not-found", "admin", "quiet", None, "/khong-co", noise=REFUSED, alike=True),
]  # fmt: skip


def _first_ticket(scene: Scene) -> int:
    return scene.server.store.read(lambda db: int(db.execute("SELECT min(id) FROM tickets").fetchone()[0]))


BY_NAME = {state.name: state for state in STATES}

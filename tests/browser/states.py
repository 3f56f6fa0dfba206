"""Every state of every screen, in one table: tests, screenshots and translations all walk it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import Page

from domain.centre_toml import write_centre
from domain.errors import StoreFull
from domain.tickets import milliseconds
from operations import calling, managing, undoing
from store import explanations, plans, tickets
from store.writer import Act
from tests.browser.scenes import CLERKS, IN_NO_HALL, Scene
from tests.browser.screens import advance, connected

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


def _passed_by(scene: Scene) -> str:
    """Two went before: by class, and out of order."""
    mine = scene.ticket("ho-tich")
    scene.clock.forward(minutes=1)
    urgent = scene.ticket("ho-tich")
    scene.ticket("ho-tich", priority="cao-tuoi")
    scene.call(1)
    out_of_order = (calling.call_this, 2, CLERKS[2], urgent, "urgent")
    scene.server.store.write_now(Act(CLERKS[2]), *out_of_order)
    return _follow(scene, mine)


def _waiting_in(queue: str) -> Callable[[Scene], str]:
    """The first who waits there and has not asked for more time."""

    def path(scene: Scene) -> str:
        read = scene.server.store.read
        line = (ticket.id for ticket in read(tickets.waiting_in, queue, 40))
        return _follow(scene, next(t for t in line if not read(explanations.has_asked_for_time, t)))

    return path


def _open(page: Page, scene: Scene) -> None:
    page.click("details summary")


def _give_way(page: Page, scene: Scene) -> None:
    _open(page, scene)
    page.click("details .primary")
    page.wait_for_selector("#place:not(:has(details))")


def _just_over(language: str = "vi", page: str = "") -> Callable[[Scene], str]:
    def path(scene: Scene) -> str:
        ticket = scene.over(language)
        return f"/rating/T1/visits/{ticket}/{page}" if page else "/rating/T1"

    return path


def _smile(page: Page, scene: Scene) -> None:
    page.click(".face-3")
    page.wait_for_selector(".thanks, #place:not(:has(.rate))")


def _stop_the_hall(page: Page, scene: Scene) -> None:
    stopped = (managing.stop_hall, "tang-1", "mất điện", scene.clock() + timedelta(hours=2))
    scene.server.store.write_now(Act("ql02"), *stopped)
    page.wait_for_selector(".stop-line")


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


def _panel(key: str) -> Callable[[Page, Scene], None]:
    def act(page: Page, scene: Scene) -> None:
        connected(page)
        page.keyboard.press(key)
        page.wait_for_selector(".panel:popover-open")

    return act


def _slips_found(page: Page, scene: Scene) -> None:
    _panel("s")(page, scene)
    page.fill("#slips-at", "08:00")
    page.click("#panel-slips .second")
    page.wait_for_selector("#slips-found li")


def _pick_refused(page: Page, scene: Scene) -> None:
    _panel("g")(page, scene)
    page.fill("#pick-number", "A 999")
    page.click("#panel-pick .second")
    page.wait_for_selector(".panel .failure:visible")


def _edit(number: str = "") -> Callable[[Page, Scene], None]:
    """The panel of the own number, or of another one that is typed."""

    def act(page: Page, scene: Scene) -> None:
        _panel("e")(page, scene)
        page.wait_for_selector("#edit-found .which")
        if number:
            page.fill("#edit-number", number)
            page.keyboard.press("Enter")
            page.wait_for_selector(f"#edit-found .which:has-text('{number[-3:]}')")

    return act


def _scan(text: str | Callable[[Scene], str], wait: str = "#scan-found .which") -> Callable[[Page, Scene], None]:
    def act(page: Page, scene: Scene) -> None:
        connected(page)
        page.keyboard.press("F9")
        page.keyboard.insert_text(text if isinstance(text, str) else text(scene))
        page.keyboard.press("Enter")
        page.wait_for_selector(wait)

    return act


def _first_dossier(scene: Scene) -> str:
    return scene.server.store.read(lambda db: str(db.execute("SELECT min(code) FROM dossiers").fetchone()[0]))


def _choose_key(act: str, code: str) -> Callable[[Page, Scene], None]:
    def choose(page: Page, scene: Scene) -> None:
        page.select_option(f"#key-{act}", code)
        page.click(".keys .primary")
        page.wait_for_selector(".done, .failure")

    return choose


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


def _take_back(page: Page, scene: Scene) -> None:
    connected(page)
    scene.ticket("ho-tich")
    scene.call(1)
    scene.end(1, undoing.undo)
    page.wait_for_selector(".taken-back")


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


def _of_ho_tich(scene: Scene, minutes: int | None = None) -> str:
    """The pages on which this queue is booked; with the slot so many minutes after eight."""
    slot = "" if minutes is None else f"&slot={milliseconds(scene.clock()) + minutes * 60_000}"
    return f"/booking?queue=ho-tich{slot}"


def _book(phone: str) -> Callable[[Page, Scene], None]:
    def act(page: Page, scene: Scene) -> None:
        number = phone or f"0912{milliseconds(scene.clock()) % 1000:03d}{len(scene._codes):03d}"
        scene._codes.append(number)
        page.fill("#phone", number)
        page.click("form.fields button")
        page.wait_for_selector("#code, .failure")

    return act


def _show_booked(then: str = "", minutes: int = 60) -> Callable[[Page, Scene], None]:
    """Type the code of an appointment; then open or press what is named."""

    def act(page: Page, scene: Scene) -> None:
        _type_code(page, scene.booked(hours=minutes / 60))
        page.wait_for_selector("dl")
        if then == "move":
            page.click("summary >> nth=0")
            page.click(".slots button >> nth=0")
            page.wait_for_selector(".done")
        elif then == "cancel":
            page.click("summary >> nth=1")
            page.click("[action*=cancellations] button")
            page.wait_for_selector("main .primary")
        elif then:
            page.click("summary >> nth=0")

    return act


def _type_code(page: Page, code: str) -> None:
    page.fill("#code", code)
    page.click("main form .primary")


def _unknown_code(page: Page, scene: Scene) -> None:
    _type_code(page, "AAAA CCCC")
    page.wait_for_selector(".failure")


def _keep(page: Page, scene: Scene) -> None:
    _type_code(page, scene.booked(hours=1))
    page.wait_for_selector("#number")


def _book_for_somebody(page: Page, scene: Scene) -> None:
    page.fill("#phone", f"0913000{len(scene._codes):03d}")
    scene._codes.append("")
    page.click("form.fields button")
    page.wait_for_selector(".pairing-code")


def _read_words(page: Page, scene: Scene) -> None:
    page.click("[action$='/words'] button >> nth=0")
    page.wait_for_selector(".words")


def _offer_code(page: Page, scene: Scene) -> None:
    page.click("[action$='/K2/codes'] button")
    page.wait_for_selector(".pairing-code")


def _offer(change: Callable[[str], str]) -> Callable[[Page, Scene], None]:
    def act(page: Page, scene: Scene) -> None:
        text = write_centre(scene.server.store.read(plans.in_force))
        page.fill("#text", change(text))
        page.click(".fields .primary")
        page.wait_for_selector(".differences")

    return act


def _better(text: str) -> str:
    return text.replace("mean_minutes = 12", "mean_minutes = 11").replace(
        "accessible = true", "accessible = false", 1
    )


def _wrong(text: str) -> str:
    return text.replace('prefix = "A"', 'prefix = "Đ"').replace('kind = "reception"', 'kin = "reception"', 1)


def _first_configuration(scene: Scene) -> str:
    return f"/admin/centre/{scene.server.store.read(plans.history, 5)[-1].number}"


KIOSK, WALL, TABLET = "device:K1", "device:W1", "device:T1"
CLERK, CLERK_2, MANAGER, ADMINISTRATOR = "person:cb01", "person:cb02", "person:ql02", "person:ql03"
LAND_MANAGER = "person:cb16"
AUDITOR = "person:ql04"
REFUSED = r"the server responded with a status of (401|403|404|409|422|503)"
SILENT_5, SILENT_61 = (_after_silence(5), _silent), (_after_silence(61), _silent)
CARD = "001090123456|012345678|Nguyễn Văn A|01011991|Nam|Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh|15042021"
MINE, K1_CODE, BOOKED = "/booking/mine", "/kiosk/K1/appointments", "bookable"

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
    State("kiosk-appointment", "kiosk", BOOKED, KIOSK, K1_CODE),
    State("kiosk-appointment-big", "kiosk", BOOKED, KIOSK, "/kiosk/K1/appointments?big=1", fold=False),
    State("kiosk-appointment-wrong", "kiosk", BOOKED, KIOSK, K1_CODE, _unknown_code, noise=REFUSED),
    State("kiosk-appointment-kept", "kiosk", BOOKED, KIOSK, K1_CODE, _keep, alike=True),
    State("booking", "phone", BOOKED, None, "/booking", fold=False),
    State("booking-slots", "phone", BOOKED, None, _of_ho_tich, fold=False),
    State("booking-phone", "phone", BOOKED, None, lambda s: _of_ho_tich(s, 60), fold=False),
    State("booking-phone-wrong", "phone", BOOKED, None, lambda s: _of_ho_tich(s, 60), _book("12"), fold=False,
          noise=REFUSED),
    State("booking-booked", "phone", BOOKED, None, lambda s: _of_ho_tich(s, 48 * 60), _book(""), fold=False),
    State("booking-code", "phone", BOOKED, None, MINE, fold=False),
    State("booking-code-wrong", "phone", BOOKED, None, MINE, _unknown_code, noise=REFUSED, fold=False),
    State("booking-mine", "phone", BOOKED, None, MINE, _show_booked(minutes=50 * 60), fold=False),
    State("booking-mine-slots", "phone", BOOKED, None, MINE, _show_booked("open", 49 * 60), fold=False),
    State("booking-mine-moved", "phone", BOOKED, None, MINE, _show_booked("move", 55 * 60), fold=False),
    State("booking-cancelled", "phone", BOOKED, None, MINE, _show_booked("cancel", 54 * 60), fold=False),
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
    State("counter-lists", "counter", "hands", CLERK, "/counter/1"),
    State("counter-paused", "counter", "hands", CLERK_2, "/counter/2"),
    State("counter-undo", "counter", "hands", "person:cb03", "/counter/3"),
    State("counter-alarm", "counter", "alarmed", CLERK, "/counter/1"),
    State("counter-panel-finish", "counter", "hands", CLERK, "/counter/1", _panel("k")),
    State("counter-panel-transfer", "counter", "hands", CLERK, "/counter/1", _panel("t")),
    State("counter-panel-park", "counter", "hands", CLERK, "/counter/1", _panel("h")),
    State("counter-panel-pick", "counter", "hands", CLERK, "/counter/1", _panel("g")),
    State("counter-panel-refused", "counter", "hands", CLERK, "/counter/1", _pick_refused, noise=REFUSED),
    State("counter-panel-walk-up", "counter", "hands", CLERK, "/counter/1", _panel("w")),
    State("counter-panel-slips", "counter", "hands", CLERK, "/counter/1", _slips_found),
    State("counter-panel-pause", "counter", "hands", "person:cb05", "/counter/5", _panel("p")),
    State("counter-panel-edit", "counter", "hands", CLERK, "/counter/1", _edit()),
    State("counter-panel-edit-waiting", "counter", "hands", CLERK, "/counter/1", _edit("B 003")),
    State("counter-panel-edit-absent", "counter", "hands", CLERK, "/counter/1", _edit("A 001"), alike=True),
    State("counter-panel-scan", "counter", "hands", CLERK, "/counter/1", _panel("F9")),
    State("counter-panel-scan-slip", "counter", "hands", CLERK, "/counter/1", _scan("B 003"), alike=True),
    State("counter-panel-scan-dossier", "counter", "busy", CLERK_2, "/counter/2", _scan(_first_dossier)),
    State("counter-panel-scan-unknown", "counter", "hands", CLERK, "/counter/1", _scan("893", ".panel .failure"),
          noise=REFUSED),
    State("counter-card", "counter", "busy", CLERK_2, "/counter/2", _scan(CARD, "#prefilled p")),
    State("counter-help-called", "counter", "alarmed", CLERK_2, "/counter/2"),
    State("counter-keys", "counter", "quiet", CLERK, "/counter/keys"),
    State("counter-keys-saved", "counter", "quiet", CLERK, "/counter/keys", _choose_key("pick", "KeyQ"),
          alike=True),
    State("counter-keys-taken", "counter", "quiet", CLERK, "/counter/keys", _choose_key("again", "KeyN"),
          noise=REFUSED),
    State("wall-empty", "wall", "quiet", WALL, "/display/W1"),
    State("wall-one-call", "wall", "one", WALL, "/display/W1"),
    State("wall-busy", "wall", "busy", WALL, "/display/W1"),
    State("wall-taken-back", "wall", "one", WALL, "/display/W1", _take_back),
    State("wall-upstairs", "wall", "busy", "device:W2", "/display/W2", alike=True),
    State("wall-stopped", "wall", "troubled", WALL, "/display/W1"),
    State("wall-hall-stopped", "wall", "overnight", WALL, "/display/W1", _stop_the_hall),
    State("wall-stale", "wall", "busy", WALL, "/display/W1", *SILENT_5, alike=True),
    State("wall-lost", "wall", "busy", WALL, "/display/W1", *SILENT_61, alike=True),
    State("wall-sound-blocked", "wall", "one", WALL, "/display/W1", _call_somebody, _no_sound),
    State("managers-calm", "wall", "quiet", MANAGER, "/display/managers"),
    State("managers-busy", "wall", "busy", MANAGER, "/display/managers", alike=True),
    State("managers-alarm", "wall", "troubled", MANAGER, "/display/managers"),
    State("managers-department", "wall", "busy", LAND_MANAGER, "/display/managers", alike=True),
    State("managers-stale", "wall", "busy", MANAGER, "/display/managers", *SILENT_5, alike=True),
    State("managers-satisfaction", "wall", "judged", MANAGER, "/display/managers", alike=True),
    State("tablet-idle", "tablet", "quiet", TABLET, "/rating/T1"),
    State("tablet-faces", "tablet", "judged", TABLET, _just_over()),
    State("tablet-faces-foreign", "tablet", "judged", TABLET, _just_over("fr"), alike=True),
    State("tablet-reason", "tablet", "judged", TABLET, _just_over(page="reason")),
    State("tablet-thanks", "tablet", "judged", TABLET, _just_over(), _smile),
    State("tablet-stale", "tablet", "quiet", TABLET, "/rating/T1", *SILENT_5, alike=True),
    State("follow-waiting", "phone", "busy", None, lambda s: _follow(s, s.ticket("giay-to"))),
    State("follow-next", "phone", "one", None, lambda s: _follow(s, s.ticket("tra-ket-qua")), alike=True),
    State("follow-called", "phone", "busy", None, _followed(6)),
    State("follow-finished", "phone", "busy", None, _followed(7, calling.finish), alike=True),
    State("follow-rate", "phone", "judged", None, lambda s: _follow(s, s.over()), fold=False),
    State("follow-reason", "phone", "judged", None, lambda s: _follow(s, s.over()) + "/reason", fold=False),
    State("follow-rated", "phone", "judged", None, lambda s: _follow(s, s.over()), _smile),
    State("follow-absent", "phone", "busy", None, _followed(3, calling.mark_absent), alike=True),
    State("follow-passed", "phone", "line", None, _passed_by, fold=False),
    State("follow-time", "phone", "line", None, _waiting_in("ho-tich"), _open, fold=False),
    State("follow-delayed", "phone", "line", None, _waiting_in("ho-tich"), _give_way),
    State("follow-why", "phone", "line", None, _followed(1), _open),
    State("follow-parked", "phone", "line", None, _followed(2, calling.set_aside), alike=True),
    State("follow-stopped", "phone", "troubled", None, _waiting_in("chung-thuc"), fold=False),
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
    State("admin-appointments", "admin", BOOKED, CLERK, "/admin/appointments", fold=False),
    State("admin-appointment-booked", "admin", BOOKED, CLERK, "/admin/appointments", _book_for_somebody),
    State("admin-centre", "counter", "lived", ADMINISTRATOR, "/admin/centre", fold=False),
    State("admin-centre-empty", "counter", "bare", "person:u-quantri", "/admin/centre", fold=False),
    State("admin-centre-planned", "counter", "planned", ADMINISTRATOR, "/admin/centre", fold=False),
    State("admin-centre-past", "counter", "lived", ADMINISTRATOR, _first_configuration, fold=False),
    State("admin-centre-draft", "counter", "lived", ADMINISTRATOR, "/admin/centre", _offer(_better), fold=False),
    State("admin-centre-draft-waits", "counter", "planned", ADMINISTRATOR, "/admin/centre", _offer(_better),
          fold=False, alike=True),
    State("admin-centre-mistakes", "counter", "lived", ADMINISTRATOR, "/admin/centre", _offer(_wrong), fold=False,
          noise=REFUSED),
    State("admin-calling", "counter", "lived", ADMINISTRATOR, "/admin/calling", fold=False),
    State("admin-calling-tried", "counter", "lived", MANAGER, "/admin/calling?try=1", fold=False),
    State("admin-calling-planned", "counter", "planned", ADMINISTRATOR, "/admin/calling", fold=False),
    State("admin-calling-no-past", "counter", "quiet", MANAGER, "/admin/calling?try=1", fold=False, alike=True),
    State("admin-desk-empty", "admin", "quiet", MANAGER, "/admin/desk", fold=False),
    State("admin-desk", "admin", "troubled", MANAGER, "/admin/desk", fold=False),
    State("reports", "counter", "reported", MANAGER, "/admin/reports", fold=False),
    State("reports-counters", "counter", "reported", MANAGER, "/admin/reports?by=counter", fold=False, alike=True),
    State("reports-wrong", "counter", "reported", MANAGER, "/admin/reports?from=2026-11-25&to=2026-11-01",
          fold=False, noise=REFUSED),
    State("reports-nothing", "counter", "reported", MANAGER, "/admin/reports/calls?from=2026-01-01", fold=False),
    State("reports-department", "counter", "reported", LAND_MANAGER, "/admin/reports", fold=False, alike=True),
    State("reports-calls", "counter", "reported", MANAGER, "/admin/reports/calls", fold=False),
    State("reports-satisfaction", "counter", "reported", MANAGER, "/admin/reports/satisfaction", fold=False),
    State("reports-month", "counter", "reported", MANAGER, "/admin/reports/month?from=2026-11-01&to=2026-11-30",
          fold=False, alike=True),
    State("reports-words", "counter", "reported", MANAGER, "/admin/reports/words", fold=False),
    State("reports-words-none", "counter", "quiet", MANAGER, "/admin/reports/words", fold=False),
    State("reports-words-read", "counter", "reported", MANAGER, "/admin/reports/words", _read_words, fold=False),
    State("floor-calm", "counter", "quiet", MANAGER, "/admin/floor"),
    State("floor-alarms", "counter", "watched", MANAGER, "/admin/floor"),
    State("floor-department", "counter", "watched", LAND_MANAGER, "/admin/floor", alike=True),
    State("floor-stale", "counter", "watched", MANAGER, "/admin/floor", *SILENT_5, alike=True),
    State("floor-counter", "counter", "watched", MANAGER, "/admin/floor/counters/11"),
    State("floor-counter-help", "counter", "watched", MANAGER, "/admin/floor/counters/8", alike=True),
    State("floor-queue", "counter", "watched", MANAGER, "/admin/floor/queues/ho-tich"),
    State("floor-queue-stopped", "counter", "watched", MANAGER, "/admin/floor/queues/dat-dai"),
    State("floor-hall", "counter", "watched", MANAGER, "/admin/floor/halls/tang-1"),
    State("morning-ready", "counter", "ready", MANAGER, "/admin/morning"),
    State("morning-wrong", "counter", "quiet", ADMINISTRATOR, "/admin/morning"),
    State("admin-journal", "counter", "told", AUDITOR, "/admin/journal", fold=False),
    State("admin-journal-narrowed", "counter", "told", AUDITOR, "/admin/journal?kind=TicketCalled&counter=1",
          fold=False, alike=True),
    State("admin-journal-nothing", "counter", "told", AUDITOR, "/admin/journal?number=Z+1", fold=False),
    State("admin-journal-broken", "counter", "altered", AUDITOR, "/admin/journal", fold=False),
    State("admin-auditor", "admin", "told", AUDITOR, "/admin", fold=False, alike=True),
    State("admin-calls", "counter", "told", MANAGER, "/admin/tickets", fold=False),
    State("admin-calls-nobody", "counter", "quiet", MANAGER, "/admin/tickets", fold=False),
    State("admin-ticket", "counter", "told", MANAGER, "/admin/tickets/1/A002", fold=False),
    State("admin-ticket-unknown", "counter", "told", MANAGER, "/admin/tickets/1/Z999", noise=REFUSED, alike=True),
    State("clock-wrong", "counter", "wrong-clock", MANAGER, "/admin/floor"),
    State("clock-wrong-counter", "counter", "wrong-clock", CLERK, "/counter", alike=True),
    State("api", "admin", "quiet", None, "/api/v1", fold=False),
    State("not-found", "admin", "quiet", None, "/khong-co", noise=REFUSED, alike=True),
]  # fmt: skip


def _first_ticket(scene: Scene) -> int:
    return scene.server.store.read(lambda db: int(db.execute("SELECT min(id) FROM tickets").fetchone()[0]))


BY_NAME = {state.name: state for state in STATES}

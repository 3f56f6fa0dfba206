"""What is done on a page to bring it into a state; each waits until the page shows it."""

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page

from domain.centre_toml import write_centre
from domain.errors import StoreFull
from domain.tickets import milliseconds
from operations import informing, managing, undoing
from store import plans, receivers
from store.writer import Act
from tests.browser.scenes import CLERKS, Scene
from tests.browser.screens import advance, connected, person_pass


def unfold(page: Page, scene: Scene) -> None:
    page.click("details summary")


def hear_nothing(page: Page, scene: Scene) -> None:
    """A phone that has had no answer for a minute."""
    advance(page, 60, clock="page")
    page.wait_for_selector("body.stale #unheard")


def give_way(page: Page, scene: Scene) -> None:
    unfold(page, scene)
    page.click("details .primary")
    page.wait_for_selector("#place:not(:has(details .primary))")


def smile(page: Page, scene: Scene) -> None:
    page.click(".face-3")
    page.wait_for_selector(".thanks, #place:not(:has(.rate))")


def stop_the_hall(page: Page, scene: Scene) -> None:
    stopped = (managing.stop_hall, "tang-1", "mất điện", scene.clock() + timedelta(hours=2))
    scene.server.store.write_now(Act("ql02"), *stopped)
    page.wait_for_selector(".stop-line")


def silent(page: Page) -> None:
    """The socket stays open and says nothing; the probe does not answer either."""
    page.route_web_socket(re.compile("/live"), lambda socket: None)
    page.route("**/healthz", lambda route: route.abort())


def after_silence(seconds: float) -> Callable[[Page, Scene], None]:
    def act(page: Page, scene: Scene) -> None:
        advance(page, seconds, clock="page")
        page.wait_for_selector("body.lost #link" if seconds > 60 else "body.stale #link")

    return act


def listening(page: Page, scene: Scene) -> None:
    """The first sentence is spoken."""
    page.wait_for_selector("html[data-speaking]")


def ask_for_time(page: Page, scene: Scene) -> None:
    advance(page, 15 if page.locator(".result").count() else 105 if page.locator(".reach").count() else 45)
    page.wait_for_selector("#more-time:visible")


def choose_class(page: Page, scene: Scene) -> None:
    """The longest of the demo's classes, by one's own word."""
    page.click(".classes button >> nth=4")
    page.wait_for_selector(".chosen")


def press_what_is_gone(page: Page, scene: Scene) -> None:
    page.evaluate("document.querySelector('[name=queue]').value = 'khong-co'")
    page.click(".queues button >> nth=0")
    page.wait_for_selector("#failure .failure")


def wrong_code(page: Page, scene: Scene) -> None:
    page.fill("#code", "AAAA-BBBB")
    page.click("form.fields button")
    page.wait_for_selector(".failure")


def wrong_password(page: Page, scene: Scene) -> None:
    page.fill("#login", "quantri")
    page.fill("#password", "khong-dung")
    page.click("form.fields button")
    page.wait_for_selector(".failure")


def lock(wrong_pin: str = "") -> Callable[[Page, Scene], None]:
    """In a sign-in of its own, which nobody else needs; then perhaps a PIN that is wrong."""

    def act(page: Page, scene: Scene) -> None:
        page.context.add_cookies(person_pass(scene.server, CLERKS[5]))  # type: ignore[arg-type]
        page.goto(f"{scene.server.url}/counter/5")
        page.click("#lock button")
        page.wait_for_selector("#pin")
        if wrong_pin:
            page.fill("#pin", wrong_pin)
            page.click(".primary")
            page.wait_for_selector(".failure")

    return act


def set_pin(page: Page, scene: Scene) -> None:
    page.fill("#pin", "2580")
    page.click("main .primary")
    page.wait_for_selector(".done")


def enter_paper_number(page: Page, scene: Scene) -> None:
    """Of a queue that waits for nobody else; each look enters another one."""
    scene._codes.append("")
    page.select_option("#queue", "xay-dung")
    page.fill("#lines", f"{len(scene._codes):03d} 07:50")
    page.click("main .primary")
    page.wait_for_selector(".done")


def choose_procedure(code: str) -> Callable[[Page, Scene], None]:
    def act(page: Page, scene: Scene) -> None:
        page.select_option("#procedure", code)
        page.wait_for_selector("#papers li")

    return act


def panel(key: str) -> Callable[[Page, Scene], None]:
    def act(page: Page, scene: Scene) -> None:
        connected(page)
        page.keyboard.press(key)
        page.wait_for_selector(".panel:popover-open")

    return act


def slips_found(page: Page, scene: Scene) -> None:
    panel("s")(page, scene)
    page.fill("#slips-at", "08:00")
    page.click("#panel-slips .second")
    page.wait_for_selector("#slips-found li")


def pick_refused(page: Page, scene: Scene) -> None:
    panel("g")(page, scene)
    page.fill("#pick-number", "A 999")
    page.click("#panel-pick .second")
    page.wait_for_selector(".panel .failure:visible")


def edit(number: str = "") -> Callable[[Page, Scene], None]:
    """The panel of the own number, or of another one that is typed."""

    def act(page: Page, scene: Scene) -> None:
        panel("e")(page, scene)
        page.wait_for_selector("#edit-found .which")
        if number:
            page.fill("#edit-number", number)
            page.keyboard.press("Enter")
            page.wait_for_selector(f"#edit-found .which:has-text('{number[-3:]}')")

    return act


def scan(text: str | Callable[[Scene], str], wait: str = "#scan-found .which") -> Callable[[Page, Scene], None]:
    def act(page: Page, scene: Scene) -> None:
        connected(page)
        page.keyboard.press("F9")
        page.keyboard.insert_text(text if isinstance(text, str) else text(scene))
        page.keyboard.press("Enter")
        page.wait_for_selector(wait)

    return act


def scan_plainly(text: str | Callable[[Scene], str], wait: str = ".found .which") -> Callable[[Page, Scene], None]:
    """In the form for those without script."""

    def act(page: Page, scene: Scene) -> None:
        page.fill("#plain-text", text if isinstance(text, str) else text(scene))
        page.keyboard.press("Enter")
        page.wait_for_selector(wait)

    return act


def first_dossier(scene: Scene) -> str:
    return scene.server.store.read(lambda db: str(db.execute("SELECT min(code) FROM dossiers").fetchone()[0]))


def search(text: str) -> Callable[[Page, Scene], None]:
    def act(page: Page, scene: Scene) -> None:
        page.fill("#text", text)
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=status] h2, #wrong")

    return act


def reveal(page: Page, scene: Scene) -> None:
    page.click("details summary")
    page.select_option("#reason", "compare")
    page.click("details button")
    page.wait_for_selector("dd [role=status]")


def open_beyond(page: Page, scene: Scene) -> None:
    page.click(".beyond summary")


def hand_out(page: Page, scene: Scene) -> None:
    page.check("input[value='owner:card']")
    page.fill("#words", "Người dân đang chờ ở quầy.")
    page.click(".act .primary")
    page.wait_for_selector(".failure")


def choose_key(act: str, code: str) -> Callable[[Page, Scene], None]:
    def choose(page: Page, scene: Scene) -> None:
        page.select_option(f"#key-{act}", code)
        page.click(".keys .primary")
        page.wait_for_selector(".done, .failure")

    return choose


def receive(name: str) -> Callable[[Page, Scene], None]:
    def act(page: Page, scene: Scene) -> None:
        choose_procedure("1.001193")(page, scene)
        page.evaluate("() => { document.getElementById('owner_name').maxLength = 500; }")
        page.fill("#owner_name", name)
        page.click("#intake .second")
        page.wait_for_selector("#result [data-done], #result .failure")

    return act


def no_sound(page: Page) -> None:
    page.add_init_script(
        "HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )


def call_somebody(page: Page, scene: Scene) -> None:
    scene.ticket("ho-tich")
    scene.call(1)
    page.wait_for_selector("#sound:visible")


def take_back(page: Page, scene: Scene) -> None:
    connected(page)
    scene.ticket("ho-tich")
    scene.call(1)
    scene.end(1, undoing.undo)
    page.wait_for_selector(".taken-back")


def full_disk(page: Page, scene: Scene) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise StoreFull()

    store = scene.server.store
    store.write = refuse  # type: ignore[method-assign, assignment]
    try:
        with page.expect_navigation():
            page.evaluate("document.querySelector('.queues form').submit()")
    finally:
        del store.write


def book(phone: str) -> Callable[[Page, Scene], None]:
    def act(page: Page, scene: Scene) -> None:
        number = phone or f"0912{milliseconds(scene.clock()) % 1000:03d}{len(scene._codes):03d}"
        scene._codes.append(number)
        page.fill("#phone", number)
        page.click("form.fields button")
        page.wait_for_selector("#code, .failure")

    return act


def show_booked(then: str = "", minutes: int = 60) -> Callable[[Page, Scene], None]:
    """Type the code of an appointment; then open or press what is named."""

    def act(page: Page, scene: Scene) -> None:
        type_code(page, scene.booked(hours=minutes / 60))
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


def type_code(page: Page, code: str) -> None:
    page.fill("#code", code)
    page.click("main form .primary")


def unknown_code(page: Page, scene: Scene) -> None:
    type_code(page, "AAAA CCCC")
    page.wait_for_selector(".failure")


def keep(page: Page, scene: Scene) -> None:
    type_code(page, scene.booked(hours=1))
    page.wait_for_selector("#number")


def book_for_somebody(page: Page, scene: Scene) -> None:
    page.fill("#phone", f"0913000{len(scene._codes):03d}")
    scene._codes.append("")
    page.click("form.fields button")
    page.wait_for_selector(".pairing-code")


def read_words(page: Page, scene: Scene) -> None:
    page.click("[action$='/words'] button >> nth=0")
    page.wait_for_selector(".words")


def try_receiver(page: Page, scene: Scene) -> None:
    """Nobody is there; the page says so and what to do."""
    page.get_by_role("button", name=re.compile("Gửi tin thử|Send a test|Envoyer un essai")).first.click()
    page.locator(".failure").wait_for()


def add_receiver(page: Page, scene: Scene) -> None:
    """Its keys are on the page; the receiver itself goes again, for the next look."""
    page.fill("#label", "Trung tâm điều hành thông minh của tỉnh")
    page.fill("#address", "https://ioc.vanxuan.example/motcua")
    page.click("form.fields .primary")
    page.wait_for_selector(".secret")
    store = scene.server.store
    store.write_now(Act("test"), informing.remove_receiver, store.read(receivers.all_receivers)[-1].id)


def offer_agent_code(page: Page, scene: Scene) -> None:
    page.click("[action$='/IN1/codes'] button")
    page.wait_for_selector(".pairing-code")


def offer_code(page: Page, scene: Scene) -> None:
    page.click("[action$='/K2/codes'] button")
    page.wait_for_selector(".pairing-code")


def offer(change: Callable[[str], str]) -> Callable[[Page, Scene], None]:
    def act(page: Page, scene: Scene) -> None:
        text = write_centre(scene.server.store.read(plans.in_force))
        page.fill("#text", change(text))
        page.click(".fields .primary")
        page.wait_for_selector(".differences")

    return act


def change_a_hall(page: Page, scene: Scene) -> None:
    page.click(".sections [href$='/halls']")
    page.click("[href$='/entries/tang-1']")
    page.fill("#f-name-vi", "Sảnh lớn tầng 1")
    page.click(".sheet .primary")
    page.click("[href$='/sections']")
    page.wait_for_selector(".drafted")


def fill_in_wrongly(page: Page, scene: Scene) -> None:
    page.fill("#f-prefix", "Đ")
    page.fill("#f-mean_minutes", "mười")
    page.select_option("#f-kind", "results")
    page.click(".sheet .primary")
    page.wait_for_selector(".wrong")


def add_a_queue(page: Page, scene: Scene) -> None:
    words = {"id": "lao-dong", "prefix": "L", "title-vi": "Lao động", "title-en": "Labour", "title-fr": "Travail"}
    for name, text in (words | {"mean_minutes": "9"}).items():
        page.fill(f"#f-{name}", text)
    for name, value in (("agency", "phuong"), ("kind", "reception"), ("hall", "tang-1")):
        page.select_option(f"#f-{name}", value)
    page.click(".sheet .primary")
    page.wait_for_selector(".differences")


def better(text: str) -> str:
    return text.replace("mean_minutes = 12", "mean_minutes = 11").replace(
        "accessible = true", "accessible = false", 1
    )


def wrong(text: str) -> str:
    return text.replace('prefix = "A"', 'prefix = "Đ"').replace('kind = "reception"', 'kin = "reception"', 1)


def press_closed(page: Page, scene: Scene) -> None:
    """Somebody presses a queue that gives no number now, and is told so large."""
    page.locator(".queues button[aria-disabled=true]").first.click(force=True)
    page.wait_for_selector("#failure .failure")

"""What people hold to the kiosk's scanner, for states and journeys: cards, dossiers, appointments."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page

from domain.appointments import code_from
from operations import booking, intake
from store.writer import Act
from tests.browser.scenes import CLERKS, Scene
from tests.browser.screens import connected
from web import appointments, cards

STRANGER = "038199000001||TRẦN THỊ B|05021999|Nữ|Thôn 2, Quảng Phú, Thanh Hóa|20062022"
HOLDER = "001090123456|012345678|Nguyễn Văn A|01011990|Nam|Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh|15042021"
BOOKER = "079185000777||LÊ THỊ C|05051985|Nữ|Phường 5, TP. Hồ Chí Minh|01012022"
OWNER = "048075000321|201234567|Phạm Văn D|02021975|Nam|Hải Châu, Đà Nẵng|01012022"


def scanned(page: Page, text: str) -> None:
    """The scanner's prefix, the code, Enter."""
    page.keyboard.press("F9")
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


def hold(text: str | Callable[[Scene], str], wait: str = ".person") -> Callable[[Page, Scene], None]:
    """Hold this to the scanner and wait for what comes of it."""

    def act(page: Page, scene: Scene) -> None:
        connected(page)
        scanned(page, text if isinstance(text, str) else text(scene))
        page.wait_for_selector(wait)

    return act


def hold_plainly(text: str, wait: str = ".person, .failure") -> Callable[[Page, Scene], None]:
    """In the form for those without script."""

    def act(page: Page, scene: Scene) -> None:
        page.fill("#plain-text", text)
        page.keyboard.press("Enter")
        page.wait_for_selector(wait)

    return act


def classes_after_card(page: Page, scene: Scene) -> None:
    """A card, and the list of classes in the place of what it has found."""
    hold(STRANGER)(page, scene)
    page.click(".offer button")
    page.wait_for_selector(".classes")


def class_after_card(page: Page, scene: Scene) -> None:
    """A card, and a class chosen."""
    classes_after_card(page, scene)
    page.click(".classes button >> nth=4")
    page.wait_for_selector(".chosen")


def hold_twice(page: Page, scene: Scene) -> None:
    """Somebody who has a number comes again."""
    hold(HOLDER)(page, scene)
    if page.locator(".person .queues").count():
        page.click(".person .queues button >> nth=0")
        page.wait_for_selector("#number")
        hold(HOLDER)(page, scene)
    page.wait_for_selector(".person > .number")


def appointment_of_card(scene: Scene) -> str:
    """A card whose holder has booked for later today; booked at the first call."""
    house = scene.server.app.state.house
    holder = appointments.holder_hash(house, "0908000777")
    slot = scene.clock().replace(minute=30, second=0) + timedelta(hours=1)
    code = appointments.code_hash(house, code_from(b"a code of sixteen"))
    card = cards.hash_of(house.vault, cards.APPOINTMENT, BOOKER[:12])
    try:
        scene.server.store.write_now(Act("anyone"), booking.book, "ho-tich", slot, code, holder, card=card)
    except Exception as known:
        assert type(known).__name__ == "OneAppointment"
    return BOOKER


def ready_dossier(scene: Scene) -> str:
    """A card whose holder has one result to collect and one dossier under way; received at the first call."""
    house = scene.server.app.state.house
    card = cards.hash_of(house.vault, cards.DOSSIER, OWNER[:12])
    has = scene.server.store.read(
        lambda db: db.execute("SELECT count(*) FROM card_holders WHERE hash = ?", (card,)).fetchone()[0]
    )
    if not has:
        taken = intake.Intake("1.001193", house.vault.seal(b"{}"), card=card)
        for _ in range(2):
            code = scene.server.store.write_now(Act(CLERKS[2]), intake.receive_dossier, 2, CLERKS[2], taken).code
        resolve(scene, code)
    return OWNER


def resolve(scene: Scene, code: str) -> None:
    """The result is there. No operation says so yet."""
    scene.server.store.write_now(
        Act("test"), lambda tx: tx.db.execute("UPDATE dossiers SET status = 9 WHERE code = ?", (code,)).rowcount
    )

"""A dossier's life in a real browser, without its script: received, handed over, resolved, returned."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from operations import calling, ticketing
from store import dossiers
from store.writer import Act
from tests.browser.doings import choose_procedure
from tests.browser.scenes import NOWHERE, Scene
from tests.browser.screens import Screens, connected
from tests.support.halls import MORNING, HandClock
from tests.support.servers import running

SHOTS = Path(__file__).parent.parent.parent / "build" / "screenshots" / "dossier"
NAME, IDENTITY = "NGUYỄN THỊ MẪU", "079201777313"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Counter 1 serves A 001."""
    clock = HandClock(MORNING)
    with running(tmp_path / "data", clock, printer_of=NOWHERE) as server:
        found = Scene(server, clock)
        found.sit(1)
        server.store.write_now(Act("device:K1"), ticketing.take_ticket, "ho-tich")
        clock.forward(minutes=4)
        server.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")
        yield found


def received(open_screen: Screens, scene: Scene) -> str:
    """The clerk fills in the form of the counter; gives the code."""
    page = open_screen("counter", f"{scene.server.url}/counter/1", passes=scene.passes("person:cb01"))
    choose_procedure("1.004873")(connected(page), scene)
    page.fill("#owner_name", NAME)
    page.fill("#identity", IDENTITY)
    page.click("#intake .second")
    page.wait_for_selector("#result [data-done]")
    page.close()
    return scene.server.store.read(dossiers.newest, 1)[0].code


def at_desk(open_screen: Screens, scene: Scene, person: str) -> Page:
    """The desk of somebody whose browser runs no script."""
    passes = scene.passes(f"person:{person}")
    return open_screen("counter", f"{scene.server.url}/dossiers", passes=passes, java_script_enabled=False)


def do(page: Page, name: str, **fields: str) -> None:
    """Press an act, fill in its form, send it; the dossier is shown again."""
    page.get_by_role("link", name=name, exact=True).click()
    for field, value in fields.items():
        control = page.locator(f"[name={field}]").first
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        elif control.get_attribute("type") == "radio":
            page.locator(f"[name={field}][value='{value}']").check()
        else:
            control.fill(value)
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("heading", name="Từ số thứ tự đến Cổng")).to_be_visible()


def keep(page: Page, step: str) -> None:
    """A picture of this step."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{step}.png", full_page=True)


def test_from_the_counter_to_the_returned_result(open_screen: Screens, scene: Scene) -> None:
    code = received(open_screen, scene)
    clerk, specialist = at_desk(open_screen, scene, "cb01"), at_desk(open_screen, scene, "cb09")
    clerk.get_by_label("Tìm hồ sơ").fill("nguyen thi mau")
    clerk.get_by_role("button", name="Tìm").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text(code)
    expect(clerk.locator("main")).to_contain_text("*********313")
    assert NAME not in clerk.url and IDENTITY not in clerk.content()
    do(clerk, "Chuyển hồ sơ", unit="so-tai-chinh", words="Kèm một bộ")
    keep(clerk, "1-handed-over")
    specialist.get_by_role("link", name="Chuyển chưa nhận").click()
    specialist.get_by_role("link", name=code).click()
    do(specialist, "Nhận bàn giao")
    do(specialist, "Ghi tiến độ", words="Đã xác minh")
    scene.clock.forward(days=1, hours=2)
    do(specialist, "Có kết quả")
    keep(specialist, "2-resolved")
    officer = at_desk(open_screen, scene, "cb08")
    officer.get_by_role("link", name="Chờ trả kết quả").click()
    officer.get_by_role("link", name=code).click()
    do(officer, "Trả kết quả", handing="owner:card")
    expect(officer.locator(".head .status")).to_have_text("Đã trả kết quả")
    expect(officer.locator(".head .due")).to_contain_text("xong trước hạn")
    chain = officer.locator(".chain b").all_inner_texts()
    assert chain[0].startswith("Lấy số A") and chain[-1] == "Trả kết quả" and "Tiếp nhận hồ sơ" in chain
    keep(officer, "3-returned")


def test_a_number_is_shown_once(open_screen: Screens, scene: Scene) -> None:
    code = received(open_screen, scene)
    page = at_desk(open_screen, scene, "cb01")
    page.goto(f"{scene.server.url}/dossiers/{code}")
    page.get_by_text("Xem đủ số giấy tờ").click()
    page.get_by_label("Lý do").select_option("compare")
    page.get_by_role("button", name="Xem một lần").click()
    expect(page.get_by_role("status")).to_have_text(IDENTITY)
    page.goto(f"{scene.server.url}/dossiers/{code}")
    assert IDENTITY not in page.content()

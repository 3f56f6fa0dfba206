"""A citizen's way: book at home on a phone, come, check in at the kiosk, be called before who came later."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from operations import calling, shifts, ticketing
from store.writer import Act
from tests.browser.scenes import NOWHERE
from tests.browser.screens import Screens, connected, device_pass
from tests.browser.test_states import SHOTS
from tests.support.halls import MORNING, HandClock
from tests.support.servers import Server, running

NINE = MORNING + timedelta(hours=1)
CODE = re.compile(r"^\w{4} \w{4}$")


@pytest.fixture
def clock() -> HandClock:
    """Monday, eight o'clock."""
    return HandClock(MORNING)


@pytest.fixture
def server(tmp_path: Path, clock: HandClock) -> Iterator[Server]:
    """A centre whose clock is moved by hand."""
    with running(tmp_path / "data", clock, printer_of=NOWHERE) as found:
        yield found


def keep_picture(page: Page, name: str) -> None:
    """For people to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"journey-{name}.png")


def book_at_nine(page: Page) -> str:
    """Tap through the steps; gives the code."""
    page.get_by_role("link", name="Hộ tịch").tap()
    expect(page.get_by_role("heading", name="Hộ tịch")).to_be_visible()
    keep_picture(page, "1-times")
    page.get_by_role("link", name=re.compile("^09:00")).tap()
    page.get_by_label("Số điện thoại của bạn").fill("0912 345 678")
    keep_picture(page, "2-phone")
    page.get_by_role("button", name="Đặt lịch").tap()
    expect(page.locator("#code")).to_have_text(CODE)
    keep_picture(page, "3-code")
    return page.locator("#code").inner_text()


def type_on_glass(kiosk: Page, code: str) -> None:
    """Only by the keys on the screen."""
    for letter in code.replace(" ", ""):
        kiosk.locator("#keys").get_by_role("button", name=letter, exact=True).tap()


def test_book_at_home_and_check_in_at_the_kiosk(server: Server, clock: HandClock, open_screen: Screens) -> None:
    phone = open_screen("phone", f"{server.url}/booking")
    code = book_at_nine(phone)
    kiosk = connected(open_screen("kiosk", f"{server.url}/kiosk/K1", passes=device_pass(server, "K1")))
    clock.at("08:40")
    server.store.write_now(Act("device:K1"), ticketing.take_ticket, "ho-tich")
    clock.at("08:45")
    kiosk.get_by_role("link", name="Tôi có lịch hẹn").tap()
    type_on_glass(kiosk, code)
    keep_picture(kiosk, "4-kiosk-code")
    kiosk.get_by_role("button", name="Lấy số").tap()
    expect(kiosk.locator("#number")).to_have_text("A\u202f002")
    keep_picture(kiosk, "5-kiosk-number")
    server.store.write_now(Act("cb01"), shifts.open_shift, 1, "cb01")
    called = server.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")
    assert called.ticket is not None
    assert called.ticket.n == 2, "half an hour before the slot comes before a walk-in of 08:40"
    phone.goto(f"{server.url}/booking/mine")
    phone.get_by_label(re.compile("Mã hẹn")).fill(code)
    phone.get_by_role("button", name="Xem lịch hẹn").tap()
    expect(phone.get_by_text("Bạn đã lấy số theo lịch hẹn này.")).to_be_visible()


def test_without_javascript_it_is_the_same(server: Server, open_screen: Screens) -> None:
    phone = open_screen("phone", f"{server.url}/booking", java_script_enabled=False)
    code = book_at_nine(phone)
    passes = device_pass(server, "K1")
    kiosk = open_screen("kiosk", f"{server.url}/kiosk/K1", passes=passes, java_script_enabled=False)
    kiosk.get_by_role("link", name="Tôi có lịch hẹn").tap()
    kiosk.get_by_label(re.compile("Mã hẹn")).fill(code.lower())
    kiosk.get_by_role("button", name="Lấy số").tap()
    expect(kiosk.locator("#number")).to_have_text("A\u202f001")


def test_move_and_cancel_with_the_thumb(server: Server, open_screen: Screens) -> None:
    phone = open_screen("phone", f"{server.url}/booking")
    code = book_at_nine(phone)
    phone.get_by_role("link", name="Xem, đổi giờ hoặc hủy").tap()
    phone.get_by_label(re.compile("Mã hẹn")).fill(code)
    phone.get_by_role("button", name="Xem lịch hẹn").tap()
    phone.get_by_text("Đổi sang giờ khác").tap()
    phone.get_by_role("button", name=re.compile("^14:00")).first.tap()
    expect(phone.get_by_role("status")).to_contain_text("Đã đổi sang giờ mới")
    expect(phone.locator("dd").first).to_contain_text("14:00")
    phone.get_by_text("Hủy lịch hẹn", exact=True).tap()
    phone.get_by_role("button", name="Hủy lịch hẹn này").tap()
    expect(phone.get_by_role("heading")).to_have_text("Đã hủy lịch hẹn")

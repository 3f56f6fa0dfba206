"""A clerk whose browser runs no script: a code is scanned or a number typed in a plain form, and acted upon."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.counter.hands import ticket
from tests.browser.scenes import CLERKS
from tests.browser.screens import Screens, person_pass
from tests.support.asking import a_procedure, follow_path, seq
from tests.support.servers import Server

CARD = "001090123456|012345678|Nguyễn Văn A|01011990|Nam|Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh|15042021"


@pytest.fixture
def counter(server: Server, open_screen: Screens) -> Page:
    """The clerk of counter 1, script switched off."""
    passes = person_pass(server, CLERKS[1])
    return open_screen("counter", f"{server.url}/counter/1", passes=passes, java_script_enabled=False)


def scan(page: Page, text: str) -> None:
    """A scanner types where the focus is: nobody has clicked into the field."""
    expect(page.locator("#plain-text")).to_be_focused()
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("by", ["link", "number"])
def test_a_slip_is_found_and_called(by: str, counter: Page, server: Server) -> None:
    wanted = ticket(server, 3)
    scan(counter, f"https://motcua.example{follow_path(server, wanted.id)}" if by == "link" else "a 3")
    expect(counter.locator(".found .which")).to_contain_text(re.compile("A.003"))
    counter.get_by_label("Lý do gọi ngoài thứ tự").select_option("urgent")
    counter.get_by_role("button", name="Gọi số này").click()
    expect(counter.locator("#own-number")).to_have_text(re.compile("A.003"))
    assert counter.url == f"{server.url}/counter/1"


def test_one_after_another_is_scanned_without_a_click(counter: Page, server: Server) -> None:
    for n in (3, 4):
        scan(counter, f"A00{n}")
        expect(counter.locator(".found .which")).to_contain_text(re.compile(f"A.00{n}"))


def test_a_card_fills_the_form_and_the_dossier_is_found_again(counter: Page, server: Server) -> None:
    before = seq(server)
    scan(counter, CARD)
    expect(counter.locator("#prefilled")).to_contain_text("hãy đối chiếu với thẻ")
    filled = [counter.input_value(field) for field in ("#owner_name", "#identity")]
    assert filled == ["Nguyễn Văn A", "001090123456"]
    assert (seq(server), "001090123456" in counter.url) == (before, False)
    expect(counter.locator("#procedure")).to_be_focused()
    counter.select_option("#procedure", a_procedure())
    counter.get_by_role("button", name="Tiếp nhận").click()
    expect(counter.locator("#owner_name")).to_have_value("")
    code = counter.locator("#received .figures").first.inner_text()
    scan(counter, code)
    expect(counter.locator(".found .which")).to_have_text(code)


@pytest.mark.parametrize("text", ["893456712", "Z999", "H99.1-261121-0042"])
def test_what_cannot_be_found_is_said_and_the_next_scan_works(
    text: str, counter: Page, server: Server, open_screen: Screens
) -> None:
    open_screen.allow(counter, "status of 4")
    before = seq(server)
    scan(counter, text)
    expect(counter.get_by_role("alert")).to_have_count(1)
    assert seq(server) == before
    scan(counter, "A003")
    expect(counter.locator(".found .which")).to_contain_text(re.compile("A.003"))


def test_the_page_may_be_loaded_anew_in_another_language(counter: Page, server: Server) -> None:
    scan(counter, "A003")
    counter.select_option("#language", "fr")
    counter.get_by_role("button", name="Đổi", exact=True).click()
    assert counter.url == f"{server.url}/counter/1/scans"
    scan(counter, "A003")
    expect(counter.locator(".found")).to_contain_text(re.compile("A.003"))
    counter.locator("nav a").click()
    assert counter.url == f"{server.url}/counter/1"


def test_the_number_being_served_is_mended_in_the_panel(counter: Page, server: Server) -> None:
    counter.locator(".buttons .primary").click()
    counter.get_by_role("button", name="Sửa số").click()
    counter.locator("#panel-edit").get_by_role("button", name="Tìm").click()
    expect(counter.locator("h1")).to_have_text("Sửa số")
    expect(counter.locator(".found .which")).to_contain_text(re.compile("A.001"))
    counter.get_by_role("button", name="Đổi diện").click()
    expect(counter.locator(".about b")).to_be_visible()

"""The reception page in a real browser, by keyboard alone: from the card's scan to the receipt."""

from pathlib import Path

from playwright.sync_api import Page, expect

from domain.applicants import from_bytes
from operations import calling
from store import dossiers, jobs
from store.writer import Act
from tests.browser.scenes import CLERKS
from tests.browser.screens import Screens, person_pass
from tests.support.servers import Server

CARD = "001090123456|012345678|Nguyễn Văn A|01011990|Nam|Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh|15042021"
SHOTS = Path(__file__).parents[3] / "build" / "screenshots" / "reception"


def shot(page: Page, name: str) -> None:
    """Kept for whoever looks at the steps."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


def called(server: Server, page: Page) -> int:
    """Somebody stands at counter 1."""
    ticket = server.store.write_now(Act(CLERKS[1]), calling.call_next, 1, CLERKS[1]).ticket
    assert ticket is not None
    expect(page.locator("#own-number")).to_have_text(ticket.number)
    return ticket.id


def test_from_the_card_to_the_receipt_by_keyboard(counter: Page, server: Server) -> None:
    """F8 F8, the procedure by two words without marks, the card, three papers, F8: the dossier is in the book."""
    ticket = called(server, counter)
    keys = counter.keyboard
    keys.press("F8")
    expect(counter.locator("#procedure")).to_be_focused()
    keys.press("F8")
    expect(counter.locator("#finder")).to_be_focused()
    shot(counter, "1-chosen-nothing")
    keys.type("khai sinh")
    keys.press("Enter")
    expect(counter.locator("#card")).to_be_focused()
    keys.type(CARD)
    keys.press("Enter")
    expect(counter.locator("#owner_name")).to_have_value("Nguyễn Văn A")
    expect(counter.locator("#address")).to_be_focused()
    keys.type("Thôn 2, Vạn Xuân")
    counter.locator("#p0-taken").focus()
    keys.press("Space")
    keys.press("Tab")
    keys.type("1")
    shot(counter, "2-filled")
    keys.press("F8")
    expect(counter.locator(".outcome .code")).to_be_visible()
    shot(counter, "3-received")
    code = counter.locator(".outcome .code").inner_text()
    found = server.store.read(dossiers.find, code)
    assert found is not None and found.ticket == ticket
    sealed = server.store.read(dossiers.sealed_particulars, found.particulars)
    told = from_bytes(server.app.state.house.vault.unseal(sealed))
    assert (told.owner.name, told.owner.identity) == ("Nguyễn Văn A", "001090123456")
    assert server.store.read(jobs.print_job_of, "receipt", code) is not None
    assert "001090" not in counter.url
    keys.press("Enter")
    expect(counter.locator("#own-number")).to_have_text("–")


def test_what_was_typed_at_the_desk_goes_along(counter: Page, server: Server) -> None:
    counter.select_option("#procedure", "1.001193")
    expect(counter.locator("#papers input").first).to_be_visible()
    counter.locator("#papers input").first.check()
    counter.fill("#owner_name", "TRẦN THỊ BÌNH")
    for _ in range(2):
        counter.keyboard.press("F8")
    expect(counter.locator("#reception #owner_name")).to_have_value("TRẦN THỊ BÌNH")
    expect(counter.locator("#p0-taken")).to_be_checked()


def test_a_fault_takes_the_focus_and_every_word_stays(counter: Page, server: Server, open_screen: Screens) -> None:
    open_screen.allow(counter, "status of (409|422)")
    counter.goto(f"{server.url}/counter/1/reception?procedure=1.001193")
    counter.fill("#owner_name", "TRẦN THỊ BÌNH")
    counter.fill("#identity", "123")
    counter.keyboard.press("F8")
    expect(counter.locator("#wrong-identity")).to_be_visible()
    expect(counter.locator("#identity")).to_be_focused()
    expect(counter.locator("#owner_name")).to_have_value("TRẦN THỊ BÌNH")
    shot(counter, "4-faults")


def test_the_case_of_a_procedure_is_drawn_on_leaving_the_list(counter: Page, server: Server) -> None:
    counter.goto(f"{server.url}/counter/1/reception?procedure=1.013225")
    papers = counter.locator("label.paper")
    before = papers.count()
    counter.focus("#case")
    counter.keyboard.press("ArrowDown")
    assert papers.count() == before
    counter.keyboard.press("Enter")
    expect(counter.locator("#case")).not_to_have_value("")
    assert papers.count() < before
    shot(counter, "5-case")


def test_without_script_the_page_does_the_same(server: Server, open_screen: Screens) -> None:
    passes, path = person_pass(server, CLERKS[1]), f"{server.url}/counter/1/reception"
    page = open_screen("counter", path, passes=passes, java_script_enabled=False)
    page.select_option("#procedure", "1.001193")
    page.click(".finder button")
    page.fill("#owner_name", "TRẦN THỊ BÌNH")
    page.check("#p0-taken")
    page.click("button[value=receive]")
    expect(page.locator(".outcome .code")).to_be_visible()

"""The page on a phone in a real browser: asking for more time in two steps, with and without JavaScript."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from operations import calling, shifts, ticketing
from store import tickets
from store.writer import Act
from tests.browser.screens import Screens
from tests.support.asking import NO_PRINTERS, follow_path
from tests.support.halls import MORNING, HandClock
from tests.support.servers import Server, running

OFFER, YES = "Cho tôi thêm thời gian", "Tôi đồng ý"


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Server]:
    """One counter, and nobody there yet."""
    with running(tmp_path / "data", HandClock(MORNING), printer_of=NO_PRINTERS) as server:
        server.store.write_now(Act("cb01"), shifts.open_shift, 1, "cb01")
        yield server


def people(centre: Server, how_many: int) -> list[int]:
    return [centre.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich").id for _ in range(how_many)]


def place(centre: Server, ticket: int) -> int:
    return [waiting.id for waiting in centre.store.read(tickets.waiting_in, "ho-tich", 50)].index(ticket)


def check_two_steps(page: Page, centre: Server, ticket: int) -> None:
    """Nothing happens at the first tap; after the second it has happened and is offered no more."""
    expect(page.get_by_text("Bạn là người tiếp theo")).to_be_visible()
    expect(page.get_by_role("button", name=YES)).to_be_hidden()
    page.get_by_text(OFFER).tap()
    expect(page.get_by_text("Bạn nhường 3 số đến sau, và sẽ được gọi sau 3 số nữa.")).to_be_visible()
    assert place(centre, ticket) == 0
    page.get_by_role("button", name=YES).tap()
    expect(page.get_by_text("Còn 3 người trước bạn")).to_be_visible()
    expect(page.get_by_text("Bạn đã xin thêm thời gian")).to_be_visible()
    expect(page.get_by_text(OFFER)).to_have_count(0)
    assert place(centre, ticket) == 3


@pytest.mark.parametrize("script", [True, False])
def test_more_time_is_asked_in_two_steps(script: bool, centre: Server, open_screen: Screens) -> None:
    mine, *_ = people(centre, 6)
    address = centre.url + follow_path(centre, mine)
    check_two_steps(open_screen("phone", address, java_script_enabled=script), centre, mine)


def test_an_old_page_that_asks_again_is_told_why_not(centre: Server, open_screen: Screens) -> None:
    """Two phones hold the same link; the second one still shows the offer, under a request of its own."""
    mine, *_ = people(centre, 6)
    address = centre.url + follow_path(centre, mine)
    first, second = (open_screen("phone", address) for _ in range(2))
    open_screen.allow(second, "409")
    second.evaluate("document.querySelector('details [name=request_id]').value = 'another-phone'")
    first.get_by_text(OFFER).tap()
    first.get_by_role("button", name=YES).tap()
    expect(first.get_by_text("Còn 3 người trước bạn")).to_be_visible()
    second.get_by_text(OFFER).tap()
    second.get_by_role("button", name=YES).tap()
    expect(second.locator("#failure")).to_contain_text("đã xin thêm thời gian một lần rồi")
    assert place(centre, mine) == 3


def test_an_open_question_stays_open_when_the_page_draws_itself_anew(centre: Server, open_screen: Screens) -> None:
    mine, *_ = people(centre, 6)
    page = open_screen("phone", centre.url + follow_path(centre, mine))
    centre.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")
    page.reload()
    page.get_by_text("Vì sao số này?").tap()
    expect(page.get_by_text("không ai đang chờ có mốc sớm hơn")).to_be_visible()
    page.evaluate("htmx.ajax('GET', location.pathname, { target: '#place', swap: 'innerMorph' })")
    page.wait_for_function("() => window.swaps > 0")
    expect(page.get_by_text("không ai đang chờ có mốc sớm hơn")).to_be_visible()

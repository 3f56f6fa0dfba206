"""The tablet of a counter and a phone, from the end of a visit to the thanks, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from operations import calling, rating, shifts, ticketing
from store.writer import Act
from tests.browser.screens import Screens, advance, connected, device_pass
from tests.support.asking import NO_PRINTERS, follow_path
from tests.support.halls import MORNING, HandClock
from tests.support.servers import Server, running

QUESTION = "Bạn có hài lòng với chất lượng phục vụ không?"
THANKS = "Cảm ơn bạn đã đánh giá"


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MORNING)


@pytest.fixture
def centre(tmp_path: Path, clock: HandClock) -> Iterator[Server]:
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        server.store.write_now(Act("cb01"), shifts.open_shift, 1, "cb01")
        yield server


@pytest.fixture
def tablet(centre: Server, open_screen: Screens) -> Page:
    page = open_screen("tablet", f"{centre.url}/rating/T1", passes=device_pass(centre, "T1"))
    expect(page.get_by_role("heading", name="Quầy 1")).to_be_visible()
    return connected(page)


def over(centre: Server) -> int:
    centre.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich")
    centre.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")
    return centre.store.write_now(Act("cb01"), calling.finish, 1, "cb01").id


def answers(centre: Server) -> list[tuple[int, int, str]]:
    return centre.store.read(
        lambda db: db.execute("SELECT ticket, score, reason FROM ratings ORDER BY at").fetchall()
    )


def rests(page: Page, clock: HandClock, centre: Server) -> None:
    """Five seconds after the thanks the tablet is what it was, for the server and for the page."""
    expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
    clock.forward(seconds=5)
    advance(page, 5)
    expect(page.get_by_role("heading", name="Quầy 1")).to_be_visible()
    assert page.url == f"{centre.url}/rating/T1"


def test_a_smile_on_the_tablet(centre: Server, clock: HandClock, tablet: Page) -> None:
    ticket = over(centre)
    expect(tablet.get_by_role("heading", name=QUESTION)).to_be_visible()
    tablet.get_by_role("button", name="RẤT HÀI LÒNG").tap()
    rests(tablet, clock, centre)
    assert answers(centre) == [(ticket, 3, "")]


def test_a_reason_on_the_tablet(centre: Server, clock: HandClock, tablet: Page) -> None:
    ticket = over(centre)
    tablet.get_by_role("link", name="KHÔNG HÀI LÒNG").tap()
    tablet.get_by_role("button", name="Gửi đánh giá").tap()
    assert answers(centre) == [], "sent without a reason"
    tablet.get_by_role("radio", name="Hướng dẫn chưa rõ ràng").check()
    tablet.get_by_label("Góp ý thêm").fill("Biển chỉ đường nhỏ quá")
    tablet.get_by_role("button", name="Gửi đánh giá").tap()
    rests(tablet, clock, centre)
    assert answers(centre) == [(ticket, 1, "unclear")]


def test_skipping_and_asking_the_next(centre: Server, clock: HandClock, tablet: Page) -> None:
    over(centre)
    tablet.get_by_role("button", name="Bỏ qua").tap()
    expect(tablet.get_by_role("heading", name="Quầy 1")).to_be_visible()
    clock.forward(minutes=2)
    second = over(centre)
    tablet.get_by_role("button", name="HÀI LÒNG", exact=True).tap()
    rests(tablet, clock, centre)
    assert answers(centre) == [(second, 2, "")]


def test_a_page_for_the_reason_that_nobody_touches_goes_home(
    centre: Server, clock: HandClock, tablet: Page
) -> None:
    over(centre)
    tablet.get_by_role("link", name="KHÔNG HÀI LÒNG").tap()
    expect(tablet.get_by_role("button", name="Gửi đánh giá")).to_be_visible()
    clock.forward(seconds=60)
    advance(tablet, 50)
    tablet.get_by_label("Góp ý thêm").press("a")
    advance(tablet, 55)
    expect(tablet.get_by_label("Góp ý thêm")).to_have_value("a")
    advance(tablet, 6)
    expect(tablet.get_by_role("heading", name="Quầy 1")).to_be_visible()
    assert answers(centre) == []


def test_an_answer_that_was_given_elsewhere_is_said_and_nothing_is_lost(
    centre: Server, tablet: Page, open_screen: Screens
) -> None:
    ticket = over(centre)
    open_screen.allow(tablet, "409")
    tablet.get_by_role("link", name="KHÔNG HÀI LÒNG").tap()
    centre.store.write_now(Act("anyone"), rating.rate_visit, ticket, 3)
    tablet.get_by_role("radio", name="Chờ đợi lâu").check()
    tablet.get_by_role("button", name="Gửi đánh giá").tap()
    expect(tablet.locator("#failure")).to_contain_text("đã được đánh giá")
    assert answers(centre) == [(ticket, 3, "")]


def test_a_phone_is_asked_once(centre: Server, open_screen: Screens) -> None:
    ticket = over(centre)
    phone = open_screen("phone", centre.url + follow_path(centre, ticket))
    phone.get_by_role("link", name="KHÔNG HÀI LÒNG").tap()
    phone.get_by_role("radio", name="Chờ đợi lâu").check()
    phone.get_by_role("button", name="Gửi đánh giá").tap()
    expect(phone.get_by_text(THANKS)).to_be_visible()
    expect(phone.get_by_role("heading", name=QUESTION)).to_have_count(0)
    phone.reload()
    expect(phone.get_by_text(THANKS)).to_be_visible()
    assert answers(centre) == [(ticket, 1, "wait")]

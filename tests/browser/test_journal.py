"""The auditor's page in a browser: the check of the chain goes on by itself until it is through."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from admin import journal as auditing
from store import journal
from tests.browser.scenes import NOWHERE
from tests.browser.screens import Screens, person_pass
from tests.support.halls import MORNING, HandClock
from tests.support.servers import Server, running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A centre whose clock stands."""
    with running(tmp_path / "data", HandClock(MORNING), printer_of=NOWHERE) as found:
        yield found


def test_the_chain_is_checked_to_its_end_while_the_page_is_open(
    server: Server, open_screen: Screens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "EVENTS_A_PIECE", 10)
    page = open_screen("counter", f"{server.url}/admin/journal", passes=person_pass(server, "ql04"))
    newest = server.store.read(journal.head)[0]
    assert newest > 30
    expect(page.locator("#chain")).to_contain_text(f"Chuỗi nguyên vẹn đến số {newest} kiểm tra lúc")
    page.get_by_role("link", name="Kiểm tra từ đầu").click()
    expect(page.locator("#chain")).to_contain_text(f"Chuỗi nguyên vẹn đến số {newest} kiểm tra lúc")


def test_the_copy_that_is_loaded_is_what_was_narrowed(server: Server, open_screen: Screens) -> None:
    page = open_screen("counter", f"{server.url}/admin/journal", passes=person_pass(server, "ql04"))
    page.get_by_label("Việc", exact=True).select_option("ProcedureListed")
    page.get_by_role("button", name="Tìm").click()
    expect(page).to_have_url(re.compile("kind=ProcedureListed"))
    with page.expect_download() as loading:
        page.get_by_role("button", name="Chép các việc đã chọn").click()
    lines = Path(loading.value.path()).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 32
    assert all('"kind": "ProcedureListed"' in line for line in lines)

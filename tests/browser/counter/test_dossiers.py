"""A dossier entered while news arrives: text half typed, lists open, words refused."""

from playwright.sync_api import Page, expect

from operations import ticketing
from store.writer import Act
from tests.browser.screens import Screens
from tests.support.servers import Server


def test_typing_survives_what_happens_elsewhere(counter: Page, server: Server) -> None:
    """Pushes while a dossier is entered: text, cursor, focus, ticks and the chosen procedure stay."""
    counter.select_option("#procedure", "1.001193")
    counter.check("#papers input >> nth=0")
    counter.type("#owner_name", "NGUYỄN THỊ")
    counter.evaluate("document.getElementById('owner_name').setSelectionRange(3, 5)")
    for waiting in range(13, 16):
        server.store.write_now(Act("test"), ticketing.take_ticket, "ho-tich")
        expect(counter.locator("#lines h2 .figures")).to_have_text(str(waiting))
    assert counter.evaluate("""() => { const f = document.activeElement;
      return [f.id, f.value, f.selectionStart, f.selectionEnd, document.getElementById('procedure').value,
              document.querySelectorAll('#papers [name=paper]:checked').length]; }""") == [
        "owner_name", "NGUYỄN THỊ", 3, 5, "1.001193", 1]  # fmt: skip
    counter.keyboard.type("X")
    expect(counter.locator("#owner_name")).to_have_value("NGUXN THỊ")


def test_an_open_list_stays_open(counter: Page, server: Server) -> None:
    counter.click("#procedure")
    assert counter.evaluate("document.getElementById('procedure').matches(':open')")
    server.store.write_now(Act("test"), ticketing.take_ticket, "ho-tich")
    expect(counter.locator("#lines h2 .figures")).to_have_text("13")
    assert counter.evaluate("document.getElementById('procedure').matches(':open')")


def test_a_refused_dossier_keeps_every_word(counter: Page, server: Server, open_screen: Screens) -> None:
    open_screen.allow(counter, "status of 422")
    counter.select_option("#procedure", "1.001193")
    counter.fill("#owner_name", "TRẦN VĂN B")
    counter.fill("#identity", "12")
    counter.click("#intake .second")
    expect(counter.locator("#result .failure")).to_be_visible()
    assert counter.input_value("#owner_name") == "TRẦN VĂN B" and counter.input_value("#procedure") == "1.001193"
    counter.fill("#identity", "038190000001")
    counter.click("#intake .second")
    expect(counter.locator("#result [data-done]")).to_be_visible()
    assert counter.input_value("#owner_name") == ""


def test_two_dossiers_in_a_row_are_two(counter: Page, server: Server) -> None:
    for name in ("LÊ THỊ C", "LÊ THỊ D"):
        counter.select_option("#procedure", "1.001193")
        counter.fill("#owner_name", name)
        counter.click("#intake .second")
        expect(counter.locator("#owner_name")).to_have_value("")
    assert server.store.read(lambda db: db.execute("SELECT count(*) FROM dossiers").fetchone()[0]) == 2

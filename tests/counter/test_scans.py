"""What is scanned at a counter: told apart by format, answered at once, kept nowhere."""

import logging
import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.counter.test_commands import absent, called, load, parked
from tests.counter.test_routes import press, state, wait
from tests.support.asking import a_procedure, follow_path, seq
from tests.support.halls import demo_centre

CARD = "001090123456|012345678|Nguyễn Văn A|01011990|Nam|Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh|15042021"


def scan(clerk, text: str, panel: str = "scan"):
    """What the scan field sends after Enter."""
    return press(clerk, "scans", text=text, panel=panel)


def offered(answer) -> set[str]:
    """Which buttons the panel has."""
    return set(re.findall(r'hx-post="/counter/1/([a-z/]+)"', answer.text))


def test_a_slip_is_known_by_its_link_and_by_its_number(server, clerk):
    _, ticket = wait(server, "ho-tich", "ho-tich")
    wait(server, "ho-tich")
    number = load(server, ticket).number
    link = follow_path(server, ticket)
    for text in (
        f"https://motcua.example/theo-doi{link}",
        link,
        number,
        f"a{load(server, ticket).n}",
        f"{number}\r\n",
    ):
        answer = scan(clerk, text)
        assert answer.status_code == 200
        assert f'<b class="figures">{number}</b>' in answer.text
        assert offered(answer) == {"classes", "delays", "departures", "picks", "reprints"}


def test_only_what_may_be_done_now_is_offered(server, clerk):
    away = absent(server, clerk)
    assert offered(scan(clerk, load(server, away).number)) == {"returns", "departures", "reprints"}
    aside = parked(server, clerk)
    assert offered(scan(clerk, load(server, aside).number)) == {"classes", "picks", "reprints"}
    here = called(server, clerk)
    assert offered(scan(clerk, load(server, here).number)) == {"classes", "reprints"}
    press(clerk, "finishes", seen=str(here))
    assert offered(scan(clerk, load(server, here).number)) == {"reprints"}


def test_the_last_of_a_line_is_offered_no_more_time(server, clerk):
    first, last = wait(server, "ho-tich", "ho-tich")
    assert "delays" in offered(scan(clerk, load(server, first).number))
    assert "delays" not in offered(scan(clerk, load(server, last).number))


def test_every_button_of_the_panel_does_what_it_says(server, clerk):
    first, second, _ = wait(server, *["ho-tich"] * 3)
    fields = r'name="request_id" value="([^"]+)">\s*<input type="hidden" name="ticket" value="(\d+)">'
    asked = re.search(
        r'hx-post="/counter/1/departures".*?' + fields, scan(clerk, load(server, first).number).text, re.S
    )
    assert press(clerk, "departures", request_id=asked[1], ticket=asked[2]).status_code == 200
    assert state(server, first) == "left"
    called_here = press(clerk, "picks", ticket=str(second), reason="frail", seen="0")
    assert called_here.status_code == 200
    assert state(server, second) == "called"


def test_without_a_number_the_panel_shows_whom_this_counter_serves(server, clerk):
    assert 'class="which"' not in scan(clerk, "", "edit").text
    ticket = called(server, clerk)
    assert load(server, ticket).number in scan(clerk, "", "edit").text


def test_a_class_is_confirmed_denied_or_changed_only_where_there_is_one(server, clerk):
    (ticket,) = wait(server, "ho-tich")
    plain = scan(clerk, load(server, ticket).number, "edit").text
    assert "Không đúng diện" not in plain
    press(clerk, "classes", ticket=str(ticket), priority="cao-tuoi", reason="changed")
    named = scan(clerk, load(server, ticket).number, "edit").text
    assert "Không đúng diện" in named
    label = next(c.label.vi for c in demo_centre().classes if c.id == "cao-tuoi")
    assert f"Diện ưu tiên: {label}" in named
    assert f">{label}</option>" not in named


@pytest.mark.parametrize(
    ("text", "name", "identity", "doubtful"),
    [
        (CARD, "Nguyễn Văn A", "001090123456", False),
        (f"\ufeff{CARD}\r\n", "Nguyễn Văn A", "001090123456", False),
        (CARD.replace("Nam", "Nữ"), "Nguyễn Văn A", "001090123456", True),
        ("038199000001||LÊ <B>|05021999|Nữ|Thanh Hóa|20062022|mẹ|cha", "LÊ &lt;B&gt;", "038199000001", False),
    ],
)  # fmt: skip
def test_a_card_fills_the_form_and_is_marked_unsigned(clerk, text, name, identity, doubtful):
    answer = scan(clerk, text)
    assert f'data-name="{name}" data-identity="{identity}"' in answer.text
    assert "không có chữ ký" in answer.text
    assert ("không khớp nhau" in answer.text) is doubtful


def test_a_dossier_is_told_and_one_that_is_not_ours_too(server, clerk):
    press(clerk, "dossiers", procedure=a_procedure(), owner_name="LÊ THỊ THỬ")
    code = server.store.read(lambda db: db.execute("SELECT code FROM dossiers").fetchone()[0])
    told = scan(clerk, code.lower())
    assert told.status_code == 200
    assert code in told.text
    assert "tại quầy 1" in told.text
    assert "LÊ THỊ THỬ" not in told.text
    foreign = scan(clerk, "H99.1-261121-0042")
    assert (foreign.status_code, "không có trong sổ" in foreign.text) == (404, True)


@pytest.mark.parametrize("text", ["", "?", "12", "https://example.vn/", "1|2|3", "a" * 3900, "\x02\x03", CARD[:20]])
def test_what_is_nothing_of_ours_is_said_in_one_sentence_in_every_language(server, clerk, text):
    before, said = seq(server), set()
    for language in ("vi", "en", "fr"):
        answer = press(clerk, f"scans?lang={language}", text=text)
        assert answer.status_code == 422
        said.add(re.sub("<[^>]+>", "", answer.text).strip())
    assert len(said) == 3
    assert seq(server) == before


def test_a_forged_link_opens_no_number(server, clerk):
    first, second = wait(server, "ho-tich", "ho-tich")
    forged = follow_path(server, first).replace(str(first), str(second), 1)
    for text in (forged, f"/follow/{first}-{'a' * 26}", f"/follow/{10**16}-{'a' * 26}"):
        assert scan(clerk, text).status_code == 422


def test_too_much_is_refused_before_it_is_read(clerk):
    assert scan(clerk, "x" * 5000).status_code == 413


def test_nobody_scans_at_a_colleagues_counter(server, clerk, colleague):
    (ticket,) = wait(server, "ho-tich")
    refused = press(colleague, "scans", text=load(server, ticket).number)
    assert (refused.status_code, "Quầy 1 đang có người khác" in refused.text) == (409, True)


def plainly(clerk, text: str, panel: str = "scan"):
    """The same from a browser without script."""
    return clerk.post("/counter/1/scans", data={"text": text, "panel": panel})


def test_without_script_the_same_is_found_on_a_page_of_its_own(server, clerk):
    first, second = wait(server, "ho-tich", "ho-tich")
    for text in (load(server, first).number, follow_path(server, first)):
        answer = plainly(clerk, text)
        assert (answer.status_code, answer.url.path) == (200, "/counter/1/scans")
        assert offered(answer) == offered(scan(clerk, text))
        assert 'id="plain-text"' in answer.text
    asked = re.search(
        r'action="/counter/1/departures".*?name="request_id" value="([^"]+)"', plainly(clerk, text).text, re.S
    )
    done = clerk.post("/counter/1/departures", data={"request_id": asked[1], "ticket": str(first)})
    assert (done.status_code, done.headers["location"]) == (303, "/counter/1")
    assert (state(server, first), state(server, second)) == ("left", "waiting")


def test_without_script_a_card_fills_the_clerks_page_and_stands_in_no_address(server, clerk):
    before, answer = seq(server), plainly(clerk, CARD)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert all(f'value="{told}"' in answer.text for told in ("Nguyễn Văn A", "001090123456"))
    assert "không có chữ ký" in answer.text
    assert (seq(server), answer.url.query) == (before, b"")


@pytest.mark.parametrize(
    ("text", "panel", "status"),
    [("893", "scan", 422), (CARD, "edit", 422), ("Z999", "scan", 404), ("H99.1-261121-0042", "scan", 404)],
)
def test_without_script_a_refusal_stands_beside_the_field_in_every_language(server, clerk, text, panel, status):
    before, said = seq(server), set()
    for language in ("vi", "en", "fr"):
        answer = clerk.post(f"/counter/1/scans?lang={language}", data={"text": text, "panel": panel})
        assert (answer.status_code, 'id="plain-text"' in answer.text) == (status, True)
        said.add(re.search(r'role="alert">([^<]+)<', answer.text)[1])
    assert (len(said), seq(server)) == (3, before)


def test_the_field_alone_is_for_whoever_sits_here(clerk, colleague):
    assert 'id="plain-text"' in clerk.get("/counter/1/scans").text
    assert colleague.get("/counter/1/scans").status_code == 409


def assert_leaves_nothing(server, clerk, caplog, secrets: list[str]) -> None:
    """Neither a log line nor a row of any table has seen what was scanned."""
    before = seq(server)
    with caplog.at_level(logging.DEBUG):
        scan(clerk, "|".join(secrets))
        clerk.post("/counter/1/scans", data={"text": "|".join(secrets)})
    assert seq(server) == before
    kept = b"".join(path.read_bytes() for path in server.data.glob("*.sqlite*"))
    for secret in secrets[:1] + secrets[2:3]:
        assert secret.encode() not in kept
        assert secret not in caplog.text


def test_nothing_scanned_stays_in_log_journal_or_table(server, clerk, caplog):
    assert_leaves_nothing(server, clerk, caplog, CARD.replace("Nguyễn Văn A", "Chim Yến Phụng").split("|"))


@pytest.mark.planted
def test_a_handler_that_logs_what_it_reads_is_found(server, clerk, caplog, monkeypatch):
    def chatty(text):
        logging.getLogger("motcua").info("scanned %s", text)

    monkeypatch.setattr("counter.scans.recognise", chatty)
    with pytest.raises(AssertionError):
        assert_leaves_nothing(server, clerk, caplog, CARD.split("|"))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.one_of(st.text(max_size=300), st.lists(st.text(max_size=12), max_size=12).map("|".join)))
@example("|" * 300)
@example("A\u0660\u0661")
@example("٠٠١٠٩٠١٢٣٤٥٦||Nguyễn Văn A|01011990|Nam|X|15042021")
def test_garbage_is_answered_and_changes_nothing(server, clerk, text):
    before = seq(server)
    answer = scan(clerk, text.encode("utf-8", "replace").decode())
    assert answer.status_code in (200, 404, 413, 422)
    assert seq(server) == before

"""Each clerk's own keys: chosen on a page, kept with the person, shown on the buttons."""

import re

import pytest

from domain.shortcuts import DEFAULTS
from operations import shifts
from store import shortcuts
from store.writer import Act
from tests.counter.test_commands import called, clear
from tests.support.asking import request_id, seq


def choose(clerk, language: str = "vi", **keys: str):
    """What the page sends when it is saved."""
    form = DEFAULTS | keys | {"request_id": request_id()}
    return clerk.post(f"/counter/keys?lang={language}", data=form)


def keys_on(text: str) -> dict[str, str]:
    """What stands on the buttons: words and key."""
    found = re.findall(
        r'data-key="(\w+)" aria-keyshortcuts="(\w+)"[^>]*>([^<]*?) <kbd aria-hidden="true">(\w+)<', text
    )
    assert all(shortcut == cap for _, shortcut, _, cap in found)
    return {words: code for code, _, words, _ in found}


@pytest.fixture(autouse=True)
def usual_again(server):
    yield
    server.store.write_now(Act("cb01"), shifts.choose_keys, "cb01", {}, off=False)


def test_the_keys_on_the_buttons_are_the_clerks_own_at_every_counter(server, clerk, colleague):
    answer = choose(clerk, again="KeyQ", next="F4")
    assert (answer.status_code, "Đã lưu" in answer.text) == (200, True)
    called(server, clerk)
    shown = keys_on(clerk.get("/counter/1").text)
    assert (shown["Gọi lại"], shown["Xong, gọi tiếp"], shown["Chuyển"]) == ("KeyQ", "F4", "KeyT")
    assert "KeyQ" not in keys_on(colleague.get("/counter/2").text).values()
    clear(server)
    clerk.post("/counter/4/shifts", data={"request_id": request_id()})
    assert keys_on(clerk.get("/counter/4").text)["Gọi số tiếp theo"] == "F4"


def test_switched_off_no_key_stands_anywhere(clerk):
    choose(clerk, off="1")
    page = clerk.get("/counter/1").text
    assert "data-key" not in page and "aria-keyshortcuts" not in page
    assert 'name="off" value="1" checked' in clerk.get("/counter/keys").text


def test_back_to_the_usual_keys(server, clerk):
    choose(clerk, again="KeyQ", off="1")
    choose(clerk, again="KeyQ", usual="1")
    assert server.store.read(shortcuts.chosen_by, "cb01") == shortcuts.Chosen()


@pytest.mark.parametrize(
    ("keys", "status", "words"),
    [
        ({"again": "KeyN"}, 409, "Phím N đang dùng cho hai việc: “Gọi lại” và “Vắng mặt”"),
        ({"again": "F5"}, 422, "Không dùng được phím F5"),
        ({"again": "Digit4"}, 422, "Không dùng được phím 4"),
        ({"again": "F9", "scan": ""}, 409, "F9 là phím của máy quét"),
        ({"help": "KeyQ"}, 409, "“Gọi hỗ trợ (giữ một giây)” phải dùng phím F"),
    ],
)
def test_a_conflict_is_refused_in_words_and_the_choice_stays_on_the_page(server, clerk, keys, status, words):
    before = seq(server)
    answer = choose(clerk, done="KeyY", **keys)
    assert (answer.status_code, words in answer.text) == (status, True)
    assert re.search(r'name="done">.*?value="KeyY" selected', answer.text, re.S)
    assert seq(server) == before


def test_refusals_are_said_in_three_languages(clerk):
    said = {re.search(r'role="alert">([^<]+)<', choose(clerk, language, again="KeyN").text)[1] for language in
            ("vi", "en", "fr")}  # fmt: skip
    assert len(said) == 3


@pytest.mark.parametrize("keys", [{"again": "x" * 21}, {"again": "a\x00"}])
def test_nonsense_changes_nothing(server, clerk, keys):
    before = seq(server)
    assert choose(clerk, **keys).status_code == 422
    assert seq(server) == before


def test_saving_twice_is_one_choice(server, clerk):
    choose(clerk, again="KeyQ")
    before = seq(server)
    choose(clerk, again="KeyQ")
    assert seq(server) == before

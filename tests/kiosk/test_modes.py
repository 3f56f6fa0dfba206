"""Modes and languages in addresses: kept on the way, one switched at a time, typed words left behind."""

import html
import re

import pytest

from tests.support.asking import NO_PRINTERS, browser
from tests.support.halls import MORNING, HandClock
from tests.support.servers import running


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory):
    data = tmp_path_factory.mktemp("modes") / "data"
    with running(data, HandClock(MORNING), printer_of=NO_PRINTERS) as server:
        yield browser(server, f"motcua-device-K1={server.device_cookie('K1')}")


def switches(page: str) -> dict[str, str]:
    """Mode -> the address of its switch."""
    return {mode: html.unescape(to) for mode, to in re.findall(r'data-mode="(\w+)" href="([^"]+)"', page)}


@pytest.mark.shows("K8", "WCAG 3.2.3")
def test_a_switch_turns_one_mode_and_keeps_the_others(kiosk):
    found = switches(kiosk.get("/kiosk/K1/queues?lang=fr&big=1&speech=1&kind=results").text)
    assert found == {
        "reach": "/kiosk/K1/queues?lang=fr&kind=results&reach=1&big=1&speech=1",
        "big": "/kiosk/K1/queues?lang=fr&kind=results&speech=1",
        "contrast": "/kiosk/K1/queues?lang=fr&kind=results&big=1&contrast=1&speech=1",
        "speech": "/kiosk/K1/queues?lang=fr&kind=results&big=1",
    }


def test_typed_words_never_go_into_another_address(kiosk):
    page = kiosk.get("/kiosk/K1/procedures?q=bi+mat&big=1").text
    assert not [to for to in switches(page).values() if "mat" in to]


@pytest.mark.parametrize("mode", ["reach", "speech"])
def test_each_mode_is_a_class_of_the_page_and_goes_on(kiosk, mode):
    page = kiosk.get(f"/kiosk/K1?{mode}=1").text
    assert re.search(rf'<body class="[^"]*\b{mode}\b', page)
    assert re.search(rf'class="button primary" href="[^"]*{mode}=1', page)


def test_an_unknown_mode_is_nothing(kiosk):
    page = kiosk.get("/kiosk/K1?big=2&evil=%22%3E1").text
    assert 'class="daylight kiosk "' in page
    assert "evil" not in page

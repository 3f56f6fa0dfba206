"""The list of papers that somebody takes along: the same facts on kiosk and phone, and nobody's name."""

from dataclasses import replace

import pytest

from operations import managing
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser
from tests.support.halls import demo_calendar, demo_centre
from tests.support.servers import running

BIRTH = "1.001193"
HALL = "https://hall.lan"


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    data = tmp_path_factory.mktemp("leaflets") / "data"
    with running(data, printer_of=NO_PRINTERS, follow_url=f"{HALL}/follow") as server:
        yield server


@pytest.fixture(scope="module")
def kiosk(centre):
    return browser(centre, f"motcua-device-K1={centre.device_cookie('K1')}")


def test_a_phone_reads_what_the_kiosk_shows_without_signing_in(centre, kiosk):
    at_home, in_hall = browser(centre).get(f"/procedures/{BIRTH}"), kiosk.get(f"/kiosk/K1/procedures/{BIRTH}")
    assert at_home.status_code == in_hall.status_code == 200
    for fact in ("Giấy khai sinh", "Miễn", "Giấy tờ cần mang"):
        assert (fact in at_home.text) == (fact in in_hall.text)
    assert "Papers to bring" in browser(centre).get(f"/procedures/{BIRTH}?lang=en").text
    assert "set-cookie" not in at_home.headers


@pytest.mark.parametrize("code", ["0.000000", "x" * 500, "1.001193%00", "%3Cscript%3E"])
def test_what_the_catalogue_does_not_hold_has_no_list(centre, code):
    answer = browser(centre).get(f"/procedures/{code}")
    assert answer.status_code == 404
    assert "Traceback" not in answer.text
    assert "<script>" not in answer.text


def test_the_kiosk_offers_the_list_only_where_phones_can_reach_it(centre, kiosk):
    picture = f"/kiosk/K1/procedures/{BIRTH}/qr.svg"
    assert picture in kiosk.get(f"/kiosk/K1/procedures/{BIRTH}").text
    assert kiosk.get(picture).headers["content-type"].startswith("image/svg+xml")
    assert kiosk.get("/kiosk/K1/procedures/0.000000/qr.svg").status_code == 404


def test_without_an_address_for_phones_there_is_no_code(tmp_path):
    with running(tmp_path / "data", printer_of=NO_PRINTERS) as server:
        server.store.write_now(
            Act("t"), managing.load_centre, replace(demo_centre(), follow_url=""), demo_calendar()
        )
        kiosk = browser(server, f"motcua-device-K1={server.device_cookie('K1')}")
        page = kiosk.get(f"/kiosk/K1/procedures/{BIRTH}").text
        assert "qr.svg" not in page
        assert kiosk.get(f"/kiosk/K1/procedures/{BIRTH}/qr.svg").status_code == 404

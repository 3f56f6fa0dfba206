"""The route by which the kiosk's pages are spoken: any words, nothing of them kept."""

import wave
from io import BytesIO

import pytest

from tests.support.asking import NO_PRINTERS, browser
from tests.support.halls import MORNING, HandClock
from tests.support.servers import running

SECRET = "Nguyễn Thị Bí Mật sinh năm 1950"


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    data = tmp_path_factory.mktemp("speech") / "data"
    with running(data, HandClock(MORNING), printer_of=NO_PRINTERS) as server:
        yield server


@pytest.fixture(scope="module")
def kiosk(centre):
    return browser(centre, f"motcua-device-K1={centre.device_cookie('K1')}")


def speak(kiosk, words: str, language: str = "vi"):
    return kiosk.post(f"/kiosk/K1/speech?lang={language}", data={"words": words})


@pytest.mark.parametrize("language", ["vi", "en", "fr"])
def test_words_become_a_sound_that_nobody_caches(kiosk, language):
    answer = speak(kiosk, "A\u202f012\nHộ tịch, 3 người", language)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["cache-control"] == "no-store"
    with wave.open(BytesIO(answer.content)) as sound:
        assert sound.getnframes() > sound.getframerate()


def test_words_that_say_nothing_are_no_sound(kiosk):
    for words in ("", "…", "– –"):
        assert speak(kiosk, words).status_code == 404


def test_too_many_words_are_refused(kiosk):
    assert speak(kiosk, "a" * 601).status_code == 422
    assert kiosk.post("/kiosk/K1/speech", data={"words": "a" * 9000}).status_code == 413


@pytest.mark.shows("K9", "EN 5.1.3.9")
def test_what_a_citizen_typed_stands_in_no_file_and_no_log(centre, kiosk, capfd):
    assert speak(kiosk, SECRET).status_code == 200
    told = capfd.readouterr()
    assert "Bí Mật" not in told.out + told.err
    for path in centre.data.rglob("*"):
        if path.is_file():
            assert "Bí Mật".encode() not in path.read_bytes(), path.name
    assert not [*(centre.data / "voice").rglob("*")], "no clip of it either"

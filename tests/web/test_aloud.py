"""Sounds for a page's words: clips, phrases made before, and the speaker beside the server with all its faults."""

import asyncio
import sys
import wave
from io import BytesIO

import pytest

from app import PHRASES
from commands.kiosk_clips import spoken_phrases
from kiosk.speech import shown_texts
from tests.support.halls import demo_centre
from web.aloud import SPEAKER_RATE, Aloud, Speaker, file_of
from web.languages import LANGUAGES
from web.voice import VOICES, Packs, joined, resampled

BESIDE = (sys.executable, "-m", "commands.speaking")
SILENT = Speaker((sys.executable, "-c", "import sys; sys.stdin.read()"))


@pytest.fixture(scope="module")
def packs():

    return Packs(VOICES)


@pytest.fixture
def speaker():
    found = Speaker(BESIDE)
    yield found
    found.close()


@pytest.fixture
def deaf():
    """A speaker that is not there."""
    return Speaker(("/no/such/program",))


def seconds(wav: bytes) -> float:
    with wave.open(BytesIO(wav)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        return sound.getnframes() / sound.getframerate()


def test_a_ticket_is_spoken_from_the_pack_alone(packs, deaf, tmp_path):
    aloud = Aloud(packs, tmp_path / "made", tmp_path / "own", deaf)
    sound = asyncio.run(aloud.read("A\u202f012", "vi"))
    assert sound is not None
    assert 1 < seconds(sound) < 4


@pytest.mark.shows("K6", "EN 5.1.3.14")
@pytest.mark.parametrize("language", LANGUAGES)
def test_free_words_are_spoken_by_the_program_beside_us(packs, speaker, tmp_path, language):
    aloud = Aloud(packs, tmp_path / "made", tmp_path / "own", speaker)
    sound = asyncio.run(aloud.read("máy tính của quầy đang được sửa", language))
    assert sound is not None
    assert seconds(sound) > 1
    assert not [*tmp_path.rglob("*.wav")], "what was said is kept nowhere"


def test_what_cannot_be_said_is_passed_over(packs, deaf, tmp_path):
    aloud = Aloud(packs, tmp_path / "made", tmp_path / "own", deaf)
    assert asyncio.run(aloud.read("chữ không có", "vi")) is None
    whole, part = asyncio.run(aloud.read("B 007", "vi")), asyncio.run(aloud.read("số B 007 xin", "vi"))
    assert whole is not None
    assert whole == part


def test_a_speaker_that_hangs_is_ended_and_started_again(monkeypatch):
    monkeypatch.setattr("web.aloud.SPEAKER_SECONDS", 0.3)
    assert asyncio.run(SILENT.say("xin chào", "vi")) is None
    assert SILENT._process is None
    assert asyncio.run(SILENT.say("xin chào", "vi")) is None
    SILENT.close()


def test_a_speaker_that_died_is_started_again(speaker):
    assert asyncio.run(speaker.say("xin chào", "vi"))
    speaker._process.kill()
    speaker._process.wait()
    assert asyncio.run(speaker.say("xin chào", "vi"))


def test_it_speaks_under_the_walls_of_the_unit():
    """No change of priority, no writable memory that can be executed: as packaging/motcua.service has it."""
    walls = (
        "import ctypes, os, runpy, sys\n"
        "def refuse(by): raise PermissionError\n"
        "os.nice = refuse\n"
        "ctypes.CDLL(None).prctl(65, 1, 0, 0, 0)\n"  # PR_SET_MDWE; older kernels do not know it
        "sys.argv = ['speaking']\n"
        "runpy.run_module('commands.speaking', run_name='__main__')\n"
    )
    speaker = Speaker((sys.executable, "-c", walls))
    try:
        assert asyncio.run(speaker.say("xin chào", "vi"))
    finally:
        speaker.close()


def test_a_language_without_voice_is_no_fault(speaker):
    assert asyncio.run(speaker.say("xin chào", "xx")) is None
    assert asyncio.run(speaker.say("xin chào", "vi")), "and the next one is spoken"


@pytest.mark.shows("K6", "EN 5.1.3.13")
def test_a_configuration_has_its_clips_made_once_and_old_ones_dropped(packs, speaker, deaf, tmp_path):
    aloud = Aloud(packs, tmp_path / "made", tmp_path / "own", speaker)
    titles = {"vi": ["Hộ tịch", "Đất đai"], "en": ["Civil status"]}
    assert asyncio.run(aloud.prepare(titles)) == 3
    assert asyncio.run(aloud.prepare(titles)) == 0
    spoken = Aloud(packs, tmp_path / "made", tmp_path / "own", deaf)
    assert asyncio.run(spoken.read("Hộ tịch", "vi")) is not None
    asyncio.run(aloud.prepare({"vi": ["Hộ tịch"]}))
    assert asyncio.run(spoken.read("Đất đai", "vi")) is None
    assert [path.name for path in (tmp_path / "own" / "vi").iterdir()] == [file_of("Hộ tịch")]


def test_a_broken_clip_of_a_phrase_is_made_again(packs, speaker, tmp_path):
    aloud = Aloud(packs, tmp_path / "made", tmp_path / "own", speaker)
    asyncio.run(aloud.prepare({"vi": ["Hộ tịch"]}))
    (tmp_path / "own" / "vi" / file_of("Hộ tịch")).write_bytes(b"RIFF")
    assert asyncio.run(aloud.prepare({"vi": ["Hộ tịch"]})) == 1


@pytest.mark.shows("K6", "EN 5.1.3.3")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_kiosks_pages_has_a_clip_of_set_up(language):

    lacking = [phrase for phrase in spoken_phrases(language) if not (PHRASES / language / file_of(phrase)).exists()]
    assert lacking == []


@pytest.mark.planted
def test_a_planted_phrase_without_a_clip_is_found():

    with pytest.raises(AssertionError):
        assert (PHRASES / "vi" / file_of("một câu chưa ai thu")).exists()


def test_the_configuration_names_what_pages_show():
    centre = demo_centre()
    shown = [*shown_texts(centre, "en")]
    assert {queue.title.en for queue in centre.queues} <= set(shown)
    assert centre.name.en in shown


def test_a_pack_of_another_rate_is_heard_at_its_own():
    sound = bytes(2 * SPEAKER_RATE)
    assert resampled(sound, SPEAKER_RATE, SPEAKER_RATE) is sound
    assert seconds(joined([resampled(sound, SPEAKER_RATE, 48_000)], 48_000)) == pytest.approx(1, abs=0.01)

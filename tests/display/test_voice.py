"""The clips are made by the real maker with the real espeak-ng library, once for all tests of this file."""

import hashlib
import json
import shutil
import subprocess
import sys
import wave
from array import array
from io import BytesIO
from pathlib import Path

import espeakng_loader
import pytest

from commands import voice_clips
from domain.readings import READINGS
from domain.speech import resumption, sentence, stop, tokens, withdrawal
from domain.stopping import REASONS
from web.voice import GAP_MS, KEPT_ANNOUNCEMENTS, BadPack, MissingClips, Pack, Packs

ROOT = Path(__file__).parents[2]
FOLDERS = {"vi": "vi-north", "en": "en", "fr": "fr"}


def run_maker(folder):
    command = [sys.executable, "-W", "error", "-m", "commands.voice_clips", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("voice")
    return folder, run_maker(folder)


@pytest.fixture(scope="session")
def packs(made):
    return {language: Pack.load(made[0] / folder) for language, folder in FOLDERS.items()}


@pytest.fixture
def pack_folder(made, tmp_path):
    return shutil.copytree(made[0] / "vi-north", tmp_path / "pack")


def frames_of(wav):
    with wave.open(BytesIO(wav)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 22_050)
        return array("h", sound.readframes(sound.getnframes()))


def change_manifest(folder, **changes):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def clips_of(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["clips"]


def test_the_maker_says_one_line_without_complaint(made):
    _, run = made
    assert run.stdout.startswith("voice clips: vi-north made, en made, fr made")
    assert len(run.stdout.splitlines()) == 1
    assert run.stderr == ""


@pytest.mark.parametrize("language", READINGS)
def test_a_made_pack_is_full_and_names_its_tool(packs, language):
    pack = packs[language]
    assert pack.missing() == ()
    assert pack.language == language
    assert "espeak-ng" in pack.licence
    assert "GPL-3.0-or-later" in pack.licence


@pytest.mark.parametrize("language", READINGS)
def test_every_clip_is_heard_and_not_clipped(packs, language):
    for token in tokens(language):
        samples = frames_of(packs[language].speak((token,)))
        seconds = len(samples) / 22_050
        loudest = max(map(abs, samples))
        # Shorter than this espeak-ng has swallowed the vowel, as it does with a lone "gi" (0.12 s).
        assert 0.19 < seconds < 1.6, token
        assert 8_000 < loudest < 32_000, token
        assert abs(samples[0]) < 300, token
        assert abs(samples[-1]) < 300, token


@pytest.mark.parametrize("language", READINGS)
def test_words_are_equally_loud(packs, language):
    for token in tokens(language)[1:]:
        samples = frames_of(packs[language].speak((token,)))
        loudness = (sum(value * value for value in samples) / len(samples)) ** 0.5 / 32_767
        assert 0.13 < loudness < 0.175, token


@pytest.mark.parametrize("language", READINGS)
def test_every_reason_and_both_ends_of_a_stop_are_spoken_in_good_time(packs, language):
    for reason in ("", *REASONS):
        for letter in (None, "M"):
            seconds = len(frames_of(packs[language].speak(stop(letter, reason, (17, 45), language)))) / 22_050
            assert 3 < seconds < 8, (letter, reason)
    assert 2 < len(frames_of(packs[language].speak(resumption("A", language)))) / 22_050 < 5


@pytest.mark.parametrize("language", READINGS)
def test_a_joined_call_lasts_as_long_as_its_clips_and_gaps(packs, language):
    row = sentence("A", 12, 12, language)
    clips = [len(frames_of(packs[language].speak((token,)))) for token in row]
    gap = 22_050 * GAP_MS // 1000
    joined = frames_of(packs[language].speak(row))
    assert len(joined) == sum(clips) + gap * (len(row) - 1)
    assert not any(joined[clips[0] : clips[0] + gap])
    assert 3 < len(joined) / 22_050 < 6


@pytest.mark.parametrize("folder", ["vi-central", "vi-south"])
def test_the_other_vietnamese_voices_say_all_clips_and_say_them_otherwise(folder, made, packs):
    pack, northern = Pack.load(made[0] / folder), packs["vi"]
    assert (pack.language, pack.missing()) == ("vi", ())
    for token in tokens("vi")[1:]:
        assert 0.15 < len(pack.clip(token)) / 2 / 22_050 < 1.6, token
    assert sum(pack.clip(token) != northern.clip(token) for token in tokens("vi")) > len(tokens("vi")) // 2


def test_an_announcement_is_joined_once_and_few_are_kept(packs):
    pack = packs["vi"]
    row = withdrawal("B", 7, "vi")
    assert pack.speak(row) is pack.speak(row)
    kept = pack.speak(row)
    for n in range(1, KEPT_ANNOUNCEMENTS + 2):
        pack.speak(sentence("A", n, 1, "vi"))
    assert pack.speak(row) is not kept
    assert pack.speak(row) == kept


def test_a_second_run_leaves_a_whole_pack_and_mends_a_broken_one(made, tmp_path):
    folder = shutil.copytree(made[0], tmp_path / "voice")
    (folder / "fr" / "0.wav").unlink()
    kept = (folder / "en" / "0.wav").stat().st_ino
    run = run_maker(folder)
    assert run.stdout.startswith("voice clips: vi-north up to date, en up to date, fr made, vi-central up to date")
    assert (folder / "en" / "0.wav").stat().st_ino == kept
    assert Pack.load(folder / "fr").missing() == ()
    assert sorted(path.name for path in folder.iterdir()) == sorted(voice_clips.VOICES)


def test_a_language_without_a_voice_is_reported_and_fatal_only_for_vietnamese(tmp_path):
    class Mute:
        version = "none"

        def choose(self, voice):
            raise voice_clips.NoVoice(f"no voice {voice!r}")

    assert voice_clips._made(tmp_path, "fr", Mute()) == "fr MISSING: no voice 'fr'"
    with pytest.raises(voice_clips.NoVoice):
        voice_clips._made(tmp_path, "vi-north", Mute())
    assert not [*tmp_path.iterdir()]


def test_the_library_is_found_under_a_long_path(tmp_path):
    deep = tmp_path / ("x" * 100) / ("y" * 100)
    deep.mkdir(parents=True)
    (deep / "espeakng_loader").symlink_to(Path(espeakng_loader.__file__).parent)
    (tmp_path / "room").mkdir()
    code = (
        f"import sys; sys.path.insert(0, {str(deep)!r})\n"
        "from pathlib import Path; from commands.voice_clips import Speaker, espeakng_loader\n"
        "assert len(espeakng_loader.get_data_path()) > 200\n"
        f"speaker = Speaker.open(Path({str(tmp_path / 'room')!r})); speaker.choose('fr')\n"
        "print(len(speaker.say('un', 150)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stderr) == (0, "")
    assert int(run.stdout) > 2_000


def test_the_digest_follows_the_sound(packs, pack_folder):
    clips = clips_of(pack_folder)
    assert Pack.load(pack_folder).digest == packs["vi"].digest
    change_manifest(pack_folder, clips=clips | {"0": clips["1"]})
    assert Pack.load(pack_folder).digest != packs["vi"].digest
    assert packs["en"].digest != packs["vi"].digest


def test_a_corrupted_clip_is_refused_by_name(pack_folder):
    clip = pack_folder / "counter-7.wav"
    content = bytearray(clip.read_bytes())
    content[1000] ^= 1
    clip.write_bytes(content)
    with pytest.raises(BadPack, match=r"counter-7.*sha256"):
        Pack.load(pack_folder)


def test_a_lost_clip_is_refused_by_name(pack_folder):
    (pack_folder / "letter-b.wav").unlink()
    with pytest.raises(BadPack, match=r"letter-b\.wav cannot be read"):
        Pack.load(pack_folder)


def test_a_pack_without_a_token_names_it(pack_folder):
    clips = clips_of(pack_folder)
    del clips["den-quay-so"]
    change_manifest(pack_folder, clips=clips)
    pack = Pack.load(pack_folder)
    assert pack.missing() == ("den-quay-so",)
    with pytest.raises(MissingClips, match="den-quay-so"):
        pack.speak(sentence("A", 1, 1, "vi"))
    assert pack.speak(withdrawal("A", 1, "vi"))


@pytest.mark.parametrize("entry", ["language", "licence", "rate", "clips"])
def test_a_manifest_without_an_entry_is_refused_by_name(pack_folder, entry):
    change_manifest(pack_folder, **{entry: None})
    with pytest.raises(BadPack, match=entry):
        Pack.load(pack_folder)


def test_a_clip_outside_the_pack_is_refused(pack_folder):
    clips = clips_of(pack_folder)
    shutil.copy(pack_folder / "0.wav", pack_folder.parent / "0.wav")
    change_manifest(pack_folder, clips=clips | {"0": clips["0"] | {"file": "../0.wav"}})
    with pytest.raises(BadPack, match="clip '0' names no file inside"):
        Pack.load(pack_folder)


def test_clips_of_another_rate_are_refused(pack_folder):
    change_manifest(pack_folder, rate=44_100)
    with pytest.raises(BadPack, match="44100 Hz"):
        Pack.load(pack_folder)


def test_a_folder_without_a_pack_is_refused(tmp_path):
    with pytest.raises(BadPack, match=r"manifest\.json cannot be read"):
        Pack.load(tmp_path)


WRONG = {
    "a language that no address can name": {"language": "vi-VN"},
    "a language of nothing": {"language": ""},
    "an empty licence": {"licence": "  "},
    "an endless licence": {"licence": "x" * 3000},
    "no clip at all": {"clips": {}},
    "a clip that is no entry": {"clips": {"0": "0.wav"}},
    "a clip with a zero in its name": {"clips": {"0": {"file": "0\0.wav", "sha256": "0" * 64}}},
    "a clip that is the folder": {"clips": {"0": {"file": "", "sha256": "0" * 64}}},
    "more clips than a language has": {"clips": {str(n): {"file": "0.wav", "sha256": "0"} for n in range(1001)}},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_manifest_is_refused(wrong, pack_folder):
    change_manifest(pack_folder, **WRONG[wrong])
    with pytest.raises(BadPack, match=r"manifest\.json|clip '0'"):
        Pack.load(pack_folder)


@pytest.mark.parametrize("content", [b"[" * 100_000, b"{}", b"[]", b"\xff\xfe", b"x" * 3_000_000])
def test_what_is_no_manifest_is_refused(content, pack_folder):
    (pack_folder / "manifest.json").write_bytes(content)
    with pytest.raises(BadPack, match=r"manifest\.json"):
        Pack.load(pack_folder)


RIFF = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x22\x56\0\0\x44\xac\0\0\x02\0\x10\0data"


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", RIFF + b"\xff\xff\xff\xffx", RIFF + b"\0\0\0\0", RIFF[:20], RIFF + b"\x03\0\0\0abc"]
)
def test_a_clip_without_sound_is_refused(content, pack_folder):
    clips = clips_of(pack_folder)
    (pack_folder / "0.wav").write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    change_manifest(pack_folder, clips=clips | {"0": {"file": "0.wav", "sha256": sha256}})
    with pytest.raises(BadPack, match="clip '0'"):
        Pack.load(pack_folder)


def test_a_broken_pack_is_left_out_and_named(pack_folder, tmp_path):
    folder = tmp_path / "packs"
    shutil.copytree(pack_folder, folder / "lanh")
    shutil.copytree(pack_folder, folder / "hong")
    (folder / "hong" / "7.wav").write_bytes(b"spoilt")
    (folder / "note.txt").write_text("x")
    packs = Packs(folder)
    assert list(packs.names) == ["lanh"]
    assert "7.wav" in packs.broken["hong"] and set(packs.broken) == {"hong"}

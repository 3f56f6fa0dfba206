"""The page of the loudspeakers, recording one's own pack clip by clip, and packs that come as a folder."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from admin.recording import needed_by
from commands.main import main
from domain import speech
from domain.announcements import Outcome
from domain.centre_rules import Loudness, Voice
from domain.hall_events import VoiceClipRecorded, VoicePackFinished
from operations import calling, configuring, shifts, speaking, ticketing
from store.writer import Act
from tests.support.asking import NO_PRINTERS, a_clip, browser
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre
from tests.support.servers import running
from web import airtime, languages, sounds
from web.recordings import Recordings
from web.visitors import SIGN_IN_COOKIE
from web.voice import VOICES, Pack

HERE = "/admin/voice/recordings"


@pytest.fixture
def centre(tmp_path):
    with running(tmp_path / "data", HandClock(), printer_of=NO_PRINTERS) as server:
        yield server


@pytest.fixture
def administrator(centre):
    return browser(centre, f"{SIGN_IN_COOKIE}={centre.person_cookie('ql03')}")


def begin(client, name="giong-ta", language="vi"):
    return client.post(HERE, data={"name": name, "language": language})


def send(client, token, clip, name="giong-ta"):
    return client.post(f"{HERE}/{name}/clips/{token}", files={"clip": clip})


def fill(centre, name="giong-ta", language="vi"):
    """All clips that are needed, but one."""
    recordings, clip = Recordings(centre.app.state.packs.own), sounds.recorded(a_clip())
    *tokens, last = needed_by(demo_centre(), language)
    for token in tokens:
        recordings.keep(name, token, clip)
    return last


def kinds(centre):
    rows = centre.store.read(lambda db: db.execute("SELECT kind, who FROM journal ORDER BY seq").fetchall())
    return [(kind, who) for kind, who in rows]


def test_a_centre_records_its_own_pack_and_speaks_with_it(centre, administrator):
    assert begin(administrator).headers["location"] == f"{HERE}/giong-ta"
    last = fill(centre)
    page = administrator.get(f"{HERE}/giong-ta").text
    assert "Còn thiếu 1 đoạn cần có." in page and f"/clips/{last}" in page
    assert administrator.post(f"{HERE}/giong-ta/finishes", data={}).status_code == 409
    assert "giong-ta" not in centre.app.state.packs.names
    assert send(administrator, last, a_clip()).status_code == 303
    assert administrator.get(f"{HERE}/giong-ta/clips/{last}/sound.wav").content[:4] == b"RIFF"
    assert administrator.post(f"{HERE}/giong-ta/finishes", data={}).status_code == 303
    pack = centre.app.state.packs.names["giong-ta"]
    assert pack.clip(speech.CHIME) and not pack.lacks(needed_by(demo_centre(), "vi"))
    assert ("giong-ta" in administrator.get("/admin/voice").text) and pack.language == "vi"
    told = [one for one in kinds(centre) if one[0].startswith("Voice")]
    assert told == [(VoiceClipRecorded.__name__, "ql03"), (VoicePackFinished.__name__, "ql03")]


def test_a_call_is_spoken_by_the_own_voice_and_what_it_lacks_by_the_built_in_one(centre, administrator):
    begin(administrator)
    last = fill(centre)
    send(administrator, last, a_clip())
    administrator.post(f"{HERE}/giong-ta/finishes", data={})
    own = replace(demo_centre(), voice=Voice("giong-ta"))
    centre.store.write_now(Act("ql03"), configuring.load_centre, own, demo_calendar())
    packs = centre.app.state.packs
    words = speech.sentence("A", 12, 3, "vi")[1:]
    assert not packs.chosen("giong-ta").lacks(words)
    assert packs.chosen("giong-ta").sound(words).frames != packs["vi"].sound(words).frames
    assert packs.chosen("giong-ta").lacks(speech.stop("A", "meeting", None, "vi")[1:])


def test_a_clip_is_replaced_and_is_cut_and_as_loud_as_the_others(centre, administrator):
    begin(administrator)
    quiet = a_clip(0.4, 900)
    send(administrator, "7", quiet)
    first = administrator.get(f"{HERE}/giong-ta/clips/7/sound.wav").content
    send(administrator, "7", a_clip(0.8, 9000))
    second = administrator.get(f"{HERE}/giong-ta/clips/7/sound.wav").content
    assert len(second) > len(first)
    assert first != quiet, "levelled"


@pytest.mark.parametrize(
    ("clip", "status"),
    [
        (b"", 409), (b"RIFF....", 409), (a_clip(0.05), 409), (a_clip(9), 409), (a_clip(1, 40), 409),
        (b"x" * (sounds.LARGEST_CLIP_BYTES + 100_000), 413),
    ],
)  # fmt: skip
def test_what_is_no_clip_is_refused_and_changes_nothing(clip, status, centre, administrator):
    begin(administrator)
    assert send(administrator, "7", clip).status_code == status
    assert Recordings(centre.app.state.packs.own).find("giong-ta").clips == {}


@pytest.mark.parametrize("name", ["", "A", "../x", "vi-north", "giọng", "x" * 40, "a.b"])
def test_a_name_that_is_none_or_taken_is_refused(name, administrator):
    assert begin(administrator, name).status_code in (409, 422)


@pytest.mark.parametrize("path", ["khong-co", "khong-co/clips/7", "giong-ta/clips/chime", "giong-ta/clips/..%2f7"])
def test_what_is_not_there_is_not_found(path, administrator):
    begin(administrator)
    assert administrator.get(f"{HERE}/{path}").status_code == 404


def test_the_microphone_is_permitted_on_the_clips_page_alone(administrator):
    begin(administrator)
    policy = {
        path: administrator.get(path).headers.get_list("permissions-policy")
        for path in (f"{HERE}/giong-ta/clips/7", f"{HERE}/giong-ta", "/admin/voice", "/sign-in")
    }
    own, *others = policy.values()
    assert len(own) == 1 and "microphone=(self)" in own[0] and "camera=()" in own[0]
    assert all(len(one) == 1 and "microphone=()" in one[0] for one in others)


def test_managers_see_seconds_of_speech_and_what_was_not_spoken(centre):
    centre.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich")
    ended = [speaking.Ended(1, Outcome.SPOKEN, 360.0), speaking.Ended(2, Outcome.LATE)]
    centre.store.write_now(Act("device:W1"), speaking.end_announcements, "khu-1", ended)
    manager = browser(centre, f"{SIGN_IN_COOKIE}={centre.person_cookie('ql02')}")
    page = manager.get("/admin/voice").text
    assert "đọc 360 giây trên 3600 giây (10 %)" in page
    assert manager.get(f"{HERE}/x").status_code == 403


def test_a_folder_is_checked_and_put_in(centre, administrator, tmp_path):
    folder = shutil.copytree(VOICES / "en", tmp_path / "giong-anh")
    run = CliRunner().invoke(main, ["--data", str(centre.data), "voice", "add", str(folder)])
    assert run.exit_code == 0 and "giong-anh" in run.output
    assert "giong-anh" in administrator.get("/admin/voice").text, "the running server takes it up"
    listed = CliRunner().invoke(main, ["--data", str(centre.data), "voice", "list"]).output
    assert "giong-anh" in listed and "vi-south" in listed
    assert Pack.load(centre.data / "packs" / "giong-anh").missing() == ()


def test_a_pack_with_gaps_names_them_and_a_wrong_one_changes_nothing(tmp_path):
    folder = shutil.copytree(VOICES / "en", tmp_path / "anh")
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["clips"]["7"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    run = CliRunner().invoke(main, ["--data", str(tmp_path), "voice", "add", str(folder)])
    assert run.exit_code == 0 and "còn thiếu 7" in run.output
    (folder / "8.wav").write_bytes(b"spoilt")
    again = CliRunner().invoke(main, ["--data", str(tmp_path), "voice", "add", str(folder)])
    assert again.exit_code == 1 and "8" in again.output
    assert Pack.load(tmp_path / "packs" / "anh").missing() == ("7",)


def test_a_recording_is_cut_to_its_words():
    silence = bytes(22_050)
    content = a_clip(0.5)
    framed = content[:44] + silence + content[44:] + silence
    fixed = framed[:4] + (len(framed) - 8).to_bytes(4, "little") + framed[8:40]
    wav = fixed + (len(framed) - 44).to_bytes(4, "little") + framed[44:]
    assert 0.49 < len(sounds.recorded(wav)) / 2 / sounds.RATE < 0.54


def test_a_zone_that_is_turned_down_has_no_seconds_to_speak_in():
    centre = replace(
        demo_centre(),
        voice=Voice(quiet=(("07:00", "07:15"),)),
        volumes=(Loudness("khu-1", (("07:30", "08:00"),), 0),),
    )
    seconds = {zone: airtime.available(centre, zone, MORNING) for zone in ("khu-1", "khu-3")}
    assert seconds == {"khu-1": 60 * (60 - 14 - 30), "khu-3": 60 * (60 - 14)}


def test_a_broken_pack_and_one_that_is_not_here_are_told(centre, administrator):
    """A chosen voice that is not spoken with is a thing to mend: it is not silently another one."""
    broken = shutil.copytree(VOICES / "en", centre.data / "packs" / "giong-hong")
    (broken / "7.wav").write_bytes(b"spoilt")
    own = replace(demo_centre(), voice=Voice("giong-hong", "khong-co"))
    centre.store.write_now(Act("ql03"), configuring.load_centre, own, demo_calendar())
    page = administrator.get("/admin/voice").text
    assert "Bộ giọng “giong-hong” được chọn" in page and "Bộ giọng “khong-co” được chọn" in page
    assert "Bộ giọng “giong-hong” bị hỏng" in page
    listed = CliRunner().invoke(main, ["--data", str(centre.data), "voice", "list"])
    assert listed.exit_code == 0 and "7.wav" in listed.stderr and "vi-north" in listed.stdout


@pytest.mark.parametrize(
    ("left", "content"), [(".giong-ta.old", b"{}"), (".hong", b"x"), (".hong", b"[]"), (".hong", b"{}")]
)
def test_what_a_sudden_end_left_behind_does_not_close_the_page(left, content, centre, administrator):
    begin(administrator)
    place = centre.app.state.packs.own / left
    place.mkdir()
    (place / "manifest.json").write_bytes(content)
    page = administrator.get("/admin/voice")
    assert page.status_code == 200 and f"{HERE}/giong-ta" in page.text


def test_two_who_record_at_once_keep_both_clips(centre, administrator):
    begin(administrator)
    recordings, clip = Recordings(centre.app.state.packs.own), sounds.recorded(a_clip())
    with ThreadPoolExecutor(8) as desks:
        list(desks.map(lambda token: recordings.keep("giong-ta", token, clip), "0123456789" * 3))
    assert set(recordings.find("giong-ta").clips) == set("0123456789")


def test_a_language_without_a_made_voice_is_recorded_and_spoken_second(centre, administrator, monkeypatch):
    """Tày, Thái, Mường: recorded packs only, read from the Vietnamese words."""
    monkeypatch.setattr(languages, "_added", {"tyz": SimpleNamespace(name="Tày")})
    assert '<option value="tyz">Tày</option>' in administrator.get("/admin/voice").text
    begin(administrator, "giong-tay", "tyz")
    page = administrator.get(f"{HERE}/giong-tay/clips/moi-so").text
    assert "nói câu này bằng tiếng “Tày”" in page and '<p class="words" lang="vi">Xin mời số' in page
    send(administrator, fill(centre, "giong-tay", "tyz"), a_clip(), "giong-tay")
    assert administrator.post(f"{HERE}/giong-tay/finishes", data={}).status_code == 303
    own = replace(demo_centre(), voice=Voice("vi-north", "giong-tay"))
    centre.store.write_now(Act("ql03"), configuring.load_centre, own, demo_calendar())
    centre.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich")
    centre.store.write_now(Act("cb01"), shifts.open_shift, 1, "cb01")
    centre.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")
    wall = browser(centre, f"motcua-device-W1={centre.device_cookie('W1')}")
    turn = wall.post("/display/W1/voice/turns", data={"speaker": "abcdef1", "n": 1}).json()
    assert turn["url"].split("/")[4] == "chime+vi+vi+tyz"
    assert wall.get(turn["url"]).status_code == 200


def test_a_language_that_nobody_has_added_is_not_recorded(administrator):
    assert begin(administrator, "giong-tay", "tyz").status_code == 422

"""Walls and phones without a browser: what is called, that no call is lost, and that no name is shown."""

import re

import pytest

from operations import calling, entering, managing, ticketing
from store import people, tickets
from store.writer import Act
from tests.support.asking import browser, follow_path, watching
from tests.support.servers import Server


@pytest.fixture(scope="module")
def walls(centre):
    """W1 hangs in zone 1 of level 1, W2 in zone 3 of level 2."""
    return {name: browser(centre, f"motcua-device-{name}={centre.device_cookie(name)}") for name in ("W1", "W2")}


def call(server: Server, counter: int = 1, queue: str = "ho-tich") -> int:
    """Somebody is called to this counter; gives the number of the announcement."""
    person = f"cb{counter:02d}"
    server.store.write_now(Act("t"), ticketing.take_ticket, queue)
    return server.store.write_now(Act(person), calling.call_next, counter, person).seq


def seqs(wall, name: str, after: int = 0) -> list[int]:
    answer = wall.get(f"/display/{name}/calls?after={after}")
    assert answer.status_code == 200
    return [row["seq"] for row in answer.json()["calls"]]


def on_page(text: str) -> list[int]:
    """The announcements in a picture of the wall."""
    return [int(seq) for seq in re.findall(r'<i data-seq="(\d+)"', text)]


def test_the_newest_call_is_large_with_the_way_to_the_counter(centre, walls):
    call(centre)
    page = walls["W1"].get("/display/W1").text
    now = page[page.index('id="now"') : page.index('id="before"')]
    assert re.search(r'<p class="number">A\u202f\d{3}</p>', now)
    assert '<b class="figures">1</b>' in now
    assert re.search(r'<p class="way">[^<]+</p>', now)


def check_no_call_lost(server: Server, wall, name: str) -> None:
    """All calls above a number, oldest first, in every cut; those of the picture are among them."""
    begun = seqs(wall, name)[-1:] or [0]
    made = [call(server) for _ in range(3)] + [call(server, 5, "cu-tru")]
    assert seqs(wall, name, begun[0]) == made
    assert seqs(wall, name, made[1]) == made[2:]
    assert seqs(wall, name, made[-1]) == []
    shown = on_page(wall.get(f"/display/{name}").text)
    assert shown == [seq for seq in seqs(wall, name) if seq >= shown[0]]


def test_a_wall_that_missed_calls_can_fetch_them_all(centre, walls):
    check_no_call_lost(centre, walls["W1"], "W1")


@pytest.mark.planted
def test_a_feed_that_drops_a_call_is_found(centre, walls, monkeypatch):
    right = tickets.calls_after
    monkeypatch.setattr(tickets, "calls_after", lambda *asked: right(*asked)[1:])
    with pytest.raises(AssertionError):
        check_no_call_lost(centre, walls["W1"], "W1")


def test_a_gap_of_more_than_the_picture_holds_is_filled_from_its_beginning(centre, walls):
    before = call(centre)
    made = [call(centre) for _ in range(30)]
    picture = on_page(walls["W1"].get("/display/W1").text)
    assert len(picture) == 24
    assert picture[0] > before, "the picture alone would lose calls"
    assert seqs(walls["W1"], "W1", before) == made


def test_a_wall_shows_its_own_hall_and_not_the_other(centre, walls):
    first, second = call(centre, 1), call(centre, 9, "kinh-doanh")
    assert first in seqs(walls["W1"], "W1")
    assert second not in seqs(walls["W1"], "W1")
    assert second in seqs(walls["W2"], "W2")
    assert first not in seqs(walls["W2"], "W2")


def test_a_call_to_another_zone_of_the_same_hall_is_shown_and_fetched(centre, walls):
    made = call(centre, 5, "cu-tru")
    assert made in on_page(walls["W1"].get("/display/W1").text)
    assert made in seqs(walls["W1"], "W1")


def test_an_old_call_is_shown_but_no_longer_spoken(centre, walls, clock):
    made = call(centre)
    assert re.search(rf'data-seq="{made}" [^>]*data-speak="1"', walls["W1"].get("/display/W1").text)
    clock.forward(minutes=2)
    rows = walls["W1"].get(f"/display/W1/calls?after={made - 1}").json()["calls"]
    assert rows[0]["speak"] is False


def test_a_recall_is_an_announcement_of_its_own(centre, walls):
    made = call(centre)
    again = centre.store.write_now(Act("cb01"), calling.call_again, 1, "cb01").seq
    assert seqs(walls["W1"], "W1", made - 1) == [made, again]
    rows = walls["W1"].get(f"/display/W1/calls?after={made - 1}").json()["calls"]
    assert [row["kind"] for row in rows] == ["call", "recall"]
    assert len({row["number"] for row in rows}) == 1


def test_an_announcement_is_one_sound_file(centre, walls):
    made = call(centre)
    languages = re.search(r'data-voices="([^"]*)"', walls["W1"].get("/display/W1").text)[1].split()
    if not languages:
        pytest.skip("no clip pack is here: scripts/setup makes them")
    assert languages[0] == "vi"
    for language in languages:
        sound = walls["W1"].get(f"/display/W1/voice/{language}/{made}.wav")
        assert sound.status_code == 200
        assert sound.headers["content-type"] == "audio/wav"
        assert sound.content[:4] == b"RIFF"
        assert len(sound.content) > 20_000
    assert walls["W1"].get(f"/display/W1/voice/xx/{made}.wav").status_code == 404
    assert walls["W1"].get("/display/W1/voice/vi/999999.wav").status_code == 404


@pytest.mark.parametrize(("language", "word"), [("vi", "Đang chờ"), ("en", "Waiting"), ("fr", "attente")])
def test_the_wall_speaks_the_language_in_its_address(walls, language, word):
    assert word in walls["W1"].get(f"/display/W1?lang={language}").text


def test_a_stopped_queue_is_marked_on_the_wall(centre, walls):
    centre.store.write_now(Act("t"), managing.stop_queue, "xay-dung", "họp")
    page = walls["W2"].get("/display/W2").text
    centre.store.write_now(Act("t"), managing.resume_queue, "xay-dung")
    assert re.search(r'class="stopped"><b class="letter">\w</b>', page)


def test_no_wall_and_no_phone_shows_a_name(centre, walls):
    names = [person.name for person in centre.store.read(people.everybody)]
    manager = browser(centre, f"motcua-person={centre.person_cookie('ql02')}")
    ticket = centre.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich").id
    pages = [
        walls["W1"].get("/display/W1").text, manager.get("/display/managers").text,
        browser(centre).get(follow_path(centre, ticket)).text,
    ]  # fmt: skip
    assert not [name for name in names for page in pages if name in page]


def test_the_managers_wall_counts_people_waits_and_open_counters(centre, clock):
    manager = browser(centre, f"motcua-person={centre.person_cookie('ql02')}")
    for _ in range(3):
        centre.store.write_now(Act("t"), ticketing.take_ticket, "dat-dai")
    clock.forward(minutes=50)
    page = manager.get("/display/managers").text
    row = re.search(
        r'<tr class="alarm">\s*<th scope="row"><b class="letter">(\w)</b> [^<]*[Đđ]ất đai.*?</tr>', page, re.DOTALL
    )
    assert row, "no alarm for a queue that waits 50 minutes"
    assert '<b class="figures figures-live">3</b>' in row[0]
    assert '<td class="figures figures-live">50</td>' in row[0]


def test_the_managers_wall_is_live(centre):
    cookie = {"Cookie": f"motcua-person={centre.person_cookie('ql02')}", "Origin": centre.url}
    with watching(centre, "/display/managers/live", cookie) as socket:
        first = socket.recv(timeout=5)
        centre.store.write_now(Act("t"), ticketing.take_ticket, "giay-to")
        while (word := socket.recv(timeout=5)).startswith("{"):
            pass
        assert word != first


def test_a_phone_follows_its_number_to_the_end(centre):
    ahead = [centre.store.write_now(Act("t"), ticketing.take_ticket, "cu-tru").id for _ in range(2)]
    own = centre.store.write_now(Act("t"), ticketing.take_ticket, "cu-tru").id
    phone, path = browser(centre), follow_path(centre, own)
    assert "người trước bạn" in phone.get(path).text
    seen = [phone.get(path, headers={"HX-Request": "true"}).text]
    for _ in range(10):
        called = centre.store.write_now(Act("cb05"), calling.call_next, 5, "cb05").ticket
        seen.append(phone.get(path, headers={"HX-Request": "true"}).text)
        if called is None or called.id == own:
            break
    assert ahead
    assert "Bạn là người tiếp theo" in seen[-2]
    assert "Mời đến quầy" in seen[-1]
    centre.store.write_now(Act("cb05"), calling.finish, 5, "cb05")
    assert "Đã phục vụ xong" in phone.get(path).text


def test_a_link_for_a_phone_is_its_own_key(centre):
    own = centre.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich").id
    phone, path = browser(centre), follow_path(centre, own)
    signature = path.rpartition("-")[2]
    for wrong in (signature[:-1], signature.upper(), signature + "0", "", "x" * len(signature), "%00"):
        if wrong != signature:
            assert phone.get(f"/follow/{own}-{wrong}").status_code == 404, wrong
    assert len(signature) >= 16


def test_a_page_of_another_screen_is_closed_to_a_wall(walls):
    for path in ("/kiosk/K1", "/admin", "/counter", "/display/managers", "/display/W2"):
        assert walls["W1"].get(path).status_code in (401, 403, 303)


def test_a_wall_that_was_revoked_shows_nothing_more(centre):
    wall = browser(centre, f"motcua-device-W2={centre.device_cookie('W2')}")
    assert wall.get("/display/W2/calls").status_code == 200
    centre.store.write_now(Act("t"), entering.revoke_device, "W2")
    assert wall.get("/display/W2/calls").status_code == 401

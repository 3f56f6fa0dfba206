"""Pairing a screen: a code once, five tries, fifteen minutes; and a revocation that is felt within a second."""

from contextlib import closing

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from operations import entering
from store.store import Store
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser, seq, watching
from tests.support.halls import MORNING, HandClock
from tests.support.servers import Server, running
from tests.web.crowd import Crowd
from web.devices import LETTERS, new_code, plain_code
from web.visitors import DEVICE_COOKIE, NOBODY, hash_of, new_token

RIGHT, WRONG = "ABCD-EGHK", "XXXX-XXXX"


@pytest.fixture(scope="module")
def clock() -> HandClock:
    return HandClock(MORNING)


@pytest.fixture(scope="module")
def hall(tmp_path_factory, clock):
    """A server whose clock is moved by hand."""
    with running(tmp_path_factory.mktemp("hall") / "data", clock, printer_of=NO_PRINTERS) as server:
        yield server


def offer(server: Server, device: str = "K1", code: str = RIGHT) -> None:
    """What `motcua device code` does, with a code that the test knows."""
    server.store.write_now(Act("t"), entering.offer_pairing, device, hash_of(plain_code(code)))


def pair(server: Server, code: str, device: str = "K1"):
    """Type a code in a fresh browser."""
    screen = browser(server)
    return screen.post(f"/pair/{device}", data={"code": code}), screen


@pytest.mark.parametrize("typed", [RIGHT, "abcd-eghk", "  abcd eghk ", "ABCDEGHK", "A-B-C-D-E-G-H-K"])
def test_a_code_opens_the_screen_however_it_is_typed(hall, typed):
    offer(hall)
    answer, screen = pair(hall, typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/kiosk/K1")
    assert screen.get("/kiosk/K1").status_code == 200


def test_a_wall_is_paired_to_its_wall(hall):
    offer(hall, "W1")
    answer, screen = pair(hall, RIGHT, "W1")
    assert answer.headers["location"] == "/display/W1"
    assert screen.get("/display/W1").status_code == 200


def check_once(server: Server) -> None:
    """A code that was used pairs nobody else."""
    offer(server)
    assert pair(server, RIGHT)[0].status_code == 303
    assert pair(server, RIGHT)[0].status_code == 403


def check_five_tries(server: Server) -> None:
    """After five wrong tries even the right code is dead."""
    offer(server)
    assert [pair(server, WRONG)[0].status_code for _ in range(entering.PAIRING_TRIES)] == [403] * 5
    assert pair(server, RIGHT)[0].status_code == 403


def test_a_code_works_once(hall):
    check_once(hall)


def test_the_right_code_still_works_as_the_fifth_try(hall):
    offer(hall)
    for _ in range(entering.PAIRING_TRIES - 1):
        pair(hall, WRONG)
    assert pair(hall, RIGHT)[0].status_code == 303


def test_after_five_wrong_tries_the_code_is_dead_and_a_new_one_works(hall):
    check_five_tries(hall)
    offer(hall)
    assert pair(hall, RIGHT)[0].status_code == 303


@pytest.mark.planted
@pytest.mark.parametrize("check", [check_once, check_five_tries])
def test_a_code_that_never_dies_is_found(hall, monkeypatch, check):
    def forgetful(db, device, code_hash, now):
        row = db.execute("SELECT hash FROM pairing_codes WHERE device = ?", (device,)).fetchone()
        return row is not None and row[0] == code_hash

    monkeypatch.setattr("store.people.try_pairing_code", forgetful)
    with pytest.raises(AssertionError):
        check(hall)


@pytest.mark.parametrize(("minutes", "status"), [(14.9, 303), (15.1, 403)])
def test_a_code_lives_fifteen_minutes(hall, clock, minutes, status):
    offer(hall)
    clock.forward(minutes=minutes)
    assert pair(hall, RIGHT)[0].status_code == status


def test_a_newer_code_kills_the_older_one(hall):
    offer(hall, code="OLDE-RONE")
    offer(hall)
    assert pair(hall, "OLDE-RONE")[0].status_code == 403
    assert pair(hall, RIGHT)[0].status_code == 303


def test_a_code_pairs_only_the_screen_it_was_made_for(hall):
    offer(hall, "K1")
    assert pair(hall, RIGHT, "K2")[0].status_code == 403
    assert pair(hall, RIGHT, "K1")[0].status_code == 303


@pytest.mark.parametrize("code", ["", "a" * 21, "\x00" * 8, "\x1b[2JABCD", "%00", "' OR 1=1 --", "ABCD\nEGHK"])
def test_a_code_that_cannot_be_one_changes_nothing(hall, code):
    offer(hall)
    before = seq(hall)
    answer, screen = pair(hall, code)
    assert answer.status_code in (403, 422)
    assert not screen.cookies
    assert seq(hall) == before


def test_a_wrong_code_is_refused_in_three_languages(hall):
    offer(hall)
    said = {
        browser(hall).post(f"/pair/K1?lang={language}", data={"code": WRONG}).text
        for language in ("vi", "en", "fr")
    }
    assert len(said) == 3


def test_a_screen_that_is_not_of_this_centre_cannot_be_paired(hall):
    for path in ("/pair/K77", "/pair/" + "K" * 500, "/pair/%1b%5b2J", "/pair/K1%00"):
        assert browser(hall).get(path).status_code == 404
        assert browser(hall).post(path, data={"code": RIGHT}).status_code == 404


def test_codes_are_random_and_of_letters_that_cannot_be_mixed_up():
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert len(LETTERS) ** 8 > 2**37
    assert not set(LETTERS) & set("01OIQJ")


def test_the_code_in_the_address_is_only_shown_never_used(hall):
    offer(hall)
    before = seq(hall)
    shown = browser(hall).get("/pair/K1", params={"code": RIGHT})
    assert f'value="{RIGHT}"' in shown.text
    assert seq(hall) == before


def test_an_administrator_makes_the_code_and_the_journal_does_not_know_it(crowd):
    page = crowd.send("administrator", "POST /admin/devices/{device}/codes")
    code = page.text.split('class="number pairing-code">')[1].split("<")[0]
    answer, _ = pair(crowd.server, code, "K9")
    assert answer.status_code == 303
    everything = crowd.server.store.read(
        lambda db: "".join(str(row) for row in db.execute("SELECT * FROM journal"))
    )
    assert plain_code(code) not in everything
    assert code not in everything


def last_word(socket: ClientConnection, code: int = 1008) -> str:
    """What the screen hears last before it is closed with this code, within a second of silence."""
    heard = ""
    try:
        for _ in range(50):
            heard = str(socket.recv(timeout=1.0))
    except ConnectionClosed as closed:
        assert closed.rcvd is not None
        assert closed.rcvd.code == code
    except TimeoutError as error:
        raise AssertionError("the screen is still open") from error
    return heard


def check_revocation(server: Server, revoke) -> None:
    """Whoever holds the screen's token is shown the door within a second: pages and the open socket."""
    token = server.device_cookie("W2")
    cookie = f"{DEVICE_COOKIE}W2={token}"
    screen = browser(server, cookie)
    assert screen.get("/display/W2").status_code == 200
    with watching(server, "/display/W2/live", {"Cookie": cookie, "Origin": server.url}) as socket:
        assert "hx-partial" in socket.recv(timeout=5)
        revoke(token)
        assert last_word(socket) == '{"t":"gone"}', "the screen was not told before it was closed"
    assert screen.get("/display/W2").status_code in (401, 403)


def test_a_revoked_screen_is_told_closed_and_refused_within_a_second(hall):
    check_revocation(hall, lambda _: hall.store.write_now(Act("t"), entering.revoke_device, "W2"))


def test_a_screen_that_was_paired_anew_leaves_the_old_browser_dark(hall):
    check_revocation(hall, lambda _: hall.device_cookie("W2"))


def check_late_news(server: Server, clock: HandClock) -> None:
    """The command line pairs a screen: its page is open before the server hears of the pairing, and stays."""
    token, code = new_token(), hash_of(plain_code(RIGHT))
    with closing(Store(server.store.path, clock)) as aside:
        aside.start()
        aside.write_now(Act("t"), entering.offer_pairing, "W2", code)
        assert aside.write_now(Act("t"), entering.pair_device, "W2", code, hash_of(token)).right
    headers = {"Cookie": f"{DEVICE_COOKIE}W2={token}", "Origin": server.url}
    with watching(server, "/display/W2/live", headers) as socket, pytest.raises(AssertionError, match="still open"):
        assert last_word(socket) == '{"t":"gone"}'
        pytest.fail("the screen was sent away")


def test_a_screen_that_came_before_the_news_of_its_pairing_stays(hall, clock):
    check_late_news(hall, clock)


@pytest.mark.planted
def test_a_pairing_that_sends_the_newest_screen_away_is_found(hall, clock, monkeypatch):
    monkeypatch.setattr("web.visitors.Visitors.anew", lambda *_, **__: NOBODY)
    with pytest.raises(pytest.fail.Exception, match="sent away"):
        check_late_news(hall, clock)


@pytest.mark.planted
def test_a_revocation_that_leaves_the_socket_open_is_found(hall, monkeypatch):
    monkeypatch.setattr("web.live.Hub._send_away", lambda self, who: None)
    with pytest.raises(AssertionError, match="still open"):
        check_revocation(hall, lambda _: hall.store.write_now(Act("t"), entering.revoke_device, "W2"))


@pytest.mark.planted
def test_a_revocation_that_is_remembered_too_late_is_found(hall, monkeypatch):
    monkeypatch.setattr("web.visitors._CHANGES", ())
    with pytest.raises(AssertionError):
        check_revocation(hall, lambda _: hall.store.write_now(Act("t"), entering.revoke_device, "W2"))


def test_a_socket_opened_by_a_bearer_token_ends_with_the_token(crowd: Crowd):
    server = crowd.server
    secret = server.bearer("device", "W1")
    number = server.store.read(lambda db: db.execute("SELECT max(id) FROM tokens").fetchone()[0])
    with watching(server, "/display/W1/live", {"Authorization": f"Bearer {secret}"}) as socket:
        assert "hx-partial" in socket.recv(timeout=5)
        server.store.write_now(Act("t"), entering.revoke_token, number)
        last_word(socket, 1012)  # all come back and ask again; this one is refused
    assert crowd.client.get("/api/v1/queues", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_a_revoked_bearer_token_is_refused(crowd: Crowd):
    server = crowd.server
    secret = server.bearer("person", crowd.person["clerk"])
    number = server.store.read(lambda db: db.execute("SELECT max(id) FROM tokens").fetchone()[0])
    headers = {"Authorization": f"Bearer {secret}"}
    assert crowd.client.get("/api/v1/queues", headers=headers).status_code == 200
    server.store.write_now(Act("t"), entering.revoke_token, number)
    assert crowd.client.get("/api/v1/queues", headers=headers).status_code == 401

"""Signing in and out: one answer for every wrong try, a new token each time, and an end that is an end."""

import itertools
import re

import pytest
from argon2 import PasswordHasher
from websockets.exceptions import ConnectionClosed

from domain.errors import NotFound
from operations import entering, managing
from store import people
from store.writer import Act
from tests.support.asking import CHEAP, PASSWORD, browser, request_id, seq, watching
from tests.support.halls import MORNING, HandClock
from tests.support.servers import Server, running
from web import sessions
from web.sessions import hash_password
from web.visitors import SIGN_IN_COOKIE, hash_of

WRONG = "a wrong long password"
_names = itertools.count(1)


@pytest.fixture(autouse=True)
def nobody_has_tried():
    """The slow-down remembers tries in the process; every test begins without any."""
    sessions._misses.clear()


@pytest.fixture
def server(centre: Server) -> Server:
    """One server for all these tests: each uses names of its own."""
    return centre


@pytest.fixture
def login() -> str:
    """A name that no other test has used."""
    return f"an{next(_names)}"


def add(server: Server, login: str, hashed: str | None = None) -> str:
    """A manager with PASSWORD, by default hashed at little cost."""
    hashed = hashed or CHEAP.hash(PASSWORD)
    return server.store.write_now(Act("t"), managing.add_person, login, "Người " + login, ["manager"], hashed)


def rows(server: Server, sql: str, *arguments: object) -> list[tuple]:
    """What stands in the file."""
    return list(server.store.read(lambda db: db.execute(sql, arguments).fetchall()))


def try_in(server: Server, login: str, password: str, **more: str):
    """One try from a fresh browser: the answer and the browser."""
    visitor = browser(server)
    answer = visitor.post("/sign-in", data={"login": login, "password": password, **more})
    return answer, visitor


def test_a_right_password_opens_the_first_page_and_the_cookie_is_a_fresh_token(server, login):
    add(server, login)
    first, visitor = try_in(server, login, PASSWORD)
    assert (first.status_code, first.headers["location"]) == (303, "/admin")
    assert visitor.get("/admin").status_code == 200
    token = visitor.cookies[SIGN_IN_COOKIE]
    again = visitor.post("/sign-in", data={"login": login, "password": PASSWORD})
    assert again.status_code == 303
    assert visitor.cookies[SIGN_IN_COOKIE] != token
    assert len(token) >= 43, "less than 256 bits"


def test_a_cookie_planted_before_the_sign_in_is_not_taken_over(server, login):
    add(server, login)
    visitor = browser(server)
    planted = "A" * 43
    visitor.cookies.set(SIGN_IN_COOKIE, planted)
    visitor.post("/sign-in", data={"login": login, "password": PASSWORD})
    assert visitor.get("/admin", headers={"Cookie": f"{SIGN_IN_COOKIE}={planted}"}).status_code == 303


def test_the_password_is_kept_as_argon2id_and_the_token_as_a_hash_only(server, login):
    person = add(server, login, hash_password(PASSWORD))
    _, visitor = try_in(server, login, PASSWORD)
    stored = server.store.read(people.by_login, login)[1]
    assert re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=", stored)
    token = visitor.cookies[SIGN_IN_COOKIE]
    kept = server.store.read(
        lambda db: db.execute("SELECT hash FROM sign_ins WHERE person = ?", (person,)).fetchall()
    )
    assert [row[0] for row in kept] == [hash_of(token)]
    assert token.encode() not in server.store.path.read_bytes()


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer_after_the_same_work(server, login, monkeypatch):
    add(server, login, hash_password(PASSWORD))
    watched = WatchedHasher()
    monkeypatch.setattr(sessions, "HASHER", watched)
    check_same_answer(server, login)
    assert len(watched.checked) == 3
    assert len({stored.rsplit("$", 2)[0] for stored in watched.checked}) == 1, "an unknown name costs other work"


class WatchedHasher:
    """The real hasher, which notes against what it has checked."""

    def __init__(self) -> None:
        self.checked: list[str] = []

    def verify(self, stored: str, password: str) -> bool:
        self.checked.append(stored)
        return PasswordHasher().verify(stored, password)

    def hash(self, password: str) -> str:
        return PasswordHasher().hash(password)


def check_same_answer(server: Server, login: str) -> None:
    """A known name, an unknown one and one without a password cannot be told apart."""
    assert rows(server, "SELECT password_hash FROM people WHERE login = 'quanly'") == [(None,)]
    before = seq(server)
    said = set()
    for tried in (login, "nobody-of-this-name", "quanly"):
        answer, visitor = try_in(server, tried, WRONG)
        said.add((answer.status_code, answer.text))
        assert SIGN_IN_COOKIE not in visitor.cookies
    assert len(said) == 1
    assert said.pop()[0] == 403
    assert seq(server) == before


@pytest.mark.planted
def test_a_sign_in_that_betrays_unknown_names_is_found(server, login, monkeypatch):
    add(server, login)
    right = people.by_login

    def betray(db, login):
        found = right(db, login)
        if found is None:
            raise NotFound(what=login)
        return found

    monkeypatch.setattr(people, "by_login", betray)
    with pytest.raises(AssertionError):
        check_same_answer(server, login)


@pytest.fixture
def quick_argon(monkeypatch):
    """The decisions without the cost."""
    monkeypatch.setattr(sessions, "_verify", lambda stored, given: given == PASSWORD)


def test_many_wrong_tries_slow_down_this_name_only(server, login, quick_argon):
    add(server, login)
    add(server, other := login + "x")
    before = [try_in(server, login, WRONG)[0].status_code for _ in range(sessions.TRIES_A_MINUTE)]
    slowed, _ = try_in(server, login, PASSWORD)
    assert set(before) == {403}
    assert slowed.status_code == 429
    assert slowed.headers.get("retry-after"), "a browser is told how long to wait"
    assert try_in(server, other, PASSWORD)[0].status_code == 303


def test_the_slow_down_ends_after_a_minute_and_a_right_password_forgets_the_wrong_ones(
    server, login, quick_argon, monkeypatch
):
    add(server, login)
    moment = [1000.0]
    monkeypatch.setattr("web.sessions.time.monotonic", lambda: moment[0])
    for _ in range(sessions.TRIES_A_MINUTE):
        try_in(server, login, WRONG)
    assert try_in(server, login, PASSWORD)[0].status_code == 429
    moment[0] += 61
    assert try_in(server, login, PASSWORD)[0].status_code == 303
    assert login not in sessions._misses


def test_an_unknown_name_is_slowed_down_in_the_same_way(server, login, quick_argon):
    statuses = [try_in(server, "nobody-here", WRONG)[0].status_code for _ in range(sessions.TRIES_A_MINUTE + 1)]
    assert statuses[-1] == 429


def test_trying_many_other_names_does_not_free_a_slowed_down_one(server, login, quick_argon):
    add(server, login)
    for _ in range(sessions.TRIES_A_MINUTE):
        try_in(server, login, WRONG)
    for n in range(1001):
        sessions._misses[f"name-{n}"].append(sessions.time.monotonic())
    assert try_in(server, login, PASSWORD)[0].status_code == 429


def test_signing_out_ends_the_sign_in_wherever_a_copy_of_the_cookie_lies(server, login):
    add(server, login)
    _, visitor = try_in(server, login, PASSWORD)
    copy = {"Cookie": f"{SIGN_IN_COOKIE}={visitor.cookies[SIGN_IN_COOKIE]}"}
    other = browser(server)
    assert other.get("/admin", headers=copy).status_code == 200
    out = visitor.post("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/sign-in")
    assert SIGN_IN_COOKIE not in visitor.cookies
    assert other.get("/admin", headers=copy).headers["location"].startswith("/sign-in")
    assert other.get("/api/v1/queues", headers=copy).status_code == 401


def test_signing_out_twice_or_with_a_foreign_token_does_no_harm(server, login):
    before = seq(server)
    for cookie in ("", "x", "A" * 43, "é", "a" * 5000):
        visitor = browser(server)
        answer = visitor.post("/sign-out", headers={"Cookie": f"{SIGN_IN_COOKIE}={cookie}".encode()})
        assert answer.status_code == 303
    assert seq(server) == before


def check_socket_closes(server: Server, person: str, end) -> None:
    """After `end` the open screen is told, then closed for good, within a second."""
    token = server.person_cookie(person)
    headers = {"Cookie": f"{SIGN_IN_COOKIE}={token}", "Origin": server.url}
    with watching(server, "/display/managers/live", headers) as socket:
        assert "hx-partial" in socket.recv(timeout=5)
        end(token)
        words = []
        try:
            while True:
                words.append(socket.recv(timeout=1.0))
        except ConnectionClosed as closed:
            assert closed.rcvd is not None
            assert closed.rcvd.code == 1008
        except TimeoutError as error:
            raise AssertionError("the screen is still open") from error
    assert words[-1] == '{"t":"gone"}'


def test_signing_out_closes_the_open_screens(server, login):
    person = add(server, login)
    check_socket_closes(
        server, person, lambda token: server.store.write_now(Act(person), entering.sign_out, hash_of(token))
    )


@pytest.mark.planted
def test_a_screen_that_stays_open_after_signing_out_is_found(server, login, monkeypatch):
    person = add(server, login)
    monkeypatch.setattr("web.live.Hub._send_away", lambda self, who: None)
    with pytest.raises(AssertionError, match="still open"):
        check_socket_closes(
            server, person, lambda token: server.store.write_now(Act(person), entering.sign_out, hash_of(token))
        )


def test_a_new_password_ends_every_sign_in_and_closes_the_screens(server, login):
    person = add(server, login)
    visitor = browser(server, f"{SIGN_IN_COOKIE}={server.person_cookie(person)}")
    assert visitor.get("/admin").status_code == 200
    check_socket_closes(
        server, person, lambda token: server.store.write_now(Act("t"), entering.set_password, person, "x")
    )
    assert visitor.get("/admin").status_code == 303


def test_a_sign_in_ends_after_twelve_hours(tmp_path):
    clock = HandClock(MORNING)
    with running(tmp_path / "data", clock) as server:
        fresh, used = server.person_cookie("ql02"), server.person_cookie("ql02")
        clock.forward(hours=11, minutes=59)
        client = browser(server)
        assert client.get("/admin", headers={"Cookie": f"{SIGN_IN_COOKIE}={used}"}).status_code == 200
        clock.forward(minutes=2)
        assert client.get("/admin", headers={"Cookie": f"{SIGN_IN_COOKIE}={fresh}"}).status_code == 303


@pytest.mark.parametrize("target", ["/admin", "/counter/3", "/admin/procedures?q=x", "/display/managers"])
def test_after_signing_in_one_is_where_one_wanted_to_go(server, login, quick_argon, target):
    add(server, login)
    answer, _ = try_in(server, login, PASSWORD, next=target)
    assert answer.headers["location"] == target


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "/\\evil.example", "http://evil.example", "https:evil.example", "javascript:alert(1)",
        "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", " //evil.example", "evil.example",
        "/" + "a" * 300, "/%0d%0aSet-Cookie: a=b\r\nX: y", "/a\\..\\..\\evil", "\x00//evil.example",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/sign-in", "/language"])
def test_nobody_is_sent_to_another_site(server, login, quick_argon, target, path):
    add(server, login)
    form = {"login": login, "password": PASSWORD, "next": target, "language": "en"}
    client = browser(server)
    answer = client.post(path, data=form)
    assert answer.status_code == 303
    assert answer.headers["location"] in ("/admin", "/")
    assert len(answer.headers.get_list("set-cookie")) == 1
    client.cookies.clear()
    shown = client.get("/sign-in", params={"next": target})
    assert 'name="next" value=""' in shown.text


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_and_back(server, login, quick_argon):
    add(server, login)
    visitor = browser(server)
    led = visitor.get("/admin/procedures")
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=/admin/procedures")
    page = visitor.get(led.headers["location"])
    wanted = re.search(r'name="next" value="([^"]*)"', page.text)[1]
    answer = visitor.post("/sign-in", data={"login": login, "password": PASSWORD, "next": wanted})
    assert answer.headers["location"] == "/admin/procedures"


def test_a_program_or_a_fragment_is_not_led_to_a_page(server, login):
    client = browser(server)
    assert client.get("/admin", headers={"HX-Request": "true"}).status_code == 401
    api = client.get("/api/v1/queues")
    assert (api.status_code, api.json()["error"]["code"]) == (401, "sign-in-needed")
    assert client.post("/admin/days").status_code == 401


@pytest.mark.parametrize("password", ["", "\x00", "a" * 100_000, "mật khẩu\x1b[2J", "\ud800"], ids=lambda p: p[:9])
def test_no_password_breaks_the_sign_in(server, login, password):
    add(server, login)
    body = multipart({"login": login, "password": password}, "utf-8" if password.isascii() else "utf-7")
    answer = browser(server).post("/sign-in", content=body[0], headers={"Content-Type": body[1]})
    assert answer.status_code in (403, 413, 422)


def multipart(fields: dict[str, str], charset: str) -> tuple[bytes, str]:
    """A multipart form in any charset, so that texts which UTF-8 cannot carry come through too."""
    parts = b"".join(
        f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + text.encode(charset, "surrogatepass")
        + b"\r\n"
        for name, text in fields.items()
    )
    return parts + b"--cut--\r\n", f"multipart/form-data; boundary=cut; charset={charset}"


def test_a_person_without_a_password_cannot_sign_in(server, login):
    server.store.write_now(Act("t"), managing.add_person, login, "Chưa có", ["clerk"], None)
    for password in ("", "None"):
        assert try_in(server, login, password)[0].status_code == 403


def test_the_demo_centre_outside_the_demo_has_no_password_that_opens(server):
    for login in ("quantri", "quanly", "canbo01"):
        assert server.store.read(people.by_login, login)[1] is None
        assert try_in(server, login, "mot-cua-2026")[0].status_code == 403


def test_signing_in_leaves_a_trace_in_the_journal_and_no_secret_in_it(server, login):
    person = add(server, login)
    before = seq(server)
    _, visitor = try_in(server, login, PASSWORD)
    visitor.post("/sign-out", headers={"Idempotency-Key": request_id()})
    rows = server.store.read(
        lambda db: db.execute(
            "SELECT kind, who, payload FROM journal WHERE seq > ? ORDER BY seq", (before,)
        ).fetchall()
    )
    assert [row[0] for row in rows] == ["PersonSignedIn", "PersonSignedOut"]
    assert {row[1] for row in rows} == {person}
    assert PASSWORD not in str(rows)

"""Requests from elsewhere: Origin, Sec-Fetch-Site and Host, on every unsafe route and every socket."""

import socket

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.asking import QUEUE, request_id, seq, watching
from tests.support.servers import Server
from tests.web.crowd import RECEIVER, Asked, Crowd
from tests.web.walks import EXAMPLES, example, is_named

TICKET = "POST /kiosk/{device}/tickets"
SOCKETS = [key for key in EXAMPLES if key.startswith("WS ")]
UNSAFE = [key for key in EXAMPLES if key.startswith("POST ")]
OWN, OTHER_PORT, OTHER_HOST, OTHER_SCHEME, NULL = "own", "port", "host", "scheme", "null"
# Sec-Fetch-Site, Origin, with cookie, with bearer -> whether the request may change something
MATRIX = [
    ("same-origin", OWN, True, False, True),
    ("same-origin", None, True, False, True),
    ("none", None, True, False, True),
    ("none", OWN, True, False, True),
    ("same-site", OWN, True, False, False),
    ("same-site", OTHER_PORT, True, False, False),
    ("cross-site", OWN, True, False, False),
    ("cross-site", OTHER_HOST, True, False, False),
    ("cross-site", None, True, False, False),
    ("", OWN, True, False, False),
    ("SAME-ORIGIN", OWN, True, False, False),
    ("same-origin, cross-site", OWN, True, False, False),
    (None, OWN, True, False, True),
    (None, OTHER_PORT, True, False, False),
    (None, OTHER_HOST, True, False, False),
    (None, OTHER_SCHEME, True, False, False),
    (None, NULL, True, False, False),
    (None, "", True, False, False),
    (None, None, True, False, False),
    (None, None, False, True, True),
    (None, OWN, False, True, True),
    (None, OTHER_HOST, False, True, False),
    ("cross-site", None, False, True, False),
    (None, None, True, True, False),
    ("same-site", OTHER_PORT, True, True, False),
    ("same-origin", OWN, True, True, True),
]


def origin_of(server: Server, kind: str | None) -> dict[str, str]:
    """The Origin header of this kind; none at all for None."""
    if kind is None:
        return {}
    named = {
        OWN: server.url,
        OTHER_PORT: server.url.rsplit(":", 1)[0] + ":1",
        OTHER_HOST: "http://evil.example",
        OTHER_SCHEME: server.url.replace("http://", "https://"),
        NULL: "null",
    }
    return {"Origin": named.get(kind, kind)}


def headers_of(crowd: Crowd, row: tuple[str | None, str | None, bool, bool, bool]) -> dict[str, str]:
    """The headers of one row of the matrix, as the kiosk K1."""
    site, origin, cookie, bearer, _ = row
    headers = origin_of(crowd.server, origin)
    if site is not None:
        headers["Sec-Fetch-Site"] = site
    if cookie:
        headers["Cookie"] = crowd.cookies["kiosk"]
    if bearer:
        headers |= crowd.headers("kiosk", bearer=True)
    return headers


def check_origin(crowd: Crowd, row: tuple[str | None, str | None, bool, bool, bool]) -> None:
    """A ticket is given exactly when the row says so."""
    before, form = seq(crowd.server), {"queue": QUEUE, "request_id": request_id()}
    answer = crowd.client.post("/kiosk/K1/tickets", data=form, headers=headers_of(crowd, row))
    crowd.client.cookies.clear()
    assert answer.status_code == (303 if row[-1] else 403), row
    assert (seq(crowd.server) > before) is row[-1], row


@pytest.mark.parametrize("row", MATRIX, ids=str)
def test_only_our_own_pages_and_programs_with_their_own_key_may_change_something(crowd, row):
    check_origin(crowd, row)


@pytest.mark.planted
@pytest.mark.parametrize("row", [row for row in MATRIX if not row[-1]][::4], ids=str)
def test_a_wall_without_the_origin_rule_is_found(crowd, monkeypatch, row):
    monkeypatch.setattr("web.safety.is_same_origin", lambda scope, headers: True)
    with pytest.raises(AssertionError):
        check_origin(crowd, row)


@pytest.mark.parametrize("key", UNSAFE)
@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "same-site"}], ids=str)
def test_every_unsafe_route_refuses_a_foreign_page(crowd, key, headers):
    name = _who(key, "clerk", "administrator", "manager", "auditor")
    asked = example(crowd, key, name)
    before = seq(crowd.server)
    answer = crowd.send(name, key, asked, Cookie=crowd.cookies[name], **headers)
    assert answer.status_code == 403
    assert seq(crowd.server) == before


def _who(key: str, *people: str) -> str:
    """A visitor who may enter: a device before any person; the first person where anybody may."""
    return next((name for name in ("kiosk", "wall", "tablet", *people) if is_named(name, key)), people[0])


# The portal's fetch is one event in the journal, and changes nothing.
NOTED = {"GET /portal-files/{link}-{expires}-{signature}"}


@pytest.mark.parametrize("key", [key for key in EXAMPLES if key.startswith("GET /")])
def test_reading_needs_no_origin_and_changes_nothing(crowd, key):
    name = _who(key, "clerk", "manager", "auditor", "administrator", RECEIVER)
    asked = example(crowd, key, name)
    before = seq(crowd.server)
    answer = crowd.send(name, key, asked, Origin="http://evil.example", **{"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code in (200, 303)
    assert seq(crowd.server) == before + (key in NOTED)
    assert "access-control-allow-origin" not in answer.headers


def test_the_refusal_of_a_foreign_page_is_said_in_the_visitors_language(crowd):
    said = set()
    for language in ("vi", "en", "fr"):
        asked = Asked(f"/kiosk/K1/tickets?lang={language}", {"queue": QUEUE})
        answer = crowd.send("kiosk", TICKET, asked, Origin="http://evil.example")
        assert answer.status_code == 403
        said.add(answer.text)
    assert len(said) == 3


@pytest.mark.parametrize("key", SOCKETS)
@pytest.mark.parametrize("kind", [OTHER_PORT, OTHER_HOST, OTHER_SCHEME, NULL, None], ids=str)
def test_no_socket_opens_for_a_foreign_page(crowd, key, kind):
    name = _who(key, "manager", "clerk")
    headers = {"Cookie": crowd.cookies[name]} | origin_of(crowd.server, kind)
    check_socket_refused(crowd, example(crowd, key, name).path, headers)


def check_socket_refused(crowd: Crowd, path: str, headers: dict[str, str], status: int = 403) -> None:
    """The handshake is refused before anything can be read."""
    try:
        with watching(crowd.server, path, headers):
            raise AssertionError(f"{path} opened")
    except InvalidStatus as refusal:
        assert refusal.response.status_code == status
        assert refusal.response.headers.get("Sec-WebSocket-Accept") is None


@pytest.mark.planted
def test_a_socket_without_the_origin_rule_is_found(crowd, monkeypatch):
    monkeypatch.setattr("web.safety.is_same_origin", lambda scope, headers: True)
    headers = {"Cookie": crowd.cookies["wall"], "Origin": "http://evil.example"}
    with pytest.raises(AssertionError, match="opened"):
        check_socket_refused(crowd, "/display/W1/live", headers)


@pytest.mark.parametrize("cookie", [True, False])
def test_a_program_opens_a_socket_by_its_token_but_not_together_with_a_cookie(crowd, cookie):
    headers = crowd.headers("wall", bearer=True)
    if cookie:
        check_socket_refused(crowd, "/display/W1/live", headers | {"Cookie": crowd.cookies["wall"]})
    else:
        with watching(crowd.server, "/display/W1/live", headers) as socket:
            assert "hx-partial" in socket.recv(timeout=5)


@pytest.mark.parametrize("key", SOCKETS)
def test_no_socket_opens_to_a_revoked_screen_a_signed_out_person_or_nobody(crowd, key):
    for name in ("nobody", "revoked kiosk", "signed out"):
        check_socket_refused(crowd, example(crowd, key, "clerk").path, crowd.headers(name))


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8000", "[::2]", "", "localhost."]
)
def test_a_host_that_is_not_ours_gets_400_by_http_and_by_socket(crowd, host):
    for path in ("/healthz", "/kiosk/K1", "/nowhere", "/static/house.css"):
        assert crowd.client.get(path, headers={"Host": host}).status_code == 400
    own = crowd.headers("kiosk") | {"Host": host, "Origin": f"http://{host}"}
    assert crowd.client.post("/kiosk/K1/tickets", data={"queue": QUEUE}, headers=own).status_code == 400
    status, _ = raw_socket_answer(crowd.server, host, crowd.cookies["wall"])
    assert status == 400


def raw_socket_answer(server: Server, host: str, cookie: str) -> tuple[int, bytes]:
    """Status and head of a handshake under another Host (the client library writes its own)."""
    at = server.url.removeprefix("http://").split(":")
    with socket.create_connection((at[0], int(at[1])), timeout=10) as line:
        line.sendall(
            f"GET /display/W1/live HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        head = line.recv(4096)
    return int(head.split(b" ")[1]), head


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:80", "[::1]:8000"])
def test_our_own_names_are_answered(crowd, host):
    assert crowd.client.get("/healthz", headers={"Host": host}).status_code == 200

"""Live screens: a whole picture on connect, a heartbeat, no ear for what screens send, nobody holding the door."""

import asyncio
import contextlib
import json
import socket as sockets
import time

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import ConnectionClosed, InvalidStatus

import clock
from operations import calling, entering, ticketing
from store.store import Store
from store.writer import Act
from tests.support.asking import NO_PRINTERS, QUEUE, seq, watching
from tests.support.servers import Server, running
from tests.web.crowd import Crowd
from web import live
from web.sockets import LettingGo, OneWrite, Whole

PLACES = {
    "/kiosk/K1/live": ("kiosk", ["#strip"]),
    "/rating/T1/live": ("tablet", ["#face"]),
    "/display/W1/live": ("wall", ["#clock", "#now", "#before", "#lines", "#calls"]),
    "/display/managers/live": ("manager", ["#floor"]),
    "/admin/floor/live": ("supervisor", ["#floor"]),
    "/counter/1/live": ("clerk", ["#alarms", "#lines", "#own", "#aside", "#received", "#intake-head"]),
}


@pytest.mark.parametrize("path", PLACES)
def test_whoever_connects_gets_the_whole_picture_at_once(crowd, path):
    name, targets = PLACES[path]
    with watching(crowd.server, path, crowd.headers(name)) as socket:
        picture = socket.recv(timeout=5)
    for target in targets:
        assert f'<hx-partial hx-target="{target}" hx-swap="innerMorph">' in picture
    assert picture.count("<hx-partial") == len(targets) == picture.count("</hx-partial>")
    assert "<script" not in picture


@pytest.mark.parametrize("path", PLACES)
def test_every_part_that_is_pushed_has_its_place_on_the_page(crowd, path):
    name, targets = PLACES[path]
    if name == "clerk":
        crowd.seated("clerk")
    page = crowd.client.get(path.removesuffix("/live"), headers=crowd.headers(name)).text
    assert f'hx-ws:connect="{path}' in page
    for target in targets:
        assert page.count(f'id="{target[1:]}"') == 1


def check_heartbeat(server: Server, path: str, headers: dict[str, str]) -> None:
    """A screen to which nothing happens hears something within the 4 s after which it would call itself stale."""
    with watching(server, path, headers) as socket:
        socket.recv(timeout=5)
        begun = time.monotonic()
        while True:
            try:
                word = socket.recv(timeout=3.0)
            except TimeoutError as error:
                raise AssertionError("no sign of life") from error
            if word.startswith('{"t":"hb"'):
                assert json.loads(word)["seq"] == seq(server)
                break
        assert time.monotonic() - begun < 3.5


def test_a_quiet_screen_hears_a_heartbeat(crowd, monkeypatch):
    check_heartbeat(crowd.server, "/display/W1/live", crowd.headers("wall"))


@pytest.mark.planted
def test_a_server_without_a_heartbeat_is_found(crowd, monkeypatch):
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 30.0)
    with pytest.raises(AssertionError, match="no sign of life"):
        check_heartbeat(crowd.server, "/kiosk/K2/live", crowd.headers("other kiosk"))


def check_ignored(crowd: Crowd) -> None:
    """Whatever a screen sends, nothing changes and it is still served."""
    crowd.seated("clerk")
    before = seq(crowd.server)
    with watching(crowd.server, "/counter/1/live", crowd.headers("clerk")) as socket:
        socket.recv(timeout=5)
        for word in ("", "{}", '{"t":"call"}', "POST /counter/1/calls", "x" * 4000, b"\x00\xff", "\x1b[2J"):
            socket.send(word)
        assert seq(crowd.server) == before
        crowd.do(ticketing.take_ticket, QUEUE)
        assert "hx-partial" in _next_picture(socket)
    assert seq(crowd.server) == before + 1


def _next_picture(socket) -> str:
    while (word := socket.recv(timeout=5)).startswith("{"):
        pass
    return str(word)


def test_what_a_screen_sends_is_ignored(crowd):
    check_ignored(crowd)


def test_a_message_that_is_too_long_ends_only_its_own_screen(crowd):
    with watching(crowd.server, "/display/W1/live", crowd.headers("wall")) as other:
        other.recv(timeout=5)
        with watching(crowd.server, "/kiosk/K1/live", crowd.headers("kiosk")) as socket:
            socket.recv(timeout=5)
            with pytest.raises(ConnectionClosed) as closed:
                socket.send("x" * 10_000)
                for _ in range(20):
                    socket.recv(timeout=5)
            assert closed.value.rcvd.code == 1009
        crowd.do(ticketing.take_ticket, QUEUE)
        assert "hx-partial" in _next_picture(other)


@pytest.mark.parametrize(("language", "word"), [("vi", "Đang chờ"), ("en", "Waiting"), ("fr", "attente")])
def test_a_screen_says_in_its_address_which_language_it_wants(crowd, language, word):
    with watching(crowd.server, f"/display/W1/live?lang={language}", crowd.headers("wall")) as socket:
        assert word.lower() in socket.recv(timeout=5).lower()


def test_an_unknown_language_is_vietnamese(crowd):
    with watching(crowd.server, "/display/W1/live?lang=xx%00", crowd.headers("wall")) as socket:
        assert "Đang chờ" in socket.recv(timeout=5)


@pytest.mark.parametrize("path", ["/counter/99/live", f"/counter/{10**30}/live", "/counter/0/live"])
def test_a_counter_that_is_not_there_cannot_be_watched(crowd, path):
    with pytest.raises(InvalidStatus) as refused, watching(crowd.server, path, crowd.headers("clerk")):
        pass
    assert refused.value.response.status_code in (403, 404)


def test_a_page_that_is_not_there_is_no_socket_either(crowd):
    for path in ("/nowhere", "/healthz", "/kiosk/K1"):
        with pytest.raises(InvalidStatus) as refused, watching(crowd.server, path, crowd.headers("kiosk")):
            pass
        assert refused.value.response.status_code in (403, 404)


def check_seen(server: Server, headers: dict[str, str], number: str, act) -> None:
    """What happened elsewhere is on the screen within a second."""
    with watching(server, "/display/W1/live", headers) as socket:
        socket.recv(timeout=5)
        act()
        deadline = time.monotonic() + 1.5
        while time.monotonic() < deadline:
            with contextlib.suppress(TimeoutError):
                if number in socket.recv(timeout=max(0.01, deadline - time.monotonic())):
                    return
    raise AssertionError(f"{number} is not on the wall")


def recall(crowd: Crowd) -> None:
    """The clerk announces the person at the counter once more."""
    crowd.do(calling.call_again, crowd.counter("clerk"), crowd.person["clerk"])


def test_a_call_is_on_the_wall_at_once(crowd):
    crowd.serving("clerk")
    check_seen(crowd.server, crowd.headers("wall"), "data-seq=", lambda: recall(crowd))


@pytest.mark.planted
def test_a_wall_that_is_not_woken_is_found(crowd, monkeypatch):
    crowd.serving("clerk")
    monkeypatch.setattr(live.Topic, "change", lambda self: None)
    with pytest.raises(AssertionError, match="not on the wall"):
        check_seen(crowd.server, crowd.headers("wall"), "data-seq=", lambda: recall(crowd))


def test_the_methods_that_are_overridden_are_still_there():
    """`LettingGo` overrides an internal method of uvicorn: this fails when an update renames it."""
    assert {"keepalive_timeout", "run_asgi"} <= vars(WebSocketsSansIOProtocol).keys()
    assert LettingGo.__mro__[1] is WebSocketsSansIOProtocol
    aborted = []

    class Wire:
        def abort(self):
            aborted.append(True)

    protocol = object.__new__(LettingGo)
    protocol.transport = Wire()
    super_called = []
    original = WebSocketsSansIOProtocol.keepalive_timeout
    try:
        WebSocketsSansIOProtocol.keepalive_timeout = lambda self: super_called.append(True)
        protocol.keepalive_timeout()
    finally:
        WebSocketsSansIOProtocol.keepalive_timeout = original
    assert (aborted, super_called) == ([True], [True])


def test_a_handshake_is_answered_without_compression(crowd):
    with watching(crowd.server, "/kiosk/K1/live", crowd.headers("kiosk")) as socket:
        assert "permessage-deflate" not in str(socket.response.headers)


def test_screens_that_leave_are_forgotten(tmp_path):
    with running(tmp_path / "data", printer_of=NO_PRINTERS) as server:
        hub = server.app.state.house.hub
        cookie = {"Cookie": f"motcua-device-K1={server.device_cookie('K1')}", "Origin": server.url}
        for _ in range(5):
            with watching(server, "/kiosk/K1/live", cookie) as socket:
                socket.recv(timeout=5)
                assert hub.screens == 1
            until(lambda: hub.screens == 0)
        with raw_open(server, cookie) as line:
            until(lambda: hub.screens == 1)
            line.close()
        until(lambda: hub.screens == 0)


def test_head_and_body_of_an_answer_leave_in_one_write():
    """One turn of the event loop, one write; hanging up loses nothing; a dead line gets nothing."""
    written: list[bytes] = []

    class Wire(asyncio.Transport):
        dead = False

        def write(self, data):
            written.append(bytes(data))

        def close(self):
            written.append(b"closed")

        def is_closing(self):
            return self.dead

    async def walk() -> None:
        wire = Wire()
        line = OneWrite(wire, asyncio.get_running_loop())
        line.write(b"head")
        line.write(b"body")
        assert written == []
        await asyncio.sleep(0)
        assert written == [b"headbody"]
        line.write(b"last")
        line.close()
        assert written[1:] == [b"last", b"closed"]
        wire.dead = True
        line.write(b"nobody hears")
        await asyncio.sleep(0)
        assert len(written) == 3

    asyncio.run(walk())


def test_every_answer_of_the_server_goes_through_it(crowd, monkeypatch):
    """`Whole` overrides an internal method of uvicorn: this fails when an update renames it."""
    assert Whole._start_asgi_task.__qualname__ != HttpToolsProtocol._start_asgi_task.__qualname__
    sizes: list[int] = []
    flush = OneWrite._flush

    def counted(self):
        sizes.append(len(self._held))
        flush(self)

    monkeypatch.setattr(OneWrite, "_flush", counted)
    assert crowd.client.get("/healthz").status_code == 200
    assert sizes == [2]


@contextlib.contextmanager
def raw_open(server: Server, headers: dict[str, str]):
    """A socket whose other end simply goes away."""
    at = server.url.removeprefix("http://").split(":")
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with sockets.create_connection((at[0], int(at[1])), timeout=10) as line:
        line.sendall(
            f"GET /kiosk/K1/live HTTP/1.1\r\nHost: {at[0]}:{at[1]}\r\n{lines}Upgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        assert line.recv(4096).startswith(b"HTTP/1.1 101")
        yield line


def until(condition, seconds: float = 5.0) -> None:
    """Wait for a condition, at most so long."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


def test_a_signed_in_person_of_another_process_is_let_go_of_too(crowd):
    """What the command line writes reaches the hub by the journal, within a second."""
    other = running_store(crowd.server)
    token = crowd.server.device_cookie("W2")
    headers = {"Cookie": f"motcua-device-W2={token}", "Origin": crowd.server.url}
    with watching(crowd.server, "/display/W2/live", headers) as socket:
        socket.recv(timeout=5)
        begun = time.monotonic()
        other.write_now(Act("command-line"), entering.revoke_device, "W2")
        other.close()
        with pytest.raises(ConnectionClosed) as closed:
            for _ in range(20):
                socket.recv(timeout=2)
        assert closed.value.rcvd.code == 1008
        assert time.monotonic() - begun < 1.5


def running_store(server: Server):
    """The same file, opened as a command does."""
    store = Store(server.store.path, clock.now)
    store.start()
    return store

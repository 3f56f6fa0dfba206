"""The print agent over TLS, with the centre's own certificate authority: trusted when named, refused otherwise."""

import contextlib
import http.server
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.print_agent import NOTICES, print_agent
from printers.agent_journal import AgentJournal
from printers.agent_program import Errand
from tests.printers.agent_hall import NAME, AgentHall, RunningAgent, agent_hall
from tests.support.certificates import authority

TOKEN = "a-token-of-the-small-server-0123"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[AgentHall]:
    with agent_hall(tmp_path) as found:
        yield found


@contextmanager
def proxy(url: str, identity: ssl.SSLContext) -> Iterator[str]:
    """What nginx does: TLS towards the agent, plain towards the server."""
    port = int(url.rsplit(":", 1)[1])
    listener = socket.create_server(("127.0.0.1", 0))
    ends: list[socket.socket] = []

    def carry(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError):
                near = identity.wrap_socket(raw, server_side=True)
                far = socket.create_connection(("127.0.0.1", port))
                ends.extend((near, far))
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=carry, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for end in ends:
            end.close()


def start(hall: AgentHall, url: str, trusted: Path | None) -> RunningAgent:
    """An agent that comes by this address and trusts this authority."""
    errand = Errand(url, NAME, hall.pair(), hall.device, str(trusted or ""))
    agent = RunningAgent(errand, AgentJournal(hall.folder / f"{NAME}.journal"))
    hall.running.append(agent)
    return agent


def prints_over_tls(hall: AgentHall, url: str, trusted: Path | None) -> None:
    agent = start(hall, url, trusted)
    agent.await_notice("connected")
    assert hall.await_end(hall.take_ticket()) == "confirmed"
    assert hall.printer.printed == 1


def test_a_slip_comes_out_over_tls_with_the_centres_own_authority(hall: AgentHall, tmp_path: Path) -> None:
    pem, identity = authority(tmp_path)
    with proxy(hall.server.url, identity) as url:
        prints_over_tls(hall, url, pem)


def meets_no_stranger(hall: AgentHall, url: str, trusted: Path | None) -> None:
    agent = start(hall, url, trusted)
    agent.await_notice("untrusted")
    assert "connected" not in agent.notices
    assert not hall.is_connected


@pytest.mark.parametrize("named", ["none", "another"])
def test_a_server_that_nobody_vouches_for_gets_no_token(named: str, hall: AgentHall, tmp_path: Path) -> None:
    _, identity = authority(tmp_path)
    (tmp_path / "other").mkdir()
    another, _ = authority(tmp_path / "other")
    with proxy(hall.server.url, identity) as url:
        meets_no_stranger(hall, url, another if named == "another" else None)


@pytest.mark.planted
def test_an_agent_that_trusts_everybody_is_seen(
    hall: AgentHall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, identity = authority(tmp_path)
    monkeypatch.setattr(Errand, "trust", property(lambda errand: ssl._create_unverified_context()))
    with proxy(hall.server.url, identity) as url, pytest.raises(AssertionError):
        meets_no_stranger(hall, url, None)


# pairing


@contextmanager
def small_server(identity: ssl.SSLContext) -> Iterator[str]:
    """Gives everybody a token, over TLS."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"token": "%s"}' % TOKEN.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    server.socket = identity.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def paired(folder: Path, url: str, *options: str) -> tuple[int, str]:
    """The exit code and the words of `motcua print-agent --pair-only`."""
    words = ["--server", url, "--printer", NAME, "--device", "tcp://127.0.0.1:9", "--state", str(folder / "state")]
    done = CliRunner().invoke(print_agent, [*words, "--code", "ABCD-EGHK", "--pair-only", *options])
    return done.exit_code, done.output


def test_pairing_trusts_the_named_authority_and_nobody_else(tmp_path: Path) -> None:
    pem, identity = authority(tmp_path)
    with small_server(identity) as url:
        code, words = paired(tmp_path, url)
        assert code == 1
        assert NOTICES["untrusted"] in words
        assert not (tmp_path / "state" / f"{NAME}.token").exists()
        assert paired(tmp_path, url, "--ca", str(pem))[0] == 0
    assert (tmp_path / "state" / f"{NAME}.token").read_text(encoding="ascii") == TOKEN


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_that_is_no_certificate_is_refused(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content, encoding="ascii")
    code, words = paired(tmp_path, "https://127.0.0.1:9", "--ca", str(tmp_path / "ca.pem"))
    assert code == 2
    assert "no certificate in PEM form" in words

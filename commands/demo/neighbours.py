"""The processes around the demo server: simulated printers and the sandbox portal. They end with it."""

import ctypes
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import click

HERE = Path(__file__).parent
PORTAL_USER, PORTAL_PASSWORD = "H56", "thu-nghiem"
AXIS_SECRET = "truc-thu-nghiem"  # noqa: S105 the sandbox only
PREFERRED = {"printer": 9100, "printer-2": 9101, "paper": 9180, "portal": 8080, "measures": 9464}
LOOKUP_KEYS = {"population": "thu-nghiem-dan-cu", "land": "thu-nghiem-dat-dai"}  # of the sandbox only
PR_SET_PDEATHSIG = 1
INBOX_SECRET = "inbox.secret"  # noqa: S105 the name of a file


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where they are."""

    printers: tuple[tuple[str, int], ...]
    paper_url: str
    portal_url: str
    password_file: Path
    axis_secret_file: Path
    lookup_secrets: Path
    measures_port: int

    @property
    def portal_adapter(self) -> str:
        """The address that the portal's client calls."""
        return f"{self.portal_url}/XrdAdapter/RestService/forward"


@contextmanager
def neighbours(data: Path, port: int) -> Iterator[Neighbours]:
    """Start them and end them again, whatever happens in between; `port`: where the server will listen."""
    data.mkdir(parents=True, exist_ok=True)
    ports = {name: _free(port) for name, port in PREFERRED.items()}
    password = _secret(data / "portal.password", PORTAL_PASSWORD)
    axis_secret = _secret(data / "axis.secret", AXIS_SECRET)
    lookups = data / "lookups"
    lookups.mkdir(exist_ok=True)
    for name, key in LOOKUP_KEYS.items():
        _secret(lookups / name, key)
    letters = _secret(data / INBOX_SECRET, secrets.token_hex(16))
    running = [
        _start(
            "printers.simulator", "--printer", f"P1:{ports['printer']}:576", "--printer",
            f"P2:{ports['printer-2']}:576", "--page-port", str(ports["paper"]), "--speed", "220",
        ),
        _start(
            "portal.sandbox", "--port", str(ports["portal"]), "--catalogue", str(HERE / "procedures.jsonl"),
            "--username", PORTAL_USER, "--password", PORTAL_PASSWORD,
            "--push-url", f"http://127.0.0.1:{port}/portal/inbox/nhanhsdvcqg", "--push-secret-file", str(letters),
            "--memory", str(data / "sandbox-portal.jsonl"),
        ),
    ]  # fmt: skip
    try:
        for process in running:
            _wait_until_ready(process)
        yield Neighbours(
            (("P1", ports["printer"]), ("P2", ports["printer-2"])),
            f"http://127.0.0.1:{ports['paper']}",
            f"http://127.0.0.1:{ports['portal']}",
            password,
            axis_secret,
            lookups,
            ports["measures"],
        )
    finally:
        _end(running)


def _secret(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return path


def _start(module: str, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=_die_with_parent)


def _die_with_parent() -> None:
    """Should the demo be killed without a chance to clean up, the kernel ends its neighbours (Linux)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the demo ends them in order
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_until_ready(process: "subprocess.Popen[str]") -> None:
    line = process.stdout.readline() if process.stdout else ""
    if " ready " not in line:
        raise click.ClickException(f"a neighbour did not start: {process.args!s} {line.strip()}")


def _end(running: "list[subprocess.Popen[str]]") -> None:
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()


def _free(preferred: int) -> int:
    """The usual port, or any free one when somebody has it."""
    for port in (preferred, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise click.ClickException("no free port")

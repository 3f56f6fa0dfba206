"""A start: from the process's first moment to the first answer of /healthz, and to the first ticket's page.

Also a later start of the demo centre by `scripts/run`, until its ready line. The server is asked at its ready line,
which stands at most 10 ms behind the first moment at which it answers.
"""

import signal
import socket
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench import kiosks
from bench.figures import Figure, middle
from bench.kiosks import NUMBER, Wrong
from bench.servers import ROOT, SERVE, Hall, furnished, process, ready_port

ANSWER_WITHIN_SECONDS = 30.0
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Started:
    """Seconds since the process began."""

    answers: float
    first_ticket: float


def run(quick: bool) -> list[Figure]:
    """Medians of several starts on one furnished file; nothing of the first start is kept warm on purpose."""
    with furnished() as hall:
        data = hall.copy("start")
        starts = [start(hall, data) for _ in range(3 if quick else 5)]
    with TemporaryDirectory(prefix="motcua-demo-") as folder:
        demos = [start_demo(Path(folder)) for _ in range(3)]
    return figures(starts, demos[1:])


def figures(starts: Sequence[Started], demos: Sequence[float]) -> list[Figure]:
    """The medians; `demos` are seconds."""
    return [
        ("demo_start_seconds", middle(list(demos), 3), "s"),
        ("start_seconds", middle([started.answers for started in starts], 3), "s"),
        ("start_first_ticket_seconds", middle([started.first_ticket for started in starts], 3), "s"),
    ]


def start(hall: Hall, data: Path, launcher: Sequence[str] = SERVE) -> Started:
    """Start once, ask as soon as it says that it is ready, take a number, end it. Raises Wrong."""
    began = perf_counter()
    with process(data, [(p.id, _free_port()) for p in hall.centre.printers], launcher=launcher) as server:
        port = ready_port(server)
        health = _ask(port, HEALTH)
        answers = perf_counter() - began
        if not health.startswith(b"HTTP/1.1 200"):
            raise Wrong(f"the server is ready and not healthy: {health[:300]!r}")
        page = _ask(port, _press(hall, port))
        first_ticket = perf_counter() - began
    if NUMBER not in page:
        raise Wrong(f"no number on the first page: {page[:300]!r}")
    return Started(answers, first_ticket)


def start_demo(data: Path) -> float:
    """Seconds until `scripts/run` says that its demo centre is ready. Raises Wrong."""
    began = perf_counter()
    command = [str(ROOT / "scripts" / "run"), "--data", str(data), "--port", str(_free_port())]
    demo = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        ready_port(demo)
        return perf_counter() - began
    finally:
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=ANSWER_WITHIN_SECONDS)


def _press(hall: Hall, port: int) -> bytes:
    request = next(kiosks.presses(f"http://127.0.0.1:{port}", hall.kiosks, [hall.centre.queues[0].id]))
    return request.replace(b"Connection: keep-alive", b"Connection: close", 1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ask(port: int, request: bytes) -> bytes:
    """The whole answer, nothing while nobody listens."""
    answer = b""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=ANSWER_WITHIN_SECONDS) as line:
        line.sendall(request)
        while piece := line.recv(65536):
            answer += piece
    return answer

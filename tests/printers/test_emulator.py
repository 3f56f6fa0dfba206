"""The drawing on paper as an emulator draws it that nobody here wrote: pixel by pixel, and the QR by zxing-cpp."""

import io
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
import zxingcpp
from PIL import Image, ImageChops
from websockets.sync.client import ClientConnection, connect

from printers import selftests, slips, thermal
from printers.slips import ReceiptSlip, Slip, TicketSlip
from tests.printers.example_slips import ADDRESS, RECEIPT, TEST_PAGE, TICKET
from web.languages import LANGUAGES, translator

ROOT = Path(__file__).parent.parent.parent
EMULATOR = ROOT / ".venv-emupos" / "bin" / "emupos"
EDITS = "requirements/emupos-edited.sha256"
PACKET = 1460
WIDTHS = (384, 512, 576)
START_SECONDS = 20
ANSWER_SECONDS = 10
MAKE_SECONDS = 240
CONFIG = """
schema: 1
api: {{ host: 127.0.0.1, port: {api} }}
devices:
  - id: front
    type: printer
    profile: epson-tm-t20iii
    connections: [ {{ tcp: {{ port: {printer} }} }} ]
    receipts_dir: ./receipts
"""
QUIET = ("connection.opened", "connection.closed", "printer.job.completed")
SLIPS: dict[str, Slip] = {
    "ticket": TICKET,
    "ticket reprinted, with priority": replace(TICKET, copy=2, priority=True, notes=("Mời giữ phiếu.",)),
    "ticket of long and marked words": replace(TICKET, queue="Đất đai · ẫỆỘẰỮ " * 6),
    "ticket without an address": replace(TICKET, follow_url="", practice=True),
    "receipt": RECEIPT,
    "receipt without a date": replace(RECEIPT, due_at=None, due_note="", copy=3),
    "test page": TEST_PAGE,
}


@dataclass
class Emulator:
    """A running emulator, and its news as they come."""

    printer: int
    api: str
    news: ClientConnection

    def print(self, job: bytes) -> tuple[Image.Image, list[str]]:
        """Send a job in packets; gives the picture of the slip, and what the emulator complained of."""
        with self._line() as line:
            for start in range(0, len(job), PACKET):
                line.sendall(job[start : start + PACKET])
            told = list(self._until("printer.job.completed"))
        slip = told[-1]["data"]["receipt_id"]
        told += self._until("connection.closed")
        answer = httpx2.get(f"{self.api}/devices/front/receipts/{slip}/image", trust_env=False)
        complaints = [f"{event['type']} {event['data']}" for event in told if event["type"] not in QUIET]
        return Image.open(io.BytesIO(answer.content)).convert("L"), complaints

    def listen(self) -> None:
        """Until the subscription is there: a line opened and closed is heard."""
        for _ in range(100):
            self._line().close()
            with suppress(TimeoutError):
                self.news.recv(timeout=0.1)
                return
        raise AssertionError("the emulator tells nothing")

    def _line(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.printer), 5)

    def _until(self, last: str) -> Iterator[dict[str, Any]]:
        while True:
            event = json.loads(self.news.recv(timeout=ANSWER_SECONDS))
            yield event
            if event["type"] == last:
                return


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    if not EMULATOR.exists():
        (pytest.fail if os.environ.get("EMULATOR") == "required" else pytest.skip)(
            "scripts/setup-emupos has made no emulator here; it says why"
        )
    with started(EMULATOR, tmp_path_factory.mktemp("emulator")) as running:
        yield running


@contextmanager
def started(program: Path, folder: Path) -> Iterator[Emulator]:
    """An emulator on free ports, with its files in this folder."""
    api, printer = _free_port(), _free_port()
    (folder / "emupos.yaml").write_text(CONFIG.format(api=api, printer=printer), encoding="utf-8")
    process = subprocess.Popen(
        [program, "run", "--config", "emupos.yaml"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(printer)
        _wait_for(api)
        with connect(f"ws://127.0.0.1:{api}/api/v1/events", proxy=None) as news:
            running = Emulator(printer, f"http://127.0.0.1:{api}/api/v1", news)
            running.listen()
            yield running
    finally:
        process.terminate()
        process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline, "the emulator did not start"
        else:
            return


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", SLIPS)
def test_paper_is_what_was_meant(emulator: Emulator, kind: str, width: int, language: str) -> None:
    slip = SLIPS[kind]
    picture = slips.draw(slip, width, translator(language))
    paper, complaints = emulator.print(b"".join(thermal.job(picture, width, None).chunks))
    assert complaints == []
    assert differing_pixels(picture.to_image().convert("L"), paper) == 0
    assert [found.text for found in zxingcpp.read_barcodes(paper)] == address_on(slip)


def address_on(slip: Slip) -> list[str]:
    """What the code on this slip must say, if it has one."""
    match slip:
        case TicketSlip():
            return [slip.follow_url] if slip.follow_url else []
        case ReceiptSlip():
            return [slip.code]
    return [slip.qr]


def test_a_code_drawn_by_the_printer_says_the_same(emulator: Emulator) -> None:
    """Mask and version are the printer's own choice: what it decodes to counts."""
    job = thermal.STANDARD.initialise + selftests.native_qr(ADDRESS) + thermal.STANDARD.part
    paper, complaints = emulator.print(job)
    assert complaints == []
    assert [found.text for found in zxingcpp.read_barcodes(paper)] == [ADDRESS]


@pytest.mark.planted
def test_a_command_that_is_none_is_complained_of(emulator: Emulator) -> None:
    _, complaints = emulator.print(thermal.STANDARD.initialise + b"\x1b\x07A\n" + thermal.STANDARD.part)
    with pytest.raises(AssertionError):
        assert complaints == []


def differing_pixels(meant: Image.Image, paper: Image.Image) -> int:
    """Pixels in which the two differ once both are cropped to their ink."""
    ink_meant, ink_paper = _ink(meant), _ink(paper)
    assert ink_meant.size == ink_paper.size, f"{ink_meant.size} was meant, {ink_paper.size} came out"
    return sum(ImageChops.difference(ink_meant, ink_paper).histogram()[1:])


def _ink(picture: Image.Image) -> Image.Image:
    black = picture.point(lambda value: 255 if value < 128 else 0)
    return black.crop(black.getbbox())


@pytest.mark.planted
def test_one_wrong_pixel_is_seen() -> None:
    meant = slips.draw(TICKET, 576, str).to_image().convert("L")
    paper = meant.copy()
    middle = (paper.width // 3, paper.height // 2)
    paper.putpixel(middle, 255 - paper.getpixel(middle))
    with pytest.raises(AssertionError):
        assert differing_pixels(meant, paper) == 0


# how the emulator is had where there is no Python 3.13


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A checkout with nothing in it but what makes the emulator."""
    for name in ("scripts/setup-emupos", "scripts/registry.sh", "requirements/emupos.txt", EDITS):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return tmp_path


def make(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the script there as on a machine that has Python 3.11 only."""
    command = [folder / "scripts" / "setup-emupos", "--edited"]
    known = {name: value for name, value in os.environ.items() if name != "EMULATOR"}
    return subprocess.run(
        command, env=known | environment, capture_output=True, text=True, check=False, timeout=MAKE_SECONDS
    )


def test_an_older_python_runs_it_after_edits_that_are_checked(elsewhere: Path, tmp_path: Path) -> None:
    made = make(elsewhere)
    program = elsewhere / ".venv-emupos" / "bin" / "emupos"
    if not program.exists():
        (pytest.fail if os.environ.get("EMULATOR") == "required" else pytest.skip)(made.stderr[-500:])
    stamp = (elsewhere / ".venv-emupos" / "stamp").stat().st_mtime_ns
    again = make(elsewhere)
    assert (again.returncode, again.stderr) == (0, ""), "the second run has nothing to do"
    assert (elsewhere / ".venv-emupos" / "stamp").stat().st_mtime_ns == stamp
    with started(program, tmp_path) as older:
        picture = slips.draw(TICKET, 576, str)
        paper, complaints = older.print(b"".join(thermal.job(picture, 576, None).chunks))
    assert complaints == []
    assert differing_pixels(picture.to_image().convert("L"), paper) == 0


@pytest.mark.parametrize(("required", "code"), [("", 0), ("required", 1)])
def test_without_a_registry_it_is_skipped_but_never_in_ci(elsewhere: Path, required: str, code: int) -> None:
    lock = elsewhere / "requirements" / "emupos.txt"
    lock.write_text(lock.read_text(encoding="utf-8").replace("==", "==99."), encoding="utf-8")
    made = make(elsewhere, EMULATOR=required)
    assert made.returncode == code
    assert "the reference emulator" in made.stderr
    assert not (elsewhere / ".venv-emupos").exists()


@pytest.mark.planted
def test_an_edited_file_that_is_not_the_known_one_is_refused(elsewhere: Path) -> None:
    edits = elsewhere / EDITS
    edits.write_text(edits.read_text(encoding="utf-8").replace("4", "5", 1), encoding="utf-8")
    made = make(elsewhere, EMULATOR="required")
    assert made.returncode == 1
    assert not (elsewhere / ".venv-emupos").exists()


def test_ci_never_skips_the_emulator() -> None:
    assert "export EMULATOR=required" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")

"""The drawing on paper as an emulator draws it that nobody here wrote: pixel by pixel, and the QR by zxing-cpp."""

import io
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
import zxingcpp
from PIL import Image, ImageChops

from domain.days import local
from printers import slips, thermal

EMULATOR = Path(__file__).parent.parent.parent / ".venv-emupos" / "bin" / "emupos"
PACKET = 1460
START_SECONDS = 20
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
URL = "http://127.0.0.1:8000/follow/4711-abcdefghijkmnpqrstuvwxyz23"


@dataclass
class Emulator:
    """A running emulator."""

    printer: int
    api: str

    def receipts(self) -> set[str]:
        """The ids of the slips that were cut; what a broken connection left behind is none."""
        rows = httpx2.get(f"{self.api}/devices/front/receipts", trust_env=False).json()
        return {row["id"] for row in rows if row["boundary"] == "cut"}

    def print(self, job: bytes) -> Image.Image:
        """Send a job in packets; gives the picture of the slip that came out."""
        before = self.receipts()
        with socket.create_connection(("127.0.0.1", self.printer), 5) as line:
            for start in range(0, len(job), PACKET):
                line.sendall(job[start : start + PACKET])
            deadline = time.monotonic() + 10
            while not (new := self.receipts() - before):
                assert time.monotonic() < deadline, "the emulator printed nothing"
        answer = httpx2.get(f"{self.api}/devices/front/receipts/{new.pop()}/image", trust_env=False)
        return Image.open(io.BytesIO(answer.content)).convert("L")


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    if not EMULATOR.exists():
        pytest.skip("no Python 3.13 on this machine: scripts/setup-emupos made no emulator")
    folder = tmp_path_factory.mktemp("emulator")
    api, printer = _free_port(), _free_port()
    (folder / "emupos.yaml").write_text(CONFIG.format(api=api, printer=printer), encoding="utf-8")
    process = subprocess.Popen(
        [EMULATOR, "run", "--config", "emupos.yaml"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(printer)
        yield Emulator(printer, f"http://127.0.0.1:{api}/api/v1")
    finally:
        process.terminate()
        process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline, "the emulator did not start"
        else:
            return


def ticket(queue: str) -> slips.TicketSlip:
    return slips.TicketSlip(
        agency_lines=("ỦY BAN NHÂN DÂN PHƯỜNG BẾN LỤA", "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG"),
        centre="Trung tâm Phục vụ hành chính công phường Bến Lụa", queue=queue,
        number="A\N{NARROW NO-BREAK SPACE}012",
        ahead=3, wait="10-15", counters="1, 2, 3", issued_at=local(datetime(2026, 11, 23, 2, 41, tzinfo=UTC)),
        follow_url=URL, copy=1, practice=False,
    )  # fmt: skip


@pytest.mark.parametrize("queue", ["Hộ tịch", "Đất đai · ẫỆỘẰỮ", "Civil status"])
def test_paper_is_what_was_meant(emulator: Emulator, queue: str) -> None:
    picture = slips.draw(ticket(queue), 576, str)
    paper = emulator.print(b"".join(thermal.job(picture, 576, None).chunks))
    meant = picture.to_image().convert("L")
    assert differing_pixels(meant, paper) == 0
    assert [found.text for found in zxingcpp.read_barcodes(paper)] == [URL]


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
    meant = slips.draw(ticket("Hộ tịch"), 576, str).to_image().convert("L")
    paper = meant.copy()
    box = _ink(meant).getbbox()
    assert box is not None
    middle = (paper.width // 3, paper.height // 2)
    paper.putpixel(middle, 255 - paper.getpixel(middle))
    with pytest.raises(AssertionError):
        assert differing_pixels(meant, paper) == 0

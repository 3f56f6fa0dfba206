"""The self-test of a printer at its installation: a page to look at, and probes that find out what it answers.

The page (printing.md 11): ruler, every letter, the code as raster and drawn by the printer itself, samples of code
pages, both cuts. Knows nothing of who asks or where the result is kept.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from domain.papers import Answer
from printers import thermal
from printers.connections import Connection
from printers.raster import LONGEST_NATIVE, Picture
from printers.status import ANSWER_SECONDS, ASK_CAUSE, Trouble, is_near_end, trouble
from printers.thermal import FEED_TO_CUTTER

PROOF_SECONDS = 12.0
SENSOR_SECONDS = 2.0
PROOF_ID = b"TEST"
ASB_ON, SENSOR = b"\x1da\xff", b"\x1dr\x01" * 2
FULL_CUT = b"\x1dVA\x00"
CODE_PAGES = (30, 31, 52)  # TCVN-3 twice and CP1258 as most makes number them; a clone may have others there
QR_MODULE = 6
QUIET_DOTS = 4 * QR_MODULE


class CannotTest(Exception):
    """The printer prints nothing now; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Probed:
    """What the printer answered, its last status bytes by number, and the rows of paper that the page took."""

    answers: frozenset[Answer]
    status: dict[int, int]
    rows: int


@dataclass(frozen=True, slots=True)
class Page:
    """The pieces of the test page, and how much paper they take."""

    chunks: tuple[bytes, ...]
    rows: int


def page(picture: Picture, width: int, address: str) -> Page:
    """The drawn test slip, then what only the printer itself can draw. Raises PictureTooWide."""
    drawn = thermal.job(picture, width, None)
    own = (native_qr(address), *(code_page(number) for number in CODE_PAGES), FULL_CUT)
    return Page((*drawn.chunks, *own), drawn.rows + 400 + FEED_TO_CUTTER)


def native_qr(address: str) -> bytes:
    """A code that the printer draws, with the quiet zone that it leaves out."""
    content = "".join(c for c in address if " " <= c <= "~")[:LONGEST_NATIVE]
    quiet = b"\x1bJ" + bytes((QUIET_DOTS,))
    return quiet + thermal.native_qr(content, QR_MODULE) + quiet


def code_page(number: int) -> bytes:
    """The upper half of a code page, as the printer has it."""
    letters = b"".join(bytes(range(start, start + 24)) + b"\n" for start in (0xA8, 0xC0, 0xD8))
    return b"\x1bt" + bytes((number,)) + f"ESC t {number}\n".encode() + letters


async def probe(line: Connection, page: Page) -> Probed:
    """Print the page and find out what the printer answers. Raises CannotTest, Stopped."""
    await line.write(thermal.RESYNC)
    status = await _status(line)
    wrong = trouble(status)
    if wrong is not None:
        raise CannotTest(wrong)
    await line.begin("test", page.chunks)
    for chunk in page.chunks:
        await line.write(chunk)
    heard = {Answer.STATUS} if status else set()
    if line.can_answer:
        heard |= await _proofs(line)
        if is_near_end(status):
            heard.add(Answer.NEAR_END)
    return Probed(frozenset(heard), status, page.rows)


async def _status(line: Connection) -> dict[int, int]:
    answers = await line.ask_status()
    if not answers:
        return answers
    line.replies.statuses.clear()
    await line.write(ASK_CAUSE)
    if not line.replies.statuses:
        await line.replies.news(ANSWER_SECONDS)
    return answers | ({3: line.replies.statuses[0]} if line.replies.statuses else {})


async def _proofs(line: Connection) -> set[Answer]:
    """Which of the ways to say "it is out" the printer knows; the first waits until the paper stands still."""
    heard = set()
    await line.write(ASB_ON + b"\x1d(H\x06\x0000" + PROOF_ID)
    await _until(lambda: PROOF_ID in line.replies.printed, line, PROOF_SECONDS)
    if PROOF_ID in line.replies.printed:
        heard.add(Answer.COMPLETION)
    if line.replies.automatic:
        heard.add(Answer.AUTOMATIC)
    line.replies.others.clear()
    await line.write(SENSOR)
    await _until(lambda: line.replies.was_consumed, line, SENSOR_SECONDS)
    if line.replies.was_consumed:
        heard.add(Answer.SENSOR)
        if any(byte & 0x03 for byte in line.replies.others):
            heard.add(Answer.NEAR_END)
    return heard


async def _until(told: Callable[[], bool], line: Connection, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not told() and (left := end - loop.time()) > 0:
        await line.replies.news(left)

import hashlib
import logging
import re
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from printers import slips, thermal
from printers.raster import Band, Picture
from tests.printers.example_slips import RECEIPT, TEST_PAGE, TICKET

WIDTHS = [384, 512, 576]
REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")


@dataclass
class Paper:
    """A printer of our own for tests: understands only what a job may hold, and complains about the rest."""

    width: int
    rows: list[bytes] = field(default_factory=list)
    slips: list[Image.Image] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)
    heights: list[int] = field(default_factory=list)

    def feed(self, sent: bytes) -> None:
        stride, at = -(-self.width // 8), 0
        while at < len(sent):
            command = sent[at : at + 2]
            if sent[at] == 0:
                at += 1
            elif command == b"\x1b@":
                at += 2
            elif command == b"\x1da":
                at += 3
            elif command == b"\x1bJ":
                self.rows += [bytes(stride)] * sent[at + 2]
                at += 3
            elif sent[at : at + 4] == b"\x1dv0\x00":
                across, down = (int.from_bytes(sent[i : i + 2], "little") for i in (at + 4, at + 6))
                assert across <= stride
                payload = sent[at + 8 : at + 8 + across * down].ljust(across * down, b"\0")
                lines = [payload[i : i + across] for i in range(0, len(payload), across or 1)]
                self.rows += [line.ljust(stride, b"\0") for line in lines]
                self.heights.append(down)
                at += 8 + across * down
            elif sent[at : at + 4] == b"\x1dVB\x00":
                self.cut(stride)
                at += 4
            elif command == b"\x1d(":
                self.asked.append(sent[at + 7 : at + 11])
                assert sent[at : at + 7] == b"\x1d(H\x06\x00\x30\x30"
                at += 11
            elif sent[at] in b"\x1b\x1d" and b"\x00" in sent[at : at + 4]:
                at += sent.index(b"\x00", at) - at + 1  # cut off by a broken connection: printers ignore it
            else:
                raise AssertionError(f"unknown command {command!r} at {at}")

    def cut(self, stride: int) -> None:
        black = Image.frombytes("1", (stride * 8, len(self.rows)), b"".join(self.rows))
        paper = Image.new("1", (self.width, len(self.rows)), 255)
        paper.paste(0, (0, 0), black.crop((0, 0, self.width, len(self.rows))))
        self.slips.append(paper)
        self.rows = []


def printed(job: thermal.Job, width: int) -> Paper:
    paper = Paper(width)
    paper.feed(b"".join(job.chunks))
    return paper


def job_of(slip: slips.Slip, width: int = 576, confirm_id: bytes | None = b"AB12") -> thermal.Job:
    return thermal.job(slips.draw(slip, width, str), width, confirm_id)


@pytest.mark.parametrize("width", [*WIDTHS, 546, 832])
@pytest.mark.parametrize(
    "slip",
    [TICKET, replace(TICKET, copy=2, practice=True, follow_url=""), RECEIPT, TEST_PAGE],
    ids=["ticket", "reprint", "receipt", "test page"],
)
def test_the_printer_shows_the_picture_dot_by_dot(slip, width):
    picture = slips.draw(slip, width, str)
    assert printed(thermal.job(picture, width, None), width).slips == [picture.to_image()]


texts = st.text(st.characters(min_codepoint=32, max_codepoint=0x1EFF), max_size=40)


@settings(max_examples=60, deadline=None)
@given(
    slip=st.builds(
        replace,
        st.just(TICKET),
        centre=texts,
        queue=texts,
        number=st.from_regex(r"[A-Z] [0-9]{3,4}", fullmatch=True),
        ahead=st.integers(0, 99),
        follow_url=texts,
        copy=st.integers(1, 3),
    ),
    width=st.sampled_from(WIDTHS),
)
def test_no_job_holds_a_real_time_command(slip, width):
    job = job_of(slip, width)
    assert not REAL_TIME.search(b"".join(job.chunks))


@pytest.mark.planted
def test_an_unscrubbed_band_would_be_seen():
    job = thermal.job(Picture(384, (Band(b"\x00\x10\x04", 24, 0),)), 384, None)
    assert REAL_TIME.search(b"".join(job.chunks))


def test_a_job_begins_afresh_with_status_back_on_and_ends_with_cut_and_question():
    chunks = job_of(TICKET).chunks
    assert (chunks[0], chunks[-2], chunks[-1]) == (
        b"\x1b@\x1da\xff",
        b"\x1dVB\x00",
        b"\x1d(H\x06\x00\x30\x30AB12",
    )
    assert job_of(TICKET, confirm_id=None).chunks == chunks[:-1]


def test_a_job_knows_its_length_and_its_hash():
    job = job_of(TICKET)
    whole = b"".join(job.chunks)
    assert (job.total, job.size) == (len(job.chunks), len(whole))
    assert job.sha256 == hashlib.sha256(whole).hexdigest()
    assert job.sha256 != job_of(replace(TICKET, copy=2)).sha256


@pytest.mark.parametrize("width", WIDTHS)
def test_strips_have_at_most_24_rows_and_feeds_are_single_bytes(width):
    job = job_of(TICKET, width)
    assert max(printed(job, width).heights) == 24
    assert all(len(chunk) <= 24 * width // 8 + 8 for chunk in job.chunks)


def test_a_long_feed_is_parted():
    job = thermal.job(Picture(384, (Band(b"\x80", 8, 600),)), 384, None)
    assert job.chunks[2:-1] == (b"\x1bJ\xff", b"\x1bJ\xff", b"\x1bJ\x5a")


def test_a_ticket_at_576_dots_stays_under_34_000_bytes():
    assert job_of(TICKET).size <= 34_000


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_after_a_job_broken_anywhere_the_resync_gives_one_perfect_slip(data):
    picture = slips.draw(TICKET, 576, str)
    whole = b"".join(thermal.job(picture, 576, None).chunks)
    broken = data.draw(st.integers(0, len(whole)))
    paper = Paper(576)
    paper.feed(whole[:broken] + thermal.RESYNC + whole)
    assert paper.slips[-1] == picture.to_image()
    assert len(paper.slips) <= 3


@pytest.mark.planted
@pytest.mark.parametrize("short", [b"", b"\x1b@\x1dVB\x00"])
def test_without_the_resync_zeros_the_next_slip_is_spoilt(short):
    picture = slips.draw(TICKET, 576, str)
    job = thermal.job(picture, 576, None)
    strip = next(chunk for chunk in job.chunks if len(chunk) > 1_000)
    paper = Paper(576)
    with pytest.raises((AssertionError, IndexError)):
        paper.feed(strip[:20] + short + b"".join(job.chunks))
        assert paper.slips[-1] == picture.to_image()


def test_the_resync_is_longer_than_any_payload():
    assert thermal.RESYNC.count(0) >= thermal.LARGEST_PAYLOAD + 16
    assert thermal.RESYNC.endswith(b"\x1b@\x1dVB\x00")


@pytest.mark.parametrize(
    ("picture", "width"),
    [(Picture(576, ()), 512), (Picture(512, (Band(bytes(72), 576, 0),)), 512), (Picture(900, ()), 900)],
)
def test_a_picture_wider_than_the_printer_is_refused(picture, width):
    with pytest.raises(thermal.PictureTooWide):
        thermal.job(picture, width, None)


@pytest.mark.parametrize("wrong", [b"", b"ABC", b"ABCDE", b"AB\x1f1", b"AB\x7f1"])
def test_a_wrong_confirmation_id_is_refused(wrong):
    with pytest.raises(ValueError, match="confirmation id"):
        job_of(TICKET, confirm_id=wrong)


def test_the_printer_database_agrees_with_the_standard_commands(tmp_path):
    handlers = list(logging.getLogger().handlers)
    assert thermal.dialect("default", tmp_path / "escpos") == thermal.STANDARD
    assert thermal.dialect("TM-T88V", tmp_path / "escpos") == replace(thermal.STANDARD, width=512)
    assert logging.getLogger().handlers == handlers


def test_a_printer_without_a_cutter_feeds_to_its_tear_bar(tmp_path):
    dialect = thermal.dialect("NT-5890K", tmp_path / "escpos")
    assert (dialect.part, dialect.width) == (b"\x1bd\x04", 384)
    job = thermal.job(slips.draw(TICKET, 384, str), 384, None, dialect)
    assert job.chunks[-1] == dialect.part


def test_an_unknown_model_is_refused(tmp_path):
    with pytest.raises(KeyError):
        thermal.dialect("no-such-printer", tmp_path / "escpos")


def test_a_database_directory_that_others_may_write_is_refused(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    with pytest.raises(PermissionError):
        thermal.dialect("default", shared)

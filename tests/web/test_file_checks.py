"""What is taken as a file of a dossier, and that what is refused is refused soon."""

import contextlib
import io
import time

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from domain import pdf_files
from domain.attachments import FileActive, FileBroken, FileEmpty, FileLocked, Media, PictureTooLarge
from domain.errors import Invalid
from tests.support import files
from web import file_checks
from web.file_checks import checked

SOON = 5.0  # seconds of processor time; the slowest of them takes 0.3 (measured)
GOOD = {
    "pdf": (files.a_pdf(), Media.PDF),
    "pdf-office": (files.a_real_pdf(), Media.PDF),
    "pdf-scan": (files.a_scanned_pdf(), Media.PDF),
    "png": (files.a_picture(), Media.PNG),
    "jpeg": (files.a_picture("JPEG", (1000, 1400)), Media.JPEG),
    "tiff": (files.a_picture("TIFF"), Media.TIFF),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_scanners_and_offices_make_is_taken(name):
    content, media = GOOD[name]
    assert checked(content) is media


def test_what_is_taken_as_pdf_another_reader_reads_too():
    for name in ("pdf", "pdf-office", "pdf-scan"):
        assert len(pypdf.PdfReader(io.BytesIO(GOOD[name][0]), strict=True).pages) >= 1


def refused(content: bytes) -> type[Exception]:
    began = time.process_time()
    with pytest.raises(Invalid) as error:
        checked(content)
    assert time.process_time() - began < SOON
    assert type(error.value) is not Invalid, "the sentence says what to do"
    return type(error.value)


@pytest.mark.parametrize("name", files.HOSTILE)
def test_what_is_hostile_or_broken_is_refused_soon(name):
    refused(files.HOSTILE[name])


def test_the_sentence_fits_the_fault():
    assert refused(b"") is FileEmpty
    assert refused(files.HOSTILE["script-packed-escaped"]) is FileActive
    assert refused(files.HOSTILE["encrypted"]) is FileLocked
    assert refused(files.HOSTILE["cut"]) is FileBroken
    assert refused(files.a_wide_png()) is PictureTooLarge
    assert refused(files.a_wide_png(9000)) is PictureTooLarge


def test_a_tiff_of_too_many_pages_is_refused():
    target, page = io.BytesIO(), Image.new("1", (8, 8))
    page.save(target, "TIFF", save_all=True, append_images=[page] * file_checks.MOST_PAGES)
    assert refused(target.getvalue()) is PictureTooLarge


def test_the_largest_slow_file_ends_soon():
    """20 MB of what costs most a byte."""
    for worst in (b"/", b"stream\n", b"obj", b"#", b"/ObjStm", b"(((("):
        content = files.a_pdf()[:-60] + worst * (20_000_000 // len(worst)) + files.a_pdf()[-60:]
        began = time.process_time()
        with contextlib.suppress(Invalid):
            checked(content)
        assert time.process_time() - began < SOON, worst


@pytest.mark.planted
def test_a_check_that_looks_into_no_packed_object_is_caught(monkeypatch):
    monkeypatch.setattr(pdf_files, "_object_streams", lambda content: [])
    with pytest.raises(pytest.fail.Exception):
        test_what_is_hostile_or_broken_is_refused_soon("script-packed")


@pytest.mark.planted
def test_a_check_that_reads_names_as_they_are_written_is_caught(monkeypatch):
    monkeypatch.setattr(pdf_files, "_unescaped", lambda content: content)
    with pytest.raises(pytest.fail.Exception):
        test_what_is_hostile_or_broken_is_refused_soon("script-escaped")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(GOOD)), st.data())
def test_a_file_with_something_changed_is_taken_or_refused_never_broken_over(name, data):
    content = bytearray(GOOD[name][0])
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
        content = content or bytearray(b"x")
    with contextlib.suppress(Invalid):
        checked(bytes(content))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([head for head, _ in file_checks.BEGINNINGS]))
def test_a_head_and_rubbish_is_refused(rubbish, head):
    with pytest.raises(Invalid):
        checked(head + rubbish)

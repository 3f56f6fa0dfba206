"""Documents that mean harm: a typed refusal, in bounded time and memory, and nothing else."""

import base64
import resource
import sys
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Refused
from portal import edxml_files, edxml_trees
from portal.edxml import build
from portal.edxml_files import AttachmentRefused, AttachmentTooLarge
from portal.edxml_reading import DocumentLacks, Unverified, read
from portal.edxml_trees import (
    LARGEST,
    DocumentForbidden,
    DocumentRefused,
    DocumentTooComplex,
    DocumentTooLarge,
    DocumentUnreadable,
)
from tests.portal.letters import HARM, LETTER, foreign, status_document, zipped

SECONDS = 3.0  # of processor time; the slowest takes less than half a second alone
GROWTH = 200 * 1024 * 1024
KINDS = {
    "billion laughs": DocumentForbidden,
    "external entity": DocumentForbidden,
    "unknown entity": DocumentUnreadable,
    "instruction": DocumentForbidden,
    "deep nesting": DocumentTooComplex,
    "nesting a little too deep": DocumentTooComplex,
    "many attributes": DocumentTooComplex,
    "a few attributes too many": DocumentTooComplex,
    "huge attribute": DocumentTooComplex,
    "too large": DocumentTooLarge,
    "utf-16": DocumentUnreadable,
    "utf-7": DocumentForbidden,
    "two senders": DocumentLacks,
    "zip bomb": AttachmentTooLarge,
    "zip with many entries": AttachmentTooLarge,
    "zip with a link": AttachmentRefused,
    "locked zip": AttachmentRefused,
    "lying zip": AttachmentRefused,
    "no base64": AttachmentRefused,
}


def refused_in_time(raw: bytes) -> DocumentRefused:
    """The refusal, within the limits of processor time and of memory."""
    begun, peak = time.process_time(), _peak()
    with pytest.raises(DocumentRefused) as refused:
        read(raw)
    assert time.process_time() - begun < SECONDS, "it took too long"
    assert _peak() - peak < GROWTH, "it took too much memory"
    return refused.value


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.parametrize("name", HARM)
def test_harm_is_refused(name):
    refusal = refused_in_time(HARM[name]())
    assert type(refusal) is KINDS.get(name, type(refusal))
    assert refusal.text % refusal.arguments


@pytest.mark.planted
@pytest.mark.parametrize(
    ("name", "module", "limit", "without"),
    [
        ("zip bomb", edxml_files, "LARGEST_UNPACKED", 1 << 40),
        ("zip with many entries", edxml_files, "MOST_ENTRIES", 1000),
        ("nesting a little too deep", edxml_trees, "DEEPEST", 1000),
        ("a few attributes too many", edxml_trees, "MOST_ATTRIBUTES", 1000),
    ],
)
def test_a_reader_without_a_limit_is_caught(monkeypatch, name, module, limit, without):
    monkeypatch.setattr(module, limit, without)
    monkeypatch.setattr("portal.edxml_reading.Room", lambda: edxml_files.Room(
        edxml_files.LARGEST_UNPACKED, edxml_files.MOST_ENTRIES
    ))  # fmt: skip
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        assert type(refused_in_time(HARM[name]())) is KINDS[name]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.exe", "evil.exe"),
        ("/abs/thư.pdf", "thư.pdf"),
        ("..", "y-kien.doc"),
        ("hóa\u202eđơn\x07.pdf", "hóađơn.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_the_name_of_an_entry_is_no_path(name, shown):
    letter = read(foreign(zipped((name, b"1")))).says
    assert [each.name for each in letter.attachments] == [shown]


def test_a_zip_in_a_zip_stays_shut():
    inner = zipped(("bomb", b"\0" * 1_000_000))
    letter = read(foreign(zipped(("inner.zip", inner)))).says
    assert letter.attachments[0].content == inner


def test_a_file_that_is_no_zip_is_taken_as_it_is():
    letter = read(foreign(b"%PDF-1.7")).says
    assert [(each.name, each.content) for each in letter.attachments] == [("y-kien.doc", b"%PDF-1.7")]


def test_a_letter_as_large_as_may_be_is_read_in_bounded_memory():
    room = LARGEST * 3 // 4 - 20_000
    raw = foreign(b"%PDF" + bytes(range(256)) * (room // 256))
    assert len(raw) > LARGEST * 0.99
    tracemalloc.start()
    try:
        begun = time.process_time()
        letter = read(raw).says
        assert time.process_time() - begun < SECONDS
        assert tracemalloc.get_traced_memory()[1] < 6 * LARGEST
    finally:
        tracemalloc.stop()
    assert len(letter.attachments[0].content) > 0.7 * LARGEST


GOOD = (build(LETTER), foreign(), status_document())


def settles(raw: bytes) -> None:
    """Whatever the bytes are: an Unverified or a typed refusal that can be shown."""
    try:
        assert isinstance(read(raw), Unverified)
    except DocumentRefused as refusal:
        assert refusal.text % refusal.arguments
        assert isinstance(refusal, Refused)


@settings(max_examples=300)
@given(st.binary(max_size=2000))
def test_random_bytes_are_settled(raw):
    settles(raw)


@settings(max_examples=600)
@given(st.sampled_from(GOOD), st.data())
def test_good_documents_gone_bad_are_settled(good, data):
    at = data.draw(st.integers(0, len(good)))
    gone = data.draw(st.integers(0, 40))
    new = data.draw(st.one_of(st.binary(max_size=20), st.sampled_from(PIECES)))
    settles(good[:at] + new + good[at + gone :])


PIECES = (
    b"<", b"]]>", b"<![CDATA[", b"&#0;", b"&#55296;", b"&#x10FFFF;", b"<edXML:From>", b"</edXML:From>",
    b" xmlns=''",
    b"<!--", b"\xef\xbb\xbf", b"\0", b"<edXML:StatusCode>01</edXML:StatusCode>", b"=" * 6000, b"<a>" * 30,
)  # fmt: skip


@settings(max_examples=300)
@given(st.data())
def test_zips_gone_bad_are_settled(data):
    good = zipped(("a.pdf", b"abc" * 50), ("b", b""))
    at = data.draw(st.integers(0, len(good) - 1))
    new = data.draw(st.binary(min_size=1, max_size=8))
    settles(foreign(good[:at] + new + good[at + len(new) :]))


@settings(max_examples=200)
@given(st.text(max_size=60), st.text(max_size=20))
def test_elements_of_any_text_are_settled(content, code):
    settles(status_document(code, content))
    settles(foreign(base64.b64encode(content.encode("utf-8", "replace")).decode()))


@pytest.mark.planted
def test_a_reader_that_lets_other_errors_out_is_caught(monkeypatch):
    monkeypatch.setattr(edxml_files, "UNZIPPABLE", ())
    with pytest.raises(Exception):  # noqa: B017
        settles(HARM["cut zip"]())

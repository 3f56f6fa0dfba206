"""Replies of a printer, cut out of the stream; what a stray byte can and cannot do."""

import pytest

from printers.status import REMEDIES, Replies, Trouble, trouble

ONLINE, COVER, PAPER, CUTTER, HOT = (
    b"\x10\x00\x00\x00", b"\x38\x00\x00\x00", b"\x18\x00\x0f\x00", b"\x18\x08\x00\x00", b"\x18\x40\x00\x00",
)  # fmt: skip
PROOF = b"\x37\x22abcd\x00"


def heard(*pieces: bytes) -> Replies:
    replies = Replies()
    for piece in pieces:
        replies.feed(piece)
    return replies


def test_each_kind_of_reply_is_told_apart_however_it_is_cut():
    whole = b"\x12" + ONLINE + PROOF + b"\x00\x00" + b"\x1a"
    for cut in range(len(whole)):
        replies = heard(whole[:cut], whole[cut:])
        assert list(replies.statuses) == [0x12, 0x1A]
        assert list(replies.automatic) == [ONLINE]
        assert replies.printed == {b"abcd"}
        assert list(replies.others) == [0, 0]


@pytest.mark.parametrize(
    "stray", [b"\x10", b"\x37", b"\x37\x22", b"\x7e", b"\x11", b"\x13", b"\x10\x10", b"\x37\x37"]
)
def test_a_stray_byte_swallows_no_status_and_proves_nothing(stray):
    replies = heard(stray, b"\x12", b"\x12", b"\x1e", b"\x12", b"\x12", b"\x12")
    assert list(replies.statuses)[-4:] == [0x1E, 0x12, 0x12, 0x12]
    assert not replies.printed
    assert not replies.was_consumed


def test_one_stray_nul_is_no_answer_to_gs_r():
    assert not heard(b"\x00").was_consumed
    assert heard(b"\x00\x03").was_consumed


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        (COVER, Trouble.COVER_OPEN),
        (PAPER, Trouble.PAPER_OUT),
        (CUTTER, Trouble.CUTTER),
        (b"\x18\x20\x00\x00", Trouble.ERROR),
        (b"\x18\x00\x00\x00", Trouble.OFFLINE),
        (HOT, None),
        (ONLINE, None),
    ],
)
def test_why_it_stopped(told, cause):
    replies = heard(ONLINE, told, ONLINE)
    assert replies.stopped_by == cause
    assert replies.has_paused == (told is not ONLINE)


@pytest.mark.parametrize(
    ("answers", "cause"),
    [
        ((0x12, 0x12, 0x12, 0x12), None),
        ((0x12, 0x12, 0x12, 0x1E), None),
        ((0x1A, 0x32, 0x12, 0x7E), Trouble.PAPER_OUT),
        ((0x1A, 0x16, 0x12, 0x12), Trouble.COVER_OPEN),
        ((0x1A, 0x52, 0x1A, 0x12), Trouble.CUTTER),
        ((0x1A, 0x52, 0x52, 0x12), Trouble.HOT),
        ((0x1A, 0x52, 0x12, 0x12), Trouble.ERROR),
        ((0x1A, 0x12, 0x12, 0x12), Trouble.OFFLINE),
    ],
)
def test_the_answers_seen_mean(answers, cause):
    """The values of printing.md 7."""
    assert trouble(dict(enumerate(answers, 1))) == cause


def test_what_a_person_can_mend_has_a_remedy():
    names = "PAPER_OUT COVER_OPEN OFFLINE REFUSED STALLED LOST NO_PROOF SILENT CUTTER HOT ERROR"
    assert set(REMEDIES) >= {Trouble[name] for name in names.split()}

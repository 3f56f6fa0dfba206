"""How a page's words are cut into clips: numbers sign by sign, hours and counts as words, all else as phrases."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.reading_aloud import Clip, Words, phrases, pieces
from domain.speech import time_of_day, tokens


def said(shown: str, language: str = "vi") -> list[str]:
    """Tokens and words in order."""
    return [piece.token if isinstance(piece, Clip) else piece.text for piece in pieces(shown, language)]


@pytest.mark.parametrize(
    ("shown", "spoken"),
    [
        ("A\u202f012", ["letter-a", "0", "1", "2"]),
        ("3 người đang chờ", ["counter-3", "người đang chờ"]),
        ("Quầy 1, 2, 15", ["Quầy", "counter-1", "counter-2", "counter-15"]),
        ("07:05 Chủ nhật, 22/11/2026",
         ["hour-7", "counter-5", "phut", "Chủ nhật", "counter-22", "counter-11", "2", "0", "2", "6"]),
        ("mã 1.001193", ["mã", "1", "0", "0", "1", "1", "9", "3"]),
        ("H56.19-261122-0001",
         ["letter-h", *"5619", *"261122", *"0001"]),
        ("lệ phí 8.000 đồng", ["lệ phí", "8000", "đồng"]),
        ("120 phút", ["1", "2", "0", "phút"]),
        ("Hàng A · Hộ tịch tạm dừng: mất điện", ["Hàng", "letter-a", "Hộ tịch tạm dừng", "mất điện"]),
        ("I dài", ["i ngắn", "dài"]),
        ("– … •", []),
    ],
)  # fmt: skip
def test_vietnamese_is_read_as_a_clerk_would(shown, spoken):
    assert said(shown) == spoken


def test_english_words_are_no_letters_of_queues():
    assert said("I have an appointment", "en") == ["I have an appointment"]
    assert said("A new number", "en") == ["A new number"]
    assert said("Queue A is paused", "en") == ["Queue", "letter-a", "is paused"]
    assert said("15:30", "en") == ["hour-15", "counter-30", "pm"]


def check_every_clip_exists(shown: str, language: str) -> None:
    """No page can ask for a clip that no pack has."""
    known = set(tokens(language))
    assert {piece.token for piece in pieces(shown, language) if isinstance(piece, Clip)} <= known


@given(st.text(max_size=700), st.sampled_from(["vi", "en", "fr", "xx"]))
def test_any_text_is_cut_into_clips_that_exist(shown, language):
    check_every_clip_exists(shown, language)
    assert all(phrase == phrase.strip() and phrase for phrase in phrases(shown, language))


@given(st.from_regex(r"\A[0-9A-Z:/. ]{0,30}\Z"), st.sampled_from(["vi", "en", "fr"]))
def test_any_figures_are_cut_into_clips_that_exist(shown, language):
    check_every_clip_exists(shown, language)


@given(st.text(alphabet="abcđéẫ ,.", max_size=80))
def test_no_word_is_lost(shown):
    assert [sign for sign in "".join(said(shown)) if sign.isalpha()] == [
        sign for sign in unicodedata.normalize("NFC", shown) if sign.isalpha()
    ]


@pytest.mark.planted
def test_a_planted_clip_that_no_pack_has_is_found(monkeypatch):
    monkeypatch.setattr("domain.reading_aloud.COUNTERS", range(1, 99))
    with pytest.raises(AssertionError):
        check_every_clip_exists("77 người", "vi")


def test_no_clock_shows_half_past_twenty_five():
    with pytest.raises(Invalid):
        time_of_day(25, 30, "vi")
    assert isinstance(pieces("25:30", "vi")[0], Clip | Words)

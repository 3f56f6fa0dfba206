"""The forecast to closing in words: one sentence for each way in which a counter helps, or none does."""

from dataclasses import replace

import pytest

from domain.waiting.advice import Remedy
from domain.waiting.ends import QueueEnd
from tests.support.halls import demo_centre
from web.tonight import at, sentence

BEFORE = QueueEnd("dat-dai", 16, 4, 8, 11, 17 * 60.0, 17 * 60 + 18.0)
AFTER = replace(BEFORE, late=0, most_late=1, ends=16 * 60 + 37.0)


def said(before: QueueEnd, after: QueueEnd | None, language: str = "vi") -> str:
    remedy = Remedy(before, 11 if after else None, 16 * 60.0, after)
    return sentence(remedy, demo_centre(), language)


def test_a_counter_until_a_time_and_when_the_line_ends():
    assert said(BEFORE, AFTER) == "Mở quầy 11 đến 16:00: hàng Đất đai hết lúc 16:40 thay vì 17:20."


def test_where_nobody_serves_nothing_is_compared():
    assert said(replace(BEFORE, ends=None), AFTER).endswith("hết lúc 16:40, nay chưa quầy nào mở.")


def test_where_the_line_ends_alike_people_are_counted():
    assert "kịp thêm 6 người trước 17:00" in said(BEFORE, replace(BEFORE, late=2))


def test_without_a_counter_people_are_to_come_another_day():
    assert said(BEFORE, None).startswith("Hàng Đất đai: khoảng 8 người không kịp trước 17:00")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_language_says_the_same_moments(language):
    words = said(BEFORE, AFTER, language)
    assert all(part in words for part in ("11", "16:00", "16:40", "17:20"))


def test_no_moment_is_exacter_than_five_minutes():
    assert [at(minutes) for minutes in (1000.0, 1000.1, 1004.9)] == ["16:40", "16:45", "16:45"]

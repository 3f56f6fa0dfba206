"""The benchmark of finding: its questions, its figures, and one real run of a few."""

import random

import pytest

from bench import find
from bench.kiosks import Wrong
from bench.servers import serving


def test_the_catalogue_is_the_whole_extract():
    rows = find.catalogue()
    assert len(rows) == len({code for code, _, _ in rows}) == 2642
    assert all(title and sector for _, title, sector in rows)


def test_questions_come_from_titles_and_a_slip_changes_them():
    asked = find.questions(["Đăng ký khai sinh"], 50, random.Random(1))
    assert len(asked) == 50
    assert all(words and len(words) <= 80 for words, _ in asked)
    assert sum(words != slipped for words, slipped in asked) > 40
    assert asked == find.questions(["Đăng ký khai sinh"], 50, random.Random(1))


def test_figures_are_the_percentiles():
    rows = {name: value for name, value, _ in find.figures(2642, [1.0, 2.0, 30.0], [2.0, 4.0, 60.0], 0.03)}
    assert rows["find_procedures"] == 2642
    assert (rows["find_ms_p50"], rows["find_ms_p99"]) == (2.0, 30.0)
    assert rows["find_cpu_ms"] == 5.0
    assert (rows["find_mistyped_ms_p50"], rows["find_mistyped_ms_p99"]) == (4.0, 60.0)


def test_a_few_questions_are_answered_by_a_real_server(demo):
    data = demo.copy("find-test")
    assert len(find.list_catalogue(data)) == 2642
    with serving(data) as server:
        assert len(find.answered(demo, server, ["khai sinh", "khia sinh", "ca phe"])) == 3


@pytest.mark.planted
def test_planted_a_server_that_knows_no_kiosk_is_found(demo):
    data = demo.copy("find-stranger")
    with serving(data) as server, pytest.raises(Wrong):
        stranger = type(demo)(data, demo.centre, dict.fromkeys(demo.devices, "nobody=1"), demo.people)
        find.answered(stranger, server, ["khai sinh"])

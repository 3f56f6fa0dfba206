"""The reports' pictures: each bar as long as its figure says, the limit at its place, words that stay words."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from admin.plots import LEFT, MOST_BARS, RIGHT, Bar, Drawing, Plot, drawn
from admin.sheets import Sheet, pictures
from web.assets import Assets
from web.pages import Pages

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "A</text><script>alert(1)</script> & \"B\" 'C'"


def picture(plot: Plot, *, headed: bool = True) -> Drawing:
    return drawn(plot, "p-1", "như bảng", str, headed=headed)


def minutes_of(found: Drawing, plot: Plot) -> list[float]:
    """How long each box is on the scale that the picture writes below it; those of the key left out."""
    ticks = [line.x for line in found.scale]
    last = float(next(w.text.split()[0] for w in found.words if w.anchor == "middle" and w.x == max(ticks)))
    per = last / (max(ticks) - min(ticks))
    boxes = found.boxes[len(plot.parts) :]
    return [round(box.wide * per, 1) for box in boxes]


def plot_of(*bars: Bar, **named) -> Plot:
    return Plot("Chờ", "phút", bars, **named)


def test_each_part_of_a_bar_is_as_long_as_its_figure_and_begins_where_the_last_one_ends():
    plot = plot_of(
        Bar("A", (10.0, 25.0, 60.0), "x"), Bar("B", (5.0, 5.0, 20.0), "y"), parts=("một nửa", "8/10", "19/20")
    )
    found = picture(plot)
    assert minutes_of(found, plot) == pytest.approx([10, 15, 35, 5, 15], abs=0.15)
    first = found.boxes[3:6]
    assert first[0].x == LEFT
    for before, after in pairwise(first):
        assert after.x == pytest.approx(before.x + before.wide, abs=0.2)


@pytest.mark.parametrize("most", [0.2, 1.0, 3.0, 59.9, 60.0, 61.0, 480.0, 12_345.0])
def test_the_scale_begins_at_zero_and_ends_with_a_round_number_above_everything(most):
    found = picture(plot_of(Bar("A", (most,), "x"), Bar("B", (most / 2,), "y")))
    ticks = [int(words.text.split()[0]) for words in found.words if words.anchor == "middle"]
    assert ticks[0] == 0 and ticks[-1] >= most and 2 <= len(ticks) <= 7
    assert len({after - before for before, after in pairwise(ticks)}) == 1
    assert (min(line.x for line in found.scale), max(line.x for line in found.scale)) == (LEFT, RIGHT)
    assert max(box.x + box.wide for box in found.boxes) <= RIGHT + 0.1


def test_the_limit_stands_at_its_minute_and_its_words_behind_it():
    plot = plot_of(Bar("A", (28.0,), "28", limit=30), Bar("B", (60.0,), "60"), limit="hẹn")
    found = picture(plot)
    (line,) = [line for line in found.limits if line.x > LEFT]
    assert line.x == pytest.approx(LEFT + (RIGHT - LEFT) / 2, abs=0.1)
    assert next(words.x for words in found.words if words.text == "28") > line.x


def test_a_bar_may_begin_later_and_a_missing_figure_has_none():
    plot = plot_of(Bar("A", (20.0, 40.0), "x", start=10), Bar("B", (None,), "–"))
    found = picture(plot)
    assert minutes_of(found, plot) == pytest.approx([10, 20], abs=0.15)
    assert found.boxes[0].x == pytest.approx(LEFT + (RIGHT - LEFT) / 4, abs=0.1)
    assert "–" in [words.text for words in found.words]


@pytest.mark.parametrize(("bars", "worth"), [(0, 0), (1, 0), (2, 1), (MOST_BARS, 1), (MOST_BARS + 1, 0)])
def test_what_a_table_says_faster_is_not_drawn(bars, worth):
    plot = plot_of(*(Bar(str(n), (1.0,), "1") for n in range(bars)))
    assert len(pictures(Sheet("x", "X", (), (), plots=(plot,)), "vi")) == worth


def test_a_title_that_stands_above_is_not_said_again_but_to_those_who_hear_it():
    plot = plot_of(Bar("A", (1.0,), "1"), Bar("B", (2.0,), "2"))
    for title, times in (("Chờ", 0), ("Khác", 1)):
        (found,) = pictures(Sheet("x", title, (), (), plots=(plot,)), "vi")
        assert [words.text for words in found.words].count("Chờ") == times
        assert found.title == "Chờ" and title in found.about


def written(found: Drawing) -> ET.Element:
    text = Pages(Assets()).render("admin/_plot.html", "vi", plot=found)
    assert not re.search(r"\bstyle=|<style|<script", text)
    return ET.fromstring(text[text.index("<svg") :])


def check_words_stay_words() -> None:
    found = picture(Plot(HOSTILE, HOSTILE, tuple(Bar(HOSTILE[:30], (n,), HOSTILE) for n in (1.0, 2.0))))
    root = written(found)
    assert {element.tag for element in root.iter()} == {
        SVG + name for name in ("svg", "title", "desc", "path", "rect", "text")
    }
    assert root.find(SVG + "title").text == HOSTILE
    assert [e.text for e in root.iter(SVG + "text")].count(HOSTILE) == 3
    assert root.get("aria-labelledby").split() == [root.find(SVG + n).get("id") for n in ("title", "desc")]


def test_words_in_a_picture_stay_words():
    check_words_stay_words()


@pytest.mark.planted
def test_planted_a_template_that_escapes_nothing_is_found(monkeypatch):
    from jinja2 import Environment

    made = Environment.__init__

    def unescaping(self, *arguments, **named):
        made(self, *arguments, **{**named, "autoescape": False})

    monkeypatch.setattr(Environment, "__init__", unescaping)
    with pytest.raises((AssertionError, ET.ParseError)):
        check_words_stay_words()

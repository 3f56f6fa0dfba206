"""A report's picture: rows of bars drawn as SVG, alike on the page, on paper and in a PDF; the table says the same.

Knows nothing of what it is about. One accent, a baseline at zero, the promised limit as a thin line (look.md).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, log10
from textwrap import wrap

FEWEST_BARS, MOST_BARS = 2, 24  # one bar compares nothing; a table of many rows is read faster than its picture
WIDTH, LEFT, RIGHT = 880, 250, 690  # of the whole, and from where to where bars reach
ROW, BAR, TITLE, KEY, AXIS = 34, 18, 30, 32, 30
LETTERS = 34  # that fit before the bars
MOST_TICKS = 6
LETTER, THINNEST = 8.2, 1.5  # of a letter's width, and of a bar that stands for nothing much
INK, MUTED, LINE, LACQUER = "#14213D", "#4A5568", "#D9D4C7", "#9B1C1C"
TINTS = ("#1D4E89", "#7FA3CC", "#CBDCEE")
Show = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: from `start` through the rising `ends`, what is written behind it, and its own limit."""

    name: str
    ends: tuple[float | None, ...]
    said: str
    start: float = 0.0
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars on one scale from zero; `parts` name their parts where there are several, `limit` the thin line.

    `most`: where the scale ends, if not with the longest bar.
    """

    title: str
    unit: str
    bars: tuple[Bar, ...]
    parts: tuple[str, ...] = ()
    limit: str = ""
    most: float = 0.0

    @property
    def is_worth_drawing(self) -> bool:
        """Whether a picture says it faster than the table."""
        known = [bar for bar in self.bars if any(end is not None for end in bar.ends)]
        return len(known) >= FEWEST_BARS and len(self.bars) <= MOST_BARS


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a bar."""

    x: float
    y: int
    wide: float
    colour: str


@dataclass(frozen=True, slots=True)
class Line:
    """From top to bottom."""

    x: float
    top: int
    bottom: int
    colour: str
    wide: int = 1


@dataclass(frozen=True, slots=True)
class Words:
    """Beginning, ending or with its middle at x; y is the baseline."""

    x: float
    y: int
    text: str
    colour: str = INK
    anchor: str = "start"
    size: int = 15
    weight: int = 400


@dataclass(frozen=True, slots=True)
class Drawing:
    """What `_plot.html` writes as SVG, in this order; `name` is unique on its page, `about` for who cannot see."""

    name: str
    title: str
    about: str
    width: int
    height: int
    high: int
    scale: list[Line]
    boxes: list[Box]
    limits: list[Line]
    words: list[Words]


def drawn(plot: Plot, name: str, about: str, show: Show, *, headed: bool) -> Drawing:
    """The picture. `headed`: its title is to be seen too, where nothing above it says the same."""
    top = TITLE if headed else 0
    above = top + (KEY if plot.parts or plot.limit else 4)
    below = above + ROW * len(plot.bars)
    picture = Drawing(name, plot.title, about, WIDTH, below + AXIS, BAR, [], [], [], [])
    if headed:
        picture.words.append(Words(0, 17, plot.title, weight=600))
    step, most = _scale(plot)
    _draw_scale(picture, plot.unit, range(0, most + 1, step), above, show)
    _draw_key(picture, plot, top)
    for n, bar in enumerate(plot.bars):
        _draw_name(picture, bar.name, above + n * ROW)
        _draw_bar(picture, bar, above + n * ROW, (RIGHT - LEFT) / most)
    return picture


def _scale(plot: Plot) -> tuple[int, int]:
    """The distance of the ticks and where the last one stands: a round number above everything drawn."""
    values = [value for bar in plot.bars for value in (*bar.ends, bar.limit) if value is not None]
    most = plot.most or max([*values, 1.0])
    power = 10 ** max(0, floor(log10(most / MOST_TICKS)))
    step = next(n * power for n in (1, 2, 5, 10, 20) if n * power * MOST_TICKS >= most)
    return step, step * ceil(round(most / step, 6))


def _draw_scale(picture: Drawing, unit: str, ticks: range, above: int, show: Show) -> None:
    below = picture.height - AXIS
    for value in ticks:
        x = round(LEFT + value * (RIGHT - LEFT) / ticks[-1], 1)
        text = f"{show(value)} {unit}".strip() if value == ticks[-1] else show(value)
        picture.scale.append(Line(x, above, below, LINE if value else MUTED))
        picture.words.append(Words(x, below + 20, text, MUTED, "middle"))


def _draw_key(picture: Drawing, plot: Plot, top: int) -> None:
    """The parts' names over the bars, in their tints; the limit's behind its line."""
    x = 0.0
    for tint, part in zip(TINTS, plot.parts, strict=False):
        picture.boxes.append(Box(x, top + 2, BAR, tint))
        picture.words.append(Words(x + BAR + 6, top + 16, part, MUTED))
        x += BAR + 30 + LETTER * len(part)
    if plot.limit:
        picture.limits.append(Line(x + 6, top + 2, top + 20, LACQUER, 2))
        picture.words.append(Words(x + 14, top + 16, plot.limit, MUTED))


def _draw_name(picture: Drawing, name: str, y: int) -> None:
    """In one line, or in two smaller ones."""
    lines = wrap(name, LETTERS, max_lines=2, placeholder=" …")
    if len(lines) < 2:
        picture.words.append(Words(0, y + ROW // 2 + 5, name[:LETTERS]))
    else:
        picture.words.extend(Words(0, y + 15 + 16 * n, line, size=13) for n, line in enumerate(lines))


def _draw_bar(picture: Drawing, bar: Bar, y: int, per: float) -> None:
    at = bar.start
    for tint, end in zip(TINTS, bar.ends, strict=False):
        if end is not None and (end > at or at == bar.start > 0):
            wide = max(THINNEST, round((end - at) * per, 1))
            picture.boxes.append(Box(round(LEFT + at * per, 1), y + (ROW - BAR) // 2, wide, tint))
            at = end
    behind = LEFT + at * per
    if bar.limit is not None:
        x = round(LEFT + bar.limit * per, 1)
        picture.limits.append(Line(x, y + 4, y + ROW - 4, LACQUER, 2))
        if 0 <= x - behind <= 16 + LETTER * len(bar.said):
            behind = x
    picture.words.append(Words(round(behind + 8, 1), y + ROW // 2 + 5, bar.said))

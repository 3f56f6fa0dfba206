"""How a wall is set up to be read from afar: its layout, and the size of its figures from glass and hall.

A capital is at least a two-hundredth of the distance high (signage rule, screens.md W1) where the number called and
its counter stand; a five-hundredth where somebody looks a second time (ours). Knows no page; pixels are CSS pixels.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, hypot
from typing import Annotated

from domain.records import Between

FULL_HD = (1920, 1080)
MILLIMETRES = 25.4  # an inch
CAPITAL = 0.714  # height of the figures of Noto Sans, in em
FIRST_LOOK, SECOND_LOOK = 200, 500


class Layout(StrEnum):
    """What a wall shows: its hall, lying or standing, or one counter beside whose door it hangs."""

    HALL = "hall"
    PORTRAIT = "portrait"
    DOOR = "door"


@dataclass(frozen=True, slots=True)
class Screen:
    """The glass of a wall: diagonal in inches, and from how far it must be read.

    `pictures_after_seconds`: with nothing called for so long, the centre's pictures are shown; None: never.
    """

    layout: Layout = Layout.HALL
    inches: Annotated[float, Between(7, 120)] = 55
    depth_metres: Annotated[float, Between(1, 60)] = 15
    pictures_after_seconds: Annotated[int, Between(10, 3600)] | None = None


@dataclass(frozen=True, slots=True)
class Sizes:
    """Heights of letters in pixels: the number called, its counter's figure, the numbers of the lists."""

    number: int
    counter: int
    listed: int

    def fits(self, most: "Sizes") -> bool:
        """Whether none of them is larger."""
        return self.number <= most.number and self.counter <= most.counter and self.listed <= most.listed


# Measured in Chromium: "A 012", a counter of two figures and five calls below each other, in three languages.
USUAL = {
    Layout.HALL: Sizes(310, 170, 68),
    Layout.PORTRAIT: Sizes(300, 190, 72),
    Layout.DOOR: Sizes(460, 150, 90),
}
MOST = {
    Layout.HALL: Sizes(330, 190, 84),
    Layout.PORTRAIT: Sizes(310, 200, 72),
    Layout.DOOR: Sizes(460, 190, 110),
}


def needed(screen: Screen) -> Sizes:
    """The smallest letters that can be read from the far end of the hall."""
    a_millimetre = hypot(*FULL_HD) / (screen.inches * MILLIMETRES)
    first = screen.depth_metres * 1000 / FIRST_LOOK * a_millimetre / CAPITAL
    second = screen.depth_metres * 1000 / SECOND_LOOK * a_millimetre / CAPITAL
    return Sizes(ceil(first), ceil(first), ceil(second))


def sizes(screen: Screen) -> Sizes:
    """The letters of this wall: the usual ones, larger where the hall asks for it and the layout has room."""
    asked, usual, most = needed(screen), USUAL[screen.layout], MOST[screen.layout]
    return Sizes(
        min(max(asked.number, usual.number), most.number),
        min(max(asked.counter, usual.counter), most.counter),
        min(max(asked.listed, usual.listed), most.listed),
    )


def is_readable(screen: Screen) -> bool:
    """Whether number and counter are read from the far end, and the lists at a second look."""
    return needed(screen).fits(MOST[screen.layout])


def farthest_metres(screen: Screen) -> float:
    """From how far everything on this glass can be read, rounded down to half a metre."""
    most, asked = MOST[screen.layout], needed(screen)
    share = min(most.number / asked.number, most.counter / asked.counter, most.listed / asked.listed)
    return int(screen.depth_metres * share * 2) / 2

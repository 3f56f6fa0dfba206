"""What a screen of the hall says of itself, and why a kiosk may be out of order. Knows no page and no socket."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.errors import Invalid, Refused, msgid

SILENT_SECONDS = 60
OLDEST_CHROMIUM = 120
OLDEST_OTHERS = {"Firefox": 121, "Version": 16}  # as able as that Chromium; Safari says "Version"
CHROMIUM = "Chromium"
REASONS: Mapping[str, str] = {
    "paper": msgid("hết giấy"),
    "printer": msgid("máy in hỏng"),
    "screen": msgid("màn hình hỏng"),
    "repair": msgid("đang sửa chữa"),
    "cleaning": msgid("đang lau chùi"),
    "moving": msgid("đang dời chỗ"),
    "closed": msgid("khu này không tiếp dân"),
}


class KioskStopped(Refused):
    """A kiosk that is out of order gives no number."""

    text = msgid("Ki-ốt này đang tạm ngừng. Mời dùng ki-ốt khác hoặc đến quầy hướng dẫn.")


class Showing(StrEnum):
    """What is on the glass: the first page, somebody's page, nothing, an old picture, or 'out of order'."""

    START = "start"
    USED = "used"
    ASLEEP = "asleep"
    OFFLINE = "offline"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Beat:
    """One sign of life. `page`: the release whose page is shown; `age`: seconds since it was loaded.

    `sounded`: seconds since something was last heard from it, None when nothing was.
    """

    browser: str
    version: int
    width: int
    height: int
    showing: Showing
    page: str
    age: int
    sounded: int | None = None

    @property
    def is_old(self) -> bool:
        """Whether its browser is too old for the pages of the house."""
        return self.browser == CHROMIUM and self.version < OLDEST_CHROMIUM

    @property
    def lasting(self) -> dict[str, Any]:
        """What is kept when it changes: not who stands before the screen, nor any age."""
        usual = self.showing in (Showing.START, Showing.USED)
        shown = Showing.START if usual else self.showing
        return {
            "browser": self.browser, "version": self.version, "width": self.width, "height": self.height,
            "showing": shown.value, "page": self.page,
        }  # fmt: skip


NIGHT = range(3, 4)  # local hours in which a wall loads its page anew
OLD_PAGE_SECONDS = 3 * 3600
QUIET_SECONDS = 600


def is_due_anew(beat: Beat, release: str, hour: int, since_call: float | None, *, at_night: bool) -> bool:
    """Whether a screen is to load its page anew: after an upgrade, and walls each night while nothing is called.

    `hour` of the local time; `since_call`: seconds since the last call of the day, None: none yet.
    """
    if beat.page != release:
        return True
    is_quiet = since_call is None or since_call >= QUIET_SECONDS
    return at_night and hour in NIGHT and beat.age >= OLD_PAGE_SECONDS and is_quiet


def is_too_old(agent: str) -> bool:
    """Whether the browser of this User-Agent cannot show a live page; one that nobody knows is let try."""
    found = _CHROME.search(agent)
    if found:
        return int(found[1]) < OLDEST_CHROMIUM
    other = _OTHERS.search(agent)
    if other:
        return int(other[2]) < OLDEST_OTHERS[other[1]]
    return any(word in agent for word in ("MSIE ", "Trident/", "Presto/", "PhantomJS/"))


_CHROME = re.compile(r"\bChrom(?:e|ium)/(\d{1,4})\b")
_OTHERS = re.compile(r"\b(Firefox|Version)/(\d{1,4})\b")
_BROWSER = re.compile(r"[A-Za-z][A-Za-z ]{0,19}")
_RELEASE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,29}")
_LONGEST_AGE = 10 * 365 * 86400


def read_beat(said: Mapping[str, object]) -> Beat:
    """A sign of life as a screen sends it, every field checked. Raises Invalid with the first that is wrong."""
    sounded = said.get("sounded")
    return Beat(
        _word(said, "browser", _BROWSER),
        _count(said, "version", 1, 9999),
        _count(said, "width", 1, 20_000),
        _count(said, "height", 1, 20_000),
        _showing(said),
        _word(said, "page", _RELEASE),
        _count(said, "age", 0, _LONGEST_AGE),
        _count(said, "sounded", 0, _LONGEST_AGE) if sounded not in (None, "") else None,
    )


def _word(said: Mapping[str, object], name: str, form: re.Pattern[str]) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Invalid(what=name)
    return value


def _count(said: Mapping[str, object], name: str, low: int, high: int) -> int:
    value = said.get(name)
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 10:
        raise Invalid(what=name)
    if not low <= int(value) <= high:
        raise Invalid(what=name)
    return int(value)


def _showing(said: Mapping[str, object]) -> Showing:
    try:
        return Showing(str(said.get("showing")))
    except ValueError as error:
        raise Invalid(what="showing") from error

"""Everyday words and pictures for procedures, from the file beside this module; it names their sources itself."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from domain.finding import Saying

ANY_SHAPE, ANY_CLASS = "paper", "care"


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads(files("kiosk").joinpath("everyday.toml").read_text(encoding="utf-8"))


def sayings() -> tuple[Saying, ...]:
    """What people say, with the codes meant."""
    return tuple(Saying(tuple(row["says"]), tuple(row["codes"])) for row in _told()["saying"])


def fillers() -> tuple[str, ...]:
    """Words that say nothing of what is wanted."""
    return tuple(_told()["fillers"])


def shape_of(code: str, sector: str) -> str:
    """The name of the picture for this procedure: its own, its sector's, or a plain paper."""
    told = _told()
    return str(told["shapes"].get(code) or told["shapes_of_sectors"].get(sector, ANY_SHAPE))


def shape_of_class(label: str) -> str:
    """The name of the picture for a priority class, by the words of its Vietnamese label."""
    words = label.casefold()
    shapes: dict[str, str] = _told()["shapes_of_classes"]
    return next((shape for said, shape in shapes.items() if said in words), ANY_CLASS)

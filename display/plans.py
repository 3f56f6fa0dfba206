"""The small plan of a hall on its wall: a row of counters for each zone, the one called lit. Pixels of its SVG."""

from dataclasses import dataclass

from domain.centres import Centre

CELL, GAP, A_ROW = 64, 12, 8


@dataclass(frozen=True, slots=True)
class Box:
    """One counter on the plan; `lit`: whoever is called goes there."""

    number: int
    x: int
    y: int
    lit: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The counters of a hall as boxes."""

    width: int
    height: int
    boxes: tuple[Box, ...]


def plan(centre: Centre, zone: str, called: int) -> Plan | None:
    """The hall of this zone with one counter lit; None where there is nothing to find: a single counter."""
    hall, rows = centre.hall_of(zone), list[list[int]]()
    for one in (one for one in centre.zones if one.hall == hall):
        numbers = [counter.number for counter in centre.counters if counter.zone == one.id]
        rows += [numbers[at : at + A_ROW] for at in range(0, len(numbers), A_ROW)]
    if sum(map(len, rows)) < 2:
        return None
    step = CELL + GAP
    boxes = [Box(n, x * step, y * step, n == called) for y, row in enumerate(rows) for x, n in enumerate(row)]
    return Plan(max(map(len, rows)) * step - GAP, len(rows) * step - GAP, tuple(boxes))

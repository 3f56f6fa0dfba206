"""What the kiosk's pages say of priority: the classes of today with their pictures, and the one that is chosen."""

from dataclasses import dataclass

from starlette.requests import Request

from domain.centres import PriorityClass
from domain.days import local
from kiosk import everyday
from kiosk.asking import device_of
from kiosk.memory import memory_of
from web.house import house_of
from web.pages import text_of


@dataclass(frozen=True, slots=True)
class Group:
    """One line of the list."""

    id: str
    label: str
    shape: str


@dataclass(frozen=True, slots=True)
class Choice:
    """For a page with ticket buttons: whether there is something to choose, what is chosen, and where it stands.

    `at`: "queues" or a procedure's code; empty on the page after a scan, which is known by its journey.
    """

    is_offered: bool
    declared: str = ""
    label: str = ""
    shape: str = ""
    at: str = ""
    kind: str = ""
    journey: str = ""


def groups(request: Request) -> list[Group]:
    """The classes that can be chosen today, in the centre's own order."""
    house = house_of(request)
    return [_group(request, chosen) for chosen in house.store.centre().classes_on(local(house.now()).date())]


def choice(request: Request, at: str = "", kind: str = "", journey: str = "") -> Choice:
    """What this page says; a choice whose class is in force no more is none."""
    device, offered = device_of(request).id, {group.id: group for group in groups(request)}
    declared = memory_of(request).declarations.of(device)
    chosen = offered.get(declared.priority) if declared else None
    if declared is None or chosen is None:
        return Choice(bool(offered), at=at, kind=kind, journey=journey)
    return Choice(True, declared.id, chosen.label, chosen.shape, at, kind, journey)


def _group(request: Request, chosen: PriorityClass) -> Group:
    label = text_of(chosen.label, request.state.language)
    return Group(chosen.id, label, everyday.shape_of_class(chosen.label.vi))

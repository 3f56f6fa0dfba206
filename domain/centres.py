"""The centre as its file describes it: halls, queues, counters, people, devices; what makes such a file wrong.

The file is TOML, written by a person: `read_centre` names every mistake at once. `as_data` is the same centre
for the journal, without what belongs to the vault.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from domain import deadlines
from domain.centre_axis import Axis
from domain.centre_checks import unserved, whole_file
from domain.centre_codes import AgencyCode, FormerAgencyCode, Login, Prefix, PrinterAddress, Url, UrlOrNone, UrlPath
from domain.centre_outside import Lookup, Payment
from domain.centre_rules import (
    Booking,
    Calling,
    DayOverride,
    Hours,
    Id,
    Line,
    Loudness,
    Scanner,
    Voice,
    Window,
    hours_agree,
    whole_slots,
)
from domain.centre_rules import Text as Text
from domain.centre_syntax import CentreFileWrong as CentreFileWrong
from domain.centre_syntax import parsed
from domain.deadlines import Unit
from domain.dossier_rules import DossierRules
from domain.errors import msgid
from domain.logos import LONGEST_LOGO, emblem
from domain.procedures import ProcedureCode
from domain.records import (
    Among,
    Between,
    Count,
    Pattern,
    Reader,
    Words,
    Wrong,
    plain,
    rebuilt,
    shown,
)
from domain.records import Mistake as Mistake
from domain.roles import PERSON_ROLES, Role
from domain.slips import SlipLayout, whole_layout
from domain.walls import Screen, farthest_metres, is_readable

AS_DEFAULT, USUAL_SCANNER, USUAL_VOICE, USUAL_DOSSIERS = Calling(), Scanner(), Voice(), DossierRules()


class QueueKind(StrEnum):
    """What people come to a queue for: to hand in a dossier, or to collect a result."""

    RECEPTION = "reception"
    RESULTS = "results"


class Turn(StrEnum):
    """Where the way to a counter leads from the entrance."""

    LEFT = "left"
    AHEAD = "ahead"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"


class DeviceKind(StrEnum):
    """What a device of the hall is; an agent is the program that prints on a printer of the machine it runs on."""

    KIOSK = "kiosk"
    WALL = "wall"
    TABLET = "tablet"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency at work in the centre; `aliases` are its older codes, still found in old dossiers."""

    id: Id
    code: AgencyCode
    name: Text
    aliases: Annotated[tuple[FormerAgencyCode, ...], Count(0, 10)] = ()


@dataclass(frozen=True, slots=True)
class Hall:
    """A room people wait in."""

    id: Id
    name: Text


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of a hall with counters side by side and a wall of its own."""

    id: Id
    hall: Id
    name: Text


@dataclass(frozen=True, slots=True)
class PriorityClass:
    """A group of people called earlier: as if they had come `credit_minutes` before they did.

    `evidence`: the clerk asks for a paper that shows it. Before `effective_from` nobody can choose it.
    """

    id: Id
    label: Text
    credit_minutes: Annotated[int, Between(0, 240)]
    legal_basis: Line
    evidence: bool = False
    effective_from: date | None = None

    def is_in_force(self, today: date) -> bool:
        """Whether it can be chosen on this day."""
        return self.effective_from is None or self.effective_from <= today


@dataclass(frozen=True, slots=True)
class Queue:
    """One lettered line of procedures; `mean_minutes` is the service time until the centre has learned its own.

    `promise_minutes`: within how many minutes people are to be called, where the centre promises it.
    """

    id: Id
    prefix: Prefix
    title: Text
    agency: Id
    mean_minutes: Annotated[float, Between(0.5, 240)]
    kind: QueueKind
    hall: Id
    daily_limit: Annotated[int, Between(1, 9999)] | None = None
    promise_minutes: Annotated[int, Between(1, 480)] | None = None
    booking: Annotated[Booking, whole_slots] | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter, the way to it in words from the entrance, and the queues it serves first and second.

    `turn`: where the way leads from the entrance, drawn as an arrow.
    """

    number: Annotated[int, Between(1, 999)]
    zone: Id
    way: Text
    accessible: bool
    queues: Annotated[tuple[Id, ...], Count(1, 26)]
    secondary: Annotated[tuple[Id, ...], Count(0, 26)] = ()
    turn: Turn | None = None


def countable(limit: "Limit") -> "Limit":
    """The limit, when its unit can count the amount. Raises Wrong."""
    try:
        deadlines.Limit(limit.amount, limit.unit)
    except deadlines.LimitWrong:
        remedy = msgid("giờ là số dương, ngày làm việc tính đến nửa ngày, ngày và tháng là số nguyên")
        raise Wrong(msgid("không đếm được theo đơn vị này"), remedy, at="amount") from None
    return limit


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit that a person set, where the catalogue has none or one without unit."""

    amount: Annotated[float, Between(0, deadlines.MOST)]
    unit: Annotated[Unit, Among(frozenset(Unit) - {Unit.UNKNOWN})]


@dataclass(frozen=True, slots=True)
class Placement:
    """Which queue a procedure of the catalogue is received in, how its button reads, and how it is dealt with.

    `limit` is the counter's, and that of the other channels where they have none of their own. `at_once`: done
    while the citizen waits, as certifications are. `system`: a ministry's own, of which we keep a reference only.
    """

    code: ProcedureCode
    queue: Id
    short_title: Annotated[str, Words(60)]
    limit: Annotated[Limit, countable] | None = None
    common: bool = False
    limit_online: Annotated[Limit, countable] | None = None
    limit_post: Annotated[Limit, countable] | None = None
    supplements: Annotated[int, Between(0, 9)] = 1
    at_once: bool = False
    system: Annotated[str, Words(80, may_be_empty=True)] = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who works here; login and name stand in the vault only, never in the journal."""

    id: Id
    login: Login
    name: Annotated[str, Words(80)]
    roles: Annotated[tuple[Annotated[Role, Among(PERSON_ROLES)], ...], Count(1, len(PERSON_ROLES))]
    agency: Id
    counter: Annotated[int, Between(1, 999)] | None = None


@dataclass(frozen=True, slots=True)
class Printer:
    """A slip printer; `width` in dots is a required setting, since some profiles have none.

    `fallback`: who prints instead while this one cannot. A slip older than `slip_minutes` is of no use to anybody.
    `daily_test`: its test page comes with each business day. `native_qr`: it draws codes itself, for a slow line.
    """

    id: Id
    name: Annotated[str, Words(80)]
    address: PrinterAddress
    width: Annotated[int, Among((384, 512, 576))]
    fallback: Id | None = None
    slip_minutes: Annotated[int, Between(1, 120)] = 10
    roll_metres: Annotated[int, Between(5, 300)] = 50
    daily_test: bool = False
    native_qr: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """A kiosk, wall, tablet or print agent, the zone it stands in, a kiosk's printer, the counter of a tablet or
    of a wall at a counter's door, and how a wall is set up (as `domain.walls.Screen` has it by itself).
    """

    id: Id
    kind: DeviceKind
    name: Annotated[str, Words(80)]
    zone: Id
    printer: Id | None = None
    counter: Annotated[int, Between(1, 999)] | None = None
    screen: Screen | None = None

    @property
    def glass(self) -> Screen:
        """How this wall is set up."""
        return self.screen or Screen()


@dataclass(frozen=True, slots=True)
class Portal:
    """Where the national portal's adapter is and as whom we speak to it; the password is no part of the file."""

    adapter_url: Url
    auth_endpoint: UrlPath
    integration_endpoint: UrlPath
    username: Annotated[str, Words(80)]
    dstcode: Annotated[str, Pattern(r"[\w:.-]{3,100}", msgid("ghi dạng VN:GOV:000.00.00.G22:vpcpdvcprovider"))]
    madonvi: AgencyCode


@dataclass(frozen=True, slots=True)
class Centre:
    """One centre with all that its file says; `follow_url` is empty where no slip carries a QR code.

    `online_url`: where people file from home, said to who gets no number today; may be empty. `slips`: its own
    layouts, standard ones for the rest; `logo` stands on all of them, empty for none.
    """

    code: AgencyCode
    name: Text
    agency_lines: tuple[Annotated[str, Words(80)], Annotated[str, Words(80)]]
    province: Annotated[str, Words(80)]
    follow_url: UrlOrNone
    agencies: Annotated[tuple[Agency, ...], Count(1, 100)]
    halls: Annotated[tuple[Hall, ...], Count(1, 20)]
    zones: Annotated[tuple[Zone, ...], Count(1, 60)]
    classes: Annotated[tuple[PriorityClass, ...], Count(0, 20)]
    queues: Annotated[tuple[Queue, ...], Count(1, 22)]
    counters: Annotated[tuple[Counter, ...], Count(1, 200)]
    procedures: Annotated[tuple[Placement, ...], Count(0, 3000)]
    people: Annotated[tuple[Person, ...], Count(0, 500)]
    printers: Annotated[tuple[Printer, ...], Count(0, 50)]
    devices: Annotated[tuple[Device, ...], Count(0, 100)]
    hours: Annotated[Hours, hours_agree]
    days: Annotated[tuple[DayOverride, ...], Count(0, 400)] = ()
    portal: Portal | None = None
    axis: Axis | None = None
    calling: Calling = AS_DEFAULT
    windows: Annotated[tuple[Window, ...], Count(0, 60)] = ()
    scanner: Scanner = USUAL_SCANNER
    online_url: UrlOrNone = ""
    slips: Annotated[tuple[Annotated[SlipLayout, whole_layout], ...], Count(0, 3)] = ()
    logo: Annotated[str, Words(LONGEST_LOGO, may_be_empty=True), emblem] = ""
    voice: Voice = USUAL_VOICE
    volumes: Annotated[tuple[Loudness, ...], Count(0, 60)] = ()
    dossiers: DossierRules = USUAL_DOSSIERS
    payment: Payment | None = None
    lookups: Annotated[tuple[Lookup, ...], Count(0, 5)] = ()

    def counters_in(self, hall: str) -> frozenset[int]:
        """The numbers of this hall's counters, whatever their zone."""
        zones = {zone.id for zone in self.zones if zone.hall == hall}
        return frozenset(counter.number for counter in self.counters if counter.zone in zones)

    def hall_of(self, zone: str) -> str:
        """The hall in which this zone lies."""
        return next(one.hall for one in self.zones if one.id == zone)

    def classes_on(self, day: date) -> tuple[PriorityClass, ...]:
        """The priority classes that can be chosen on this day."""
        return tuple(group for group in self.classes if group.is_in_force(day))


def read_centre(text: str) -> Centre:
    """The centre that a centre file of at most 1 MiB describes. Raises CentreFileWrong with all its mistakes."""
    centre, mistakes = _read(parsed(text))
    if mistakes:
        raise CentreFileWrong(mistakes)
    return centre


def read_draft(raw: dict[str, object]) -> tuple[Centre, tuple[Mistake, ...]]:
    """The centre in the plain data of a file, and what it may lack until it counts: queues not served yet.

    Raises CentreFileWrong with all other mistakes: a new queue and its counter come one after the other.
    """
    centre, mistakes = _read(raw)
    lacking = tuple(unserved(raw))
    wrong = tuple(mistake for mistake in mistakes if mistake not in lacking)
    if wrong:
        raise CentreFileWrong(wrong)
    return centre, lacking


def _read(raw: dict[str, object]) -> tuple[Centre, tuple[Mistake, ...]]:
    reader = Reader()
    centre: Centre = reader.read(Centre, raw, "")
    return centre, (*reader.mistakes, *whole_file(raw))


def as_data(centre: Centre) -> dict[str, Any]:
    """The centre for the journal, as JSON has it, without people's logins and names."""
    data: dict[str, Any] = plain(centre)
    for person in data["people"]:
        del person["login"], person["name"]
    return data


def from_data(data: Mapping[str, Any]) -> Centre:
    """The centre of `as_data`; its people have an empty login and name."""
    people = [{"login": "", "name": "", **person} for person in data["people"]]
    centre: Centre = rebuilt(Centre, {**data, "people": people})
    return centre


def warnings(centre: Centre) -> tuple[Mistake, ...]:
    """What is allowed but leaves somebody out: no accessible counter, no printer, figures too small to read."""
    open_to_all = {queue for c in centre.counters if c.accessible for queue in (*c.queues, *c.secondary)}
    queues = (
        Mistake(
            f"queues[{i}].id",
            shown(queue.id),
            msgid("không quầy nào của hàng này đi xe lăn đến được"),
            msgid("thêm hàng này vào một quầy xe lăn đến được (accessible = true)"),
        )
        for i, queue in enumerate(centre.queues)
        if queue.id not in open_to_all
    )
    kiosks = (
        Mistake(
            f"devices[{i}].id",
            shown(device.id),
            msgid("ki-ốt này không có máy in"),
            msgid("ghi máy in của ki-ốt (printer)"),
        )
        for i, device in enumerate(centre.devices)
        if device.kind is DeviceKind.KIOSK and device.printer is None
    )
    return (*queues, *kiosks, *_unreadable(centre))


def _unreadable(centre: Centre) -> Iterator[Mistake]:
    for i, device in enumerate(centre.devices):
        if device.kind is DeviceKind.WALL and not is_readable(device.glass):
            yield Mistake(
                f"devices[{i}].screen.depth_metres",
                shown(device.glass.depth_metres),
                msgid("số trên màn hình này chỉ đọc rõ khi cách không quá %(metres)s m"),
                msgid("dùng màn hình lớn hơn, treo thêm một màn hình hoặc chọn cách bày khác"),
                {"metres": f"{farthest_metres(device.glass):g}"},
            )

"""Why this number, and who went before: sentences from keys, classes, times and reasons; never from free text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.centre_rules import Calling, Policy
from domain.days import local
from domain.errors import msgid
from domain.routing import APPOINTMENT_RANK, MINUTE, PRIORITY_RANK, RANK_STEP
from domain.tickets import Ticket, milliseconds

BOOKED = msgid("hẹn %(slot)s, tính như đến lúc %(due)s, sớm nhất trong các hàng của quầy này")
BOOKED_LATE = msgid("hẹn %(slot)s nhưng đến muộn lúc %(came)s, tính như đến lúc %(due)s, sớm nhất ở quầy này")
PRIORITY = msgid("diện ưu tiên, đến %(came)s, tính như đến lúc %(due)s, sớm nhất trong các hàng của quầy này")
RETURNED = msgid("vắng quá hạn và quay lại lúc %(base)s, tính từ lúc đó")
RETURNED_CREDITED = msgid("vắng quá hạn và quay lại lúc %(base)s, tính như đến lúc %(due)s")
BACK_IN_TIME = msgid("đến %(came)s, vắng khi được gọi nhưng quay lại trong hạn, giữ mốc gọi %(due)s")
ARRIVED = msgid("đến %(came)s, không ai đang chờ có mốc sớm hơn")
MORE_TIME = msgid("xin thêm thời gian, xếp sau vài số; mốc gọi %(due)s")
KEPT = msgid("số giữ lại từ ngày %(day)s, đến %(came)s hôm đó, trước mọi số của hôm nay")
SENT_TO_COUNTER = msgid("được chuyển đến quầy này, giữ lần đến đầu lúc %(came)s, mốc gọi %(due)s")
SENT_TO_PERSON = msgid("được chuyển đến cán bộ này, giữ lần đến đầu lúc %(came)s, mốc gọi %(due)s")
SENT_ON = msgid("được chuyển từ hàng khác, giữ lần đến đầu lúc %(came)s, mốc gọi %(due)s")
PARKED = msgid("đã được gọi lúc %(called)s và tạm gác ở quầy này, nay gọi lại")
RANKED = msgid("diện được gọi trước theo quy định của trung tâm, đến %(came)s")
RANKED_BOOKED = msgid("hẹn %(slot)s, được gọi trước theo quy định của trung tâm, đến %(came)s")
AFTER_RANKS = msgid("đến %(came)s, sớm nhất khi không còn ai thuộc diện được gọi trước")
TURN = msgid("đến %(came)s, sớm nhất trong nhóm số thường, theo tỷ lệ %(ratio)s : 1 của trung tâm")
TURN_BEFORE = msgid("đến %(came)s, sớm nhất trong nhóm được gọi trước, theo tỷ lệ %(ratio)s : 1 của trung tâm")
KEYED = msgid("đến %(came)s, mốc gọi %(due)s, không ai đang chờ có mốc sớm hơn")
OUT_OF_ORDER = msgid("gọi ngoài thứ tự")


class Change(StrEnum):
    """What last changed the key of a ticket before its call, or might have."""

    NONE = ""
    DELAYED = "delayed"
    RETURNED = "returned"
    BACK_IN_TIME = "back-in-time"


class Sent(StrEnum):
    """Where a transfer has sent a ticket: to another queue, or to one counter or person alone."""

    NOWHERE = ""
    QUEUE = "queue"
    COUNTER = "counter"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Called:
    """One call, and how its ticket stood just before: all that explains it, nothing of who it is.

    `base` is whence the key counts; `set_aside` is when it was first called, for one that was set aside here.
    """

    ticket: int
    at: datetime
    policy: Policy
    reason: str
    key: int
    arrived: datetime
    base: datetime
    slot: datetime | None = None
    has_class: bool = False
    sent: Sent = Sent.NOWHERE
    change: Change = Change.NONE
    set_aside: datetime | None = None
    kept_from: date | None = None

    @property
    def came(self) -> datetime:
        """The arrival as the order counts it: a clock that went back gives nobody an earlier one."""
        return self.arrived if self.change is Change.RETURNED else self.base

    @property
    def rank(self) -> int:
        """How many ranks the key lies before its arrival, under `strict`."""
        return round((milliseconds(self.base) - self.key) / RANK_STEP)

    @property
    def due(self) -> datetime:
        """The key as a moment."""
        return datetime.fromtimestamp((self.key + self.rank * RANK_STEP) / 1000, self.base.tzinfo)


@dataclass(frozen=True, slots=True)
class Why:
    """A Vietnamese sentence to translate, then to fill with `times` ('09:10'); `reason` is one from the list."""

    text: str
    times: dict[str, str]
    reason: str = ""


def why(called: Called, rules: Calling) -> Why:
    """Why this ticket was called: the first of these that is true of it."""
    if called.set_aside is not None:
        return Why(PARKED, {"called": _clock(called.set_aside)})
    if called.reason:
        return Why(OUT_OF_ORDER, {}, called.reason)
    times = {"came": called.came, "base": called.base, "due": called.due, "slot": called.slot}
    said = {name: _clock(instant) for name, instant in times.items() if instant is not None}
    said["ratio"] = str(rules.ratio)
    if called.kept_from is not None and local(called.due).date() < local(called.at).date():
        said["day"] = f"{called.kept_from:%d/%m}"
        return Why(KEPT, said)
    return Why(_of_the_way(called) or _of_the_policy(called, rules), said)


def _of_the_way(called: Called) -> str:
    """What happened to the ticket before it was called; empty when it only waited."""
    if called.sent is Sent.COUNTER:
        return SENT_TO_COUNTER
    if called.sent is Sent.PERSON:
        return SENT_TO_PERSON
    if called.change is Change.DELAYED:
        return MORE_TIME
    if called.change is Change.RETURNED:
        return RETURNED if called.due == called.base else RETURNED_CREDITED
    if called.change is Change.BACK_IN_TIME:
        return BACK_IN_TIME
    return SENT_ON if called.sent is Sent.QUEUE else ""


def _of_the_policy(called: Called, rules: Calling) -> str:
    """By the policy that chose, where the key is one that it gives; else by the key alone."""
    if called.policy is Policy.DUE and called.rank == 0:
        return _of_the_credit(called, rules)
    if milliseconds(called.due) != milliseconds(called.base):
        return KEYED  # its key was given under another policy
    if called.policy is Policy.STRICT:
        return {PRIORITY_RANK: RANKED, APPOINTMENT_RANK: RANKED_BOOKED}.get(called.rank, AFTER_RANKS)
    if called.policy is Policy.RATIO:
        return TURN_BEFORE if called.has_class or called.slot is not None else TURN
    return ARRIVED


def _of_the_credit(called: Called, rules: Calling) -> str:
    if _by_appointment(called, rules):
        return BOOKED if _in_time(called, rules) else BOOKED_LATE
    if called.key == milliseconds(called.base):
        return ARRIVED
    return PRIORITY if called.has_class else KEYED


def _by_appointment(called: Called, rules: Calling) -> bool:
    """Whether the appointment decided, and not a class that the same person also has."""
    if called.slot is None:
        return False
    start = called.slot if _in_time(called, rules) else called.base
    return called.key == milliseconds(start) - rules.appointment_credit_minutes * MINUTE


def _in_time(called: Called, rules: Calling) -> bool:
    return called.slot is not None and called.base <= called.slot + timedelta(minutes=rules.late_minutes)


class Passing(StrEnum):
    """Why somebody who came later was called first."""

    APPOINTMENT = "appointment"
    PRIORITY = "priority"
    SENT = "sent"
    RETURNED = "returned"
    SET_ASIDE = "set-aside"
    OUT_OF_ORDER = "out-of-order"
    RATIO = "ratio"
    YIELDED = "yielded"


@dataclass(frozen=True, slots=True)
class Passed:
    """So many went before for the same cause: with `slot` ('09:15') by appointment, `reason` out of order."""

    kind: Passing
    count: int
    slot: str = ""
    reason: str = ""


def passed(mine: Ticket, since: datetime, delayed: bool, calls: Iterable[Called], rules: Calling) -> list[Passed]:
    """Who came after this waiting ticket and was called before it, by cause; nobody is counted twice.

    `since`: from when it has waited with the key it has; `delayed`: that key is its own wish for more time.
    """
    base = mine.base or mine.arrived_at
    found: dict[int, tuple[Passing, str, str]] = {}
    for called in calls:
        if called.ticket != mine.id and called.at > since and called.base > base:
            cause = _cause(called, mine, delayed, rules)
            if cause is not None:
                found[called.ticket] = cause
    causes = list(found.values())
    order = {cause: n for n, cause in enumerate(Passing)}
    groups = sorted(set(causes), key=lambda cause: (order[cause[0]], *cause[1:]))
    return [Passed(kind, causes.count((kind, slot, reason)), slot, reason) for kind, slot, reason in groups]


def _cause(called: Called, mine: Ticket, delayed: bool, rules: Calling) -> tuple[Passing, str, str] | None:
    """None: a counter that did not serve this ticket's queue at the time has called, so nobody was passed."""
    if called.set_aside is not None:
        return Passing.SET_ASIDE, "", ""
    if called.reason:
        return Passing.OUT_OF_ORDER, "", called.reason
    if called.policy is not Policy.RATIO and called.key > mine.key:
        return None
    if called.slot is not None and (not called.has_class or _by_appointment(called, rules)):
        return Passing.APPOINTMENT, _clock(called.slot), ""
    if called.has_class:
        return Passing.PRIORITY, "", ""
    if called.sent in (Sent.COUNTER, Sent.PERSON):
        return Passing.SENT, "", ""
    if called.change in (Change.RETURNED, Change.BACK_IN_TIME):
        return Passing.RETURNED, "", ""
    if delayed:
        return Passing.YIELDED, "", ""
    return (Passing.RATIO, "", "") if called.policy is Policy.RATIO else None


def _clock(instant: datetime) -> str:
    return f"{local(instant):%H:%M}"

"""Which configuration is in force: now, from a later business day, or an older one again."""

from dataclasses import asdict
from datetime import date, timedelta

from domain.calendar import Calendar
from domain.centre_rules import Policy
from domain.centres import Centre, as_data
from domain.days import Day, is_over, local
from domain.errors import Invalid, Refused, msgid
from domain.events import CalendarLoaded, CentreLoaded, CentrePlanCancelled, CentrePlanned, PersonAdded
from domain.queue_events import TicketRekeyed
from domain.routing import largest_lead, line_under
from store import calendars, centres, counters, people, plans, tickets
from store.writer import Tx

FURTHEST_PLAN = timedelta(days=366)


class LoginTaken(Invalid):
    text = msgid("Tên đăng nhập “%(login)s” đã có người dùng. Hãy chọn tên khác.")


class ConfigurationMoved(Refused):
    text = msgid("Cấu hình vừa được đổi ở nơi khác. Hãy xem lại khác biệt rồi quyết định lần nữa.")


class DraftStale(ConfigurationMoved):
    """What was changed elsewhere would be taken back, silently."""

    text = msgid(
        "Cấu hình đang dùng đã được đổi ở nơi khác trong lúc bạn sửa. Hãy mở lại từ trang cấu hình rồi sửa lại."
    )


class PlanWaits(Refused):
    """Whatever changes now would be undone by the plan, silently."""

    text = msgid(
        "Đã có một cấu hình chờ áp dụng từ %(date)s; nó sẽ thay mọi thay đổi làm bây giờ. "
        "Hãy hủy kế hoạch đó trước."
    )


class PolicyInUse(Refused):
    """Keys of two policies in one line have no common order."""

    text = msgid("Hôm nay đã phát số theo cách gọi khác. Hãy chọn ngày áp dụng là một ngày sau hôm nay.")


class CreditRaised(PolicyInUse):
    """Who has a number was told that nobody passes who comes later than the largest credit of that moment."""

    text = msgid("Hôm nay đã phát số với mức ưu tiên thấp hơn. Hãy chọn ngày áp dụng là một ngày sau hôm nay.")


class StillInUse(Refused):
    """Nobody would call these people any more, nobody could close these counters."""

    text = msgid(
        "Hôm nay còn người ở hàng hoặc quầy sẽ bị bỏ: %(what)s. Hãy chọn ngày áp dụng là một ngày sau hôm nay."
    )


class NotPlanned(Refused):
    text = msgid("Không còn cấu hình nào chờ áp dụng. Hãy tải lại trang.")


def load_centre(tx: Tx, centre: Centre, calendar: Calendar, why: str = "") -> int:
    """Put a configuration in force, with its people and its calendar; gives the number of its event.

    Raises LoginTaken. It asks nothing about the day: `apply_centre` does.
    """
    return _load(tx, centre, calendars.to_event(calendar), None, why)


def apply_centre(tx: Tx, centre: Centre, calendar: Calendar, seen: int, why: str = "") -> int:
    """Put a configuration in force now, by somebody who saw what it changes in configuration number `seen`.

    `why` is that person's word for the history. Gives the number of its event. Raises ConfigurationMoved,
    PlanWaits, PolicyInUse, CreditRaised, StillInUse, LoginTaken.
    """
    _check_free(tx, seen)
    if tx.day is not None and not is_over(tx.day, tx.now) and centres.is_loaded(tx.db):
        _check_promises(tx.centre, centre, are_given=tickets.are_given(tx.db, tx.day.id))
        _check_left_out(tx, tx.centre, centre)
    return load_centre(tx, centre, calendar, why)


def plan_centre(
    tx: Tx, centre: Centre, calendar: Calendar, effective: date | None, seen: int, why: str = ""
) -> int:
    """Let a configuration come into force with the first business day on or after a date; gives its number.

    The date lies behind today, or is today while today's business day has not been opened; without one it is the
    next business day. Raises ConfigurationMoved, PlanWaits, LoginTaken, Invalid.
    """
    _check_free(tx, seen)
    today = local(tx.now).date()
    earliest = first_possible(tx.day, today)
    effective = effective or earliest
    if not earliest <= effective <= today + FURTHEST_PLAN:
        raise Invalid(what="effective")
    _check_logins(tx, centre)
    years = asdict(calendars.to_event(calendar))
    planned = tx.record(CentrePlanned(effective.isoformat(), as_data(centre), years, why))
    plans.keep_names(tx.db, planned.seq, centre)
    return planned.seq


def cancel_plan(tx: Tx, plan: int) -> None:
    """The planned configuration will not come. Raises NotPlanned."""
    found = plans.waiting(tx.db)
    if found is None or found.number != plan:
        raise NotPlanned()
    _drop(tx, plan, "")


def put_planned_in_force(tx: Tx, day: Day) -> None:
    """What was planned for this business day counts from here; a day is never kept from opening by it."""
    if not plans.is_due(tx.db, day.label):
        return
    plan = plans.waiting(tx.db)
    if plan is None:
        return
    planned = plans.named(tx.db, plan)
    try:
        if centres.is_loaded(tx.db):
            _check_left_out(tx, tx.centre, planned)
        _load(tx, planned, plan.calendar, plan.number, plan.why)
    except (LoginTaken, StillInUse) as refusal:
        _drop(tx, plan.number, refusal.code)
    else:
        plans.forget_names(tx.db, plan.number)


def keep_draft(tx: Tx, sealed: bytes, base: int | None = None) -> int:
    """Keep the sealed text that somebody is deciding on; it leaves no trace in the journal.

    `base` is the configuration that was changed; a whole file has none. Raises DraftStale.
    """
    if base is not None and plans.number_in_force(tx.db) != base:
        raise DraftStale()
    return plans.keep_draft(tx.db, sealed, base, tx.now)


def first_possible(day: Day | None, today: date) -> date:
    """The earliest date that a configuration can be planned for: never in the middle of an open day."""
    is_open = day is not None and day.label >= today
    return today + timedelta(days=1) if is_open else today


def _check_free(tx: Tx, seen: int) -> None:
    if plans.number_in_force(tx.db) != seen:
        raise ConfigurationMoved()
    plan = plans.waiting(tx.db)
    if plan is not None:
        raise PlanWaits(date=f"{plan.effective:%d/%m/%Y}")


def _check_promises(before: Centre, after: Centre, *, are_given: bool) -> None:
    if are_given and before.calling.policy is not after.calling.policy:
        raise PolicyInUse()
    if are_given and after.calling.policy is Policy.DUE and _lead(after) > _lead(before):
        raise CreditRaised()


def _check_left_out(tx: Tx, before: Centre, after: Centre) -> None:
    queues, counted = {queue.id for queue in after.queues}, {counter.number for counter in after.counters}
    busy, manned = tickets.queues_in_use(tx.db), counters.open_shifts(tx.db)
    letters = [queue.prefix for queue in before.queues if queue.id in busy - queues]
    numbers = [str(number) for number in sorted(manned) if number not in counted]
    if letters or numbers:
        raise StillInUse(what=", ".join([*letters, *numbers]))


def _lead(centre: Centre) -> int:
    return largest_lead(centre.calling, (group.credit_minutes for group in centre.classes))


def _load(tx: Tx, centre: Centre, calendar: CalendarLoaded, plan: int | None, why: str) -> int:
    _check_logins(tx, centre)
    before = tx.centre if centres.is_loaded(tx.db) else centre
    loaded = tx.record(CentreLoaded(as_data(centre), plan, why))
    tx.record(calendar)
    people.keep_people(tx.db, {person.id: (person.login, person.name) for person in centre.people})
    for person in centre.people:
        tx.record(PersonAdded(person.id, list(person.roles), person.agency, person.counter))
    if before.calling.policy is not centre.calling.policy:
        _rekey_kept(tx, before, centre)
    return loaded.seq


def _rekey_kept(tx: Tx, before: Centre, centre: Centre) -> None:
    """Who was kept over night stands among the newcomers by the new policy's key; arrival is the same in all."""
    for line in tickets.waiting_lines(tx.db).values():
        stood = {ticket.id: (ticket.key, ticket.turn) for ticket in line}
        for ticket in line_under(before, centre, line):
            if (ticket.key, ticket.turn) != stood[ticket.id]:
                turn = ticket.turn if ticket.gave_way else None
                tx.record(TicketRekeyed(ticket.id, ticket.key, ticket.priority, "policy", turn=turn))


def _check_logins(tx: Tx, centre: Centre) -> None:
    """A login belongs to one person; those of the file may change theirs among themselves."""
    own = {person.id for person in centre.people}
    taken = {login for person, (login, _) in people.names(tx.db).items() if person not in own}
    for person in centre.people:
        if person.login in taken or not person.login:
            raise LoginTaken(login=person.login)


def _drop(tx: Tx, plan: int, reason: str) -> None:
    tx.record(CentrePlanCancelled(plan, reason))
    plans.forget_names(tx.db, plan)

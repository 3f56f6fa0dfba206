"""Which configuration counts, from when, and by whose word."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.centre_rules import Calling, Policy
from domain.days import local
from domain.errors import Invalid
from domain.events import CentrePlanCancelled
from domain.routing import PRIORITY_RANK, RANK_STEP
from domain.tickets import milliseconds
from operations import configuring, managing, opening, shifts, ticketing
from operations.configuring import ConfigurationMoved, LoginTaken, NotPlanned, PlanWaits, PolicyInUse, StillInUse
from store import calendars, centres, people, plans
from store.plans import DraftGone, UnknownConfiguration
from store.writer import Tx
from tests.support.halls import MORNING, demo_calendar, demo_centre

MONDAY = date(2026, 11, 23)
STRICT = replace(demo_centre(), calling=Calling(Policy.STRICT))


def seen(hall) -> int:
    return plans.number_in_force(hall.db)


def province(name: str):
    return replace(demo_centre(), province=name)


def apply(hall, centre, who="ql03"):
    return hall.do(configuring.apply_centre, centre, demo_calendar(), seen(hall), who=who)


def plan(hall, centre, days=1, who="ql03"):
    effective = local(hall.clock()).date() + timedelta(days=days)
    return hall.do(configuring.plan_centre, centre, demo_calendar(), effective, seen(hall), who=who)


def in_force(hall) -> str:
    return centres.current(hall.db).province


def next_day(hall, days=1):
    hall.clock.forward(days=days)
    hall.do(opening.ensure_day, who="device:K1")


def test_what_is_applied_counts_at_once_and_is_in_the_history(hall):
    first = seen(hall)
    number = apply(hall, province("Mới"))
    assert in_force(hall) == "Mới"
    newest, oldest = plans.history(hall.db, 10)
    assert (newest.number, newest.who, newest.since, newest.planned) == (number, "ql03", MORNING, None)
    assert oldest.number == first


def test_an_older_configuration_comes_into_force_again_with_the_names_of_its_people(hall):
    first = seen(hall)
    apply(hall, replace(province("Mới"), people=demo_centre().people[:3]))
    again = plans.of_number(hall.db, first)
    assert again == demo_centre()
    number = apply(hall, again, who="ql02")
    assert number > first
    assert plans.in_force(hall.db) == demo_centre()
    assert plans.history(hall.db, 1)[0].who == "ql02"


def test_a_decision_on_what_is_no_longer_in_force_is_refused(hall):
    before = seen(hall)
    apply(hall, province("Mới"))
    for operation, more in ((configuring.apply_centre, ()), (configuring.plan_centre, (MONDAY + timedelta(3),))):
        with pytest.raises(ConfigurationMoved):
            hall.do(operation, province("Khác"), demo_calendar(), *more, before)
    assert in_force(hall) == "Mới"


def test_a_planned_configuration_waits_for_its_business_day(hall):
    hall.do(opening.ensure_day)
    number = plan(hall, province("Mới"), days=2)
    found = plans.waiting(hall.db)
    assert (found.number, found.effective, found.who) == (number, MONDAY + timedelta(days=2), "ql03")
    assert plans.named(hall.db, found) == province("Mới")
    next_day(hall)
    assert in_force(hall) == "Vạn Xuân"
    next_day(hall, days=3)
    assert in_force(hall) == "Mới"
    newest = plans.history(hall.db, 1)[0]
    assert (newest.who, newest.planned, newest.since) == ("ql03", MORNING, hall.clock())
    assert plans.waiting(hall.db) is None
    assert hall.one("SELECT count(*) FROM planned_people") == 0
    assert calendars.current(hall.db) == demo_calendar()


def test_the_first_number_of_the_day_has_a_key_of_the_new_policy(hall):
    hall.do(ticketing.take_ticket, "ho-tich")
    plan(hall, STRICT)
    hall.clock.forward(days=1)
    elderly = hall.do(ticketing.take_ticket, "ho-tich", "vi", "cao-tuoi")
    assert centres.current(hall.db).calling.policy is Policy.STRICT
    assert elderly.key == milliseconds(elderly.arrived_at) - PRIORITY_RANK * RANK_STEP


def test_the_first_shift_of_the_day_finds_the_new_counters(hall):
    hall.do(opening.ensure_day)
    more = replace(demo_centre().counters[0], number=77)
    plan(hall, replace(demo_centre(), counters=(*demo_centre().counters, more)))
    hall.clock.forward(days=1)
    assert hall.do(shifts.open_shift, 77, "cb01").counter == 77


def test_names_of_a_plan_reach_the_people_with_it_and_not_before(hall):
    hall.do(opening.ensure_day)
    renamed = replace(demo_centre().people[0], name="Tên Mới", login="ten-moi")
    plan(hall, replace(demo_centre(), people=(renamed, *demo_centre().people[1:])))
    assert people.by_login(hall.db, "ten-moi") is None
    next_day(hall)
    assert people.by_login(hall.db, "ten-moi")[0].name == "Tên Mới"


def test_a_plan_that_was_cancelled_never_comes(hall):
    hall.do(opening.ensure_day)
    number = plan(hall, province("Mới"))
    hall.do(configuring.cancel_plan, number)
    assert plans.waiting(hall.db) is None
    assert hall.one("SELECT count(*) FROM planned_people") == 0
    next_day(hall)
    assert in_force(hall) == "Vạn Xuân"
    for gone in (number, 0, 99999):
        with pytest.raises(NotPlanned):
            hall.do(configuring.cancel_plan, gone)


def test_nothing_is_changed_behind_the_back_of_a_plan(hall):
    hall.do(opening.ensure_day)
    plan(hall, province("Mới"))
    with pytest.raises(PlanWaits) as refusal:
        apply(hall, province("Khác"))
    assert refusal.value.arguments == {"date": "24/11/2026"}
    with pytest.raises(PlanWaits):
        plan(hall, province("Khác"), days=5)
    assert in_force(hall) == "Vạn Xuân"


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_plan_is_for_a_day_to_come(hall, days):
    hall.do(opening.ensure_day)
    with pytest.raises(Invalid):
        plan(hall, province("Mới"), days=days)


def test_without_a_date_a_plan_is_for_the_next_business_day(hall):
    for is_open, effective in ((False, MONDAY), (True, MONDAY + timedelta(days=1))):
        if is_open:
            hall.do(opening.ensure_day)
        number = hall.do(configuring.plan_centre, STRICT, demo_calendar(), None, seen(hall))
        assert plans.waiting(hall.db).effective == effective
        hall.do(configuring.cancel_plan, number)


def test_before_the_day_is_opened_a_plan_may_be_for_today(hall):
    hall.do(opening.ensure_day)
    hall.clock.forward(days=1)
    plan(hall, province("Mới"), days=0)
    hall.do(ticketing.take_ticket, "ho-tich")
    assert in_force(hall) == "Mới"


def test_a_plan_never_keeps_a_day_from_opening(hall):
    hall.do(opening.ensure_day)
    more = replace(demo_centre().people[0], id="cb99", login="moi")
    number = plan(hall, replace(province("Mới"), people=(*demo_centre().people, more)))
    hall.do(managing.add_person, "moi", "Người Mới", ["clerk"], None)
    next_day(hall)
    assert in_force(hall) == "Vạn Xuân"
    assert plans.waiting(hall.db) is None
    dropped = [recorded.event for recorded in hall.events if isinstance(recorded.event, CentrePlanCancelled)]
    assert dropped == [CentrePlanCancelled(number, "login-taken")]


def test_the_policy_never_changes_in_the_middle_of_a_day(hall):
    apply(hall, STRICT)  # before the day is open
    hall.do(ticketing.take_ticket, "ho-tich")
    with pytest.raises(PolicyInUse):
        apply(hall, demo_centre())
    apply(hall, replace(STRICT, province="Mới"))
    plan(hall, demo_centre())
    next_day(hall)
    assert centres.current(hall.db).calling.policy is Policy.DUE


def test_logins_may_change_hands_inside_the_file(hall):
    one, two, *others = demo_centre().people
    swapped = (replace(one, login=two.login), replace(two, login=one.login), *others)
    people.keep_password(hall.db, one.id, "hash")
    apply(hall, replace(demo_centre(), people=swapped))
    assert people.by_login(hall.db, two.login)[0].id == one.id
    assert people.by_login(hall.db, two.login)[1] == "hash"
    assert people.by_login(hall.db, one.login)[0].id == two.id


def test_a_login_of_somebody_else_is_refused_whole(hall):
    hall.do(managing.add_person, "moi", "Người Mới", ["clerk"], None)
    more = replace(demo_centre().people[0], id="cb99", login="moi")
    changed = replace(province("Mới"), people=(*demo_centre().people, more))
    for act in (apply, plan):
        with pytest.raises(LoginTaken):
            act(hall, changed)
    assert in_force(hall) == "Vạn Xuân"


def test_a_draft_is_kept_for_a_day(hall):
    first = hall.do(configuring.keep_draft, b"sealed")
    hall.clock.forward(hours=20)
    second = hall.do(configuring.keep_draft, b"other")
    assert [plans.draft(hall.db, n).sealed for n in (first, second)] == [b"sealed", b"other"]
    hall.clock.forward(hours=5)
    hall.do(configuring.keep_draft, b"third")
    with pytest.raises(DraftGone):
        plans.draft(hall.db, first)
    assert plans.draft(hall.db, second).sealed == b"other"


def test_no_more_drafts_than_a_centre_needs(hall):
    numbers = [hall.do(configuring.keep_draft, b"x") for _ in range(plans.MOST_DRAFTS + 5)]
    assert hall.one("SELECT count(*) FROM drafts") == plans.MOST_DRAFTS
    assert plans.draft(hall.db, numbers[-1]).sealed == b"x"


def test_a_draft_of_a_configuration_that_is_no_longer_in_force_is_refused(hall):
    base = plans.number_in_force(hall.db)
    kept = hall.do(configuring.keep_draft, b"x", base)
    assert plans.draft(hall.db, kept).base == base
    apply(hall, province("Mới"))
    with pytest.raises(configuring.DraftStale):
        hall.do(configuring.keep_draft, b"y", base)
    assert hall.one("SELECT count(*) FROM drafts") == 1


def test_a_number_that_was_no_configuration(hall):
    with pytest.raises(UnknownConfiguration):
        plans.of_number(hall.db, 99999)


def test_without_a_centre_there_is_nothing_in_force(bare):
    with pytest.raises(centres.NoCentre):
        plans.in_force(bare.db)
    assert plans.history(bare.db, 5) == []
    assert bare.do(configuring.apply_centre, demo_centre(), demo_calendar(), 0) == 1


def without(queue: str):
    """The demo without one queue, and without counter 12."""
    centre = demo_centre()
    return replace(
        centre,
        queues=tuple(found for found in centre.queues if found.id != queue),
        counters=tuple(found for found in centre.counters if found.number != 12),
    )


def test_a_queue_or_a_counter_with_people_is_not_taken_away_during_the_day(hall):
    hall.do(ticketing.take_ticket, "dat-dai")
    with pytest.raises(StillInUse) as refusal:
        apply(hall, without("dat-dai"))
    assert refusal.value.arguments == {"what": "E"}
    apply(hall, without("xay-dung"))
    apply(hall, demo_centre())
    hall.do(shifts.open_shift, 12, "cb12")
    with pytest.raises(StillInUse) as refusal:
        apply(hall, without("xay-dung"))
    assert refusal.value.arguments == {"what": "12"}
    plan(hall, without("dat-dai"))
    next_day(hall)
    assert "dat-dai" not in {queue.id for queue in centres.current(hall.db).queues}


@pytest.mark.planted
def test_a_number_given_by_yesterdays_rules_is_caught(hall, monkeypatch):
    """The first one to come would read the configuration before the day is opened."""
    stale = centres.current(hall.db)
    monkeypatch.setattr(Tx, "centre", property(lambda tx: stale))
    with pytest.raises(AssertionError):
        test_the_first_number_of_the_day_has_a_key_of_the_new_policy(hall)


def test_a_plan_that_would_strand_people_kept_over_night_is_dropped(hall):
    hall.do(ticketing.take_ticket, "dat-dai")
    hall.do(managing.keep_queue, "dat-dai", "mất điện")
    plan(hall, without("dat-dai"))
    next_day(hall)
    assert any(queue.id == "dat-dai" for queue in centres.current(hall.db).queues)
    assert plans.waiting(hall.db) is None
    assert hall.one("SELECT count(*) FROM tickets WHERE state = 'waiting' AND queue = 'dat-dai'") == 1

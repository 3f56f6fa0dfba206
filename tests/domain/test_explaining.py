"""Every call has a sentence, and its times are those that its key follows from; so has everybody who is passed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import explaining
from domain.centre_rules import Calling, Policy
from domain.days import local
from domain.explaining import Called, Change, Passed, Passing, Sent, passed, why
from domain.routing import OutOfOrder, key_of
from domain.tickets import Ticket, TicketState, milliseconds

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday 08:00 in Hà Nội
CREDIT = 60
RULES = Calling()


def at(clock: str) -> datetime:
    """This time of Monday, local."""
    hour, minute = map(int, clock.split(":"))
    return local(MORNING).replace(hour=hour, minute=minute).astimezone(UTC)


def a_call(came: str = "08:52", called: str = "10:00", policy: Policy = Policy.DUE, **facts: object) -> Called:
    """A call of somebody who came then; the key is what the rules give, unless it is named."""
    base = facts.get("base") or at(came)
    claims = {"credit_minutes": CREDIT if facts.get("has_class") else None, "slot": facts.get("slot")}
    key = key_of(policy, base, calling=RULES, **claims)
    known = {"reason": "", "key": key, "arrived": at(came), "base": base}
    return Called(ticket=7, at=at(called), policy=policy, **{**known, **facts})


def said(called: Called, rules: Calling = RULES) -> str:
    found = why(called, rules)
    return found.text % found.times


SENTENCES = {
    "đến 08:52, không ai đang chờ có mốc sớm hơn": a_call(),
    "diện ưu tiên, đến 09:10, tính như đến lúc 08:10, sớm nhất trong các hàng của quầy này": a_call(
        "09:10", has_class=True
    ),
    "hẹn 09:00, tính như đến lúc 08:30, sớm nhất trong các hàng của quầy này": a_call("09:10", slot=at("09:00")),
    "hẹn 09:00 nhưng đến muộn lúc 09:11, tính như đến lúc 08:41, sớm nhất ở quầy này": a_call(
        "09:11", slot=at("09:00")
    ),
    "vắng quá hạn và quay lại lúc 09:30, tính từ lúc đó": a_call(base=at("09:30"), change=Change.RETURNED),
    "vắng quá hạn và quay lại lúc 09:30, tính như đến lúc 08:30": a_call(
        base=at("09:30"), change=Change.RETURNED, has_class=True
    ),
    "đến 08:52, vắng khi được gọi nhưng quay lại trong hạn, giữ mốc gọi 08:52": a_call(change=Change.BACK_IN_TIME),
    "xin thêm thời gian, xếp sau vài số; mốc gọi 09:03": a_call(
        key=milliseconds(at("09:03")), change=Change.DELAYED
    ),
    "được chuyển đến quầy này, giữ lần đến đầu lúc 08:52, mốc gọi 08:52": a_call(sent=Sent.COUNTER),
    "được chuyển đến cán bộ này, giữ lần đến đầu lúc 08:52, mốc gọi 07:52": a_call(
        sent=Sent.PERSON, has_class=True
    ),
    "được chuyển từ hàng khác, giữ lần đến đầu lúc 08:52, mốc gọi 08:52": a_call(sent=Sent.QUEUE),
    "đã được gọi lúc 09:01 và tạm gác ở quầy này, nay gọi lại": a_call(
        reason=OutOfOrder.PARKED, set_aside=at("09:01")
    ),
    "gọi ngoài thứ tự": a_call(reason=OutOfOrder.URGENT),
    "số giữ lại từ ngày 20/11, đến 16:40 hôm đó, trước mọi số của hôm nay": a_call(
        "16:40", base=at("16:40") - timedelta(days=3), kept_from=date(2026, 11, 20)
    ),
    "diện được gọi trước theo quy định của trung tâm, đến 09:10": a_call(
        "09:10", policy=Policy.STRICT, has_class=True
    ),
    "hẹn 09:00, được gọi trước theo quy định của trung tâm, đến 09:05": a_call(
        "09:05", policy=Policy.STRICT, slot=at("09:00")
    ),
    "đến 09:30, sớm nhất khi không còn ai thuộc diện được gọi trước": a_call(
        "09:30", policy=Policy.STRICT, slot=at("09:00")
    ),
    "đến 08:52, sớm nhất trong nhóm số thường, theo tỷ lệ 2 : 1 của trung tâm": a_call(policy=Policy.RATIO),
    "đến 08:52, sớm nhất trong nhóm được gọi trước, theo tỷ lệ 2 : 1 của trung tâm": a_call(
        policy=Policy.RATIO, has_class=True
    ),
    "đến 08:53, không ai đang chờ có mốc sớm hơn": a_call("08:53", policy=Policy.FIRST_COME, has_class=True),
    "đến 08:52, mốc gọi 07:52, không ai đang chờ có mốc sớm hơn": replace(
        a_call(has_class=True), policy=Policy.STRICT
    ),
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_sentence_of_a_call(sentence: str) -> None:
    assert said(SENTENCES[sentence]) == sentence


def test_every_sentence_has_an_example() -> None:
    texts = {text for name, text in vars(explaining).items() if name.isupper() and isinstance(text, str)}
    assert texts == {why(called, RULES).text for called in SENTENCES.values()}


def test_a_class_and_an_appointment_are_explained_by_the_better_one() -> None:
    both = {"has_class": True, "slot": at("09:00")}
    assert said(a_call("08:45", **both)).startswith("diện ưu tiên, đến 08:45, tính như đến lúc 07:45")
    assert said(a_call("09:45", **both)).startswith("diện ưu tiên, đến 09:45, tính như đến lúc 08:45")
    early = Calling(appointment_credit_minutes=90)
    booked = replace(a_call("08:45", **both), key=milliseconds(at("07:30")))
    assert said(booked, early) == "hẹn 09:00, tính như đến lúc 07:30, sớm nhất trong các hàng của quầy này"


def test_a_clock_that_went_back_is_no_absence() -> None:
    assert said(a_call("08:00", base=at("09:00"))) == "đến 09:00, không ai đang chờ có mốc sớm hơn"


minutes = st.integers(0, 8 * 60)


@st.composite
def calls(draw: st.DrawFn) -> Called:
    """Any call that the rules can make, in every policy; sometimes with a key given under another one."""
    came = MORNING + timedelta(minutes=draw(minutes), seconds=draw(st.integers(0, 59)))
    returned = draw(st.booleans())
    base = came + timedelta(minutes=draw(st.integers(11, 90))) if returned else came
    slot = draw(st.none() | st.builds(lambda m: came + timedelta(minutes=m), st.integers(-60, 60)))
    has_class, policy = draw(st.booleans()), draw(st.sampled_from(Policy))
    given_under = draw(st.sampled_from([policy, policy, *Policy]))
    key = key_of(given_under, base, credit_minutes=CREDIT if has_class else None, slot=slot, calling=RULES)
    stayed = [Change.NONE, Change.NONE, Change.DELAYED, Change.BACK_IN_TIME]
    change = Change.RETURNED if returned else draw(st.sampled_from(stayed))
    if change is Change.DELAYED:
        key += draw(st.integers(1, 40)) * 60_000
    called = Called(
        1, came + timedelta(hours=3), policy, "", key, came, base, slot, has_class,
        draw(st.sampled_from([Sent.NOWHERE, Sent.NOWHERE, *Sent])), change,
    )  # fmt: skip
    return replace(called, kept_from=draw(st.sampled_from([None, local(came).date()])))


def check_times(called: Called, text: str, times: dict[str, str]) -> None:
    """Every time in the sentence is one that the key follows from, and those that are not said do not decide."""
    due, clock = called.due, "{:%H:%M}".format
    shown = {name: value for name, value in times.items() if f"%({name})s" in text}
    for name, instant in (("due", due), ("came", called.came), ("base", called.base), ("slot", called.slot)):
        if name in shown:
            assert instant is not None
            assert shown[name] == clock(local(instant))
    if called.reason:
        return  # a person decided, no key
    if "due" not in shown and "day" not in shown:
        assert milliseconds(due) in (milliseconds(called.base), milliseconds(called.came))
    if text == explaining.BOOKED:
        assert called.slot is not None
        assert called.key == milliseconds(called.slot - timedelta(minutes=RULES.appointment_credit_minutes))
    if text == explaining.BOOKED_LATE:
        assert called.slot is not None
        assert called.base > called.slot + timedelta(minutes=RULES.late_minutes)
        assert called.key == milliseconds(called.base - timedelta(minutes=RULES.appointment_credit_minutes))
    if text == explaining.PRIORITY:
        assert called.key == milliseconds(called.base - timedelta(minutes=CREDIT))
    if text == explaining.ARRIVED:
        assert milliseconds(due) == milliseconds(called.came)


@given(calls())
def test_every_call_has_a_sentence_whose_times_are_those_of_its_key(called: Called) -> None:
    found = why(called, RULES)
    assert found.text % found.times
    check_times(called, found.text, found.times)


@pytest.mark.planted
def test_planted_sentence_with_a_time_that_decides_nothing_is_found() -> None:
    called = a_call("09:10", has_class=True)
    with pytest.raises(AssertionError):
        check_times(called, explaining.ARRIVED, {"came": "09:10"})


# -- who went before


def waiting(came: str = "09:00", key: datetime | None = None) -> Ticket:
    number = milliseconds(key or at(came))
    return Ticket(3, 1, "ho-tich", "A", 12, TicketState.WAITING, number, at(came), 4, "vi", base=at(came))


def another(ticket: int, came: str, **facts: object) -> Called:
    return replace(a_call(came, "09:40", **facts), ticket=ticket)


PASSES = {
    Passing.APPOINTMENT: ({"slot": at("09:15")}, Passed(Passing.APPOINTMENT, 1, slot="09:15")),
    Passing.PRIORITY: ({"has_class": True}, Passed(Passing.PRIORITY, 1)),
    Passing.SENT: ({"sent": Sent.COUNTER, "key": 0}, Passed(Passing.SENT, 1)),
    Passing.RETURNED: ({"change": Change.RETURNED, "key": 0}, Passed(Passing.RETURNED, 1)),
    Passing.SET_ASIDE: ({"set_aside": at("09:20"), "reason": "parked"}, Passed(Passing.SET_ASIDE, 1)),
    Passing.OUT_OF_ORDER: ({"reason": "urgent"}, Passed(Passing.OUT_OF_ORDER, 1, reason="urgent")),
    Passing.RATIO: ({"policy": Policy.RATIO}, Passed(Passing.RATIO, 1)),
}


@pytest.mark.parametrize("kind", PASSES)
def test_who_came_later_and_went_before_is_told_by_cause(kind: Passing) -> None:
    facts, told = PASSES[kind]
    assert passed(waiting(), at("09:00"), False, [another(8, "09:10", **facts)], RULES) == [told]


def test_my_own_wish_for_more_time_is_told_as_such() -> None:
    mine = waiting(key=at("09:25"))
    later = [another(8, "09:20"), another(9, "09:24", has_class=True)]
    told = [Passed(Passing.PRIORITY, 1), Passed(Passing.YIELDED, 1)]
    assert passed(mine, at("09:26"), True, later, RULES) == told


def test_causes_are_counted_and_nobody_twice() -> None:
    booked = [another(n, "09:10", slot=at(slot)) for n, slot in ((4, "09:15"), (5, "09:30"), (6, "09:15"))]
    told = passed(waiting(), at("09:00"), False, [*booked, booked[0], another(8, "09:05", has_class=True)], RULES)
    assert told == [
        Passed(Passing.APPOINTMENT, 2, slot="09:15"), Passed(Passing.APPOINTMENT, 1, slot="09:30"),
        Passed(Passing.PRIORITY, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("since", "called"),
    [
        ("09:00", another(8, "08:59", has_class=True)),  # came earlier
        ("09:41", another(8, "09:10", has_class=True)),  # this one did not wait yet, or not so
        ("09:00", another(3, "09:10", has_class=True)),  # this one itself
        ("09:00", another(8, "09:10")),  # at a counter that did not serve this queue then
    ],
)
def test_who_passed_nobody_is_not_told(since: str, called: Called) -> None:
    assert passed(waiting(), at(since), False, [called], RULES) == []

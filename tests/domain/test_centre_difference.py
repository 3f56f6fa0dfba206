"""What a person reads before agreeing to another configuration."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings

from domain.calendar import DayKind
from domain.centre_difference import HIDDEN, LONGEST, differences
from domain.centre_rules import Calling, DayOverride, Policy
from domain.centres import as_data, from_data, read_centre
from domain.records import plain
from tests.domain.test_centre_toml import DEMO, centres
from tests.support.sizes import size

TEXT = (Path(__file__).parents[2] / "commands" / "demo" / "centre.toml").read_text(encoding="utf-8")


def changed(**parts):
    return differences(DEMO, replace(DEMO, **parts))


def lines(found) -> list[str]:
    return [difference.line() for difference in found]


def test_the_same_file_has_no_difference() -> None:
    assert differences(DEMO, read_centre(TEXT)) == ()


def test_a_value_is_named_by_the_id_of_its_part() -> None:
    queue = replace(DEMO.queues[0], mean_minutes=15, daily_limit=80, title=replace(DEMO.queues[0].title, vi="Hộ"))
    assert lines(changed(queues=(queue, *DEMO.queues[1:]))) == [
        '~ queues[ho-tich].title.vi: "Hộ tịch" -> "Hộ"',
        "~ queues[ho-tich].mean_minutes: 12 -> 15",
        "+ queues[ho-tich].daily_limit = 80",
    ]


def test_parts_that_came_and_went_and_the_order_of_those_that_stayed() -> None:
    more = replace(DEMO.queues[0], id="moi", prefix="X")
    found = changed(queues=(DEMO.queues[2], DEMO.queues[1], *DEMO.queues[3:], more))
    assert [(d.kind, d.path) for d in found] == [
        ("removed", "queues[ho-tich]"), ("added", "queues[moi]"), ("changed", "queues"),
    ]  # fmt: skip
    assert '"prefix": "X"' in found[1].after
    assert found[2].before.startswith('["chung-thuc", "cu-tru"') != found[2].after.startswith('["chung-thuc"')


def test_rules_days_counters_and_the_portal() -> None:
    override = DayOverride(date(2026, 12, 24), DayKind.OFF, "Nghỉ")
    counter = replace(DEMO.counters[3], accessible=not DEMO.counters[3].accessible)
    found = changed(
        calling=Calling(Policy.STRICT), days=(*DEMO.days, override), portal=None,
        counters=(*DEMO.counters[:3], counter, *DEMO.counters[4:]),
    )  # fmt: skip
    assert {d.path: d.kind for d in found} == {
        "calling.policy": "changed", "days[2026-12-24]": "added", "portal": "removed",
        "counters[4].accessible": "changed",
    }  # fmt: skip
    assert '~ calling.policy: "due" -> "strict"' in lines(found)


def test_names_of_people_are_never_told() -> None:
    person = replace(DEMO.people[0], name="Trần Bí Mật", login="bimat", counter=2)
    more = replace(DEMO.people[1], id="moi", name="Lê Kín", login="lekin")
    found = changed(people=(person, *DEMO.people[2:], more))
    assert [d.path for d in found] == [
        f"people[{person.id}].login", f"people[{person.id}].name", f"people[{person.id}].counter",
        f"people[{DEMO.people[1].id}]", "people[moi]",
    ]  # fmt: skip
    assert found[0].before == found[0].after == HIDDEN
    told = "\n".join(lines(found))
    for name in (*(p.name for p in DEMO.people), *(p.login for p in DEMO.people), "Bí Mật", "bimat", "Kín"):
        assert name not in told


def test_a_side_without_names_has_the_same_people() -> None:
    assert differences(from_data(as_data(DEMO)), DEMO) == differences(DEMO, from_data(as_data(DEMO))) == ()


def test_a_line_is_never_endless() -> None:
    found = changed(queues=(), procedures=())
    assert max(len(d.before) for d in found) <= LONGEST


@settings(max_examples=size("centre-difference", 30, 1000), deadline=None)
@given(centres(), centres())
def test_no_line_exactly_where_nothing_differs(one, other) -> None:
    assert bool(differences(one, other)) is (plain(one) != plain(other))
    assert len(differences(one, other)) == len(differences(other, one))


@pytest.mark.planted
def test_a_comparison_that_tells_names_is_caught(monkeypatch) -> None:
    monkeypatch.setattr("domain.centre_difference.PERSONAL", frozenset())
    with pytest.raises(AssertionError):
        test_names_of_people_are_never_told()

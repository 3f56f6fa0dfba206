"""Queues without a counter, or without one for wheelchairs: said in the morning, and when skills were changed."""

from dataclasses import replace

import pytest

from operations import managing, shifts, ticketing
from tests.admin.test_floor import Floor
from tests.admin.test_morning import Morning
from tests.support.asking import NO_PRINTERS
from tests.support.halls import HandClock, demo_calendar, demo_centre
from tests.support.servers import running

ALONE = "Sau khi đổi hàng ở quầy, hàng %s không còn quầy nào: hãy trả lại cho một quầy."
STEEP = "Sau khi đổi hàng ở quầy, hàng %s không còn quầy nào có lối xe lăn: hãy trả lại."
NOT_OPEN = "Chưa mở quầy nào có lối xe lăn: mở quầy %s, hoặc đổi hàng cho quầy có lối xe lăn."


@pytest.fixture
def server(tmp_path):
    with running(tmp_path / "data", now=HandClock(), printer_of=NO_PRINTERS) as found:
        yield found


@pytest.fixture
def floor(server):
    """Counters 1 (for wheelchairs), 2 and 3 are open: queues ho-tich (A) and chung-thuc (B or C)."""
    found = Floor(server, None)
    found.sit(1, 2, 3)
    return found


@pytest.fixture
def letter():
    return {queue.id: queue.prefix for queue in demo_centre().queues}


def test_as_configured_nothing_is_said(floor):
    assert floor.notices() == []


def test_a_change_that_takes_the_last_counter_of_a_queue_is_noticed_until_it_is_undone(floor, letter):
    for counter in (1, 2, 3):
        floor.do(shifts.set_skills, counter, ["ho-tich"], [])
    assert floor.notices() == [ALONE % letter["chung-thuc"]]
    floor.do(shifts.set_skills, 1, ["ho-tich"], ["chung-thuc"])
    assert floor.notices() == []


def test_a_change_that_takes_the_last_counter_for_wheelchairs_is_noticed(floor, letter):
    floor.do(shifts.set_skills, 1, ["ho-tich"], [])
    assert floor.notices() == [STEEP % letter["chung-thuc"]]
    floor.do(shifts.set_skills, 1, ["chung-thuc"], [])
    assert floor.notices() == [STEEP % letter["ho-tich"]]
    floor.do(shifts.set_skills, 1, ["ho-tich"], ["chung-thuc"])
    assert floor.notices() == []


def test_where_people_wait_one_sentence_is_enough(floor, letter):
    for counter in (1, 2, 3):
        floor.do(shifts.set_skills, counter, ["ho-tich"], [])
    floor.do(ticketing.take_ticket, "chung-thuc")
    (only,) = floor.notices()
    assert only.startswith(f"Chưa quầy nào phục vụ hàng {letter['chung-thuc']} (1)")


@pytest.mark.parametrize("away", [shifts.close_shift, lambda tx, *at: shifts.pause(tx, *at, "break", 5)])
def test_a_counter_that_closes_or_rests_is_no_change_of_skills(floor, away):
    floor.do(away, 1, "cb01")
    assert floor.notices() == []


def test_a_stopped_queue_needs_no_counter(floor):
    for counter in (1, 2, 3):
        floor.do(shifts.set_skills, counter, ["ho-tich"], [])
    floor.do(managing.stop_queue, "chung-thuc", "Họp")
    assert floor.notices() == []


def test_in_the_morning_every_queue_wants_a_counter_for_wheelchairs(server, letter):
    morning = Morning(server, HandClock())
    morning.man_every_queue()
    assert "Quầy" in morning.look()[1]
    morning.do(shifts.close_shift, 5, "cb05")
    wrong = morning.look()[0]
    for queue in ("cu-tru", "giay-to"):
        name = next(name for name in wrong if name.startswith(f"{letter[queue]} · "))
        assert wrong[name] == NOT_OPEN % "5"
    for queue in ("cu-tru", "giay-to"):
        morning.do(managing.stop_queue, queue, "Họp")
    assert "Quầy" in morning.look()[1]


def test_a_queue_that_no_wheelchair_reaches_by_configuration_is_named_with_the_remedy(server, letter):
    counters = tuple(replace(counter, accessible=counter.number != 8) for counter in demo_centre().counters)
    steep = replace(
        demo_centre(), counters=tuple(replace(c, secondary=()) if c.number == 4 else c for c in counters)
    )
    morning = Morning(server, HandClock())
    morning.do(managing.load_centre, steep, demo_calendar())
    morning.man_every_queue()
    wrong = morning.look()[0]
    (name,) = [name for name, words in wrong.items() if words.startswith("Không quầy nào của hàng này có lối")]
    assert name.startswith(f"{letter['tra-ket-qua']} · ")

"""What managers are told of the estimates: how good they were, the chance before closing, which counter to open."""

from dataclasses import replace

import pytest

from domain.centre_rules import Window, WindowKind
from operations import calling, managing, moving, ticketing
from store.writer import Act
from tests.support.asking import NO_PRINTERS, QUEUE
from tests.support.forecasts import refresh
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre
from tests.support.servers import running

OFFICE = Window(WindowKind.SERVICE, (("07:30", "11:30"), ("13:30", "17:00")))


@pytest.fixture
def clock():
    return HandClock(MORNING)


@pytest.fixture
def centre(tmp_path, clock):
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        changed = replace(demo_centre(), windows=(OFFICE,))
        server.store.write_now(Act("t"), managing.load_centre, changed, demo_calendar())
        yield server


def fill(centre, people: int) -> None:
    centre.open_shift("cb01", 1)
    for _ in range(people):
        centre.store.write_now(Act("t"), ticketing.take_ticket, QUEUE)
    centre.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")
    refresh(centre)


def test_the_report_judges_each_estimate_by_the_wait_that_followed(centre, clock):
    fill(centre, 6)
    for _ in range(5):
        clock.forward(minutes=8)
        centre.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")
    page = centre.client("ql01").get("/admin/reports/estimates").text
    assert "Sai số ước tính theo hàng" in page and "A · Hộ tịch" in page
    table = centre.client("ql01").get("/admin/reports/estimates?as=csv&table=estimates").text
    name, count, wait, *_ = table.splitlines()[1].split(",")
    assert (name, count, wait) == ("A · Hộ tịch", "5", "24.0")


def test_every_number_has_its_estimate_and_what_became_of_it(centre, clock):
    """Who is called, does not come, leaves, is called before a board has seen the number, or never is."""
    do = centre.store.write_now
    centre.open_shift("cb01", 1)
    refresh(centre)
    for _ in range(5):
        do(Act("t"), ticketing.take_ticket, QUEUE)
    do(Act("cb01"), calling.call_next, 1, "cb01")
    refresh(centre)
    clock.forward(minutes=8)
    do(Act("cb01"), calling.call_next, 1, "cb01")
    do(Act("cb01"), calling.mark_absent, 1, "cb01")
    waiting = [row[0] for row in centre.store.read(all_of, "SELECT id FROM tickets WHERE state = 'waiting'")]
    do(Act("cb01"), moving.leave, waiting[-1])
    refresh(centre)
    newest = do(Act("t"), ticketing.take_ticket, QUEUE)
    do(Act("cb01"), calling.call_this, 1, "cb01", newest.id, "frail")
    do(Act("cb01"), calling.finish, 1, "cb01")
    clock.forward(days=2)
    do(Act("t"), ticketing.take_ticket, QUEUE)
    found = centre.store.read(all_of, FATES)
    assert found == [
        ("called", "finished", "slip"), ("called", "absent", "first-days"), ("never", "unserved", "first-days"),
        ("never", "unserved", "first-days"), ("never", "left", "first-days"), ("called", "finished", "slip"),
    ]  # fmt: skip
    page = "/admin/reports/estimates?from=2026-11-23&to=2026-11-23&as=csv&table=estimates"
    row = centre.client("ql01").get(page).text.splitlines()[1].split(",")
    assert (row[1], row[-1]) == ("1", "3"), "a slip's range is not judged"


FATES = (
    "SELECT iif(e.called_at IS NULL, 'never', 'called'), t.state, e.method"
    " FROM tickets t LEFT JOIN estimates e ON e.ticket = t.id WHERE t.day = 1 ORDER BY t.id"
)


def all_of(db, sql):
    return db.execute(sql).fetchall()


def test_a_manager_is_told_which_counter_to_open(centre, clock):
    fill(centre, 9)
    page = centre.client("ql01").get(f"/admin/floor/queues/{QUEUE}").text
    assert "Nếu mở thêm một quầy" in page and "Mở quầy 2" in page
    assert "ước tính ban đầu" in page
    clock.forward(minutes=50)
    floor = centre.client("ql01").get("/admin/floor").text
    assert f'/admin/floor/queues/{QUEUE}#advice"' in floor


def test_before_any_board_the_page_of_a_queue_is_calm(centre):
    page = centre.client("ql01").get(f"/admin/floor/queues/{QUEUE}").text
    assert "chưa đủ số liệu" in page or "chưa có quầy" in page
    assert "→" not in page


def test_the_chance_before_closing_is_shown_and_decides(centre, clock):
    """The played chance replaces the simple rule; with an old board the simple one stands in."""
    clock.at("16:10")
    fill(centre, 2)
    page = centre.client("ql01").get(f"/admin/floor/queues/{QUEUE}").text
    assert "Được gọi trước giờ đóng cửa" in page
    chance = centre.store.waits.newcomers[QUEUE, None].chance
    assert chance is not None and 0 <= chance <= 1
    assert refused(centre) == (chance < 0.9)


def refused(centre) -> bool:
    try:
        centre.store.write_now(Act("t"), ticketing.take_ticket, QUEUE)
    except Exception as error:
        assert type(error).__name__ == "TooLateToday"
        return True
    return False


@pytest.mark.parametrize(("at", "closed"), [("13:33", False), ("15:00", False), ("16:55", True)])
@pytest.mark.parametrize("has_board", [True, False])
def test_clerks_who_are_late_from_lunch_have_not_filled_the_queue(centre, clock, at, closed, has_board):
    """At 13:33 everybody was sent home until another day, because nobody had sat down again yet."""
    clock.at(at)
    if has_board:
        refresh(centre)
    assert refused(centre) is closed


@pytest.mark.parametrize(("chance", "closed"), [(0.89, True), (0.9, False), (None, False)])
def test_the_kiosk_closes_below_nine_in_ten(centre, clock, chance, closed):
    clock.at("16:10")
    fill(centre, 1)
    board = centre.store.waits
    told = replace(board.newcomers[QUEUE, None], chance=chance, refused=False)
    centre.store.publish_waits(replace(board, newcomers={(QUEUE, None): told}))
    assert refused(centre) is closed


@pytest.mark.parametrize(("chance", "closed"), [(0.94, True), (0.95, False)])
def test_a_queue_that_was_closed_opens_again_at_nineteen_in_twenty(centre, clock, chance, closed):
    clock.at("16:10")
    fill(centre, 1)
    board = centre.store.waits
    told = replace(board.newcomers[QUEUE, None], chance=chance, refused=True)
    centre.store.publish_waits(replace(board, newcomers={(QUEUE, None): told}))
    assert refused(centre) is closed


@pytest.mark.planted
def test_planted_a_rule_that_does_not_read_the_board_is_found(centre, clock, monkeypatch):
    monkeypatch.setattr("domain.waiting.boards.WaitBoard.newcomer", lambda *_: None)
    with pytest.raises(AssertionError):
        test_the_kiosk_closes_below_nine_in_ten(centre, clock, 0.89, closed=True)

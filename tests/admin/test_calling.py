"""The page of the calling policy: what each would have done, and a choice that counts from the next day."""

import re
from datetime import timedelta

import pytest

from admin import calling
from domain.centre_rules import Policy
from operations import calling as calls
from operations import configuring, opening, shifts, ticketing
from store import centres, plans
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser, request_id
from tests.support.halls import MORNING, HandClock, demo_centre
from tests.support.servers import running


@pytest.fixture(scope="module")
def clock():
    return HandClock(MORNING)


@pytest.fixture(scope="module")
def centre(tmp_path_factory, clock):
    """A centre with one day behind it: four ordinary people and one elderly, one counter."""
    data = tmp_path_factory.mktemp("calling") / "data"
    with running(data, clock, printer_of=NO_PRINTERS) as server:
        live_a_day(server, clock)
        clock.forward(days=1)
        server.store.write_now(Act("t"), opening.ensure_day)
        yield server


def live_a_day(server, clock) -> None:
    server.open_shift("cb01", 1)
    for priority in (None, None, None, "cao-tuoi", None):
        clock.forward(minutes=1)
        server.store.write_now(Act("device:K1"), ticketing.take_ticket, "ho-tich", "vi", priority)
    for _ in range(5):
        server.store.write_now(Act("cb01"), calls.call_next, 1, "cb01")
        clock.forward(minutes=20)
        server.store.write_now(Act("cb01"), calls.finish, 1, "cb01")
    server.store.write_now(Act("cb01"), shifts.close_shift, 1, "cb01")


@pytest.fixture
def people(centre):
    found = {"manager": "ql02", "administrator": "ql03"}
    return {n: browser(centre, f"motcua-person={centre.person_cookie(person)}") for n, person in found.items()}


@pytest.fixture(autouse=True)
def no_plan(centre):
    """Every test begins without a planned configuration."""
    plan = centre.store.read(plans.waiting)
    if plan:
        centre.store.write_now(Act("t"), configuring.cancel_plan, plan.number)


def choose(administrator, **fields):
    page = administrator.get("/admin/calling").text
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    form = {"why": "Thử", "policy": "strict", "ratio": "2", "seen": seen, "request_id": request_id()} | fields
    return administrator.post("/admin/calling/plans", data=form)


def test_the_policy_and_the_classes_are_shown(people):
    page = people["manager"].get("/admin/calling").text
    assert calling.POLICIES[Policy.DUE] in page
    for group in demo_centre().classes:
        assert group.label.vi in page
        assert group.legal_basis in page
    assert '<table class="trial">' not in page, "nobody asked for it"


def rows_of(page: str) -> dict[str, list[str]]:
    """The cells of each row of the trial."""
    table = page[page.index('class="trial"') : page.index("</table>", page.index('class="trial"'))]
    found = {}
    for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL):
        cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        found[cells[0]] = cells[1:]
    return found


def test_every_policy_is_tried_on_the_days_that_have_passed(people):
    page = people["manager"].get("/admin/calling?try=1&ratio=2").text
    found = rows_of(page)
    elderly = found[demo_centre().classes[0].label.vi]
    # Played from 08:01 on with 20 minutes each: due and strict call the elderly second, first come fourth.
    assert elderly[:4] == ["1", "17", "17", "0\u202f%"]
    assert elderly[4:6] == ["17", "17"]
    assert elderly[10:13] == ["57", "57", "0\u202f%"]
    assert found["Mọi người khác"][0] == "4"
    assert found["Bị người đến sau vượt, nhiều nhất (phút)"][::2] == ["2", "2", "2", "0"]


def test_two_trials_at_once_are_not_run(people):
    with calling.alone():
        assert people["manager"].get("/admin/calling?try=1").status_code == 409
    assert people["manager"].get("/admin/calling?try=1").status_code == 200


@pytest.mark.parametrize("ratio", ["0", "10", "x", "", "12", "³"])
def test_a_ratio_that_cannot_be_is_the_configured_one(people, ratio):
    page = people["manager"].get("/admin/calling", params={"try": "1", "ratio": ratio}).text
    assert "2 ưu tiên, 1 thường" in page


def test_a_manager_reads_and_an_administrator_decides(people):
    assert "/admin/calling/plans" not in people["manager"].get("/admin/calling").text
    assert choose(people["administrator"]).status_code == 303
    assert people["manager"].post("/admin/calling/plans", data={"policy": "strict"}).status_code == 403


def test_another_policy_counts_from_the_next_business_day(centre, people, clock):
    answer = choose(people["administrator"], policy="ratio", ratio="3")
    assert answer.headers["location"] == "/admin/calling"
    assert centre.store.read(centres.current).calling.policy is Policy.DUE
    tomorrow = (clock() + timedelta(days=1)).strftime("%d/%m/%Y")
    page = people["manager"].get("/admin/calling").text
    assert tomorrow in page
    assert "3 ưu tiên, 1 thường" in page
    clock.forward(days=1)
    centre.store.write_now(Act("device:K1"), ticketing.take_ticket, "ho-tich")
    rules = centre.store.read(centres.current).calling
    assert (rules.policy, rules.ratio, rules.grace_minutes) == (
        Policy.RATIO,
        3,
        demo_centre().calling.grace_minutes,
    )


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"policy": "king"}, 422),
        ({"policy": ""}, 422),
        ({"ratio": "0"}, 422),
        ({"ratio": "10"}, 422),
        ({"seen": "0"}, 409),
    ],
)
def test_a_choice_that_cannot_be_is_refused(centre, people, fields, status):
    assert choose(people["administrator"], **fields).status_code == status
    assert centre.store.read(plans.waiting) is None


def test_a_second_choice_waits_until_the_first_is_cancelled(people):
    assert choose(people["administrator"]).status_code == 303
    page = people["administrator"].get("/admin/calling").text
    assert "Hãy hủy kế hoạch đó trước" in page
    assert "/admin/calling/plans" not in page


def test_a_centre_without_a_past_says_so(tmp_path):
    with running(tmp_path / "data", HandClock(MORNING), printer_of=NO_PRINTERS) as server:
        manager = browser(server, f"motcua-person={server.person_cookie('ql02')}")
        assert "Chưa có ngày nào đã qua để thử" in manager.get("/admin/calling?try=1").text

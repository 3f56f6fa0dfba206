"""The page of the configuration: what is in force, another file in two steps, back again, planned and cancelled."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.centre_toml import write_centre
from domain.centres import read_centre
from domain.days import local
from operations import configuring, opening
from store import plans
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser, request_id, seq
from tests.support.halls import MORNING, HandClock
from tests.support.servers import running


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    data = tmp_path_factory.mktemp("centre") / "data"
    with running(data, HandClock(MORNING), printer_of=NO_PRINTERS) as server:
        server.store.write_now(Act("t"), opening.ensure_day)
        yield server


@pytest.fixture(scope="module")
def administrator(centre):
    return browser(centre, f"motcua-person={centre.person_cookie('ql03')}")


@pytest.fixture(autouse=True)
def no_plan(centre):
    """Every test begins without a planned configuration."""
    from operations import configuring

    plan = centre.store.read(plans.waiting)
    if plan:
        centre.store.write_now(Act("t"), configuring.cancel_plan, plan.number)


def in_force(centre):
    return centre.store.read(plans.in_force)


def other(centre, **changes) -> str:
    return write_centre(replace(in_force(centre), **changes))


def offered(administrator, text: str) -> str:
    """The address of the page that shows the difference of a pasted file."""
    answer = administrator.post("/admin/centre/drafts", data={"text": text})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the page's own form, and a reason."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)) | {"why": "Chuyển tỉnh"}


def decide(administrator, path: str, **more):
    return administrator.post(f"{path}/loads", data=fields(administrator.get(path).text) | more)


def test_another_file_is_shown_first_and_applied_by_a_second_press(centre, administrator):
    before = seq(centre)
    path = offered(administrator, other(centre, province="Tỉnh Khác"))
    page = administrator.get(path).text
    assert "<code>province</code>" in page
    assert "Vạn Xuân" in page
    assert "Tỉnh Khác" in page
    assert seq(centre) == before, "showing changed something"
    assert decide(administrator, path).headers["location"] == "/admin/centre"
    assert in_force(centre).province == "Tỉnh Khác"
    listed = administrator.get("/admin/centre").text
    assert f">{plans_of(centre)[0].number}</a>" in listed
    assert next(p.name for p in in_force(centre).people if p.id == "ql03") in listed


def plans_of(centre):
    return centre.store.read(plans.history, 10)


def test_an_impatient_press_loads_once(centre, administrator):
    path = offered(administrator, other(centre, province="Tỉnh Vội"))
    form = fields(administrator.get(path).text)
    before = len(plans_of(centre))
    for _ in range(3):
        assert administrator.post(f"{path}/loads", data=form).status_code == 303
    assert len(plans_of(centre)) == before + 1


def test_a_chosen_file_is_read_as_it_is(centre, administrator):
    text = other(centre, province="Tỉnh Trong Tệp")
    file = ("centre.toml", b"\xef\xbb\xbf" + text.encode(), "application/toml")
    answer = administrator.post("/admin/centre/drafts", files={"file": file}, data={"text": ""})
    assert "Tỉnh Trong Tệp" in administrator.get(answer.headers["location"]).text


def test_a_file_in_the_place_of_a_word_is_passed_over(centre, administrator):
    text = other(centre, province="Tỉnh Lạ")
    answer = administrator.post("/admin/centre/drafts", files={"request_id": ("x", b"y")}, data={"text": text})
    assert "Tỉnh Lạ" in administrator.get(answer.headers["location"]).text


def test_without_a_chosen_file_the_pasted_text_counts(centre, administrator):
    empty = ("", b"", "application/octet-stream")
    answer = administrator.post(
        "/admin/centre/drafts", files={"file": empty}, data={"text": other(centre, province="Tỉnh Dán")}
    )
    assert "Tỉnh Dán" in administrator.get(answer.headers["location"]).text


def test_every_mistake_is_told_with_its_place_reason_and_remedy(centre, administrator):
    text = other(centre).replace('prefix = "A"', 'prefix = "Đ"').replace('province = "', 'provinse = "')
    before = seq(centre)
    answer = administrator.post("/admin/centre/drafts", data={"text": text})
    assert answer.status_code == 422
    for word in ("queues[0].prefix", "Đ", "sai dạng", "dùng một chữ cái in hoa", "provinse", "có lẽ là province"):
        assert word in answer.text
    assert seq(centre) == before
    english = administrator.post("/admin/centre/drafts?lang=en", data={"text": text}).text
    assert "queues[0].prefix" in english
    assert "dùng một chữ cái in hoa" not in english


@pytest.mark.parametrize(
    ("sent", "status"), [(b"", 422), (b"\xff\xfe", 422), (b"[" * 3000, 422), (b"x" * (1024 * 1024 + 1), 413)]
)
def test_what_is_no_file_of_ours_changes_nothing(centre, administrator, sent, status):
    before = seq(centre)
    file = ("centre.toml", sent, "application/toml")
    assert administrator.post("/admin/centre/drafts", files={"file": file}).status_code == status
    assert seq(centre) == before


def test_the_same_file_has_no_button(centre, administrator):
    page = administrator.get(offered(administrator, other(centre))).text
    assert "Không có khác biệt nào" in page
    assert "/loads" not in page


def test_what_was_decided_elsewhere_in_between_is_not_overwritten(centre, administrator):
    slow = offered(administrator, other(centre, province="Tỉnh Chậm"))
    form = fields(administrator.get(slow).text)
    decide(administrator, offered(administrator, other(centre, province="Tỉnh Nhanh")))
    assert administrator.post(f"{slow}/loads", data=form).status_code == 409
    assert in_force(centre).province == "Tỉnh Nhanh"


def test_the_history_says_why(centre, administrator):
    decide(administrator, offered(administrator, other(centre, province="Tỉnh Cớ")), why="Theo quyết định 12")
    assert plans_of(centre)[0].why == "Theo quyết định 12"
    assert "Theo quyết định 12" in administrator.get("/admin/centre").text


@pytest.mark.parametrize("why", ["", " ", "x" * 201, "a\x00b"])
def test_nothing_changes_without_a_reason(centre, administrator, why):
    before = seq(centre)
    path = offered(administrator, other(centre, province="Tỉnh Im Lặng"))
    assert decide(administrator, path, why=why).status_code == 422
    assert seq(centre) == before


def test_a_planned_change_keeps_its_reason(centre, administrator):
    path = offered(administrator, other(centre, province="Tỉnh Mai"))
    decide(administrator, path, why="Từ đầu tháng", effective=f"{local(MORNING).date() + timedelta(days=1)}")
    plan = centre.store.read(plans.waiting)
    assert plan.why == "Từ đầu tháng"
    assert "Từ đầu tháng" in administrator.get("/admin/centre").text
    centre.store.write_now(Act("t"), configuring.cancel_plan, plan.number)


def test_an_older_configuration_comes_back_by_its_number(centre, administrator):
    before = plans_of(centre)[0].number
    decide(administrator, offered(administrator, other(centre, province="Tỉnh Nhầm")))
    page = administrator.get(f"/admin/centre/{before}").text
    assert "Tỉnh Nhầm" in page
    answer = administrator.post(f"/admin/centre/{before}/restorations", data=fields(page))
    assert answer.status_code == 303
    assert in_force(centre) == centre.store.read(plans.of_number, before)
    assert "/restorations" not in administrator.get(f"/admin/centre/{plans_of(centre)[0].number}").text


def test_a_later_date_is_planned_shown_and_cancelled(centre, administrator):
    path = offered(administrator, other(centre, province="Tỉnh Mai Sau"))
    tomorrow = local(MORNING).date() + timedelta(days=1)
    assert f'min="{tomorrow}"' in administrator.get(path).text
    assert decide(administrator, path, effective=tomorrow.isoformat()).status_code == 303
    assert in_force(centre).province != "Tỉnh Mai Sau"
    page = administrator.get("/admin/centre").text
    assert f"{tomorrow:%d/%m/%Y}" in page
    assert "Tỉnh Mai Sau" in page
    # Nothing else may be decided behind the plan.
    assert "/loads" not in administrator.get(offered(administrator, other(centre, province="Tỉnh Lén"))).text
    plan = centre.store.read(plans.waiting).number
    answer = administrator.post(f"/admin/centre/plans/{plan}/cancellations", data={"request_id": request_id()})
    assert answer.status_code == 303
    assert "Tỉnh Mai Sau" not in administrator.get("/admin/centre").text


@pytest.mark.parametrize("effective", ["2026-11-23", "2020-01-01", "2099-01-01", "mai", "2026-13-01"])
def test_a_date_that_cannot_be_is_refused(centre, administrator, effective):
    path = offered(administrator, other(centre, province="Tỉnh Lạc Ngày"))
    assert decide(administrator, path, effective=effective).status_code == 422
    assert centre.store.read(plans.waiting) is None


def test_the_file_that_is_taken_out_reads_back_to_what_is_in_force(centre, administrator):
    answer = administrator.get("/admin/centre/file")
    assert answer.headers["content-disposition"] == 'attachment; filename="centre.toml"'
    assert answer.headers["cache-control"] == "no-store"
    assert read_centre(answer.text) == in_force(centre)


def test_a_draft_lies_sealed_and_its_names_stand_on_no_page(centre, administrator):
    people = in_force(centre).people
    renamed = replace(people[0], name="Tô Bí Mật")
    path = offered(administrator, other(centre, people=(renamed, *people[1:])))
    page = administrator.get(path).text
    assert f"people[{renamed.id}].name" in page
    assert "Bí Mật" not in page
    rows = centre.store.read(lambda db: db.execute("SELECT sealed FROM drafts").fetchall())
    assert rows
    assert not any("Bí Mật".encode() in bytes(row[0]) or b"[[queues]]" in bytes(row[0]) for row in rows)


@pytest.mark.parametrize(
    "path", ["/admin/centre/999999", "/admin/centre/drafts/999999", "/admin/centre/1000000000"]
)
def test_what_is_not_there_is_not_found(administrator, path):
    assert administrator.get(path).status_code == 404


def test_the_first_configuration_of_a_fresh_house_comes_by_the_page(tmp_path):
    from domain.centres import Centre
    from operations import managing
    from store.store import Store
    from tests.support.halls import demo_centre

    store = Store(tmp_path / "data" / "motcua.sqlite", HandClock(MORNING))
    store.start()
    person = store.write_now(Act("t"), managing.add_person, "quan", "Người Quản", ["administrator"], None)
    store.close()
    with running(tmp_path / "data", HandClock(MORNING), printer_of=NO_PRINTERS) as server:
        visitor = browser(server, f"motcua-person={server.person_cookie(person)}")
        assert "Chưa có cấu hình nào" in visitor.get("/admin/centre").text
        path = offered(visitor, write_centre(demo_centre()))
        assert decide(visitor, path).status_code == 303
        found: Centre = in_force(server)
        assert found == demo_centre()

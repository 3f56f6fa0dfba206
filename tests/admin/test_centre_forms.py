"""The configuration by forms: nothing moves untouched, a change is a draft, what is wrong keeps its words."""

import re
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date, timedelta
from enum import Enum
from itertools import chain
from typing import Annotated, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import FormData

from admin import centre_entries
from admin.centre_fields import Field, Kind, Sheet
from admin.centre_sheets import SHEETS
from domain.centre_rules import Calling, Window, WindowKind
from domain.centre_syntax import parsed
from domain.centre_toml import write_centre
from domain.centres import Centre, read_draft
from domain.days import local
from domain.records import Among, hints_of
from operations import configuring, opening
from store import plans
from store.writer import Act
from tests.domain.test_centre_toml import DEMO, centres
from tests.support.asking import NO_PRINTERS, browser, request_id, seq
from tests.support.halls import MORNING, HandClock, demo_calendar
from tests.support.reading import forms_in
from tests.support.servers import running
from tests.support.sizes import size
from web.assets import Assets
from web.languages import LANGUAGES
from web.pages import Pages

RICH = replace(
    DEMO,
    classes=(replace(DEMO.classes[0], effective_from=date(2027, 1, 1), evidence=True), *DEMO.classes[1:]),
    queues=(replace(DEMO.queues[0], daily_limit=80, mean_minutes=7.25), *DEMO.queues[1:]),
    hours=replace(DEMO.hours, opens_day="06:45"),
    windows=(
        Window(WindowKind.TICKETS, (("07:00", "11:00"), ("13:00", "16:00")), (1, 2, 3)),
        Window(WindowKind.SERVICE, (("07:30", "11:30"),), (6, 2), ("ho-tich", "cu-tru")),
    ),
    calling=Calling(ratio=3, auto_call=True),
)
LISTS = [sheet for sheet in SHEETS.values() if sheet.is_list]
SINGLE = [sheet for sheet in SHEETS.values() if not sheet.is_list]
FIRST = "/admin/centre/drafts/0/sections"


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    data = tmp_path_factory.mktemp("centre-forms") / "data"
    with running(data, HandClock(MORNING), printer_of=NO_PRINTERS) as server:
        server.store.write_now(Act("t"), opening.ensure_day)
        yield server


@pytest.fixture(autouse=True)
def rich(centre):
    """Every test begins with the same centre, and without a plan."""
    plan = centre.store.read(plans.waiting)
    if plan:
        centre.store.write_now(Act("t"), configuring.cancel_plan, plan.number)
    if in_force(centre) != RICH:
        apply(centre, RICH)


@pytest.fixture(scope="module")
def administrator(centre):
    return browser(centre, f"motcua-person={centre.person_cookie('ql03')}")


def apply(centre, wanted: Centre) -> None:
    seen = centre.store.read(plans.number_in_force)
    centre.store.write_now(Act("ql03"), configuring.apply_centre, wanted, demo_calendar(), seen, "Thử")


def in_force(centre) -> Centre:
    return centre.store.read(plans.in_force)


def drafted(centre, path: str) -> Centre:
    """The centre of the draft at this address."""
    kept = centre.store.read(plans.draft, int(path.rsplit("/", 1)[1]))
    text = centre.app.state.house.vault.unseal(kept.sealed).decode()
    return read_draft(parsed(text))[0]


def sent(administrator, path: str, **more):
    """The form of this page, sent with some fields changed (`__` stands for a dot); its answer."""
    page = administrator.get(path)
    assert page.status_code == 200, page.text
    action, form = next((a, f) for a, f in forms_in(page.text).items() if a.startswith("/admin/centre/drafts"))
    changed = {name.replace("__", "."): value for name, value in more.items()}
    return administrator.post(action, data=form | changed)


def changed(administrator, path: str, **more) -> str:
    """The address of the draft that sending this form made."""
    answer = sent(administrator, path, **more)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def decide(administrator, path: str, **more):
    page = administrator.get(path).text
    form = forms_in(page)[f"{path}/loads"]
    return administrator.post(f"{path}/loads", data=form | {"why": "Thử"} | more)


def references(sheet: Sheet, centre: Centre = RICH) -> list[str]:
    raw = parsed(write_centre(centre))
    return [centre_entries.centre_words.reference(raw, sheet, at) for at in range(len(raw.get(sheet.key, ())))]


def entry_pages() -> list[str]:
    """The address of every form."""
    lists = [f"{FIRST}/{sheet.key}/entries/{entry}" for sheet in LISTS for entry in references(sheet)]
    return [f"{FIRST}/{sheet.key}" for sheet in SINGLE] + lists


def test_every_form_sent_untouched_changes_nothing(centre, administrator):
    before = seq(centre)
    for path in entry_pages():
        assert drafted(centre, changed(administrator, path)) == RICH, path
    assert seq(centre) == before
    page = administrator.get(changed(administrator, f"{FIRST}/queues/entries/ho-tich")).text
    assert "Không có khác biệt nào" in page
    assert "/loads" not in page


def rendered(pages: Pages, sheet: Sheet, at: int | None, raw, language: str) -> FormData:
    """What the form of an entry would send, in a language."""
    entry = raw if at is None else raw[sheet.key][at]
    asked = centre_entries.open_fields(sheet, is_new=False)
    row = pages._environments[language].get_template("admin/_field.html").module.row
    html = "".join(str(row(shown)) for shown in centre_entries.shown(asked, entry, raw, language))
    form = forms_in(f'<form action="/">{html}</form>')["/"]
    return FormData([(name, value) for name, values in form.items() for value in values])


@pytest.fixture(scope="module")
def pages():
    return Pages(Assets())


@settings(max_examples=size("centre-forms", 12, 1000), deadline=None)
@given(wanted=centres(), language=st.sampled_from(LANGUAGES))
def test_no_centre_is_changed_by_a_form_sent_untouched(pages, wanted, language):
    raw = parsed(write_centre(wanted))
    for sheet in SHEETS.values():
        for at in range(len(raw.get(sheet.key, ()))) if sheet.is_list else [None]:
            form = rendered(pages, sheet, at, raw, language)
            assert read_draft(centre_entries.changed(raw, sheet, at, form))[0] == wanted, (sheet.key, at)


@pytest.mark.planted
def test_a_form_that_forgets_the_order_is_caught(monkeypatch, pages):
    ordered = dict(centre_entries.READERS) | {
        Kind.SEVERAL: lambda *asked: sorted(centre_entries._several(*asked), key=str)
    }
    monkeypatch.setattr(centre_entries, "READERS", ordered)
    raw, sheet = parsed(write_centre(RICH)), SHEETS["windows"]
    form = rendered(pages, sheet, 1, raw, "vi")
    assert read_draft(centre_entries.changed(raw, sheet, 1, form))[0] != RICH


def keys(asked: tuple[Field, ...]) -> set[str]:
    return {one.key for one in asked}


@pytest.mark.parametrize("sheet", LISTS, ids=lambda sheet: sheet.key)
def test_a_sheet_asks_for_everything_that_its_record_has(sheet):
    assert keys(sheet.fields) == {entry.name for entry in fields(sheet.record)}
    for part in (one for one in sheet.fields if one.kind is Kind.PART):
        assert keys(part.parts) == {entry.name for entry in fields(part.record)}


def test_the_centre_has_nothing_that_no_form_asks_for():
    single = {one.key for sheet in SINGLE for one in sheet.fields}
    for entry in fields(Centre):
        if entry.name in SHEETS and SHEETS[entry.name].is_list:
            continue
        inside = [key for key in single if key.startswith(f"{entry.name}.")]
        if inside:
            record = hints_of(Centre)[entry.name]
            record = get_args(record)[0] if get_origin(record) else record
            assert {key.partition(".")[2] for key in inside} == set(keys_of(record))
        else:
            assert entry.name in single


def keys_of(record: type) -> Iterator[str]:
    """The fields of a record, those of a record inside it with its name before."""
    for one in fields(record):
        hint = hints_of(record)[one.name]
        inside = get_args(hint)[0] if get_origin(hint) is Annotated else hint
        if is_dataclass(inside):
            yield from (f"{one.name}.{key}" for key in keys_of(inside))
        else:
            yield one.name


def values_of(hint: object) -> set[object]:
    """Every value that a hint names: members of an enumeration, or those of a rule."""
    rules = [rule for rule in getattr(hint, "__metadata__", ()) if isinstance(rule, Among)]
    if rules:
        return {member.value if isinstance(member, Enum) else member for member in rules[0].choices}
    found = [hint, *chain.from_iterable(map(get_args, [hint, *get_args(hint)]))]
    kinds = [kind for kind in found if isinstance(kind, type) and issubclass(kind, Enum)]
    return {member.value for kind in kinds for member in kind}


def test_the_choices_are_those_of_the_domain():
    for sheet in LISTS:
        for one in (one for one in sheet.fields if one.choices and one.key not in ("weekdays", "roles")):
            choices = {key.value if isinstance(key, Enum) else key for key in one.choices}
            assert choices == values_of(hints_of(sheet.record)[one.key]), one.key
    for owner, key in (("calling", "policy"), ("scanner", "prefix")):
        one = SHEETS[owner].field(f"{owner}.{key}")
        record = hints_of(Centre)[owner]
        assert {getattr(choice, "value", choice) for choice in one.choices} == values_of(hints_of(record)[key])
    limit = next(one for one in SHEETS["procedures"].fields if one.key == "limit")
    unit = next(one for one in limit.parts if one.key == "unit")
    assert {choice.value for choice in unit.choices} == values_of(hints_of(limit.record)["unit"])


def test_the_page_names_every_section_with_its_count(administrator):
    page = administrator.get("/admin/centre").text
    for sheet in SHEETS.values():
        assert f'href="{FIRST}/{sheet.key}"' in page
    row = re.search(rf'{FIRST}/counters">Quầy</a> <span class="figures muted">(\d+)<', page)
    assert row
    assert row[1] == str(len(RICH.counters))


def test_one_value_is_changed_and_put_in_force(centre, administrator):
    path = changed(administrator, f"{FIRST}/queues/entries/ho-tich", mean_minutes="11,5")
    page = administrator.get(path).text
    assert "<code>queues[ho-tich].mean_minutes</code>" in page
    assert "Hàng chờ · ho-tich · Số phút cho một người" in page
    assert in_force(centre) == RICH
    assert decide(administrator, path).status_code == 303
    first, *others = RICH.queues
    assert in_force(centre) == replace(RICH, queues=(replace(first, mean_minutes=11.5), *others))


def test_a_later_date_plans_what_the_form_changed(centre, administrator):
    path = changed(administrator, f"{FIRST}/names", province="Tỉnh Mai")
    tomorrow = local(MORNING).date() + timedelta(days=1)
    assert decide(administrator, path, effective=f"{tomorrow}").status_code == 303
    assert in_force(centre) == RICH
    plan = centre.store.read(plans.waiting)
    assert centre.store.read(plans.named, plan) == replace(RICH, province="Tỉnh Mai")


NEW = {
    "agencies": {"id": "moi", "code": "H56.77", "name__vi": "Mới", "name__en": "New", "name__fr": "Neuf"},
    "halls": {"id": "moi", "name__vi": "Mới", "name__en": "New", "name__fr": "Neuf"},
    "zones": {"id": "moi", "hall": "tang-2", "name__vi": "Mới", "name__en": "New", "name__fr": "Neuf"},
    "counters": {
        "number": "77", "zone": "khu-1", "queues": ["cu-tru", "ho-tich"], "way__vi": "Đây", "way__en": "Here",
        "way__fr": "Ici",
    },
    "procedures": {
        "code": "9.999999", "queue": "cu-tru", "short_title": "Mới", "limit": "yes", "limit__amount": "3",
        "limit__unit": "working_day",
    },
    "classes": {
        "id": "moi", "label__vi": "Mới", "label__en": "New", "label__fr": "Neuf", "credit_minutes": "20",
        "legal_basis": "Nội quy", "effective_from": "2027-02-01",
    },
    "windows": {"kind": "service", "times__0__from": "07:30", "times__0__to": "11:30", "weekdays": "6"},
    "days": {"date": "2026-12-31", "kind": "off", "reason": "Quyết định 7"},
    "people": {"id": "moi", "login": "moi", "name": "Người Mới", "roles": ["clerk", "guide"], "agency": "phuong"},
    "devices": {"id": "K8", "kind": "kiosk", "name": "Mới", "zone": "khu-1", "printer": "P1"},
    "printers": {"id": "P8", "name": "Mới", "address": "tcp://192.0.2.8:9100", "width": "384"},
}  # fmt: skip


@pytest.mark.parametrize("section", NEW)
def test_an_entry_is_added_and_removed_again(centre, administrator, section):
    path = changed(administrator, f"{FIRST}/{section}/addition", **NEW[section])
    more = drafted(centre, path)
    before = getattr(more, section)[:-1]
    assert before == getattr(RICH, section)
    assert replace(more, **{section: before}) == RICH
    reference = references(SHEETS[section], more)[-1]
    listed = administrator.get(f"{path}/sections/{section}").text
    assert f"{path}/sections/{section}/entries/{reference}" in listed
    page = administrator.get(f"{path}/sections/{section}/entries/{reference}").text
    action, form = next((a, f) for a, f in forms_in(page).items() if a.endswith("/removals"))
    answer = administrator.post(action, data=form)
    assert drafted(centre, answer.headers["location"]) == RICH


def test_a_new_entry_begins_with_what_the_domain_would_take(administrator):
    form = forms_in(administrator.get(f"{FIRST}/windows/addition").text)[f"{FIRST}/windows"]
    default = next(entry.default for entry in fields(Window) if entry.name == "weekdays")
    assert default is not MISSING
    assert form["weekdays"] == [str(day) for day in default]


def test_a_new_queue_waits_in_the_draft_until_a_counter_serves_it(centre, administrator):
    queue = {
        "id": "lao-dong", "prefix": "L", "title__vi": "Lao động", "title__en": "Labour", "title__fr": "Travail",
        "agency": "phuong", "kind": "reception", "hall": "tang-1", "mean_minutes": "9", "booking": "yes",
        "booking__times__0__from": "08:00", "booking__times__0__to": "11:00",
    }  # fmt: skip
    path = changed(administrator, f"{FIRST}/queues/addition", **queue)
    page = administrator.get(path).text
    assert "chưa quầy nào phục vụ hàng này" in page
    assert "/loads" not in page
    refused = administrator.post(f"{path}/loads", data={"seen": "1", "why": "Thử", "request_id": request_id()})
    assert refused.status_code == 409
    path = changed(
        administrator, f"{path}/sections/counters/entries/1", queues=["ho-tich", "lao-dong"], secondary=[]
    )
    assert decide(administrator, path).status_code == 303
    added, served = in_force(centre).queues[-1], in_force(centre).counters[0]
    assert (added.id, added.booking.slot_minutes, added.booking.weekdays) == ("lao-dong", 30, (1, 2, 3, 4, 5))
    assert (served.queues, served.secondary) == (("ho-tich", "lao-dong"), ())


def test_several_changes_gather_in_one_draft(centre, administrator):
    path = changed(administrator, f"{FIRST}/names", province="Tỉnh Gộp")
    path = changed(administrator, f"{path}/sections/halls/entries/tang-1", name__vi="Sảnh Lớn")
    path = changed(administrator, f"{path}/sections/hours", hours__cut_off="14:30")
    page = administrator.get(path).text
    assert "Bản nháp: 3 khác biệt" in page
    assert f'href="{path}/sections"' in page
    decide(administrator, path)
    found = in_force(centre)
    assert (found.province, found.halls[0].name.vi, found.hours.cut_off) == ("Tỉnh Gộp", "Sảnh Lớn", "14:30")


@pytest.mark.parametrize(
    ("path", "typed", "told"),
    [
        ("queues/entries/ho-tich", {"prefix": "Đ"}, "sai dạng"),
        ("queues/entries/ho-tich", {"prefix": "B"}, "trùng với Hàng chờ · chung-thuc · Chữ cái"),
        ("queues/entries/ho-tich", {"mean_minutes": "mười"}, "sai kiểu"),
        ("queues/entries/ho-tich", {"mean_minutes": "9" * 5000}, "sai kiểu"),
        ("queues/entries/ho-tich", {"mean_minutes": "1e+300"}, "ngoài khoảng cho phép"),
        ("queues/entries/ho-tich", {"hall": "<b>đâu"}, "không có trong tệp này"),
        ("queues/entries/ho-tich", {"booking__times__0__to": "07:10"}, "đóng trước khi mở"),
        ("counters/entries/1", {"queues": ["ho-tich", "lạ"]}, "không có trong tệp này"),
        ("counters/entries/1", {"way__en": "x" * 201}, "dài quá"),
        ("procedures/entries/1.001193", {"limit__amount": "1.5", "limit__unit": "day"}, "không đếm được"),
        ("devices/entries/T1", {"counter": ""}, "phải thuộc một quầy"),
        ("hours", {"hours__cut_off": "23:00"}, "nằm ngoài các buổi làm việc"),
        ("names", {"agency_lines": "một dòng"}, "ghi đúng 2 mục"),
    ],
)
def test_a_mistake_stands_at_its_field_and_the_words_stay(centre, administrator, path, typed, told):
    before = seq(centre)
    answer = sent(administrator, f"{FIRST}/{path}", **typed)
    assert answer.status_code == 422
    name, value = next(iter(typed.items()))
    row = re.search(r'<div class="row wrong".*?</ul>', answer.text, re.S)
    assert row
    assert told in row[0]
    assert f'name="{name.replace("__", ".")}"' in row[0]
    form = next(f for action, f in forms_in(answer.text).items() if action.startswith("/admin/centre/drafts"))
    kept = form[name.replace("__", ".")]
    assert value in (kept, kept[0])
    assert seq(centre) == before


def test_a_mistake_elsewhere_stands_at_the_head_with_its_place(administrator):
    answer = sent(administrator, f"{FIRST}/queues/entries/ho-tich", kind="results")
    assert answer.status_code == 422
    head = re.search(r'<div class="failure" role="alert">.*?</div>', answer.text, re.S)[0]
    assert "Thủ tục · 1.001193 · Hàng tiếp nhận: hàng trả kết quả không tiếp nhận thủ tục" in head


def test_mistakes_are_told_in_the_visitors_language(administrator):
    answer = sent(administrator, f"{FIRST}/queues/entries/ho-tich", prefix="Đ")
    assert "sai dạng" in answer.text
    page = administrator.get(f"{FIRST}/queues/entries/ho-tich?lang=en").text
    form = forms_in(page)[f"{FIRST}/queues/entries/ho-tich"] | {"prefix": "Đ"}
    english = administrator.post(f"{FIRST}/queues/entries/ho-tich?lang=en", data=form)
    assert english.status_code == 422
    assert "sai dạng" not in english.text


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("halls/entries/tang-1", "Khu vực · khu-1 · Sảnh"),
        ("queues/entries/ho-tich", "Quầy · 1 · Hàng phục vụ trước"),
        ("agencies/entries/phuong", "Người làm việc · cb01 · Cơ quan"),
        ("printers/entries/P1", "Ki-ốt, màn hình, thiết bị · K1 · Máy in của ki-ốt"),
        ("counters/entries/1", "Ki-ốt, màn hình, thiết bị · T1 · Quầy của máy tính bảng"),
    ],
)
def test_what_others_speak_of_is_not_removed(centre, administrator, entry, told):
    page = administrator.get(f"{FIRST}/{entry}").text
    action = f"{FIRST}/{entry}/removals"
    answer = administrator.post(action, data=forms_in(page)[action])
    assert answer.status_code == 422
    assert told in answer.text
    assert in_force(centre) == RICH


def test_an_identity_is_not_changed_by_a_form(centre, administrator):
    page = administrator.get(f"{FIRST}/queues/entries/ho-tich").text
    assert 'name="id"' not in page
    path = changed(administrator, f"{FIRST}/queues/entries/ho-tich", id="khac")
    assert drafted(centre, path) == RICH
    path = changed(administrator, f"{FIRST}/days/entries/2026-01-02", date="2026-05-05")
    assert drafted(centre, path) == RICH


def test_what_was_put_in_force_elsewhere_is_not_taken_back(centre, administrator):
    opened = administrator.get(f"{FIRST}/names").text
    path = changed(administrator, f"{FIRST}/names", province="Tỉnh Chậm")
    slow = forms_in(administrator.get(path).text)[f"{path}/loads"] | {"why": "Thử"}
    apply(centre, replace(RICH, follow_url="https://khac.vn/follow"))
    late = forms_in(opened)[f"{FIRST}/names"] | {"province": "Tỉnh Muộn"}
    assert administrator.post(f"{FIRST}/names", data=late).status_code == 409
    assert sent(administrator, f"{path}/sections/names", province="Tỉnh Nữa").status_code == 409
    newest = str(centre.store.read(plans.number_in_force))
    for seen in (slow["seen"][0], newest):
        assert administrator.post(f"{path}/loads", data=slow | {"seen": seen}).status_code == 409
    page = administrator.get(path).text
    assert "đã được đổi ở nơi khác" in page
    assert "/loads" not in page
    assert in_force(centre) == replace(RICH, follow_url="https://khac.vn/follow")


@pytest.mark.parametrize(
    "path",
    [
        f"{FIRST}/lạ", f"{FIRST}/queues/entries/khong-co", f"{FIRST}/windows/entries/0",
        f"{FIRST}/windows/entries/3", f"{FIRST}/hours/addition", f"{FIRST}/hours/entries/1",
        "/admin/centre/drafts/999999/sections", "/admin/centre/drafts/999999/sections/queues",
        f"{FIRST}/counters/entries/01",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(centre, administrator, path):
    before = seq(centre)
    assert administrator.get(path).status_code == 404
    if path.count("/") > 5:
        answer = administrator.post(path, data={"seen": "1", "request_id": request_id()})
        assert answer.status_code in (404, 405)
    assert seq(centre) == before


def test_nobody_else_looks_in(centre):
    manager = browser(centre, f"motcua-person={centre.person_cookie('ql02')}")
    for path in (FIRST, f"{FIRST}/people", f"{FIRST}/people/entries/cb01"):
        assert manager.get(path).status_code == 403


def test_an_endless_form_is_refused(administrator):
    assert administrator.post(f"{FIRST}/names", data={"province": "x" * 70_000}).status_code == 413


def test_an_impatient_press_makes_one_draft(centre, administrator):
    form = forms_in(administrator.get(f"{FIRST}/names").text)[f"{FIRST}/names"] | {"province": "Tỉnh Vội"}
    answers = {administrator.post(f"{FIRST}/names", data=form).headers["location"] for _ in range(3)}
    assert len(answers) == 1


def test_what_is_typed_stays_words(administrator):
    hostile = '"><script>alert(1)</script>&amp;'
    path = changed(administrator, f"{FIRST}/halls/entries/tang-1", name__vi=hostile)
    for page in (path, f"{path}/sections/halls", f"{path}/sections/halls/entries/tang-1"):
        text = administrator.get(page).text
        assert "<script>alert" not in text
        assert " style=" not in text
        assert not re.search(r"\son\w+=", text)
    kept = forms_in(administrator.get(f"{path}/sections/halls/entries/tang-1").text)
    assert hostile in kept[f"{path}/sections/halls/entries/tang-1"]["name.vi"]


def test_a_long_section_is_searched(centre, administrator):
    first = RICH.procedures[0]
    many = tuple(replace(first, code=f"1.{n:06d}", short_title=f"Việc số {n}", limit=None) for n in range(300))
    apply(centre, replace(RICH, procedures=many))
    page = administrator.get(f"{FIRST}/procedures").text
    assert "và 100 mục nữa" in page
    found = administrator.get(f"{FIRST}/procedures?q=việc số 287").text
    assert "1.000287" in found
    assert "1.000286" not in found


def test_a_file_that_was_read_can_be_changed_further(centre, administrator):
    text = write_centre(replace(RICH, province="Tỉnh Tệp"))
    path = administrator.post("/admin/centre/drafts", data={"text": text}).headers["location"]
    path = changed(administrator, f"{path}/sections/halls/entries/tang-1", name__vi="Sảnh Tệp")
    assert decide(administrator, path).status_code == 303
    assert (in_force(centre).province, in_force(centre).halls[0].name.vi) == ("Tỉnh Tệp", "Sảnh Tệp")

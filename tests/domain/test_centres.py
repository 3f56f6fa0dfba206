import json
import tomllib
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import records
from domain.calendar import DayKind
from domain.centre_checks import whole_file
from domain.centres import (
    Centre,
    CentreFileWrong,
    Limit,
    Mistake,
    as_data,
    from_data,
    parsed,
    read_centre,
    read_draft,
    warnings,
)
from domain.deadlines import Unit
from domain.procedures import read_catalogue
from domain.records import MOST_MISTAKES, Reader
from domain.roles import Role
from tests.support.sizes import size

DEMO_FOLDER = Path(__file__).parents[2] / "commands" / "demo"
DEMO = (DEMO_FOLDER / "centre.toml").read_text(encoding="utf-8")
PORTAL = DEMO[DEMO.index("[portal]") : DEMO.index("# ---")]


def mistakes_of(text: str) -> tuple[Mistake, ...]:
    with pytest.raises(CentreFileWrong) as wrong:
        read_centre(text)
    return wrong.value.mistakes


def paths_of(text: str) -> list[str]:
    return [mistake.path for mistake in mistakes_of(text)]


def edited(old: str, new: str, after: str = "") -> str:
    """The demo file with the first `old` that stands behind `after` replaced."""
    at = DEMO.index(old, DEMO.index(after))
    return DEMO[:at] + new + DEMO[at + len(old) :]


def sentences_of(text: str) -> str:
    return "\n".join(mistake.sentence(str) for mistake in mistakes_of(text))


def test_the_demo_centre_reads() -> None:
    centre = read_centre(DEMO)
    assert [queue.prefix for queue in centre.queues] == list("ABCDEGHK")
    assert [counter.number for counter in centre.counters] == list(range(1, 13))
    assert centre.hours.half_days == (("07:30", "11:30"), ("13:30", "17:00"))
    assert centre.days[0].date == date(2026, 1, 2)
    assert centre.days[0].kind is DayKind.OFF
    assert centre.procedures[0].limit == Limit(1, Unit.SAME_DAY)
    assert centre.portal is not None
    assert centre.portal.madonvi == centre.code == "H56.19"


def test_the_demo_centre_has_a_person_for_every_role() -> None:
    people = read_centre(DEMO).people
    assert {role for person in people for role in person.roles} == {
        Role.CLERK,
        Role.RESULT_OFFICER,
        Role.GUIDE,
        Role.SUPERVISOR,
        Role.MANAGER,
        Role.ADMINISTRATOR,
        Role.AUDITOR,
    }


def test_the_demo_centre_leaves_nobody_out() -> None:
    assert warnings(read_centre(DEMO)) == ()


def test_the_demo_centre_receives_every_procedure_of_its_catalogue() -> None:
    rows = (DEMO_FOLDER / "procedures.jsonl").read_bytes().splitlines()
    procedures, dirty = read_catalogue(rows)
    centre = read_centre(DEMO)
    assert not dirty
    assert {p.code for p in procedures} == {p.code for p in centre.procedures}
    assert sum(p.common for p in centre.procedures) == 8


def test_a_limit_is_set_by_hand_only_where_the_catalogue_has_no_unit() -> None:
    rows = (DEMO_FOLDER / "procedures.jsonl").read_bytes().splitlines()
    units = {p.code: {row.unit for row in p.channels} for p in read_catalogue(rows)[0]}
    by_hand = [p.code for p in read_centre(DEMO).procedures if p.limit]
    assert len(by_hand) == 13
    assert all(units[code] == {None} for code in by_hand)


WRONG_FILES = {
    "unknown key at the top": ('province = "Vạn Xuân"', 'provinse = "Vạn Xuân"', "", ["provinse", "province"]),
    "unknown key inside": ('prefix = "A"', 'prefix = "A"\ncolour = "red"', "[[queues]]", ["queues[0].colour"]),
    "unknown language": ('fr = "Foncier"', 'de = "Land"', "", ["queues[4].title.de", "queues[4].title.fr"]),
    "missing key": ("mean_minutes = 7\n", "", "", ["queues[1].mean_minutes"]),
    "missing table": ("[hours]", "[hour]", "", ["hour", "hours"]),
    "text for a number": ("mean_minutes = 7", 'mean_minutes = "7"', "", ["queues[1].mean_minutes"]),
    "truth for a number": (
        "number = 1\n",
        "number = true\n",
        "",
        ["counters[0].number", "devices[4].counter", "people[0].counter"],
    ),
    "number for a truth": ("accessible = true", "accessible = 1", "", ["counters[0].accessible"]),
    "text for a list": ('queues = ["ho-tich"]', 'queues = "ho-tich"', "", ["counters[0].queues"]),
    "text for a table": ('{ amount = 1, unit = "same_day" }', '"1 ngày"', "", ["procedures[0].limit"]),
    "table for a text": ('prefix = "A"', "prefix = {}", "", ["queues[0].prefix"]),
    "not a number": ("mean_minutes = 7", "mean_minutes = nan", "", ["queues[1].mean_minutes"]),
    "enormous number": ("mean_minutes = 7", "mean_minutes = 0x" + "f" * 9000, "", ["queues[1].mean_minutes"]),
    "empty text": ('vi = "Hộ tịch"', 'vi = "  "', "", ["queues[0].title.vi"]),
    "too long text": ('vi = "Hộ tịch"', f'vi = "{"ễ" * 201}"', "", ["queues[0].title.vi"]),
    "control byte": ('vi = "Hộ tịch"', 'vi = "Hộ\\u0007 tịch"', "", ["queues[0].title.vi"]),
    "reversed writing": ('vi = "Hộ tịch"', 'vi = "Hộ \\u202etịch"', "", ["queues[0].title.vi"]),
    "form of an id": ('id = "K1"', 'id = "K 1"', "", ["devices[0].id"]),
    "id twice": (
        'id = "cong-an-tinh"',
        'id = "Dat-dai"',
        "",
        ["agencies[4].id", "queues[6].agency", "people[6].agency"],
    ),
    "prefix twice": ('prefix = "B"', 'prefix = "A"', "", ["queues[1].prefix"]),
    "prefix Đ": ('prefix = "D"', 'prefix = "Đ"', "", ["queues[3].prefix"]),
    "prefix O": ('prefix = "D"', 'prefix = "O"', "", ["queues[3].prefix"]),
    "prefix of two": ('prefix = "D"', 'prefix = "DK"', "", ["queues[3].prefix"]),
    "prefix in small letters": ('prefix = "D"', 'prefix = "d"', "", ["queues[3].prefix"]),
    "B and P in one hall": ('prefix = "H"', 'prefix = "P"', "", ["queues[6].prefix"]),
    "counter number twice": ("number = 2\n", "number = 1\n", "", ["counters[1].number", "people[1].counter"]),
    "login twice": ('login = "canbo02"', 'login = "canbo01"', "", ["people[1].login"]),
    "form of a login": ('login = "canbo02"', 'login = "Cán bộ"', "", ["people[1].login"]),
    "procedure twice": ('code = "1.000894"', 'code = "1.001193"', "", ["procedures[1].code"]),
    "procedure code": ('code = "1.000894"', 'code = "1.00894"', "", ["procedures[1].code"]),
    "procedure code in other digits": ('code = "1.000894"', 'code = "1.00089٤"', "", ["procedures[1].code"]),
    "unknown queue of a procedure": ('queue = "ho-tich"', 'queue = "ho-tic"', "", ["procedures[0].queue"]),
    "procedure where results are": ('queue = "ho-tich"', 'queue = "tra-ket-qua"', "", ["procedures[0].queue"]),
    "unknown unit": ('unit = "same_day"', 'unit = "unknown"', "", ["procedures[0].limit.unit"]),
    "one and a half months": ('1, unit = "same_day"', '1.5, unit = "month"', "", ["procedures[0].limit.amount"]),
    "too long a button": ('"Đăng ký khai sinh"', f'"{"a" * 61}"', "", ["procedures[0].short_title"]),
    "unknown zone": ('zone = "khu-1"', 'zone = "khu-9"', "[[counters]]", ["counters[0].zone"]),
    "unknown hall": ('hall = "tang-1"', 'hall = "ham"', "[[zones]]", ["zones[0].hall"]),
    "unknown queue": ('secondary = ["chung-thuc"]', 'secondary = ["x"]', "", ["counters[0].secondary[0]"]),
    "queue twice at a counter": (
        'secondary = ["chung-thuc"]',
        'secondary = ["ho-tich"]',
        "",
        ["counters[0].secondary[0]"],
    ),
    "no queue at a counter": (
        '["tra-ket-qua"]\n\n[[counters]]\nnumber = 9',
        "[]\n\n[[counters]]\nnumber = 9",
        "",
        ["counters[7].queues"],
    ),
    "unserved queue": ('id = "ho-tich"\nprefix = "A"', 'id = "x"\nprefix = "A"', "", None),
    "unknown role": ('roles = ["clerk"]', 'roles = ["boss"]', "", ["people[0].roles[0]"]),
    "role of a device": ('roles = ["clerk"]', 'roles = ["kiosk"]', "", ["people[0].roles[0]"]),
    "no role": ('roles = ["clerk"]', "roles = []", "", ["people[0].roles"]),
    "unknown counter of a person": (
        "counter = 12\n\n[[people]]",
        "counter = 13\n\n[[people]]",
        "",
        ["people[11].counter"],
    ),
    "enormous counter of a person": (
        "counter = 12\n",
        "counter = 0x" + "f" * 30 + "\n",
        "",
        ["people[11].counter"],
    ),
    "printer without port": ("tcp://127.0.0.1:9100", "tcp://127.0.0.1", "", ["printers[0].address"]),
    "printer port": ("tcp://127.0.0.1:9100", "tcp://127.0.0.1:99999", "", ["printers[0].address"]),
    "printer address twice": ("tcp://127.0.0.1:9101", "tcp://127.0.0.1:9100", "", ["printers[1].address"]),
    "printer width": ("width = 576", "width = 570", "", ["printers[0].width"]),
    "printer of a kiosk": ('printer = "P1"', 'printer = "P9"', "", ["devices[0].printer"]),
    "kind of a device": ('kind = "kiosk"', 'kind = "kiosc"', "", ["devices[0].kind"]),
    "agency code": ('code = "H56.19"\naliases', 'code = "56.19"\naliases', "", ["agencies[0].code"]),
    "alias in use": ('["000.00.08.H56"]', '["000.00.19.H56"]', "", ["agencies[2].aliases[0]"]),
    "half-days in disorder": ('"07:30", "11:30"', '"07:30", "14:30"', "", ["hours.half_days"]),
    "half-day backwards": ('"07:30", "11:30"', '"11:30", "07:30"', "", ["hours.half_days"]),
    "half-day of three": ('"07:30", "11:30"', '"07:30", "09:00", "11:30"', "", ["hours.half_days[0]"]),
    "no such hour": ('"07:30", "11:30"', '"7:30", "24:00"', "", ["hours.half_days[0][0]", "hours.half_days[0][1]"]),
    "cut-off at lunch": ('cut_off = "15:00"', 'cut_off = "12:00"', "", ["hours.cut_off"]),
    "day opened late": ('cut_off = "15:00"', 'cut_off = "15:00"\nopens_day = "07:31"', "", ["hours.opens_day"]),
    "day opened at 7": ('cut_off = "15:00"', 'cut_off = "15:00"\nopens_day = "7:00"', "", ["hours.opens_day"]),
    "day twice": ("date = 2026-01-10", "date = 2026-01-02", "", ["days[1].date"]),
    "day with an hour": ("date = 2026-01-10", "date = 2026-01-10T00:00:00", "", ["days[1].date"]),
    "kind of a day": ('kind = "off"', 'kind = "free"', "", ["days[0].kind"]),
    "portal address": ('adapter_url = "http://', 'adapter_url = "ftp://', "", ["portal.adapter_url"]),
    "portal address with a name": ("http://127.0.0.1:8080", "http://a:b@127.0.0.1", "", ["portal.adapter_url"]),
    "follow address": ('follow_url = "http://', 'follow_url = "', "", ["follow_url"]),
    "three agency lines": ('["ỦY BAN', '["A", "ỦY BAN', "", ["agency_lines"]),
    "credit": ("credit_minutes = 60", "credit_minutes = 241", "", ["classes[0].credit_minutes"]),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_a_wrong_file_is_refused_at_the_exact_place(name: str) -> None:
    old, new, after, expected = WRONG_FILES[name]
    paths = paths_of(edited(old, new, after))
    assert len(paths) == len(set(paths))
    if expected is None:  # many places name this queue
        assert "queues[0].id" in paths
        assert "counters[0].queues[0]" in paths
    else:
        assert sorted(paths) == sorted(expected)


def remedies_of(text: str) -> dict[str, str]:
    return {mistake.path: mistake.remedy % (mistake.arguments or {}) for mistake in mistakes_of(text)}


def test_no_remedy_names_what_the_next_check_would_refuse() -> None:
    roles = remedies_of(edited('roles = ["clerk"]', 'roles = ["boss"]'))["people[0].roles[0]"]
    assert "clerk" in roles
    assert "kiosk" not in roles
    name = 'id = "ho-tich"'
    assert "Hộ" not in remedies_of(edited(name, 'id = "Hộ tịch"'))["counters[0].queues[0]"]


def test_all_mistakes_are_named_at_once() -> None:
    text = (
        edited('prefix = "D"', 'prefix = "Đ"').replace("width = 576", "width = 1").replace("cut_off =", "cutoff =")
    )
    assert sorted(paths_of(text)) == sorted(
        ["queues[3].prefix", "printers[0].width", "printers[1].width", "hours.cutoff", "hours.cut_off"]
    )


def test_letters_that_sound_alike_may_stand_in_different_halls() -> None:
    assert read_centre(edited('prefix = "G"', 'prefix = "P"')).queues[5].prefix == "P"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('a = 1\nb = "x\n', "line 2, column 7"),
        ("a = 1\nb = \n", "line 2, column 5"),
        ("a = 1\na = 2\n", "line 2, column 6"),
        ("a = 1\n" + "b" + ".b" * 20 + " = 1", "line 2, column 2"),
        ("a = " + "[" * 5000, "file"),
        ("a = " + "9" * 5000, "file"),
        ("# " + "ễ" * 400_000, "file"),
    ],
)
def test_a_file_that_is_no_toml_says_where(text: str, place: str) -> None:
    assert paths_of(text) == [place]


def test_an_empty_file_lacks_every_key_that_has_no_default() -> None:
    defaults = {"days", "portal", "axis", "calling", "windows", "scanner", "online_url", "slips", "logo"}
    defaults |= {"voice", "volumes", "dossiers", "payment", "lookups"}
    assert set(paths_of("")) == set(Centre.__annotations__) - defaults


def test_a_sentence_says_place_value_reason_and_remedy() -> None:
    assert 'queues[3].prefix = "Đ": sai dạng; dùng một chữ cái in hoa A–Z' in sentences_of(
        edited('prefix = "D"', 'prefix = "Đ"')
    )
    assert "provinse" in sentences_of(edited("province =", "provinse ="))
    assert "có lẽ là province" in sentences_of(edited("province =", "provinse ="))
    assert "có lẽ là ho-tich" in sentences_of(edited('queue = "ho-tich"', 'queue = "ho-tic"'))
    assert "people[1].login" in sentences_of(edited('login = "canbo02"', 'login = "canbo01"'))
    assert "trùng với people[0].login" in sentences_of(edited('login = "canbo02"', 'login = "canbo01"'))


def test_a_sentence_is_translated_before_it_is_filled() -> None:
    mistake = Mistake("a.b", '"x"', "trùng với %(first)s", "đặt giá trị khác", {"first": "c"})
    english = {"trùng với %(first)s": "same as %(first)s", "đặt giá trị khác": "choose another"}
    assert mistake.sentence(english.__getitem__) == 'a.b = "x": same as c; choose another.'


def test_a_shown_value_is_short_and_harmless() -> None:
    (mistake,) = mistakes_of(edited('vi = "Hộ tịch"', f'vi = "\\u001b[31m{"a" * 300}"'))
    assert mistake.value == '"\\u001b[31m' + "a" * 34 + '…"'


def test_a_name_that_is_wrong_itself_is_never_suggested() -> None:
    lines = sentences_of(edited('id = "ho-tich"', 'id = "ho-tich\\u001b"')).splitlines()
    assert {line.partition(" ")[0] for line in lines if "u001b" in line} == {"queues[0].id"}


def test_the_exception_holds_no_value_that_could_be_a_name() -> None:
    with pytest.raises(CentreFileWrong) as wrong:
        read_centre(edited('login = "canbo02"', 'login = "Trần Văn Hùng"'))
    assert str(wrong.value) == "people[1].login"


def test_a_hostile_file_is_answered_with_a_bounded_list() -> None:
    assert len(mistakes_of(DEMO + "\n[[halls]]" * 2000)) <= 2 * MOST_MISTAKES


def test_text_is_kept_composed() -> None:
    decomposed = edited('vi = "Hộ tịch"', 'vi = "Ho\\u0323\\u0302 ti\\u0323ch"')
    assert read_centre(decomposed).queues[0].title.vi == "Hộ tịch"


def test_a_centre_without_portal_and_days_reads() -> None:
    centre = read_centre(DEMO.replace(PORTAL, ""))
    assert centre.portal is None


def test_a_queue_that_no_wheelchair_reaches_and_a_kiosk_without_printer_are_warned_of() -> None:
    centre = read_centre(
        edited("accessible = true", "accessible = false", "number = 8").replace('printer = "P2"\n', "")
    )
    assert [mistake.path for mistake in warnings(centre)] == ["queues[7].id", "devices[1].id"]


def test_the_centre_survives_the_journal_without_logins_and_names() -> None:
    centre = read_centre(DEMO)
    data = json.loads(json.dumps(as_data(centre)))
    assert from_data(data) == replace(
        centre, people=tuple(replace(person, login="", name="") for person in centre.people)
    )
    assert as_data(from_data(data)) == data
    assert set(data["people"][0]) == {"id", "roles", "agency", "counter"}
    assert not any(person.name in json.dumps(data, ensure_ascii=False) for person in centre.people)


def test_an_old_journal_stays_readable_when_rules_tighten() -> None:
    data = as_data(read_centre(DEMO))
    data["queues"][0]["prefix"] = "Đ"
    del data["days"], data["portal"]
    centre = from_data(data)
    assert (centre.queues[0].prefix, centre.days, centre.portal) == ("Đ", (), None)


SMALL = (
    edited("", "")[: DEMO.index("[[procedures]]")]
    + DEMO[DEMO.index("# ---------------------------------------------------------------- Máy in") :]
)
SMALL = "procedures = []\npeople = []\n" + SMALL
LITERALS = (
    "1",
    "-1",
    "1.5",
    "nan",
    "inf",
    "true",
    '""',
    '"x"',
    '"\\u0001"',
    "[]",
    "{}",
    "[[1], [2]]",
    "{ vi = 1 }",
)
LITERALS += (
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "00:00:00",
    "0x" + "f" * 4000,
    "9" * 4400,
    "[" * 900,
    '["ho-tich"]',
)


@st.composite
def mutated_files(draw: st.DrawFn) -> str:
    """A good file after one to four accidents with its lines or characters."""
    lines = SMALL.splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.integers(0, 4)):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[draw(st.integers(0, len(lines) - 1))])
            case 2:
                lines[at] = f"{lines[at].partition('=')[0]}= {draw(st.sampled_from(LITERALS))}"
            case 3:
                cut = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:cut] + draw(st.text(max_size=3)) + lines[at][cut + draw(st.integers(0, 2)) :]
            case 4:
                lines[at] = lines[at].replace('"', draw(st.sampled_from(("'", "", '"""', "“"))), 1)
    return "\n".join(lines)


@settings(max_examples=size("centre-files", 100, 3000), deadline=None)
@given(mutated_files())
def test_a_mutated_file_reads_or_is_refused_with_sentences(text: str) -> None:
    try:
        centre = read_centre(text)
    except CentreFileWrong as wrong:
        assert wrong.mistakes
        assert all(mistake.sentence(str).isprintable() for mistake in wrong.mistakes)
    else:
        assert from_data(as_data(centre)) == centre


@pytest.mark.planted
def test_the_mutations_meet_a_reader_that_shows_numbers_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the guard in `shown` one of the literals above raises what is no CentreFileWrong."""
    monkeypatch.setattr(records, "LONG_NUMBER", 10**9999)
    with pytest.raises(ValueError, match="integer string"):
        read_centre(SMALL.replace("mean_minutes = 7", f"mean_minutes = {LITERALS[16]}"))


RAW = tomllib.loads(SMALL)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("id", "vi", "hall", "x")), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=size("centre-tables", 50, 2000), deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(RAW)), JSON, min_size=1, max_size=4))
def test_tables_of_any_shape_are_refused_and_never_raise(other: dict[str, object]) -> None:
    raw, reader = RAW | other, Reader()
    reader.read(Centre, raw, "")
    mistakes = [*reader.mistakes, *whole_file(raw)]
    assert all(mistake.sentence(str) for mistake in mistakes)


def test_the_small_file_of_the_mutations_is_good() -> None:
    centre = read_centre(SMALL)
    assert all(opens < closes for opens, closes in centre.hours.half_days)
    assert all(a.number < b.number for a, b in pairwise(centre.counters))


TABLET = DEMO[DEMO.index('id = "T1"') :]


def test_a_tablet_belongs_to_a_counter() -> None:
    found = next(device for device in read_centre(DEMO).devices if device.id == "T1")
    assert found.counter == 1
    without = DEMO.replace(TABLET, TABLET.replace("counter = 1\n", ""))
    assert paths_of(without) == ["devices[4].counter"]
    assert "ghi số quầy của máy này (counter)" in sentences_of(without)


def test_a_tablet_of_a_counter_that_is_not_there_is_refused() -> None:
    assert paths_of(DEMO.replace(TABLET, TABLET.replace("counter = 1\n", "counter = 99\n"))) == [
        "devices[4].counter"
    ]


def test_a_draft_may_lack_a_counter_for_a_queue_and_nothing_else():
    unserved = DEMO.replace('queues = ["tra-ket-qua"]', 'queues = ["cu-tru"]').replace(
        'secondary = ["tra-ket-qua"]', ""
    )
    centre, lacking = read_draft(parsed(unserved))
    assert [mistake.path for mistake in lacking] == ["queues[7].id"]
    assert paths_of(unserved) == ["queues[7].id"]
    assert centre.queues == read_centre(DEMO).queues
    with pytest.raises(CentreFileWrong) as wrong:
        read_draft(parsed(unserved.replace('prefix = "A"', 'prefix = "Đ"')))
    assert [mistake.path for mistake in wrong.value.mistakes] == ["queues[0].prefix"]
    assert read_draft(parsed(DEMO)) == (read_centre(DEMO), ())


def test_a_printer_is_not_its_own_stand_in() -> None:
    text = edited("width = 576\n", 'width = 576\nfallback = "P1"\n')
    assert paths_of(text) == ["printers[0].fallback"]
    assert read_centre(text.replace('fallback = "P1"', 'fallback = "P2"')).printers[0].fallback == "P2"

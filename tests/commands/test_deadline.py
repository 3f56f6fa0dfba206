from datetime import datetime

import pytest
from click.testing import CliRunner, Result

from commands.deadline import deadline


def run(*arguments: str) -> Result:
    return CliRunner().invoke(deadline, arguments)


def first_line(received: str, limit: str, unit: str, *more: str) -> str:
    result = run("--received", received, "--limit", limit, "--unit", unit, *more)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()[0]


@pytest.fixture
def calendar(tmp_path):
    def write(text: str | bytes) -> str:
        file = tmp_path / "calendar.toml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(file)

    return write


@pytest.mark.parametrize(
    ("received", "limit", "unit", "expected"),
    [
        ("2026-02-13T09:00", "3", "working_day", "2026-02-25T17:00:00+07:00"),
        ("2026-08-21T09:00", "1", "working_day", "2026-08-22T17:00:00+07:00"),
        ("2026-11-20T09:00", "3", "working_day", "2026-11-26T17:00:00+07:00"),
        ("2025-12-30T08:00", "5", "working_day", "2026-01-08T17:00:00+07:00"),
        ("2026-03-07T09:00", "7", "working_day", "2026-03-18T17:00:00+07:00"),
        ("2026-03-06T16:00", "8", "hour", "2026-03-09T16:30:00+07:00"),
        ("2026-03-06T16:00", "1", "same_day", "2026-03-09T17:00:00+07:00"),
        ("2026-03-02", "15", "day", None),
        ("2026-03-02T10:30Z", "15", "day", "2026-03-18T17:00:00+07:00"),
        ("2026-01-30 09:00", "1", "month", "2026-03-02T17:00:00+07:00"),
    ],
)
def test_the_first_line_is_the_due_instant(received, limit, unit, expected):
    if expected is None:
        assert run("--received", received, "--limit", limit, "--unit", unit).exit_code == 2
    else:
        assert first_line(received, limit, unit) == expected
        assert datetime.fromisoformat(expected).utcoffset().total_seconds() == 7 * 3600


def test_the_explanation_stands_below():
    result = run("--received", "2026-04-24T09:00", "--limit", "1", "--unit", "working_day")
    assert "Tính từ thứ Sáu 24/4/2026 (ngày 0), đủ 1 ngày làm việc." in result.stdout
    assert "27/4 (Ngày Giỗ Tổ Hùng Vương (nghỉ bù))" in result.stdout


def test_the_same_day_needs_no_limit_and_follows_the_cut_off():
    arguments = ("--received", "2026-03-06T14:30", "--unit", "same_day")
    assert run(*arguments).stdout.startswith("2026-03-06T17:00")
    assert run(*arguments, "--cut-off", "14:00").stdout.startswith("2026-03-09T17:00")


def test_a_calendar_file_changes_half_days_and_days(calendar):
    file = calendar(
        'half_days = [["07:00", "11:30"], [13:30:00, 17:00:00]]\n'
        '[[days]]\ndate = 2026-03-09\nkind = "off"\nreason = "Bão"\n'
        '[[days]]\ndate = "2026-03-14"\nkind = "half"\n'
    )
    use = ("--calendar", file)
    assert first_line("2026-03-06T16:00", "8", "hour", *use) == "2026-03-10T16:00:00+07:00"
    assert first_line("2026-03-13T09:00", "1", "working_day", *use) == "2026-03-14T11:30:00+07:00"
    assert first_line("2026-02-13T09:00", "3", "working_day", *use) == "2026-02-25T17:00:00+07:00"
    explained = run("--received", "2026-03-06T16:00", "--limit", "8", "--unit", "hour", *use).stdout
    assert "9/3 (Bão)" in explained


def test_a_calendar_file_may_do_without_the_public_holidays(calendar):
    file = calendar("holidays = false\nyears = [2030, 2030]\n")
    assert first_line("2030-01-01T09:00", "1", "day", "--calendar", file) == "2030-01-02T17:00:00+07:00"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--received", "yesterday", "--limit", "1", "--unit", "day"), "not a date with a time"),
        (("--received", "2026-03-06T09:00", "--limit", "x", "--unit", "day"), "not a number"),
        (("--received", "2026-03-06T09:00", "--limit", "0.5", "--unit", "month"), "không dùng được"),
        (("--received", "2026-03-06T09:00", "--limit", "-1", "--unit", "hour"), "không dùng được"),
        (("--received", "2026-03-06T09:00", "--limit", "1", "--unit", "week"), "'week' is not one of"),
        (("--received", "2026-03-06T09:00", "--limit", "1", "--unit", "unknown"), "is not one of"),
        (("--received", "2026-03-06T09:00", "--unit", "day"), "needs --limit"),
        (("--received", "2029-03-06T09:00", "--limit", "1", "--unit", "day"), "chưa có năm 2029"),
        (("--received", "2026-03-06T09:00", "--unit", "same_day", "--cut-off", "3pm"), "is not a time"),
    ],
)
def test_what_cannot_be_computed_exits_2_with_a_sentence(arguments, sentence):
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("half_days = [", "is not a TOML file"),
        (b"\xff\xfe", "is not a TOML file"),
        pytest.param("#" * 1_000_001, "is larger than", id="large"),
        ("half_day = []", "unknown key 'half_day'"),
        ("half_days = []", "Các buổi làm việc chưa đúng"),
        ('half_days = [["11:30", "07:30"]]', "Các buổi làm việc chưa đúng"),
        ('half_days = ["07:30-11:30"]', "write pairs of times"),
        ('half_days = [["7h30", "11:30"]]', "'7h30' is not a time"),
        ('half_days = [["07:30+07:00", "11:30"]]', "without zone"),
        ("years = 2026", "write the first and last year"),
        ('holidays = "no"', "must be true or false"),
        ("days = 3", "[[days]]"),
        ("days = [3]", "date, kind and reason"),
        ('[[days]]\nkind = "off"', "date must be a date"),
        ("[[days]]\ndate = 2026-01-02", "kind must be one of working, off, half"),
        ('[[days]]\ndate = 2026-01-02\nkind = ["off"]', "kind must be one of"),
        ('[[days]]\ndate = 2026-01-02\nkind = "off"\nnote = ""', "unknown key 'note'"),
        ('[[days]]\ndate = 2030-01-02\nkind = "off"', "chưa có năm 2030"),
        ('[[days]]\ndate=2026-01-02\nkind="off"\n[[days]]\ndate=2026-01-02\nkind="off"', "stated twice"),
    ],
)
def test_a_calendar_file_that_cannot_be_used_exits_2_with_a_sentence(calendar, text, sentence):
    arguments = ("--received", "2026-03-06T09:00", "--limit", "1", "--unit", "day")
    result = run(*arguments, "--calendar", calendar(text))
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in " ".join(result.stderr.split())


def test_a_missing_calendar_file_exits_2(tmp_path):
    arguments = ("--received", "2026-03-06T09:00", "--limit", "1", "--unit", "day")
    result = run(*arguments, "--calendar", str(tmp_path / "none.toml"))
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr

"""The readers of the two real data sets, on small files of the same form; and the bench without a folder."""

import csv
import gzip
from datetime import date

import pytest

from bench import waiting
from bench.halls_replayed import replay_halls
from bench.waited import BANK, WARSAW, read_bank, read_warsaw

HALL = ["name", "date", "time", "idGrupy", "czasObslugi", "liczbaCzynnychStan", "liczbaKlwKolejce", "aktualnyNumer"]
CALL = [
    "vru+line",
    "call_id",
    "priority",
    "type",
    "date",
    "vru_entry",
    "vru_exit",
    "vru_time",
    "q_start",
    "q_exit",
    "q_time",
    "outcome",
    "ser_start",
    "ser_exit",
    "ser_time",
    "server",
]


def written(folder, name, columns, rows):
    with gzip.open(folder / name, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return folder


def polls(day="2020-01-07", waiting=4, step=1, number=0, count=40):
    """A group that calls `step` numbers every five minutes and has always as many waiting."""
    for n in range(count):
        minute = 480 + 5 * n
        clock = f"{minute // 60:02}:{minute % 60:02}"
        yield ["UD_Test", day, clock, "7", 10, 2, waiting, f"A{number + step * n:03}"]


def test_a_steady_group_passes_and_its_waits_are_reckoned(tmp_path):
    (day,) = read_warsaw(written(tmp_path, WARSAW, HALL, polls()))
    assert (day.hall, day.group, day.day, len(day.polls)) == ("UD_Test", "7", date(2020, 1, 7), 40)
    assert day.polls[3].issued == 7
    assert day.reached(7, 3) == 480 + 5 * 7


def test_a_number_between_two_polls_is_interpolated(tmp_path):
    (day,) = read_warsaw(written(tmp_path, WARSAW, HALL, polls(step=2)))
    assert day.reached(5, 0) == 480 + 12.5


@pytest.mark.parametrize(
    "rows",
    [
        list(polls(count=29)),
        list(polls(step=0)),
        [*polls(count=39), ["UD_Test", "2020-01-07", "20:00", "7", 10, 2, 4, "A001"]],
        [[*row[:6], 0, "A001"] for row in polls()],
    ],
    ids=["short", "stuck", "falls", "few"],
)
def test_a_group_that_does_not_behave_is_left_out(tmp_path, rows):
    assert read_warsaw(written(tmp_path, WARSAW, HALL, rows)) == []


def test_the_last_days_of_2019_come_first_and_yesterdays_numbers_go(tmp_path):
    left_over = ["UD_Test", "2020-12-30", "07:55", "7", 10, 2, 4, "A950"]
    empty = ["UD_Test", "2020-12-30", "07:56", "7", 10, 2, 4, ""]
    rows = [*polls("2020-01-02"), left_over, empty, *polls("2020-12-30")]
    first, second = read_warsaw(written(tmp_path, WARSAW, HALL, rows))
    assert (first.day, second.day) == (date(2019, 12, 30), date(2020, 1, 2))
    assert len(first.polls) == 40


def test_halls_are_scored_after_four_days(tmp_path):
    rows = [row for day in range(2, 8) for row in polls(f"2020-01-0{day}")]
    board = replay_halls(written(tmp_path, WARSAW, HALL, rows))
    assert board.scores["estimate"].n == 2 * 36  # the last four numbers of a day are never reached
    assert board.scores["estimate"].mae < board.scores["published"].mae


def call(
    priority=0, q=("7:00:10", "7:01:10", 60), outcome="AGENT", service=("7:01:10", "7:03:10", 120), server="S01"
):
    return ["AA", 1, priority, "PS", 990201, "7:00:00", "7:00:10", 10, *q, outcome, *service, server]


NEVER = ("0:00:00", "0:00:00", 0)


def test_calls_are_read_by_the_rules(tmp_path):
    rows = [
        call(),
        call(priority=2, q=NEVER),
        call(outcome="HANG", service=NEVER, server="NO_SERVER"),
        call(outcome="PHANTOM"),
        call(outcome="HANG", q=NEVER, service=NEVER),
        call(q=("7:00:10", "9:00:10", 7200)),
        call(service=("7:01:10", "7:01:00", 10)),
    ]
    found = read_bank(written(tmp_path, BANK, CALL, rows))
    assert [(c.is_queued, c.is_priority, c.service is not None, c.server) for c in found] == [
        (True, False, True, "S01"), (False, True, True, "S01"), (True, False, False, None),
    ]  # fmt: skip
    assert (found[0].arrived, found[0].left_queue, found[0].day) == (25210, 25270, date(1999, 2, 1))


def spoiled(rows, place):
    """The same table with every value of one column gone wrong in a row of its own, and rows cut short."""
    whole = list(rows)
    wrong = ["", "?", "-7", "1e999", "nan", "2020-02-31", "9:99:99:9", chr(0)]
    bad = [[*whole[0][:place], value, *whole[0][place + 1 :]] for value in wrong]
    return [*whole, *bad, whole[0][:place], [*whole[0], "more"]]


@pytest.mark.parametrize("place", range(len(HALL)))
def test_rows_of_a_hall_that_mean_nothing_are_left_out(tmp_path, place):
    rows = [row for day in range(2, 8) for row in polls(f"2020-01-0{day}")]
    board = replay_halls(written(tmp_path, WARSAW, HALL, spoiled(rows, place)))
    assert board.scores["estimate"].n >= 72


@pytest.mark.parametrize("place", range(len(CALL)))
def test_calls_that_mean_nothing_are_left_out(tmp_path, place):
    found = read_bank(written(tmp_path, BANK, CALL, spoiled([call(), call(priority=2)], place)))
    assert found[0].day == date(1999, 2, 1)
    assert len(found) >= 2


def test_it_is_said_how_many_rows_are_left_out_and_a_stray_quotation_mark_spoils_one_row(tmp_path, capsys):
    rows = list(polls())
    lines = [",".join(HALL), ",".join(map(str, rows[0])).replace("UD_Test", '"UD_Test')]
    lines += [",".join(map(str, row)) for row in rows]
    with gzip.open(tmp_path / WARSAW, "wb") as file:
        file.write("\n".join(lines).encode() + b"\n\xff\xfe\n")
    (day,) = read_warsaw(tmp_path)
    assert len(day.polls) == 40
    assert capsys.readouterr().err == "bench: 2 rows of warsaw_busy.csv.gz cannot be read and are left out\n"


def test_tables_that_are_not_packed_are_read_too(tmp_path):
    (tmp_path / WARSAW).write_text("\r\n".join([",".join(HALL), *(",".join(map(str, row)) for row in polls())]))
    (day,) = read_warsaw(tmp_path)
    assert len(day.polls) == 40


def test_of_a_damaged_table_what_comes_before_the_damage_is_read(tmp_path, capsys):
    rows = [row for day in range(2, 30) for row in polls(f"2020-01-{day:02}")]
    written(tmp_path, WARSAW, HALL, rows)
    whole = (tmp_path / WARSAW).read_bytes()
    (tmp_path / WARSAW).write_bytes(whole[: len(whole) // 2])
    assert 0 < len(read_warsaw(tmp_path)) < 28
    assert "is damaged: what follows the damage is left out" in capsys.readouterr().err


def test_a_table_without_its_columns_is_left_out_and_said(tmp_path, capsys):
    written(tmp_path, WARSAW, HALL[:-1], [row[:-1] for row in polls()])
    (tmp_path / BANK).write_bytes(b"")
    assert (read_warsaw(tmp_path), read_bank(tmp_path)) == ([], [])
    first, second = capsys.readouterr().err.splitlines()
    assert first == "bench: warsaw_busy.csv.gz has no column aktualnyNumer and is left out"
    assert second.startswith("bench: technion_calls.csv.gz has no column priority, type")


def test_a_folder_without_a_day_to_judge_is_said(tmp_path, capsys):
    written(tmp_path, WARSAW, HALL, polls())
    written(tmp_path, BANK, CALL, [call()])
    assert waiting.real(tmp_path, quick=True) == []
    assert "no days to judge" in capsys.readouterr().err


def test_without_a_folder_the_simulated_centre_runs_alone_and_says_so(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(waiting, "FOLDER", tmp_path / "nowhere")
    monkeypatch.setattr(waiting, "simulated", lambda seeds, quick: [("simulated_n", len(seeds), "seeds")])
    monkeypatch.setattr(waiting, "spent", lambda quick: [])
    assert waiting.run(quick=True) == [("simulated_n", 1, "seeds")]
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_a_hall_of_any_name_is_one_word_of_a_line(tmp_path):
    rows = [["Urząd 1, sala", *row[1:]] for day in range(2, 20) for row in polls(f"2020-01-{day:02}")]
    names = [name for name, _, _ in waiting.real(written(tmp_path, WARSAW, HALL, rows), quick=True)]
    assert {"warsaw_hall_urz_d_1_sala_mae_ratio", "warsaw_kind_urz_d_1_sala_7_coverage"} <= set(names)


def test_another_folder_and_other_seeds_are_taken(monkeypatch, tmp_path):
    rows = [row for day in range(2, 8) for row in polls(f"2020-01-0{day}")]
    monkeypatch.setattr(waiting, "simulated", lambda seeds, quick: [(f"simulated_{n}", 1, "seeds") for n in seeds])
    monkeypatch.setattr(waiting, "spent", lambda quick: [])
    found = waiting.run(quick=True, data=written(tmp_path, WARSAW, HALL, rows), seeds=[5, 6])
    names = [name for name, _, _ in found]
    assert names[:2] == ["simulated_5", "simulated_6"]
    assert {"warsaw_mae_ratio", "warsaw_rmse_ratio", "warsaw_coverage_percent", "warsaw_width_ratio"} <= set(names)
    assert not any(name.startswith("technion") for name in names)

"""What `scripts/bench` prints: `name value unit` lines and nothing else; the file holds the same."""

import json
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from bench.__main__ import NAMES, main
from bench.servers import ROOT

LINE = re.compile(r"[a-z0-9_]+ -?\d+(\.\d+)? \S+")


@pytest.fixture
def asked(monkeypatch):
    """Benchmarks that answer at once; gives which were asked, and whether quickly."""
    asked = []

    def benchmark(name):
        def run(quick, **options):
            asked.append((name, quick, *options.items()))
            return [(f"{name}_rate_32", 1300.5, "tickets/s"), (f"{name}_duplicates", 0, "tickets")]

        return SimpleNamespace(run=run)

    for name in NAMES:
        monkeypatch.setitem(sys.modules, f"bench.{name}", benchmark(name))
    return asked


def test_one_benchmark_prints_its_lines_only(asked, capsys):
    main(["issue"])
    assert capsys.readouterr().out == "issue_rate_32 1300.5 tickets/s\nissue_duplicates 0 tickets\n"
    assert asked == [("issue", False)]


def test_all_run_quickly_without_a_name(asked, capsys):
    main([])
    assert asked == [(name, True) for name in NAMES]
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 * len(NAMES)
    assert all(LINE.fullmatch(line) for line in lines)


def test_quick_is_passed_on(asked):
    main(["start", "--quick"])
    assert asked == [("start", True)]


def test_only_waiting_is_given_a_folder_and_seeds(asked, tmp_path):
    main(["waiting", "--quick", "--data", str(tmp_path), "--seeds", "7,8"])
    assert asked == [("waiting", True, ("data", tmp_path), ("seeds", [7, 8]))]
    asked.clear()
    main(["--seeds", "7"])
    assert [given for given in asked if len(given) > 2] == [("waiting", True, ("seeds", [7]))]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--seeds", "1,,2"], "whole numbers with commas between them, not '1,,2'"),
        (["--seeds", ""], "whole numbers"),
        (["--data", "/nowhere"], "'/nowhere' is no folder"),
        (["--data", ""], "'' is no folder"),
    ],
)
def test_what_is_no_seed_and_no_folder_is_said_before_anything_is_measured(asked, capsys, given, said):
    with pytest.raises(SystemExit) as ended:
        main(["waiting", *given])
    assert (ended.value.code, asked) == (2, [])
    assert said in capsys.readouterr().err


def test_the_file_holds_the_same_figures(asked, capsys, tmp_path):
    file = tmp_path / "figures.json"
    main(["call", "--quick", "--json", str(file)])
    rows = [f"{row['name']} {row['value']} {row['unit']}" for row in json.loads(file.read_text())]
    assert rows == capsys.readouterr().out.splitlines()


def test_an_unknown_name_ends_with_2(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["rates"])
    assert ended.value.code == 2
    assert "rates" in capsys.readouterr().err


def test_the_module_answers_help():
    done = subprocess.run([sys.executable, "-m", "bench", "--help"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert all(name in done.stdout for name in (*NAMES, "--quick", "--json"))


def test_the_script_hands_everything_to_the_module():
    script = ROOT / "scripts" / "bench"
    assert os.access(script, os.X_OK)
    assert script.read_text().rstrip().endswith('-m bench "$@"')

"""`python -m bench [NAME] [--quick] [--json FILE]`: prints one `name value unit` line a figure, nothing else.

`waiting` also takes `--data FOLDER` and `--seeds 1,2,3`.
"""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Figure, line

NAMES = (
    "issue",
    "call",
    "press",
    "stress",
    "start",
    "paper",
    "history",
    "find",
    "waiting",
    "watchers",
    "reports",
    "staffing",
    "dossiers",
    "sync",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one benchmark, or all of them quickly; progress goes to standard error."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Prints `name value unit` lines.")
    parser.add_argument("name", nargs="?", choices=NAMES, help="all of them, quickly, when left out")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, seconds instead of minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the same figures into a file besides")
    parser.add_argument("--data", type=_folder, metavar="FOLDER", help="of real queues, for waiting")
    parser.add_argument("--seeds", type=_seeds, metavar="1,2,3", help="of the simulated centre, for waiting")
    chosen = parser.parse_args(arguments)
    given = {"data": chosen.data, "seeds": chosen.seeds}
    found: list[Figure] = []
    for name in [chosen.name] if chosen.name else NAMES:
        options = {key: value for key, value in given.items() if value and name == "waiting"}
        found += measure(name, quick=chosen.quick or chosen.name is None, **options)
    if chosen.json:
        rows = [{"name": name, "value": value, "unit": unit} for name, value, unit in found]
        chosen.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _seeds(text: str) -> list[int]:
    """Whole numbers, each once."""
    try:
        return list(dict.fromkeys(int(seed) for seed in text.split(",")))
    except ValueError:
        raise argparse.ArgumentTypeError(f"whole numbers with commas between them, not {text!r}") from None


def _folder(text: str) -> Path:
    if not text or not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is no folder")
    return Path(text)


def measure(name: str, *, quick: bool, **options: object) -> list[Figure]:
    """Run one benchmark and print its figures as they are known."""
    say(f"{name}, {'quick' if quick else 'full'}, load average {os.getloadavg()[0]:.2f}")
    figures: list[Figure] = importlib.import_module(f"bench.{name}").run(quick, **options)
    for figure in figures:
        print(line(figure), flush=True)
    return figures


def say(step: str) -> None:
    """One line of progress, not among the figures."""
    print(f"bench: {step}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

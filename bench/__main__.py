"""`python -m bench [NAME] [--quick] [--json FILE]`: prints one `name value unit` line a figure, nothing else."""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Figure, line

NAMES = ("issue", "call", "press", "start", "paper", "history", "find")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one benchmark, or all of them quickly; progress goes to standard error."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Prints `name value unit` lines.")
    parser.add_argument("name", nargs="?", choices=NAMES, help="all of them, quickly, when left out")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, seconds instead of minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the same figures into a file besides")
    chosen = parser.parse_args(arguments)
    found: list[Figure] = []
    for name in [chosen.name] if chosen.name else NAMES:
        found += measure(name, quick=chosen.quick or chosen.name is None)
    if chosen.json:
        rows = [{"name": name, "value": value, "unit": unit} for name, value, unit in found]
        chosen.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def measure(name: str, *, quick: bool) -> list[Figure]:
    """Run one benchmark and print its figures as they are known."""
    say(f"{name}, {'quick' if quick else 'full'}, load average {os.getloadavg()[0]:.2f}")
    figures: list[Figure] = importlib.import_module(f"bench.{name}").run(quick)
    for figure in figures:
        print(line(figure), flush=True)
    return figures


def say(step: str) -> None:
    """One line of progress, not among the figures."""
    print(f"bench: {step}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

import re
from pathlib import Path

import pytest

from bench import issue
from bench.issue import Measured, Sizes
from bench.servers import FULL
from store import database

TINY = Sizes(kiosks=(1, 8), rounds=1, seconds=0.2, flush_seconds=0.02)
REPEATING = (str(Path(__file__).with_name("repeating.py")),)


def check_exact(measured: Measured) -> None:
    """Nothing shown or written twice, nothing shown that is not in the file, every commit flushed."""
    assert issue.exactness(measured) == (0, 0)
    assert measured.written.synchronous == 2


def test_the_figure_synchronous_is_what_sqlite_says(demo):
    """The benchmark prints what the store's opening has proved; here SQLite itself is asked."""
    writer = database.open_writer(demo.copy("asked") / "motcua.sqlite")
    try:
        assert writer.execute("PRAGMA synchronous").fetchone() == (FULL,)
    finally:
        writer.close()


def test_a_tiny_run_gives_every_figure_and_exact_tickets(demo):
    measured = issue.measure(demo, TINY)
    check_exact(measured)
    figures = {name: value for name, value, _ in issue.figures(measured)}
    for count in TINY.kiosks:
        assert figures[f"issue_rate_{count}"] > 0 < figures[f"ceiling_rate_{count}"]
        assert 0 < figures[f"issue_p50_ms_{count}"] <= figures[f"issue_p99_ms_{count}"]
    assert figures["fsync_rate"] > 0
    assert set(measured.shown) == set(measured.written.numbers)
    assert all(re.fullmatch("[A-Z]\u202f\\d{3,}", number) for number in measured.shown)


@pytest.mark.planted
def test_planted_a_repeated_number_is_found(demo):
    measured = issue.measure(demo, TINY, REPEATING)
    with pytest.raises(AssertionError):
        check_exact(measured)

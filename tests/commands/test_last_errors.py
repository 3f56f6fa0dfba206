"""The last errors that a server keeps for the technician: what failed and where, never with which values."""

import json
import logging
import subprocess
import sys

import pytest

from commands.logging import ERRORS, MOST_BYTES, _kept_in, last_errors
from tests.operations.whole_days import CANARY

FAILING = """
import logging, structlog, sys
from pathlib import Path
from commands.logging import configure
from domain.centre_syntax import parsed

configure(Path(sys.argv[1]))
try:
    parsed(sys.argv[2])
except Exception:
    structlog.get_logger("web").exception("handler failed", path=sys.argv[2])
structlog.get_logger("web").warning("only a warning")
try:
    int(sys.argv[2])
except ValueError as error:
    logging.getLogger("asyncio").error("Task exception was never retrieved\\nfuture: %s", error, exc_info=error)
logging.getLogger("uvicorn").error("bad number 079123456789 of %s", sys.argv[2])
"""


@pytest.fixture
def data(tmp_path):
    """A data folder in which a process has met three errors and a warning, the canary in each of them."""
    told = subprocess.run(
        [sys.executable, "-c", FAILING, str(tmp_path), f"= {CANARY.name} {CANARY.identity}"],
        capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    assert "handler failed" in told.stderr
    return tmp_path


def test_an_error_is_kept_with_its_kind_and_its_place(data):
    first, second, third = last_errors(data, 10)
    assert (first["from"], first["event"], first["error"]) == ("motcua", "handler failed", "CentreFileWrong")
    assert first["where"].startswith("domain/centre_syntax.py:")
    assert (second["from"], second["event"]) == ("asyncio", "Task exception was never retrieved")
    assert second["error"] == "ValueError"
    assert (third["from"], third["event"]) == ("uvicorn", "bad number [number] of ")
    assert all(line["at"] for line in (first, second, third))


def test_no_value_is_kept(data):
    text = (data / ERRORS).read_text(encoding="utf-8")
    assert len(text.splitlines()) == 3
    assert CANARY.name not in text
    assert CANARY.identity not in text


def test_only_the_newest_are_kept_and_told(tmp_path):
    kept = _kept_in(tmp_path / ERRORS)
    for number in range(5000):
        kept.handle(logging.LogRecord("motcua", logging.ERROR, "", 0, f"error {number}", None, None))
    kept.close()
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 2 * MOST_BYTES
    assert [line["event"] for line in last_errors(tmp_path, 2)] == ["error 4998", "error 4999"]


def test_a_torn_or_strange_line_hides_no_other(tmp_path):
    whole = json.dumps({"event": "handler failed", "name": "kept by nobody"})
    (tmp_path / ERRORS).write_text(f'[1]\n{whole}\n{{"event": "torn', encoding="utf-8")
    assert last_errors(tmp_path, 10) == [{"event": "handler failed"}]
    assert last_errors(tmp_path / "nowhere", 10) == []

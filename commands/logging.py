"""Logs: one JSON line an event on standard error, without identity numbers or telephones; last errors in a file."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

ERRORS = "errors.jsonl"
MOST_BYTES = 200_000  # twice: the file and the one before it
LONGEST_EVENT = 100
OWN = "motcua"
HOME = Path(__file__).parent.parent
_PERSONAL = re.compile(r"(?<!\d)(?:\+84|0)?\d{9,12}(?!\d)")


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what looks like an identity or telephone number."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _PERSONAL.sub("[number]", value)
    return event


def configure(data: Path | None = None) -> None:
    """Set up logging for a process; the errors of a server are also kept in its data folder."""
    processors: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if data is not None:
        kept = _kept_in(data / ERRORS)
        processors.append(_Keeping(kept))
        handlers.append(kept)
    structlog.configure(
        processors=[
            *processors,
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    handlers[0].setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=handlers)


def last_errors(data: Path, most: int) -> list[dict[str, str]]:
    """The newest errors that a server kept here, oldest first: when, from whom, what, which kind and where."""
    lines = [line for file in (data / f"{ERRORS}.1", data / ERRORS) for line in _lines(file)]
    return [{name: str(line[name]) for name in _Lines.NAMES if name in line} for line in lines[-most:]]


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """What can be read: the last line may be torn."""
    if not file.exists():
        return
    for text in file.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict):
            yield line


def _kept_in(file: Path) -> RotatingFileHandler:
    handler = RotatingFileHandler(file, maxBytes=MOST_BYTES, backupCount=1, encoding="utf-8", delay=True)
    handler.setLevel(logging.ERROR)
    handler.setFormatter(_Lines())
    return handler


class _Lines(logging.Formatter):
    """An error without any value: a text or a traceback may hold what somebody typed."""

    NAMES = ("at", "from", "event", "error", "where")

    def format(self, record: logging.LogRecord) -> str:
        kind, _, trace = record.exc_info or (None, None, None)
        # What others log may have values in its text already; its first line's beginning names the event.
        event = record.msg if record.name == OWN else str(record.msg).partition("\n")[0].partition("%")[0]
        line = {
            "at": self.formatTime(record),
            "from": record.name,
            "event": _PERSONAL.sub("[number]", str(event)[:LONGEST_EVENT]),
            "error": kind.__name__ if kind else "",
            "where": " < ".join(_places(trace)),
        }
        return json.dumps(line, ensure_ascii=False)


def _places(trace: Any) -> Iterator[str]:
    """The last places in our own code, newest first."""
    own = [frame for frame in traceback.extract_tb(trace) if Path(frame.filename).is_relative_to(HOME)]
    for frame in own[:-4:-1]:
        yield f"{Path(frame.filename).relative_to(HOME)}:{frame.lineno}"


class _Keeping:
    """Hands every error that our own code logs to the file as well."""

    def __init__(self, kept: logging.Handler) -> None:
        self._kept = kept

    def __call__(self, _: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if method in ("error", "exception", "critical"):
            found = event.get("exc_info")
            told = sys.exc_info() if found is True else found if isinstance(found, tuple) else None
            record = logging.LogRecord(OWN, logging.ERROR, "", 0, event["event"], None, told)
            self._kept.handle(record)
        return event

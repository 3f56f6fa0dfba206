"""The typesetting engine as a program of its own, for layouts of others: one job, then it ends.

It reads one JSON object from its input and answers with a line of JSON and the files (`web.typesetting`).
"""

import json
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from web.typesetting import Job, files_of, fonts


def main() -> None:
    """Do the one job."""
    asked = json.load(sys.stdin.buffer)
    _limit(asked["memory"], asked["seconds"])
    from typst import TypstError

    try:
        files = _set(asked)
    except TypstError as error:
        _say({"message": error.message, "diagnostic": error.diagnostic})
    else:
        if sum(map(len, files)) > asked["most"]:
            sys.exit("too large")
        _say({"sizes": [len(file) for file in files]}, *files)


def _limit(memory: int, seconds: int) -> None:
    """Where the system knows such limits; the asker's own limit of time holds everywhere."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _set(asked: dict[str, Any]) -> list[bytes]:
    from typst import Compiler

    folder = Path(asked["folder"])
    made_at = datetime.fromisoformat(asked["made_at"]) if asked["made_at"] else None
    job = Job(asked["data"], made_at, asked["kind"], asked["dots"])
    compiler = Compiler(
        folder / asked["layout"], root=folder, font_paths=fonts(), package_path=folder, package_cache_path=folder
    )
    return files_of(compiler.compile(**job.options()))


def _say(head: dict[str, Any], *files: bytes) -> None:
    out = sys.stdout.buffer
    out.write(json.dumps(head).encode() + b"\n")
    for file in files:
        out.write(file)
    out.flush()


if __name__ == "__main__":
    main()

"""`motcua diagnose`: one file for the technician, without a name, a number or a word that somebody wrote.

It reads only, works beside a running server and on a broken file, and says of each part why it could not be read.
"""

import json
import os
import platform
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

import clock
from commands.logging import last_errors
from commands.opened import Chosen, pass_chosen
from domain.days import local
from printers.status import Trouble
from settings import Settings
from store import attachments, centres, database, days, devices, diagnosis, people
from store.database import Connection, DatabaseError
from store.instants import moment
from store.strongbox import FOLDER, Strongbox
from store.vault import KEY_BYTES, Vault
from web.health import ROOM_NEEDED

FORM = 1
EVENTS_TOLD = ERRORS_TOLD = 100
LIBRARIES = ("uvicorn", "starlette", "pysqlite3", "sqlite-utils", "jinja2", "uvloop", "httptools", "websockets")
LOGS = "standard error of the server; with the unit: journalctl -u motcua --since today"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_chosen
def diagnose(chosen: Chosen, file: Path) -> None:
    """Write FILE, to be sent to the technician: versions, health, counts and states; no personal data."""
    text = json.dumps(report(chosen.settings, clock.now()), indent=2, ensure_ascii=False)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise click.ClickException(f"đã có tệp {file}; chọn tên khác") from error
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="utf-8") as target:
        target.write(text + "\n")
    click.echo(f"{file}: không có dữ liệu cá nhân, gửi cho kỹ thuật được.")


def report(settings: Settings, now: datetime) -> dict[str, Any]:
    """Everything that is told."""
    return {
        "form": FORM,
        "made": now.isoformat(),
        "versions": versions(),
        "settings": {field.name: getattr(settings, field.name) != field.default for field in fields(Settings)},
        "machine": _machine(settings.data),
        "health": _health(settings.file, now),
        "file": _of_file(settings.file),
        "dossier_files": _told(lambda: _dossier_files(settings)),
        "errors": _told(lambda: last_errors(settings.data, ERRORS_TOLD)),
        "logs": LOGS,
    }


def versions() -> dict[str, str]:
    """What runs here."""
    return {
        "motcua": version("motcua"),
        "python": platform.python_version(),
        "sqlite": ".".join(map(str, database.linked_version())),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        **{name: _told(lambda name=name: version(name)) for name in LIBRARIES},  # type: ignore[misc]
    }


def _machine(data: Path) -> dict[str, Any]:
    """Room, cores, and the newest copy; no path, for a path may hold a name."""
    return {
        "cores": os.cpu_count(),
        "disk_free_bytes": _told(lambda: shutil.disk_usage(data).free),
        "copies": _told(lambda: _copies(data / "backups")),
    }


def _dossier_files(settings: Settings) -> dict[str, int]:
    """How many lie there and how large, how many nobody names, and how many are named and missing."""
    box = Strongbox(settings.data / FOLDER, Vault(bytes(KEY_BYTES)))  # nothing is opened: any key will do
    count, size = box.room()
    there, named = set(box.addresses()), _reading(settings.file, attachments.addresses)
    return {"count": count, "bytes": size, "unnamed": len(there - named), "missing": len(named - there)}


def _copies(folder: Path) -> dict[str, Any]:
    times = sorted(path.stat().st_mtime for path in folder.glob("*.sqlite"))
    return {"count": len(times), "newest": datetime.fromtimestamp(times[-1], UTC).isoformat() if times else None}


def _health(path: Path, now: datetime) -> dict[str, Any]:
    def write() -> bool:
        diagnosis.try_write(path)
        return True

    return {
        "file_is_there": path.exists(),
        "server_runs": _told(lambda: diagnosis.is_served(path)),
        "write": _told(write) if path.exists() else False,
        "disk": _told(lambda: shutil.disk_usage(path.parent).free > ROOM_NEEDED),
        "sqlite": database.is_safe(database.linked_version()),
        "clock": _told(lambda: _reading(path, lambda db: _clock(db, now))),
    }


def _clock(db: Connection, now: datetime) -> dict[str, Any]:
    day, newest = days.newest(db), diagnosis.newest_events(db, 1)
    return {
        "local_date": local(now).date().isoformat(),
        "newest_day": day.label.isoformat() if day else None,
        "newest_event": moment(newest[0][2]).isoformat() if newest else None,
    }


def _of_file(path: Path) -> dict[str, Any]:
    """Each part read for itself: what is broken must not hide what is whole."""
    parts: dict[str, Callable[[Connection], Any]] = {
        "pages_are_whole": diagnosis.pages_are_whole,
        "schema": diagnosis.schema_steps,
        "centre_loaded": centres.is_loaded,
        "rows": diagnosis.table_counts,
        "day": lambda db: (day := days.newest(db)) and day.id,
        "kinds_of_newest_day": diagnosis.kinds_of_newest_day,
        "newest_events": _events,
        "devices": _devices,
        "printers": _printers,
        "portal_messages": diagnosis.portal_messages,
    }
    sizes = {name: _told(lambda f=file: f.stat().st_size) for name, file in _files(path).items()}  # type: ignore[misc]
    return {"bytes": sizes} | {
        name: _told(lambda part=part: _reading(path, part))  # type: ignore[misc]
        for name, part in parts.items()
    }


def _files(path: Path) -> dict[str, Path]:
    return {"data": path, "log": path.with_name(path.name + "-wal")}


def _events(db: Connection) -> list[dict[str, Any]]:
    newest = diagnosis.newest_events(db, EVENTS_TOLD)
    return [{"seq": seq, "day": day, "at": moment(at).isoformat(), "kind": kind} for seq, day, at, kind in newest]


def _devices(db: Connection) -> list[dict[str, Any]]:
    """Screens by their ids, never by their names."""
    states, stops, changes = people.device_states(db), devices.stopped(db), devices.last_changes(db)
    found = []
    for device in centres.current(db).devices if centres.is_loaded(db) else ():
        state, stop, change = states.get(device.id), stops.get(device.id), changes.get(device.id)
        found.append({
            "id": device.id, "kind": device.kind.value, "prints": device.printer is not None,
            "paired": bool(state and state.paired_at), "revoked": bool(state and state.revoked_at),
            "stopped": stop.reason if stop else None, "since": change.at.isoformat() if change else None,
            "heard": change.heard if change else None, "told": change.told if change else None,
        })  # fmt: skip
    return found


def _printers(db: Connection) -> list[dict[str, Any]]:
    """Printers of the centre and of its past, as the tables know them; how they are now only the server knows."""
    configured = centres.current(db).printers if centres.is_loaded(db) else ()
    past = {printer.id: diagnosis.PrinterPast({}, None, "") for printer in configured} | diagnosis.printers(db)
    return [
        {
            "id": printer,
            "slips": known.slips,
            "last_ended": moment(known.ended_at).isoformat() if known.ended_at else None,
            "last_trouble": _harmless(known.note),
        }
        for printer, known in past.items()
    ]


def _harmless(note: str) -> str:
    """A printer's trouble by its own name; anything else is not passed on."""
    return next((trouble.name for trouble in Trouble if trouble.value == note), "other" if note else "")


def _reading(path: Path, query: Callable[[Connection], Any]) -> Any:
    with closing(database.open_reader(path)) as db:
        return query(db)


def _told(look: Callable[[], Any]) -> Any:
    """What was seen, or the kind of error that came instead: its text might hold a path or a value."""
    try:
        return look()
    except (DatabaseError, OSError, LookupError, ValueError, ImportError) as error:
        return {"error": getattr(error, "sqlite_errorname", None) or type(error).__name__}

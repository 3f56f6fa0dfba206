"""What the operator sets, read once from the environment (MOTCUA_…); unknown or unreadable settings are refused.

Every setting stands in docs/operating.md.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

PREFIX = "MOTCUA_"
LARGEST_SHARE = 10_000_000
LARGEST_FILE, LARGEST_DOSSIER = 50, 2_000  # megabytes
LONGEST_DAYS = 36_500
KEYPAD_ACTS = ("speech", "repeat", "softer", "louder", "back")


class SettingWrong(ValueError):
    """A setting that cannot be used; the text says which, and what would be right."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one centre's server."""

    data: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = 8000
    hosts: tuple[str, ...] = ()
    allow_http: bool = False
    https: bool = False
    practice: bool = False
    metrics_port: int = 0
    follow_url: str = ""
    portal_url: str = ""
    portal_password_file: Path | None = None
    inbox_secret_file: Path | None = None
    inbox_files_url: str = ""
    poll_url: str = ""
    poll_token_file: Path | None = None
    reconcile_hour: int = 2
    payment_secret_file: Path | None = None
    lookup_secrets: Path | None = None
    axis_url: str = ""
    axis_secret_file: Path | None = None
    portal_files_url: str = ""
    portal_files_days: int = 400
    file_megabytes: int = 20
    dossier_megabytes: int = 200
    printer_of: tuple[tuple[str, str], ...] = ()
    keypad: tuple[tuple[str, str], ...] = ()
    device_tickets: int = 40
    device_requests: int = 20
    stranger_requests: int = 50
    receivers_nearby: bool = False

    @property
    def file(self) -> Path:
        """The one SQLite file."""
        return self.data / "motcua.sqlite"

    @property
    def known_hosts(self) -> frozenset[str]:
        """Host names under which pages may be asked for."""
        own = {"127.0.0.1", "localhost", "[::1]", self.host.lower()}
        return frozenset(own | {name.lower() for name in self.hosts})


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this environment. Raises SettingWrong for an unknown name or an unusable value."""
    known = {field.name for field in fields(Settings)}
    values: dict[str, object] = {}
    for name, text in environment.items():
        if not name.startswith(PREFIX):
            continue
        key = name.removeprefix(PREFIX).lower()
        if key not in known:
            raise SettingWrong(f"{name}: unknown setting; known are {', '.join(sorted(known))}")
        values[key] = _read(name, key, text)
    settings = Settings(**values)  # type: ignore[arg-type]
    _check(settings)
    return settings


def _read(name: str, key: str, text: str) -> object:
    match key:
        case "port" | "metrics_port":
            return _port(name, text)
        case "device_tickets" | "device_requests" | "stranger_requests":
            return _share(name, text)
        case "reconcile_hour":
            return _within(name, text, 0, 23)
        case "file_megabytes":
            return _within(name, text, 1, LARGEST_FILE)
        case "dossier_megabytes":
            return _within(name, text, 1, LARGEST_DOSSIER)
        case "portal_files_days":
            return _within(name, text, 1, LONGEST_DAYS)
        case "data" | "lookup_secrets":
            return Path(text)
        case _ if key.endswith("_file"):
            return Path(text)
        case "hosts":
            return tuple(part.strip() for part in text.split(",") if part.strip())
        case "printer_of":
            return tuple(_pair(name, part) for part in text.split(",") if part.strip())
        case "keypad":
            return tuple(_key(name, part) for part in text.split(",") if part.strip())
        case "allow_http" | "https" | "practice" | "receivers_nearby":
            return _flag(name, text)
        case _:
            return text


def _port(name: str, text: str) -> int:
    if not text.isdigit() or not 0 <= int(text) <= 65535:
        raise SettingWrong(f"{name}: {text!r} is not a port between 0 and 65535")
    return int(text)


def _share(name: str, text: str) -> int:
    return _within(name, text, 1, LARGEST_SHARE)


def _within(name: str, text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text[:9]) <= high or len(text) > 9:
        raise SettingWrong(f"{name}: {text!r} is not a number between {low} and {high}")
    return int(text)


def _flag(name: str, text: str) -> bool:
    if text not in ("0", "1"):
        raise SettingWrong(f"{name}: {text!r} is neither 0 nor 1")
    return text == "1"


def _pair(name: str, text: str) -> tuple[str, str]:
    printer, _, address = text.strip().partition("=")
    if not printer or not address:
        raise SettingWrong(f"{name}: {text!r} should look like P1=tcp://10.0.0.5:9100")
    return printer, address


def _key(name: str, text: str) -> tuple[str, str]:
    act, _, key = text.strip().partition("=")
    if act not in KEYPAD_ACTS or not key.isascii() or not key.isalnum():
        raise SettingWrong(f"{name}: {text!r} should look like speech=F13; known are {', '.join(KEYPAD_ACTS)}")
    return act, key


def _check(settings: Settings) -> None:
    for name in ("follow_url", "portal_url", "portal_files_url", "inbox_files_url", "poll_url", "axis_url"):
        url = getattr(settings, name)
        if url and urlsplit(url).scheme not in ("http", "https"):
            raise SettingWrong(f"{PREFIX}{name.upper()}: {url!r} should begin with http:// or https://")
    loopback = settings.host in ("127.0.0.1", "localhost", "::1")
    if not loopback and not settings.https and not settings.allow_http:
        raise SettingWrong(
            f"{PREFIX}HOST: plain http on {settings.host} shows staff sign-ins to the whole network; put a TLS "
            f"proxy before it and set {PREFIX}HTTPS=1, or set {PREFIX}ALLOW_HTTP=1 if you must"
        )

"""What every handler may use, made once by app.py."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, cast

from starlette.requests import HTTPConnection

from domain.centres import Centre
from domain.errors import Invalid
from domain.slips import SlipKind
from store.store import Store
from store.vault import Vault
from store.writer import Act
from web.assets import Assets
from web.file_rooms import FileRoom
from web.floods import Floods
from web.forecasting import Forecaster
from web.heard import Beats
from web.live import Hub
from web.pages import Pages
from web.pictures import Shelf
from web.speakers import Speakers
from web.visitors import Visitor, Visitors


class Drawings(Protocol):
    """Pictures of paper for the screens."""

    def slip(self, centre: Centre, kind: SlipKind, width: int, language: str) -> bytes:
        """A PNG of an example slip of the centre, on paper of `width` dots."""

    def emblem(self, picture: bytes) -> str:
        """A picture as the line that the centre file holds. Raises NoPicture."""


@dataclass(frozen=True, slots=True)
class House:
    """The rooms' common ground."""

    store: Store
    hub: Hub
    pages: Pages
    assets: Assets
    visitors: Visitors
    vault: Vault
    now: Callable[[], datetime]
    follow_url: str
    secure_cookies: bool
    printers: Callable[[], Mapping[str, Any]]
    drawings: Drawings
    beats: Beats
    floods: Floods
    forecaster: Forecaster
    pictures: Shelf
    speakers: Speakers
    receivers_nearby: bool
    files: FileRoom
    own_forms: Path


def house_of(connection: HTTPConnection) -> House:
    """The house that serves this request."""
    return cast(House, connection.app.state.house)


def visitor_of(connection: HTTPConnection) -> Visitor:
    """Who asks; `safety` has found that out before the handler runs."""
    return cast(Visitor, connection.state.visitor)


def act_of(connection: HTTPConnection, form: Any = None) -> Act:
    """Who asks, and under which request id: the form's field or the Idempotency-Key header."""
    request = connection.headers.get("idempotency-key") or (form.get("request_id") if form else None)
    return Act(visitor_of(connection).who, checked_request_id(request))


def checked_request_id(request: str | None) -> str | None:
    """A usable request id, or None when there is none. Raises Invalid for one that cannot be kept."""
    if not request:
        return None
    if (
        not 8 <= len(request) <= 80
        or not request.replace("-", "").replace("_", "").isalnum()
        or not request.isascii()
    ):
        raise Invalid(what="request_id")
    return request

"""The auditor's page: the journal newest first, the state of its chain, and a copy for an outsider to verify.

Only auditors enter. Administrators do not: what they change here is what the journal is to show (ADR 3).
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from admin import stories, views
from admin.journal_words import Words
from admin.telling import NAMES, WHO
from domain.centres import Centre
from domain.days import local
from domain.errors import Invalid
from domain.queue_events import VisitRated
from domain.roles import Role, open_to
from operations.auditing import note_export
from store import journal, journal_rows, people, ratings
from store.journal import UNCHECKED, Checked
from store.journal_rows import NEWEST, Row, Span, Wanted
from store.store import Store
from web import forms
from web.house import House, act_of, house_of
from web.languages import translator
from web.pages import go, is_fragment, page

JOURNAL = "/admin/journal"
ROWS_A_PAGE = 40
EVENTS_A_PIECE = 20_000  # 0.3 s beside five other programs (measured)
NUMBERS_A_PIECE = 2_000
RATED = VisitRated.__name__


@dataclass(slots=True)
class Chain:
    """What is known of one file's chain. It grows by pieces and is remembered until somebody asks anew."""

    known: Checked = UNCHECKED
    at: datetime | None = None
    _lock: Lock = field(default_factory=Lock)

    def go_on(self, store: Store, now: datetime, again: bool = False) -> None:
        """Check one more piece, from the beginning where `again`; on a thread, never on the event loop."""
        with self._lock, store.own_reader() as db:
            self.known = journal.check(db, UNCHECKED if again else self.known, EVENTS_A_PIECE)
            self.at = now


_chains: WeakKeyDictionary[Store, Chain] = WeakKeyDictionary()


@open_to(Role.AUDITOR)
async def show_journal(request: Request) -> Response:
    """One page of it, narrowed by what the address says."""
    house = house_of(request)
    asked = _asked({name: request.query_params.get(name, "") for name in FIELDS})
    before = request.query_params.get("before", "")
    if not (before == "" or (before.isascii() and before.isdigit() and len(before) < 18)):
        raise Invalid(what="before")
    wanted = house.store.read(_wanted, asked)
    await _check(house)
    context = await views.in_thread(_shown, house, request.state.language, wanted, int(before or NEWEST))
    frame = views.frame(request)
    context |= _choices(house, frame["centre"], request.state.language) | _chain(house)
    return page(request, "admin/journal.html", asked=asked, **context, **frame)


@open_to(Role.AUDITOR)
async def show_chain(request: Request) -> Response:
    """The state of the chain after one more piece; `again` begins anew. Nothing in the file changes."""
    await _check(house_of(request), again=request.query_params.get("again") == "1")
    if not is_fragment(request):
        return go(JOURNAL)
    return page(request, "admin/_chain.html", **_chain(house_of(request)))


@open_to(Role.AUDITOR, body_limit=2048)
async def export(request: Request) -> Response:
    """The narrowed rows as JSON Lines with their hashes. That somebody took them is an event; reading is none."""
    house, form = house_of(request), await forms.read_form(request)
    asked = _asked({name: forms.text(form, name, 60, required=False) for name in FIELDS})
    wanted = house.store.read(_wanted, asked)
    last = await house.store.write(act_of(request, form), note_export, wanted)
    name = f"nhat-ky-{wanted.spans[0][0]}-{last}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(_lines(house.store, wanted, last), media_type="application/jsonl", headers=headers)


FIELDS = ("date", "kind", "who", "counter", "number")


def _asked(fields: dict[str, str]) -> dict[str, str]:
    """What was asked for, trimmed and believable. Raises Invalid."""
    found = {name: value.strip() for name, value in fields.items()}
    if found["date"]:
        stories.day_asked(found["date"])
    if found["kind"] and found["kind"] not in NAMES:
        raise Invalid(what="kind")
    if len(found["who"]) > 60 or not found["who"].isprintable():
        raise Invalid(what="who")
    counter = found["counter"]
    if counter and not (counter.isascii() and counter.isdigit() and len(counter) < 5):
        raise Invalid(what="counter")
    if found["number"]:
        stories.number_asked(found["number"])
    return found


def _wanted(db: Any, asked: dict[str, str]) -> Wanted:
    """The same as numbers; a day or a ticket that is not there finds nothing."""
    ticket = stories.ticket_asked(db, asked["number"], asked["date"]) if asked["number"] else None
    spans: tuple[Span, ...] = ((1, NEWEST),)
    if asked["number"] and ticket is None:
        spans = ()
    elif asked["date"]:
        spans = journal_rows.spans_of(db, date.fromisoformat(asked["date"]))
    counter = int(asked["counter"]) if asked["counter"] else None
    return Wanted(spans, asked["kind"], asked["who"], counter, ticket)


def _shown(house: House, language: str, wanted: Wanted, before: int) -> dict[str, Any]:
    with house.store.own_reader() as db:
        found = journal_rows.page(db, wanted, before, ROWS_A_PAGE)
    words = Words(house, language)
    return {
        "lines": [words.line(row) for row in found.rows],
        "before": found.before,
        "is_first": before == NEWEST,
        "story_of": stories.address,
    }


def _choices(house: House, centre: Centre | None, language: str) -> dict[str, Any]:
    """What the journal can be narrowed by, in words."""
    said, screens = translator(language), centre.devices if centre else ()
    staff = sorted((name, id_) for id_, (_, name) in house.store.read(people.names).items())
    return {
        "kinds": sorted((said(name), kind) for kind, name in NAMES.items()),
        "staff": staff,
        "screens": [(f"device:{device.id}", f"{device.id} · {device.name}") for device in screens],
        "others": sorted((said(name), who) for who, name in WHO.items()),
        "counters": [counter.number for counter in centre.counters] if centre else [],
        "today": f"{local(house.now()):%Y-%m-%d}",
    }


async def _check(house: House, *, again: bool = False) -> None:
    chain = _chains.setdefault(house.store, Chain())
    await views.in_thread(chain.go_on, house.store, house.now(), again)


def _chain(house: House) -> dict[str, Any]:
    chain, newest = _chains[house.store], house.store.read(journal.head)[0]
    known = chain.known
    return {
        "chain": known,
        "chain_hash": known.digest[:8].hex(" ", 2),
        "chain_at": chain.at,
        "newest": newest,
        "is_checking": known.broken is None and known.seq < newest,
    }


def _lines(store: Store, wanted: Wanted, last: int) -> Iterator[bytes]:
    """Line by line in bounded pieces; no reader stays open while a slow network takes them."""
    for begins, ends in journal_rows.clipped(wanted.spans, last):
        for first in range(begins, ends + 1, NUMBERS_A_PIECE):
            with store.own_reader() as db:
                rows = list(journal_rows.onwards(db, wanted, first, min(ends, first + NUMBERS_A_PIECE - 1)))
                over = set(ratings.past_days(db, {row.day for row in rows if row.kind == RATED}))
            yield b"".join(_line(row, over) for row in rows)


def _line(row: Row, over: Collection[int]) -> bytes:
    """A rating of a day that is not over goes without its words: who said what would be known the same day."""
    is_withheld = row.kind == RATED and row.day not in over
    told = {
        "seq": row.seq,
        "day": row.day,
        "at": row.at,
        "who": row.who,
        "kind": row.kind,
        "payload": None if is_withheld else row.payload.decode("utf-8", "replace"),
        "previous": row.previous.hex(),
        "hash": row.hash.hex(),
    }
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


ROUTES: list[BaseRoute] = [
    Route(JOURNAL, show_journal),
    Route(f"{JOURNAL}/chain", show_chain),
    Route(f"{JOURNAL}/exports", export, methods=["POST"]),
]

"""Find a procedure at the kiosk: by words, by the picture of a need, by sector; and what to know before waiting."""

import asyncio
import secrets
from collections import Counter
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.centres import Centre, Placement, Queue
from domain.errors import NotFound
from domain.procedures import Procedure
from domain.roles import Role, open_to
from kiosk import everyday, honesty, priorities, views
from kiosk.asking import device_of
from kiosk.memory import Catalogue, Title, memory_of
from web import forms, leaflets
from web.house import house_of
from web.pages import is_fragment, page, text_of

SEARCH_AT_MOST = 80
FOUND_SHOWN = 4  # what fits above the keyboard on 1080 x 1920
ELSEWHERE_SHOWN = 5
PICTURES_ON_A_PAGE = 20
LONG_WORDS, BRIEF_WORDS = 32, 28  # characters; five tiles abreast hold no more in three lines
LINES_ON_A_PAGE = 8


@open_to(Role.KIOSK)
async def show_procedures(request: Request) -> Response:
    """By words, or by the pictures of common needs while nothing was typed."""
    words = forms.words(request, "q", SEARCH_AT_MOST)
    catalogue = await _catalogue(request)
    is_asked = len(words.strip()) > 1
    found = _found(request, catalogue, words) if is_asked else _pictures(request, views.NEEDS_ABOVE_KEYS)
    context = {**views.frame(request, device_of(request)), "words": words, **found}
    return page(request, "kiosk/_found.html" if is_fragment(request) else "kiosk/procedures.html", **context)


@open_to(Role.KIOSK)
async def show_needs(request: Request) -> Response:
    """Twenty common needs as pictures: where a centre names more than fit above the keys, the way begins here."""
    await _catalogue(request)
    context = {**views.frame(request, device_of(request)), **_pictures(request, PICTURES_ON_A_PAGE)}
    return page(request, "kiosk/needs.html", **context)


@open_to(Role.KIOSK)
async def show_sectors(request: Request) -> Response:
    """The sectors of what is received here."""
    here = _received(request, await _catalogue(request))
    counted = Counter(title.sector for title, _ in here)
    lines = [
        {"number": n, "name": name, "count": counted[name], "shape": everyday.shape_of("", name)}
        for n, name in enumerate(sorted(counted), 1)
    ]
    return page(request, "kiosk/sectors.html", **views.frame(request, device_of(request)), **_leaf(request, lines))


@open_to(Role.KIOSK)
async def show_sector(request: Request) -> Response:
    """What is received here of one sector, common needs first."""
    here = _received(request, await _catalogue(request))
    names = sorted({title.sector for title, _ in here})
    number = request.path_params["sector"]
    if not 1 <= number <= len(names):
        raise NotFound(what=str(number))
    name = names[number - 1]
    lines = sorted(
        (pair for pair in here if pair[0].sector == name),
        key=lambda pair: (not pair[1].common, pair[1].short_title or pair[0].title),
    )
    context = {"name": name, "queue_of": _queues(house_of(request).store.centre()), **_leaf(request, lines)}
    return page(request, "kiosk/sector.html", **views.frame(request, device_of(request)), **context)


@open_to(Role.KIOSK)
async def show_procedure(request: Request) -> Response:
    """Papers, fee, limit and wait of one procedure, with the button that takes the number."""
    found, placement = leaflets.find(house_of(request), request.path_params["code"])
    context = {**views.frame(request, device_of(request)), **_told(request, found, placement)}
    return page(request, "kiosk/procedure.html", **context)


@open_to(Role.KIOSK)
async def show_leaflet_code(request: Request) -> Response:
    """The QR code by which a phone opens the list of papers."""
    house = house_of(request)
    found, _ = leaflets.find(house, request.path_params["code"])
    address = honesty.beside_follow(house, f"procedures/{found.code}")
    if not address:
        raise NotFound(what="QR")
    return Response(views.code_picture(address), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


async def _catalogue(request: Request) -> Catalogue:
    finder = memory_of(request).finder
    return finder.catalogue() if finder.is_ready else await asyncio.to_thread(finder.catalogue)


def _found(request: Request, catalogue: Catalogue, words: str) -> dict[str, Any]:
    """What the words may mean: here with the queue, and elsewhere where nothing is received here."""
    centre = house_of(request).store.centre()
    placements = {placement.code: placement for placement in centre.procedures}
    common = {placement.code for placement in centre.procedures if placement.common}
    codes = catalogue.index.find(words, placements.keys(), common)
    here = [(catalogue.titles[code], placements[code]) for code in codes if code in placements]
    elsewhere = [catalogue.titles[code] for code in codes if code not in placements]
    return {
        "pictures": [],
        "found": here[:FOUND_SHOWN],
        "more": len(here) > FOUND_SHOWN,
        "elsewhere": [] if here else elsewhere[:ELSEWHERE_SHOWN],
        "queue_of": _queues(centre),
    }


def _pictures(request: Request, most: int) -> dict[str, Any]:
    """The common needs that the centre names, in its own order."""
    centre = house_of(request).store.centre()
    titles = memory_of(request).finder.catalogue().titles
    common = [p for p in centre.procedures if p.common and p.code in titles]
    pictures = [
        {
            "code": placement.code,
            "words": (words := placement.short_title or titles[placement.code].title),
            "brief": _brief(words),
            "shape": everyday.shape_of(placement.code, titles[placement.code].sector),
        }
        for placement in common[:most]
    ]
    nothing = {"found": [], "more": False, "elsewhere": [], "queue_of": {}}
    return {"pictures": pictures, **nothing}


def _brief(words: str) -> str:
    """The beginning of what is too long for a small tile; empty where nothing is. Its page says it whole."""
    return "" if len(words) <= LONG_WORDS else words[:BRIEF_WORDS].rsplit(" ", 1)[0].rstrip(",") + " …"


def _received(request: Request, catalogue: Catalogue) -> list[tuple[Title, Placement]]:
    placements = house_of(request).store.centre().procedures
    return [(catalogue.titles[p.code], p) for p in placements if p.code in catalogue.titles]


def _leaf(request: Request, lines: list[Any]) -> dict[str, Any]:
    """One page of a long list, and whether there are others before and after it."""
    asked = request.query_params.get("leaf", "1")
    last = max(1, -(-len(lines) // LINES_ON_A_PAGE))
    leaf = min(int(asked), last) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    leaf = max(1, leaf)
    begin = (leaf - 1) * LINES_ON_A_PAGE
    return {"lines": lines[begin : begin + LINES_ON_A_PAGE], "leaf": leaf, "leaves": last}


def _told(request: Request, found: Procedure, placement: Placement | None) -> dict[str, Any]:
    """Everything that a citizen should know before waiting for this procedure."""
    centre = house_of(request).store.centre()
    queue = next((q for q in centre.queues if placement and q.id == placement.queue), None)
    return {
        **leaflets.leaflet(found, placement),
        "placement": placement,
        "queue": queue,
        "queue_title": text_of(queue.title, request.state.language) if queue else "",
        "ahead_of_time": honesty.before(request, queue) if queue else None,
        "has_code": bool(honesty.beside_follow(house_of(request), "procedures")),
        "page_id": secrets.token_urlsafe(12),
        "priority": priorities.choice(request, found.code),
    }


def _queues(centre: Centre) -> dict[str, Queue]:
    return {queue.id: queue for queue in centre.queues}


ROUTES = [
    Route("/kiosk/{device}/procedures", show_procedures),
    Route("/kiosk/{device}/procedures/{code}", show_procedure),
    Route("/kiosk/{device}/procedures/{code}/qr.svg", show_leaflet_code),
    Route("/kiosk/{device}/needs", show_needs),
    Route("/kiosk/{device}/sectors", show_sectors),
    Route("/kiosk/{device}/sectors/{sector:int}", show_sector),
]

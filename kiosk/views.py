"""What the kiosk's pages show, from the board and the centre's file."""

import secrets
from io import BytesIO
from typing import Any

import segno
from starlette.requests import Request

from domain.appointments import CODE_LETTERS, takes_bookings
from domain.centres import Centre, Device, Placement, Queue
from domain.deadlines import Unit
from domain.procedures import Procedure, documents
from domain.routing import served_queues
from domain.tickets import Ticket
from operations.admitting import admission, refusal
from store import days, jobs, procedures
from store.boards import Board
from store.jobs import PrintJob
from web import failures, wording
from web.house import House, house_of
from web.languages import LANGUAGES, translator
from web.pages import text_of

COMMON_SHOWN = FOUND_SHOWN = 4  # what fits above the keyboard on 1080 x 1920
SAYS_NOTHING_AFTER_MS = 6000
MODES = ("big", "contrast")


def frame(request: Request, device: Device) -> dict[str, Any]:
    """What every page of this kiosk needs: the centre, the kiosk, its modes and the way to other languages."""
    centre = house_of(request).store.centre()
    modes = modes_of(request)
    return {
        "centre": centre,
        "centre_name": text_of(centre.name, request.state.language),
        "device": device,
        "modes": modes,
        "keep": "".join(f"&{mode}=1" for mode in modes),
        "languages": LANGUAGES,
        "now": house_of(request).now(),
        "has_results": any(queue.kind == "results" for queue in centre.queues),
        "has_booking": takes_bookings(centre),
    }


def code_page(request: Request, device: Device) -> dict[str, Any]:
    """The page for an appointment's code, with only the keys that a code can have."""
    figures = "".join(c for c in CODE_LETTERS if c.isdigit())
    letters = "".join(c for c in CODE_LETTERS if c.isalpha())
    half = (len(letters) + 1) // 2
    rows = " ".join((figures, letters[:half], letters[half:]))
    return frame(request, device) | {"key_rows": rows, "page_id": secrets.token_urlsafe(12)}


def modes_of(request: Request) -> list[str]:
    """How this citizen wants the kiosk to look: large text, high contrast."""
    return [mode for mode in MODES if request.query_params.get(mode) == "1"]


def queue_list(request: Request, only: str | None = None) -> dict[str, Any]:
    """The queues with how many wait, and a request id for each button."""
    house = house_of(request)
    centre, board = house.store.centre(), house.hub.board()
    wanted = [queue for queue in centre.queues if only is None or queue.kind == only]
    return {
        "page_id": secrets.token_urlsafe(12),
        "queues": [
            {
                "id": queue.id,
                "prefix": queue.prefix,
                "title": text_of(queue.title, request.state.language),
                "waiting": board.lines[queue.id].waiting,
                "stopped": stop_words(house, board, queue.id, request.state.language),
                "closed": closed_words(house, queue, request.state.language),
            }
            for queue in wanted
        ],
    }


def found_procedures(request: Request, words: str) -> dict[str, Any]:
    """The procedures that match, or the common ones while nothing was typed."""
    house = house_of(request)
    centre = house.store.centre()
    placements = {placement.code: placement for placement in centre.procedures}
    if words.strip():
        found = house.store.read(procedures.search, words)
    else:
        codes = [placement.code for placement in centre.procedures if placement.common][:COMMON_SHOWN]
        found = [p for code in codes if (p := house.store.read(procedures.find, code)) is not None]
    here = [(p, placements[p.code]) for p in found if p.code in placements]
    elsewhere = [p for p in found if p.code not in placements][:5]
    queues = {queue.id: queue for queue in centre.queues}
    return {
        "found": here[:FOUND_SHOWN],
        "more": len(here) > FOUND_SHOWN,
        "elsewhere": [] if here else elsewhere,
        "queue_of": queues,
    }


def procedure(request: Request, found: Procedure, placement: Placement | None) -> dict[str, Any]:
    """Everything a citizen should know before waiting for this procedure."""
    house = house_of(request)
    centre = house.store.centre()
    queue = next((q for q in centre.queues if placement and q.id == placement.queue), None)
    return {
        "procedure": found,
        "placement": placement,
        "queue": queue,
        "queue_title": text_of(queue.title, request.state.language) if queue else "",
        "stopped": stop_words(house, house.hub.board(), queue.id, request.state.language) if queue else "",
        "papers": documents(found),
        "limit": _limit(placement),
        "rows": [row for row in found.channels if row.channel == "direct"] or list(found.channels),
        "page_id": secrets.token_urlsafe(12),
    }


def _limit(placement: Placement | None) -> tuple[float, str] | None:
    """The limit that a person set for this centre."""
    if placement is None or placement.limit is None or placement.limit.unit == Unit.UNKNOWN:
        return None
    return (placement.limit.amount, placement.limit.unit)


def result(request: Request, device: Device, ticket: Ticket, paper: str | None = None) -> dict[str, Any]:
    """The number, where to go, and where its paper is (looked up unless the caller knows).

    Paper `elsewhere`: another kiosk gave the number, and this one knows nothing of its slip.
    """
    house = house_of(request)
    centre = house.store.centre()
    queue = next(q for q in centre.queues if q.id == ticket.queue)
    paper = paper or paper_state(house, ticket)
    return {
        "device": device,
        "ticket": ticket,
        "queue_title": text_of(queue.title, request.state.language),
        "counters": counters_of(centre, queue),
        "paper": paper,
        "has_qr": paper != "elsewhere" and bool(follow_base(house)),
    }


def closed_words(house: House, queue: Queue, language: str) -> str:
    """Why this queue gives no number at this hour, and what to do instead; empty when it does."""
    centre, day, now = house.store.centre(), house.store.read(days.newest), house.now()
    found = house.store.read(admission, centre, queue, now, day.id if day else 0)
    return "" if found.ok else failures.sentence(refusal(found, centre, queue, now), language)


def stop_words(house: House, board: Board, queue: str, language: str) -> str:
    """Why this queue takes nobody new, and until when; empty when it does."""
    return wording.stop(board.stop_of(queue, house.now()), translator(language))


def counters_of(centre: Centre, queue: Queue) -> str:
    """The numbers of the counters that serve this queue, '1, 2, 5'."""
    return ", ".join(str(c.number) for c in centre.counters if queue.id in served_queues(c))


def paper_state(house: House, ticket: Ticket) -> str:
    """printing, here, sent, or none: nothing is called printed before the printer said so."""
    job: PrintJob | None = house.store.read(jobs.print_job_of, "ticket", str(ticket.id))
    if job is None:
        return "none"
    if job.state == "queued":
        waited = house.now().timestamp() * 1000 - job.asked_at
        return "late" if waited > SAYS_NOTHING_AFTER_MS or job.note else "printing"
    return {"confirmed": "here", "sent": "sent"}.get(job.state, "late")


def follow_picture(house: House, ticket: Ticket) -> bytes | None:
    """The QR that leads to the ticket's page on a phone, as an SVG; None without `follow_url`.

    A picture of its own: drawing it takes longer than giving the number, which must not wait for it.
    """
    base = follow_base(house)
    if not base:
        return None
    address = f"{base}/{ticket.id}-{house.vault.sign('follow', str(ticket.id))}"
    code = segno.make(address, error="m", micro=False, mask=3)
    picture = BytesIO()
    code.save(picture, kind="svg", border=4, light="#fff", omitsize=True)
    return picture.getvalue()


def follow_base(house: House) -> str:
    """Where phones follow a ticket: the setting, else the centre's own; empty for nowhere."""
    return house.follow_url or house.store.centre().follow_url


def notices(house: House, language: str) -> str:
    """The strip that every kiosk page shows: what is stopped, and the server's clock."""
    centre, board = house.store.centre(), house.hub.board()
    stopped = [
        (q.prefix, text_of(q.title, language), why)
        for q in centre.queues
        if (why := stop_words(house, board, q.id, language))
    ]
    return house.pages.render("kiosk/_notices.html", language, stopped=stopped, now=house.now())

"""What the kiosk's pages show, from the board and the centre's file."""

import secrets
from io import BytesIO
from typing import Any

import segno
from starlette.requests import Request

from domain.appointments import CODE_LETTERS, takes_bookings
from domain.centres import Centre, Device, Queue
from domain.papers import SlipState
from domain.routing import counters_serving
from domain.slips import SlipKind
from domain.tickets import Ticket
from kiosk import modes, priorities
from kiosk.honesty import before, follow_base, stop_words
from store import jobs
from store.jobs import PrintJob
from web import waits
from web.house import House, house_of
from web.languages import LANGUAGES, offered
from web.pages import text_of

SAYS_NOTHING_AFTER_MS = 6000
NEEDS_ABOVE_KEYS = 8


def frame(request: Request, device: Device) -> dict[str, Any]:
    """What every page of this kiosk needs: the centre, the kiosk, its modes and the way to other languages.

    A language that a centre has added has no voice, so that speech is not offered in it.
    """
    centre = house_of(request).store.centre()
    home, is_spoken = f"/kiosk/{device.id}", request.state.language in LANGUAGES
    chosen = [mode for mode in modes.chosen(request) if is_spoken or mode != "speech"]
    return {
        "centre": centre,
        "centre_name": text_of(centre.name, request.state.language),
        "device": device,
        "modes": chosen,
        "keep": modes.kept(chosen),
        "switches": [s for s in modes.switches(request, home) if is_spoken or s.mode != "speech"],
        "languages": [(code, name, modes.in_language(request, home, code)) for code, name in offered().items()],
        "keypad": modes.KEYPAD | request.app.state.keypad,
        "now": house_of(request).now(),
        "slow": waits.is_slow(house_of(request)),
        "has_results": any(queue.kind == "results" for queue in centre.queues),
        "has_booking": takes_bookings(centre),
        "finding": _finding(centre),
    }


def _finding(centre: Centre) -> str:
    """Where "find my procedure" begins: with all common needs, so that each of them is three taps away (K7)."""
    return "/needs" if sum(p.common for p in centre.procedures) > NEEDS_ABOVE_KEYS else "/procedures"


def code_page(request: Request, device: Device) -> dict[str, Any]:
    """The page for an appointment's code, with only the keys that a code can have."""
    figures = "".join(c for c in CODE_LETTERS if c.isdigit())
    letters = "".join(c for c in CODE_LETTERS if c.isalpha())
    half = (len(letters) + 1) // 2
    rows = " ".join((figures, letters[:half], letters[half:]))
    return frame(request, device) | {"key_rows": rows, "page_id": secrets.token_urlsafe(12)}


def queue_list(request: Request, only: str | None = None) -> dict[str, Any]:
    """The queues with how many wait, and a request id for each button."""
    house = house_of(request)
    centre = house.store.centre()
    wanted = [queue for queue in centre.queues if only is None or queue.kind == only]
    told = [(queue, before(request, queue)) for queue in wanted]
    return {
        "page_id": secrets.token_urlsafe(12),
        "queues": [
            {
                "id": queue.id,
                "prefix": queue.prefix,
                "title": text_of(queue.title, request.state.language),
                "waiting": now.ahead,
                "wait": now.wait if now.told.says_something else "",
                "note": now.told.note if now.told.has_risen else "",
                "is_known": now.told.is_known,
                "stopped": now.stopped,
                "closed": now.closed,
            }
            for queue, now in told
        ],
        "priority": priorities.choice(request, "queues", only or ""),
        "instead": next((now.instead for _, now in told if now.closed and now.instead), None),
    }


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
        "wait": waits.promised(house, ticket, request.state.language).words,
        "paper": paper,
        "paper_at": paper_at(house, device, ticket) if paper in ("here", "sent") else "",
        "has_qr": paper != "elsewhere" and bool(follow_base(house)),
    }


def counters_of(centre: Centre, queue: Queue) -> str:
    """The numbers of the counters that serve this queue, '1, 2, 5'."""
    return ", ".join(str(counter.number) for counter in counters_serving(centre.counters, queue.id))


def paper_state(house: House, ticket: Ticket) -> str:
    """printing, here, sent, or none: nothing is called printed before the printer said so."""
    job: PrintJob | None = house.store.read(jobs.print_job_of, SlipKind.TICKET, str(ticket.id))
    if job is None:
        return "none"
    if not job.is_over:
        waited = house.now().timestamp() * 1000 - job.asked_at
        return "late" if waited > SAYS_NOTHING_AFTER_MS or job.state == SlipState.FAILED else "printing"
    return {"confirmed": "here", "sent": "sent"}.get(job.state, "late")


def paper_at(house: House, device: Device, ticket: Ticket) -> str:
    """The name of the printer that has the slip; empty where it is the kiosk's own."""
    job: PrintJob | None = house.store.read(jobs.print_job_of, SlipKind.TICKET, str(ticket.id))
    if job is None or job.printer == device.printer:
        return ""
    return next((p.name for p in house.store.centre().printers if p.id == job.printer), job.printer)


def follow_picture(house: House, ticket: Ticket) -> bytes | None:
    """The QR that leads to the ticket's page on a phone, as an SVG; None without `follow_url`.

    A picture of its own: drawing it takes longer than giving the number, which must not wait for it.
    """
    base = follow_base(house)
    if not base:
        return None
    return code_picture(f"{base}/{ticket.id}-{house.vault.sign('follow', str(ticket.id))}")


def code_picture(address: str) -> bytes:
    """The QR of an address as an SVG, with its quiet zone."""
    code = segno.make(address, error="m", micro=False, mask=3)
    picture = BytesIO()
    code.save(picture, kind="svg", border=4, light="#fff", omitsize=True)
    return picture.getvalue()


def notices(house: House, language: str) -> str:
    """The strip that every kiosk page shows: what is stopped, and the server's clock."""
    centre, board = house.store.centre(), house.hub.board()
    stopped = [
        (q.prefix, text_of(q.title, language), why)
        for q in centre.queues
        if (why := stop_words(house, board, q.id, language))
    ]
    return house.pages.render(
        "kiosk/_notices.html", language, stopped=stopped, now=house.now(), slow=waits.is_slow(house)
    )

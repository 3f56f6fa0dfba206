"""The slip printers, as those who mind the hall see them: state, paper, slips that wait, and what to do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import views
from domain.centres import Printer
from domain.errors import msgid
from domain.papers import Answer, SlipState, is_roll_low, metres
from domain.roles import LEADING_ROLES, Role, open_to
from operations import printing
from store import jobs, printers
from store.instants import moment
from store.jobs import TEST_PAGE, PrintJob
from store.printers import NOTHING_KNOWN, PrinterPast
from web import forms
from web.house import House, act_of, house_of
from web.languages import translator
from web.pages import go, page
from web.wording import SLIP_ENDS

MINDERS = (*sorted(LEADING_ROLES), Role.ADMINISTRATOR)
READERS = (*MINDERS, Role.AUDITOR)
NOT_ASKED = msgid("chưa hỏi được máy in")
READY = msgid("sẵn sàng")
MUTE = msgid("máy này không trả lời; phiếu chỉ ghi là đã gửi")
PAPER_OUT = "hết giấy"


@dataclass(frozen=True, slots=True)
class Shown:
    """One printer on the page: signs are good, waiting or bad; texts are translated."""

    id: str
    name: str
    sign: str
    state: str
    remedy: str
    mishap: str
    paper_sign: str
    paper: str
    metres: str
    roll_metres: int
    roll_at: datetime | None
    waiting: int
    oldest: datetime | None
    doing: str
    confirmed_at: datetime | None
    test: PrinterPast
    page: str
    page_sign: str
    page_at: datetime | None
    answers: tuple[str, ...]


SIGNS = {
    SlipState.CONFIRMED: "good",
    SlipState.SENT: "waiting",
    SlipState.UNKNOWN: "bad",
    SlipState.EXPIRED: "bad",
}
ANSWERS = {
    Answer.STATUS: msgid("báo tình trạng"),
    Answer.COMPLETION: msgid("xác nhận từng phiếu"),
    Answer.SENSOR: msgid("báo đã xử lý xong"),
    Answer.AUTOMATIC: msgid("tự báo khi có thay đổi"),
    Answer.NEAR_END: msgid("báo sắp hết giấy"),
}


@open_to(*READERS)
async def show_printers(request: Request) -> Response:
    """Every printer of the centre."""
    return page(request, "admin/printers.html", **views.frame(request), **shown(request))


def shown(request: Request) -> dict[str, Any]:
    """All printers, those in trouble first as they stand."""
    house, language = house_of(request), request.state.language
    pasts, waiting = house.store.read(printers.pasts), house.store.read(jobs.waiting_slips)
    known = house.printers()
    return {
        "printers": [
            _shown(house, p, known.get(p.id), pasts.get(p.id, NOTHING_KNOWN), waiting, language)
            for p in house.store.centre().printers
        ],
        "may_mind": any(request.state.visitor.holds(role) for role in MINDERS),
    }


def _shown(
    house: House, printer: Printer, state: Any, past: PrinterPast, waiting: list[PrintJob], language: str
) -> Shown:
    said = translator(language)
    mine = [job for job in waiting if job.printer == printer.id]
    sign, words = _state(state, past)
    paper_sign, paper = _paper(state, past, printer)
    page = house.store.read(jobs.print_job_of, TEST_PAGE, printer.id)
    page_sign, page_words = _page(page)
    return Shown(
        printer.id, printer.name, sign, said(words), said(state.remedy) if state and state.remedy else "",
        said(state.mishap) if state and state.mishap and not state.trouble else "",
        paper_sign, said(paper), _figure(metres(past.rows), language), printer.roll_metres, past.roll_at, len(mine),
        moment(mine[0].asked_at) if mine else None, _doing(state, mine), past.confirmed_at, past,
        said(page_words), page_sign, moment(page.asked_at) if page else None,
        tuple(said(text) for answer, text in ANSWERS.items() if answer in past.abilities.answers),
    )  # fmt: skip


def _figure(value: float, language: str) -> str:
    """One digit behind the comma, which is a point in English."""
    return f"{value:.1f}" if language == "en" else f"{value:.1f}".replace(".", ",")


def _state(state: Any, past: PrinterPast) -> tuple[str, str]:
    if state is None or (state.looked is None and not state.trouble and state.last_proof is None):
        return "waiting", NOT_ASKED
    if state.trouble:
        return "bad", state.trouble
    if state.mishap:
        return "waiting", READY
    if not past.abilities.should_prove:
        return "waiting", MUTE
    return "good", READY


def _paper(state: Any, past: PrinterPast, printer: Printer) -> tuple[str, str]:
    """What is known of the roll: the printer's own word where it has one, else the metres."""
    if state is not None and state.trouble == PAPER_OUT:
        return "bad", msgid("hết giấy")
    if state is not None and state.near_end:
        return "waiting", msgid("sắp hết giấy: để sẵn cuộn mới")
    if Answer.NEAR_END not in past.abilities.answers and is_roll_low(past.rows, printer.roll_metres):
        return "waiting", msgid("có lẽ sắp hết: để sẵn cuộn mới")
    if state is not None and state.answers:
        return "good", msgid("còn giấy")
    return "waiting", msgid("máy này không báo giấy: hãy nhìn cuộn giấy")


def _page(page: PrintJob | None) -> tuple[str, str]:
    """How the newest test page went."""
    if page is None:
        return "waiting", msgid("chưa in lần nào")
    ended = SlipState(page.state)
    if ended not in SIGNS:
        return "waiting", msgid("đang chờ in")
    return SIGNS[ended], SLIP_ENDS[ended]


def _doing(state: Any, mine: list[PrintJob]) -> str:
    """'12/34' while a slip is being handed over."""
    if state is None or state.job is None or not any(job.state == SlipState.SENDING for job in mine):
        return ""
    return f"{state.pieces}/{state.total}"


@open_to(*MINDERS, body_limit=2048)
async def change_roll(request: Request) -> Response:
    """A new roll lies in the printer."""
    form = await forms.read_form(request)
    await house_of(request).store.write(act_of(request, form), printing.change_roll, request.path_params["printer"])
    return go("/admin/printers")


@open_to(*MINDERS, body_limit=2048)
async def ask_test_page(request: Request) -> Response:
    """The printer prints its test page. Raises NotFound, TestPageWaits."""
    form = await forms.read_form(request)
    printer = request.path_params["printer"]
    await house_of(request).store.write(act_of(request, form), printing.ask_test_page, printer)
    return go("/admin/printers")


ROUTES: list[BaseRoute] = [
    Route("/admin/printers", show_printers),
    Route("/admin/printers/{printer}/rolls", change_roll, methods=["POST"]),
    Route("/admin/printers/{printer}/test-pages", ask_test_page, methods=["POST"]),
]

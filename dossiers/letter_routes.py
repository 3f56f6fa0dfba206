"""Letters to other agencies and from them: listed, written, sent again, read, their files saved."""

import asyncio
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from domain.days import local
from domain.errors import NotFound, Refused, msgid
from domain.letters import KIND_NAMES, STATE_NAMES, Attachment, Letter, LetterKind, LetterState
from domain.roles import LEADING_ROLES, Role, open_to
from domain.tickets import milliseconds
from dossiers import letter_rows, papers
from dossiers import letter_writing as writing
from dossiers.form_filling import Desk
from dossiers.rows import lines_for
from operations import answering, corresponding
from operations.corresponding import NewLetter
from store import dossiers, letters
from store.dossiers import Dossier
from store.letters import KeptLetter
from web import failures, forms
from web.attachments import HANDLERS
from web.house import House, act_of, house_of, visitor_of
from web.languages import translator
from web.pages import go, page, text_of
from web.scope import own_dossier, own_sight
from web.sessions import safe_next

HOME = "/dossiers/letters"
WRITERS = (Role.CLERK, *sorted(LEADING_ROLES))
MOST_ARRIVED, MOST_WAITING = 20, 50
LARGEST_FORM = 160 * 1024  # 10,000 letters of Vietnamese, nine bytes each on the way, and what stands beside


class UnknownLetter(NotFound):
    text = msgid("Không có văn bản này. Mời quay lại danh sách văn bản.")


def frame(request: Request) -> dict[str, Any]:
    """What every page here needs."""
    centre = house_of(request).store.centre()
    return {
        "centre_name": text_of(centre.name, request.state.language), "may_name": True,
        "has_axis": centre.axis is not None, "may_write": visitor_of(request).holds(*WRITERS),
        "no_axis": failures.sentence(writing.NoAxis(), request.state.language),
    }  # fmt: skip


@open_to(*HANDLERS)
async def show_letters(request: Request) -> Response:
    """The letters of one dossier, newest first."""
    house, dossier = house_of(request), own_dossier(request)
    found = house.store.read(letters.letters_of, dossier.code)
    rows = await _rows(request, found)
    return page(
        request, "dossiers/letters.html", dossier=dossier, rows=rows, here=address(dossier), **frame(request)
    )


@open_to(*WRITERS)
async def show_form(request: Request) -> Response:
    """A letter to write."""
    return _form(request, own_dossier(request))


@open_to(*WRITERS, body_limit=LARGEST_FORM)
async def send(request: Request) -> Response:
    """It is sealed and waits for the axis; a refusal stands on the same form, with everything that was typed."""
    house, form, dossier = house_of(request), await forms.read_form(request), own_dossier(request)
    try:
        new = await _written(house, form, dossier)
        await house.store.write(act_of(request, form), corresponding.queue_letter, new)
    except Refused as refused:
        return _form(request, dossier, form, refused)
    return go(address(dossier))


@open_to(*HANDLERS)
async def show_desk(request: Request) -> Response:
    """What waits for a person, and what has arrived."""
    house, sight = house_of(request), own_sight(request)
    with house.store.snapshot() as db:
        waiting = [one for one in letters.open_letters(db, MOST_WAITING) if letter_rows.is_seen(db, one, sight)]
        arrived = letters.newest(db, MOST_ARRIVED, arrived=True) if sight.agency is None else []
    parked = [one for one in waiting if one.state is LetterState.PARKED]
    return page(
        request, "dossiers/letter_desk.html", queued=len(waiting) - len(parked),
        parked=await _rows(request, parked), arrived=await _rows(request, arrived),
        sees_all=sight.agency is None, here=HOME, **frame(request),
    )  # fmt: skip


@open_to(*HANDLERS)
async def show_letter(request: Request) -> Response:
    """One letter with its text; its files are to be saved, not shown."""
    return await _letter_page(request, _own_letter(request))


@open_to(*HANDLERS)
async def save_file(request: Request) -> Response:
    """A file of a letter for saving. What others sent was never checked: no browser shows it or runs it."""
    house, kept, number = house_of(request), _own_letter(request), request.path_params["file"]
    letter = await asyncio.to_thread(_opened, house, kept)
    if not 1 <= number <= len(letter.attachments):
        raise UnknownLetter()
    return _saved(letter.attachments[number - 1], number)


@open_to(*WRITERS, body_limit=2048)
async def resend(request: Request) -> Response:
    """A person has mended the cause."""
    house, form, kept = house_of(request), await forms.read_form(request), _own_letter(request)
    if house.store.centre().axis is None:
        raise writing.NoAxis()
    await house.store.write(act_of(request, form), corresponding.resend, kept.id)
    return go(safe_next(str(form.get("back", ""))) or f"{HOME}/{kept.id}")


@open_to(*WRITERS, body_limit=32_768)
async def answer(request: Request) -> Response:
    """An officer takes or refuses a letter that arrived, or says how far it is; its sender is told by the axis."""
    house, form, kept = house_of(request), await forms.read_form(request), _own_letter(request)
    typed = str(form.get("words", ""))
    try:
        status, sealed = writing.answer_of(form, house.vault.seal)
        who = visitor_of(request).who
        await house.store.write(act_of(request, form), answering.answer_letter, kept.id, status, who, sealed)
    except Refused as refused:
        return await _letter_page(request, kept, refused, typed[:2000])
    return go(f"{HOME}/{kept.id}")


def address(dossier: Dossier) -> str:
    """Where the letters of a dossier stand."""
    return f"/dossiers/{quote(dossier.code, safe='')}/letters"


async def _letter_page(
    request: Request, kept: KeptLetter, refused: Refused | None = None, typed: str = ""
) -> Response:
    house, said = house_of(request), translator(request.state.language)
    letter = await asyncio.to_thread(_opened, house, kept)
    names = {one.code: letter_rows.named(one) for one in letter.receivers}
    return page(
        request, "dossiers/letter.html", failures.status_of(refused) if refused else 200, kept=kept, letter=letter,
        here=f"{HOME}/{kept.id}", number="/".join(filter(None, (letter.number, letter.notation))),
        kind=said(KIND_NAMES[LetterKind(kept.kind)]) if kept.kind else "",
        sign=letter_rows.SIGNS[kept.state], state=said(STATE_NAMES[kept.state]),
        reason=letter_rows.reason_of(kept, said), heard=letter_rows.heard(house, kept, names, said),
        answered=letter_rows.answered(house, kept, said), next_answers=letter_rows.next_of(house, kept, said),
        wrong=failures.sentence(refused, request.state.language) if refused else "", typed=typed,
        **frame(request),
    )  # fmt: skip


def _own_letter(request: Request) -> KeptLetter:
    house, sight = house_of(request), own_sight(request)
    with house.store.snapshot() as db:
        found = letters.find(db, request.path_params["letter"])
        if found is None or not letter_rows.is_seen(db, found, sight):
            raise UnknownLetter()
    return found


def _opened(house: House, kept: KeptLetter) -> Letter:
    return corresponding.opened(house.vault.unseal(house.store.read(letters.sealed_body, kept.body)))


async def _rows(request: Request, found: list[KeptLetter]) -> list[letter_rows.LetterRow]:
    said = translator(request.state.language)
    return await asyncio.to_thread(letter_rows.rows, house_of(request), found, said)


async def _written(house: House, form: FormData, dossier: Dossier) -> NewLetter:
    """The letter with its form as PDF, checked and sealed. Raises kinds of Refused."""
    with house.store.snapshot() as db:
        centre = house.store.centre()
        if centre.axis is None:
            raise writing.NoAxis()
        purpose = writing.purpose_of(form, dossiers.steps_of(db, dossier.code))
        letter = writing.letter_of(form, centre, purpose.kind, house.now())
        facts = writing.facts_of(purpose, Desk(db, centre, house.vault, house.now()), dossier)
    if facts is not None:
        printed = await asyncio.to_thread(papers.print_form, facts, house.own_forms)
        letter = replace(letter, attachments=(writing.attachment(purpose, printed.body),))
    return await asyncio.to_thread(corresponding.write_letter, letter, purpose.kind, house.vault.seal, dossier.code)


def _form(
    request: Request, dossier: Dossier, form: FormData | None = None, refused: Refused | None = None
) -> Response:
    house, said = house_of(request), translator(request.state.language)
    with house.store.snapshot() as db:
        row = lines_for(request).line(db, dossier)
        choices = writing.purposes(dossiers.steps_of(db, dossier.code))
    now = house.now()
    return page(
        request, "dossiers/letter_form.html", failures.status_of(refused) if refused else 200, dossier=dossier,
        row=row, here=address(dossier), typed=form or FormData(), today=local(now).date(),
        written=milliseconds(now), purposes=[(one, said(KIND_NAMES[one.kind])) for one in choices],
        extended=any(one.step for one in choices),
        receivers=writing.receivers(house.store.centre()),
        wrong=failures.sentence(refused, request.state.language) if refused else "", **frame(request),
    )  # fmt: skip


def _saved(file: Attachment, number: int) -> Response:
    name = quote(file.name, safe="")
    headers = {
        "Content-Disposition": f"attachment; filename=\"tep-{number}\"; filename*=UTF-8''{name}",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "Cache-Control": "no-store",
    }
    return Response(file.content, media_type="application/octet-stream", headers=headers)


ROUTES: list[BaseRoute] = [
    Route(HOME, show_desk),
    Route(f"{HOME}/{{letter:int}}", show_letter),
    Route(f"{HOME}/{{letter:int}}/files/{{file:int}}", save_file),
    Route(f"{HOME}/{{letter:int}}/resends", resend, methods=["POST"]),
    Route(f"{HOME}/{{letter:int}}/answers", answer, methods=["POST"]),
    Route("/dossiers/{code}/letters", show_letters),
    Route("/dossiers/{code}/letters", send, methods=["POST"]),
    Route("/dossiers/{code}/letters/new", show_form),
]

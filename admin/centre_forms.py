"""The configuration by forms: an entry is changed, the whole is read again and kept as a draft to look at.

A draft's number leads every address, 0 is what is in force, so that several changes gather in one draft.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import centre_entries, centre_words, slip_looks, views
from admin.centre import DRAFTS, drafted_of
from admin.centre_entries import EntryGone, Told
from admin.centre_fields import Field, Sheet
from admin.centre_sheets import SHEETS
from domain.centre_syntax import parsed
from domain.centre_toml import write_centre
from domain.centres import Centre, CentreFileWrong, read_draft
from domain.records import Mistake
from domain.roles import Role, open_to
from operations import configuring
from store import plans
from web import forms
from web.house import House, act_of, house_of
from web.pages import go, page

SECTIONS = f"{DRAFTS}/{{draft:int}}/sections"
LARGEST_FORM = 64 * 1024
MOST_ENTRIES = 200
LONGEST_SEARCH = 60


@dataclass(frozen=True, slots=True)
class Work:
    """What somebody works on: the draft (0: what is in force), the configuration it changes, and its data."""

    draft: int
    base: int | None
    centre: Centre
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a section: what the entry is called in addresses, its name, and its columns."""

    reference: str
    name: str
    columns: tuple[str, ...]


async def work_of(request: Request) -> Work:
    """The draft in the address. Raises DraftGone."""
    return await views.in_thread(_opened, house_of(request), request.path_params["draft"])


def _opened(house: House, draft: int) -> Work:
    with house.store.own_reader() as db:
        if draft:
            found = drafted_of(house, db, draft)
            return Work(draft, found.base, found.centre, parsed(found.text))
        centre = plans.in_force(db)
        return Work(0, plans.number_in_force(db), centre, parsed(write_centre(centre)))


def _sheet(request: Request, *, is_list: bool | None = None) -> Sheet:
    """The section in the address. Raises EntryGone."""
    sheet = SHEETS.get(request.path_params["section"])
    if sheet is None or is_list not in (None, sheet.is_list):
        raise EntryGone()
    return sheet


def _frame(request: Request, work: Work) -> dict[str, Any]:
    return views.frame(request) | {
        "draft": work.draft, "seen": work.base or 0, "sections": f"{DRAFTS}/{work.draft}/sections"
    }  # fmt: skip


@open_to(Role.ADMINISTRATOR)
async def show_sections(request: Request) -> Response:
    """What can be changed, with how many entries each section has."""
    work = await work_of(request)
    groups = centre_words.counted(work.centre)
    return page(request, "admin/centre_sections.html", groups=groups, **_frame(request, work))


@open_to(Role.ADMINISTRATOR)
async def show_section(request: Request) -> Response:
    """The entries of a section, or the form of one that has none."""
    sheet, work = _sheet(request), await work_of(request)
    if not sheet.is_list:
        return _form(request, work, sheet, None, work.raw)
    return _list(request, work, sheet)


def _list(request: Request, work: Work, sheet: Sheet) -> Response:
    asked = forms.words(request, "q", LONGEST_SEARCH).strip()
    rows = _rows(work.raw, sheet, request.state.language)
    found = [
        row for row in rows if asked.casefold() in " ".join((row.reference, row.name, *row.columns)).casefold()
    ]
    return page(
        request, "admin/centre_section.html", sheet=sheet, asked=asked, count=len(rows),
        rows=found[:MOST_ENTRIES], more=max(len(found) - MOST_ENTRIES, 0),
        columns=[sheet.field(key) for key in sheet.listed], **_frame(request, work),
        **_looks(request, work, sheet, ""),
    )  # fmt: skip


def _looks(request: Request, work: Work, sheet: Sheet, reference: str) -> dict[str, Any]:
    asked, language = forms.words(request, "width", 3), request.state.language
    return slip_looks.of(work.centre, sheet, reference, f"{DRAFTS}/{work.draft}/sections", language, asked)


def _rows(raw: dict[str, Any], sheet: Sheet, language: str) -> list[Row]:
    return [
        Row(
            centre_words.reference(raw, sheet, at),
            centre_words.name_of(sheet, entry, raw, language),
            tuple(centre_words.said(sheet.field(key), entry.get(key), raw, language) for key in sheet.listed),
        )
        for at, entry in enumerate(raw.get(sheet.key, ()))
    ]


@open_to(Role.ADMINISTRATOR)
async def show_addition(request: Request) -> Response:
    """An empty form."""
    sheet, work = _sheet(request, is_list=True), await work_of(request)
    return _form(request, work, sheet, None, centre_entries.fresh(sheet.record))


@open_to(Role.ADMINISTRATOR)
async def show_entry(request: Request) -> Response:
    """The form of one entry."""
    sheet, work = _sheet(request, is_list=True), await work_of(request)
    at = centre_entries.place_of(work.raw, sheet, request.path_params["entry"])
    return _form(request, work, sheet, at, work.raw[sheet.key][at])


def _form(
    request: Request, work: Work, sheet: Sheet, at: int | None, entry: dict[str, Any],
    here: Sequence[Told] = (), elsewhere: Sequence[str] = (),
) -> Response:  # fmt: skip
    """The page of a form, with what is wrong in its fields and in other places."""
    old = None if at is None else work.raw[sheet.key][at]
    reference = "" if at is None else centre_words.reference(work.raw, sheet, at)
    return page(
        request, "admin/centre_entry.html", 422 if here or elsewhere else 200, sheet=sheet, wrong=elsewhere,
        fields=centre_entries.shown(
            centre_entries.open_fields(sheet, is_new=at is None), entry, work.raw, request.state.language, here
        ),
        reference=reference, **_looks(request, work, sheet, reference or "-"),
        name="" if old is None else centre_words.name_of(sheet, old, work.raw, request.state.language),
        is_wrong=bool(here or elsewhere), **_frame(request, work),
    )  # fmt: skip


@open_to(Role.ADMINISTRATOR, body_limit=LARGEST_FORM)
async def change_section(request: Request) -> Response:
    """One more entry of a list, or the section without a list as it was filled in."""
    return await _change(request, _sheet(request), None)


@open_to(Role.ADMINISTRATOR, body_limit=LARGEST_FORM)
async def change_entry(request: Request) -> Response:
    """One entry as it was filled in."""
    return await _change(request, _sheet(request, is_list=True), request.path_params["entry"])


async def _change(request: Request, sheet: Sheet, reference: str | None) -> Response:
    form, work = await forms.read_form(request), await work_of(request)
    at = None if reference is None else centre_entries.place_of(work.raw, sheet, reference)
    raw = centre_entries.changed(work.raw, sheet, at, form)
    try:
        return await keep(request, form, work, raw)
    except CentreFileWrong as wrong:
        place = len(raw[sheet.key]) - 1 if at is None and sheet.is_list else at
        entry = raw if place is None else raw[sheet.key][place]
        asked = centre_entries.open_fields(sheet, is_new=at is None)
        here, elsewhere = _parted(asked, _where(sheet, place), wrong.mistakes, raw, request.state.language)
        return _form(request, work, sheet, at, entry, here, elsewhere)


def _where(sheet: Sheet, place: int | None) -> str:
    """With what the path of a mistake in this entry begins."""
    return "" if place is None else f"{sheet.key}[{place}]."


def _parted(
    asked: tuple[Field, ...], where: str, mistakes: tuple[Mistake, ...], raw: dict[str, Any], language: str
) -> tuple[list[Told], list[str]]:
    """What is wrong in a field of the form, by the path inside its entry; and all the rest."""
    here, elsewhere = [], []
    for mistake in (_from_here(mistake, where) for mistake in mistakes):
        path = mistake.path.removeprefix(where)
        if mistake.path.startswith(where) and any(centre_entries.is_at(path, one.key) for one in asked):
            here.append((path, centre_words.reason(mistake, raw, language)))
        else:
            elsewhere.append(mistake)
    return here, centre_words.told(elsewhere, raw, language)


def _from_here(mistake: Mistake, where: str) -> Mistake:
    """What is there twice is noted at the later entry; whoever fills in the earlier one made it."""
    first = str(mistake.arguments.get("first", ""))
    if not where or not first.startswith(where):
        return mistake
    return replace(mistake, path=first, arguments={"first": mistake.path})


@open_to(Role.ADMINISTRATOR, body_limit=2048)
async def remove_entry(request: Request) -> Response:
    """A draft without this entry, unless others speak of it."""
    sheet, form, work = _sheet(request, is_list=True), await forms.read_form(request), await work_of(request)
    at = centre_entries.place_of(work.raw, sheet, request.path_params["entry"])
    raw = centre_entries.removed(work.raw, sheet, at)
    try:
        return await keep(request, form, work, raw)
    except CentreFileWrong as wrong:
        elsewhere = centre_words.told(wrong.mistakes, raw, request.state.language)
        return _form(request, work, sheet, at, work.raw[sheet.key][at], (), elsewhere)


async def keep(request: Request, form: FormData, work: Work, raw: dict[str, Any]) -> Response:
    """The changed data as a draft. Raises CentreFileWrong, DraftStale."""
    house = house_of(request)
    base = work.base if work.draft else forms.number(form, "seen", 0, 2**53)
    sealed = await views.in_thread(_sealed, house, raw)
    draft = await house.store.write(act_of(request, form), configuring.keep_draft, sealed, base)
    return go(f"{DRAFTS}/{draft}")


def _sealed(house: House, raw: dict[str, Any]) -> bytes:
    """The text that was proven to read back. Raises CentreFileWrong."""
    centre, _ = read_draft(raw)
    text = write_centre(centre)
    read_draft(parsed(text))
    return house.vault.seal(text.encode())


ROUTES: list[BaseRoute] = [
    Route(SECTIONS, show_sections),
    Route(f"{SECTIONS}/{{section}}", show_section),
    Route(f"{SECTIONS}/{{section}}", change_section, methods=["POST"]),
    Route(f"{SECTIONS}/{{section}}/addition", show_addition),
    Route(f"{SECTIONS}/{{section}}/entries/{{entry}}", show_entry),
    Route(f"{SECTIONS}/{{section}}/entries/{{entry}}", change_entry, methods=["POST"]),
    Route(f"{SECTIONS}/{{section}}/entries/{{entry}}/removals", remove_entry, methods=["POST"]),
]

"""The portal's catalogue against ours: read in words by a manager, who puts all or some of it into force."""

from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import views
from admin.portal_desk import NoPortal, check_whole_centre, portal_work
from domain.calendar import Translate
from domain.catalogue_differences import ASPECT_NAMES, Aspect, CatalogueChange, Change, FieldChange
from domain.errors import Invalid, msgid
from domain.roles import Role, open_to
from operations import cataloguing
from store import catalogue_drafts
from web import forms, wording
from web.house import act_of, house_of
from web.languages import translator
from web.pages import go, page

HERE = "/admin/catalogue"
DECIDERS = (Role.MANAGER, Role.ADMINISTRATOR)
SHOWN = 50  # as many as one form carries; the next come when these are decided
LONGEST_TEXT = 700
KINDS = {Change.NEW: msgid("mới"), Change.CHANGED: msgid("thay đổi"), Change.GONE: msgid("không còn trên Cổng")}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field that differs, in words."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One procedure that differs, in words; `is_received`: this centre receives it."""

    code: str
    title: str
    kind: str
    is_gone: bool
    is_received: bool
    fields: tuple[FieldRow, ...]


@open_to(*DECIDERS)
async def show_catalogue(request: Request) -> Response:
    """What would change. Raises NotAllowed."""
    check_whole_centre(request)
    return page(request, "admin/catalogue.html", **_shown(request), **views.frame(request))


@open_to(*DECIDERS, body_limit=2048)
async def fetch_catalogue(request: Request) -> Response:
    """Ask the portal for its list, in the background. Raises NoPortal."""
    await forms.read_form(request)
    check_whole_centre(request)
    if not portal_work(request).ask_catalogue():
        raise NoPortal()
    return go(HERE)


@open_to(*DECIDERS, body_limit=16384)
async def decide(request: Request) -> Response:
    """Put the ticked ones into force, or refuse them. Raises CatalogueMoved, Invalid."""
    form = await forms.read_form(request)
    check_whole_centre(request)
    run = forms.number(form, "run", 1, 1 << 50)
    store, codes = house_of(request).store, _codes(form)
    if form.get("decision") == "refuse":
        await store.write(act_of(request, form), cataloguing.refuse, run, codes)
    elif form.get("decision") == "take":
        await store.write(act_of(request, form), cataloguing.put_in_force, run, codes)
    else:
        raise Invalid(what="decision")
    return go(HERE)


def _codes(form: FormData) -> list[str]:
    codes = [code for code in form.getlist("code") if isinstance(code, str)]
    if not 0 < len(codes) <= SHOWN or any(len(code) > 20 for code in codes):
        raise Invalid(what="code")
    return codes


def _shown(request: Request) -> dict[str, Any]:
    store, said = house_of(request).store, translator(request.state.language)
    run, found = store.read(catalogue_drafts.newest), store.read(cataloguing.read_differences)
    placed = {placement.code for placement in store.centre().procedures}
    # What this centre receives comes first: it is read before the rest of the country's list.
    found.sort(key=lambda change: (change.procedure.code not in placed, change.procedure.code))
    return {
        "run": run, "count": len(found), "changes": [change_row(one, placed, said) for one in found[:SHOWN]],
        "fetched": len(store.read(catalogue_drafts.fetched)) if run else 0,
        "unreadable": store.read(catalogue_drafts.unreadable),
    }  # fmt: skip


def change_row(change: CatalogueChange, placed: set[str], said: Translate) -> ChangeRow:
    """A difference in words."""
    one = change.procedure
    return ChangeRow(
        one.code, one.title, said(KINDS[change.kind]), change.kind is Change.GONE, one.code in placed,
        tuple(_field(field, said) for field in change.fields),
    )  # fmt: skip


def _field(field: FieldChange, said: Translate) -> FieldRow:
    name = said(ASPECT_NAMES[field.aspect])
    if field.channel is not None:
        name = f"{name} ({said(wording.CHANNELS[field.channel]).lower()})"
    if field.aspect is Aspect.PAPERS:
        # Of a long list only what differs is read.
        before = tuple(line for line in field.before if line not in field.after)
        after = tuple(line for line in field.after if line not in field.before)
    else:
        before, after = field.before, field.after
    return FieldRow(name, _lines(before, said), _lines(after, said))


def _lines(values: tuple[object, ...], said: Translate) -> tuple[str, ...]:
    return tuple(_line(value, said) for value in values)


def _line(value: object, said: Translate) -> str:
    if not isinstance(value, tuple):
        text = str(value) or said(msgid("không có thông tin"))
        return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
    amount, unit = value
    if amount is None:
        return "–"
    if unit is None:
        return f"{amount:g} ({said(msgid('chưa rõ đơn vị'))})"
    return wording.limit(amount, unit, said)


ROUTES: list[BaseRoute] = [
    Route(HERE, show_catalogue),
    Route(f"{HERE}/runs", fetch_catalogue, methods=["POST"]),
    Route(f"{HERE}/decisions", decide, methods=["POST"]),
]

"""The centre's configuration: what is in force, what was, what is planned, and how another one comes in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import centre_words, views
from domain.centre_difference import Difference, differences
from domain.centre_syntax import parsed
from domain.centre_toml import write_centre
from domain.centres import Centre, CentreFileWrong, read_centre, read_draft, warnings
from domain.days import local
from domain.errors import Invalid, Refused, msgid
from domain.records import Mistake, plain
from domain.roles import Role, open_to
from operations import configuring
from operations.calendars import calendar_of
from store import days, people, plans
from store.centres import NoCentre
from store.database import Connection
from store.plans import DraftGone
from store.vault import Unreadable
from web import forms
from web.house import House, act_of, house_of
from web.languages import translator
from web.pages import go, page

CENTRE = "/admin/centre"
DRAFTS = f"{CENTRE}/drafts"
LARGEST_BODY = 1024 * 1024
MOST_LISTED = 20
MOST_LINES = 500
LONGEST_WHY = 200
# Who acts without being a person of the vault.
OTHERS: Mapping[str, str] = {"command-line": msgid("dòng lệnh"), "demo": msgid("bản mẫu")}


class DraftUnfinished(Refused):
    text = msgid("Bản nháp này còn thiếu: xem trang của nó, rồi sửa tiếp trước khi áp dụng.")


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft as it was read: the text, its centre, what it lacks, and the configuration that it changes."""

    text: str
    centre: Centre
    lacking: tuple[Mistake, ...]
    base: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the history; `changes` is None for the first configuration."""

    number: int
    since: datetime | None
    who: str
    planned: datetime | None
    why: str
    changes: int | None


@open_to(Role.ADMINISTRATOR)
async def show_centre(request: Request) -> Response:
    """What is in force and since when, what is planned, what was before, and a place for another file."""
    house = house_of(request)
    found = await views.in_thread(_overview, house, request.state.language)
    return page(request, "admin/centre.html", **views.frame(request), **found)


def _overview(house: House, language: str) -> dict[str, Any]:
    with house.store.own_reader() as db:
        plan, before = plans.waiting(db), _in_force(db)
        planned = differences(before, plans.named(db, plan)) if plan and before else ()
        return {
            "entries": _history(db, language),
            "plan": plan,
            "planner": _called(db, plan.who, language) if plan else "",
            "planned": planned[:MOST_LINES],
            "place": partial(centre_words.place, language),
            "warnings": _cautions(before, language) if before else [],
            "groups": centre_words.counted(before) if before else (),
        }


def _cautions(centre: Centre, language: str) -> list[str]:
    return centre_words.told(warnings(centre), plain(centre), language)


def _in_force(db: Connection) -> Centre | None:
    try:
        return plans.in_force(db)
    except NoCentre:
        return None


def _history(db: Connection, language: str) -> list[Entry]:
    found = plans.history(db, MOST_LISTED + 1)
    centres = {entry.number: plans.of_number(db, entry.number) for entry in found}
    entries = []
    for place, entry in enumerate(found[:MOST_LISTED]):
        earlier = found[place + 1].number if place + 1 < len(found) else None
        changes = len(differences(centres[earlier], centres[entry.number])) if earlier else None
        who = _called(db, entry.who, language)
        entries.append(Entry(entry.number, entry.since, who, entry.planned, entry.why, changes))
    return entries


def _called(db: Connection, who: str | None, language: str) -> str:
    """The name of whoever did it."""
    if who is None:
        return "–"
    found = people.by_id(db, who)
    return found.name if found else translator(language)(OTHERS[who]) if who in OTHERS else who


@open_to(Role.ADMINISTRATOR)
async def export_centre(request: Request) -> Response:
    """What is in force as the one file, with people's names."""
    house = house_of(request)
    text = await views.in_thread(write_centre, house.store.read(plans.in_force))
    headers = {"Content-Disposition": 'attachment; filename="centre.toml"', "Cache-Control": "no-store"}
    return Response(text, media_type="application/toml", headers=headers)


@open_to(Role.ADMINISTRATOR)
async def show_configuration(request: Request) -> Response:
    """One configuration of the history: what it changed then, what it would change if it were in force again."""
    house, number = house_of(request), request.path_params["number"]
    found = await views.in_thread(_configuration, house, number, request.state.language)
    return page(request, "admin/centre_past.html", number=number, **views.frame(request), **found)


def _configuration(house: House, number: int, language: str) -> dict[str, Any]:
    with house.store.own_reader() as db:
        wanted, now = plans.of_number(db, number), plans.in_force(db)
        earlier = plans.before(db, number)
        then = differences(plans.of_number(db, earlier), wanted) if earlier else ()
        return _said(differences(now, wanted)) | {
            "place": partial(centre_words.place, language),
            "then": then[:MOST_LINES],
            "is_first": earlier is None,
            "seen": plans.number_in_force(db),
            "plan": plans.waiting(db),
        }


def _said(found: tuple[Difference, ...]) -> dict[str, Any]:
    return {"differences": found[:MOST_LINES], "more": max(len(found) - MOST_LINES, 0), "count": len(found)}


@open_to(Role.ADMINISTRATOR, body_limit=2048)
async def restore_configuration(request: Request) -> Response:
    """An older configuration is in force again."""
    house, form = house_of(request), await forms.read_form(request)
    wanted = house.store.read(plans.of_number, request.path_params["number"])
    return await _put_in_force(request, form, wanted)


@open_to(Role.ADMINISTRATOR, body_limit=LARGEST_BODY)
async def offer_file(request: Request) -> Response:
    """Read a file that was chosen or pasted: its mistakes, or a draft whose difference is shown first."""
    house = house_of(request)
    sent, form = await _sent(request)
    try:
        text = _decoded(sent)
        await views.in_thread(read_centre, text)
    except CentreFileWrong as wrong:
        mistakes = [spelled(mistake, request.state.language) for mistake in wrong.mistakes]
        return page(request, "admin/centre_mistakes.html", 422, mistakes=mistakes, **views.frame(request))
    sealed = await views.in_thread(house.vault.seal, text.encode())
    draft = await house.store.write(act_of(request, form), configuring.keep_draft, sealed)
    return go(f"{DRAFTS}/{draft}")


async def _sent(request: Request) -> tuple[bytes, FormData]:
    """The bytes of the file, or of the text field where no file was chosen, and the form. Raises Invalid."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        plain = await forms.read_form(request)
        return str(plain.get("text", "")).encode(errors="replace"), plain
    try:
        async with request.form(max_files=1, max_fields=4, max_part_size=LARGEST_BODY) as form:
            file = form.get("file")
            chosen = await file.read() if isinstance(file, UploadFile) else b""
            plain = FormData([(name, value) for name, value in form.multi_items() if isinstance(value, str)])
            return chosen or str(plain.get("text", "")).encode(errors="replace"), plain
    except HTTPException as error:
        raise Invalid(what="form") from error


def _decoded(sent: bytes) -> str:
    try:
        return sent.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        remedy = msgid("lưu tệp bằng mã UTF-8 rồi gửi lại")
        mistake = Mistake(f"byte {error.start}", "", msgid("không phải UTF-8"), remedy)
        raise CentreFileWrong((mistake,)) from error


def spelled(mistake: Mistake, language: str) -> dict[str, str]:
    """A mistake in the words of a language."""
    translate = translator(language)
    return {
        "path": mistake.path,
        "value": mistake.value,
        "reason": translate(mistake.reason) % mistake.arguments,
        "remedy": translate(mistake.remedy) % mistake.arguments,
    }


@open_to(Role.ADMINISTRATOR)
async def show_draft(request: Request) -> Response:
    """What a file that was read would change, and the button that lets it."""
    found = await views.in_thread(_draft, house_of(request), request.path_params["draft"], request.state.language)
    return page(request, "admin/centre_draft.html", **views.frame(request), **found)


def _draft(house: House, draft: int, language: str) -> dict[str, Any]:
    with house.store.own_reader() as db:
        drafted, before = drafted_of(house, db, draft), _in_force(db)
        today, seen = local(house.now()).date(), plans.number_in_force(db)
        return _said(differences(before, drafted.centre) if before else ()) | {
            "draft": draft,
            "place": partial(centre_words.place, language),
            "is_first": before is None,
            "is_by_forms": drafted.base is not None,
            "is_stale": drafted.base not in (None, seen),
            "lacking": centre_words.told(drafted.lacking, parsed(drafted.text), language),
            "seen": seen,
            "plan": plans.waiting(db),
            "earliest": configuring.first_possible(days.newest(db), today),
            "latest": today + configuring.FURTHEST_PLAN,
            "warnings": _cautions(drafted.centre, language),
        }


def _draft_alone(house: House, draft: int) -> Drafted:
    with house.store.own_reader() as db:
        return drafted_of(house, db, draft)


def drafted_of(house: House, db: Connection, draft: int) -> Drafted:
    """The very text that was shown. Raises DraftGone."""
    kept = plans.draft(db, draft)
    try:
        text = house.vault.unseal(kept.sealed).decode()
        return Drafted(text, *read_draft(parsed(text)), kept.base)
    except (Unreadable, CentreFileWrong) as error:
        raise DraftGone() from error


@open_to(Role.ADMINISTRATOR, body_limit=2048)
async def load_draft(request: Request) -> Response:
    """The configuration that was shown is in force, or waits for its date."""
    house, form = house_of(request), await forms.read_form(request)
    drafted = await views.in_thread(_draft_alone, house, request.path_params["draft"])
    if drafted.lacking:
        raise DraftUnfinished()
    return await _put_in_force(request, form, drafted.centre, _effective(form), drafted.base)


def _effective(form: FormData) -> date | None:
    """The date in the form, None without one. Raises Invalid."""
    text = forms.text(form, "effective", 10, required=False)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid(what="effective") from error


async def _put_in_force(
    request: Request, form: FormData, wanted: Centre, effective: date | None = None, base: int | None = None
) -> Response:
    """`base`: the configuration that the draft changed, whatever was in force when its page was looked at."""
    house = house_of(request)
    seen = forms.number(form, "seen", 0, 2**53) if base is None else base
    why = forms.text(form, "why", LONGEST_WHY, required=bool(seen))
    calendar, act = await views.in_thread(calendar_of, wanted), act_of(request, form)
    if effective is None:
        await house.store.write(act, configuring.apply_centre, wanted, calendar, seen, why)
    else:
        await house.store.write(act, configuring.plan_centre, wanted, calendar, effective, seen, why)
    return go(CENTRE)


@open_to(Role.ADMINISTRATOR, body_limit=2048)
async def cancel_plan(request: Request) -> Response:
    """What was planned will not come."""
    form = await forms.read_form(request)
    plan = request.path_params["plan"]
    await house_of(request).store.write(act_of(request, form), configuring.cancel_plan, plan)
    return go(CENTRE)


ROUTES: list[BaseRoute] = [
    Route(CENTRE, show_centre),
    Route("/admin/centre/file", export_centre),
    Route("/admin/centre/drafts", offer_file, methods=["POST"]),
    Route("/admin/centre/drafts/{draft:int}", show_draft),
    Route("/admin/centre/drafts/{draft:int}/loads", load_draft, methods=["POST"]),
    Route("/admin/centre/plans/{plan:int}/cancellations", cancel_plan, methods=["POST"]),
    Route("/admin/centre/{number:int}", show_configuration),
    Route("/admin/centre/{number:int}/restorations", restore_configuration, methods=["POST"]),
]

"""The files of a dossier for those who work on it: seen, added, opened with a reason, removed with a reason.

`files_context` is for any page that includes `web/_files.html`. Every opening is recorded before its first byte.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from domain.attachments import (
    LONGEST_COMPONENT,
    MEGABYTE,
    OPENED_FOR,
    PARTS,
    REMOVED_FOR,
    FileTooLarge,
    Media,
    NoSuchFile,
    Part,
    cleaned_name,
)
from domain.calendar import Translate
from domain.errors import Refused, msgid
from domain.procedures import Procedure
from domain.roles import Role, open_to
from operations import attaching
from operations.attaching import Sent
from store import attachments, people, procedures
from store.attachments import Attachment
from store.dossiers import Dossier
from store.strongbox import Sealed
from web import failures, forms, wording
from web.file_rooms import LARGEST_SETTING
from web.house import House, act_of, house_of
from web.languages import translator
from web.pages import go, page, text_of
from web.scope import own_dossier
from web.sessions import safe_next

HANDLERS = (Role.CLERK, Role.RESULT_OFFICER, Role.SUPERVISOR, Role.MANAGER)
BESIDE = 64 * 1024  # what stands around the file in the body
LARGEST_BODY = LARGEST_SETTING * MEGABYTE + BESIDE
MEDIA = {Media.PDF: "PDF", Media.JPEG: "JPEG", Media.PNG: "PNG", Media.TIFF: "TIFF"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as a list shows it."""

    number: int
    name: str
    media: str
    size: str
    part: str
    component: str
    marks: tuple[str, ...]
    who: str
    at: datetime


def files_context(request: Request, dossier: Dossier, back: str = "", wrong: str = "") -> dict[str, Any]:
    """What `web/_files.html` shows of a dossier, under the one name `files`.

    `back`: the page to which its forms return, by default the page of the files; `wrong`: why nothing was done.
    """
    house, said = house_of(request), translator(request.state.language)
    procedure = house.store.read(procedures.find, dossier.procedure)
    present = house.store.read(attachments.of_dossier, dossier.code)
    limits = house.files.limits
    return {
        "files": {
            "code": dossier.code,
            "rows": _rows(house, dossier, present, procedure, said),
            "size": size_of(sum(file.size for file in present)),
            "most": limits.dossier,
            "largest": limits.file,
            "back": back or f"/dossiers/{dossier.code}/files",
            "wrong": wrong,
            "components": [
                (part, said(PARTS[part]), attaching.choices(procedure, part))
                for part in Part
            ],
            "opened_for": wording.translated(OPENED_FOR, said),
            "removed_for": wording.translated(REMOVED_FOR, said),
        }
    }  # fmt: skip


def size_of(size: int) -> str:
    """'1,2 MB', '48 kB'."""
    return f"{size / MEGABYTE:.1f} MB".replace(".", ",") if size >= MEGABYTE else f"{-(-size // 1000)} kB"


@open_to(*HANDLERS)
async def show_files(request: Request) -> Response:
    """The files of one dossier."""
    return _page(request, own_dossier(request))


@open_to(*HANDLERS, body_limit=LARGEST_BODY)
async def attach(request: Request) -> Response:
    """Add a file; what is wrong with it is said where another can be chosen."""
    dossier = own_dossier(request)
    try:
        return await _attach(request, dossier)
    except Refused as error:
        return _page(request, dossier, error)


@open_to(*HANDLERS, body_limit=2048)
async def open_file(request: Request) -> Response:
    """The file itself, once the reason has been recorded."""
    house, dossier, form = house_of(request), own_dossier(request), await forms.read_form(request)
    file = _file(request, dossier)
    reason = forms.text(form, "reason", 20)
    sealed = await house.files.open(file.address)
    await house.store.write(act_of(request, form), attaching.note_opening, dossier.code, file.number, reason)
    return served(sealed, file.media, _names(house, dossier)[file.number])


@open_to(*HANDLERS, body_limit=2048)
async def remove_file(request: Request) -> Response:
    """Take a file out; its content goes with the last dossier that has it."""
    house, dossier, form = house_of(request), own_dossier(request), await forms.read_form(request)
    number, reason = request.path_params["file"], forms.text(form, "reason", 20)
    address = await house.store.write(act_of(request, form), attaching.remove_file, dossier.code, number, reason)
    await house.files.let_go(address)
    return _back(form, dossier)


def served(sealed: Sealed, media: Media, name: str) -> Response:
    """A file for saving: no browser shows it, runs it or keeps it."""
    headers = {
        "Content-Disposition": f"attachment; filename=\"tep{media.ending}\"; filename*=UTF-8''{quote(name)}",
        "Content-Length": str(sealed.size),
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Accept-Ranges": "none",
    }
    return StreamingResponse(sealed.pieces(), media_type=str(media), headers=headers)


async def _attach(request: Request, dossier: Dossier) -> Response:
    house = house_of(request)
    limits = house.files.limits
    if int(request.headers.get("content-length") or 0) > limits.file_bytes + BESIDE:
        raise FileTooLarge(megabytes=limits.file)
    async with house.files.upload():
        file, form = await house.files.sent(request)
        if len(file.content) > limits.file_bytes:
            raise FileTooLarge(megabytes=limits.file)
        media = await house.files.checked(file.content)
        part, _, component = forms.text(form, "belongs", LONGEST_COMPONENT + 20).partition(":")
        name = house.vault.seal(cleaned_name(file.name, media).encode())

        def sent(address: str) -> Sent:
            return Sent(
                address, media.value, len(file.content), name, part, component,
                digitised=form.get("digitised") == "1", reused=form.get("reused") == "1",
                from_warehouse=form.get("from_warehouse") == "1",
            )  # fmt: skip

        await house.files.attach(act_of(request, form), dossier.code, file.content, sent)
    return _back(form, dossier)


def _back(form: FormData, dossier: Dossier) -> Response:
    return go(safe_next(str(form.get("back", ""))) or f"/dossiers/{dossier.code}/files")


def _page(request: Request, dossier: Dossier, error: Refused | None = None) -> Response:
    wrong = failures.sentence(error, request.state.language) if error else ""
    centre = house_of(request).store.centre()
    context = files_context(request, dossier, wrong=wrong)
    answer = page(
        request, "web/files.html", failures.status_of(error) if error else 200,
        centre_name=text_of(centre.name, request.state.language), **context,
    )  # fmt: skip
    if answer.status_code in (429, 503):
        answer.headers["Retry-After"] = "5"
    return answer


def _file(request: Request, dossier: Dossier) -> Attachment:
    file = house_of(request).store.read(attachments.find, request.path_params["file"])
    if file is None or file.dossier != dossier.code or file.removed_at is not None:
        raise NoSuchFile()
    return file


def _names(house: House, dossier: Dossier) -> dict[int, str]:
    sealed = house.store.read(attachments.sealed_names, dossier.code)
    return {number: house.vault.unseal(name).decode() for number, name in sealed.items()}


def _rows(
    house: House, dossier: Dossier, present: list[Attachment], procedure: Procedure | None, said: Translate
) -> list[Shown]:
    names, staff = _names(house, dossier), house.store.read(people.names)
    results = dict(attaching.choices(procedure, Part.RESULT))
    return [
        Shown(
            file.number, names[file.number], MEDIA[file.media], size_of(file.size), said(PARTS[file.part]),
            results.get(file.component, file.component), _marks(file, said),
            staff[file.who][1] if file.who in staff else file.who, file.at,
        )
        for file in present
    ]  # fmt: skip


def _marks(file: Attachment, said: Translate) -> tuple[str, ...]:
    marks = (
        (file.digitised, said(msgid("số hóa"))), (file.reused, said(msgid("tái sử dụng"))),
        (file.from_warehouse, said(msgid("từ kho dữ liệu"))),
    )  # fmt: skip
    return tuple(words for is_so, words in marks if is_so)


ROUTES: list[BaseRoute] = [
    Route("/dossiers/{code}/files", show_files),
    Route("/dossiers/{code}/files", attach, methods=["POST"]),
    Route("/dossiers/{code}/files/{file:int}/openings", open_file, methods=["POST"]),
    Route("/dossiers/{code}/files/{file:int}/removals", remove_file, methods=["POST"]),
]

"""Pictures of slips as a draft would have them printed, and the emblem made of a picture that somebody sends."""

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import views
from admin.centre_entries import EntryGone
from admin.centre_forms import SECTIONS, keep, work_of
from admin.centre_sheets import WIDTHS
from domain.errors import Invalid
from domain.logos import LARGEST_PICTURE
from domain.roles import Role, open_to
from domain.slips import SlipKind
from web.house import house_of
from web.languages import offered

HEADERS = {"Cache-Control": "no-store"}
LARGEST_UPLOAD = LARGEST_PICTURE + 16 * 1024


@open_to(Role.ADMINISTRATOR)
async def show_picture(request: Request) -> Response:
    """A PNG of one kind of slip, in a language, on paper of so many dots. Raises EntryGone."""
    asked = request.path_params
    kind, language, width = asked["kind"], asked["language"], asked["width"]
    if kind not in set(SlipKind) or language not in offered() or width not in WIDTHS:
        raise EntryGone()
    work = await work_of(request)
    drawn = await views.in_thread(house_of(request).drawings.slip, work.centre, SlipKind(kind), width, language)
    return Response(drawn, media_type="image/png", headers=HEADERS)


@open_to(Role.ADMINISTRATOR, body_limit=LARGEST_UPLOAD)
async def change_emblem(request: Request) -> Response:
    """A draft with the emblem made of a picture. Raises NoPicture, Invalid."""
    picture, form = await _sent(request)
    line = await views.in_thread(house_of(request).drawings.emblem, picture)
    work = await work_of(request)
    return await keep(request, form, work, {**work.raw, "logo": line})


async def _sent(request: Request) -> tuple[bytes, FormData]:
    try:
        async with request.form(max_files=1, max_fields=4, max_part_size=4096) as form:
            file = form.get("picture")
            picture = await file.read() if isinstance(file, UploadFile) else b""
            return picture, FormData([(name, text) for name, text in form.multi_items() if isinstance(text, str)])
    except HTTPException as error:
        raise Invalid(what="form") from error


ROUTES: list[BaseRoute] = [
    Route(f"{SECTIONS}/slips/pictures/{{kind}}/{{language}}/{{width:int}}", show_picture),
    Route(f"{SECTIONS}/logo/pictures", change_emblem, methods=["POST"]),
]

"""Pictures of slips as a draft would have them printed, and the emblem made of a picture that somebody sends."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import views
from admin.centre_choices import WIDTHS
from admin.centre_entries import EntryGone
from admin.centre_forms import SECTIONS, keep, work_of
from domain.logos import LARGEST_PICTURE
from domain.roles import Role, open_to
from domain.slips import SlipKind
from web import forms
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
    picture, form = await forms.read_form_with_file(request, "picture")
    line = await views.in_thread(house_of(request).drawings.emblem, picture)
    work = await work_of(request)
    return await keep(request, form, work, {**work.raw, "logo": line})


ROUTES: list[BaseRoute] = [
    Route(f"{SECTIONS}/slips/pictures/{{kind}}/{{language}}/{{width:int}}", show_picture),
    Route(f"{SECTIONS}/logo/pictures", change_emblem, methods=["POST"]),
]

"""The page on which a centre records its own voice, clip by clip; the only one that may ask for the microphone."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import views
from domain import speech
from domain.centres import Centre
from domain.errors import Invalid, NotFound
from domain.readings import READINGS
from domain.roles import Role, open_to
from operations import speaking
from web import forms, sounds
from web.house import act_of, house_of
from web.languages import offered
from web.pages import go, page
from web.recordings import Recording, Recordings
from web.safety import NOTHING_PERMITTED
from web.voice import Packs

HERE = "/admin/voice/recordings"
MICROPHONE = {"Permissions-Policy": NOTHING_PERMITTED.replace("microphone=()", "microphone=(self)")}
LARGEST_UPLOAD = sounds.LARGEST_CLIP_BYTES + 16 * 1024


def recordings_of(request: Request) -> Recordings:
    """The packs in the making."""
    return Recordings(_packs(request).own)


def _packs(request: Request) -> Packs:
    packs: Packs = request.app.state.packs
    return packs


@open_to(Role.ADMINISTRATOR, body_limit=2048)
async def begin(request: Request) -> Response:
    """A new pack of a language. Raises PackNameWrong, Invalid."""
    form = await forms.read_form(request)
    name, language = forms.text(form, "name", 32), forms.text(form, "language", 5)
    if language not in offered():
        raise Invalid(what="language")
    await views.in_thread(recordings_of(request).begin, name, language, list(_packs(request).names))
    return go(f"{HERE}/{name}")


@open_to(Role.ADMINISTRATOR)
async def show_recording(request: Request) -> Response:
    """Every clip of a pack, what is missing first told."""
    found, centre = _found(request), house_of(request).store.centre()
    needed = needed_by(centre, found.language)
    groups = [(True, needed), (False, [t for t in speech.tokens(found.language)[1:] if t not in needed])]
    context = {
        "recording": found,
        "groups": [(is_needed, [(t, speech.wording(t, worded_in(found))) for t in ts]) for is_needed, ts in groups],
        "worded_in": worded_in(found),
        "missing": found.missing(needed),
        "language": offered().get(found.language, found.language),
        "is_used": found.name in _packs(request).names,
    }
    return page(request, "admin/recording.html", **views.frame(request), **context)


def worded_in(found: Recording) -> str:
    """The language in which the words stand: a language that only its speakers know is read from the Vietnamese."""
    return found.language if found.language in READINGS else "vi"


def needed_by(centre: Centre, language: str) -> list[str]:
    """The clips without which this centre's calls could not be spoken."""
    letters, counters = [queue.prefix for queue in centre.queues], [counter.number for counter in centre.counters]
    return list(speech.needed(language, letters, counters))


@open_to(Role.ADMINISTRATOR)
async def show_clip(request: Request) -> Response:
    """One clip: its words, what is there, and a button to record it."""
    found = _found(request)
    token = _token(request, found)
    order = [*needed_by(house_of(request).store.centre(), found.language)]
    order += [other for other in speech.tokens(found.language)[1:] if other not in order]
    at = order.index(token)
    context: dict[str, Any] = {
        "recording": found,
        "token": token,
        "words": speech.wording(token, worded_in(found)),
        "worded_in": worded_in(found),
        "language": offered().get(found.language, found.language),
        "digest": found.clips.get(token, "")[:12],
        "before": order[at - 1] if at else None,
        "after": order[at + 1] if at + 1 < len(order) else None,
        "place": at + 1,
        "places": len(order),
    }
    answer = page(request, "admin/clip.html", **views.frame(request), **context)
    answer.headers.update(MICROPHONE)
    return answer


@open_to(Role.ADMINISTRATOR, body_limit=LARGEST_UPLOAD)
async def keep_clip(request: Request) -> Response:
    """A recorded clip, cut and levelled, in the place of the one there. Raises BadClip, NotFound, Invalid."""
    found = _found(request)
    token = _token(request, found)
    content, form = await forms.read_form_with_file(request, "clip")
    frames = await views.in_thread(sounds.recorded, content)
    digest = await views.in_thread(recordings_of(request).keep, found.name, token, frames)
    await house_of(request).store.write(act_of(request, form), speaking.note_clip, found.name, token, digest[:16])
    return go(f"{HERE}/{found.name}/clips/{token}")


@open_to(Role.ADMINISTRATOR)
async def play_clip(request: Request) -> Response:
    """The sound of a clip."""
    found = _found(request)
    sound = await views.in_thread(recordings_of(request).sound, found.name, _token(request, found))
    return Response(sound, media_type="audio/wav", headers={"Cache-Control": "no-store"})


@open_to(Role.ADMINISTRATOR, body_limit=2048)
async def finish(request: Request) -> Response:
    """The pack can be spoken with from now on. Raises PackNotWhole, NotFound."""
    house, form, found, packs = house_of(request), await forms.read_form(request), _found(request), _packs(request)
    needed = needed_by(house.store.centre(), found.language)
    pack = await views.in_thread(recordings_of(request).finish, found.name, needed, packs.chosen("vi-north"))
    await packs.look()
    count = len(speech.tokens(pack.language)) - len(pack.missing())
    await house.store.write(
        act_of(request, form), speaking.note_pack, found.name, pack.language, count, pack.digest
    )
    return go("/admin/voice")


def _found(request: Request) -> Recording:
    return recordings_of(request).find(request.path_params["pack"])


def _token(request: Request, found: Recording) -> str:
    token: str = request.path_params["token"]
    if token not in speech.tokens(found.language)[1:]:
        raise NotFound(what=token[:40])
    return token


ROUTES: list[BaseRoute] = [
    Route(HERE, begin, methods=["POST"]),
    Route(f"{HERE}/{{pack}}", show_recording),
    Route(f"{HERE}/{{pack}}/finishes", finish, methods=["POST"]),
    Route(f"{HERE}/{{pack}}/clips/{{token}}", show_clip),
    Route(f"{HERE}/{{pack}}/clips/{{token}}", keep_clip, methods=["POST"]),
    Route(f"{HERE}/{{pack}}/clips/{{token}}/sound.wav", play_clip),
]

"""The spoken kiosk: sounds for what a page shows, and clips made ahead for what this centre's configuration shows.

The page itself says what stands on it (`spoken.js`): so nothing can be read that is not spoken. Here words become
sound, and nothing of them is kept: a citizen's own words leave no file, no log line and no address.
"""

import asyncio
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from domain.centres import Centre
from domain.errors import Invalid, NotFound
from domain.reading_aloud import LONGEST
from domain.roles import Role, open_to
from web import forms
from web.aloud import Aloud
from web.house import House
from web.languages import LANGUAGES
from web.pages import text_of

FIRST_AFTER_SECONDS, LOOK_EVERY_SECONDS = 20.0, 5.0


@open_to(Role.KIOSK, body_limit=8192)
async def speak(request: Request) -> Response:
    """A sentence of a page as one sound."""
    form = await forms.read_form(request)
    aloud: Aloud = request.app.state.aloud
    words = form.get("words", "")
    if request.state.language not in LANGUAGES:
        raise NotFound(what="voice")
    if not isinstance(words, str) or len(words) > LONGEST:
        raise Invalid(what="words")
    sound = await aloud.read(words, request.state.language)
    if sound is None:
        raise NotFound(what="voice")
    return Response(sound, media_type="audio/wav", headers={"Cache-Control": "no-store"})


def shown_texts(centre: Centre, language: str) -> Iterable[str]:
    """What the kiosk's pages show of a configuration in this language."""
    yield text_of(centre.name, language)
    yield from (text_of(queue.title, language) for queue in centre.queues)
    yield from (text_of(group.label, language) for group in centre.classes)
    if language == "vi":
        yield from centre.agency_lines
        yield from (placement.short_title for placement in centre.procedures if placement.common)


async def keep_ready(house: House, aloud: Aloud) -> None:
    """Make the clips of every configuration that comes into force, after the doors have opened."""
    spoken: Centre | None = None
    await asyncio.sleep(FIRST_AFTER_SECONDS)
    while True:
        centre = house.store.centre()
        if centre != spoken:
            await aloud.prepare({language: shown_texts(centre, language) for language in LANGUAGES})
            spoken = centre
        await asyncio.sleep(LOOK_EVERY_SECONDS)

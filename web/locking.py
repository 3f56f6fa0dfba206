"""A screen whose person went away hides by itself and opens by a short PIN; counter and ticket stay."""

from itertools import pairwise

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from domain.errors import Invalid, SignInWrong, TooManyTries, msgid
from domain.roles import PERSON_ROLES, Role, open_to
from operations import entering
from store import people
from store.writer import Act
from web import failures, forms, sessions
from web.house import act_of, house_of, visitor_of
from web.languages import translator
from web.pages import go, page
from web.visitors import SIGN_IN_COOKIE, hash_of

EVERYBODY = tuple(sorted(PERSON_ROLES))
SHORTEST, LONGEST = 4, 8
PIN_SET = msgid("Đã đặt mã PIN. Màn hình tự khóa khi bạn rời đi, mã này mở lại.")


class PinWeak(Invalid):
    text = msgid("Mã PIN gồm 4 đến 8 chữ số, không phải các chữ số giống nhau hay liền nhau.")


@open_to(*EVERYBODY, body_limit=512)
async def lock(request: Request) -> Response:
    """Hide: this browser's sign-in opens nothing until the PIN is given."""
    form = await forms.read_form(request)
    token = request.cookies.get(SIGN_IN_COOKIE, "")
    await house_of(request).store.write(Act(visitor_of(request).who), entering.lock, hash_of(token))
    return go("/locked", {"next": sessions.safe_next(str(form.get("next", "")))})


@open_to(Role.ANYONE)
async def show_locked(request: Request) -> Response:
    """Only a field for the PIN; nothing of what lies behind."""
    wanted = sessions.safe_next(request.query_params.get("next", ""))
    if sessions.locked_person(request) is None:
        return go(wanted or "/")
    return page(request, "web/locked.html", next=wanted, wrong="")


@open_to(Role.ANYONE, body_limit=512)
async def unlock(request: Request) -> Response:
    """The PIN, or the password where no PIN was set, opens it again."""
    house, form = house_of(request), await forms.read_form(request)
    target, secret = sessions.safe_next(str(form.get("next", ""))), str(form.get("pin", ""))[:200]
    person = sessions.locked_person(request)
    if person is None:
        return go(target or "/")
    try:
        await _check(request, person, secret)
    except (SignInWrong, TooManyTries) as error:
        wrong = failures.sentence(error, request.state.language)
        return page(request, "web/locked.html", failures.status_of(error), next=target, wrong=wrong)
    token = request.cookies[SIGN_IN_COOKIE]
    await house.store.write(Act(person), entering.unlock, hash_of(token))
    return go(target or "/")


async def _check(request: Request, person: str, secret: str) -> None:
    name = f"pin:{person}"
    sessions.slow_down(name)
    pin, password = house_of(request).store.read(people.secrets_of, person)
    if not await sessions.fits(pin or password, secret):
        sessions.note_miss(name)
        raise SignInWrong()
    sessions.forget_misses(name)


@open_to(*EVERYBODY)
async def show_pin(request: Request) -> Response:
    """Where a person sets the own PIN."""
    return page(request, "web/pin.html", said="")


@open_to(*EVERYBODY, body_limit=512)
async def set_pin(request: Request) -> Response:
    """Keep the hash of a PIN. Raises PinWeak."""
    form = await forms.read_form(request)
    pin, person = forms.text(form, "pin", LONGEST), visitor_of(request).person
    if person is None or not is_fit(pin):
        raise PinWeak(what="PIN")
    hashed = await sessions.hashed(pin)
    await house_of(request).store.write(act_of(request, form), entering.set_pin, person.id, hashed)
    return page(request, "web/pin.html", said=translator(request.state.language)(PIN_SET))


def is_fit(pin: str) -> bool:
    """Four to eight digits, neither all the same nor a plain row."""
    if not (SHORTEST <= len(pin) <= LONGEST and pin.isascii() and pin.isdigit()):
        return False
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return steps not in ({0}, {1}, {9})


ROUTES: list[BaseRoute] = [
    Route("/lock", lock, methods=["POST"]),
    Route("/locked", show_locked),
    Route("/unlock", unlock, methods=["POST"]),
    Route("/pin", show_pin),
    Route("/pin", set_pin, methods=["POST"]),
]

"""Signing in and out of people: Argon2 in a thread behind a limit, the sign-in itself a row that can be ended."""

import asyncio
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import SignInWrong, TooManyTries
from domain.roles import COUNTER_ROLES, Role, open_to
from domain.tickets import milliseconds
from operations import entering
from store import people
from store.writer import Act
from web import failures, forms
from web.house import House, house_of, visitor_of
from web.languages import LANGUAGES
from web.pages import go, page
from web.safety import LANGUAGE_COOKIE
from web.visitors import SIGN_IN_COOKIE, hash_of, new_token

HASHER = PasswordHasher()
TRIES_A_MINUTE = 8
NAMES_REMEMBERED = 10_000
_hashing = ThreadPoolExecutor(2, thread_name_prefix="argon2")  # more at once would stall every screen
_misses: dict[str, list[float]] = defaultdict(list)


def hash_password(password: str) -> str:
    """The Argon2id hash of a password (default cost, about 0.4 s)."""
    return HASHER.hash(password)


@open_to(Role.ANYONE)
async def show_sign_in(request: Request) -> Response:
    """The sign-in page; a locked screen is opened by its PIN instead."""
    if locked_person(request) is not None:
        return go("/locked", {"next": safe_next(request.query_params.get("next", ""))})
    return page(request, "web/sign_in.html", next=safe_next(request.query_params.get("next", "")), wrong="")


@open_to(Role.ANYONE)
async def sign_in(request: Request) -> Response:
    """Check name and password, begin a sign-in under a new token, go where the person wanted."""
    house, form = house_of(request), await forms.read_form(request)
    login, password = forms.text(form, "login", 60), str(form.get("password", ""))[:200]
    target = safe_next(str(form.get("next", "")))
    try:
        house.floods.check_password(request.client.host if request.client else "")
        person = await check_password(house, login, password)
    except (SignInWrong, TooManyTries) as error:
        wrong = failures.sentence(error, request.state.language)
        again = page(request, "web/sign_in.html", failures.status_of(error), next=target, wrong=wrong)
        if isinstance(error, TooManyTries):
            again.headers["Retry-After"] = "60"
        return again
    token = new_token()
    await house.store.write(Act(person.id), entering.sign_in, person.id, hash_of(token))
    response = go(target or first_page(person.roles))
    response.set_cookie(
        SIGN_IN_COOKIE,
        token,
        max_age=12 * 3600,
        httponly=True,
        samesite="strict",
        secure=house.secure_cookies,
    )
    return response


async def check_password(house: House, login: str, password: str) -> people.Person:
    """The person of this name and password. Raises SignInWrong, TooManyTries (per name, never for the hall)."""
    slow_down(login)
    found = house.store.read(people.by_login, login)
    kept = found[1] if found else None
    right = await fits(kept, password)
    if found is None or found[1] is None or not right:
        note_miss(login)
        raise SignInWrong()
    forget_misses(login)
    return found[0]


@cache
def _decoy() -> str:
    return HASHER.hash("nobody has this password")


def _verify(stored: str | None, password: str) -> bool:
    """Unknown names cost the same work as known ones, so that the time taken tells nothing."""
    try:
        return HASHER.verify(stored or _decoy(), password)
    except (VerificationError, InvalidHashError):
        return False


def note_miss(name: str) -> None:
    """A wrong password or PIN was tried for this name."""
    _misses[name].append(time.monotonic())


def forget_misses(name: str) -> None:
    """The right one was given."""
    _misses.pop(name, None)


async def hashed(secret: str) -> str:
    """The Argon2id hash of a secret, made off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_hashing, hash_password, secret)


async def fits(kept: str | None, secret: str) -> bool:
    """Whether the secret is the one whose hash was kept; always the same work."""
    return await asyncio.get_running_loop().run_in_executor(_hashing, _verify, kept, secret)


def slow_down(login: str) -> None:
    """Raises TooManyTries after eight misses of one name within a minute."""
    while len(_misses) > NAMES_REMEMBERED:
        _misses.pop(next(iter(_misses)))
    recent = [moment for moment in _misses[login] if moment > time.monotonic() - 60]
    _misses[login] = recent
    if len(recent) >= TRIES_A_MINUTE:
        raise TooManyTries()


@open_to(Role.ANYONE)
async def sign_out(request: Request) -> Response:
    """End the sign-in in the store; the cookie opens nothing any more, wherever a copy of it lies."""
    house, token = house_of(request), request.cookies.get(SIGN_IN_COOKIE, "")
    if token:
        await house.store.write(Act(visitor_of(request).who), entering.sign_out, hash_of(token))
    response = go("/sign-in")
    response.delete_cookie(SIGN_IN_COOKIE, httponly=True, samesite="strict", secure=house.secure_cookies)
    return response


@open_to(Role.ANYONE)
async def choose_language(request: Request) -> Response:
    """Keep the language of this browser's staff pages."""
    form = await forms.read_form(request)
    language = str(form.get("language", ""))
    response = go(safe_next(str(form.get("next", ""))) or "/")
    if language in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=365 * 86400, httponly=True, samesite="lax",
            secure=house_of(request).secure_cookies,
        )  # fmt: skip
    return response


@open_to(Role.ANYONE)
async def show_home(request: Request) -> Response:
    """Where the centre's address leads: each to the own first page."""
    visitor = visitor_of(request)
    return go(first_page(visitor.roles) if visitor.person else "/sign-in")


def locked_person(request: Request) -> str | None:
    """Whose locked sign-in this browser holds."""
    house, token = house_of(request), request.cookies.get(SIGN_IN_COOKIE, "")
    now = milliseconds(house.now())
    return house.store.read(people.locked_in, hash_of(token), now) if token else None


def first_page(roles: frozenset[Role]) -> str:
    if roles & COUNTER_ROLES:
        return "/counter"
    return "/admin/procedures" if roles == {Role.GUIDE} else "/admin"


def safe_next(wanted: str) -> str:
    """A path of our own or nothing: never an open redirect."""
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if plain and wanted.isprintable() and len(wanted) < 200 and "\\" not in wanted else ""

"""Pairing kiosks, walls and tablets: a one-time code is exchanged for a token that can be revoked."""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from domain.errors import PairingWrong
from domain.roles import Role, open_to
from operations import entering
from store.writer import Act
from web import failures, forms
from web.house import house_of
from web.pages import go, page
from web.visitors import DEVICE_COOKIE, hash_of, new_token

SCREENS = {"kiosk": "/kiosk/", "wall": "/display/", "tablet": "/rating/"}
TEN_YEARS = 10 * 365 * 86400
LETTERS = "ABCDEGHKLMNPRSTUVXY23456789"


def new_code() -> str:
    """Eight letters to be read from one screen and typed into another: 37 bits, five tries, 15 minutes."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def plain_code(code: str) -> str:
    """The code as it is hashed: without what people add or change when typing."""
    return "".join(c for c in code.upper() if c.isalnum())


@open_to(Role.ANYONE)
async def show_pairing(request: Request) -> Response:
    """The page on which a screen is given its code."""
    return _pairing_page(request, request.path_params["screen"], request.query_params.get("code", "")[:20], "")


@open_to(Role.ANYONE)
async def pair(request: Request) -> Response:
    """Exchange the code for this browser's token and open the screen."""
    house, form = house_of(request), await forms.read_form(request)
    screen = request.path_params["screen"]
    device = entering.find_device(house.store.centre(), screen)
    token, code = new_token(), plain_code(forms.text(form, "code", 20))
    done = await house.store.write(
        Act(f"device:{device.id}"), entering.pair_device, device.id, hash_of(code), hash_of(token)
    )
    if not done.right:
        wrong = failures.sentence(PairingWrong(), request.state.language)
        return _pairing_page(request, screen, "", wrong, 403)
    response = go(SCREENS[device.kind] + device.id)
    response.set_cookie(
        DEVICE_COOKIE + device.id,
        token,
        max_age=TEN_YEARS,
        httponly=True,
        samesite="lax",
        secure=house.secure_cookies,
    )
    return response


def _pairing_page(request: Request, screen: str, code: str, wrong: str, status: int = 200) -> Response:
    device = entering.find_device(house_of(request).store.centre(), screen)
    return page(request, "web/pair.html", status, device=device, code=code, wrong=wrong)

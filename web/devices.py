"""Pairing kiosks, walls, tablets and print agents: a one-time code buys a token that can be revoked."""

import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.centres import Device, DeviceKind
from domain.errors import NotFound, PairingWrong
from domain.roles import Role, open_to
from operations import entering
from store.writer import Act
from web import failures, forms
from web.house import house_of
from web.pages import go, page
from web.visitors import DEVICE_COOKIE, hash_of, new_token

SCREENS = {"kiosk": "/kiosk/", "wall": "/display/", "tablet": "/rating/"}
LONGEST_KEPT = 400 * 86400  # seconds; browsers keep no cookie longer, so it is set again while it is in use
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
    """Exchange the code for this browser's token and open the screen; a print agent gets its token as JSON."""
    house, form = house_of(request), await forms.read_form(request)
    screen = request.path_params["screen"]
    device = _found(request, screen)
    token, code = new_token(), plain_code(forms.text(form, "code", 20))
    done = await house.store.write(
        Act(f"device:{device.id}"), entering.pair_device, device.id, hash_of(code), hash_of(token)
    )
    if device.kind is DeviceKind.AGENT:
        if not done.right:
            raise PairingWrong
        return JSONResponse({"token": token}, headers={"Cache-Control": "no-store"})
    if not done.right:
        wrong = failures.sentence(PairingWrong(), request.state.language)
        return _pairing_page(request, screen, "", wrong, 403)
    response = go(SCREENS[device.kind] + device.id)
    keep_pass(response, request, device.id, token)
    return response


def keep_pass(response: Response, request: Request, device: str, token: str) -> None:
    """Let this browser keep the screen's token, from now on as long as browsers keep anything."""
    response.set_cookie(
        DEVICE_COOKIE + device, token, max_age=LONGEST_KEPT, httponly=True, samesite="lax",
        secure=house_of(request).secure_cookies,
    )  # fmt: skip


def _found(request: Request, screen: str) -> Device:
    """The device to pair. A print agent has no page: its token must not lie in a browser. Raises NotFound."""
    device = entering.find_device(house_of(request).store.centre(), screen)
    if device.kind is DeviceKind.AGENT and request.headers.get("accept") != "application/json":
        raise NotFound(what=screen[:40])
    return device


def _pairing_page(request: Request, screen: str, code: str, wrong: str, status: int = 200) -> Response:
    device = _found(request, screen)
    return page(request, "web/pair.html", status, device=device, code=code, wrong=wrong)

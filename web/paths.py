"""Addresses: numbers in them, the first page of a room, and where a page can be opened again."""

import re

from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.requests import Request
from starlette.routing import Match


class BoundedInteger(IntegerConvertor):
    """`{name:int}` of every route, at most 18 digits: none too large for the store or the parser."""

    regex = "[0-9]{1,18}"


register_url_convertor("int", BoundedInteger())


_CODE = r"[0-9A-Z.]{3,35}-\d{6}-\d{4,6}"
_PRESSED = re.compile(rf"(/counter/\d{{1,18}}/dossiers/{_CODE})/fees|(/dossiers/{_CODE})/", re.ASCII)


def dossier_pressed(path: str) -> str:
    """The page of a dossier, or of its fees, from which such a press came; empty for any other."""
    found = _PRESSED.match(path)
    if found is None:
        return ""
    return f"{found[1]}/payment" if found[1] else str(found[2])


def home(request: Request) -> str:
    """Where the way back leads: the dossier that was worked on, a screen's own first page, the centre's."""
    if pressed := dossier_pressed(request.url.path):
        return pressed
    room, *rest = request.url.path.strip("/").split("/")
    named = bool(rest) and rest[0].isascii() and rest[0].replace("-", "").isalnum()
    if room == "dossiers":
        return "/dossiers"
    return f"/{room}/{rest[0]}" if named and room in ("kiosk", "display", "counter", "rating") else "/"


def opened_again(request: Request) -> str:
    """This page's address, or the way back where only a form leads to it."""
    if request.method == "GET":
        return request.url.path
    asked = {**request.scope, "method": "GET"}
    is_page = any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)
    return request.url.path if is_page else home(request)

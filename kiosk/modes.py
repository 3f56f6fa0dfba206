"""How a citizen wants the kiosk: low buttons, large text, high contrast, speech; kept on the way, gone after it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request

MODES = ("reach", "big", "contrast", "speech")
STEPS = ("kind", "at")  # what else an address says about where one stands; typed words never go on
LONGEST_STEP = 20
VOLUMES = ("0", "1", "2", "3", "4", "5", "6")
# What a key of a five-way keypad does, by KeyboardEvent.code; the setting MOTCUA_KEYPAD names others.
KEYPAD = {"speech": "F1", "repeat": "F2", "softer": "F3", "louder": "F4", "back": "Escape"}


@dataclass(frozen=True, slots=True)
class Switch:
    """One button of the row at the bottom: a mode, whether it is on, and the address with it the other way."""

    mode: str
    is_on: bool
    address: str


def chosen(request: Request) -> list[str]:
    """The modes that are on."""
    return [mode for mode in MODES if request.query_params.get(mode) == "1"]


def kept(modes: list[str]) -> str:
    """The modes for the end of an address that has a query."""
    return "".join(f"&{mode}=1" for mode in modes)


def carried(request: Request) -> dict[str, str]:
    """Language, modes and loudness, for the address of the page to which an answer leads."""
    volume = request.query_params.get("volume", "")
    loud = {"volume": volume} if volume in VOLUMES else {}
    return {"lang": request.state.language, **dict.fromkeys(chosen(request), "1"), **loud}


def switches(request: Request, home: str) -> list[Switch]:
    """A switch for every mode; each leads to the page that is shown, with the other modes as they are."""
    modes = chosen(request)
    return [
        Switch(mode, mode in modes, _address(request, home, request.state.language, _turned(modes, mode)))
        for mode in MODES
    ]


def in_language(request: Request, home: str, language: str) -> str:
    """The address of the page that is shown, in this language."""
    return _address(request, home, language, chosen(request))


def _turned(modes: list[str], mode: str) -> list[str]:
    return [other for other in MODES if (other in modes) is not (other == mode)]


def _address(request: Request, home: str, language: str, modes: list[str]) -> str:
    asked = request.query_params
    steps = {name: asked[name][:LONGEST_STEP] for name in STEPS if asked.get(name)}
    path = request.url.path if request.method == "GET" else home
    return f"{path}?{urlencode({'lang': language, **steps, **dict.fromkeys(modes, '1')})}"

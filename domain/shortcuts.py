"""The keys of the clerk's screen: what has one, and what a clerk may choose instead (WCAG 2.1.4).

A key is named by its place on the keyboard (`KeyR`, `F2`), so that no input method changes it.
"""

import re
from collections.abc import Mapping

from domain.errors import Invalid, Refused, msgid

DEFAULTS = {
    "next": "F2",
    "again": "KeyR",
    "start": "KeyB",
    "done": "KeyX",
    "absent": "KeyN",
    "undo": "KeyZ",
    "finish": "KeyK",
    "transfer": "KeyT",
    "park": "KeyH",
    "pause": "KeyP",
    "pick": "KeyG",
    "edit": "KeyE",
    "walk-up": "KeyW",
    "slips": "KeyS",
    "help": "F7",
    "intake": "F8",
    "scan": "F9",
}
LETTERS = tuple(f"Key{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
# F5 loads the page anew, F11 fills the glass, F12 belongs to the browser's own tools.
FUNCTION_KEYS = tuple(f"F{n}" for n in (1, 2, 3, 4, 6, 7, 8, 9, 10))
USABLE = (*FUNCTION_KEYS, *LETTERS)
NONE = ""
# A letter is typed in a field; these must work there too.
EVERYWHERE = frozenset({"help", "intake", "scan"})


class KeyRefused(Invalid):
    text = msgid(
        "Không dùng được phím %(key)s: trình duyệt hoặc ô đang gõ cần phím này. "
        "Hãy chọn một chữ cái A–Z, hoặc F1–F10 trừ F5."
    )


class KeyTaken(Refused):
    """`one` and `other` are acts, not yet in words."""

    text = msgid("Phím %(key)s đang dùng cho hai việc: “%(one)s” và “%(other)s”. Hãy chọn phím khác cho một việc.")


class KeyOfScanner(Refused):
    text = msgid("Phím %(key)s là phím của máy quét ở trung tâm này. Hãy chọn phím khác cho “%(one)s”.")


class KeyWhileTyping(Refused):
    text = msgid("Việc “%(one)s” phải dùng phím F, để bấm được cả khi đang gõ trong ô.")


def cap(code: str) -> str:
    """What stands on the key: 'R', 'F2'."""
    return code.removeprefix("Key")


def checked(wanted: Mapping[str, str], scanner: str) -> dict[str, str]:
    """A key or none for each act. `scanner`: the key with which the centre's scanners begin.

    Raises KeyRefused, KeyTaken, KeyOfScanner, KeyWhileTyping, Invalid.
    """
    holders: dict[str, str] = {}
    for act, code in wanted.items():
        if act not in DEFAULTS:
            raise Invalid(what="key")
        if code == NONE:
            continue
        if code not in USABLE:
            raise KeyRefused(key=_shown(code))
        if code == scanner and act != "scan":
            raise KeyOfScanner(key=cap(code), one=act)
        if act in EVERYWHERE and code not in FUNCTION_KEYS:
            raise KeyWhileTyping(one=act)
        if code in holders:
            raise KeyTaken(key=cap(code), one=holders[code], other=act)
        holders[code] = act
    return dict(wanted)


def _shown(code: str) -> str:
    return re.sub(r"^(Key|Digit|Numpad)(?=.)", "", "".join(c for c in code if c.isprintable()))[:20]


def in_use(chosen: Mapping[str, str], *, off: bool, scanner: str) -> dict[str, str]:
    """The key of every act for somebody who chose these; an act newer than the choice takes what is free."""
    if off:
        return dict.fromkeys(DEFAULTS, NONE)
    taken = {*chosen.values(), scanner} - {NONE}
    found = {act: chosen.get(act, NONE if code in taken else code) for act, code in DEFAULTS.items()}
    if "scan" not in chosen and scanner in FUNCTION_KEYS:
        found["scan"] = scanner
    return {act: NONE if code == scanner and act != "scan" else code for act, code in found.items()}

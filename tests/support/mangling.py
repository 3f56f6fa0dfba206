"""A right message gone wrong somewhere: other types, lost keys, huge, deep, NUL, wrong encodings, doubled keys."""

import copy
import json
from typing import Any

from hypothesis import strategies as st

ODD: list[Any] = [
    None, True, 0, -1, 2**70, 1.5, "", " ", "\x00", "x\x00y", "\ufeff", "\u202e", "đ" * 3000, "9" * 400, "1e999",
    "NaN", "../../x", "' OR 1=1 --", "<x>&amp;", "=1+1", [], {}, [None], [[]], {"": ""}, [{}], [1, "x"],
    {"a": [{"b": {}}]},
]  # fmt: skip
DEEP = 40
ENCODINGS = ("utf-16", "utf-32", "latin-1", "utf-8-sig", "cp1258")


def places(told: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in a message."""
    inner = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    return [one for key, value in inner for one in [(*here, key), *places(value, (*here, key))]]


@st.composite
def mangled(draw: st.DrawFn, right: Any) -> Any:
    """The message with one to three of its values lost, doubled, buried or replaced."""
    told = copy.deepcopy(right)
    for _ in range(draw(st.integers(1, 3))):
        found = places(told)
        if not found:
            break
        *way, last = draw(st.sampled_from(found))
        holder = told
        for key in way:
            holder = holder[key]
        _spoil(draw, holder, last)
    return told


def _spoil(draw: st.DrawFn, holder: Any, key: Any) -> None:
    match draw(st.sampled_from(["odd", "lost", "text", "deep", "again", "many", "key"])):
        case "odd":
            holder[key] = copy.deepcopy(draw(st.sampled_from(ODD)))
        case "lost":
            del holder[key]
        case "text":
            holder[key] = draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
        case "deep":
            for _ in range(DEEP):
                holder[key] = [holder[key]]
        case "again":
            holder[key] = [holder[key], copy.deepcopy(holder[key])]
        case "many":
            holder[key] = [copy.deepcopy(holder[key])] * 400
        case "key" if isinstance(holder, dict):
            holder[str(key).swapcase()] = holder.pop(key)


@st.composite
def mangled_bytes(draw: st.DrawFn, right: Any) -> bytes:
    """A message as bytes, wrong in its values or in its writing."""
    told = draw(mangled(right)) if draw(st.booleans()) else right
    body = json.dumps(told, ensure_ascii=draw(st.booleans())).encode()
    match draw(st.sampled_from(["so", "cut", "flipped", "encoded", "doubled", "twice", "surrogate", "number"])):
        case "cut":
            return body[: draw(st.integers(0, len(body)))]
        case "flipped":
            place = draw(st.integers(0, len(body) - 1))
            return body[:place] + bytes((draw(st.integers(0, 255)),)) + body[place + 1 :]
        case "encoded":
            return json.dumps(told, ensure_ascii=False).encode(draw(st.sampled_from(ENCODINGS)), "replace")
        case "doubled" if body.startswith(b"{") and len(body) > 2:
            return body[:-1] + b"," + body[1:]
        case "twice":
            return body + body
        case "surrogate":
            return body.replace(b'"', b'"\\ud800', draw(st.integers(1, 9)))
        case "number":
            return body.replace(b'"1"', b"1" * 5000, 1)
    return body

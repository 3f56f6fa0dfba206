"""Every refusal can be said aloud: its text has exactly the arguments that the code gives it."""

import ast
import re
from collections.abc import Iterator

import pytest

from domain import errors
from domain.errors import Refused
from tests.support.halls import ROOT

HOUSE = (
    "admin",
    "api",
    "commands",
    "counter",
    "display",
    "domain",
    "kiosk",
    "operations",
    "portal",
    "printers",
    "store",
    "web",
)
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
MODULES = [
    (path, ast.parse(path.read_text("utf-8"))) for room in HOUSE for path in sorted((ROOT / room).rglob("*.py"))
]


def class_bases() -> dict[str, list[str]]:
    found = {}
    for _, tree in MODULES:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found[node.name] = [base.id for base in node.bases if isinstance(base, ast.Name)]
    return found


BASES = class_bases()


def is_refusal(name: str) -> bool:
    return name == "Refused" or any(is_refusal(base) for base in BASES.get(name, []) if base != name)


def texts() -> dict[str, str]:
    """The text of each refusal of the house, its own or its base's."""
    own: dict[str, str] = {}
    for _, tree in MODULES:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and is_refusal(node.name):
                for line in node.body:
                    target = getattr(line, "target", None) or (getattr(line, "targets", None) or [None])[0]
                    if isinstance(target, ast.Name) and target.id == "text":
                        own[node.name] = str(ast.literal_eval(line.value.args[0]))

    def text_of(name: str) -> str:
        return own.get(name) or next(text_of(base) for base in BASES[name] if is_refusal(base))

    return {name: text_of(name) for name in BASES if is_refusal(name)}


TEXTS = texts()


def raised() -> Iterator[tuple[str, str, set[str]]]:
    """Each `raise Refusal(...)` of the house: where, which, and the names of its arguments."""
    for path, tree in MODULES:
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Raise)
                and isinstance(node.exc, ast.Call)
                and isinstance(node.exc.func, ast.Name)
            ):
                name, given = node.exc.func.id, {keyword.arg or "**" for keyword in node.exc.keywords}
                if name in TEXTS:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", name, given


RAISED = list(raised())


@pytest.mark.parametrize(
    ("place", "name", "given"), RAISED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_refusal_is_raised_with_the_words_its_text_needs(place, name, given):
    needed = set(PLACEHOLDER.findall(TEXTS[name]))
    assert needed <= given or "**" in given, f"{place}: {name} needs {needed}, gets {given}"


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_every_text_is_a_vietnamese_sentence(name):
    text = TEXTS[name]
    assert text[0].isupper() or text.startswith("%(")
    assert text.endswith((".", "…", "?"))
    assert not re.sub(PLACEHOLDER, "", text).count("%"), "a stray percent sign breaks the formatting"
    assert any(ord(c) > 127 for c in text)


def test_many_refusals_are_looked_at():
    assert len(TEXTS) > 25
    assert len(RAISED) > 30


def test_a_refusal_carries_its_arguments_and_a_stable_code():
    refusal = errors.QueueStopped(queue="A", reason="Họp")
    assert refusal.code == "queue-stopped"
    assert refusal.text % refusal.arguments == "Hàng A đang tạm dừng: Họp. Mời đến quầy hướng dẫn."
    assert str(refusal) == "QueueStopped"


def test_the_arguments_stay_out_of_the_log_line():
    """str() goes to logs and tracebacks; what was typed must not."""
    assert "038190000001" not in str(errors.Invalid(what="038190000001"))
    assert "038190000001" not in repr(errors.Invalid(what="038190000001"))


def test_codes_are_unique():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Refused)]
    codes = [kind().code for kind in kinds]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)


def test_a_full_store_and_a_busy_one_are_temporary_for_the_same_reader():
    for kind in (errors.StoreFull, errors.StoreUnavailable):
        assert "thử lại" in kind.text

"""Every text that the templates and the code show is translated, and differs from the Vietnamese."""

import ast
import html
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from domain.errors import Refused
from tests.support.halls import demo_centre
from tests.web.crowd import Asked
from tests.web.walks import EXAMPLES, is_named
from web.languages import translator
from web.pages import ROOMS

ROOT = Path(__file__).parent.parent.parent
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "msgid": None, "N_": None}
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
SOURCES = (*ROOMS, "domain", "operations", "store", "printers", "portal")
# Written alike in every language: dates, and names of the trade.
SAME = {"%(day)s/%(month)s", "%(weekday)s %(day)s/%(month)s/%(year)s"}
# Letters that French has not.
DIACRITICS = re.compile("[ăđơưĂĐƠƯ]|[\u1ea0-\u1ef9]")


@cache
def texts() -> dict[str, str]:
    """Every text in the sources, with the first place where it stands."""
    found: dict[str, str] = {}
    for room in SOURCES:
        options = {"**/templates/**.html": {"extensions": "jinja2.ext.i18n", "silent": "false"}}
        for name, line, message, *_ in extract_from_dir(ROOT / room, METHODS, options, KEYWORDS):
            for text in message if isinstance(message, tuple) else (message,):
                if text:
                    found.setdefault(text, f"{room}/{name}:{line}")
    return found


@cache
def catalogue(language: str) -> dict[str, tuple[str, ...]]:
    """The translations of every text, singular and plural."""
    with (ROOT / "web/locales" / language / "LC_MESSAGES/motcua.po").open("rb") as file:
        read = read_po(file, language)
    found: dict[str, tuple[str, ...]] = {}
    for message in read:
        if message.id and not message.fuzzy:
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            for text in message.id if isinstance(message.id, tuple) else (message.id,):
                found[text] = strings
    return found


def check_translated(language: str, wanted: dict[str, str]) -> None:
    """Every text is there, not empty, and not the Vietnamese once more."""
    known = catalogue(language)
    missing = [f"{place}: {text}" for text, place in wanted.items() if not all(known.get(text, ("",)))]
    same = [text for text in wanted if text in known.get(text, ()) and text not in SAME]
    assert not missing
    assert not same


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_text_is_translated(language):
    assert len(texts()) > 250
    check_translated(language, texts())


@pytest.mark.planted
def test_a_text_that_nobody_translated_is_found():
    with pytest.raises(AssertionError):
        check_translated("fr", texts() | {"Một câu mới chưa ai dịch.": "here"})


def test_english_and_french_differ_from_each_other_but_for_a_few_words():
    english, french = catalogue("en"), catalogue("fr")
    same = {text for text in texts() if english.get(text) == french.get(text)}
    assert len(same) < 0.04 * len(texts()), same


def literal_lookups() -> list[tuple[str, str]]:
    """Texts that are looked up by `translator(…)("…")`, which the extraction does not see."""
    found = []
    for room in SOURCES:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Call) and node.args:
                    made = getattr(node.func.func, "id", getattr(node.func.func, "attr", ""))
                    if made == "translator" and isinstance(node.args[0], ast.Constant):
                        found.append((str(node.args[0].value), f"{path.relative_to(ROOT)}:{node.lineno}"))
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_texts_that_are_looked_up_directly_are_translated_too(language):
    check_translated(language, dict(literal_lookups()))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_refusal_speaks_the_language_at_run_time(language):
    """The compiled catalogue is there and holds what the source of it holds."""
    kinds = [Refused]
    for kind in kinds:
        kinds += kind.__subclasses__()
    for kind in set(kinds):
        if kind.__module__.startswith("tests") or "text" not in vars(kind):
            continue
        assert translator(language)(kind.text) != kind.text, kind


PAGES = ["GET /sign-in", "GET /kiosk/{device}", "GET /kiosk/{device}/queues", "GET /display/managers"]


@pytest.mark.parametrize("key", PAGES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_page_of_another_language_holds_vietnamese_of_ours(crowd, key, language):
    """What people of the centre wrote (its name, the queues) stands in their own file and is left out."""
    name = next(n for n in ("kiosk", "manager", "nobody") if is_named(n, key))
    page = crowd.send(name, key, Asked(f"{EXAMPLES[key](crowd, name).path}?lang={language}")).text
    text = html.unescape(re.sub(r"<[^>]+>", "\n", page[page.index("<body") :]))
    centre = demo_centre()
    theirs = [*centre.agency_lines, "Tiếng Việt"]
    theirs += [getattr(named, language) for named in (centre.name, *(queue.title for queue in centre.queues))]
    for words in theirs:
        text = text.replace(words, "")
    assert not [line for line in text.splitlines() if DIACRITICS.search(line)]

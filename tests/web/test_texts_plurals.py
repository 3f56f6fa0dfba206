"""The English and French catalogues: complete, same placeholders, well set, short on buttons, plurals right."""

import re
import subprocess
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("web", "kiosk", "counter", "display", "admin", "api")
LANGUAGES = ("en", "fr")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[#0 +-]*[\d.]*[a-zA-Z%]")
# A button may be this much longer than the Vietnamese, and every button has room for so many letters.
BUTTON_STRETCH, BUTTON_ROOM = 1.45, 22
# Forms of dates and units, which every language writes alike.
SAME_IN_ALL = {"%(day)s/%(month)s", "%(weekday)s %(day)s/%(month)s/%(year)s"}
ADDRESS = re.compile(r"\b[a-z]+://[^\s,]*")
# French sets a no-break space before : ; ? ! » and after «; times and codes keep theirs.
BARE_SIGN = re.compile(r"[^\u00a0/:?!](?<![A-Z\d])[;?!:»](?!\d)|«(?!\u00a0)|[ \u202f][:;?!»]")


@cache
def catalogue(language: str) -> Catalog:
    """The catalogue as it stands in the repository."""
    with (ROOT / "web/locales" / language / "LC_MESSAGES/motcua.po").open("rb") as file:
        return read_po(file, language)


def entries() -> list[tuple[str, Message]]:
    """Every entry but the header, with its language."""
    return [(language, message) for language in LANGUAGES for message in catalogue(language) if message.id]


def key_of(message: Message) -> str:
    """The Vietnamese text."""
    return message.id[0] if message.pluralizable else message.id


def pairs(message: Message) -> list[tuple[str, str]]:
    """Each form with the Vietnamese form it stands for."""
    if not message.pluralizable:
        return [(message.id, message.string)]
    return [(message.id[min(n, 1)], string) for n, string in enumerate(message.string)]


def faults(language: str, vietnamese: str, text: str) -> list[str]:
    """What is wrong with one translation."""
    found = []
    if not text:
        found.append("not translated")
    if text == vietnamese and vietnamese not in SAME_IN_ALL:
        found.append("same as the Vietnamese")
    if sorted(PLACEHOLDER.findall(vietnamese)) != sorted(PLACEHOLDER.findall(text)):
        found.append("other placeholders")
    if text != text.strip() or "  " in text:
        found.append("stray spaces")
    if "'" in text or ('"' in text and '"' not in vietnamese):
        found.append("typewriter quotes")
    if text[-1:] != vietnamese[-1] and (vietnamese[-1] in ".…:" or text[-1:] in ("…", ":")):
        found.append("another end")
    if language == "fr" and BARE_SIGN.search(ADDRESS.sub("x", PLACEHOLDER.sub("x", text))):
        found.append("a sign without its no-break space")
    return found


def button_texts() -> set[str]:
    """The Vietnamese texts that stand on buttons, read from the templates."""
    button = re.compile(r"<(button)\b.*?</\1>|<(a) class=\"button[^>]*>.*?</\2>|\{\{ press\(.*?\}\}", re.S)
    text = re.compile(r"""\b_\((["'])(.*?)\1""")
    found = set()
    for room in ROOMS:
        for file in (ROOT / room / "templates").glob("**/*.html"):
            for piece in button.finditer(file.read_text(encoding="utf-8")):
                # What `small` holds is a line of explanation, which may wrap.
                found |= {
                    words for _, words in text.findall(re.sub(r"<small>.*?</small>", "", piece[0], flags=re.S))
                }
    return found


def too_long(vietnamese: str, text: str) -> bool:
    """Whether a button's text would need more room than buttons have."""
    return len(text) > max(BUTTON_ROOM, round(BUTTON_STRETCH * len(vietnamese)))


@cache
def compiled(language: str) -> GNUTranslations:
    """The catalogue as a running server has it."""
    file = BytesIO()
    write_mo(file, catalogue(language))
    file.seek(0)
    return GNUTranslations(file)


def test_the_catalogues_hold_exactly_the_texts_in_use() -> None:
    told = subprocess.run(
        [ROOT / "scripts/texts", "--check"], capture_output=True, text=True, check=False, timeout=120
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_every_text_is_translated_well() -> None:
    wrong = [
        f"{language}: {vietnamese!r} -> {text!r}: {fault}"
        for language, message in entries()
        for vietnamese, text in pairs(message)
        for fault in faults(language, vietnamese, text)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("language", "vietnamese", "text", "fault"),
    [
        ("en", "Quầy", "", "not translated"),
        ("en", "Quầy", "Quầy", "same as the Vietnamese"),
        ("en", "Quầy %(number)s", "Counter %(nummer)s", "other placeholders"),
        ("en", "Quầy %(number)s", "Counter %(number)d", "other placeholders"),
        ("en", "%(num)d người", "people", "other placeholders"),
        ("en", "Quầy", "Counter ", "stray spaces"),
        ("en", "Máy chủ bận.", "The server's busy.", "typewriter quotes"),
        ("en", "Quầy:", "Counter", "another end"),
        ("en", "Chưa có gì.", "Nothing yet", "another end"),
        ("fr", "Quầy:", "Guichet :", "a sign without its no-break space"),
        ("fr", "Quầy:", "Guichet:", "a sign without its no-break space"),
        ("fr", "Quầy nào?", "Quel guichet?", "a sign without its no-break space"),
        ("fr", "Quầy: %(number)s", "Guichet : %(number)s", "a sign without its no-break space"),
        ("fr", "Hàng “%(queue)s”", "File « %(queue)s »", "a sign without its no-break space"),
        ("fr", "Quầy: %(number)s", "Guichet\u202f: %(number)s", "a sign without its no-break space"),
    ],
)
def test_a_bad_translation_is_found(language: str, vietnamese: str, text: str, fault: str) -> None:
    assert fault in faults(language, vietnamese, text)


@pytest.mark.parametrize(
    "text",
    [
        "écrivez une adresse commençant par http:// ou https://",
        "écrivez l’heure comme 07:30",
        "écrivez-le comme VN:GOV:000.00.00.G22:vpcpdvcprovider",
        "Guichet\u00a0: %(number)s",
        "File «\u00a0%(queue)s\u00a0»",
    ],
)
def test_good_french_is_left_alone(text: str) -> None:
    assert BARE_SIGN.search(ADDRESS.sub("x", PLACEHOLDER.sub("x", text))) is None


def test_no_entry_is_a_guess_and_every_plural_has_two_forms() -> None:
    for language, message in entries():
        assert not message.fuzzy, (language, message.id)
        assert not message.pluralizable or len(message.string) == 2, (language, message.id)
        assert not message.pluralizable or message.id[0] == message.id[1], "Vietnamese has one form"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_compiles(language: str) -> None:
    assert [(message.id, problems) for message, problems in catalogue(language).check()] == []
    assert compiled(language).gettext("Quầy") in ("Counter", "Guichet")


@pytest.mark.parametrize(
    ("language", "number", "words"),
    [
        ("en", 0, "0 people ahead of you"),
        ("en", 1, "1 person ahead of you"),
        ("en", 2, "2 people ahead of you"),
        ("fr", 0, "0 personne devant vous"),
        ("fr", 1, "1 personne devant vous"),
        ("fr", 2, "2 personnes devant vous"),
    ],
)
def test_people_are_counted_as_the_language_counts(language: str, number: int, words: str) -> None:
    text = "Còn %(num)d người trước bạn"
    assert compiled(language).ngettext(text, text, number) % {"num": number} == words


def test_buttons_stay_short() -> None:
    buttons = button_texts()
    assert {"Lấy số", "Quay lại", "Gọi lại", "Tiếp nhận, in giấy hẹn"} <= buttons
    long = [
        f"{language}: {key_of(message)} -> {text}"
        for language, message in entries()
        if key_of(message) in buttons
        for vietnamese, text in pairs(message)
        if too_long(vietnamese, text)
    ]
    assert not long, "\n".join(long)
    assert too_long("Quay lại", "Retourner à la page précédente")


def filled_twice(template: str) -> list[str]:
    """Calls whose placeholders `%` fills: a template's gettext fills them itself, so this raises KeyError."""
    return re.findall(r"\b(?:_|gettext|ngettext)\([^()]*\)\s*%(?!})", template)


def test_no_template_fills_placeholders_after_gettext() -> None:
    files = [file for room in ROOMS for file in (ROOT / room / "templates").glob("**/*.html")]
    wrong = {file.name: calls for file in files if (calls := filled_twice(file.read_text(encoding="utf-8")))}
    assert not wrong, wrong
    assert filled_twice("{{ gettext(limit[0]) % {'n': limit[1]} }}")
    assert not filled_twice('{{ _("Tạm dừng: %(reason)s", reason=reason) }}{% if a %}')

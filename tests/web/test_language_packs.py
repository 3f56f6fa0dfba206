"""A language that a centre adds: read whole or left out, offered at the kiosk, Vietnamese where it lacks words."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import offer
from domain.errors import Invalid
from operations.ticketing import take_ticket
from store import tickets
from store.writer import Act
from tests.support.servers import Server, running
from web import languages
from web.language_packs import LARGEST_CATALOGUE, MOST_PACKS, BadLanguage, load_languages, read_pack

HEAD = 'msgid ""\nmsgstr ""\n'
HEAD += '"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=n>1;\\n"\n\n'
CATALOGUE = (
    HEAD
    + """msgid "Lấy số"
msgstr "Au maj"

msgid "%(num)d người đang chờ"
msgid_plural "%(num)d người đang chờ"
msgstr[0] "%(num)d gần tả thả"
msgstr[1] "%(num)d gần đang thả"

msgid "thời gian chờ: %(wait)s"
msgstr "thả %(time)s"

#, fuzzy
msgid "Quay lại"
msgstr "Tẻo"
"""
)


def pack(folder: Path, code: str = "tyz", name: str = "Tày", catalogue: str = CATALOGUE) -> Path:
    """A language pack on the disk."""
    place = folder / code
    place.mkdir(parents=True)
    (place / "manifest.toml").write_text(f'name = "{name}"\n', encoding="utf-8")
    (place / "motcua.po").write_text(catalogue, encoding="utf-8")
    return place


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Server]:
    """The demo centre with a third neighbour's language."""
    pack(tmp_path / "data" / "languages")
    try:
        with running(tmp_path / "data") as found:
            yield found
    finally:
        offer({})


# reading


def test_a_pack_is_read_with_its_plurals(tmp_path: Path) -> None:
    found = read_pack(pack(tmp_path))
    assert (found.code, found.name, found.translated) == ("tyz", "Tày", 2)
    text = "%(num)d người đang chờ"
    assert found.catalogue.ngettext(text, text, 1) % {"num": 1} == "1 gần tả thả"
    assert found.catalogue.ngettext(text, text, 3) % {"num": 3} == "3 gần đang thả"


def test_what_it_lacks_or_is_unsure_of_stays_vietnamese(tmp_path: Path) -> None:
    catalogue = read_pack(pack(tmp_path)).catalogue
    assert catalogue.gettext("Tìm thủ tục") == "Tìm thủ tục"
    assert catalogue.gettext("Quay lại") == "Quay lại"


def breaks_no_page(catalogue: str, folder: Path) -> None:
    said = read_pack(pack(folder, catalogue=catalogue)).catalogue.gettext("thời gian chờ: %(wait)s")
    assert said % {"wait": "5"} == "thời gian chờ: 5"


@pytest.mark.parametrize("wrong", ["thả %(time)s", "thả %(wait)s 100 %", "thả %s", "thả %(wait)s %(x)d"])
def test_a_translation_that_would_break_a_page_is_left_out(wrong: str, tmp_path: Path) -> None:
    breaks_no_page(f'{HEAD}msgid "thời gian chờ: %(wait)s"\nmsgstr "{wrong}"\n', tmp_path)


@pytest.mark.planted
def test_a_broken_translation_that_is_kept_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.language_packs._fills_the_same", lambda ours, theirs: True)
    with pytest.raises(KeyError):
        breaks_no_page(CATALOGUE, tmp_path)


@pytest.mark.parametrize(
    ("code", "name", "catalogue", "told"),
    [
        ("TY", "Tày", CATALOGUE, "small letters"),
        ("tày", "Tày", CATALOGUE, "small letters"),
        ("tyz", "", CATALOGUE, "name"),
        ("tyz", "T" * 25, CATALOGUE, "name"),
        ("tyz", 'Tày"\nname2 = "', 'msgid "Lấy', "motcua.po"),
        ("tyz", "Tày", HEAD + "msgid\n", "motcua.po"),
        ("tyz", "Tày", "#" * (LARGEST_CATALOGUE + 1), "larger than"),
        ("tyz", 'a" "', CATALOGUE, "manifest.toml"),
    ],
)
def test_what_is_no_pack_is_refused_with_its_reason(
    code: str, name: str, catalogue: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(BadLanguage, match=told):
        read_pack(pack(tmp_path, code, name, catalogue))


def test_a_bad_pack_is_left_out_and_the_others_come(tmp_path: Path) -> None:
    pack(tmp_path, "khm", "ខ្មែរ")
    (pack(tmp_path, "tyz") / "manifest.toml").unlink()
    (tmp_path / "README").write_text("no pack", encoding="utf-8")
    assert list(load_languages(tmp_path)) == ["khm"]
    assert load_languages(tmp_path / "nowhere") == {}


def test_no_more_than_the_row_of_buttons_holds(tmp_path: Path) -> None:
    for letter in "abcdefg":
        pack(tmp_path, f"x{letter}", letter.upper())
    assert len(load_languages(tmp_path)) == MOST_PACKS


def test_our_own_languages_cannot_be_replaced(tmp_path: Path) -> None:
    offer(load_languages(pack(tmp_path, "en", "Anglais").parent))
    assert languages.offered() == languages.NAMES
    assert languages.translator("en")("Lấy số") == "Take a number"


# at the kiosk


def test_the_first_screen_offers_it_and_speaks_it(centre: Server) -> None:
    kiosk = centre.client(device="K1")
    assert "lang=tyz" in kiosk.get("/kiosk/K1").text
    page = kiosk.get("/kiosk/K1?lang=tyz&speech=1").text
    assert '<html lang="tyz"' in page
    assert "Au maj" in page
    assert "Tìm thủ tục" in page, "what it lacks is Vietnamese"
    assert centre.store.centre().name.vi in page, "and so are the centre's own texts"
    assert 'data-mode="speech"' not in page, "nobody speaks it"
    assert 'data-mode="speech"' in kiosk.get("/kiosk/K1?lang=en").text


@pytest.mark.parametrize("path", ["", "/queues", "/procedures", "/sectors", "/needs", "/appointments", "/scans"])
def test_every_page_of_the_kiosk_comes_in_it(path: str, centre: Server) -> None:
    answer = centre.client(device="K1").get(f"/kiosk/K1{path}?lang=tyz")
    assert answer.status_code == 200
    assert '<html lang="tyz"' in answer.text


def test_a_number_taken_in_it_keeps_it_to_the_phone(centre: Server) -> None:
    kiosk = centre.client(device="K1")
    form = {"queue": "ho-tich", "request_id": "tyz-request-1"}
    answer = kiosk.post("/kiosk/K1/tickets?lang=tyz", data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    ticket = int(answer.text.split("/kiosk/K1/tickets/")[1].split('"')[0])
    assert centre.store.read(tickets.load, ticket).language == "tyz"


def test_without_a_voice_it_is_not_spoken(centre: Server) -> None:
    kiosk = centre.client(device="K1")
    assert kiosk.post("/kiosk/K1/speech?lang=tyz", data={"words": "Au maj"}).status_code == 404


def test_an_unknown_language_is_vietnamese(centre: Server) -> None:
    assert '<html lang="vi"' in centre.client(device="K1").get("/kiosk/K1?lang=zzz").text


def test_a_language_that_is_not_there_gives_no_number(centre: Server) -> None:
    """The way round the pages: an operation knows what is offered too."""
    with pytest.raises(Invalid):
        centre.store.write_now(Act("test"), take_ticket, "ho-tich", "de")
    assert centre.store.write_now(Act("test"), take_ticket, "ho-tich", "tyz").language == "tyz"

"""What the pages say is there, is there: settings, links, names, words, versions."""

import ast
import importlib
import re
import tomllib
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from domain.events import Event
from domain.roles import Role
from settings import Settings
from store import migrations
from tests.docs.conftest import ROOT, pages

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
SETTING = re.compile(r"\bMOTCUA_([A-Z]+(?:_[A-Z]+)*)\b")
LINK = re.compile(r"\]\(([^)#\s]+)")
DECISIONS = {name: text for name, text in pages().items() if name.startswith("docs/decisions/")}
SECTIONS = ["Context", "Decision", "Why", "What it costs", "How we would notice that it was wrong"]


def rows(text):
    """The cells of every table row, headings and rulers left out."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return [row for i, row in enumerate(cells) if not set("".join(row)) <= {"-"} and not _heads(cells, i)]


def _heads(cells, i):
    return i + 1 < len(cells) and set("".join(cells[i + 1])) <= {"-"}


# settings


def test_operating_explains_exactly_the_settings_there_are():
    assert set(SETTING.findall(pages()["docs/operating.md"])) == {field.name.upper() for field in fields(Settings)}


def test_operating_gives_each_setting_a_row_with_its_default():
    table = {
        row[0].strip("`"): row[1] for row in rows(pages()["docs/operating.md"]) if row[0].startswith("`MOTCUA_")
    }
    assert len(table) == len(fields(Settings))
    for field in fields(Settings):
        said = table[f"MOTCUA_{field.name.upper()}"]
        if isinstance(field.default, bool | int):
            assert said == f"`{int(field.default)}`", field.name
        elif field.default:
            assert said == f"`{field.default}`", field.name
        else:
            assert said in ("none", "the centre file's"), field.name


@pytest.mark.parametrize("page", [*pages(), "packaging/motcua.service", "packaging/nginx.conf"])
def test_no_page_names_a_setting_that_does_not_exist(page):
    known = {field.name.upper() for field in fields(Settings)}
    assert set(SETTING.findall((ROOT / page).read_text(encoding="utf-8"))) <= known


# links


def broken_links(page, text):
    targets = [target for target in LINK.findall(text) if "://" not in target and not target.startswith("mailto:")]
    return [target for target in targets if not (ROOT / page).parent.joinpath(target).exists()]


@pytest.mark.parametrize("page", pages())
def test_every_link_leads_somewhere(page):
    assert broken_links(page, pages()[page]) == []


@pytest.mark.planted
def test_a_planted_broken_link_is_found():
    with pytest.raises(AssertionError):
        assert broken_links("docs/operating.md", "see [this](../nowhere.md)") == []


# the names of ARCHITECTURE.md


@cache
def defined():
    """Every function and class of the product, every table, role and room."""
    names = {room.removesuffix(".py") for room in ROOMS} | {role.value for role in Role}
    for room in ROOMS:
        for path in [*(ROOT / room).rglob("*.py"), ROOT / room]:
            if path.suffix == ".py" and path.is_file():
                tree = ast.parse(path.read_text(encoding="utf-8"))
                kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
                names |= {node.name for node in ast.walk(tree) if isinstance(node, kinds)}
    return names | tables() | {kind.__name__ for kind in Event.__args__}


def tables():
    return set(re.findall(r"CREATE (?:VIRTUAL )?TABLE (\w+)", migrations.FIRST_DAY))


def unknown_names(text):
    """Names in backticks that nothing in the house answers to."""
    return [name for name in re.findall(r"`([^`\n]+)`", text) if not _is_known(name)]


def _is_known(name):
    if "/" in name:
        room, _, rest = name.partition("/")
        pathlike = [ROOT / name, ROOT / room / "templates" / rest]
        return name in ROUTES_NAMED or any(path.exists() for path in pathlike)
    if name.startswith("motcua "):
        return True  # tests/docs/test_commands.py
    if re.fullmatch(r"[\w.]+\.py", name):
        return (ROOT / name).exists()
    if "." in name:
        return _resolves(name)
    return name in defined() or name in NOT_NAMES_OF_OURS


ROUTES_NAMED = {"/healthz"}
NOT_NAMES_OF_OURS = {"(tx, …)", "F2", "anyone", "motcua", "synchronous=FULL"}


def _resolves(name):
    """Whether 'room.module.Thing.part' can be imported and looked up."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part, None)
        return found is not None
    return False


def test_every_name_of_the_architecture_exists():
    assert unknown_names(pages()["ARCHITECTURE.md"]) == []


@pytest.mark.planted
@pytest.mark.parametrize("name", ["TicketLost", "store.store.Store.forget", "kiosk/_no.html", "visitors_of_mars"])
def test_a_planted_name_of_nothing_is_found(name):
    with pytest.raises(AssertionError):
        assert unknown_names(f"then `{name}` happens") == []


def test_the_architecture_names_every_table_outside_the_search_index():
    named = set(re.findall(r"`(\w+)`", pages()["ARCHITECTURE.md"]))
    assert tables() - named - {"procedures_words"} == set()
    assert set(migrations.VAULT) <= named
    assert set(migrations.HOUSEKEEPING) <= named


# words, decisions, versions


def test_the_glossary_pairs_words_that_the_code_uses():
    texts = [p.read_text(encoding="utf-8") for room in ROOMS for p in _sources(room)]
    words = [row[3].strip("`") for row in rows(pages()["docs/glossary.md"])]
    assert len(words) > 40
    unused = [word for word in words if not any(re.search(rf"\b{word}\b", text) for text in texts)]
    assert unused == []


def test_the_glossary_has_every_role_and_no_word_twice():
    table = rows(pages()["docs/glossary.md"])
    assert all(len(row) == 4 and all(row) for row in table)
    for column in (0, 3):
        words = [row[column] for row in table]
        assert len(words) == len(set(words))
    roles = {role.name for role in Role} - {"ANYONE", "KIOSK", "WALL"}
    assert roles <= {row[3].strip("`") for row in table}


def _sources(room) -> list[Path]:
    return [ROOT / room] if room.endswith(".py") else list((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("page", DECISIONS)
def test_a_decision_says_all_it_must_on_one_page(page):
    text = DECISIONS[page]
    number = int(page.rsplit("/", 1)[1][:4])
    assert text.startswith(f"# {number}. ")
    found = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [section for section in found if section in SECTIONS] == SECTIONS


def test_the_changelog_knows_this_version():
    assert f"## [{PROJECT['project']['version']}]" in pages()["CHANGELOG.md"]


def test_the_licence_is_the_one_that_the_project_names():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


CHANCE = re.compile(r"^@given|mark\.fault\b|RuleBasedStateMachine\)", re.MULTILINE)


def unproved(files: dict[str, str]) -> list[str]:
    """Files of tests of chance, races or faults without a planted fault under which they must fail."""
    return [name for name, text in files.items() if CHANCE.search(text) and "mark.planted" not in text]


def test_every_test_of_chance_or_of_faults_has_a_planted_fault():
    files = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py")
    }
    assert unproved(files) == []


@pytest.mark.planted
def test_a_test_of_chance_without_a_planted_fault_is_found():
    assert unproved({"test_x.py": "@given(st.text())\ndef test_x(text): ..."}) == ["test_x.py"]

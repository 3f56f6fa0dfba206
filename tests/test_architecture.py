"""The floor plan, enforced: who imports whom, who touches the database, who reads the clock, how long it grows."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from jinja2 import StrictUndefined

from web.assets import Assets
from web.pages import ROOMS, Pages

ROOT = Path(__file__).parent.parent
SCREENS = {"kiosk", "counter", "display", "admin", "dossiers", "api"}
SHARED = {"domain", "store", "operations", "web", "printers", "portal", "settings", "clock"}
MAY_IMPORT = {
    "domain": set(),
    "store": {"domain"},
    "operations": {"store", "domain"},
    "web": {"operations", "store", "domain"},
    **{screen: {"web", "operations", "store", "domain"} for screen in SCREENS},
    "printers": {"operations", "store", "domain"},
    "portal": {"operations", "store", "domain"},
    "settings": set(),
    "clock": set(),
    "commands": SHARED | {"app"},
    "app": SHARED | SCREENS,
    "bench": SHARED | SCREENS | {"app", "commands"},
}
# `motcua form` draws the desk's papers without its screens.
BESIDES = {"commands.form": {"dossiers"}}
# Programs of their own, which stand for the devices and the portal of others: they import nothing of ours.
STRANGERS = {"printers": "simulator", "portal": "sandbox"}
DOMAIN_NEEDS = {
    "base64", "bisect", "collections", "dataclasses", "datetime", "decimal", "difflib", "enum", "functools",
    "heapq", "itertools", "json", "math", "random", "re", "tomllib", "types", "typing", "unicodedata", "zlib",
}  # fmt: skip
# Old tickets and old dossiers are poured into the tables, not lived through.
AGES_A_FILE = {"bench.history", "bench.old_dossiers"}
SQLITE = {"sqlite3", "pysqlite3", "sqlite_utils"}
WALL_CLOCK = {"datetime": {"now", "utcnow", "today"}, "date": {"today"}, "time": {"time", "time_ns", "localtime"}}
# The simulated portal and printer stamp what they got by clocks of their own, which their tests replace.
OWN_CLOCKS = {"clock.now", "portal.sandbox.server.wall_clock", "printers.simulator.paper.device_clock"}
LONGEST_FUNCTION, LONGEST_MODULE = 50, 400


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name, its text and its syntax tree."""

    name: str
    text: str

    @property
    def package(self) -> str:
        return self.name.split(".")[0]

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)

    def at(self, node: ast.AST) -> str:
        """Where a colleague finds the mistake."""
        return f"{self.name}:{getattr(node, 'lineno', 0)}"


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def product() -> tuple[Module, ...]:
    """Every module that is shipped."""
    paths = [p for name in MAY_IMPORT for p in [*(ROOT / name).rglob("*.py"), ROOT / f"{name}.py"] if p.is_file()]
    return tuple(
        Module(".".join(path.relative_to(ROOT).with_suffix("").parts), path.read_text(encoding="utf-8"))
        for path in paths
    )


def imports(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Every module that is imported anywhere in the file, also inside functions."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            yield from ((node, f"{origin}.{alias.name}") for alias in node.names)


def wrong_directions(modules: Iterable[Module]) -> list[str]:
    """Imports against the floor plan."""
    wrong = []
    for module in modules:
        allowed = MAY_IMPORT[module.package] | {module.package} | BESIDES.get(module.name, set())
        for node, name in imports(module):
            target = name.split(".")[0]
            if name.startswith(".") or (target in MAY_IMPORT and target not in allowed):
                wrong.append(f"{module.at(node)} imports {name}")
    return wrong


def acquainted_strangers(modules: Iterable[Module]) -> list[str]:
    """Imports of our own code by a simulated device or portal."""
    wrong = []
    for module in modules:
        own = f"{module.package}.{STRANGERS.get(module.package, '-')}"
        if f"{module.name}.".startswith(f"{own}."):
            wrong += [
                f"{module.at(node)} imports {name}"
                for node, name in imports(module)
                if name.split(".")[0] in MAY_IMPORT and not f"{name}.".startswith(f"{own}.")
            ]
    return wrong


def circles(modules: Iterable[Module]) -> list[str]:
    """Packages that can be reached from themselves."""
    edges: dict[str, set[str]] = {name: set() for name in MAY_IMPORT}
    for module in modules:
        targets = {name.split(".")[0] for _, name in imports(module)}
        edges[module.package] |= (targets & set(MAY_IMPORT)) - {module.package}
    return [name for name in edges if name in _reached(edges, edges[name])]


def _reached(edges: dict[str, set[str]], start: set[str]) -> set[str]:
    found, new = set(start), set(start)
    while new:
        new = {target for name in new for target in edges[name]} - found
        found |= new
    return found


def sql_outside_store(modules: Iterable[Module]) -> list[str]:
    """Whoever opens SQLite or runs a statement without being the store."""
    wrong = []
    for module in modules:
        if module.package == "store" or module.name in AGES_A_FILE:
            continue
        wrong += [
            f"{module.at(n)} imports {name}"
            for n, name in imports(module)
            if name.lstrip(".").split(".")[0] in SQLITE
        ]
        wrong += [
            f"{module.at(node)} calls {node.func.attr}"
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("execute", "executemany", "executescript")
        ]
    return wrong


def clock_readers(modules: Iterable[Module]) -> list[str]:
    """Whoever reads the wall clock outside clock.py."""
    wrong = []
    for module in modules:
        spared = {
            id(inner)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.FunctionDef) and f"{module.name}.{node.name}" in OWN_CLOCKS
            for inner in ast.walk(node)
        }
        wrong += [
            f"{module.at(node)} reads {_dotted(node)}"
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Attribute) and id(node) not in spared and _reads_clock(node)
        ]
        wrong += [
            f"{module.at(node)} imports time.{alias.name}"
            for node in ast.walk(module.tree)
            if isinstance(node, ast.ImportFrom) and node.module == "time"
            for alias in node.names
            if alias.name in WALL_CLOCK["time"]
        ]
    return wrong


def _reads_clock(node: ast.Attribute) -> bool:
    owner = _dotted(node.value).split(".")[-1]
    return node.attr in WALL_CLOCK.get(owner, set())


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def foreign_to_domain(modules: Iterable[Module]) -> list[str]:
    """Imports of the rules beyond the allowed part of the standard library."""
    allowed = DOMAIN_NEEDS | {"domain"}
    return [
        f"{module.at(node)} imports {name}"
        for module in modules
        if module.package == "domain"
        for node, name in imports(module)
        if name.split(".")[0] not in allowed
    ]


def too_long(modules: Iterable[Module]) -> list[str]:
    """Functions over 50 lines and modules over 400."""
    wrong = []
    for module in modules:
        lines = module.text.count("\n")
        if lines > LONGEST_MODULE:
            wrong.append(f"{module.name} has {lines} lines")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    wrong.append(f"{module.at(node)} {node.name} has {length} lines")
    return wrong


def unescaped(files: Iterable[tuple[str, str]]) -> list[str]:
    """Wherever text could reach a page without being escaped."""
    escape = re.compile(r"\bMarkup\(|\|\s*safe\b|autoescape\s+false|autoescape=False")
    return [
        f"{name}:{number} {line.strip()[:80]}"
        for name, text in files
        for number, line in enumerate(text.splitlines(), 1)
        if escape.search(line)
    ]


CHECKS = [
    wrong_directions, acquainted_strangers, circles, sql_outside_store, clock_readers, foreign_to_domain, too_long,
]  # fmt: skip


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_house_keeps_its_floor_plan(check):
    assert check(product()) == []


PLANTED = [
    (wrong_directions, Module("kiosk.views", "from counter.views import picture\n")),
    (wrong_directions, Module("domain.days", "def today():\n    from store import days\n")),
    (wrong_directions, Module("printers.worker", "from web.pages import page\n")),
    (wrong_directions, Module("operations.calling", "import clock\n")),
    (wrong_directions, Module("kiosk.views", "from .routes import ROUTES\n")),
    (wrong_directions, Module("commands.slip", "from dossiers.papers import print_form\n")),
    (wrong_directions, Module("dossiers.papers", "from admin.pdfs import as_pdf\n")),
    (acquainted_strangers, Module("printers.simulator.page", "from printers.thermal import job\n")),
    (acquainted_strangers, Module("portal.sandbox", "import portal.messages\n")),
    (circles, Module("domain.days", "import commands.main\n")),
    (sql_outside_store, Module("web.health", "import sqlite3\n")),
    (sql_outside_store, Module("web.health", "from pysqlite3.dbapi2 import connect\n")),
    (sql_outside_store, Module("display.views", "db.execute('SELECT 1')\n")),
    (clock_readers, Module("web.pages", "from datetime import datetime\nnow = datetime.now()\n")),
    (clock_readers, Module("web.pages", "import time\nstart = time.time()\n")),
    (clock_readers, Module("store.days", "import datetime\nday = datetime.date.today()\n")),
    (clock_readers, Module("portal.sandbox.server", "def other():\n    return datetime.now(UTC)\n")),
    (foreign_to_domain, Module("domain.days", "import os\n")),
    (too_long, Module("web.pages", "def f():\n" + "    x = 1\n" * 50)),
    (too_long, Module("web.pages", "x = 1\n" * 401)),
]


@pytest.mark.planted
@pytest.mark.parametrize(("check", "fault"), PLANTED, ids=lambda value: getattr(value, "__name__", ""))
def test_a_planted_breach_is_found(check, fault):
    def keeps(modules: Iterable[Module]) -> None:
        assert check(modules) == []

    with pytest.raises(AssertionError):
        keeps([*product(), fault] if check is circles else [fault])


def _pages() -> list[tuple[str, str]]:
    rooms = [path for name in MAY_IMPORT for path in (ROOT / name).rglob("*.html")]
    return [(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in rooms]


def test_nothing_leaves_the_house_unescaped():
    sources = [(module.name, module.text) for module in product()]
    assert unescaped([*sources, *_pages()]) == []


@pytest.mark.planted
@pytest.mark.parametrize("line", ["{{ name|safe }}", "{{ name | safe }}", "return Markup(name)"])
def test_a_planted_way_around_escaping_is_found(line):
    with pytest.raises(AssertionError):
        assert unescaped([("counter/templates/desk.html", line)]) == []


def test_every_template_is_read_by_a_strict_and_escaping_environment():
    environments = Pages(Assets())._environments
    files = [path for room in ROOMS for path in (ROOT / room / "templates").rglob("*.html")]
    assert len(files) > 20
    for language, environment in environments.items():
        assert environment.undefined is StrictUndefined, language
        assert environment.autoescape is True, language
    for path in files:
        room, _, *rest = path.relative_to(ROOT).parts
        environments["vi"].get_template("/".join((room, *rest)))


def test_no_template_lies_where_no_environment_finds_it():
    rooms = {path.split("/")[0] for path, _ in _pages()}
    assert rooms <= set(ROOMS)

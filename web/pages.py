"""From templates to answers: one environment a language, nothing undefined, everything escaped."""

import secrets
from collections.abc import Callable, Mapping, MutableMapping
from functools import cache
from importlib.metadata import version
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined, nodes
from jinja2.visitor import NodeTransformer
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from domain import stopping
from domain.calendar import Translate
from domain.days import local
from domain.roles import Role
from domain.tickets import shown_number
from web import clocks, paths, wording
from web.assets import Assets
from web.languages import NAMES, offered, translations

ROOMS = ("web", "kiosk", "counter", "display", "dossiers", "admin", "api")


class Pages:
    """Renders `room/name.html` in a language."""

    def __init__(self, assets: Assets, practice: bool = False) -> None:
        loader = PrefixLoader({room: PackageLoader(room) for room in ROOMS})
        self._environments = {language: _environment(loader, assets, language) for language in offered()}
        for environment in self._environments.values():
            environment.globals["practice"] = practice

    def render(self, template: str, language: str, /, **context: Any) -> str:
        """The text of a page or fragment."""
        return self._environments[language].get_template(template).render(lang=language, **context)


class _Settled(NodeTransformer):
    """Does once, while a template is compiled, what is the same on every page: its texts and its included parts."""

    def __init__(self, translate: Translate, part: Callable[[str], nodes.Template]) -> None:
        self._translate = translate
        self._part = part

    def visit_Include(self, node: nodes.Include) -> nodes.Node:
        """A part named by its constant name stands in the place of `include`: no second context a page."""
        match node:
            case nodes.Include(template=nodes.Const(value=str(name)), with_context=True, ignore_missing=False):
                return nodes.Scope(self._part(name).body, lineno=node.lineno)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """`_` with one constant text and nothing to fill in."""
        self.generic_visit(node)
        match node:
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=text)], kwargs=[]):
                return nodes.Const(self._translate(text), lineno=node.lineno)
        return node


class _Environment(Environment):
    """Compiles templates for one language."""

    translate: Translate = staticmethod(str)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What every template knows. Jinja gives a ChainMap, walked in Python for each page (7 % of a ticket)."""
        return {**self.globals, **(d or {})}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        template: nodes.Template = _Settled(self.translate, self._part).visit(parsed)
        return template

    def _part(self, name: str) -> nodes.Template:
        assert self.loader is not None
        source, filename, _ = self.loader.get_source(self, name)
        return self._parse(source, name, filename)


def _environment(loader: PrefixLoader, assets: Assets, language: str) -> Environment:
    environment = _Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.translate = gettext = translations(language).gettext
    environment.globals |= _texts(language)
    environment.globals["asset"] = assets.__getitem__
    environment.globals["shown_number"] = shown_number
    environment.globals["stop_reasons"] = tuple(stopping.REASONS.values())
    environment.globals["release"] = version("motcua")
    environment.globals["clock_trouble"] = clocks.trouble
    environment.globals["opened_again"] = paths.opened_again
    environment.globals["staff_languages"] = NAMES.items()
    environment.globals["citizens_languages"] = lambda: offered().items()
    environment.globals["new_request_id"] = lambda: secrets.token_urlsafe(12)
    environment.filters["hhmm"] = lambda instant: f"{local(instant):%H:%M}"
    environment.filters["hhmmss"] = lambda instant: f"{local(instant):%H:%M:%S}"
    environment.filters["clock"] = wording.clock
    environment.filters["day"] = lambda instant: f"{local(instant):%d/%m/%Y}"
    environment.filters["weekday"] = lambda instant: wording.weekday(instant, gettext)
    environment.filters["minutes"] = lambda value: "–" if value is None else f"{value:.0f}"
    environment.filters["role"] = lambda role: gettext(wording.ROLES[Role(role)])
    environment.filters["channel"] = lambda channel: gettext(wording.CHANNELS[str(channel)])
    environment.filters["limit"] = lambda row: wording.limit(row[0], row[1], gettext)
    return environment


def _texts(language: str) -> dict[str, Any]:
    """`_`, gettext and ngettext for templates; what they give is escaped like any text."""
    catalogue = translations(language)
    known = cache(catalogue.gettext)

    def gettext(text: str, **values: object) -> str:
        return known(text) % values if values else known(text)

    def ngettext(one: str, many: str, num: int, **values: object) -> str:
        return catalogue.ngettext(one, many, num) % {"num": num, **values}

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext}


def text_of(text: Any, language: str) -> str:
    """The text of a `domain.centres.Text` in a language, Vietnamese where it is empty."""
    return str(text.in_language(language))


def is_fragment(request: Request) -> bool:
    """Whether htmx asked and swaps a part of the page."""
    return request.headers.get("hx-request") == "true"


def page(request: Request, template: str, status: int = 200, /, **context: Any) -> HTMLResponse:
    """Answer with a rendered template in the visitor's language."""
    house, language = request.app.state.house, request.state.language
    body = house.pages.render(template, language, request=request, visitor=request.state.visitor, **context)
    return HTMLResponse(body, status_code=status, headers={"Cache-Control": "no-store"})


def go(path: str, query: Mapping[str, str] | None = None) -> Response:
    """See other: the browser asks for the next page by GET (303, never Starlette's default 307)."""
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, status_code=303)

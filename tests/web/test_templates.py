"""Templates and style sheets keep to the content policy: nothing inline, nothing unescaped, scripts in order."""

import re
from pathlib import Path

import pytest
from jinja2 import DictLoader

from tests.web.crowd import Crowd
from tests.web.walks import EXAMPLES, is_named
from web import pages
from web.pages import ROOMS

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = sorted(path for room in ROOMS for path in (ROOT / room / "templates").glob("*.html"))
SHEETS = sorted(path for room in ROOMS for path in (ROOT / room / "static").glob("*.css"))
SCRIPTS = sorted(path for room in ROOMS for path in (ROOT / room / "static").glob("*.js"))
FORBIDDEN = {
    "a style attribute": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "an inline script": r"<script\b(?![^>]*\bsrc=)",
    "a script that waits": r"<script\b[^>]*\b(defer|async|type\s*=\s*[\"']module)",
    "an event attribute": r"\son[a-z]+\s*=",
    "unescaped text": r"\|\s*safe\b|\bMarkup\b|autoescape\s+false",
    "an htmx event attribute": r"hx-on\b|hx-on:",
    "a value computed by script": r"[\"']\s*(js|javascript):",
    "a trigger with a filter": r"hx-trigger=\"[^\"]*\[",
    "a foreign address": r"(src|href|action|hx-[a-z]+)=\"(https?:)?//",
    "a nonce": r"\bnonce\s*=",
    "an embedded page": r"<(iframe|object|embed|base)\b",
    "a data address": r"(src|href)=\"data:",
    "a meta refresh": r"http-equiv",
}


def faults(text: str) -> list[str]:
    """What in a template would be blocked, reported or dangerous under the content policy."""
    return [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: f"{p.parent.parent.name}/{p.name}")
def test_a_template_holds_nothing_inline_and_nothing_unescaped(path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.planted
@pytest.mark.parametrize(
    "text",
    [
        '<p style="color:red">', "<style>p{}</style>", "<script>alert(1)</script>", '<script defer src="/x.js">',
        '<a onclick="x()">', "{{ name|safe }}", "{{ name | safe }}", '<p hx-on:click="x">', '<p hx-vals="js:1">',
        '<p hx-trigger="keyup[key==1]">', '<img src="https://evil.example/x.png">', '<script nonce="x" src="/a">',
        '<iframe src="/x">', '<img src="data:x">', "{% autoescape false %}",
    ],
)  # fmt: skip
def test_a_template_against_the_policy_is_found(text):
    assert faults(text)


def test_there_are_templates_and_sheets_to_look_at():
    assert len(TEMPLATES) > 30
    assert len(SHEETS) >= 6
    assert len(SCRIPTS) >= 5


@pytest.mark.parametrize("path", SHEETS, ids=lambda p: p.name)
def test_a_sheet_loads_nothing_from_elsewhere(path):
    text = path.read_text(encoding="utf-8")
    assert "@import" not in text
    assert not re.search(r"url\(\s*['\"]?(https?:|//|data:)", text)
    assert "expression(" not in text


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_a_script_of_ours_opens_no_sink(path):
    """Trusted Types would throw: text goes in as text, addresses are our own."""
    text = path.read_text(encoding="utf-8")
    for sink in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "importScripts",
    ):
        assert sink not in text, sink
    assert not re.search(r"fetch\(\s*[`'\"]https?:", text)


def test_every_form_works_without_javascript():
    """A form whose hx-* is lost would send its fields as GET in the address."""
    for path in TEMPLATES:
        for form in re.findall(r"<form\b[^>]*>", path.read_text(encoding="utf-8")):
            if "hx-post" in form:
                assert 'method="post"' in form, (path.name, form)
                action = re.search(r'\saction="([^"]*)"', form)
                assert action, (path.name, form)
                assert re.search(r'hx-post="([^"]*)"', form)[1] == action[1], path.name


def test_every_form_that_changes_something_carries_a_request_id():
    """A second press of an impatient finger must be the same request (shared/design.md, idempotency)."""
    missing = []
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        for form in re.findall(r'<form\b[^>]*method="post".*?</form>', text, re.DOTALL):
            action = re.search(r'action="([^"]*)"', form)[1]
            # A second press on "code" offers a fresh code and kills the first: nothing to repeat. Every reading of
            # people's words is noted, also a second one. A scan or a search is only read.
            if action.startswith(("/sign-in", "/sign-out", "/language", "/pair")):
                continue
            if action.partition("?")[0].endswith(("/codes", "/reports/words", "/scans", "/searches")):
                continue
            if 'name="request_id"' not in form:
                missing.append(f"{path.name}: {action}")
    assert not missing


def test_free_text_of_others_stands_where_htmx_does_not_look():
    for name in (
        "kiosk/templates/procedure.html",
        "admin/templates/procedure.html",
        "admin/templates/report_words.html",
        "counter/templates/_papers.html",
        "dossiers/templates/dossier.html",
        "dossiers/templates/act.html",
        "dossiers/templates/_rows.html",
    ):
        assert "hx-ignore" in (ROOT / name).read_text(encoding="utf-8"), name


PAGES = [key for key in EXAMPLES if key.startswith("GET /")]


@pytest.mark.parametrize("key", PAGES)
def test_what_is_served_keeps_to_the_policy_too(crowd: Crowd, key):
    for name in ("nobody", "kiosk", "wall", "clerk", "manager", "administrator", "auditor"):
        if not is_named(name, key):
            continue
        answer = crowd.send(name, key)
        if answer.headers.get("content-type", "").startswith(("text/html", "image/svg")):
            assert faults(answer.text) == [], (name, key)
            assert "{{" not in answer.text
            assert "Undefined" not in answer.text


def test_every_field_has_a_label():
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        labelled = set(re.findall(r'<label[^>]*for="([^"]*)"', text))
        for field in re.findall(r"<(?:input|select|textarea)\b[^>]*>", text):
            if 'type="hidden"' in field or 'type="checkbox"' in field:
                continue
            assert re.search(r'\bid="([^"]*)"', field)[1] in labelled, (path.name, field)


def test_a_translation_stands_in_the_compiled_template_and_is_escaped(monkeypatch):
    """`_` with a constant text costs nothing a page; whatever stands in the catalogue is text, never markup."""
    environment = pages._environment(
        DictLoader({"x.html": "<p title=\"{{ _('Xong') }}\">{{ _('Xong') }}</p>"}), {}, "en"
    )
    environment.translate = lambda text: f"<b>&{text}"
    assert environment.get_template("x.html").render() == '<p title="&lt;b&gt;&amp;Xong">&lt;b&gt;&amp;Xong</p>'
    filled = environment.from_string("{{ _('%(n)s ngày', n='<3>') }}").render()
    assert filled == "&lt;3&gt; day(s)"

"""docs/accessibility.md, made from the tests' own marks: `python -m tests.docs.accessibility_table` writes it anew.

A test says by `@pytest.mark.shows("K5", "WCAG 2.1.1")` what it shows; a line of
docs/installing_kiosks.md says it by
`[EN 8.3.2.1]` at its end. Nothing is listed that neither shows.
"""

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PLACE = ROOT / "docs" / "accessibility.md"
SHEET = ROOT / "docs" / "installing_kiosks.md"
# Standard -> clause -> what it asks, in words of our own.
CLAUSES: dict[str, dict[str, str]] = {
    "Kiosk checklist": {
        "K1": "targets of 88 and 120 px, 16 px apart",
        "K2": "letters large enough, 40 % larger on request",
        "K3": "contrast 7:1, black and yellow, the system's own colours",
        "K4": "everything that is pressed in the lower 45 %",
        "K4b": "height of the screen, measured on site",
        "K5": "the whole journey by keys, a broad ring",
        "K6": "everything spoken, from one key on",
        "K7": "time-outs warned of and extended",
        "K8": "languages and modes on the way, and gone after it",
        "K9": "nothing personal left",
        "K10": "failures say what to do; the number stays",
        "K11": "two taps to a number where the need is known, three through \"find a procedure\"",
        "K12": "no drag, no hold, no hover; one press one number",
        "K13": "marks of Vietnamese never cut",
        "K14": "nothing moves, nothing flashes",
        "K15": "the slip's number 10 mm high",
    },
    "EN 301 549 V3.2.1": {
        "EN 5.1.2.2": "usable without attaching anything; features found without switching one on",
        "EN 5.1.3.1": "speech for what is shown",
        "EN 5.1.3.2": "speech starts without a menu",
        "EN 5.1.3.3": "speech covers all that is needed",
        "EN 5.1.3.6": "speech can be interrupted and repeated",
        "EN 5.1.3.8": "signals are not by sight or sound alone",
        "EN 5.1.3.9": "what is personal is not given away",
        "EN 5.1.3.10": "what is typed is spoken to the one who types",
        "EN 5.1.3.12": "loudness can be changed and is reset",
        "EN 5.1.3.13": "the speech is complete",
        "EN 5.1.3.14": "speech in the language of the page",
        "EN 5.1.3.15": "errors are spoken",
        "EN 5.1.4": "large letters",
        "EN 5.1.5": "what is heard can be seen",
        "EN 5.1.6": "operable without the touch screen",
        "EN 8.3.2.1": "reach to the front",
        "EN 8.3.3": "room to stand before it, knees and feet",
        "EN 8.3.4.1": "parts to operate within reach",
        "EN 8.3.5": "the sheet says how it is to be placed",
        "EN 8.5": "tactile keys can be told apart",
    },
    "WCAG 2.2": {
        "WCAG 1.3.2": "meaningful order", "WCAG 1.4.3": "contrast", "WCAG 1.4.4": "resized text",
        "WCAG 1.4.6": "enhanced contrast", "WCAG 1.4.10": "reflow", "WCAG 1.4.11": "contrast of controls",
        "WCAG 1.4.12": "text spacing", "WCAG 1.4.13": "hover", "WCAG 2.1.1": "keyboard",
        "WCAG 2.1.2": "no keyboard trap", "WCAG 2.1.4": "character keys", "WCAG 2.2.1": "timing adjustable",
        "WCAG 2.2.5": "re-authenticating", "WCAG 2.2.6": "time-outs", "WCAG 2.3.1": "flashes",
        "WCAG 2.3.3": "animation", "WCAG 2.4.3": "focus order", "WCAG 2.4.7": "focus visible",
        "WCAG 2.4.11": "focus not obscured", "WCAG 2.5.1": "gestures", "WCAG 2.5.5": "target size (enhanced)",
        "WCAG 2.5.7": "dragging", "WCAG 2.5.8": "target size", "WCAG 3.1.1": "language of page",
        "WCAG 3.1.2": "language of parts", "WCAG 3.2.3": "consistent navigation",
        "WCAG 3.3.1": "error identification", "WCAG 3.3.3": "error suggestion", "WCAG 3.3.4": "error prevention",
        "WCAG 4.1.2": "name, role, value", "WCAG 4.1.3": "status messages",
    },
    "US Section 508 and the European Accessibility Act": {
        "508 402.2": "speech, interrupted and repeated", "508 402.2.2": "volume and its reset",
        "508 402.4": "capitals of 4.8 mm", "508 407.5": "alerted before a time-out",
        "EAA I-II": "features found without switching one on, time extended",
    },
}  # fmt: skip
HEAD = """\
# What shows that everybody can use the kiosk

Made from the marks on the tests by `python -m tests.docs.accessibility_table`; a test compares it with them. A line
that ends in *sheet* is measured on site by [the installation sheet](installing_kiosks.md). Beside these tests axe
walks every state of every screen (`tests/browser/test_states.py`). Numbers of EN 301 549 clauses were taken from
public checklists and are to be checked against ETSI's text before a statement of conformity is signed.
"""


def shown() -> dict[str, list[str]]:
    """Clause -> the tests and lines of the sheet that show it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for clause in _marks(node):
                    found[clause].append(f"`{path.relative_to(ROOT)}::{node.name}`")
    for line in SHEET.read_text(encoding="utf-8").splitlines():
        for clause in re.findall(r"\[((?:K|EN |508 )[\w.]+)\]", line):
            found[clause].append("sheet")
    return found


def _marks(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return [
        str(argument.value)
        for mark in node.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.shows"
        for argument in mark.args
        if isinstance(argument, ast.Constant)
    ]


def table() -> str:
    """The whole page: a row a clause."""
    found = shown()
    text = HEAD
    for standard, clauses in CLAUSES.items():
        text += f"\n## {standard}\n| clause | asks for | shown by |\n|---|---|---|\n"
        for clause, asked in clauses.items():
            text += f"| {clause} | {asked} | {'<br>'.join(dict.fromkeys(found[clause]))} |\n"
    return text


if __name__ == "__main__":
    PLACE.write_text(table(), encoding="utf-8")

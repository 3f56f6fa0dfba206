"""Looking at a screen as a strict colleague would: what overflows, is clipped, too small or too close."""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Axe()


@dataclass(frozen=True)
class Measures:
    """What a kind of screen must keep (screens.md K1, K2, W1; look.md, sizes at true resolution), in CSS px."""

    target: int = 0
    primary: int = 0
    gap: int = 0
    text: int = 0
    whole: bool = False
    contrast: float = 0


MEASURES = {
    "kiosk": Measures(target=88, primary=120, gap=16, text=28, whole=True, contrast=7),
    "wall": Measures(text=24, whole=True, contrast=7),
    "standing": Measures(text=24, whole=True, contrast=7),
    "tablet": Measures(target=72, primary=88, gap=12, text=24, whole=True),
    "counter": Measures(target=40, text=13),
    "admin": Measures(target=40, text=13),
    "phone": Measures(target=48, text=16),
    "pairing": Measures(target=40, text=16, whole=True),
}
SHOWN_OF_A_KIND = 4

LOOK = (Path(__file__).parent / "looking.js").read_text(encoding="utf-8")


def faults(page: Page, kind: str, *, fold: bool = True) -> list[str]:
    """Every fault of size and place on this page; without `fold` it may be longer than the glass is high."""
    m = MEASURES[kind]
    wanted = {
        "target": m.target,
        "primary": m.primary,
        "gap": m.gap,
        "text": m.text,
        "whole": m.whole and fold,
        "contrast": m.contrast,
    }
    found: list[str] = page.evaluate(LOOK, wanted)
    return _shortened(found)


def _shortened(found: list[str]) -> list[str]:
    """A few of each kind, and how many more: a row of 30 keys is one fault to read, not 60."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for fault in found:
        kinds[re.sub(r"[\d.]+", "0", fault.split(":")[0].split(" between ")[0])].append(fault)
    shown = []
    for same in kinds.values():
        shown += same[:SHOWN_OF_A_KIND]
        if len(same) > SHOWN_OF_A_KIND:
            shown.append(f"… and {len(same) - SHOWN_OF_A_KIND} more like it")
    return shown


def barriers(page: Page, kind: str, *, dimmed: bool = False) -> list[str]:
    """What axe finds against WCAG 2.2 AA and good practice.

    A `dimmed` screen says in words that its numbers are old; their contrast is low on purpose (W5).
    """
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    if dimmed:
        options["rules"] = {"color-contrast": {"enabled": False}}
    page.evaluate(AXE.axe_script)
    # Not the wrapper's own run(): it carries over all that is well, too, which takes as long as the looking.
    violations = page.evaluate("options => axe.run(options).then(result => result.violations)", options)
    return [
        f"{violation['id']}: {violation['help']} – {node['html'][:120]} {_reason(node)}"
        for violation in violations
        for node in violation["nodes"][:3]
    ]


def _reason(node: dict[str, Any]) -> str:
    checks = [*node["any"], *node["all"], *node["none"]]
    return checks[0]["message"][:160] if checks else ""


def settle(page: Page) -> None:
    """Fonts loaded, no picture or animation still on its way; what leaves only after seconds is still there.

    An animation taken back rejects its promise, one that never ends keeps it for ever: neither is waited for.
    """
    page.evaluate("""() => Promise.race([
      new Promise(resolve => setTimeout(resolve, 5000)),
      document.fonts.ready.then(() => Promise.allSettled(document.getAnimations().filter(animation => {
        const timing = animation.effect.getTiming();
        return timing.delay < 1000 && timing.iterations !== Infinity;
      }).map(animation => animation.finished)))]).then(() => undefined)""")

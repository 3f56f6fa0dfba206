"""Looking at a screen as a strict colleague would: what overflows, is clipped, too small, too close or unreadable."""

import re
from collections import defaultdict
from dataclasses import dataclass
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
    enhanced: bool = False


MEASURES = {
    "kiosk": Measures(target=88, primary=120, gap=16, text=28, whole=True, enhanced=True),
    "wall": Measures(text=24, whole=True, enhanced=True),
    "counter": Measures(target=40, text=13),
    "admin": Measures(target=40, text=13),
    "phone": Measures(target=48, text=16),
    "pairing": Measures(target=40, text=16, whole=True),
}
SHOWN_OF_A_KIND = 4

# Scrolling regions and what only a screen reader gets are left out: neither can be cut off by the glass.
LOOK = r"""
wanted => {
  const faults = [];
  const name = e => {
    const said = (e.innerText || e.value || e.getAttribute('aria-label') || '').trim().replace(/\s+/g, ' ').slice(0, 50);
    const kind = typeof e.className === 'string' && e.className ? '.' + e.className.trim().split(/\s+/).join('.') : '';
    return `${e.tagName.toLowerCase()}${e.id ? '#' + e.id : ''}${kind} "${said}"`;
  };
  const visible = e => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest('.unseen, [hidden]');
  const scroller = e => { for (let a = e.parentElement; a && a !== document.body; a = a.parentElement)
    if (/auto|scroll/.test(getComputedStyle(a).overflowY + getComputedStyle(a).overflowX)) return a; return null; };
  const box = e => e.getBoundingClientRect();
  const W = document.documentElement.clientWidth, H = document.documentElement.clientHeight;
  const all = [...document.body.querySelectorAll('*')].filter(visible);

  if (document.documentElement.scrollWidth > W) faults.push(`the page is ${document.documentElement.scrollWidth} px wide on ${W}`);

  const holdsText = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  for (const e of all.filter(holdsText)) {
    const style = getComputedStyle(e);
    if (style.display !== 'inline' && e.scrollWidth > e.clientWidth + 1 && e.clientWidth)
      faults.push(`text ${e.scrollWidth} px wide in a box of ${e.clientWidth}: ${name(e)}`);
    const size = parseFloat(style.fontSize);
    if (size < wanted.text && !e.closest('svg')) faults.push(`text of ${size} px, ${wanted.text} wanted: ${name(e)}`);
    const range = document.createRange();
    range.selectNodeContents(e);
    const around = scroller(e), inside = around ? box(around) : { left: 0, right: W };
    for (const r of range.getClientRects()) {
      if (!r.width) continue;
      if (!around && (r.right > inside.right + 1 || r.left < inside.left - 1)) { faults.push(`text leaves the glass sideways: ${name(e)}`); break; }
      if (wanted.whole && !around && (r.bottom > H + 1 || r.top < -1)) { faults.push(`below the fold by ${Math.round(r.bottom - H)} px: ${name(e)}`); break; }
    }
    for (let a = e; a && a !== document.body; a = a.parentElement) {
      const how = getComputedStyle(a);
      if (!/hidden|clip/.test(how.overflowX + how.overflowY)) continue;
      const edge = box(a), out = [...range.getClientRects()].some(r => r.width &&
        (r.bottom > edge.bottom + 2 || r.right > edge.right + 1 || r.top < edge.top - 2 || r.left < edge.left - 1));
      if (out) { faults.push(`cut off by ${name(a).split(' "')[0]}: ${name(e)}`); break; }
    }
  }

  const targets = all.filter(e => e.matches('a[href], button, select, textarea, summary, [role=button], input:not([type=hidden])') && !scroller(e));
  const area = e => { const label = /checkbox|radio/.test(e.type || '') ? e.closest('label') : null; return box(label || e); };
  const inSentence = e => e.tagName === 'A' && getComputedStyle(e).display === 'inline' && (e.parentElement.matches('td, th, li') ||
    [...e.parentElement.childNodes].some(n => n !== e && n.textContent.trim()));
  if (wanted.target) for (const e of targets) {
    if (inSentence(e)) continue;
    const r = area(e), least = e.matches('.primary') ? Math.max(wanted.primary, wanted.target) : wanted.target;
    if (r.height < least - 0.5) faults.push(`target ${Math.round(r.height)} px high, ${least} wanted: ${name(e)}`);
    if (wanted.whole && r.bottom > H + 1) faults.push(`target below the fold by ${Math.round(r.bottom - H)} px: ${name(e)}`);
  }
  // What a dialog covers cannot be missed by a finger: only targets on one layer are neighbours.
  const layer = e => e.closest('[role=alertdialog], #link, dialog');
  if (wanted.gap) for (let i = 0; i < targets.length; i++) for (let j = i + 1; j < targets.length; j++) {
    if (layer(targets[i]) !== layer(targets[j])) continue;
    const a = area(targets[i]), b = area(targets[j]);
    const across = Math.max(a.left, b.left) - Math.min(a.right, b.right), down = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
    if (across < wanted.gap - 0.5 && down < wanted.gap - 0.5)
      faults.push(`${Math.round(Math.max(across, down))} px between ${name(targets[i])} and ${name(targets[j])}`);
  }
  return [...new Set(faults)];
}
"""


def faults(page: Page, kind: str, *, fold: bool = True) -> list[str]:
    """Every fault of size and place on this page; without `fold` it may be longer than the glass is high."""
    m = MEASURES[kind]
    wanted = {"target": m.target, "primary": m.primary, "gap": m.gap, "text": m.text, "whole": m.whole and fold}
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
    """What axe finds against WCAG 2.2 AA and good practice; on kiosk and walls contrast of 7:1 besides.

    A `dimmed` screen says in words that its numbers are old; their contrast is low on purpose (W5).
    """
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    if dimmed:
        options["rules"] = {"color-contrast": {"enabled": False}}
    elif MEASURES[kind].enhanced:
        options["rules"] = {"color-contrast-enhanced": {"enabled": True}}
    result = AXE.run(page, options=options).response
    return [
        f"{violation['id']}: {violation['help']} – {node['html'][:120]} {_reason(node)}"
        for violation in result["violations"]
        for node in violation["nodes"][:3]
    ]


def _reason(node: dict[str, Any]) -> str:
    checks = [*node["any"], *node["all"], *node["none"]]
    return checks[0]["message"][:160] if checks else ""


def settle(page: Page) -> None:
    """Fonts loaded, no picture or animation still on its way."""
    page.evaluate(
        "() => document.fonts.ready.then(() => Promise.all(document.getAnimations().map(a => a.finished)))"
    )

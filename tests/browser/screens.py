"""The screens of a centre as real browser contexts: their sizes, their passes, and what must not happen on any."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.support.servers import Server
from web.safety import LANGUAGE_COOKIE
from web.visitors import DEVICE_COOKIE, SIGN_IN_COOKIE

# The windows that nobody sees would draw two suggestion lists each. A second list replaces Playwright's own, whose
# entries that matter to these tests are named again.
WITHOUT = [
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay",
    "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
]  # fmt: skip
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--autoplay-policy=no-user-gesture-required",
    f"--disable-features={','.join(WITHOUT)}",
]  # fmt: skip
SIZES: dict[str, dict[str, Any]] = {
    "kiosk": {"viewport": {"width": 1080, "height": 1920}, "has_touch": True},
    "pairing": {"viewport": {"width": 1080, "height": 1920}, "has_touch": True},
    "wall": {"viewport": {"width": 1920, "height": 1080}},
    "standing": {"viewport": {"width": 1080, "height": 1920}},
    "tablet": {"viewport": {"width": 1280, "height": 800}, "has_touch": True},
    "counter": {"viewport": {"width": 1280, "height": 720}},
    "admin": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
# A violation is also written to the console by Chromium itself, but not where the report came before our listener.
LISTEN = """
window.addEventListener('securitypolicyviolation',
  e => console.error(`POLICY ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}`), true);
"""
# Two clocks that a test can move, so that nothing is waited for, and a count of what was swapped in.
CLOCKS = """
(() => {
  const now = Date.now.bind(Date), mono = performance.now.bind(performance);
  window.ahead = { date: 0, page: 0 };
  Date.now = () => now() + window.ahead.date;
  performance.now = () => mono() + window.ahead.page;
  window.swaps = 0;
  document.addEventListener('htmx:after:swap', () => { window.swaps++; });
})();
"""


Pass = dict[str, Any]


@dataclass
class Watch:
    """What went wrong on one page; `allow` names what a test brings about on purpose."""

    page: Page
    errors: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(f"page error: {error}"))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    @property
    def unexpected(self) -> list[str]:
        """Errors that no test asked for."""
        return [error for error in self.errors if not any(re.search(p, error) for p in self.allowed)]


class Screens:
    """Opens screens, keeps watch over them, closes them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._watches: dict[Page, Watch] = {}

    def __call__(self, kind: str, url: str, *, passes: list[Pass] | None = None, **extra: Any) -> Page:
        """One screen of this kind at this address. `extra` goes to the context, e.g. `forced_colors="active"`."""
        page = self.blank(kind, passes, **extra)
        page.goto(url)
        return page

    def blank(self, kind: str, passes: list[Pass] | None = None, **extra: Any) -> Page:
        """A screen that shows nothing yet, for routes and scripts that must be there before the first page."""
        context = self._browser.new_context(
            locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **{**SIZES[kind], **extra}
        )
        self._contexts.append(context)
        context.set_default_timeout(8000)
        context.add_init_script(LISTEN + CLOCKS)
        context.add_cookies(passes or [])  # type: ignore[arg-type]
        page = context.new_page()
        self._watches[page] = Watch(page)
        context.on("page", lambda new: self._watches.setdefault(new, Watch(new)))
        return page

    def allow(self, page: Page, *patterns: str) -> None:
        """What this page will complain about, as regular expressions."""
        self._watches[page].allowed += patterns

    def forget(self, page: Page) -> None:
        """A page that is used again begins with a clean slate."""
        watch = self._watches[page]
        watch.errors.clear()
        watch.allowed.clear()

    def forget_all(self) -> None:
        """The same for all pages."""
        for page in self._watches:
            self.forget(page)

    def errors(self, page: Page) -> list[str]:
        """Everything that this page complained about."""
        return self._watches[page].errors

    def unexpected(self) -> list[str]:
        """What no test asked for, on all screens."""
        return [error for watch in self._watches.values() for error in watch.unexpected]

    def close(self) -> None:
        """Close all of them."""
        for context in self._contexts:
            context.close()


@contextmanager
def chromium_running() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), headless=True, args=FLAGS)
        yield browser
        browser.close()


def device_pass(server: Server, device: str) -> list[Pass]:
    """The cookie of a paired screen; pairing it again ends the older cookie."""
    return [_cookie(server.url, DEVICE_COOKIE + device, server.device_cookie(device))]


def person_pass(server: Server, person: str) -> list[Pass]:
    """The cookie of somebody signed in."""
    return [_cookie(server.url, SIGN_IN_COOKIE, server.person_cookie(person))]


def language_pass(url: str, language: str) -> list[Pass]:
    """The cookie that keeps a language."""
    return [_cookie(url, LANGUAGE_COOKIE, language)]


def _cookie(url: str, name: str, value: str) -> Pass:
    return {"url": url, "name": name, "value": value, "httpOnly": True}


def advance(page: Page, seconds: float, *, clock: str = "date") -> None:
    """Move a page's clock: 'date' is the time of day, 'page' the time since it was opened."""
    page.evaluate("([clock, ms]) => { window.ahead[clock] += ms; }", [clock, seconds * 1000])


def connected(page: Page) -> Page:
    """The screen after its first live picture, so that no push comes unexpected."""
    page.wait_for_function("() => window.swaps > 0")
    return page


def answered(page: Page) -> None:
    """Everything that this page asked for so far has been answered: one more question has come back after it."""
    page.evaluate("() => fetch('/healthz').then(() => new Promise(done => setTimeout(done, 50)))")

"""The kiosk's lock in Debian's Chromium: the policy as installed, in a mount namespace of this browser's own."""

import http.server
import json
import os
import re
import shutil
import ssl
import subprocess
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.screens import FLAGS, Screens, connected, device_pass
from tests.printers.agent_hall import until
from tests.support.certificates import authority
from tests.support.servers import Server, running

KIOSK = Path(__file__).parent.parent.parent / "packaging" / "kiosk"
POLICIES = Path("etc/chromium/policies/managed/motcua-kiosk.json")
PLACE = Path("/etc/chromium")
BLOCKED = "ERR_BLOCKED_BY_ADMINISTRATOR"
SECONDS = 40
Policy = dict[str, Any]


def _unshare() -> list[str]:
    """How a process here gets mounts of its own, or nothing where it cannot."""
    own = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    with suppress(OSError, subprocess.SubprocessError):
        if PLACE.is_dir() and subprocess.run([*own, "mount", "--bind", "/tmp", PLACE], timeout=20).returncode == 0:
            return own
    return []


OWN_MOUNTS = _unshare()
pytestmark = pytest.mark.skipif(
    not OWN_MOUNTS, reason="no mount namespace here: the policy cannot be put in its place"
)


def policy_for(folder: Path, server: str, *options: str) -> Policy:
    """The policy that the install script writes for kiosk K1 of this server."""
    subprocess.run(
        [KIOSK / "install", "--root", folder, "--server", server, "--device", "K1", *options],
        check=True,
        timeout=30,
    )
    policy: Policy = json.loads((folder / POLICIES).read_text(encoding="utf-8"))
    return policy


def driven(policy: Policy, *also: str) -> Policy:
    """As a test can drive it: with the inspector, and with more addresses."""
    rest = {name: value for name, value in policy.items() if name != "DeveloperToolsAvailability"}
    return {**rest, "URLAllowlist": [*policy["URLAllowlist"], *also]}


def browser_under(folder: Path, policy: Policy) -> Path:
    """A program that starts Chromium with this policy in the place where Debian's reads it."""
    place = folder / "chromium"
    shutil.copytree(PLACE, place, dirs_exist_ok=True)
    (place / "policies" / "managed").mkdir(parents=True, exist_ok=True)
    (place / "policies" / "managed" / POLICIES.name).write_text(json.dumps(policy), encoding="utf-8")
    program = folder / "locked-chromium"
    program.write_text(
        f'#!/bin/sh\nexec {" ".join(OWN_MOUNTS)} sh -c \'mount --bind "{place}" {PLACE} && '
        f'exec {shutil.which("chromium")} "$@"\' sh "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return program


@contextmanager
def locked(chromium: Browser, program: Path) -> Iterator[Page]:
    """A page of a browser under its policy."""
    browser = chromium.browser_type.launch(
        executable_path=str(program), headless=True, args=FLAGS, ignore_default_args=["--disable-popup-blocking"]
    )
    try:
        yield Screens(browser).blank("kiosk")
    finally:
        browser.close()


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("lock") / "data") as found:
        yield found


@pytest.fixture(scope="module")
def under_lock(
    tmp_path_factory: pytest.TempPathFactory, chromium: Browser, centre: Server
) -> Iterator[Callable[[Policy], Page]]:
    """One page for each policy that is asked for, kept for all tests here."""
    passes = device_pass(centre, "K1")  # once: each pairing ends the one before
    with ExitStack() as stack:
        known: dict[str, Page] = {}

        def page(policy: Policy) -> Page:
            key = json.dumps(policy)
            if key not in known:
                program = browser_under(tmp_path_factory.mktemp("browser"), policy)
                known[key] = stack.enter_context(locked(chromium, program))
                known[key].context.add_cookies(passes)  # type: ignore[arg-type]
            return known[key]

        yield page


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory, centre: Server) -> Policy:
    return policy_for(tmp_path_factory.mktemp("policy"), centre.url)


def test_the_kiosk_works_under_its_lock(
    under_lock: Callable[[Policy], Page], policy: Policy, centre: Server
) -> None:
    page = under_lock(driven(policy))
    page.goto(f"{centre.url}/kiosk/K1")
    connected(page)
    page.tap(".choices .primary")
    page.tap(".queues button >> nth=0")
    expect(page.locator("#number")).to_be_visible()


ELSEWHERE = [
    "file:///etc/passwd", "chrome://settings", "chrome://version", "chrome://downloads", "https://example.org/",
    "view-source:{url}/kiosk/K1", "{url}/", "{url}/admin", "{url}/kiosk/K2", "http://localhost:{port}/kiosk/K1",
    "http://127.0.0.1:9/kiosk/K1", "data:text/html,<p>free", "devtools://devtools/bundled/inspector.html",
    "https://{host}/kiosk/K1",
]  # fmt: skip


def refused(page: Page, address: str) -> None:
    """The browser does not even ask for it."""
    with pytest.raises(Error, match=f"{BLOCKED}|ERR_ABORTED|ERR_INVALID_URL|Cannot navigate"):
        page.goto(address, timeout=5000)
    assert page.locator("body").inner_text(timeout=5000).count("root:") == 0


def address_of(centre: Server, pattern: str) -> str:
    host, port = centre.url.removeprefix("http://").split(":")
    return pattern.format(url=centre.url, host=host, port=port)


@pytest.mark.parametrize("pattern", ELSEWHERE)
def test_nothing_else_opens(
    pattern: str, under_lock: Callable[[Policy], Page], policy: Policy, centre: Server
) -> None:
    refused(under_lock(driven(policy)), address_of(centre, pattern))


@pytest.mark.planted
@pytest.mark.parametrize("pattern", ["file:///etc/passwd", "chrome://version", "{url}/admin"])
def test_a_policy_without_its_blocklist_is_seen(
    pattern: str, under_lock: Callable[[Policy], Page], policy: Policy, centre: Server
) -> None:
    open_door = {name: value for name, value in driven(policy).items() if name != "URLBlocklist"}
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        refused(under_lock(open_door), address_of(centre, pattern))


@pytest.mark.planted
def test_an_allowed_host_without_its_port_is_seen(
    under_lock: Callable[[Policy], Page], policy: Policy, centre: Server
) -> None:
    wider = {**driven(policy), "URLAllowlist": ["127.0.0.1"]}
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        refused(under_lock(wider), f"{centre.url}/admin")


def shows_a_menu(page: Page) -> bool:
    """Whether a finger that rests on this page gets the browser's own menu."""
    said = "new MouseEvent('contextmenu', { bubbles: true, cancelable: true })"
    return bool(page.evaluate(f"() => document.querySelector('main').dispatchEvent({said})"))


def test_a_resting_finger_gets_no_menu(
    under_lock: Callable[[Policy], Page], policy: Policy, centre: Server
) -> None:
    page = under_lock(driven(policy))
    page.goto(f"{centre.url}/kiosk/K1")
    expect(page.locator(".choices")).to_be_visible()
    assert not shows_a_menu(page)


@pytest.mark.planted
def test_a_page_that_lets_the_menu_come_is_seen(
    under_lock: Callable[[Policy], Page], policy: Policy, centre: Server
) -> None:
    page = under_lock(driven(policy))
    page.goto(f"{centre.url}/pair/K1")
    assert shows_a_menu(page)


def opens_a_window(page: Page, centre: Server) -> bool:
    """Whether a page that nobody touched gets a second window."""
    fresh = page.context.new_page()
    try:
        fresh.add_init_script("window.other = window.open(location.href)")
        fresh.goto(f"{centre.url}/kiosk/K1")
        return bool(fresh.evaluate("() => window.other !== null"))
    finally:
        fresh.close()


def test_no_window_opens(under_lock: Callable[[Policy], Page], policy: Policy, centre: Server) -> None:
    """What a driver asks for is saved in spite of `DownloadRestrictions`: that one is looked at, not tried."""
    assert not opens_a_window(under_lock(driven(policy)), centre)


@pytest.mark.planted
def test_a_policy_that_lets_windows_through_is_seen(
    under_lock: Callable[[Policy], Page], policy: Policy, centre: Server
) -> None:
    assert opens_a_window(under_lock({**driven(policy), "DefaultPopupsSetting": 1}), centre)


# every policy is one that this browser knows

ROWS = """
() => { const found = [];
  const walk = root => root.querySelectorAll('*').forEach(e => {
    if (e.localName === 'policy-row' && e.shadowRoot) {
      const text = name => e.shadowRoot.querySelector(name)?.innerText.trim() ?? '';
      found.push([text('.policy.row .name') || text('.name'), text('.policy.row .messages') || text('.messages')]);
    }
    if (e.shadowRoot) walk(e.shadowRoot); });
  walk(document); return found; }
"""


def complaints(page: Page, policy: Policy) -> dict[str, str]:
    """What the browser's own page says against each policy; 'not there' where it does not list it."""
    page.goto("chrome://policy")
    page.wait_for_function(f"() => ({ROWS})().length >= {len(policy)}", timeout=SECONDS * 1000)
    told = dict(page.evaluate(ROWS))
    said = {name: told.get(name, "not there") for name in policy}
    return {name: words for name, words in said.items() if words != "OK"}


def asked_about(policy: Policy) -> Policy:
    """All of it, so that the page that lists it opens; 1 allows the inspector, 2 would shut a test out."""
    return {**driven(policy, "chrome://policy"), "DeveloperToolsAvailability": 1}


def test_the_browser_knows_every_policy(under_lock: Callable[[Policy], Page], policy: Policy) -> None:
    asked = asked_about(policy)
    assert complaints(under_lock(asked), asked) == {}


@pytest.mark.planted
@pytest.mark.parametrize("wrong", [{"NoSuchPolicy": True}, {"DownloadRestrictions": "all"}])
def test_an_unknown_or_ill_typed_policy_is_seen(
    wrong: Policy, under_lock: Callable[[Policy], Page], policy: Policy
) -> None:
    asked = {**asked_about(policy), **wrong}
    assert set(complaints(under_lock(asked), asked)) == set(wrong)


# the file as it is shipped, and the start script, seen from the server


@dataclass
class Seen:
    """What a small server was asked for, and with which cookies."""

    url: str = ""
    paths: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int, path: str) -> None:
        """Until this path was asked for so often."""
        with self.news:
            assert self.news.wait_for(lambda: self.paths.count(path) >= count, SECONDS), self.paths


# Six hundred cookies are written to the disk at once, one only after half a minute.
PAGE = b"""<!doctype html><meta charset=utf-8><title>K1</title><p>kiosk<script>
const times = Number(localStorage.getItem('times') ?? 0) + 1; localStorage.setItem('times', times);
for (let n = 0; n < 600; n++) document.cookie = `many=${n}; max-age=9999`;
fetch('/seen/' + times); </script>"""


@contextmanager
def small_server(authority: ssl.SSLContext | None = None) -> Iterator[Seen]:
    """Answers everything with a page that tells how often this browser has been here."""
    seen = Seen()

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with seen.news:
                seen.paths.append(self.path)
                seen.cookies.append(self.headers.get("Cookie", ""))
                seen.news.notify_all()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            if self.path == "/kiosk/K1" and "pass=" not in self.headers.get("Cookie", ""):
                self.send_header("Set-Cookie", "pass=1; Max-Age=9999999; HttpOnly; SameSite=Lax")
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    if authority:
        server.socket = authority.wrap_socket(server.socket, server_side=True)
    seen.url = f"{'https' if authority else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def process(command: list[str], **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A program that is ended with all that it started."""
    running = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        yield running
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, 15)
        try:
            running.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, 9)
            running.wait(15)


HEADLESS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def test_the_shipped_file_lets_the_kiosk_in_and_nothing_else(tmp_path: Path) -> None:
    """With the inspector shut no browser can be driven: what it asks the server for tells."""
    with small_server() as seen:
        shipped = policy_for(tmp_path / "policy", seen.url)
        assert shipped["DeveloperToolsAvailability"] == 2
        program = browser_under(tmp_path, shipped)
        for number, address in enumerate((f"{seen.url}/admin", f"{seen.url}/kiosk/K1")):
            command = [str(program), *HEADLESS, f"--user-data-dir={tmp_path}/profile{number}", address]
            with process(command) as running:
                if number:
                    seen.wait_for(1, "/seen/1")
                else:
                    with suppress(subprocess.TimeoutExpired):
                        running.wait(6)
        assert [path for path in seen.paths if path not in ("/kiosk/K1", "/seen/1", "/favicon.ico")] == []


def test_the_pass_outlives_a_start_and_nothing_else_does(tmp_path: Path) -> None:
    """The start script itself, with a real browser that is ended twice."""
    with small_server() as seen:
        program = browser_under(tmp_path, policy_for(tmp_path / "policy", seen.url))
        folder = tmp_path / "bin"
        folder.mkdir()
        script = f'#!/bin/sh\nexec {program} "$@" {" ".join(HEADLESS)} --ozone-platform=headless\n'
        (folder / "chromium").write_text(script, encoding="utf-8")
        (folder / "chromium").chmod(0o755)
        (tmp_path / "state").mkdir()
        environment = {
            "PATH": f"{folder}:{os.environ['PATH']}", "SERVER": seen.url, "DEVICE": "K1",
            "RUNTIME_DIRECTORY": str(tmp_path / "memory"), "STATE_DIRECTORY": str(tmp_path / "state"),
        }  # fmt: skip
        with process([str(KIOSK / "motcua-kiosk")], **environment) as script_running:
            for count in (1, 2, 3):
                seen.wait_for(count, "/seen/1")
                until(lambda: _has_kept(tmp_path / "state" / "Cookies"), SECONDS, "the pass was not kept")
                _end_browsers_of(script_running.pid)
    assert "/seen/2" not in seen.paths, "something of an earlier start was there"
    visits = [cookie for path, cookie in zip(seen.paths, seen.cookies, strict=True) if path == "/kiosk/K1"]
    assert ["pass=1" in cookie for cookie in visits[:3]] == [False, True, True]


def _has_kept(cookies: Path) -> bool:
    return cookies.exists() and b"pass" in cookies.read_bytes()


def _end_browsers_of(parent: int) -> None:
    """SIGTERM to the browser that this script has started."""
    listing = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    )
    for word in listing.stdout.split():
        if (
            Path(f"/proc/{word}/cmdline").exists()
            and b"user-data-dir" in Path(f"/proc/{word}/cmdline").read_bytes()
        ):
            os.kill(int(word), 15)


# the centre's own authority


def test_the_centres_own_authority_is_trusted_by_the_policy(tmp_path: Path, chromium: Browser) -> None:
    pem, context = authority(tmp_path)
    with small_server(context) as seen:
        with_it = driven(policy_for(tmp_path / "with", seen.url, "--ca", str(pem)))
        without = driven(policy_for(tmp_path / "without", seen.url))
        assert with_it["CACertificates"] == [b64encode(ssl.PEM_cert_to_DER_cert(pem.read_text("ascii"))).decode()]
        for number, policy in enumerate((with_it, without)):
            (tmp_path / str(number)).mkdir()
            with locked(chromium, browser_under(tmp_path / str(number), policy)) as page:
                if policy is with_it:
                    page.goto(f"{seen.url}/kiosk/K1")
                    assert page.title() == "K1"
                else:
                    with pytest.raises(Error, match="ERR_CERT"):
                        page.goto(f"{seen.url}/kiosk/K1")


def test_the_waiting_page_is_let_in_and_calm(tmp_path: Path, chromium: Browser) -> None:
    """Its place is that of the installation; here it is named where it lies."""
    waiting = KIOSK / "waiting.html"
    policy = policy_for(tmp_path, "https://hcc.example")
    assert re.search(r"^waiting=\S*(/usr/local/share/motcua-kiosk/waiting\.html)\}$",
                     (KIOSK / "motcua-kiosk").read_text(encoding="utf-8"), re.MULTILINE)  # fmt: skip
    (tmp_path / "b").mkdir()
    with locked(chromium, browser_under(tmp_path / "b", driven(policy, waiting.as_uri()))) as page:
        page.goto(waiting.as_uri())
        expect(page.get_by_role("heading", name="Ki-ốt đang nối với máy chủ")).to_be_visible()
        pictures = KIOSK.parent.parent / "build" / "screenshots"
        pictures.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=pictures / "kiosk-waiting.png")

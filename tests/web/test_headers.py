"""The headers of every answer: content policy, cookies, caches, redirects; and that nothing is served by path."""

import base64
import hashlib
import re
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest

import clock
from operations import managing
from store.store import Store
from store.writer import Act
from tests.support.asking import CHEAP, PASSWORD, browser
from tests.support.servers import running
from tests.web.answers import LEAVING
from tests.web.crowd import SPARE_DEVICE, VISITORS, Asked, Crowd
from tests.web.walks import EXAMPLES
from web.visitors import SIGN_IN_COOKIE

POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self'; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types htmx"
)
PAGES = [key for key in EXAMPLES if not key.startswith("WS ")]
SCREENS = {
    "kiosk": "GET /kiosk/{device}", "wall": "GET /display/{device}", "clerk": "GET /counter/{counter}",
    "manager": "GET /display/managers", "administrator": "GET /admin", "nobody": "GET /sign-in",
}  # fmt: skip
STRANGE = {
    "no such page": ("GET", "/nowhere", {}),
    "no such asset": ("GET", "/static/nothing.css", {}),
    "a method that is not taken": ("DELETE", "/healthz", {}),
    "unknown host": ("GET", "/", {"Host": "evil.example"}),
    "foreign origin": ("POST", "/sign-out", {"Origin": "http://evil.example"}),
    "no sign-in": ("GET", "/admin", {}),
    "no screen": ("GET", "/kiosk/K1", {}),
    "a slash too many": ("GET", "/sign-in/", {}),
    "an api failure": ("GET", "/api/v1/queues", {}),
    "a number of 5,000 digits": ("GET", "/counter/" + "9" * 5000, {}),
}


def scripts_of(crowd: Crowd) -> dict[str, bytes]:
    """Every script that the pages of the house name, as it is served."""
    found: dict[str, bytes] = {}
    for name, key in SCREENS.items():
        for source in re.findall(r'<script src="([^"]+)"', crowd.send(name, key).text):
            found[source] = crowd.client.get(source).content
    return found


READ_EARLY = (
    "/", "/admin", "/admin/procedures", "/admin/desk", "/counter", "/counter/1", "/display/managers", "/pair/K1",
    "/kiosk/K1", "/display/W1", "/api/v1", "/api/v1/queues", "/api/v1/wall/khu-1",
)  # fmt: skip
SAVED = "default-src 'none'; sandbox; frame-ancestors 'none'"  # tighter: a file that is only saved
SENT_EARLY = (
    "/counter/1/calls", "/counter/1/shifts", "/pair/K1", f"/admin/devices/{SPARE_DEVICE}/codes",
    "/admin/floor/queues/x/resumptions", "/admin/floor/queues/x/stops", "/admin/tickets/1/reprints",
)  # fmt: skip


def hash_of_bytes(body: bytes) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(body).digest()).decode()


ANY_SCRIPTS = re.escape(POLICY).replace(re.escape("{scripts}"), r"('sha256-[A-Za-z0-9+/]{43}='( |(?=;)))+")


def check_headers(headers: httpx2.Headers) -> None:
    """What stands on every answer whatever it is."""
    policy = headers.get("content-security-policy", "")
    assert policy == SAVED or re.fullmatch(ANY_SCRIPTS, policy), repr(policy)
    assert headers.get("x-content-type-options") == "nosniff"
    assert headers.get("referrer-policy") == "no-referrer"
    assert "camera=()" in headers.get("permissions-policy", "")
    assert not [name for name in headers if name.startswith("access-control-")]
    assert len(headers.get_list("content-security-policy")) == 1


@pytest.mark.parametrize("key", PAGES)
def test_every_answer_carries_the_content_policy(answers, key):
    for name in VISITORS:
        check_headers(answers[name, key].headers)


@pytest.mark.parametrize("what", STRANGE)
def test_an_answer_to_something_strange_carries_it_too(crowd, what):
    method, path, headers = STRANGE[what]
    check_headers(crowd.client.request(method, path, headers={"Origin": crowd.server.url} | headers).headers)


@pytest.mark.planted
def test_an_answer_without_the_policy_is_found(crowd, monkeypatch):
    monkeypatch.setattr("web.safety.Walls._with_headers", lambda self, send: send)
    with pytest.raises(AssertionError):
        check_headers(crowd.client.get("/sign-in").headers)


def test_the_policy_names_exactly_the_scripts_as_they_are_served(crowd):
    served = scripts_of(crowd)
    assert len(served) >= 6
    policy = crowd.client.get("/sign-in").headers["content-security-policy"]
    allowed = set(re.findall(r"'(sha256-[^']+)'", policy))
    assert {hash_of_bytes(body) for body in served.values()} <= allowed
    own = {
        hash_of_bytes(a.body) for n, a in crowd.server.app.state.house.assets._by_name.items() if n.endswith(".js")
    }
    assert allowed == own


def test_every_script_tag_carries_the_hash_of_what_is_behind_its_address(crowd):
    for name, key in SCREENS.items():
        text = crowd.send(name, key).text
        tags = re.findall(r"<script\b[^>]*>", text)
        assert tags
        for tag in tags:
            found = re.fullmatch(r'<script src="([^"]+)" integrity="([^"]+)">', tag)
            assert found, tag
            assert hash_of_bytes(crowd.client.get(found[1]).content) == found[2]


def test_scripts_come_in_the_order_in_which_they_work(crowd):
    for name, key in SCREENS.items():
        text = crowd.send(name, key).text
        head = text[: text.index("</head>")]
        order = [re.sub(r".*/static/([^?\"]+).*", r"\1", s) for s in re.findall(r'<script src="([^"]+)"', head)]
        assert order[:4] == ["htmx.min.js", "tt.js", "hx-ws.min.js", "link.js"]
        assert len(re.findall("<script", text)) == len(order), "a script outside <head>"


def test_a_person_s_page_is_kept_nowhere(answers):
    for (name, key), answer in answers.items():
        if answer.status in (200, 201) and not key.startswith(("GET /static", "WS ")):
            kept = answer.headers.get("cache-control", "")
            media = ".wav" in key or "/pictures/" in key  # what whoever stands in the hall hears and sees
            asked_again = key.endswith("feed.json")  # programs ask by its ETag, and only whoever has the link
            assert kept == "no-store" or (kept.startswith("private") and (media or asked_again)), (name, key, kept)


def test_refusals_are_kept_nowhere_either(crowd):
    for path in ("/api/v1/queues", "/kiosk/K1", "/nowhere", "/api/v1/nowhere"):
        assert crowd.client.get(path).headers.get("cache-control") == "no-store", path


def test_every_redirect_is_a_303_to_a_path_of_our_own(answers):
    redirects = {whose: answer for whose, answer in answers.items() if 300 <= answer.status < 400}
    assert len(redirects) > 40
    for whose, answer in redirects.items():
        assert answer.status == 303, whose
        assert re.match(r"/[^/\\]|/$", answer.headers["location"]), (whose, answer.headers["location"])


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/admin/"), ("GET", "/kiosk/K1/"), ("POST", "/counter/1/calls/"), ("POST", "/sign-out/")],
)
def test_a_slash_too_many_is_never_answered_with_a_307(crowd, method, path):
    answer = crowd.client.request(method, path, headers={"Origin": crowd.server.url})
    assert answer.status_code not in (301, 302, 307, 308)


def check_cookies(answer: httpx2.Response, *, secure: bool) -> int:
    """Every cookie that is set is HttpOnly, SameSite and, behind TLS, Secure; gives how many there were."""
    cookies = answer.headers.get_list("set-cookie")
    for cookie in cookies:
        rules = cookie.lower().split("; ")
        assert "httponly" in rules, cookie
        assert {"samesite=strict", "samesite=lax"} & set(rules), cookie
        assert ("secure" in rules) is secure, cookie
        assert not any(rule.startswith("domain=") for rule in rules), cookie
    return len(cookies)


BEATS = "POST /devices/{device}/beats"
SETTING = ["POST /sign-in", "POST /sign-out", "POST /language", "POST /pair/{screen}", BEATS]


@pytest.fixture(scope="module")
def behind_tls(tmp_path_factory):
    with running(tmp_path_factory.mktemp("tls") / "data", https=True) as server:
        yield Crowd(server, EXAMPLES).gather()


@pytest.mark.parametrize("key", SETTING)
@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(crowd, behind_tls, key, secure):
    there = behind_tls if secure else crowd
    answer = there.send("kiosk" if key == BEATS else "manager", key)
    if key in LEAVING:
        there.sign_in("manager")
    assert check_cookies(answer, secure=secure) == 1


@pytest.mark.planted
def test_a_cookie_within_reach_of_scripts_is_found():
    bare = httpx2.Response(200, headers={"set-cookie": "motcua-person=x; Path=/; SameSite=strict"})
    with pytest.raises(AssertionError):
        check_cookies(bare, secure=False)


def test_nothing_else_sets_a_cookie(answers):
    for (name, key), answer in answers.items():
        if key not in SETTING:
            assert not answer.headers.get_list("set-cookie"), (name, key)


def test_behind_tls_browsers_are_told_to_stay_there(crowd, behind_tls):
    assert "max-age=" in behind_tls.client.get("/healthz").headers["strict-transport-security"]
    assert "strict-transport-security" not in crowd.client.get("/healthz").headers


@pytest.mark.parametrize("host", ["127.0.0.1", "hall.example"])
def test_behind_a_tls_proxy_the_own_origin_is_the_https_one(tmp_path, host):
    with running(tmp_path / "data", https=True, hosts=("hall.example",)) as server:
        client = browser(server)
        headers = {"Host": host, "X-Forwarded-Proto": "https"}
        own = client.post("/language", data={"language": "en"}, headers=headers | {"Origin": f"https://{host}"})
        plain = client.post("/language", data={"language": "en"}, headers=headers | {"Origin": f"http://{host}"})
    assert (own.status_code, plain.status_code) == (303, 403)


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%2f..%2fapp.py", "/static/%2e%2e/safety.py", "/static/../safety.py", "/static/.gitignore",
        "/static/vendor/htmx.min.js", "/static//etc/passwd", "/static/house.css%00", "/static/site.key",
    ],
)  # fmt: skip
def test_files_are_served_by_name_and_never_by_path(crowd, path):
    assert crowd.client.get(path).status_code == 404


def test_an_asset_may_be_kept_for_ever_because_its_address_changes_with_it(crowd):
    text = crowd.client.get("/sign-in").text
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', text):
        answer = crowd.client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert hashlib.sha256(answer.content).hexdigest().startswith(address.partition("?v=")[2])


def test_the_fonts_of_the_sheets_are_there(crowd):
    sheet = crowd.client.get("/static/house.css").text
    fonts = re.findall(r"url\(['\"]?([^)'\"]+)", sheet)
    assert fonts
    for font in fonts:
        assert crowd.client.get(urljoin("/static/house.css", font)).status_code == 200, font


def test_the_figures_of_the_server_are_not_on_the_public_listener(crowd):
    for path in ("/metrics", "/metrics/", "/admin/metrics"):
        assert crowd.send("administrator", "GET /admin", Asked(path)).status_code == 404


def test_health_is_said_without_a_sign_in_and_without_a_word_too_many(crowd):
    assert crowd.client.get("/healthz").text == "ok"
    answer = crowd.client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert set(answer.json()["checks"].values()) == {True}
    assert str(crowd.server.data) not in answer.text


def test_a_centre_without_its_file_is_alive_but_not_ready(tmp_path):
    with empty_centre(tmp_path) as server:
        client = browser(server)
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["centre"] is not True


def test_no_route_breaks_before_a_centre_file_is_loaded(tmp_path):
    with empty_centre(tmp_path) as server:
        for role in ("administrator", "manager", "clerk"):
            secret = CHEAP.hash(PASSWORD)
            person = server.store.write_now(Act("t"), managing.add_person, role, role, [role], secret)
            client = browser(server, f"{SIGN_IN_COOKIE}={server.person_cookie(person)}")
            for path in READ_EARLY:
                assert client.get(path).status_code != 500, (role, path)
            for path in SENT_EARLY:
                form = {"code": "AAAA-AAAA", "printer": "P1", "reason": "x"}
                assert client.post(path, data=form).status_code != 500, (role, path)


def empty_centre(tmp_path: Path):
    """A running server whose file holds only the schema."""
    store = Store(tmp_path / "data" / "motcua.sqlite", clock.now)
    store.start()
    store.close()
    return running(tmp_path / "data")

"""Texts that people can set are shown as text, whatever stands in them."""

import html
import re

import pytest

from operations import managing
from store import people
from tests.support.asking import CHEAP, PASSWORD, a_procedure, watching
from tests.web.crowd import QUIET_QUEUE, Crowd

CORPUS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg/onload=alert(1)>",
    "'><b>x</b>",
    "</textarea><script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "<hx-partial hx-target=\"#now\">x</hx-partial>",
    "<button hx-post=\"/admin/days\" hx-trigger=\"load\">x</button>",
    "<div hx-ws:connect=\"/x\">",
    "javascript:alert(1)",
    "<!--",
    "]]>",
    "&lt;b&gt;",
    "%(reason)s %s %%",
    "<a href=\"//evil.example\">x</a>",
]  # fmt: skip


def check_escaped(text: str, page: str) -> None:
    """The text stands in the page as text, and nowhere as markup."""
    assert html.escape(text, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page, "not shown"
    if "<" in text or '"' in text:
        assert text not in page, "shown as markup"


@pytest.mark.parametrize("text", CORPUS)
def test_the_reason_for_which_a_queue_is_stopped(crowd: Crowd, text):
    path = f"/admin/floor/queues/{QUIET_QUEUE}/stops"
    stopped = crowd.client.post(path, data={"reason": text}, headers=crowd.headers("manager"))
    assert stopped.status_code == 303
    try:
        for name, page in (("manager", "/admin"), ("auditor", "/admin/journal"), ("kiosk", "/kiosk/K1/queues")):
            check_escaped(text, crowd.client.get(page, headers=crowd.headers(name)).text)
        for name, live in (("kiosk", "/kiosk/K1/live"),):
            with watching(crowd.server, live, crowd.headers(name)) as socket:
                check_escaped(text, socket.recv(timeout=5))
        refused = crowd.client.post(
            "/kiosk/K1/tickets",
            data={"queue": QUIET_QUEUE},
            headers=crowd.headers("kiosk") | {"HX-Request": "true"},
        )
        assert refused.status_code == 409
        check_escaped(text, refused.text)
    finally:
        crowd.do(managing.resume_queue, QUIET_QUEUE)


@pytest.mark.parametrize("number", range(len(CORPUS)))
def test_the_name_of_a_person(crowd: Crowd, number, monkeypatch):
    monkeypatch.setattr("admin.routes.hash_password", CHEAP.hash)
    text = CORPUS[number]
    form = {"login": f"x{number}", "name": text, "password": PASSWORD, "role": "clerk"}
    assert crowd.client.post("/admin/people", data=form, headers=crowd.headers("administrator")).status_code == 303
    check_escaped(text, crowd.client.get("/admin", headers=crowd.headers("auditor")).text)
    person = crowd.server.store.read(people.by_login, f"x{number}")[0].id
    own = crowd.server.person_cookie(person)
    page = crowd.client.get("/counter", headers={"Cookie": f"motcua-person={own}"}).text
    check_escaped(text, page)


@pytest.mark.parametrize("text", CORPUS)
def test_the_words_of_a_search(crowd: Crowd, text):
    for name, path in (("kiosk", "/kiosk/K1/procedures"), ("manager", "/admin/procedures")):
        page = crowd.client.get(path, params={"q": text}, headers=crowd.headers(name))
        check_escaped(text, page.text)


@pytest.mark.parametrize("text", CORPUS)
def test_the_owner_of_a_dossier_is_on_no_screen_at_all(crowd: Crowd, text):
    counter = crowd.serving("clerk")
    text = f"{text} TRẦN"  # colleagues of this crowd carry the bare text as their names, and are shown
    form = {"procedure": a_procedure(), "owner_name": text, "address": text, "summary": text, "paper": text}
    fragment = crowd.headers("clerk") | {"HX-Request": "true"}
    answer = crowd.client.post(f"/counter/{counter}/dossiers", data=form, headers=fragment)
    assert answer.status_code == 200
    shown = [answer.text]
    pages = {
        "clerk": (f"/counter/{counter}",),
        "wall": ("/display/W1",),
        "manager": ("/display/managers", "/admin/desk"),
    }
    for name, paths in pages.items():
        shown += [crowd.client.get(path, headers=crowd.headers(name)).text for path in paths]
    for page in shown:
        assert text not in page
        assert html.escape(text) not in page or text == html.escape(text)


@pytest.mark.parametrize("text", CORPUS)
def test_what_is_typed_wrong_comes_back_as_text(crowd: Crowd, text):
    page = crowd.client.get("/sign-in", params={"next": text})
    assert text not in page.text.replace('value=""', "")
    pairing = crowd.client.get("/pair/K1", params={"code": text})
    assert text[:20] not in pairing.text or not re.search(r"[<\"]", text[:20])
    queue = crowd.client.post("/kiosk/K1/tickets", data={"queue": text[:40]}, headers=crowd.headers("kiosk"))
    assert queue.status_code == 404
    assert text[:40] not in queue.text or not re.search(r"[<\"]", text[:40])


@pytest.mark.planted
def test_a_page_that_does_not_escape_is_found(crowd: Crowd, monkeypatch):
    text = CORPUS[0]
    pages = crowd.server.app.state.house.pages
    for environment in pages._environments.values():
        monkeypatch.setattr(environment, "autoescape", False)
        environment.cache.clear()
    try:
        page = crowd.client.get("/kiosk/K1/procedures", params={"q": text}, headers=crowd.headers("kiosk"))
        with pytest.raises(AssertionError):
            check_escaped(text, page.text)
    finally:
        for environment in pages._environments.values():
            environment.cache.clear()


def test_no_search_leads_out_of_its_page(crowd: Crowd):
    page = crowd.client.get(
        "/kiosk/K1", params={"lang": '"><script>', "big": "<b>"}, headers=crowd.headers("kiosk")
    ).text
    assert '"><script>' not in page
    assert 'lang="vi"' in page

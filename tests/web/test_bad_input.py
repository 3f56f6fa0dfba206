"""What cannot be right gets a clear sentence in the visitor's language and changes nothing."""

import http.client
import json
import socket
from dataclasses import dataclass

import pytest

from operations import managing, ticketing
from tests.support.asking import PASSWORD, QUEUE, a_procedure, browser, request_id, seq
from tests.web.crowd import QUIET_QUEUE, SPARE_DEVICE, Crowd

LANGUAGES = ("vi", "en", "fr")
CONTROL = {
    "ESC": "A\x1b[2JB",
    "NUL": "A\x00B",
    "newline": "A\nB",
    "bell": "A\x07B",
    "C1": "A\x9bB",
    "bidi": "A\u202eB",
}
FAR = [2**31, 2**53, 2**63 - 1, 2**63, 10**30]


@dataclass(frozen=True)
class Bad:
    """One thing that cannot be right, who sends it where, and the status that says so."""

    who: str
    method: str
    path: str
    statuses: tuple[int, ...]
    form: dict | None = None
    json: object = None
    content: bytes | None = None
    kind: str | None = None

    def send(self, crowd: Crowd, language: str | None = None):
        """Send it, in a language."""
        headers = crowd.headers(self.who, bearer=self.path.startswith("/api/"))
        if self.kind:
            headers["Content-Type"] = self.kind
        path = self.path + (("&" if "?" in self.path else "?") + f"lang={language}" if language else "")
        answer = crowd.client.request(
            self.method, path, data=self.form, json=self.json, content=self.content, headers=headers
        )
        crowd.client.cookies.clear()
        return answer


def check_refused(crowd: Crowd, bad: Bad) -> None:
    """Refused with the right status, in a sentence, without a trace of our insides; nothing has changed."""
    before = seq(crowd.server)
    answer = bad.send(crowd)
    assert answer.status_code in bad.statuses, (bad, answer.status_code, answer.text[-300:])
    assert seq(crowd.server) == before, f"{bad} changed something"
    assert "Traceback" not in answer.text
    assert "\x1b" not in answer.text
    assert "\x00" not in answer.text
    if bad.path.startswith("/api/"):
        error = answer.json()["error"]
        assert error["code"]
        assert len(error["message"]) > 10
    elif answer.headers["content-type"].startswith("text/html"):
        assert 'role="alert"' in answer.text


def check_translated(crowd: Crowd, bad: Bad) -> None:
    """Vietnamese, English and French say it each in their own words."""
    said = {bad.send(crowd, language).text for language in LANGUAGES}
    assert len(said) == 3, bad


K1, DESK = "/kiosk/K1/tickets", "/counter/1"
DOSSIER = {"procedure": a_procedure(), "owner_name": "LÊ THỬ"}
PERSON = {"login": "moi-den", "name": "Người Mới", "password": PASSWORD, "role": "clerk"}
FLOOR = "/admin/floor"
V1 = "/api/v1"

SENTENCES = {
    "unknown queue": Bad("kiosk", "POST", K1, (404,), {"queue": "no-such"}),
    "no queue": Bad("kiosk", "POST", K1, (422,), {}),
    "unknown queue by api": Bad("kiosk", "POST", f"{V1}/tickets", (404,), json={"queue": "no-such"}),
    "malformed json": Bad("kiosk", "POST", f"{V1}/tickets", (422,), content=b'{"queue": ', kind="application/json"),
    "a list for an object": Bad("kiosk", "POST", f"{V1}/tickets", (422,), json=[1]),
    "an unknown field": Bad("kiosk", "POST", f"{V1}/tickets", (422,), json={"queue": QUEUE, "vip": True}),
    "an unknown language": Bad("kiosk", "POST", f"{V1}/tickets", (422,), json={"queue": QUEUE, "language": "x"}),
    "an unknown printer": Bad("kiosk", "POST", f"{V1}/tickets", (422,), json={"queue": QUEUE, "printer": "P9"}),
    "an unknown priority": Bad("kiosk", "POST", f"{V1}/tickets", (422,), json={"queue": QUEUE, "priority": "vip"}),
    "another kiosk's ticket": Bad("kiosk", "GET", f"{K1}/1", (404,)),
    "unknown procedure": Bad("kiosk", "GET", "/kiosk/K1/procedures/9.999999", (404,)),
    "unknown counter": Bad("clerk", "POST", "/counter/99/calls", (404,), {}),
    "a closed counter": Bad("clerk", "POST", "/counter/12/calls", (409,), {}),
    "a counter where somebody else sits": Bad("clerk", "POST", "/counter/8/calls", (409,), {}),
    "nobody at the counter": Bad("supervisor", "POST", "/counter/3/finishes", (409,), {}),
    "a stale screen": Bad("clerk", "POST", f"{DESK}/calls", (409,), {"seen": "987654"}),
    "a stale program": Bad("clerk", "POST", f"{V1}/counters/1/calls", (409,), json={"seen": 987654}),
    "a dossier without an owner": Bad("clerk", "POST", f"{DESK}/dossiers", (422,), {"procedure": a_procedure()}),
    "a wrong identity number": Bad("clerk", "POST", f"{DESK}/dossiers", (422,), DOSSIER | {"identity": "12345"}),
    "a wrong telephone": Bad("clerk", "POST", f"{DESK}/dossiers", (422,), DOSSIER | {"phone": "abc"}),
    "a foreign procedure": Bad("clerk", "POST", f"{DESK}/dossiers", (404,), DOSSIER | {"procedure": "9.999999"}),
    "an unknown kind of owner": Bad("clerk", "POST", f"{DESK}/dossiers", (422,), DOSSIER | {"owner_kind": "5"}),
    "no such queue to stop": Bad("manager", "POST", f"{FLOOR}/queues/no-such/stops", (404,), {"reason": "x"}),
    "a stop without a reason": Bad("manager", "POST", f"{FLOOR}/queues/{QUEUE}/stops", (422,), {"reason": "  "}),
    "a short password": Bad("administrator", "POST", "/admin/people", (422,), PERSON | {"password": "short"}),
    "a login that is taken": Bad("administrator", "POST", "/admin/people", (422,), PERSON | {"login": "guide"}),
    "a login with a space": Bad("administrator", "POST", "/admin/people", (422,), PERSON | {"login": "a b"}),
    "a person without a role": Bad("administrator", "POST", "/admin/people", (422,), {**PERSON, "role": ""}),
    "an unknown role": Bad("administrator", "POST", "/admin/people", (422,), {**PERSON, "role": "king"}),
    "an unknown screen": Bad("administrator", "POST", "/admin/devices/K77/codes", (404,), {}),
    "a message that is not parked": Bad("manager", "POST", "/admin/messages/99999/resends", (404,), {}),
    "a ticket that never was": Bad("manager", "POST", "/admin/tickets/999999/reprints", (404,), {"printer": "P1"}),
    "a printer that is not there": Bad("manager", "POST", "/admin/tickets/1/reprints", (422,), {"printer": "P9"}),
    "a zone that is not there": Bad("wall", "GET", f"{V1}/wall/no-such", (404,)),
    "a page that is not there": Bad("clerk", "GET", "/nowhere", (404,)),
    "no right": Bad("auditor", "POST", "/admin/days", (403,), {}),
    "no screen": Bad("nobody", "GET", "/kiosk/K1", (401,)),
    "a revoked screen": Bad("revoked kiosk", "POST", K1, (401, 403), {"queue": QUEUE}),
    "a wrong token": Bad("nobody", "GET", f"{V1}/queues", (401,)),
    "a number that is none": Bad("wall", "GET", f"{V1}/wall/khu-1?after=-1", (422,)),
}  # fmt: skip


@pytest.mark.parametrize("what", SENTENCES)
def test_a_wrong_request_is_refused_and_changes_nothing(crowd, what):
    _settle(crowd)
    check_refused(crowd, SENTENCES[what])


@pytest.mark.parametrize("what", SENTENCES)
def test_a_refusal_is_said_in_three_languages(crowd, what):
    _settle(crowd)
    check_translated(crowd, SENTENCES[what])


def _settle(crowd: Crowd) -> None:
    """Everybody at the own counter, nobody called to the supervisor's."""
    for name in ("clerk", "result-officer", "supervisor"):
        crowd.seated(name)


@pytest.mark.planted
def test_a_refusal_that_changes_something_is_found(crowd, monkeypatch):
    monkeypatch.setattr(ticketing, "find_queue", lambda centre, queue: centre.queues[0])
    with pytest.raises(AssertionError):
        check_refused(crowd, SENTENCES["unknown queue"])


@pytest.mark.planted
def test_a_refusal_that_speaks_one_language_is_found(crowd, monkeypatch):
    monkeypatch.setattr("web.failures.sentence", lambda error, language: "No.")
    with pytest.raises(AssertionError):
        check_translated(crowd, SENTENCES["unknown queue by api"])


def test_a_stopped_queue_says_why_in_three_languages_and_gives_no_number(crowd):
    crowd.do(managing.stop_queue, QUIET_QUEUE, "mất điện")
    by_page = Bad("kiosk", "POST", K1, (409,), {"queue": QUIET_QUEUE})
    by_api = Bad("kiosk", "POST", f"{V1}/tickets", (409,), json={"queue": QUIET_QUEUE})
    for bad in (by_page, by_api):
        check_refused(crowd, bad)
        check_translated(crowd, bad)
        assert "mất điện" in bad.send(crowd).text
    crowd.do(managing.resume_queue, QUIET_QUEUE)


TEXT_FIELDS = [
    ("kiosk", K1, {}, "queue"),
    ("clerk", f"{DESK}/dossiers", DOSSIER, "procedure"),
    ("clerk", f"{DESK}/dossiers", DOSSIER, "owner_name"),
    ("clerk", f"{DESK}/dossiers", DOSSIER, "identity"),
    ("clerk", f"{DESK}/dossiers", DOSSIER, "phone"),
    ("clerk", f"{DESK}/dossiers", DOSSIER, "address"),
    ("clerk", f"{DESK}/dossiers", DOSSIER, "summary"),
    ("clerk", f"{DESK}/dossiers", DOSSIER, "paper"),
    ("clerk", f"{DESK}/dossiers", DOSSIER, "request_id"),
    ("clerk", f"{DESK}/calls", {}, "seen"),
    ("clerk", f"{DESK}/calls", {}, "request_id"),
    ("manager", f"{FLOOR}/queues/{QUEUE}/stops", {}, "reason"),
    ("administrator", "/admin/people", PERSON, "login"),
    ("administrator", "/admin/people", PERSON, "name"),
    ("administrator", "/admin/people", PERSON, "role"),
    ("manager", "/admin/tickets/1/reprints", {}, "printer"),
    ("nobody", f"/pair/{SPARE_DEVICE}", {}, "code"),
    ("nobody", "/sign-in", {"password": PASSWORD}, "login"),
]
JSON_FIELDS = [
    ("kiosk", f"{V1}/tickets", {"queue": QUEUE}, "queue"),
    ("kiosk", f"{V1}/tickets", {"queue": QUEUE}, "language"),
    ("kiosk", f"{V1}/tickets", {"queue": QUEUE}, "priority"),
    ("kiosk", f"{V1}/tickets", {"queue": QUEUE}, "printer"),
    *(
        ("clerk", f"{V1}/counters/1/dossiers", DOSSIER, name)
        for name in ("procedure", "owner_name", "identity", "phone", "address", "summary")
    ),
]
WRONG = (404, 422, 403, 409)


@pytest.mark.parametrize("what", CONTROL)
@pytest.mark.parametrize(
    ("who", "path", "form", "field"), TEXT_FIELDS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_control_bytes_are_refused_in_every_form_field(crowd, who, path, form, field, what):
    _settle(crowd)
    check_refused(crowd, Bad(who, "POST", path, WRONG, {**form, field: CONTROL[what]}))


@pytest.mark.parametrize("what", CONTROL)
@pytest.mark.parametrize(
    ("who", "path", "body", "field"), JSON_FIELDS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_control_bytes_are_refused_in_every_json_field(crowd, who, path, body, field, what):
    _settle(crowd)
    check_refused(crowd, Bad(who, "POST", path, WRONG, json={**body, field: CONTROL[what]}))


@pytest.mark.parametrize("what", CONTROL)
def test_control_bytes_are_refused_in_the_papers_of_a_dossier(crowd, what):
    _settle(crowd)
    body = DOSSIER | {"papers": [{"name": CONTROL[what]}]}
    check_refused(crowd, Bad("clerk", "POST", f"{V1}/counters/1/dossiers", WRONG, json=body))


@pytest.mark.parametrize(
    ("who", "path", "form", "field"), TEXT_FIELDS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_a_field_that_is_too_long_is_refused(crowd, who, path, form, field):
    _settle(crowd)
    if field == "paper":
        pytest.skip("a paper's name is cut at 400 letters")
    check_refused(crowd, Bad(who, "POST", path, (*WRONG, 413), {**form, field: "x" * 1500}))


@pytest.mark.parametrize(
    ("who", "path", "body", "field"), JSON_FIELDS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_a_json_field_that_is_too_long_or_of_another_kind_is_refused(crowd, who, path, body, field):
    _settle(crowd)
    for value in ("x" * 1500, 7, ["x"], {"x": 1}, True):
        check_refused(crowd, Bad(who, "POST", path, WRONG, json={**body, field: value}))


@pytest.mark.parametrize("value", [-1, 0, 5, 2**70, 1.5, "1", None, True])
def test_a_number_out_of_bounds_is_refused_by_the_api(crowd, value):
    _settle(crowd)
    path = f"{V1}/counters/1/dossiers"
    check_refused(crowd, Bad("clerk", "POST", path, (422,), json=DOSSIER | {"owner_kind": value}))
    if value not in (5, None):
        body = {"seen": value} if value != 0 else {"seen": -0.5}
        check_refused(crowd, Bad("clerk", "POST", f"{V1}/counters/1/calls", (422, 409), json=body))


@pytest.mark.parametrize("value", ["-1", "+1", "1.5", "1e3", "٣", "０", " 1", "0x1", "9" * 40, "None", "1_0"])
def test_a_number_that_is_none_is_refused_by_a_form(crowd, value):
    _settle(crowd)
    check_refused(crowd, Bad("clerk", "POST", f"{DESK}/calls", (422, 409), {"seen": value}))
    check_refused(crowd, Bad("clerk", "POST", f"{DESK}/dossiers", (422,), DOSSIER | {"owner_kind": value}))


@pytest.mark.parametrize("digits", ["١٢٣٤٥٦٧٨٩٠١٢", "１２３４５６７８９０１２", "12345678901²"])
def test_an_identity_number_is_of_plain_digits(crowd, digits):
    _settle(crowd)
    check_refused(crowd, Bad("clerk", "POST", f"{DESK}/dossiers", (422,), DOSSIER | {"identity": digits}))
    check_refused(
        crowd, Bad("clerk", "POST", f"{V1}/counters/1/dossiers", (422,), json=DOSSIER | {"identity": digits})
    )
    check_refused(
        crowd, Bad("clerk", "POST", f"{V1}/counters/1/dossiers", (422,), json=DOSSIER | {"phone": digits})
    )


BAD_IDS = [
    "short",
    "x" * 81,
    "with space in",
    "tab\tin-it-123",
    "quote'or'1'='1",
    "đủ-dài-nhưng-dấu",
    "a\x00bcdefgh",
    "../../../etc",
]


@pytest.mark.parametrize("bad_id", BAD_IDS)
def test_a_request_id_that_cannot_be_kept_is_refused(crowd, bad_id):
    check_refused(crowd, Bad("kiosk", "POST", K1, (422,), {"queue": QUEUE, "request_id": bad_id}))
    if bad_id.isprintable():
        headers = crowd.headers("kiosk", bearer=True) | {"Idempotency-Key": bad_id.encode()}
        before = seq(crowd.server)
        answer = crowd.client.post(f"{V1}/tickets", json={"queue": QUEUE}, headers=headers)
        assert answer.status_code == 422
        assert seq(crowd.server) == before


def test_the_same_request_id_for_something_else_is_refused(crowd):
    used = request_id()
    first = Bad("kiosk", "POST", K1, (), {"queue": QUEUE, "request_id": used}).send(crowd)
    assert first.status_code == 303
    check_refused(crowd, Bad("kiosk", "POST", K1, (409,), {"queue": QUIET_QUEUE, "request_id": used}))
    check_refused(
        crowd, Bad("other kiosk", "POST", "/kiosk/K2/tickets", (409,), {"queue": QUEUE, "request_id": used})
    )


FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"


def part(text: bytes, more: bytes = b"", end: bytes = b"\r\n--x--\r\n") -> bytes:
    """One field `queue` of a multipart form."""
    return b'--x\r\nContent-Disposition: form-data; name="queue"' + more + b"\r\n\r\n" + text + end


BODIES = {
    "json for a form": (b'{"queue": "ho-tich"}', "application/json"),
    "text for a form": (b"queue=ho-tich", "text/plain"),
    "no kind at all": (b"queue=ho-tich", ""),
    "bad utf-8": (b"queue=\xff\xfe\x80", FORM),
    "bad percent utf-8": (b"queue=%ff%fe%80", FORM),
    "a file for a field": (part(b"ho-tich", b'; filename="a"'), MULTIPART),
    "multipart without a boundary": (b"--x--", "multipart/form-data"),
    "multipart cut short": (part(b"ho", end=b""), MULTIPART),
    "multipart of an unknown charset": (part(b"\xff"), MULTIPART + "; charset=undefined"),
    "multipart of a strange charset": (part(b"xn--\xff"), MULTIPART + "; charset=idna"),
    "half a surrogate": (part(b"+2AA-"), MULTIPART + "; charset=utf-7"),
    "a header of 1,500 letters": (part(b"a", b"; name=" + b"q" * 1500), MULTIPART),
    "300 fields": (b"&".join(b"a%d=1" % n for n in range(300)), FORM),
    "separators only": (b"&=&=&;;==", FORM),
    "nothing": (b"", FORM),
}


@pytest.mark.parametrize("what", BODIES)
def test_a_body_that_is_no_form_is_refused(crowd, what):
    content, kind = BODIES[what]
    check_refused(crowd, Bad("kiosk", "POST", K1, (404, 413, 422, 400), content=content, kind=kind or None))


@pytest.mark.parametrize(
    "what", ["json for a form", "text for a form", "multipart cut short", "multipart of an unknown charset"]
)
def test_a_button_is_not_pressed_by_a_body_that_is_no_form(crowd, what):
    """Its guard `seen` could not be read, so it must not act."""
    _settle(crowd)
    content, kind = BODIES[what]
    check_refused(crowd, Bad("clerk", "POST", f"{DESK}/calls", (400, 422), content=content, kind=kind))


def test_a_form_of_a_thousand_fields_is_refused(crowd):
    _settle(crowd)
    many = {f"field{n}": "x" for n in range(1000)} | DOSSIER
    check_refused(crowd, Bad("clerk", "POST", f"{DESK}/dossiers", (413, 422), many))


def test_unknown_fields_of_a_form_and_repeated_ones_do_no_harm(crowd):
    answer = Bad("kiosk", "POST", K1, (), {"queue": [QUEUE, QUEUE], "vip": "1", "__proto__": "x"}).send(crowd)
    assert answer.status_code == 303


JSON_BODIES = {
    "nothing": b"",
    "not utf-8": b'{"queue": "\xff"}',
    "half a surrogate": b'{"queue": "\\ud800"}',
    "twice the same key": b'{"queue": "no-such", "queue": "no-such-2"}',
    "deep": b'{"queue":' + b"[" * 4000 + b"]" * 4000 + b"}",
    "a deep list": b"[" * 8000,
    "a huge number": b'{"queue": 1e999999}',
    "a very long number": b'{"queue": ' + b"9" * 5000 + b"}",
    "NaN": b'{"queue": NaN}',
    "two documents": b'{"queue": "ho-tich"}{}',
    "utf-16": '{"queue": "ho-tich"}'.encode("utf-16"),
    "a comment": b'{"queue": "ho-tich"} // please',
    "xml": b"<queue>ho-tich</queue>",
}


@pytest.mark.parametrize("what", JSON_BODIES)
def test_a_body_that_is_no_message_is_refused(crowd, what):
    bad = Bad("kiosk", "POST", f"{V1}/tickets", (404, 422), content=JSON_BODIES[what], kind="application/json")
    check_refused(crowd, bad)


@pytest.mark.parametrize("who", ["kiosk", "clerk"])
@pytest.mark.parametrize("path", [K1, f"{V1}/tickets"])
def test_a_body_of_ten_megabytes_is_refused_when_it_is_declared(crowd, who, path):
    """The answer comes before the body: nobody has to send it to be refused."""
    before = seq(crowd.server)
    headers = crowd.headers("kiosk", bearer=path.startswith("/api/"))
    status, _ = _raw(crowd, path, headers | {"Content-Length": str(10 * 2**20)}, b"")
    assert status == 413
    assert seq(crowd.server) == before


@pytest.mark.parametrize("path", [K1, f"{V1}/tickets"])
def test_a_body_of_ten_megabytes_in_pieces_is_refused_when_it_has_grown_too_large(crowd, path):
    before = seq(crowd.server)
    headers = crowd.headers("kiosk", bearer=path.startswith("/api/")) | {"Transfer-Encoding": "chunked"}
    piece = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    status, sent = _raw(crowd, path, headers, piece * 160 + b"0\r\n\r\n")
    assert status == 413
    assert sent < len(piece) * 160 or seq(crowd.server) == before
    assert seq(crowd.server) == before
    assert crowd.client.get("/healthz").status_code == 200


def _raw(crowd: Crowd, path: str, headers: dict[str, str], body: bytes) -> tuple[int, int]:
    """Status, and how much could be sent before the other end had enough."""
    host, port = crowd.server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        kind = "application/json" if path.startswith("/api/") else FORM
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: {kind}\r\n{lines}\r\n".encode())
        sent = 0
        try:
            while sent < len(body):
                sent += line.send(body[sent : sent + 65536])
        except OSError:
            pass
        answer = http.client.HTTPResponse(line)
        answer.begin()
        return answer.status, sent


@pytest.mark.planted
def test_a_server_that_reads_whatever_comes_is_found(crowd, monkeypatch):
    monkeypatch.setattr("web.safety._bounded", lambda receive, limit: receive)
    with pytest.raises((AssertionError, OSError, http.client.HTTPException)):
        test_a_body_of_ten_megabytes_in_pieces_is_refused_when_it_has_grown_too_large(crowd, K1)


NUMBERED = [
    ("kiosk", "GET", "/kiosk/K1/tickets/{}"),
    ("kiosk", "GET", "/kiosk/K1/tickets/{}/paper"),
    ("kiosk", "GET", "/kiosk/K1/tickets/{}/qr.svg"),
    ("clerk", "GET", "/counter/{}"),
    ("clerk", "POST", "/counter/{}/calls"),
    ("clerk", "POST", "/counter/{}/shifts"),
    ("clerk", "POST", "/counter/{}/dossiers"),
    ("wall", "GET", "/display/W1/voice/vi/{}.wav"),
    ("nobody", "GET", "/follow/{}-abc"),
    ("manager", "POST", "/admin/messages/{}/resends"),
    ("manager", "POST", "/admin/tickets/{}/reprints"),
    ("clerk", "GET", f"{V1}/tickets/{{}}"),
    ("clerk", "POST", f"{V1}/counters/{{}}/calls"),
    ("clerk", "POST", f"{V1}/counters/{{}}/shifts"),
]


@pytest.mark.parametrize("number", [*FAR, "9" * 5000], ids=lambda n: str(n)[:12])
@pytest.mark.parametrize(("who", "method", "path"), NUMBERED)
def test_a_number_far_out_of_range_in_the_address_is_simply_not_there(crowd, who, method, path, number):
    _settle(crowd)
    form = None if method == "GET" or path.startswith("/api") else {"printer": "P1", **DOSSIER}
    bad = Bad(who, method, path.format(number), (404,), form, json={} if path.startswith("/api") else None)
    check_refused(crowd, bad)


@pytest.mark.parametrize("number", ["0", "-1", "1.0", "٣", "%00", "0x10", "1e3", "a"])
def test_a_number_that_is_none_in_the_address_is_not_there(crowd, number):
    for who, path in (("clerk", "/counter/{}"), ("kiosk", "/kiosk/K1/tickets/{}"), ("clerk", f"{V1}/tickets/{{}}")):
        check_refused(crowd, Bad(who, "GET", path.format(number), (404,)))


@pytest.mark.parametrize("after", ["-1", "x", "", "1.5", "9" * 40, "٣", "%00", str(2**63)])
def test_a_place_in_the_feed_that_is_none_is_refused(crowd, after):
    check_refused(crowd, Bad("wall", "GET", f"/display/W1/calls?after={after}", (404, 422)))
    check_refused(crowd, Bad("wall", "GET", f"{V1}/wall/khu-1?after={after}", (404, 422)))


WORDS = [
    '"',
    "*",
    "AND",
    "NOT (",
    "a" * 5000,
    "%",
    "_",
    "' OR 1=1",
    "NEAR/3",
    "^",
    "𝕂",
    "\ud7ff",
    "-",
    "\x00",
    "\x1b[2J",
]


@pytest.mark.parametrize("words", WORDS)
def test_no_search_breaks(crowd, words):
    for who, path in (("kiosk", "/kiosk/K1/procedures"), ("manager", "/admin/procedures")):
        answer = crowd.client.get(path, params={"q": words}, headers=crowd.headers(who))
        assert answer.status_code == 200
        assert "\x1b" not in answer.text
        assert "\x00" not in answer.text


@pytest.mark.parametrize("cookie", ["x", "é", "A" * 90, "A" * 8000, "a=b; a=c;;;=", '"', "motcua-person"])
def test_a_cookie_that_cannot_be_one_is_nobody(crowd, cookie):
    raw = f"motcua-person={cookie}; motcua-device-K1={cookie}; motcua-language={cookie}"
    client = browser(crowd.server)
    answer = client.get("/kiosk/K1", headers={"Cookie": raw.encode()})
    assert answer.status_code in (400, 401, 403)
    assert client.get("/admin", headers={"Cookie": raw.encode()}).status_code in (303, 400)


BEARERS = [
    "Bearer",
    "Bearer x",
    "Basic dXNlcjpwYXNz",
    "bearer " + "A" * 43,
    "Bearer " + "A" * 9000,
    "\xff",
    "Bearer  a b",
]


@pytest.mark.parametrize("header", BEARERS)
def test_a_bearer_header_that_opens_nothing(crowd, header):
    answer = crowd.client.get(f"{V1}/queues", headers={"Authorization": header.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.json()["error"]["message"]


def test_a_wrong_bearer_is_not_made_good_by_a_right_cookie(crowd):
    headers = crowd.headers("manager") | {"Authorization": "Bearer " + "A" * 43}
    assert crowd.client.get("/admin", headers=headers).status_code in (303, 401)


def test_an_error_never_repeats_what_was_sent_as_html(crowd):
    nasty = "<img src=x onerror=alert(1)>"
    for bad in (
        Bad("kiosk", "POST", K1, (), {"queue": nasty}),
        Bad("kiosk", "GET", f"/kiosk/K1/procedures/{nasty}", ()),
        Bad("administrator", "POST", "/admin/people", (), PERSON | {"login": "guide", "name": nasty}),
        Bad("nobody", "POST", "/sign-in", (), {"login": nasty, "password": nasty, "next": nasty}),
    ):
        assert "<img src=x" not in bad.send(crowd).text


def test_the_api_answers_in_json_whatever_is_wrong(crowd):
    for path, method in (("nowhere", "GET"), ("tickets", "DELETE"), ("tickets", "GET"), ("queues", "POST")):
        answer = crowd.client.request(method, f"{V1}/{path}", headers=crowd.headers("clerk", bearer=True))
        assert answer.status_code in (404, 405)
        assert json.loads(answer.text)["error"]["code"]


def test_a_fragment_gets_a_fragment_and_a_page_gets_a_page(crowd):
    headers = crowd.headers("kiosk")
    fragment = crowd.client.post(K1, data={"queue": "no-such"}, headers=headers | {"HX-Request": "true"})
    page = crowd.client.post(K1, data={"queue": "no-such"}, headers=headers)
    assert fragment.status_code == page.status_code == 404
    assert "<html" not in fragment.text
    assert fragment.headers["hx-retarget"] == "#failure"
    assert "<html" in page.text

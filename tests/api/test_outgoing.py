"""Messages to programs elsewhere over real HTTP: signed, tried again, given up, and never where they may not go."""

import json
import queue
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import get_args, get_type_hints

import msgspec
import pytest

from admin.receivers import trials
from api import messages, outgoing
from domain.events import MessageGivenUp
from operations import calling, informing, moving, shifts, ticketing
from store import receivers, tickets
from store.writer import Act
from tests.support.asking import browser
from tests.support.certificates import authority
from tests.support.forecasts import refresh
from tests.support.servers import running
from web import waits

ROOT = Path(__file__).parent.parent.parent
WAIT = 20


@dataclass
class Listener:
    """Another program's server: what it got, and how it answers next (200 when nothing is said)."""

    url: str = ""
    got: "queue.Queue[tuple[dict[str, str], bytes]]" = field(default_factory=queue.Queue)
    answers: list[int] = field(default_factory=list)
    hold: threading.Event | None = None

    def next(self) -> tuple[dict[str, str], bytes]:
        """The next request that arrives."""
        return self.got.get(timeout=WAIT)


@contextmanager
def listening(line: ssl.SSLContext | None = None) -> Iterator[Listener]:
    """A server of somebody else on a free port, behind TLS where a `line` is given."""
    found = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if found.hold is not None:
                found.hold.wait(WAIT)
            status = found.answers.pop(0) if found.answers else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{found.url}elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
            found.got.put((dict(self.headers) | {"path": self.path}, body))

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"{'https' if line else 'http'}://127.0.0.1:{server.server_port}/"
    if line is not None:
        server.socket = line.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        if found.hold is not None:
            found.hold.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    """The same steps in less time."""
    monkeypatch.setattr("operations.syncing.FIRST_WAIT", timedelta(milliseconds=20))
    monkeypatch.setattr(outgoing, "LOOK_AGAIN_SECONDS", 0.05)
    trials.forget()


@pytest.fixture
def elsewhere():
    with listening() as found:
        yield found


@pytest.fixture
def centre(tmp_path):
    with running(tmp_path / "data", receivers_nearby=True) as found:
        yield found


def do(server, operation, *args, who="test"):
    return server.store.write_now(Act(who), operation, *args)


def given_up(server) -> threading.Event:
    """Set when a message is given up from now on."""
    found = threading.Event()

    def heed(events):
        if any(isinstance(recorded.event, MessageGivenUp) for recorded in events):
            found.set()

    server.store.listen(heed)
    return found


def postponed(server) -> threading.Event:
    """Set when a message is put off from now on."""
    found, write = threading.Event(), server.store.write

    async def watching(act, operation, *told):
        if operation is informing.postpone:
            found.set()
        return await write(act, operation, *told)

    server.store.write = watching
    return found


def add(server, address: str, label="Ứng dụng của tỉnh") -> tuple[str, str]:
    """Secret and token of a new receiver, as the administrator's page shows them."""
    form = {"label": label, "address": address, "ahead": "2", "request_id": f"add-{label.encode().hex()[:40]}"}
    page = server.client("ql03").post("/admin/receivers", data=form)
    assert page.status_code == 200, page.text
    found = re.findall(r'<code class="secret">(\w+)</code>', page.text)
    return found[0], found[-1]


def somebody_leaves(server) -> int:
    ticket = do(server, ticketing.take_ticket, "ho-tich").id
    do(server, moving.leave, ticket)
    return ticket


def check_signed(secret: str, headers: dict[str, str], body: bytes, now: float | None = None) -> None:
    """What docs/receivers.md gives to receivers finds the message genuine."""
    text = (ROOT / "docs" / "receivers.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.S)
    assert code
    names: dict[str, object] = {}
    exec(code[1], names)
    stamp = float(headers["MotCua-Signature"].partition(",")[0][2:])
    genuine = names["is_genuine"](secret, headers["MotCua-Signature"], body, stamp if now is None else now)
    assert genuine is True


def test_a_call_reaches_a_program_elsewhere_signed(centre, elsewhere):
    secret, _ = add(centre, elsewhere.url + "tin")
    do(centre, shifts.open_shift, 1, "cb01")
    first, second = (do(centre, ticketing.take_ticket, "ho-tich") for _ in range(2))
    do(centre, calling.call_next, 1, "cb01")
    headers, body = elsewhere.next()
    check_signed(secret, headers, body)
    told = json.loads(body)
    assert headers["path"] == "/tin"
    assert told.pop("id") and told.pop("at")
    assert told == {
        "kind": "called", "ticket": first.id, "number": first.number, "queue": "ho-tich", "counter": 1,
        "ahead": None, "wait": None,
    }  # fmt: skip
    near = json.loads(elsewhere.next()[1])
    assert (near["kind"], near["ticket"], near["ahead"]) == ("near", second.id, 0)


@pytest.mark.planted
@pytest.mark.parametrize("fault", ["body", "secret", "old", "later stamp"])
def test_a_message_that_is_not_ours_is_found(fault):
    body, secret = b'{"id":1}', "s" * 26
    headers = {"MotCua-Signature": outgoing.signature(secret, 1_000_000, body)}
    check_signed(secret, headers, body)
    now = None
    if fault == "body":
        body += b" "
    elif fault == "secret":
        secret = "x" * 26
    elif fault == "old":
        now = 1_000_301.0
    else:
        headers["MotCua-Signature"] = headers["MotCua-Signature"].replace("t=1000000", "t=1000200")
    with pytest.raises(AssertionError):
        check_signed(secret, headers, body, now)


def test_the_secret_is_nowhere_in_the_file_and_the_same_press_shows_the_same(centre, elsewhere):
    assert add(centre, elsewhere.url) == (keys := add(centre, elsewhere.url))
    assert len(centre.store.read(receivers.all_receivers)) == 1
    for file in centre.data.glob("motcua.sqlite*"):
        assert not [key for key in keys if key.encode() in file.read_bytes()]


@pytest.mark.parametrize("answer", [500, 503, 429, 302])
def test_a_failure_is_tried_again_with_the_same_name(centre, elsewhere, answer):
    elsewhere.answers = [answer, answer, 200]
    add(centre, elsewhere.url)
    somebody_leaves(centre)
    tries = [elsewhere.next() for _ in range(3)]
    assert len({headers["MotCua-Message"] for headers, _ in tries}) == 1
    assert len({body for _, body in tries}) == 1
    assert {headers["path"] for headers, _ in tries} == {"/"}, "a redirect was followed"


def test_a_refusal_stands_on_the_desk_until_a_person_sends_it_again(centre, elsewhere):
    elsewhere.answers = [404]
    add(centre, elsewhere.url)
    over = given_up(centre)
    somebody_leaves(centre)
    name = elsewhere.next()[0]["MotCua-Message"]
    leader, receiver = centre.client("ql02"), centre.store.read(receivers.all_receivers)[0]
    assert over.wait(WAIT)
    desk = leader.get("/admin/desk").text
    assert "Tin chưa tới bên nhận" in desk
    assert "1 tin không gửi được: bên nhận từ chối (404)" in desk
    again = leader.post(f"/admin/receivers/{receiver.id}/resends", data={"back": "desk"})
    assert (again.status_code, again.headers["location"]) == (303, "/admin/desk")
    assert elsewhere.next()[0]["MotCua-Message"] == name


def a_slow_receiver_holds_up_nobody(centre, slow, quick) -> None:
    add(centre, slow.url, "Chậm")
    add(centre, quick.url, "Nhanh")
    somebody_leaves(centre)
    assert json.loads(quick.next()[1])["kind"] == "left"
    assert slow.got.empty()


def test_a_slow_receiver_holds_up_nobody(centre, elsewhere):
    with listening() as slow:
        slow.hold = threading.Event()
        a_slow_receiver_holds_up_nobody(centre, slow, elsewhere)


def test_a_certificate_must_be_of_the_name_in_the_address(tmp_path, monkeypatch):
    """The connection goes to the IP address that was looked up; what is proven is the name."""
    trusted, line = authority(tmp_path)
    told = SimpleNamespace(create_default_context=lambda: ssl.create_default_context(cafile=str(trusted)))
    monkeypatch.setattr(outgoing, "ssl", told)
    with listening(line) as there, running(tmp_path / "data", receivers_nearby=True) as centre:
        add(centre, there.url.replace("127.0.0.1", "localhost"), "Tên khác")
        failed = postponed(centre)
        somebody_leaves(centre)
        assert failed.wait(WAIT)
        assert there.got.empty()
        add(centre, there.url, "Đúng tên")
        somebody_leaves(centre)
        assert json.loads(there.next()[1])["kind"] == "left"


def test_a_key_that_nobody_can_read_is_said_and_tried_no_more(centre, elsewhere):
    do(centre, informing.add_receiver, "Khóa hỏng", elsewhere.url, 0, b"t" * 32, b"not sealed by us")
    over = given_up(centre)
    somebody_leaves(centre)
    assert over.wait(WAIT)
    assert "khóa ký tin không đọc được" in centre.client("ql03").get("/admin/receivers").text
    assert elsewhere.got.empty()


def nothing_goes_into_the_own_network(server, elsewhere) -> None:
    """An address that was allowed once, or a name that leads here now: nobody connects."""
    do(server, informing.add_receiver, "Cũ", elsewhere.url, 0, b"t" * 32, b"s" * 40)
    over = given_up(server)
    somebody_leaves(server)
    assert over.wait(3), "it was sent, or is tried for ever"
    assert [standing.reason for standing in server.store.read(receivers.standings).values()] == ["address"]
    assert elsewhere.got.empty()


def test_nothing_goes_into_the_own_network(tmp_path, elsewhere, monkeypatch):
    monkeypatch.setattr("store.vault.Vault.unseal", lambda self, sealed: b"secret")
    with running(tmp_path / "data") as server:
        nothing_goes_into_the_own_network(server, elsewhere)


@pytest.mark.planted
def test_a_messenger_that_goes_anywhere_is_caught(tmp_path, elsewhere, monkeypatch):
    monkeypatch.setattr("store.vault.Vault.unseal", lambda self, sealed: b"secret")
    monkeypatch.setattr(informing, "is_public", lambda address: True)
    with running(tmp_path / "data") as server, pytest.raises(AssertionError):
        nothing_goes_into_the_own_network(server, elsewhere)


def fetching(server, token: str):
    client = browser(server)
    del client.headers["Origin"]
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def test_the_same_messages_can_be_fetched_from_a_cursor(centre):
    token = add(centre, "")[1]
    client = fetching(centre, token)
    left = [somebody_leaves(centre) for _ in range(3)]
    first = client.get("/api/v1/messages").json()
    assert [(one["kind"], one["ticket"]) for one in first] == [("left", ticket) for ticket in left]
    assert client.get(f"/api/v1/messages?after={first[1]['id']}").json() == first[2:]
    assert client.get("/api/v1/messages?after=x").status_code == 422


def test_a_receivers_token_opens_its_own_messages_only(centre):
    token, other = add(centre, "", "Một")[1], add(centre, "", "Hai")[1]
    somebody_leaves(centre)
    client = fetching(centre, token)
    ids = {one["id"] for one in client.get("/api/v1/messages").json()}
    assert ids.isdisjoint(one["id"] for one in fetching(centre, other).get("/api/v1/messages").json())
    assert client.get("/api/v1/queues").status_code == 403
    assert client.get("/admin").status_code in (401, 403)
    number = centre.store.read(receivers.all_receivers)[0].id
    centre.client("ql03").post(f"/admin/receivers/{number}/removals", data={})
    assert client.get("/api/v1/messages").status_code == 401


@pytest.mark.parametrize("address", ["http://app.example/", "https://10.0.0.1/", "https://u:p@app.example/"])
def test_an_address_that_is_not_allowed_is_refused_with_the_rule(server, address):
    form = {"label": "Thử", "address": address, "ahead": "2"}
    page = server.client("ql03").post("/admin/receivers", data=form)
    assert page.status_code == 422
    assert "https://ten-may/duong-dan" in page.text
    assert server.store.read(receivers.all_receivers) == []


def press_test(server, receiver: int) -> str:
    """What the page says after the button."""
    answer = server.client("ql03").post(
        f"/admin/receivers/{receiver}/trials", data={"request_id": "a-press-of-mine"}
    )
    assert answer.status_code == 200
    found = re.search(r'<p class="(done|failure)" role="\w+">(.*?)</p>', answer.text)
    assert found
    return f"{found[1]}: {re.sub('<.*?>', '', found[2]).strip()}"


def test_a_test_message_is_signed_and_the_page_says_that_it_was_taken(centre, elsewhere):
    secret, _ = add(centre, elsewhere.url)
    receiver = centre.store.read(receivers.all_receivers)[0].id
    assert press_test(centre, receiver).startswith(
        "done: Ứng dụng của tỉnh: Bên nhận đã nhận tin thử và trả lời 200"
    )
    headers, body = elsewhere.next()
    check_signed(secret, headers, body)
    told = msgspec.json.decode(body, type=messages.MessageShown, strict=True)
    assert (told.id, told.kind, told.ticket) == (0, "test", 0)
    assert headers["MotCua-Message"] == f"{receiver}-test-a-press-of-mine"
    assert told.id not in [one.id for one in centre.store.read(receivers.messages_after, receiver, 0, 10)]


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "bên nhận từ chối (404)"), (500, "máy bên nhận báo lỗi (500)"), (None, "không kết nối")],
)
def test_what_came_back_from_a_test_is_said_with_what_to_do(centre, elsewhere, status, words):
    elsewhere.answers = [status or 200]
    add(centre, elsewhere.url if status else "http://127.0.0.1:9/")
    said = press_test(centre, centre.store.read(receivers.all_receivers)[0].id)
    assert said.startswith("failure: ") and words in said and "Hãy" in said
    assert "Gửi tin thử tới bên nhận" in centre.client("ql04").get("/admin/journal").text


def test_a_test_goes_neither_to_nobody_nor_without_end(centre, elsewhere):
    add(centre, elsewhere.url)
    add(centre, "", label="Tự lấy")
    first, second = (found.id for found in centre.store.read(receivers.all_receivers))
    page = centre.client("ql03")
    assert page.post(f"/admin/receivers/{second}/trials").status_code == 404
    pressed = [page.post(f"/admin/receivers/{first}/trials").status_code for _ in range(7)]
    assert pressed == [200] * 6 + [429]


def test_near_says_the_range_that_the_phone_says(centre, elsewhere):
    _, token = add(centre, elsewhere.url)
    do(centre, shifts.open_shift, 1, "cb01")
    mine = [do(centre, ticketing.take_ticket, "ho-tich") for _ in range(3)][2]
    refresh(centre)
    do(centre, calling.call_next, 1, "cb01")
    house = centre.app.state.house
    told = waits.of_ticket(house, centre.store.read(tickets.load, mine.id), "vi").wait
    near = [one for one in fetching(centre, token).get("/api/v1/messages").json() if one["kind"] == "near"]
    shown = next(one["wait"] for one in near if one["ticket"] == mine.id)
    assert told is not None
    assert shown == {"low": told.low, "high": told.high}


def test_the_example_of_the_page_is_a_message():
    text = (ROOT / "docs" / "receivers.md").read_text(encoding="utf-8")
    example = re.search(r"```json\n(.*?)```", text, re.S)
    assert example
    told = msgspec.json.decode(example[1].encode(), type=messages.MessageShown, strict=True)
    assert json.loads(msgspec.json.encode(told)) == json.loads(example[1])
    kinds = get_args(get_type_hints(messages.MessageShown)["kind"])
    assert re.findall(r"^\| `(\w+)` \|", text, re.M) == list(kinds)

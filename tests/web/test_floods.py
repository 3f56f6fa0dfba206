"""Fair shares: a screen or a stranger who floods is refused, everybody else does not notice."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.errors import TooManyTries
from domain.roles import Role
from settings import Settings
from store.people import Person
from tests.support.asking import QUEUE, browser, request_id, seq
from tests.support.halls import MORNING, HandClock, demo_centre
from tests.support.servers import running
from web import floods
from web.floods import REMEMBERED, Buckets, Floods, KioskTooFast, TooFast, network_of
from web.visitors import DEVICE_COOKIE, NOBODY, Visitor

TICKETS = Settings().device_tickets
FRAGMENT = {"HX-Request": "true"}
SCREENS = {device.id: device for device in demo_centre().devices}


class Seconds:
    """A timer that is moved by hand."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def screen(name):
    return Visitor(frozenset({Role(SCREENS[name].kind)}), device=SCREENS[name])


def test_a_bucket_fills_again_with_time():
    timer = Seconds()
    buckets = Buckets(rate=2, burst=3, timer=timer)
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]
    timer.now += 0.5
    assert [buckets.take("a") for _ in range(2)] == [True, False]
    timer.now += 3600
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]


def test_what_is_refused_takes_nothing():
    timer = Seconds()
    buckets = Buckets(rate=1, burst=1, timer=timer)
    assert buckets.take("a")
    for _ in range(100):
        timer.now += 0.009
        assert not buckets.take("a")
    timer.now += 0.11
    assert buckets.take("a")


def test_names_without_end_do_not_fill_the_memory():
    buckets = Buckets(rate=1, burst=1, timer=Seconds())
    for n in range(REMEMBERED + 50):
        assert buckets.take(str(n))
    assert len(buckets._buckets) == REMEMBERED


def check_apart(shares: Floods) -> None:
    """One screen uses up all it has; another one, a person and a stranger have all of theirs."""
    for _ in range(1000):
        try:
            shares.check(screen("K1"), "192.0.2.1")
        except TooFast:
            break
    with pytest.raises(TooFast):
        shares.check(screen("K1"), "192.0.2.1")
    try:
        shares.check(screen("K2"), "192.0.2.1")
        shares.check(NOBODY, "192.0.2.1")
    except TooFast as error:
        raise AssertionError("somebody else was refused") from error


def test_one_screen_never_uses_up_anothers_share():
    check_apart(Floods(40, 20, 50, Seconds()))


def one_for_all(self, name, take=Buckets.take):
    return take(self, "all")


@pytest.mark.planted
def test_one_bucket_for_all_is_found(monkeypatch):
    monkeypatch.setattr(Buckets, "take", one_for_all)
    with pytest.raises(AssertionError):
        check_apart(Floods(40, 20, 50, Seconds()))


def test_strangers_are_counted_by_their_network_and_people_are_not():
    shares = Floods(40, 20, 1, Seconds())
    for _ in range(5):
        shares.check(NOBODY, "192.0.2.1")
    with pytest.raises(TooFast):
        shares.check(NOBODY, "192.0.2.1")
    shares.check(NOBODY, "192.0.2.2")
    clerk = Person("cb01", "canbo01", "A", frozenset({Role.CLERK}), None, 1)
    for _ in range(100):
        shares.check(Visitor(frozenset({Role.CLERK}), person=clerk), "192.0.2.1")


@pytest.mark.parametrize(("address", "network"), [
    ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("::ffff:192.0.2.7", "192.0.2.7"),
    ("fe80::1%eth0", "fe80::/64"), ("127.0.0.1", ""), ("::1", ""), ("", ""), ("testclient", ""),
])  # fmt: skip
def test_who_a_stranger_is(address, network):
    assert network_of(address) == network


def test_passwords_from_one_address_come_to_an_end_and_from_another_do_not():
    shares = Floods(40, 20, 50, Seconds())
    for _ in range(int(floods.PASSWORDS_AT_ONCE)):
        shares.check_password("192.0.2.1")
    with pytest.raises(TooManyTries):
        shares.check_password("192.0.2.1")
    shares.check_password("192.0.2.2")


def test_a_kiosk_has_tickets_for_a_minute():
    timer = Seconds()
    shares = Floods(40, 20, 50, timer)
    for _ in range(40):
        shares.check_ticket(screen("K1"))
    with pytest.raises(KioskTooFast):
        shares.check_ticket(screen("K1"))
    shares.check_ticket(screen("K2"))
    timer.now += 1.5
    shares.check_ticket(screen("K1"))


# ---------------------------------------------------------------- over HTTP


@pytest.fixture
def centre(tmp_path):
    """A server with the shares that a centre has, and as many requests as this machine sends."""
    with running(tmp_path / "data", HandClock(MORNING), device_tickets=TICKETS) as server:
        server.app.state.house.floods.tickets.timer = Seconds()
        yield server


def kiosk(server, name):
    return browser(server, f"{DEVICE_COOKIE}{name}={server.device_cookie(name)}")


def press(client, name, **headers):
    form = {"queue": QUEUE, "request_id": request_id()}
    return client.post(f"/kiosk/{name}/tickets", data=form, headers=headers)


def check_flood(server) -> None:
    """K1 presses as fast as it can until it is refused and goes on; every press on K2 gives a number at once."""
    flooding, beside = kiosk(server, "K1"), kiosk(server, "K2")
    given = [press(flooding, "K1", **FRAGMENT).status_code for _ in range(TICKETS)]
    assert set(given) == {200}
    with ThreadPoolExecutor(1) as another:
        flood = another.submit(lambda: [press(flooding, "K1", **FRAGMENT).status_code for _ in range(60)])
        pressed = [press(beside, "K2", **FRAGMENT) for _ in range(20)]
    assert set(flood.result()) == {429}
    assert {answer.status_code for answer in pressed} == {200}
    slowest = max(answer.elapsed.total_seconds() for answer in pressed)
    assert slowest < 1.0, f"a press waited {slowest:.2f} s for somebody else's flood"


def test_a_flood_at_one_kiosk_is_not_felt_at_another(centre):
    check_flood(centre)


@pytest.mark.planted
def test_one_bucket_for_all_kiosks_is_found(centre, monkeypatch):
    monkeypatch.setattr(Buckets, "take", one_for_all)
    with pytest.raises(AssertionError):
        check_flood(centre)


def is_answered(server, request):
    """Whether the answer of this request id is kept."""
    asked = "SELECT count(*) FROM requests WHERE id = ?"
    return server.store.read(lambda db: db.execute(asked, (request,)).fetchone()[0]) == 1


@pytest.mark.parametrize(("language", "words"), [
    ("vi", "Chưa có số nào được lấy thêm"), ("en", "No further number was taken"), ("fr", "Aucun autre"),
])  # fmt: skip
def test_a_refused_press_says_what_to_do_and_leaves_nothing(centre, language, words):
    flooding = kiosk(centre, "K1")
    for _ in range(TICKETS):
        press(flooding, "K1", **FRAGMENT)
    before = seq(centre)
    form = {"queue": QUEUE, "request_id": request_id()}
    for headers in (FRAGMENT, {}):
        refused = flooding.post(f"/kiosk/K1/tickets?lang={language}", data=form, headers=headers)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
        assert words in refused.text
    assert seq(centre) == before
    assert not is_answered(centre, form["request_id"])
    centre.app.state.house.floods.tickets.timer.now += 60
    assert flooding.post("/kiosk/K1/tickets", data=form, headers=FRAGMENT).status_code == 200


def test_a_kiosks_token_of_programs_has_the_same_share(centre):
    client = browser(centre)
    client.headers["Authorization"] = f"Bearer {centre.bearer('device', 'K1')}"
    del client.headers["Origin"]
    answers = [client.post("/api/v1/tickets", json={"queue": QUEUE}) for _ in range(TICKETS + 1)]
    assert [answer.status_code for answer in answers] == [201] * TICKETS + [429]
    assert answers[-1].json()["error"]["code"] == "kiosk-too-fast"
    assert press(kiosk(centre, "K1"), "K1").status_code == 429
    assert press(kiosk(centre, "K2"), "K2").status_code == 303


@pytest.fixture
def behind_proxy(tmp_path):
    """A server behind a proxy that says for whom it asks, with small shares."""
    shares = {"device_requests": 2, "stranger_requests": 2}
    with running(tmp_path / "data", HandClock(MORNING), https=True, **shares) as server:
        for buckets in (server.app.state.house.floods.requests, server.app.state.house.floods.strangers):
            buckets.timer = Seconds()
        yield server


def check_strangers(server) -> None:
    """One hostile client of the network is refused; another stranger, a kiosk and this machine are served."""

    def ask(address, path="/sign-in", **headers):
        return browser(server).get(path, headers={"X-Forwarded-For": address, **headers}).status_code

    assert [ask("192.0.2.66") for _ in range(12)] == [200] * 10 + [429] * 2
    token = server.device_cookie("K1")
    assert ask("192.0.2.67") == 200
    assert ask("192.0.2.66", "/kiosk/K1", Cookie=f"{DEVICE_COOKIE}K1={token}") == 200
    assert browser(server).get("/healthz").status_code == 200


def test_one_hostile_client_starves_nobody(behind_proxy):
    check_strangers(behind_proxy)


@pytest.mark.planted
def test_one_share_for_all_strangers_is_found(behind_proxy, monkeypatch):
    monkeypatch.setattr(Buckets, "take", one_for_all)
    with pytest.raises(AssertionError):
        check_strangers(behind_proxy)


def test_passwords_tried_from_one_address_do_not_keep_others_out(behind_proxy):
    behind_proxy.app.state.house.floods.passwords = Buckets(1, 2, Seconds())
    behind_proxy.app.state.house.floods.strangers = Buckets(100, 100)

    def try_password(address):
        form = {"login": "nobody-at-all", "password": "khong-dung-dau"}
        return browser(behind_proxy).post("/sign-in", data=form, headers={"X-Forwarded-For": address}).status_code

    assert [try_password("192.0.2.66") for _ in range(4)] == [403, 403, 429, 429]
    assert try_password("192.0.2.67") == 403


def test_a_screens_requests_come_to_an_end_by_themselves(behind_proxy):
    client = browser(behind_proxy)
    headers = {"Cookie": f"{DEVICE_COOKIE}K1={behind_proxy.device_cookie('K1')}"}
    asked = [client.get("/kiosk/K1", headers=headers).status_code for _ in range(12)]
    assert asked == [200] * 10 + [429] * 2
    behind_proxy.app.state.house.floods.requests.timer.now += 1
    assert client.get("/kiosk/K1", headers=headers).status_code == 200

"""The live pictures of those who lead: each sees the own scope, by rights of now, whoever opened a page first."""

import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from websockets.exceptions import ConnectionClosed

from domain.events import PersonAdded
from operations import managing, ticketing
from store.writer import Act
from tests.support.asking import NO_PRINTERS, watching
from tests.support.halls import HandClock, demo_calendar, demo_centre
from tests.support.servers import running
from web import scope

PAGES = ("/admin/floor/live", "/display/managers/live")
OWN = {"dat-dai": "Đất đai", "so-tai-chinh": "Đăng ký kinh doanh", "phuong": "Hộ tịch"}

STOPPED = "tạm dừng"


@pytest.fixture
def server(tmp_path):
    with running(tmp_path / "data", now=HandClock(), printer_of=NO_PRINTERS) as found:
        yield found


def do(server, operation, *arguments):
    return server.store.write_now(Act("test"), operation, *arguments)


def has(server, person: str, agency: str | None, *roles: str) -> None:
    """From now on this is what the person may do, and for whom."""
    do(server, lambda tx: tx.record(PersonAdded(person, list(roles), agency, None)).seq)


def a_manager(server, agency: str | None) -> str:
    person = do(server, managing.add_person, f"ql.{agency}", f"Quản lý {agency}", ["manager"], None)
    has(server, person, agency, "manager")
    return person


def stop(server, *queues: str) -> None:
    for queue in queues:
        do(server, managing.stop_queue, queue, "Mất điện")


@contextmanager
def pictures(server, page: str, *people: str):
    """The sockets of these people on one page, opened in this order, each past its first picture."""
    with ExitStack() as opened:
        sockets = []
        for person in people:
            cookie = {"Cookie": f"motcua-person={server.person_cookie(person)}", "Origin": server.url}
            sockets.append(opened.enter_context(watching(server, page + "?lang=vi", cookie)))
        yield sockets


def next_picture(socket, word: str = "") -> str:
    """The next picture with this word in it, within five seconds; a heartbeat is none."""
    deadline = time.monotonic() + 5
    while (left := deadline - time.monotonic()) > 0:
        message = str(socket.recv(timeout=left))
        if not message.startswith("{") and word in message:
            return message
    raise AssertionError(f"no picture with {word!r}")


def seen(picture: str) -> set[str]:
    """Whose queue the picture shows."""
    return {agency for agency, title in OWN.items() if title in picture}


def is_sent_away(socket) -> None:
    """No picture comes any more: the screen hears that it is gone, and the socket closes."""
    words, deadline = [], time.monotonic() + 5
    with pytest.raises(ConnectionClosed) as closed:
        while (left := deadline - time.monotonic()) > 0:
            words.append(str(socket.recv(timeout=left)))
    assert closed.value.rcvd.code == 1008
    assert [word for word in words if not word.startswith('{"t":"hb"')] == ['{"t":"gone"}']


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("order", [("dat-dai", "so-tai-chinh", None), (None, "so-tai-chinh", "dat-dai")], ids=str)
def test_each_manager_sees_the_own_agency_live_whoever_came_first(server, page, order):
    wanted = [set(OWN) if agency is None else {agency} for agency in order]
    with pictures(server, page, *(a_manager(server, agency) for agency in order)) as sockets:
        assert [seen(next_picture(socket)) for socket in sockets] == wanted
        do(server, ticketing.take_ticket, "ho-tich")
        stop(server, "dat-dai", "kinh-doanh")
        for socket, own in zip(sockets, wanted, strict=True):
            assert seen(next_picture(socket, STOPPED)) == own


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("now", [("so-tai-chinh", "manager"), (None, "manager"), ("dat-dai", "clerk")], ids=str)
def test_who_has_other_rights_is_not_shown_the_old_picture(server, page, now):
    changed, stays = a_manager(server, "dat-dai"), a_manager(server, "so-tai-chinh")
    same = do(server, managing.add_person, "pho.dat", "Phó phòng", ["manager"], None)
    has(server, same, "dat-dai", "manager")
    with pictures(server, page, changed, same, stays) as sockets:
        assert [seen(next_picture(socket)) for socket in sockets] == [{"dat-dai"}, {"dat-dai"}, {"so-tai-chinh"}]
        agency, role = now
        has(server, changed, agency, role)
        stop(server, "dat-dai", "kinh-doanh")
        is_sent_away(sockets[0])
        assert [seen(next_picture(socket, STOPPED)) for socket in sockets[1:]] == [{"dat-dai"}, {"so-tai-chinh"}]
    if role == "manager":
        with pictures(server, page, changed) as (socket,):
            assert seen(next_picture(socket)) == (set(OWN) if agency is None else {agency})


def test_a_clerk_whose_role_was_taken_is_not_shown_the_desk_any_more(server):
    """Found by review: the open desk went on showing who waits, to somebody who may not even open it."""
    with pictures(server, "/counter/1/live", "cb01") as (socket,):
        next_picture(socket)
        has(server, "cb01", None, "auditor")
        do(server, ticketing.take_ticket, "ho-tich")
        is_sent_away(socket)


@pytest.mark.parametrize("page", PAGES)
def test_an_agency_that_leads_the_centre_no_longer_leaves_everybody_the_own_picture(server, page):
    """Who opened the page of the whole centre first is a department's manager now; the others still see it all."""
    first, whole = a_manager(server, "phuong"), a_manager(server, None)
    with pictures(server, page, first, whole) as sockets:
        assert [seen(next_picture(socket)) for socket in sockets] == [set(OWN)] * 2
        agencies = [
            replace(a, code="H56.77", aliases=()) if a.id == "phuong" else a for a in demo_centre().agencies
        ]
        do(server, managing.load_centre, replace(demo_centre(), agencies=tuple(agencies)), demo_calendar())
        stop(server, "dat-dai")
        is_sent_away(sockets[0])
        assert seen(next_picture(sockets[1], STOPPED)) == set(OWN)
    with pictures(server, page, first) as (socket,):
        assert seen(next_picture(socket)) == {"phuong"}


@pytest.mark.parametrize("page", PAGES)
def test_what_changes_no_rights_sends_nobody_away(server, page):
    person = a_manager(server, "dat-dai")
    with pictures(server, page, person) as (socket,):
        next_picture(socket)
        do(server, managing.load_centre, demo_centre(), demo_calendar())
        has(server, person, "dat-dai", "manager", "supervisor")
        stop(server, "dat-dai")
        assert seen(next_picture(socket, STOPPED)) == {"dat-dai"}


@pytest.mark.planted
@pytest.mark.parametrize("page", PAGES)
def test_a_picture_without_its_scope_is_found(server, page, monkeypatch):
    monkeypatch.setattr(scope, "_department", lambda person, centre: None)
    with pytest.raises(AssertionError):
        test_each_manager_sees_the_own_agency_live_whoever_came_first(
            server, page, ("dat-dai", "so-tai-chinh", None)
        )
